//! Broken identities with real authsome versions: named first, mended with `doctor --fix`, and then the person, with the account
//! that they had, has the connections that they had.

use std::fs;
use std::path::PathBuf;

use serde_json::{Value, json};

use crate::support::browser::Browser;
use crate::support::daemon::Daemon;
use crate::support::http;
use crate::support::port::{CALLBACK_PORT, CallbackPort};
use crate::support::process::Running;
use crate::support::program::{World, end_of, read};
use crate::support::servers::{CLIENT, SECRET, Server};
use crate::support::{installed, server_script};

/// One home of one version, with a daemon that runs and a provider that the person has logged in to.
struct House<'port> {
    world: World,
    version: &'static str,
    definition: PathBuf,
    _daemon: Daemon<'port>,
    _server: Server,
}

impl<'port> House<'port> {
    fn lived_in(port: &'port CallbackPort, version: &'static str) -> Self {
        let prefix = if version == "0.5.0" { "" } else { "/api" };
        let server = Server::oidc_provider(&[&format!("http://127.0.0.1:7998{prefix}/auth/callback/oauth")]);
        let world = World::with_authsome(version).set("BROWSER", "true");
        let definition = world.file("acme.json", &server.definition(&["openid"]).to_string());
        let daemon = Daemon::start(port, &world, version);
        let house = Self { world, version, definition, _daemon: daemon, _server: server };
        house.claim();
        let started = house.released("authsome", &["login", "acme"]);
        let session = started["session_id"].as_str().unwrap_or_else(|| panic!("no session: {started}"));
        let form = json!({"client_id": CLIENT, "client_secret": SECRET, "scopes": "openid"});
        let browser = Browser::open();
        browser.go(&http::submit(CALLBACK_PORT, &format!("{prefix}/auth/sessions/{session}/input"), &form));
        browser.fill("input[name=login]", "ada");
        browser.fill("input[name=password]", "any");
        browser.press("input[value=login] ~ button");
        browser.press("input[value=consent] ~ button");
        browser.arrives_at("http://127.0.0.1:7998/auth/");
        house.is_connected("after the login");
        house
    }

    /// One run of a command of the released authsome, or of its interpreter.
    fn released(&self, program: &str, arguments: &[&str]) -> Value {
        let program = installed(&format!("authsome-{}/bin/{program}", self.version));
        let answer = end_of(Running::start(self.world.command(program).args(arguments)));
        assert_eq!(answer.code, 0, "authsome {}: {answer}", self.version);
        answer.document()
    }

    /// What authsome's next command leads to: the person claims the identity, with the account that they have.
    fn claim(&self) {
        let script = server_script("authsome_setup.py");
        self.released("python", &[&script.to_string_lossy(), &self.definition.to_string_lossy()]);
    }

    fn is_connected(&self, when: &str) {
        let until = std::time::Instant::now() + std::time::Duration::from_secs(10);
        loop {
            let who = self.released("authsome", &["whoami"]);
            if who.to_string().contains("acme") {
                return;
            }
            assert!(std::time::Instant::now() < until, "authsome {} {when}: {who}", self.version);
        }
    }

    fn client(&self, name: &str) -> PathBuf {
        self.world.authsome_home().join("client").join(name)
    }

    fn active(&self) -> String {
        let config: Value = serde_json::from_str(&read(&self.client("config.json"))).expect("authsome wrote it");
        config["active_identity"].as_str().expect("there is one").to_owned()
    }

    /// Named first, mended, healthy then.
    fn mend(&self, fault: &str) {
        let before = everything(&self.client(""));
        let found = self.world.doctor(&["--offline"]);
        found.expect(1, "identity_problem");
        assert_eq!(everything(&self.client("")), before, "doctor changed something: {fault}");
        let mended = self.world.doctor(&["--offline", "--fix", "--yes"]);
        mended.expect_no_problem();
        assert!(mended.document()["fixed"][0]["verified"].as_bool() == Some(true), "{fault}: {mended}");
        let now: Vec<Vec<u8>> = everything(&self.client("")).into_iter().map(|(_, content)| content).collect();
        for (path, content) in before {
            assert!(now.contains(&content), "{fault}: the content of {} is lost", path.display());
        }
    }
}

/// Every file below the folder, logs aside.
fn everything(folder: &PathBuf) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.ends_with("logs") {
            continue;
        }
        if path.is_dir() {
            found.extend(everything(&path));
        } else {
            found.push((path.clone(), fs::read(path).expect("a file")));
        }
    }
    found.sort();
    found
}

fn every_fault(version: &'static str) {
    let port = CallbackPort::take();
    let house = House::lived_in(&port, version);

    // The configuration: the identity is whole, so it stays.
    let mine = house.active();
    fs::write(house.client("config.json"), "{\"active_identi").expect("a file of ours");
    house.mend("a corrupt config");
    assert_eq!(house.active(), mine);
    house.is_connected("after a corrupt config");

    // The metadata: they follow from the key, so the identity stays.
    for content in [Some("{\"handle\": "), None] {
        let metadata = house.client(&format!("identities/{mine}.json"));
        match content {
            Some(half) => fs::write(&metadata, half).expect("a file of ours"),
            None => fs::remove_file(&metadata).expect("a file of ours"),
        }
        house.mend("corrupt metadata");
        assert_eq!(house.active(), mine);
        house.is_connected("after corrupt metadata");
    }

    // The key: a new identity, claimed with the same account, has the same vault.
    for content in [None, Some("not a key")] {
        let lost = house.active();
        let key = house.client(&format!("identities/{lost}.key"));
        match content {
            Some(broken) => fs::write(&key, broken).expect("a file of ours"),
            None => fs::remove_file(&key).expect("a file of ours"),
        }
        house.mend("a lost key");
        house.claim();
        assert_ne!(house.active(), lost);
        house.is_connected("after a lost key");
        let again = house.released("authsome", &["login", "acme", "--force"]);
        assert_eq!(again["status"], "started", "authsome {version}: {again}");
    }
}

#[test]
fn an_identity_of_0_5_is_mended_and_keeps_its_connections() {
    every_fault("0.5.0");
}

#[test]
fn an_identity_of_0_6_is_mended_and_keeps_its_connections() {
    every_fault("0.6.4");
}

#[test]
fn an_identity_of_0_7_is_mended_and_keeps_its_connections() {
    every_fault("0.7.2");
}
