//! What is not ours goes, unchanged, to the next `authsome` on PATH that is not this file. A shell script plays it.

#![cfg(unix)]

mod common;

use common::{Answer, PROGRAM, World};
use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

/// Writes down its arguments, each between brackets, and ends with 7.
const RECORDER: &str = r#"for word in "$@"; do printf '<%s>' "$word" >> "$HOME/arguments"; done
printf 'called as %s, depth %s\n' "$0" "$AUTHSOME_FRONT_DEPTH"
printf 'a word on stderr\n' >&2
exit 7"#;

/// A world in which a Python authsome is installed.
fn installed() -> World {
    let world = World::new();
    world.script("bin/authsome", RECORDER);
    world
}

fn arguments_of(world: &World) -> Vec<u8> {
    fs::read(world.path("arguments")).unwrap_or_default()
}

/// PATH of these folders of the world.
fn path(world: &World, folders: &[&str]) -> OsString {
    std::env::join_paths(folders.iter().map(|folder| world.path(folder))).expect("plain folders")
}

fn run_with_path(world: &World, program: impl AsRef<OsStr>, folders: &[&str], arguments: &[&str]) -> Answer {
    let mut process = std::process::Command::new(program);
    process.env_clear().env("HOME", world.path("")).env("PATH", path(world, folders)).args(arguments);
    let mut command = assert_cmd::Command::from_std(process);
    Answer::of(command.timeout(std::time::Duration::from_secs(60)).output().expect("it starts"))
}

#[test]
fn another_command_is_handed_on_with_its_arguments_and_its_code_comes_back() {
    for arguments in [
        &["provider", "list"][..],
        &["list"],
        &["connections", "--no-such-option", "", "two words", "--", "-x", "*"],
        &["help"],
        &["run", "--format", "json", "doctor"],
        &["--verbose", "provider", "list"],
        &["--log-file", "/tmp/x.log", "--no-color", "--quiet", "whoami"],
    ] {
        let world = installed();
        let answer = world.run(arguments).ends_with(7);
        let expected: String = arguments.iter().map(|word| format!("<{word}>")).collect();
        assert_eq!(String::from_utf8_lossy(&arguments_of(&world)), expected, "{answer}");
        assert!(answer.stdout.starts_with("called as ") && answer.stdout.ends_with("depth 1\n"), "{answer}");
        assert_eq!(answer.stderr, "a word on stderr\n", "{answer}");
    }
}

#[test]
fn an_argument_that_is_no_text_is_handed_on_as_it_is() {
    let world = installed();
    let word = OsString::from_vec(vec![b'a', 0xff, b'b']);
    world.run([OsStr::new("export"), &word]).ends_with(7);
    assert_eq!(arguments_of(&world), [b"<export><", word.as_bytes(), b">"].concat());
}

#[test]
fn standard_input_is_handed_on_too() {
    let world = World::new();
    world.script("bin/authsome", "read line; printf 'read %s\\n' \"$line\"");
    let answer = Answer::of(world.command(["import"]).write_stdin("a line\n").output().expect("it starts"));
    assert_eq!(answer.stdout, "read a line\n", "{answer}");
}

#[test]
fn switched_off_everything_is_handed_on() {
    for arguments in [&["doctor"][..], &["login", "github", "--force"], &["--help"], &["--version"], &[]] {
        let world = installed().set("AUTHSOME_FRONT", "off");
        world.run(arguments).ends_with(7);
        let expected: String = arguments.iter().map(|word| format!("<{word}>")).collect();
        assert_eq!(String::from_utf8_lossy(&arguments_of(&world)), expected);
    }
}

#[test]
fn the_shell_completion_of_the_python_program_is_handed_on() {
    let world = installed().set("_AUTHSOME_COMPLETE", "bash_complete");
    let answer = world.run::<&str>([]).ends_with(7);
    assert!(answer.stdout.starts_with("called as "), "{answer}");
}

#[test]
fn a_provider_that_does_not_log_in_by_oauth_is_handed_on() {
    let world = installed();
    world.run(["login", "openai", "--flow", "api_key"]).ends_with(7);
    assert_eq!(arguments_of(&world), b"<login><openai><--flow><api_key>");
}

#[test]
fn our_own_way_of_saying_who_logs_in_is_not_handed_on() {
    for words in [&["--via", "daemon"][..], &["--via=daemon"]] {
        let world = installed();
        world.run(["login", "github", "--force"].iter().chain(words)).ends_with(7);
        assert_eq!(String::from_utf8_lossy(&arguments_of(&world)), "<login><github><--force>");
    }
}

#[test]
fn none_installed_is_one_clear_line() {
    for arguments in [&["provider", "list"][..], &["no-such-command"]] {
        let answer = World::new().run(arguments).ends_with(2);
        assert!(answer.stdout.is_empty() && answer.stderr.lines().count() == 1, "{answer}");
        assert!(answer.stderr.contains("none is installed"), "{answer}");
    }
    let answer = World::new().set("AUTHSOME_FRONT", "off").run(["doctor"]).ends_with(2);
    assert!(answer.stderr.contains("none is installed"), "{answer}");
}

/// Our program under other names in the folder `front` of the world.
fn front(world: &World, put: impl Fn(&Path, &Path), name: &str) -> PathBuf {
    fs::create_dir_all(world.path("front")).expect("a folder of ours");
    let place = world.path("front").join(name);
    put(Path::new(PROGRAM), &place);
    place
}

#[test]
fn we_know_ourselves_by_the_file_whatever_it_is_called() {
    let link = |from: &Path, to: &Path| symlink(from, to).expect("a link of ours");
    for put in [link, |from: &Path, to: &Path| fs::hard_link(from, to).or_else(|_| symlink(from, to)).expect("a link")]
    {
        let world = installed();
        let ours = front(&world, put, "authsome");
        let answer = run_with_path(&world, &ours, &["front", "bin"], &["list"]).ends_with(7);
        assert!(answer.stdout.contains("depth 1"), "{answer}");
        let alone = run_with_path(&world, &ours, &["front"], &["list"]).ends_with(2);
        assert!(alone.stderr.contains("none is installed"), "{alone}");
    }
}

#[test]
fn a_second_copy_of_ours_is_passed_over() {
    let world = installed();
    front(
        &world,
        |from, to| {
            fs::copy(from, to).expect("a copy of ours");
        },
        "authsome",
    );
    run_with_path(&world, PROGRAM, &["front", "bin"], &["list"]).ends_with(7);
    let alone = run_with_path(&world, PROGRAM, &["front"], &["list"]).ends_with(2);
    assert!(alone.stderr.contains("none is installed"), "{alone}");
}

#[test]
fn a_script_that_leads_back_to_us_ends_instead_of_going_round() {
    let world = World::new();
    world.script("bin/authsome", &format!("exec {PROGRAM} \"$@\""));
    let answer = world.run(["list"]).ends_with(2);
    assert!(answer.stderr.contains("this program again") && answer.stderr.lines().count() == 1, "{answer}");
}

#[test]
fn called_as_authsome_doctor_it_is_the_same_program() {
    let world = installed();
    let ours = front(&world, |from, to| symlink(from, to).expect("a link of ours"), "authsome-doctor");
    let version = run_with_path(&world, &ours, &["front"], &["--version"]).ends_with(0);
    assert!(version.stdout.contains(env!("CARGO_PKG_VERSION")), "{version}");
    run_with_path(&world, &ours, &["front", "bin"], &["list"]).ends_with(7);
}

#[test]
fn what_cannot_be_run_is_no_installed_authsome() {
    let world = World::new();
    world.file("bin/authsome", "#!/bin/sh\nexit 0\n");
    let answer = world.run(["list"]).ends_with(2);
    assert!(answer.stderr.contains("none is installed"), "{answer}");
    world.script("bin/authsome", "exit 0");
    fs::write(world.path("bin/authsome"), "#!/no/such/interpreter\n").expect("a file of ours");
    let answer = world.run(["list"]).ends_with(2);
    assert!(answer.stderr.contains("cannot be run") && answer.stderr.lines().count() == 1, "{answer}");
}

#[test]
fn a_signal_that_ends_it_is_passed_on() {
    let world = World::new();
    world.script("bin/authsome", "kill -TERM $$");
    assert_eq!(world.run(["list"]).code, -1, "ended by a signal, as the shell expects");
}
