//! One person with one version of authsome: claimed identity, a provider registered, nothing logged in yet.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Signal, kill_process};
use serde_json::Value;

use super::next_login::Person;
use crate::support::daemon::Daemon;
use crate::support::opened::Opened;
use crate::support::port::CallbackPort;
use crate::support::process::{self, Running, lives};
use crate::support::program::{Answer, World, end_of};
use crate::support::servers::Server;
use crate::support::{installed, server_script};

/// What all rows share: the provider, and each version's home as it is after the first steps with it.
pub struct Stage {
    pub server: Server,
    homes: RefCell<BTreeMap<String, World>>,
}

/// What each version sends.
pub fn redirect_uri(version: &str) -> &'static str {
    match version {
        "0.5.0" => "http://127.0.0.1:7998/auth/callback/oauth",
        _ => "http://127.0.0.1:7998/api/auth/callback/oauth",
    }
}

impl Stage {
    /// The provider knows the redirect URIs of all versions.
    pub fn new() -> Self {
        let server = Server::oidc_provider(&[redirect_uri("0.5.0"), redirect_uri("0.7.2")]);
        Self { server, homes: RefCell::default() }
    }

    /// Goes the first steps with `version` once, and gives every later scene a copy of the home.
    fn copy_home(&self, port: &CallbackPort, version: &str, to: &Path) {
        let mut homes = self.homes.borrow_mut();
        let first = homes.entry(version.to_owned()).or_insert_with(|| {
            let world = World::with_authsome(version).set("BROWSER", "true");
            let daemon = Daemon::start(port, &world, version);
            register(&world, version, &self.server.definition(&["openid"]));
            drop(daemon);
            let _ = fs::remove_dir_all(world.authsome_home().join("server/daemon"));
            world
        });
        let copied = Command::new("cp").arg("-aT").arg(first.authsome_home()).arg(to).status();
        assert!(copied.is_ok_and(|status| status.success()), "the home of {version} could not be copied");
    }
}

/// Claims the agent if that is still to be done, and registers a provider on loopback, which the CLI refuses.
pub fn register(world: &World, version: &str, definition: &Value) {
    let definition = world.file("definition.json", &definition.to_string());
    let mut command = world.command(installed(&format!("authsome-{version}/bin/python")));
    let answer = end_of(Running::start(command.arg(server_script("authsome_setup.py")).arg(definition)));
    assert_eq!(answer.code, 0, "authsome {version} took no provider: {answer}");
}

/// Anything: only its end matters.
pub trait Kept {}
impl<T> Kept for T {}

pub struct Scene<'a> {
    pub stage: &'a Stage,
    pub version: &'static str,
    pub world: World,
    /// What was handed to the browser.
    pub opened: Opened,
    /// What the next login is given beside the provider's name.
    pub given: Vec<String>,
    pub person: Person,
    /// Where the provider says whose token it is.
    pub userinfo: String,
    /// What has to live until the next login is over.
    kept: Vec<Box<dyn Kept + 'a>>,
}

impl<'a> Scene<'a> {
    pub fn new(stage: &'a Stage, port: &'a CallbackPort, version: &'static str) -> Self {
        let mut world = World::with_authsome(version);
        stage.copy_home(port, version, &world.authsome_home());
        let opened = Opened::of(&mut world);
        let userinfo = format!("{}/me", stage.server.issuer);
        let person = Person::with_the_right_secret();
        Self { stage, version, world, opened, given: Vec::new(), person, userinfo, kept: Vec::new() }
    }

    pub fn daemon<'port>(&self, port: &'port CallbackPort) -> Daemon<'port> {
        Daemon::start(port, &self.world, self.version)
    }

    /// Keeps `what` alive until the next login is over.
    pub fn keep(&mut self, what: impl Kept + 'a) {
        self.kept.push(Box::new(what));
    }

    /// One run of the released command.
    pub fn released(&self, arguments: &[&str]) -> Answer {
        let program = installed(&format!("authsome-{}/bin/authsome", self.version));
        end_of(Running::start(self.world.command(program).args(arguments)))
    }
}

impl Drop for Scene<'_> {
    /// Ends the daemons that authsome's own commands started for this home: they outlive the command.
    fn drop(&mut self) {
        let home = self.world.authsome_home();
        let wanted = format!("AUTHSOME_HOME={}", home.display());
        let ours = |pid: u32| {
            let environment = fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
            let command = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
            environment.split(|byte| *byte == 0).any(|one| one == wanted.as_bytes())
                && String::from_utf8_lossy(&command).replace('\0', " ").contains("daemon serve")
        };
        let all = fs::read_dir("/proc").into_iter().flatten().flatten();
        let pids = all.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).filter(|pid| ours(*pid));
        for pid in pids.collect::<Vec<u32>>() {
            let _ = kill_process(process::pid(pid), Signal::CONT);
            let _ = kill_process(process::pid(pid), Signal::TERM);
            let until = Instant::now() + Duration::from_secs(5);
            while lives(pid) && Instant::now() < until {
                thread::sleep(Duration::from_millis(20));
            }
            if lives(pid) {
                let _ = kill_process(process::pid(pid), Signal::KILL);
            }
        }
    }
}
