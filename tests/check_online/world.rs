//! Definitions, and the program that checks them.

use super::site::Site;
use assert_cmd::Command;
use serde_json::{Value, json};
use std::path::PathBuf;
use tempfile::TempDir;

pub struct World {
    folder: TempDir,
    environment: Vec<(String, String)>,
}

pub struct Answer {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl World {
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a folder"), environment: Vec::new() }
    }

    pub fn trusting(site: &Site) -> Self {
        Self::new().set("SSL_CERT_FILE", &site.authority().to_string_lossy())
    }

    pub fn set(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn file(&self, name: &str, definition: &Value) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, serde_json::to_string_pretty(definition).expect("JSON")).expect("a file");
        path
    }

    pub fn run(&self, arguments: &[&str]) -> Answer {
        let mut command = Command::new(env!("CARGO_BIN_EXE_authsome"));
        command.env_clear().env("HOME", self.folder.path()).env("PATH", "/nonexistent").env("LANG", "C.UTF-8");
        command.envs(self.environment.iter().map(|(name, value)| (name, value))).current_dir(self.folder.path());
        let output = command.arg("check").args(arguments).output().expect("the program runs");
        Answer {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).expect("UTF-8"),
            stderr: String::from_utf8(output.stderr).expect("UTF-8"),
        }
    }

    /// `check --online --allow-private` of this definition.
    #[track_caller]
    pub fn asked(&self, definition: &Value) -> (i32, Value) {
        self.file("acme.json", definition);
        self.json(&["--online", "--allow-private", "acme.json"])
    }

    #[track_caller]
    pub fn json(&self, arguments: &[&str]) -> (i32, Value) {
        let answer = self.run(&[&["--format", "json"], arguments].concat());
        let document = serde_json::from_str(&answer.stdout);
        (answer.code, document.unwrap_or_else(|e| panic!("{e}: {}{}", answer.stdout, answer.stderr)))
    }
}

/// A sound definition of a provider at `origin`, with every endpoint. Its URLs are templates: a host on this machine,
/// written out, would be an error of its own.
pub fn definition(origin: &str) -> Value {
    json!({
        "name": "acme",
        "display_name": "Acme",
        "auth_type": "oauth2",
        "flow": "pkce",
        "oauth": {
            "base_url": origin,
            "authorization_url": "{base_url}/oauth/authorize",
            "token_url": "{base_url}/oauth/token",
            "revocation_url": "{base_url}/oauth/revoke",
            "device_authorization_url": "{base_url}/oauth/device",
            "scopes": ["contacts:read"],
            "supports_device_code": true,
            "authorization_method": "basic",
        },
        "api_url": "api.acme.example",
        "docs_url": format!("{origin}/docs"),
    })
}

/// The same with dynamic registration, which takes no template: on this machine it is an error of its own.
pub fn registering(origin: &str) -> Value {
    let mut definition = definition(origin);
    definition["registration"] = json!({"registration_endpoint": format!("{origin}/oauth/register")});
    definition
}

/// Rule and JSON pointer of the findings over what was seen online.
pub fn online(document: &Value) -> Vec<(String, String)> {
    let word =
        |finding: &Value, pointer: &str| finding.pointer(pointer).and_then(Value::as_str).unwrap_or("").to_owned();
    let all = document["findings"].as_array().expect("findings").iter();
    let all = all.map(|finding| (word(finding, "/rule"), word(finding, "/location/pointer")));
    all.filter(|(rule, _)| rule.starts_with("definition-online-")).collect()
}

#[track_caller]
pub fn assert_found(document: &Value, wanted: &[(&str, &str)]) {
    let found = online(document);
    let found: Vec<(&str, &str)> = found.iter().map(|(rule, pointer)| (rule.as_str(), pointer.as_str())).collect();
    assert_eq!(found, wanted, "{document:#}");
}

/// The reasons why something could not be told.
pub fn reasons(document: &Value) -> Vec<String> {
    let open = document["inconclusive"].as_array().cloned().unwrap_or_default();
    open.iter().filter_map(|one| one["because"].as_str().map(str::to_owned)).collect()
}
