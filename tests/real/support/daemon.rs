//! A real authsome daemon of a released version, started as its own command starts it, and ended by its number.

use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Signal, kill_process};

use super::http;
use super::installed;
use super::port::{CALLBACK_PORT, CallbackPort};
use super::process::Running;
use super::process::{self, lives};
use super::program::{World, end_of, read};

/// A daemon that `authsome daemon start` left in the background, with the files that it wrote into its home.
pub struct Daemon<'port> {
    pub pid: u32,
    _port: &'port CallbackPort,
}

impl<'port> Daemon<'port> {
    /// Starts the daemon of `version` for `world`'s home, in `world`'s environment.
    pub fn start(port: &'port CallbackPort, world: &World, version: &str) -> Self {
        let authsome = installed(&format!("authsome-{version}/bin/authsome"));
        let verb: &[&str] = if version == "0.4.2" { &["admin", "daemon", "start"] } else { &["daemon", "start"] };
        let said = end_of(Running::start(world.command(authsome).args(verb)));
        let pid = read(&world.authsome_home().join("server/daemon/daemon.pid")).trim().parse();
        let pid = pid.unwrap_or_else(|error| panic!("no pid file of authsome {version} ({error}): {said}"));
        let daemon = Self { pid, _port: port };
        let until = Instant::now() + Duration::from_secs(20);
        let path = if matches!(version, "0.4.2" | "0.5.0") { "/health" } else { "/api/health" };
        while http::request(CALLBACK_PORT, "GET", path, None).map_or(0, |reply| reply.status) != 200 {
            assert!(Instant::now() < until && lives(pid), "authsome {version} does not answer: {said}");
            thread::sleep(Duration::from_millis(50));
        }
        daemon
    }

    pub fn signal(&self, signal: Signal) {
        kill_process(process::pid(self.pid), signal).expect("the daemon that we started");
    }
}

impl Drop for Daemon<'_> {
    fn drop(&mut self) {
        let send = |signal| lives(self.pid).then(|| kill_process(process::pid(self.pid), signal));
        send(Signal::CONT);
        send(Signal::TERM);
        let until = Instant::now() + Duration::from_secs(8);
        while lives(self.pid) {
            if Instant::now() > until {
                send(Signal::KILL);
            }
            thread::sleep(Duration::from_millis(20));
        }
    }
}
