//! A real authsome daemon of a released version, in the process and with the files that `authsome daemon start` makes.
//! Started by hand all the same: that command gives up after five seconds, on a slow machine too, and leaves the daemon behind.

use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Signal, kill_process};
use serde_json::json;

use super::http;
use super::installed;
use super::port::{CALLBACK_PORT, CallbackPort};
use super::process::{self, Running};
use super::program::{World, read};

pub struct Daemon<'port> {
    pub pid: u32,
    _process: Running,
    _port: &'port CallbackPort,
}

impl<'port> Daemon<'port> {
    /// Starts the daemon of `version` for `world`'s home, in `world`'s environment.
    pub fn start(port: &'port CallbackPort, world: &World, version: &str) -> Self {
        let folder = world.authsome_home().join("server/daemon");
        fs::create_dir_all(&folder).expect("a folder in our own home");
        let python = installed(&format!("authsome-{version}/bin/python"));
        let mut command = world.command("sh");
        command.args(["-c", r#"exec "$@" >> "$0" 2>&1"#]).arg(folder.join("daemon.log"));
        command.arg(python).args(["-m", "authsome.cli.main"]);
        match version {
            "0.4.2" => command.args(["admin", "daemon", "serve"]),
            _ => command.args(["daemon", "serve", "--host", "127.0.0.1", "--port", "7998"]),
        };
        let mut process = Running::start(&mut command);
        let pid = process.pid();
        let state = json!({"pid": pid, "host": "127.0.0.1", "port": CALLBACK_PORT});
        fs::write(folder.join("daemon.pid"), pid.to_string()).expect("a file in our own home");
        fs::write(folder.join("daemon.json"), state.to_string()).expect("a file in our own home");

        let until = Instant::now() + Duration::from_mins(1);
        let path = if matches!(version, "0.4.2" | "0.5.0") { "/health" } else { "/api/health" };
        while http::request(CALLBACK_PORT, "GET", path, None).map_or(0, |reply| reply.status) != 200 {
            let log = read(&folder.join("daemon.log"));
            assert!(Instant::now() < until && process.is_running(), "authsome {version} does not answer: {log}");
            thread::sleep(Duration::from_millis(50));
        }
        Self { pid, _process: process, _port: port }
    }

    pub fn signal(&self, signal: Signal) {
        kill_process(process::pid(self.pid), signal).expect("the daemon that we started");
    }
}
