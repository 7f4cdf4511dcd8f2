//! A daemon that keeps what it was started with is restarted by `doctor --fix`, in the words of its version; and nobody else is
//! ended for it.

use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use authsome_doctor::fixes;
use authsome_doctor::host::Host;
use authsome_doctor::prompt::Nobody;
use authsome_doctor::rules::FixPlan;
use rustix::process::{Signal, kill_process};

use crate::support::daemon::Daemon;
use crate::support::port::{CALLBACK_PORT, CallbackPort, is_held};
use crate::support::process::{self, Running, lives};
use crate::support::program::{Answer, World, read};

/// The daemon that authsome's own command started: it belongs to nobody's test, so it is ended by its number.
struct Started(u32);

impl Started {
    fn of(world: &World) -> Self {
        let pid = read(&world.authsome_home().join("server/daemon/daemon.pid"));
        Self(pid.trim().parse().unwrap_or_else(|_| panic!("no number: {pid}")))
    }

    fn variable(&self, name: &str) -> Option<String> {
        let environment = fs::read(format!("/proc/{}/environ", self.0)).expect("a daemon of ours");
        let mut pairs = environment.split(|byte| *byte == 0).map(String::from_utf8_lossy);
        pairs.find_map(|pair| pair.strip_prefix(&format!("{name}=")).map(str::to_owned))
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        let _ = kill_process(process::pid(self.0), Signal::TERM);
        let until = Instant::now() + Duration::from_secs(10);
        while is_held(CALLBACK_PORT) && Instant::now() < until {
            thread::sleep(Duration::from_millis(50));
        }
    }
}

const RULE: [&str; 3] = ["--offline", "--only", "base-url-sticks-in-daemon"];

fn mend(world: &World) -> Answer {
    world.doctor(&[&RULE[..], &["--fix", "--yes"]].concat())
}

#[test]
fn a_base_url_that_sticks_is_gone_after_a_restart_in_every_versions_words() {
    let port = CallbackPort::take();
    for (version, variable, words) in [
        ("0.4.2", "AUTHSOME_SERVER_BASE_URL", "authsome admin daemon restart"),
        ("0.5.0", "AUTHSOME_SERVER_BASE_URL", "authsome daemon restart"),
        ("0.6.4", "AUTHSOME_BASE_URL", "authsome daemon restart"),
        ("0.7.2", "AUTHSOME_BASE_URL", "authsome daemon restart"),
    ] {
        let world = World::with_authsome(version).set(variable, "http://localhost:7998");
        let old = Daemon::start(&port, &world, version);
        let world = world.unset(variable);

        let found = world.doctor(&RULE);
        let fix = found.findings("callback_base_mismatch")[0]["fixes"][0].clone();
        let command: Vec<&str> = fix["command"].as_array().expect("one").iter().filter_map(|it| it.as_str()).collect();
        assert_eq!(command.join(" "), words, "{version}");
        assert_eq!(fix["changes"][0], format!("{variable}: http://localhost:7998 -> (not set)"), "{version}");
        assert!(lives(old.pid), "doctor alone touched it: {version}");

        let mended = mend(&world);
        let new = Started::of(&world);
        assert_eq!(mended.document()["fixed"][0]["verified"], true, "{version}: {mended}");
        assert_ne!(new.0, old.pid, "{version}");
        assert_eq!(new.variable(variable), None, "{version}");
        assert!(!lives(old.pid), "{version}");
    }
}

/// authsome's own command would find nothing to stop, and say that an unrelated process occupies the port.
#[test]
fn a_daemon_whose_pid_file_is_lost_is_restarted_all_the_same() {
    let port = CallbackPort::take();
    let world = World::with_authsome("0.7.2").set("AUTHSOME_BASE_URL", "http://localhost:7998");
    let old = Daemon::start(&port, &world, "0.7.2");
    let world = world.unset("AUTHSOME_BASE_URL");
    fs::remove_file(world.authsome_home().join("server/daemon/daemon.pid")).expect("a file in our own home");
    let mended = mend(&world);
    let new = Started::of(&world);
    assert_eq!(mended.document()["fixed"][0]["verified"], true, "{mended}");
    assert!(new.0 != old.pid && !lives(old.pid));
}

/// authsome's own command would end that process.
#[test]
fn nothing_is_restarted_while_the_pid_file_names_a_stranger() {
    let port = CallbackPort::take();
    let world = World::with_authsome("0.7.2").set("AUTHSOME_BASE_URL", "http://localhost:7998");
    let old = Daemon::start(&port, &world, "0.7.2");
    let world = world.unset("AUTHSOME_BASE_URL");
    let stranger = Running::start(world.command("sleep").arg("300"));
    let file = world.authsome_home().join("server/daemon/daemon.pid");
    fs::write(&file, stranger.pid().to_string()).expect("a file in our own home");
    let refused = mend(&world);
    assert!(refused.stdout.contains("not its daemon"), "{refused}");
    assert!(lives(stranger.pid()) && lives(old.pid), "{refused}");
}

/// This machine with that world's environment.
fn host(world: &World) -> Host {
    let command = world.command("x");
    let set = command.get_envs().filter_map(|(name, value)| Some((name.to_str()?, value?.to_str()?)));
    let env = std::sync::Arc::new(set.collect());
    Host { env, ..Host::real() }
}

#[test]
fn a_daemon_is_started_where_none_runs_and_nowhere_else() {
    let _port = CallbackPort::take();
    for version in ["0.4.2", "0.5.0", "0.6.4", "0.7.2"] {
        let world = World::with_authsome(version);
        let host = host(&world);
        let start = || fixes::act(&host, &Nobody, &FixPlan::StartDaemon);
        assert_eq!(start(), Ok(()), "{version}");
        let daemon = Started::of(&world);
        assert!(lives(daemon.0), "{version}");
        assert!(start().is_err_and(|why| why.contains("already")), "{version}");
    }
}

#[test]
fn no_daemon_is_started_beside_another_program_or_a_strangers_pid_file() {
    let _port = CallbackPort::take();
    let world = World::with_authsome("0.7.2");
    let host = host(&world);
    let start = || fixes::act(&host, &Nobody, &FixPlan::StartDaemon);
    let stranger = Running::start(world.command("sleep").arg("300"));
    let folder = world.authsome_home().join("server/daemon");
    fs::create_dir_all(&folder).expect("a folder in our own home");
    fs::write(folder.join("daemon.pid"), stranger.pid().to_string()).expect("a file in our own home");
    assert!(start().is_err_and(|why| why.contains("not its daemon")));
    fs::remove_file(folder.join("daemon.pid")).expect("a file in our own home");
    let held = std::net::TcpListener::bind(("127.0.0.1", CALLBACK_PORT)).expect("the port is ours");
    assert!(start().is_err());
    drop(held);
    assert!(lives(stranger.pid()) && !is_held(CALLBACK_PORT));
}
