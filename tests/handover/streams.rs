//! Streams, directory, environment and codes, held against a direct call of the same script.

use super::common::{Answer, World};
use std::collections::BTreeSet;
use std::fs;
use std::io::{Read, Write};
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

/// Bytes of every kind, not in the shape of any text, and more than any pipe holds.
fn bytes() -> Vec<u8> {
    let mut state = 1_u32;
    let next = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state.to_le_bytes()[1]
    };
    std::iter::repeat_with(next).take(3_000_000).collect()
}

/// Our program with the script behind it, and the script itself.
fn both_ways(world: &World, arguments: &[&str]) -> [Command; 2] {
    let ours = world.process();
    [ours.get_program().into(), world.path("bin/authsome")].map(|program: PathBuf| {
        let mut command = Command::new(program);
        command.env_clear().envs(ours.get_envs().filter_map(|(name, value)| Some((name, value?))));
        command.args(arguments).current_dir(world.path(""));
        command
    })
}

fn fed(command: &mut Command, input: &[u8]) -> Output {
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
    let mut stdin = child.stdin.take().expect("it is piped");
    std::thread::scope(|scope| {
        // A program need not read all of it.
        scope.spawn(move || stdin.write_all(input).is_ok());
        child.wait_with_output().expect("it ends")
    })
}

#[test]
fn what_goes_through_the_streams_is_not_touched() {
    let world = World::new();
    world.script("bin/authsome", "/bin/cat; echo a word >&2");
    let sent = bytes();
    let [ours, direct] = both_ways(&world, &["import"]).map(|mut command| fed(&mut command, &sent));
    assert!(ours.stdout == sent, "{} bytes of {} came back", ours.stdout.len(), sent.len());
    assert_eq!((ours.status, &ours.stderr), (direct.status, &direct.stderr));
    assert_eq!(ours.stderr, b"a word\n");
}

#[test]
fn a_reader_that_goes_away_ends_the_program_as_it_would_have() {
    let world = World::new();
    world.script("bin/authsome", "while :; do echo more; done");
    for mut command in both_ways(&world, &["log", "--follow"]) {
        let mut child =
            command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("it starts");
        let mut out = child.stdout.take().expect("it is piped");
        out.read_exact(&mut [0; 5]).expect("it writes");
        drop(out);
        assert_eq!(child.wait().expect("it ends").signal(), Some(nix::libc::SIGPIPE));
    }
}

#[test]
fn a_descriptor_beyond_the_three_is_still_open() {
    let world = World::new();
    world.script("bin/authsome", "read word <&3; echo \"read $word\"");
    world.file("word", "from the third\n");
    let mut shell = world.process();
    let program = shell.get_program().to_owned();
    shell = Command::new("/bin/sh");
    shell.env_clear().env("PATH", world.path("bin")).env("HOME", world.path("")).current_dir(world.path(""));
    shell.arg("-c").arg("\"$0\" list 3< word").arg(program);
    let answer = Answer::of(shell.output().expect("it starts"));
    assert_eq!(answer.stdout, "read from the third\n", "{answer}");
}

#[test]
fn the_directory_is_kept_and_one_variable_is_added() {
    let world = World::new().set("SOME_WORD", "a b=c").set("AUTHSOME_IDENTITY", "");
    world.script("bin/authsome", "pwd; /usr/bin/env -0");
    fs::create_dir_all(world.path("deep/er")).expect("a folder of ours");
    let [ours, direct] = both_ways(&world, &["list"]).map(|mut command| {
        let output = command.current_dir(world.path("deep/er")).env("NO_TEXT", super::no_text()).output();
        let output = output.expect("it starts").stdout;
        output.split(|byte| matches!(byte, 0 | b'\n')).map(<[u8]>::to_vec).collect::<BTreeSet<_>>()
    });
    let added: Vec<_> = ours.difference(&direct).map(|it| String::from_utf8_lossy(it).into_owned()).collect();
    assert!(added.len() == 1 && added[0].starts_with("AUTHSOME_FRONT_DEPTH=1:"), "{added:?}");
    assert_eq!(direct.difference(&ours).count(), 0);
    assert!(ours.iter().any(|line| line.ends_with(b"deep/er")));
}

#[test]
fn every_exit_code_comes_back() {
    let world = World::new();
    world.script("bin/authsome", "exit $2");
    for code in 0..=255 {
        let output = world.process().args(["end", &code.to_string()]).output().expect("it starts");
        assert_eq!(output.status.code(), Some(code));
    }
}
