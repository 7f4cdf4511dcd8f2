//! Real authsome daemons on the callback port that are as they should be, and the same behind a proxy.

use crate::support::daemon::Daemon;
use crate::support::port::CallbackPort;
use crate::support::program::World;

/// The authsome daemons that are told apart by their health answer, paths and files.
const VERSIONS: &[&str] = &["0.4.2", "0.5.0", "0.6.4", "0.7.2"];

#[test]
fn a_daemon_of_the_installed_version_is_healthy() {
    let port = CallbackPort::take();
    for version in VERSIONS {
        let world = World::with_authsome(version);
        let daemon = Daemon::start(&port, &world, version);
        let answer = world.doctor(&["--offline"]);
        answer.expect_no_problem();
        for cause in ["port_in_use", "stale_daemon", "daemon_not_running", "callback_base_mismatch"] {
            assert!(answer.findings(cause).is_empty(), "{version}: {cause}; {answer}");
        }
        assert!(answer.stdout.contains(version), "the daemon's version is not told: {answer}");
        let before = daemon.pid;
        world.doctor(&["--offline", "--fix", "--yes"]).expect_no_problem();
        assert!(crate::support::process::lives(before), "{version}: --fix ended a healthy daemon");
    }
}

#[test]
fn a_proxy_that_takes_the_requests_to_the_daemon_is_named_with_its_hop_and_its_cure() {
    let port = CallbackPort::take();
    let quiet = World::with_authsome("0.7.2");
    let _daemon = Daemon::start(&port, &quiet, "0.7.2");
    let world = quiet.set("HTTP_PROXY", "http://127.0.0.1:9").set("NO_PROXY", "localhost");
    let answer = world.doctor(&["--offline"]);
    answer.expect(1, "loopback_through_proxy");
    let finding = &answer.findings("loopback_through_proxy")[0];
    let words = format!("{}{}", finding["title"], finding["explanation"]);
    assert!(words.contains("daemon"), "the hop from authsome to its daemon is not named: {answer}");
    assert!(
        answer.offers("loopback_through_proxy", "localhost,127.0.0.1"),
        "the value that cures it is not offered: {answer}"
    );

    let cured = world.set("NO_PROXY", "localhost,127.0.0.1");
    cured.doctor(&["--offline"]).expect_no_problem();
}

/// httpx refuses these before any request is made; a `NO_PROXY` that covers loopback does not help.
#[test]
fn proxy_settings_that_break_the_client_outright_are_named() {
    let port = CallbackPort::take();
    let mut world = World::with_authsome("0.7.2");
    let _daemon = Daemon::start(&port, &world, "0.7.2");
    for (name, value) in [("ALL_PROXY", "socks5://127.0.0.1:9"), ("NO_PROXY", "127.0.0.1,localhost,[::1]")] {
        world = world.set("NO_PROXY", "127.0.0.1,localhost").set("ALL_PROXY", "").set(name, value);
        world.doctor(&["--offline"]).expect(1, "loopback_through_proxy");
    }
}
