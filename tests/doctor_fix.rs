//! `doctor --fix`: what is wrong is mended after a yes, proved by looking again, and without `--fix` nothing is touched.

#![cfg(unix)]

mod common;

use common::terminal::Terminal;
use common::{Answer, World, callback_on, free_port};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const SOON: Duration = Duration::from_secs(60);

/// A process that is ended with the test.
struct Stranger(Child);

impl Drop for Stranger {
    fn drop(&mut self) {
        // It may have ended.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A home in which the pid file of a daemon that has ended names somebody else by now.
fn with_a_strangers_pid() -> (World, Stranger, PathBuf) {
    let world = World::new();
    let stranger = Stranger(Command::new("/bin/sleep").arg("600").spawn().expect("there is a sleep"));
    let file = world.file(".authsome/server/daemon/daemon.pid", stranger.0.id().to_string());
    (world, stranger, file)
}

const ONLY: [&str; 4] = ["doctor", "--offline", "--only", "daemon-pid-file-names-stranger"];

fn doctor(world: &World, more: &[&str]) -> Answer {
    world.run(ONLY.iter().chain(more))
}

#[test]
fn without_fix_nothing_is_changed() {
    let (world, _stranger, file) = with_a_strangers_pid();
    for more in [&[][..], &["--yes"]] {
        let answer = doctor(&world, more).ends_with(1);
        assert_eq!(answer.document()["verdict"]["cause"], "stale_daemon", "{answer}");
        assert!(file.exists());
    }
    assert_eq!(world.kept(), ["server/daemon/daemon.pid"]);
}

#[test]
fn a_dry_run_says_what_would_be_done_and_does_not() {
    let (world, _stranger, file) = with_a_strangers_pid();
    let answer = doctor(&world, &["--fix", "--yes", "--dry-run"]).ends_with(1);
    let fix = answer.document()["findings"][0]["fixes"][0].clone();
    assert!(fix["note"].as_str().is_some_and(|note| note.contains("would")), "{answer}");
    assert_eq!(fix["applied"], false, "{answer}");
    assert!(file.exists());
}

#[test]
fn where_nobody_can_be_asked_a_fix_needs_yes() {
    let (world, _stranger, file) = with_a_strangers_pid();
    let answer = doctor(&world, &["--fix"]).ends_with(1);
    assert!(answer.stdout.contains("--yes"), "{answer}");
    assert!(file.exists());
}

#[test]
fn what_is_mended_is_proved_by_looking_again_and_the_code_is_that_of_the_new_state() {
    let (world, mut stranger, file) = with_a_strangers_pid();
    let answer = doctor(&world, &["--fix", "--yes"]).ends_with(0);
    let document = answer.document();
    assert_eq!(document["verdict"]["status"], "healthy", "{answer}");
    let fixed = &document["fixed"][0];
    assert_eq!((&fixed["id"], &fixed["verified"]), (&"remove-pid-file".into(), &true.into()), "{answer}");
    assert!(!file.exists());
    assert!(stranger.0.try_wait().expect("it is our child").is_none(), "the stranger was touched");
}

#[test]
fn a_person_is_asked_first_and_a_no_is_a_no() {
    for (key, code, kept) in [("n\r", 1, true), ("y\r", 0, false)] {
        let (world, _stranger, file) = with_a_strangers_pid();
        let mut doctor = Terminal::start(&world, &[&ONLY[..], &["--fix"]].concat());
        doctor.shows("Remove the pid file", SOON);
        doctor.types(key);
        let (ended, screen) = doctor.end(SOON);
        assert_eq!((ended, file.exists()), (code, kept), "{screen}");
    }
}

#[test]
fn ctrl_c_at_the_question_changes_nothing() {
    let (world, _stranger, file) = with_a_strangers_pid();
    let mut doctor = Terminal::start(&world, &[&ONLY[..], &["--fix"]].concat());
    doctor.shows("Remove the pid file", SOON);
    doctor.types("\u{3}");
    let (ended, screen) = doctor.end(SOON);
    assert_eq!((ended, file.exists()), (130, true), "{screen}");
}

#[test]
fn a_file_of_secrets_that_others_may_read_is_closed() {
    let world = World::new();
    let key = world.file(".authsome/server/master.key", "0123456789abcdef0123456789abcdef0123456789a=");
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o644)).expect("a file of ours");
    let only = ["doctor", "--offline", "--only", "home-key-readable-by-others"];
    let found = world.run(only).ends_with(0);
    assert_eq!(found.status(), "warnings", "{found}");
    let mended = world.run(only.iter().chain(&["--fix", "--yes"])).ends_with(0);
    assert_eq!(mended.status(), "healthy", "{mended}");
    assert_eq!(std::fs::metadata(&key).expect("it is there").permissions().mode() & 0o777, 0o600);
}

/// Not a test of its own: the program that holds a port in the next one.
#[test]
#[ignore = "the next test runs it as a process of its own"]
fn holds_a_port() {
    let Some(port) = std::env::var("PORT_TO_HOLD").ok().and_then(|text| text.parse().ok()) else { return };
    let listener = TcpListener::bind(("127.0.0.1", port)).expect("the port is free");
    let until = Instant::now() + 2 * SOON;
    // Answers nobody, as a program that waits for something else.
    while Instant::now() < until {
        let _ = listener.accept();
    }
}

#[test]
fn the_program_that_holds_the_callback_port_is_named_and_stopped() {
    let port = free_port();
    let mut holder = Command::new(std::env::current_exe().expect("this test is a program"));
    holder.args(["--exact", "holds_a_port", "--ignored"]).env("PORT_TO_HOLD", port.to_string());
    let holder = Stranger(holder.stdout(Stdio::null()).spawn().expect("this test starts"));
    let until = Instant::now() + SOON;
    while TcpListener::bind(("127.0.0.1", port)).is_ok() {
        assert!(Instant::now() < until, "it does not listen");
        std::thread::sleep(Duration::from_millis(20));
    }
    let world = World::new();
    let redirect_uri = callback_on(port);
    let look = ["doctor", "--offline", "--redirect-uri", &redirect_uri];
    let found = world.run(look).ends_with(1);
    let first = found.document()["findings"][0].clone();
    assert_eq!(first["cause"], "port_in_use", "{found}");
    assert!(first["title"].as_str().is_some_and(|title| title.contains(&format!("pid {}", holder.0.id()))), "{found}");
    let mended = world.run(look.iter().chain(&["--fix", "--yes"])).ends_with(0);
    assert_eq!(mended.document()["fixed"][0]["kind"], "stop_process", "{mended}");
    assert!(TcpListener::bind(("127.0.0.1", port)).is_ok(), "it still listens");
}
