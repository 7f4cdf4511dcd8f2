//! A child process in a group of its own, whose output is gathered while it runs, and which ends with its test.

use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::CommandExt;
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::{Arc, Condvar, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};

pub struct Running {
    child: Child,
    name: String,
    output: Arc<(Mutex<Output>, Condvar)>,
    readers: Vec<JoinHandle<()>>,
    /// Servers that end with their standard input end when this test does, however it does.
    _stdin: Option<ChildStdin>,
}

#[derive(Default)]
struct Output {
    stdout: String,
    stderr: String,
}

impl Running {
    /// Starts `command` with no standard input.
    pub fn start(command: &mut Command) -> Self {
        Self::spawn(command.stdin(Stdio::null()))
    }

    /// Starts `command` with a standard input that stays open as long as this value lives.
    pub fn fed(command: &mut Command) -> Self {
        Self::spawn(command.stdin(Stdio::piped()))
    }

    fn spawn(command: &mut Command) -> Self {
        let name = command.get_program().to_string_lossy().into_owned();
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .spawn()
            .unwrap_or_else(|error| panic!("cannot start {name}: {error}"));
        let output = Arc::new((Mutex::default(), Condvar::new()));
        let stdout = child.stdout.take().expect("piped");
        let stderr = child.stderr.take().expect("piped");
        let stdin = child.stdin.take();
        let readers = vec![
            gather(stdout, Arc::clone(&output), |output| &mut output.stdout),
            gather(stderr, Arc::clone(&output), |output| &mut output.stderr),
        ];
        Self { child, name, output, readers, _stdin: stdin }
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    pub fn stdout(&self) -> String {
        self.output.0.lock().unwrap().stdout.clone()
    }

    pub fn stderr(&self) -> String {
        self.output.0.lock().unwrap().stderr.clone()
    }

    /// Waits until `found` finds something in what was printed so far (standard output, then standard error).
    pub fn wait_for<T>(&mut self, what: &str, limit: Duration, found: impl Fn(&str, &str) -> Option<T>) -> T {
        let until = Instant::now() + limit;
        loop {
            // Asked before the output is read, so that the last words of a process that ended are seen.
            let ended = self.ended();
            let (lock, changed) = &*self.output;
            let output = lock.lock().unwrap();
            if let Some(found) = found(&output.stdout, &output.stderr) {
                return found;
            }
            let said = format!("stdout:\n{}\nstderr:\n{}", output.stdout, output.stderr);
            assert!(ended.is_none(), "{} ended before {what}; {said}", self.name);
            assert!(Instant::now() < until, "{}: no {what} in {limit:?}; {said}", self.name);
            drop(changed.wait_timeout(output, Duration::from_millis(50)).unwrap());
        }
    }

    /// Waits for the end; `None` if it has not come within `limit`.
    pub fn wait(&mut self, limit: Duration) -> Option<ExitStatus> {
        let until = Instant::now() + limit;
        loop {
            if let Some(status) = self.ended() {
                return Some(status);
            }
            if Instant::now() >= until {
                return None;
            }
            thread::sleep(Duration::from_millis(10));
        }
    }

    pub fn is_running(&mut self) -> bool {
        self.ended().is_none()
    }

    fn ended(&mut self) -> Option<ExitStatus> {
        let status = self.child.try_wait().expect("our own child")?;
        // What it printed last is still on its way to us; a grandchild that keeps the pipe open is not waited for.
        let until = Instant::now() + Duration::from_secs(2);
        while self.readers.iter().any(|reader| !reader.is_finished()) && Instant::now() < until {
            thread::sleep(Duration::from_millis(5));
        }
        Some(status)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop();
    }
}

impl Running {
    /// Ends the child and its group, so that nothing that it started outlives the test.
    pub fn stop(&mut self) {
        // A child that was not reaped keeps its number.
        if matches!(self.child.try_wait(), Ok(None)) {
            let _ = kill_process_group(pid(self.child.id()), Signal::CONT);
            let _ = kill_process_group(pid(self.child.id()), Signal::TERM);
            let until = Instant::now() + Duration::from_secs(3);
            while matches!(self.child.try_wait(), Ok(None)) {
                if Instant::now() > until {
                    let _ = kill_process_group(pid(self.child.id()), Signal::KILL);
                    let _ = self.child.wait();
                }
                thread::sleep(Duration::from_millis(10));
            }
        }
    }
}

pub fn pid(number: u32) -> Pid {
    Pid::from_raw(i32::try_from(number).expect("a process id")).expect("not zero")
}

/// Whether a process with this number is there and is no zombie.
pub fn lives(number: u32) -> bool {
    std::fs::read_to_string(format!("/proc/{number}/stat"))
        .ok()
        .and_then(|stat| stat.rsplit(") ").next().and_then(|rest| rest.chars().next()))
        .is_some_and(|state| !matches!(state, 'Z' | 'X'))
}

fn gather(
    from: impl Read + Send + 'static,
    to: Arc<(Mutex<Output>, Condvar)>,
    stream: fn(&mut Output) -> &mut String,
) -> JoinHandle<()> {
    thread::spawn(move || {
        let mut from = BufReader::new(from);
        let mut line = Vec::new();
        while from.read_until(b'\n', &mut line).is_ok_and(|read| read > 0) {
            stream(&mut to.0.lock().unwrap()).push_str(&String::from_utf8_lossy(&line));
            to.1.notify_all();
            line.clear();
        }
    })
}
