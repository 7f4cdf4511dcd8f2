//! doctor looks and touches nothing: no daemon of authsome is started, stopped or changed, and under its home everything
//! stays as it is, names, sizes, times, modes and bytes, whether a daemon runs or not, and whatever state its databases
//! were left in.

use std::process::Command;
use std::thread;
use std::time::Duration;

use rustix::process::Signal;

use crate::daemon_matrix::scene::{Scene, Stage};
use crate::support::http;
use crate::support::installed;
use crate::support::port::{CALLBACK_PORT, CallbackPort, is_held};
use crate::support::process::lives;
use crate::support::snapshot::Snapshot;

const VERSIONS: [&str; 3] = ["0.5.0", "0.6.4", "0.7.2"];

const LOOKS: [&[&str]; 5] = [
    &["doctor", "--offline", "--format", "json"],
    &["doctor", "--format", "json"],
    &["doctor", "acme", "--format", "json"],
    &["doctor", "acme", "--fix", "--dry-run", "--yes", "--format", "json"],
    &["doctor", "acme", "--error", "invalid_client", "--format", "json"],
];

#[track_caller]
fn looks_touch_nothing(scene: &Scene) {
    let before = Snapshot::of(&scene.world.authsome_home());
    for look in LOOKS {
        let answer = scene.world.run(look);
        assert!(matches!(answer.code, 0 | 1), "{}: {look:?}: {}", scene.version, answer.gist());
        before.is_unchanged(&format!("authsome {}: {look:?}", scene.version));
    }
}

/// authsome's own databases are not all in this mode, and a later version's may be: a look at one easily leaves a -shm
/// and a -wal file behind.
fn keeps_a_write_ahead_log(scene: &Scene) {
    let database = scene.world.authsome_home().join("server/authsome.db");
    let python = installed(&format!("authsome-{}/bin/python", scene.version));
    let script =
        "import sqlite3, sys; print(sqlite3.connect(sys.argv[1]).execute('pragma journal_mode=wal').fetchone()[0])";
    let output = Command::new(python).args(["-c", script]).arg(&database).output().expect("the interpreter runs");
    assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), "wal", "{}", database.display());
}

#[test]
fn where_no_daemon_runs_nothing_changes_and_none_is_started() {
    let stage = Stage::new();
    for version in VERSIONS {
        let port = CallbackPort::take();
        let scene = Scene::new(&stage, &port, version);
        looks_touch_nothing(&scene);
        keeps_a_write_ahead_log(&scene);
        looks_touch_nothing(&scene);
        assert!(!is_held(CALLBACK_PORT), "{version}: somebody was started on the callback port");
    }
}

#[test]
fn beside_a_live_daemon_nothing_changes_but_its_own_log_of_being_asked_for_health() {
    let stage = Stage::new();
    for version in VERSIONS {
        let port = CallbackPort::take();
        let scene = Scene::new(&stage, &port, version);
        keeps_a_write_ahead_log(&scene);
        let daemon = scene.daemon(&port);
        // What it does after its start is done.
        thread::sleep(Duration::from_millis(500));
        let begun = started_at(daemon.pid);
        looks_touch_nothing(&scene);
        assert!(lives(daemon.pid) && started_at(daemon.pid) == begun, "{version}: it is another daemon");
        let path = if version == "0.5.0" { "/health" } else { "/api/health" };
        let health = http::request(CALLBACK_PORT, "GET", path, None).expect("the daemon answers");
        assert_eq!(health.json()["status"], "ok", "{version}");
    }
}

/// A daemon that was killed leaves its write-ahead log, with what was written last in it alone.
#[test]
fn what_a_killed_daemon_left_stays_as_it_left_it() {
    let stage = Stage::new();
    for version in VERSIONS {
        let port = CallbackPort::take();
        let scene = Scene::new(&stage, &port, version);
        keeps_a_write_ahead_log(&scene);
        let daemon = scene.daemon(&port);
        daemon.signal(Signal::KILL);
        while is_held(CALLBACK_PORT) {
            thread::sleep(Duration::from_millis(20));
        }
        let left = scene.world.authsome_home().join("server/kv_store/cache.db-wal");
        assert!(left.exists(), "{version}: there is no write-ahead log to be touched");
        looks_touch_nothing(&scene);
        assert!(!is_held(CALLBACK_PORT), "{version}: somebody was started on the callback port");
    }
}

/// In ticks since the machine was started.
fn started_at(pid: u32) -> Option<String> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    stat.rsplit(") ").next()?.split(' ').nth(19).map(str::to_owned)
}
