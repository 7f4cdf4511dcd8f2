//! What is not ours goes, unchanged, to the next `authsome` on PATH that is not this file. A shell script plays it.

#![cfg(unix)]

#[path = "../common/mod.rs"]
mod common;
mod connection_words;
mod nested;
mod no_oauth;
mod signals;
mod streams;
mod two_of_ours;

use common::{Answer, World};
use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::ffi::{OsStrExt, OsStringExt};

/// Writes down its arguments, each between brackets, and ends with 7.
const RECORDER: &str = r#"for word in "$@"; do printf '<%s>' "$word" >> "$HOME/arguments"; done
printf 'called as %s\n' "$0"
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
        &["--log-file", "", "whoami"],
        &["--", "provider", "list"],
        &["provider", "-v", "--help"],
        &["-", "x"],
        &["", "x"],
        &["run", "--", "authsome", "--", "list"],
        &["--quiet", "--quiet", "whoami"],
        &["--an-option-of-a-later-version", "whoami"],
        &["--profile", "work", "provider", "list", "--yes"],
    ] {
        let world = installed();
        let answer = world.run(arguments).ends_with(7);
        let expected: String = arguments.iter().map(|word| format!("<{word}>")).collect();
        assert_eq!(String::from_utf8_lossy(&arguments_of(&world)), expected, "{answer}");
        assert!(answer.stdout.starts_with("called as "), "{answer}");
        assert_eq!(answer.stderr, "a word on stderr\n", "{answer}");
    }
}

#[test]
fn an_argument_that_is_no_text_is_handed_on_as_it_is() {
    let world = installed();
    let word = no_text();
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
fn a_flow_that_is_no_oauth_is_handed_on() {
    let world = installed();
    world.run(["login", "openai", "--flow", "api_key"]).ends_with(7);
    assert_eq!(arguments_of(&world), b"<login><openai><--flow><api_key>");
}

#[test]
fn none_installed_is_one_clear_line() {
    for arguments in [&["provider", "list"][..], &["no-such-command"], &["two\nlines", ""]] {
        let answer = World::new().run(arguments).ends_with(2);
        assert!(answer.stdout.is_empty() && answer.stderr.lines().count() == 1, "{answer}");
        assert!(answer.stderr.contains("none is installed"), "{answer}");
    }
    let answer = World::new().set("AUTHSOME_FRONT", "off").run(["doctor"]).ends_with(2);
    assert!(answer.stderr.contains("none is installed"), "{answer}");
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

/// A word that is no UTF-8.
fn no_text() -> OsString {
    OsString::from_vec(vec![b'a', 0xff, b'b'])
}
