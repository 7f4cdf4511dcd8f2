//! Who holds the callback port instead of a daemon that works.

use std::process::Command;

use rustix::process::Signal;

use super::scene::Scene;
use super::{Row, VERSIONS};
use crate::support::port::{CALLBACK_PORT, CallbackPort, wait_until_held};
use crate::support::process::Running;

pub const ROWS: &[Row] = &[
    Row {
        cause: "port_in_use",
        fault: "`python3 -m http.server 7998`",
        rule: "callback-port-held-by-other-program",
        fix: "`doctor --fix`: stop it",
        versions: &VERSIONS,
        play: web_server,
    },
    Row {
        cause: "port_in_use",
        fault: "a program that accepts and never answers",
        rule: "callback-port-held-by-silent-program",
        fix: "`doctor --fix`: stop it",
        versions: &VERSIONS,
        play: silent,
    },
    Row {
        cause: "stale_daemon",
        fault: "its own daemon under SIGSTOP",
        rule: "daemon-stopped-by-a-signal",
        fix: "`doctor --fix`: let it go on",
        versions: &VERSIONS,
        play: stopped,
    },
];

fn holder(arguments: &[&str]) -> Running {
    let holder = Running::start(Command::new("python3").args(arguments));
    wait_until_held(CALLBACK_PORT);
    holder
}

fn web_server(row: &Row, scene: &mut Scene, _: &CallbackPort) {
    let mut holder = holder(&["-m", "http.server", "--bind", "127.0.0.1", "7998"]);
    row.is_named_and_mended(scene, &["--offline"]);
    assert!(!holder.is_running(), "the web server still runs");
}

fn silent(row: &Row, scene: &mut Scene, _: &CallbackPort) {
    let accept =
        "import socket\ns = socket.create_server(('127.0.0.1', 7998))\nkept = []\nwhile True: kept.append(s.accept())";
    let mut holder = holder(&["-c", accept]);
    row.is_named_and_mended(scene, &["--offline"]);
    assert!(!holder.is_running(), "the silent program still runs");
}

fn stopped(row: &Row, scene: &mut Scene, port: &CallbackPort) {
    let daemon = scene.daemon(port);
    daemon.signal(Signal::STOP);
    row.is_named_and_mended(scene, &["--offline"]);
}
