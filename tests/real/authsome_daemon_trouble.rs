//! Real authsome daemons on the callback port that a login would stumble over.

use rustix::process::Signal;

use crate::support::daemon::Daemon;
use crate::support::port::CallbackPort;
use crate::support::process::{Running, lives};
use crate::support::program::{World, read};

#[test]
fn a_daemon_of_an_older_version_is_stale() {
    let port = CallbackPort::take();
    let world = World::with_authsome("0.7.2");
    let _old = Daemon::start(&port, &world, "0.5.0");
    let answer = world.doctor(&["--offline"]);
    answer.expect(1, "stale_daemon");
    for version in ["0.5.0", "0.7.2"] {
        assert!(answer.stdout.contains(version), "{version} is not told: {answer}");
    }
}

#[test]
fn a_daemon_of_another_home_is_stale() {
    let port = CallbackPort::take();
    let other = World::with_authsome("0.7.2");
    let _daemon = Daemon::start(&port, &other, "0.7.2");
    let answer = World::with_authsome("0.7.2").doctor(&["--offline"]);
    answer.expect(1, "stale_daemon");
    let home = other.authsome_home();
    assert!(answer.stdout.contains(&*home.to_string_lossy()), "{} is not told: {answer}", home.display());
}

/// authsome would end the process that the file names, whoever it is.
#[test]
fn a_pid_file_that_names_a_stranger_is_an_error_and_fixing_it_spares_the_stranger() {
    let _port = CallbackPort::take();
    let world = World::with_authsome("0.7.2");
    let stranger = Running::start(world.command("sleep").arg("300"));
    let folder = world.authsome_home().join("server/daemon");
    std::fs::create_dir_all(&folder).expect("a folder in our own home");
    let file = folder.join("daemon.pid");
    std::fs::write(&file, stranger.pid().to_string()).expect("a file in our own home");

    let answer = world.doctor(&["--offline"]);
    answer.expect(1, "stale_daemon");
    assert!(answer.findings("stale_daemon")[0].to_string().contains(&stranger.pid().to_string()), "{answer}");

    let fixed = world.doctor(&["--offline", "--fix", "--yes"]);
    assert!(lives(stranger.pid()), "the stranger was ended: {fixed}");
    assert_ne!(read(&file), stranger.pid().to_string(), "the file still names it: {fixed}");
    fixed.expect_no_problem();
}

/// A dead number alone is harmless: authsome overwrites it.
#[test]
fn a_pid_file_that_names_nobody_is_no_alarm() {
    let _port = CallbackPort::take();
    let world = World::with_authsome("0.7.2");
    let gone = {
        let mut short = Running::start(world.command("true").env("LANG", "C"));
        assert!(short.wait(std::time::Duration::from_secs(5)).is_some());
        short.pid()
    };
    let folder = world.authsome_home().join("server/daemon");
    std::fs::create_dir_all(&folder).expect("a folder in our own home");
    std::fs::write(folder.join("daemon.pid"), gone.to_string()).expect("a file in our own home");
    world.doctor(&["--offline"]).expect_no_problem();
}

#[test]
fn a_stopped_daemon_that_no_longer_answers_is_named() {
    let port = CallbackPort::take();
    let world = World::with_authsome("0.7.2");
    let daemon = Daemon::start(&port, &world, "0.7.2");
    daemon.signal(Signal::STOP);
    let answer = world.doctor(&["--offline"]);
    answer.expect(1, "stale_daemon");
    assert!(answer.stdout.contains(&daemon.pid.to_string()), "{answer}");
}

/// A base URL sticks in the daemon: the redirect URI that it sends is not the one that this shell would compute.
#[test]
fn a_daemon_that_was_started_with_another_base_url_is_named() {
    let port = CallbackPort::take();
    let world = World::with_authsome("0.7.2").set("AUTHSOME_BASE_URL", "http://localhost:7998");
    let _daemon = Daemon::start(&port, &world, "0.7.2");
    let answer = world.unset("AUTHSOME_BASE_URL").doctor(&["--offline"]);
    assert!(!answer.findings("callback_base_mismatch").is_empty(), "{answer}");
    assert!(answer.stdout.contains("http://localhost:7998/api/auth/callback/oauth"), "{answer}");
}
