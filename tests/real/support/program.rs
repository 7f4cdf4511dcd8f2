//! The built program, run as a person's shell would run it, in a world where only what the test says is set.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

use super::installed;
use super::process::Running;

/// One person's home with an `AUTHSOME_HOME` in it, and the environment of that person's shell.
pub struct World {
    folder: TempDir,
    environment: Vec<(OsString, OsString)>,
    path: OsString,
}

/// What the program said and how it ended.
pub struct Answer {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl World {
    /// A machine without any authsome.
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        std::fs::create_dir(folder.path().join(".authsome")).expect("a fresh home");
        Self { folder, environment: Vec::new(), path: "/usr/local/bin:/usr/bin:/bin".into() }
    }

    /// A machine on which `version` of authsome was installed, as pipx does it.
    pub fn with_authsome(version: &str) -> Self {
        let mut world = Self::new();
        let mut path = installed(&format!("path-{version}")).into_os_string();
        path.push(":");
        path.push(&world.path);
        world.path = path;
        world
    }

    pub fn set(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.environment.push((name.into(), value.as_ref().into()));
        self
    }

    pub fn unset(mut self, name: &str) -> Self {
        self.forget(name);
        self
    }

    /// Changes the shell of a person who is at work.
    pub fn put(&mut self, name: &str, value: impl AsRef<OsStr>) {
        self.forget(name);
        self.environment.push((name.into(), value.as_ref().into()));
    }

    pub fn forget(&mut self, name: &str) {
        self.environment.retain(|(set, _)| set.as_os_str() != OsStr::new(name));
    }

    /// Puts this folder before the others on PATH.
    pub fn find_first(&mut self, folder: &Path) {
        let mut path = folder.as_os_str().to_owned();
        path.push(":");
        path.push(&self.path);
        self.path = path;
    }

    /// Takes a folder off PATH.
    pub fn find_no_more(&mut self, folder: &Path) {
        let rest = std::env::split_paths(&self.path).filter(|one| one != folder).collect::<Vec<_>>();
        self.path = std::env::join_paths(rest).expect("folders that were on PATH");
    }

    /// The folder in which this person's home and everything else of this world is.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub fn authsome_home(&self) -> PathBuf {
        self.folder.path().join(".authsome")
    }

    /// Writes a file beside (not in) the authsome home and returns its path.
    pub fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).expect("a file in our own folder");
        path
    }

    /// Any program in this world.
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command
            .env_clear()
            .env("HOME", self.folder.path())
            .env("LANG", "C.UTF-8")
            .env("PATH", &self.path)
            .env("AUTHSOME_HOME", self.authsome_home())
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .current_dir(self.folder.path());
        command
    }

    /// Our program, not yet started.
    pub fn process(&self) -> Command {
        self.command(env!("CARGO_BIN_EXE_authsome"))
    }

    /// Starts our program and does not wait for it.
    pub fn start<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Running {
        Running::start(self.command(env!("CARGO_BIN_EXE_authsome")).args(arguments))
    }

    /// Runs our program to its end.
    pub fn run<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Answer {
        end_of(self.start(arguments))
    }

    /// `doctor` with these arguments, as JSON.
    pub fn doctor(&self, arguments: &[&str]) -> Answer {
        self.run(["doctor", "--format", "json"].iter().chain(arguments))
    }
}

/// Waits for the end of one of our own runs.
pub fn end_of(mut running: Running) -> Answer {
    let limit = Duration::from_secs(90);
    let status = running.wait(limit);
    let (stdout, stderr) = (running.stdout(), running.stderr());
    let status = status.unwrap_or_else(|| panic!("it did not end in {limit:?}; stdout:\n{stdout}\nstderr:\n{stderr}"));
    Answer { code: status.code().unwrap_or(-1), stdout, stderr }
}

impl Answer {
    /// The one JSON document on standard output.
    pub fn document(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}; {self}"))
    }

    pub fn cause(&self) -> String {
        self.document()["verdict"]["cause"].as_str().unwrap_or_default().to_owned()
    }

    pub fn status(&self) -> String {
        self.document()["verdict"]["status"].as_str().unwrap_or_default().to_owned()
    }

    /// What the report says in short: its findings in their order, what is open, and its exit code.
    pub fn gist(&self) -> String {
        let document = self.document();
        let list = |key: &str| document[key].as_array().cloned().unwrap_or_default();
        let findings = list("findings").into_iter().map(|finding| {
            let fixes = finding["fixes"].as_array().cloned().unwrap_or_default();
            let fixes = fixes.iter().map(|fix| format!("{} (applied: {})", fix["title"], fix["applied"]));
            let fixes = fixes.collect::<Vec<_>>().join("; ");
            let (severity, cause) = (&finding["severity"], &finding["cause"]);
            format!("  {} {severity} {cause}: {}\n    fixes: {fixes}\n", finding["rule"], finding["title"])
        });
        let open = list("inconclusive").into_iter().map(|open| format!("  open: {open}\n"));
        let told = findings.chain(open).collect::<String>();
        format!("exit {}, {}\n{told}{}", self.code, document["verdict"], self.stderr)
    }

    /// The findings of that cause.
    pub fn findings(&self, cause: &str) -> Vec<Value> {
        let document = self.document();
        let findings = document["findings"].as_array().cloned().unwrap_or_default();
        findings.into_iter().filter(|finding| finding["cause"] == cause).collect()
    }

    /// Fails unless the program ended with this code and named this cause first.
    #[track_caller]
    pub fn expect(&self, code: i32, cause: &str) {
        assert!(self.code == code && self.cause() == cause, "wanted {cause} and exit {code}; {self}");
    }

    /// Fails unless nothing at or above an error was found.
    #[track_caller]
    pub fn expect_no_problem(&self) {
        let status = self.status();
        assert!(self.code == 0 && matches!(&*status, "healthy" | "warnings"), "wanted no problem; {self}");
    }

    /// Whether a fix shows or sets this text anywhere.
    pub fn offers(&self, cause: &str, text: &str) -> bool {
        self.findings(cause).iter().any(|finding| finding["fixes"].to_string().contains(text))
    }
}

impl std::fmt::Display for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "exit {}\nstdout:\n{}\nstderr:\n{}", self.code, self.stdout, self.stderr)
    }
}

/// The text of a file, or nothing.
pub fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_default()
}
