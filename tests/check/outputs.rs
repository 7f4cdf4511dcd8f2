//! What a run reads and writes: each file once, none that lies elsewhere, and nothing over what is judged.

use super::world::{SOUND, World};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::process::Command;

#[test]
fn an_answer_overwrites_nothing_that_the_run_reads() {
    let world = World::with("p/acme.jsonc", SOUND);
    world.file("authsome-check.yaml", "fail_on: error\n");
    symlink(world.path("p"), world.path("link")).expect("a link");
    for (arguments, why) in [
        (
            vec!["p", "--output", "p/acme.jsonc"],
            "--output would overwrite p/acme.jsonc, which is one of the definitions",
        ),
        (vec!["p", "--also", "json=./p/../p/acme.jsonc"], "--also would overwrite"),
        (vec!["p", "--also", "json=link/acme.jsonc"], "--also would overwrite"),
        (vec!["--write-baseline", "p/acme.jsonc", "p"], "--write-baseline would overwrite"),
        (vec!["p", "--write-baseline", "authsome-check.yaml"], "which is the config file"),
        (vec!["p", "--also", "json=x", "--also", "sarif=./x"], "--also and --also would both write ./x"),
        (vec!["p", "--output", "x", "--also", "json=x"], "--output and --also would both write x"),
        (vec!["p", "--also", "json=-"], "--also needs a file, not -"),
        (vec!["p", "--write-baseline", "x", "--dry-run"], "cannot be used with"),
    ] {
        let answer = world.run(&[&["check"], &arguments[..]].concat());
        assert_eq!(answer.code, 2, "{arguments:?}: {}", answer.stdout);
        assert!(answer.stderr.contains(why), "{arguments:?}: {}", answer.stderr);
        assert!(!world.path("x").exists() && !world.path("-").exists(), "{arguments:?}");
    }
    assert_eq!(std::fs::read_to_string(world.path("p/acme.jsonc")).expect("it stays"), SOUND);
}

#[test]
fn a_report_can_be_read_by_whoever_reads_the_other_files() {
    let world = World::with("p/acme.jsonc", SOUND);
    world.file("old.json", "");
    let mode = |file: &str| std::fs::metadata(world.path(file)).expect("it is there").permissions().mode() & 0o777;
    std::fs::set_permissions(world.path("old.json"), PermissionsExt::from_mode(0o664)).expect("it is ours");
    let answer = world.run(&["check", "p", "--also", "json=old.json", "--also", "sarif=new.sarif"]);
    assert_eq!(answer.code, 0, "{}", answer.stderr);
    assert_eq!((mode("old.json"), mode("new.sarif")), (0o664, mode("p/acme.jsonc")));
    assert_eq!(world.run(&["check", "p", "--also", "json=new/x"]).code, 0);
    assert_eq!(mode("new"), mode("p"));
}

#[test]
fn a_definition_that_is_named_twice_is_judged_once() {
    let world = World::with("p/acme.jsonc", SOUND.replace("\"pkce\": true", "\"pkce\": false"));
    let (_, document) = world.json(&["p/acme.jsonc", "p", "./p/acme.jsonc"]);
    assert_eq!(document["definitions"].as_array().map(Vec::len), Some(1), "{document}");
    assert_eq!(document["findings"].as_array().map(Vec::len), Some(1), "{document}");
}

#[test]
fn what_lies_outside_of_a_folder_is_not_read_because_of_a_link_in_it() {
    let world = World::with("run/p/acme.jsonc", SOUND);
    world.file("elsewhere.json", "private words");
    world.file("run/shared/beta.json", SOUND.replace("\"acme\"", "\"beta\""));
    symlink(world.path("run/shared/beta.json"), world.path("run/p/beta.json")).expect("a link");
    std::fs::create_dir(world.path("run/p/folder.json")).expect("a folder");
    let run = || {
        let mut command = world.command();
        super::world::answer(command.current_dir(world.path("run")).args(["check", "p"]))
    };
    let answer = run();
    assert_eq!(answer.code, 0, "{}{}", answer.stdout, answer.stderr);
    assert!(answer.stdout.contains("2 definitions"), "{}", answer.stdout);
    symlink(world.path("elsewhere.json"), world.path("run/p/evil.json")).expect("a link");
    let answer = run();
    assert_eq!(answer.code, 2);
    assert!(answer.stderr.contains("evil.json is a link that leads out of this folder"), "{}", answer.stderr);
    assert!(!answer.stdout.contains("private") && !answer.stderr.contains("private"), "{}", answer.stderr);
    std::fs::remove_file(world.path("run/p/evil.json")).expect("it is ours");
    assert!(Command::new("mkfifo").arg(world.path("run/p/pipe.json")).status().expect("mkfifo").success());
    let answer = run();
    assert_eq!(answer.code, 2);
    assert!(answer.stderr.contains("pipe.json is no regular file"), "{}", answer.stderr);
}

#[test]
fn what_to_type_for_the_certain_fixes_stands_below_the_findings() {
    let world = World::with(
        "p/a b.jsonc",
        SOUND.replace("\"https://acme.example/oauth/token", "\" https://acme.example/oauth/token"),
    );
    let answer = world.run(&["check", "p/a b.jsonc"]);
    let last = answer.stdout.lines().last().expect("a line");
    assert_eq!(last, "1 of these can be mended: authsome check --fix 'p/a b.jsonc' (--dry-run shows it first)");
    assert_eq!(world.run(&["check", "--fix", "p/a b.jsonc"]).code, 0);
    assert!(!world.run(&["check", "p/a b.jsonc"]).stdout.contains("--fix"));
}
