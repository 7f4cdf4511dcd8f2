//! A folder of definitions, and the program run in it.

use assert_cmd::Command;
use serde_json::Value;
use std::path::PathBuf;
use tempfile::TempDir;

pub const SOUND: &str = include_str!("../../fixtures/definitions/acme.jsonc");

/// A folder of definitions on a machine without an authsome.
pub struct World(pub TempDir);

pub struct Answer {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl World {
    pub fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    pub fn with(file: &str, content: impl AsRef<[u8]>) -> Self {
        let world = Self::new();
        world.file(file, content);
        world
    }

    pub fn path(&self, file: &str) -> PathBuf {
        self.0.path().join(file)
    }

    pub fn file(&self, file: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(file);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(&path, content).expect("a file");
        path
    }

    pub fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_authsome"));
        let home = self.path("home");
        command
            .env_clear()
            .env("HOME", &home)
            .env("PATH", "/nonexistent")
            .env("LANG", "C.UTF-8")
            .current_dir(self.0.path());
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Answer {
        answer(self.command().args(arguments))
    }

    pub fn json(&self, arguments: &[&str]) -> (i32, Value) {
        let arguments: Vec<&str> = ["check", "--format", "json"].iter().chain(arguments).copied().collect();
        let answer = self.run(&arguments);
        let document = serde_json::from_str(&answer.stdout);
        (answer.code, document.unwrap_or_else(|e| panic!("{e}: {}{}", answer.stdout, answer.stderr)))
    }
}

pub fn answer(command: &mut Command) -> Answer {
    let output = command.output().expect("the program runs");
    Answer {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout).expect("UTF-8"),
        stderr: String::from_utf8(output.stderr).expect("UTF-8"),
    }
}

pub fn findings(document: &Value) -> Vec<(&str, &str, &str)> {
    document["findings"]
        .as_array()
        .expect("findings")
        .iter()
        .map(|finding| {
            let word = |pointer: &str| finding.pointer(pointer).and_then(Value::as_str).unwrap_or("");
            (word("/rule"), word("/severity"), word("/location/pointer"))
        })
        .collect()
}
