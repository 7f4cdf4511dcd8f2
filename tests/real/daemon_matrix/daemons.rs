//! Daemons of authsome that are not the one that the next login wants, and what they leave behind.

use std::fs;

use super::scene::Scene;
use super::{NEWER, Row, VERSIONS};
use crate::support::daemon::Daemon;
use crate::support::installed;
use crate::support::port::CallbackPort;
use crate::support::process::{Running, lives};
use crate::support::program::{World, read};

pub const ROWS: &[Row] = &[
    Row {
        cause: "stale_daemon",
        fault: "a daemon of another version, for the same home",
        rule: "daemon-of-another-version",
        fix: "`doctor --fix`: stop it",
        versions: &VERSIONS,
        play: other_version,
    },
    Row {
        cause: "stale_daemon",
        fault: "a daemon of another home",
        rule: "daemon-of-another-home",
        fix: "`doctor --fix`: stop it",
        versions: &VERSIONS,
        play: other_home,
    },
    Row {
        cause: "stale_daemon",
        fault: "a pid file that names a `sleep`",
        rule: "daemon-pid-file-names-stranger",
        fix: "`doctor --fix`: remove the file",
        versions: &VERSIONS,
        play: stranger,
    },
    Row {
        cause: "stale_daemon",
        fault: "two versions on PATH",
        rule: "installations-replace-each-other",
        fix: "take one off PATH",
        versions: &VERSIONS,
        play: two_installations,
    },
    Row {
        cause: "callback_base_mismatch",
        fault: "a daemon that was started with a base URL of localhost",
        rule: "base-url-sticks-in-daemon",
        fix: "`doctor --fix`: restart it",
        versions: &VERSIONS,
        play: localhost,
    },
    Row {
        cause: "callback_base_mismatch",
        fault: "AUTHSOME_PORT=8124 alone",
        rule: "authsome-port-alone",
        fix: "unset it",
        versions: NEWER,
        play: port_alone,
    },
    Row {
        cause: "daemon_not_running",
        fault: "an address at which authsome starts no daemon",
        rule: "daemon-not-started-at-this-address",
        fix: "unset it",
        versions: &VERSIONS,
        play: not_started,
    },
];

/// The variable that decides which address the commands of `version` ask.
fn target(version: &str) -> &'static str {
    if version == "0.5.0" { "AUTHSOME_DAEMON_URL" } else { "AUTHSOME_BASE_URL" }
}

/// The variable that decides which redirect URI the daemon of `version` sends.
fn base(version: &str) -> &'static str {
    if version == "0.5.0" { "AUTHSOME_SERVER_BASE_URL" } else { "AUTHSOME_BASE_URL" }
}

fn another(version: &str) -> &'static str {
    if version == "0.5.0" { "0.7.2" } else { "0.5.0" }
}

fn other_version(row: &Row, scene: &mut Scene, port: &CallbackPort) {
    let _daemon = Daemon::start(port, &scene.world, another(scene.version));
    row.is_named_and_mended(scene, &["--offline"]);
}

fn other_home(row: &Row, scene: &mut Scene, port: &CallbackPort) {
    let other = World::with_authsome(scene.version);
    let _daemon = Daemon::start(port, &other, scene.version);
    row.is_named_and_mended(scene, &["--offline"]);
}

fn stranger(row: &Row, scene: &mut Scene, _: &CallbackPort) {
    let sleep = Running::start(scene.world.command("sleep").arg("300"));
    let folder = scene.world.authsome_home().join("server/daemon");
    fs::create_dir_all(&folder).expect("a folder in our own home");
    let file = folder.join("daemon.pid");
    fs::write(&file, sleep.pid().to_string()).expect("a file in our own home");
    row.is_named_and_mended(scene, &["--offline"]);
    assert!(lives(sleep.pid()), "the stranger was ended");
    assert_ne!(read(&file), sleep.pid().to_string(), "the file still names the stranger");
}

fn two_installations(row: &Row, scene: &mut Scene, port: &CallbackPort) {
    let other = installed(&format!("path-{}", another(scene.version)));
    scene.world.find_first(&other);
    let _daemon = Daemon::start(port, &scene.world, another(scene.version));
    row.is_named(scene, &["--offline"]);
    scene.world.find_no_more(&other);
    // What it left is a daemon of another version.
    let stopped = scene.world.doctor(&["--offline", "--fix", "--yes"]);
    assert!(stopped.findings(row.cause).is_empty(), "{}", stopped.gist());
}

fn localhost(row: &Row, scene: &mut Scene, port: &CallbackPort) {
    scene.world.put(base(scene.version), "http://localhost:7998");
    let _daemon = scene.daemon(port);
    scene.world.forget(base(scene.version));
    row.is_named_and_mended(scene, &["--offline"]);
}

fn port_alone(row: &Row, scene: &mut Scene, _: &CallbackPort) {
    scene.world.put("AUTHSOME_PORT", "8124");
    row.is_named(scene, &["--offline"]);
    scene.world.forget("AUTHSOME_PORT");
    scene.world.doctor(&["--offline"]).expect_no_problem();
}

fn not_started(row: &Row, scene: &mut Scene, _: &CallbackPort) {
    scene.world.put(target(scene.version), "http://127.0.0.1:8123");
    row.is_named(scene, &["--offline"]);
    scene.world.forget(target(scene.version));
    scene.world.doctor(&["--offline"]).expect_no_problem();
}
