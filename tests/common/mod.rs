//! What the end-to-end tests stand on: the built program, run in a world where only what the test says is set.

#![allow(dead_code, reason = "every test file uses its own part of this")]

pub mod provider;
pub mod rules;
pub mod running;
pub mod terminal;
pub mod wordings;

use assert_cmd::Command;
use serde_json::Value;
use std::ffi::{OsStr, OsString};
use std::fmt;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Output;
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;
use tempfile::TempDir;

pub const PROGRAM: &str = env!("CARGO_BIN_EXE_authsome");

/// One person's home, AUTHSOME_HOME in it, and nothing on PATH but what the test puts there.
pub struct World {
    folder: TempDir,
    environment: Vec<(OsString, OsString)>,
}

impl World {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        std::fs::create_dir(folder.path().join("bin")).expect("a fresh folder");
        Self { folder, environment: Vec::new() }
    }

    #[must_use]
    pub fn set(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.environment.push((name.into(), value.as_ref().into()));
        self
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn authsome_home(&self) -> PathBuf {
        self.path(".authsome")
    }

    /// A file of this content in the person's home, folders and all.
    pub fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().expect("it is in the home")).expect("a folder of ours");
        std::fs::write(&path, content).expect("a file of ours");
        path
    }

    /// A shell script that can be run.
    #[cfg(unix)]
    pub fn script(&self, name: &str, lines: &str) -> PathBuf {
        use std::os::unix::fs::PermissionsExt;
        let path = self.file(name, format!("#!/bin/sh\n{lines}\n"));
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).expect("a file of ours");
        path
    }

    /// Our program in this world, not yet started.
    pub fn process(&self) -> std::process::Command {
        let mut process = std::process::Command::new(PROGRAM);
        process
            .env_clear()
            .env("HOME", self.folder.path())
            .env("AUTHSOME_HOME", self.authsome_home())
            .env("PATH", self.path("bin"))
            .env("LANG", "C.UTF-8")
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .current_dir(self.folder.path());
        process
    }

    pub fn command<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Command {
        let mut process = self.process();
        process.args(arguments);
        let mut command = Command::from_std(process);
        command.timeout(Duration::from_secs(120));
        command
    }

    /// Runs our program to its end, its output in pipes.
    pub fn run<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Answer {
        Answer::of(self.command(arguments).output().expect("our program starts"))
    }

    /// A login at the practice provider on a port of its own, so that many of them run side by side.
    pub fn practise(&self, arguments: &[&str]) -> Answer {
        let redirect_uri = callback_on(free_port());
        let all = ["login", "practice", "--auto-approve", "--redirect-uri", &redirect_uri];
        self.run(all.iter().chain(arguments))
    }

    /// The files under AUTHSOME_HOME, as paths below it.
    pub fn kept(&self) -> Vec<String> {
        let mut files = Vec::new();
        list(&self.authsome_home(), &self.authsome_home(), &mut files);
        files.sort();
        files
    }
}

fn list(root: &Path, folder: &Path, files: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten() {
        let path = entry.expect("a folder of ours").path();
        if path.is_dir() {
            list(root, &path, files);
        } else {
            files.push(path.strip_prefix(root).expect("it is below").to_string_lossy().into_owned());
        }
    }
}

/// What the program said and how it ended.
pub struct Answer {
    /// -1 where a signal ended it.
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Answer {
    pub fn of(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).expect("our program writes UTF-8");
        Self { code: output.status.code().unwrap_or(-1), stdout: text(output.stdout), stderr: text(output.stderr) }
    }

    /// The one JSON document on stdout.
    #[track_caller]
    pub fn document(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("not one JSON document: {error}\n{self}"))
    }

    /// `verdict.status`.
    #[track_caller]
    pub fn status(&self) -> String {
        self.document()["verdict"]["status"].as_str().unwrap_or_default().to_owned()
    }

    /// The message of a run that failed by itself.
    #[track_caller]
    pub fn message(&self) -> String {
        self.document()["error"]["message"].as_str().unwrap_or_default().to_owned()
    }

    #[track_caller]
    pub fn ends_with(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{self}");
        self
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "exit {}\nstdout:\n{}\nstderr:\n{}", self.code, self.stdout, self.stderr)
    }
}

/// The documented callback on another port, which the practice provider takes as RFC 8252, 7.3, says.
pub fn callback_on(port: u16) -> String {
    format!("http://127.0.0.1:{port}/auth/callback/oauth")
}

/// A free port below those that the system deals out by itself, so that no connection takes it in the meantime; another
/// process of these tests begins elsewhere.
pub fn free_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    loop {
        let from = 10_000 + u16::try_from(std::process::id() % 200).expect("is small") * 100;
        let port = from + NEXT.fetch_add(1, Ordering::Relaxed) % 2000;
        if TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok() {
            return port;
        }
    }
}
