//! `authsome run -- authsome …`: what the installed program starts may be this program again, as often as it likes.

use super::common::{Answer, PROGRAM, World};
use std::fs;
use std::os::unix::fs::symlink;

/// `run -- COMMAND` starts COMMAND and waits for it, as authsome does; anything else is written down.
const RUNNER: &str = r#"if [ "$1" = run ]; then shift; [ "$1" = -- ] && shift; "$@"; exit $?; fi
printf 'installed: %s\n' "$*""#;

/// Ours first on PATH, the runner behind it.
fn world() -> World {
    let world = World::new();
    world.script("bin/authsome", RUNNER);
    fs::create_dir_all(world.path("front")).expect("a folder of ours");
    symlink(PROGRAM, world.path("front/authsome")).expect("a link of ours");
    let path = std::env::join_paths([world.path("front"), world.path("bin"), "/usr/bin".into(), "/bin".into()]);
    world.set("PATH", path.expect("plain folders"))
}

fn run(words: &str) -> Answer {
    world().run(words.split(' '))
}

#[test]
fn a_command_that_it_starts_is_handed_on_again() {
    for words in [
        "run -- authsome provider list",
        "run -- authsome run -- authsome provider list",
        "run -- authsome run -- authsome run -- authsome run -- authsome provider list",
        "run -- env authsome provider list",
    ] {
        let answer = run(words).ends_with(0);
        assert_eq!((&*answer.stdout, &*answer.stderr), ("installed: provider list\n", ""), "{words}: {answer}");
    }
}

#[test]
fn a_shell_that_it_starts_may_become_it() {
    let arguments = ["run", "--", "sh", "-c", "authsome whoami; exec authsome provider list"];
    let answer = world().run(arguments).ends_with(0);
    assert_eq!(answer.stdout, "installed: whoami\ninstalled: provider list\n", "{answer}");
}

#[test]
fn our_own_commands_answer_inside_of_it_too() {
    let answer = run("run -- authsome explain invalid_grant --format json").ends_with(0);
    assert_eq!(answer.document()["verdict"]["cause"], "invalid_or_expired_code", "{answer}");
    let doctor = run("run -- authsome doctor --offline --format json");
    assert_eq!(doctor.document()["command"], "doctor", "{doctor}");
}

/// As a daemon that was started through us and ended long ago leaves it in somebody's environment.
#[test]
fn a_mark_of_another_process_hinders_nothing() {
    for mark in ["1", "1:1:0:1-2", "3:99999999:1700000000:ffff-1,ffff-2", "nonsense", ""] {
        let world = world().set("AUTHSOME_FRONT_DEPTH", mark);
        let answer = world.run(["provider", "list"]).ends_with(0);
        assert_eq!(answer.stdout, "installed: provider list\n", "{mark}: {answer}");
    }
}
