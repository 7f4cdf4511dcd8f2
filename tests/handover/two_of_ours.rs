//! Two of ours on PATH do not call each other, however they came there, in whatever order, with the installed program
//! anywhere among them or without any.

use super::common::{Answer, PROGRAM, World};
use super::{arguments_of, installed};
use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::time::Duration;

/// How one of ours came into a folder of PATH.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Put {
    HardLink,
    Symlink,
    /// Of another file: another release of ours.
    Copy,
    /// A link to a copy that is called something else, as package managers make them.
    RenamedCopy,
    /// The same by another: nothing but the mark in the environment tells these two.
    OtherRenamedCopy,
}

const WAYS: [Put; 5] = [Put::HardLink, Put::Symlink, Put::Copy, Put::RenamedCopy, Put::OtherRenamedCopy];

/// Our program in `store`, so that links to it stay on one file system.
fn stored(world: &World) {
    for file in ["store/one/authsome", "store/two/authsome", "store/front-1.0", "store/front-2.0"] {
        let to = world.path(file);
        fs::create_dir_all(to.parent().expect("it has one")).expect("a folder of ours");
        fs::copy(PROGRAM, to).expect("a copy of ours");
    }
}

fn put(world: &World, way: Put, folder: &str) {
    let place = world.path(folder).join("authsome");
    fs::create_dir_all(world.path(folder)).expect("a folder of ours");
    let _ = fs::remove_file(&place);
    let made = match way {
        Put::HardLink => fs::hard_link(world.path("store/one/authsome"), place),
        Put::Symlink => symlink(world.path("store/one/authsome"), place),
        Put::Copy => fs::hard_link(world.path("store/two/authsome"), place),
        Put::RenamedCopy => symlink(world.path("store/front-1.0"), place),
        Put::OtherRenamedCopy => symlink(world.path("store/front-2.0"), place),
    };
    made.expect("a file of ours");
}

/// PATH of these folders of the world.
fn path(world: &World, folders: &[&str]) -> OsString {
    std::env::join_paths(folders.iter().map(|folder| world.path(folder))).expect("plain folders")
}

fn run(world: &World, program: &Path, folders: &[&str], arguments: &[&str]) -> Answer {
    let mut process = std::process::Command::new(program);
    process.env_clear().env("HOME", world.path("")).env("PATH", path(world, folders)).args(arguments);
    process.current_dir(world.path(""));
    let mut command = assert_cmd::Command::from_std(process);
    Answer::of(command.timeout(Duration::from_secs(60)).output().expect("it starts"))
}

#[test]
fn the_installed_program_is_reached_once_past_any_two_of_ours() {
    let world = installed();
    stored(&world);
    for (one, two) in WAYS.iter().flat_map(|one| WAYS.map(|two| (*one, two))) {
        put(&world, one, "first");
        put(&world, two, "second");
        for folders in [["first", "second", "bin"], ["first", "bin", "second"], ["bin", "first", "second"]] {
            for started in ["first", "second"] {
                let case = format!("{one:?}, {two:?}, {folders:?}, {started} started");
                let _ = fs::remove_file(world.path("arguments"));
                let answer = run(&world, &world.path(started).join("authsome"), &folders, &["list", "--all"]);
                assert_eq!(answer.code, 7, "{case}: {answer}");
                assert_eq!(String::from_utf8_lossy(&arguments_of(&world)), "<list><--all>", "{case}");
                assert_eq!(answer.stderr, "a word on stderr\n", "{case}");
            }
        }
    }
}

#[test]
fn without_an_installed_program_any_two_of_ours_end_with_one_clear_line() {
    let world = World::new();
    stored(&world);
    for (one, two) in WAYS.iter().flat_map(|one| WAYS.map(|two| (*one, two))) {
        put(&world, one, "first");
        put(&world, two, "second");
        for started in ["first", "second"] {
            let case = format!("{one:?}, {two:?}, {started} started");
            let answer = run(&world, &world.path(started).join("authsome"), &["first", "second"], &["list"]);
            assert_eq!(answer.code, 2, "{case}: {answer}");
            assert!(answer.stdout.is_empty() && answer.stderr.lines().count() == 1, "{case}: {answer}");
            assert!(answer.stderr.contains("pip install authsome"), "{case}: {answer}");
        }
    }
}

/// The front of a version manager that chooses ours again, and then the installed program behind it.
#[test]
fn a_script_that_leads_back_to_us_is_passed_over() {
    let world = World::new();
    world.script("bin/authsome", &format!("exec {PROGRAM} \"$@\""));
    let answer = world.run(["list"]).ends_with(2);
    assert!(answer.stderr.contains("leads back to this program") && answer.stderr.lines().count() == 1, "{answer}");
    assert!(answer.stderr.contains(&*world.path("bin/authsome").to_string_lossy()), "it is named: {answer}");

    world.script("behind/authsome", super::RECORDER);
    run(&world, Path::new(PROGRAM), &["bin", "behind"], &["list"]).ends_with(7);
    assert_eq!(arguments_of(&world), b"<list>");
}

/// It does not become us, it starts us and waits: each is a process of its own.
#[test]
fn a_script_that_starts_us_again_ends_instead_of_going_round() {
    let world = World::new();
    world.script("bin/authsome", &format!("{PROGRAM} \"$@\"; exit $?"));
    let answer = world.run(["list"]).ends_with(2);
    assert!(answer.stderr.contains("leads back to this program") && answer.stderr.lines().count() == 1, "{answer}");
}

#[test]
fn a_link_called_authsome_doctor_is_the_same_program() {
    let world = installed();
    fs::create_dir_all(world.path("front")).expect("a folder of ours");
    let ours = world.path("front/authsome-doctor");
    symlink(PROGRAM, &ours).expect("a link of ours");
    let version = run(&world, &ours, &["front"], &["--version"]).ends_with(0);
    assert!(version.stdout.contains(env!("CARGO_PKG_VERSION")), "{version}");
    run(&world, &ours, &["front", "bin"], &["list"]).ends_with(7);
    let alone = run(&world, &ours, &["front"], &["list"]).ends_with(2);
    assert!(alone.stderr.contains("none is installed"), "{alone}");
}

#[test]
fn an_empty_folder_in_path_is_the_one_in_which_the_command_runs() {
    let world = World::new();
    world.script("authsome", super::RECORDER);
    let mut process = world.process();
    process.env("PATH", ":/nowhere").arg("list");
    let answer = Answer::of(process.output().expect("it starts")).ends_with(7);
    assert!(answer.stdout.contains("called as ./authsome"), "{answer}");
}

#[test]
fn a_script_without_a_first_line_is_run_by_the_shell_as_shells_do() {
    let world = World::new();
    let script = world.script("bin/authsome", "");
    fs::write(&script, "echo run by the shell\nexit 4\n").expect("a file of ours");
    let answer = world.run(["list"]).ends_with(4);
    assert_eq!(answer.stdout, "run by the shell\n", "{answer}");
}
