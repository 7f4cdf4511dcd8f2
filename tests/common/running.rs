//! A run that is watched while it goes on, and that can be interrupted.

use super::{Answer, World};
use serde_json::Value;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

pub struct Running {
    child: Child,
    stdout: Option<JoinHandle<Vec<u8>>>,
    stderr: Arc<Mutex<String>>,
    reader: Option<JoinHandle<()>>,
}

impl Running {
    pub fn start(world: &World, arguments: &[&str]) -> Self {
        let mut process = world.process();
        process.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = process.spawn().expect("our program starts");
        let (mut out, err) = (child.stdout.take().expect("is piped"), child.stderr.take().expect("is piped"));
        let stdout = thread::spawn(move || {
            let mut bytes = Vec::new();
            out.read_to_end(&mut bytes).map(|_| bytes).expect("a pipe of ours")
        });
        let stderr = Arc::new(Mutex::new(String::new()));
        let lines = Arc::clone(&stderr);
        let reader = thread::spawn(move || {
            for line in BufReader::new(err).lines().map_while(Result::ok) {
                let mut text = lines.lock().expect("nobody panics while holding it");
                text.push_str(&line);
                text.push('\n');
            }
        });
        Self { child, stdout: Some(stdout), stderr, reader: Some(reader) }
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    pub fn stderr(&self) -> String {
        self.stderr.lock().expect("nobody panics while holding it").clone()
    }

    /// The address that a person must open, as a login that answers in JSON prints it.
    #[track_caller]
    pub fn address_to_open(&self) -> String {
        self.event("open_url")["url"].as_str().expect("a text").to_owned()
    }

    /// The event of that name, as soon as it stands on stderr.
    #[track_caller]
    pub fn event(&self, name: &str) -> Value {
        let until = Instant::now() + Duration::from_secs(60);
        loop {
            let text = self.stderr();
            let events = text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
            if let Some(event) = events.into_iter().find(|event| event["event"] == name) {
                return event;
            }
            assert!(Instant::now() < until, "no event {name} came; stderr:\n{text}");
            thread::sleep(Duration::from_millis(20));
        }
    }

    pub fn is_running(&mut self) -> bool {
        self.child.try_wait().expect("it is our child").is_none()
    }

    /// What Ctrl-C does.
    #[cfg(unix)]
    pub fn interrupt(&self) {
        use nix::sys::signal::{Signal, kill};
        let pid = i32::try_from(self.pid()).expect("the system numbers processes so");
        kill(nix::unistd::Pid::from_raw(pid), Signal::SIGINT).expect("it is our child");
    }

    #[track_caller]
    pub fn end(mut self) -> Answer {
        let until = Instant::now() + Duration::from_secs(60);
        let status = loop {
            if let Some(status) = self.child.try_wait().expect("it is our child") {
                break status;
            }
            assert!(Instant::now() < until, "it does not end; stderr:\n{}", self.stderr());
            thread::sleep(Duration::from_millis(20));
        };
        let stdout = self.stdout.take().and_then(|reader| reader.join().ok()).expect("it was read");
        self.reader.take().and_then(|reader| reader.join().ok()).expect("it was read");
        let stdout = String::from_utf8(stdout).expect("our program writes UTF-8");
        Answer { code: status.code().unwrap_or(-1), stdout, stderr: self.stderr() }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
