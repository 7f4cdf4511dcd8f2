//! Stops a process: the last resort, and never one that is not exactly the one that was found.

use crate::authsome::daemon::{self, Answer as Said, HEALTH_LIMIT, LONGEST_EXCHANGE};
use crate::authsome::versions;
use crate::host::{Host, Process};
use crate::probes::port::keep_off;
use crate::prompt::{Answer, Prompt};
use jiff::Timestamp;
use std::net::{Ipv4Addr, SocketAddr};
use std::thread;
use std::time::{Duration, Instant};

/// How long a process may take to end after it was asked to.
const GRACE: Duration = Duration::from_secs(5);

/// Why a process was not stopped.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotStopped {
    #[error("process {pid} is left alone: {why}")]
    LeftAlone { pid: u32, why: String },
    #[error("process {pid} was asked to end, and has not within {} s", GRACE.as_secs())]
    StillRunning { pid: u32 },
    #[error("{0}")]
    Failed(String),
}

/// Stops it, and where it does not end by itself asks the person about force: `--yes` was said before anybody knew.
pub fn stop_or_ask(
    host: &Host,
    prompt: &dyn Prompt,
    pid: u32,
    started_at: Option<Timestamp>,
) -> Result<(), NotStopped> {
    let still = match stop_process(host, pid, started_at, false) {
        Err(still @ NotStopped::StillRunning { .. }) => still,
        done => return done,
    };
    match prompt.confirm(&format!("{still}. End it by force? What it has not saved is lost"), false) {
        Answer::Given(true) => stop_process(host, pid, started_at, true),
        _ => Err(still),
    }
}

/// Asks the process to end (SIGTERM) and waits for it. One that has ended already is stopped. `by_force`, which only a
/// person may say, ends it (SIGKILL). A silent daemon of authsome's is given the time of a token exchange first.
fn stop_process(host: &Host, pid: u32, started_at: Option<Timestamp>, by_force: bool) -> Result<(), NotStopped> {
    let left_alone = |why: &str| NotStopped::LeftAlone { pid, why: why.to_owned() };
    let started_at = started_at.ok_or_else(|| left_alone("when it started is not known"))?;
    let Some(process) = host.processes.get(pid).map_err(NotStopped::Failed)?.filter(|found| !found.zombie) else {
        return Ok(());
    };
    if !process.is_still(started_at) {
        return Err(left_alone("it is not the one that was found: that one has ended"));
    }
    if let Some(why) = keep_off(host, &process) {
        return Err(left_alone(&why));
    }
    if answers_late(host, &process, LONGEST_EXCHANGE) {
        return Err(left_alone("it is authsome's daemon and has answered meanwhile: it was exchanging a token"));
    }
    let ask = if by_force { host.processes.kill(pid, started_at) } else { host.processes.terminate(pid, started_at) };
    ask.map_err(NotStopped::Failed)?;
    if ends_within(host, pid, started_at, GRACE) { Ok(()) } else { Err(NotStopped::StillRunning { pid }) }
}

/// A daemon that exchanges a token says nothing until it is done. True: it was silent, and answered within `patience`.
fn answers_late(host: &Host, process: &Process, patience: Duration) -> bool {
    if process.stopped || !daemon::is_daemon_command(&process.command) {
        return false;
    }
    let after = |name: &str| process.command.iter().skip_while(|word| *word != name).nth(1);
    let address = after("--host").and_then(|host| host.parse().ok()).unwrap_or(Ipv4Addr::LOCALHOST.into());
    let port = after("--port").and_then(|port| port.parse().ok()).unwrap_or(versions::DEFAULT_PORT);
    let to = SocketAddr::new(address, port);
    let paths = daemon::health_paths(versions::latest());
    let ask = |limit| daemon::ask(&*host.sockets, to, &paths, limit);
    ask(HEALTH_LIMIT) == Said::Nothing && !matches!(ask(patience), Said::Nothing | Said::Refused)
}

fn ends_within(host: &Host, pid: u32, started_at: Timestamp, limit: Duration) -> bool {
    let end = Instant::now() + limit;
    loop {
        match host.processes.get(pid) {
            Ok(Some(now)) if !now.zombie && now.is_still(started_at) => {}
            Ok(_) => return true,
            Err(_) => return false,
        }
        if Instant::now() >= end {
            return false;
        }
        thread::sleep(Duration::from_millis(20));
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use crate::host::{Processes, SystemProcesses};
    use crate::prompt::Scripted;
    use std::io::{BufRead, BufReader, Read, Write};
    use std::net::TcpListener;
    use std::process::{Child, Command, Stdio};

    /// A shell that says when it is ready, ended with the test.
    struct Shell(Child);

    impl Shell {
        fn run(script: &str) -> Self {
            let script = format!("{script}; echo ready; while :; do sleep 0.05; done");
            let mut child = Command::new("sh").args(["-c", &script]).stdout(Stdio::piped()).spawn().unwrap();
            let mut line = String::new();
            BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
            Self(child)
        }

        fn started_at(&self) -> Option<Timestamp> {
            SystemProcesses.get(self.0.id()).unwrap().unwrap().started_at
        }

        fn runs(&mut self) -> bool {
            self.0.try_wait().unwrap().is_none()
        }
    }

    impl Drop for Shell {
        fn drop(&mut self) {
            let _ = self.0.kill();
            let _ = self.0.wait();
        }
    }

    #[test]
    fn a_process_ends_when_it_is_asked_to() {
        let mut shell = Shell::run(":");
        let started = shell.started_at();
        assert_eq!(stop_process(&Host::real(), shell.0.id(), started, false), Ok(()));
        assert!(!shell.runs());
        assert_eq!(stop_process(&Host::real(), shell.0.id(), started, false), Ok(()), "one that has ended is stopped");
    }

    #[test]
    fn one_that_does_not_end_is_reported() {
        let mut shell = Shell::run("trap '' TERM");
        let pid = shell.0.id();
        assert_eq!(stop_process(&Host::real(), pid, shell.started_at(), false), Err(NotStopped::StillRunning { pid }));
        assert!(shell.runs());
    }

    #[test]
    fn force_is_used_only_when_a_person_says_so() {
        let mut shell = Shell::run("trap '' TERM");
        let (pid, started) = (shell.0.id(), shell.started_at());
        let nobody = Scripted::new([]);
        assert_eq!(stop_or_ask(&Host::real(), &nobody, pid, started), Err(NotStopped::StillRunning { pid }));
        assert!(shell.runs());
        let person = Scripted::new(["yes"]);
        assert_eq!(stop_or_ask(&Host::real(), &person, pid, started), Ok(()));
        assert!(person.asked.borrow()[0].contains("by force"));
    }

    #[test]
    fn one_that_was_stopped_by_a_signal_ends_too() {
        let shell = Shell::run(":");
        let raw = rustix::process::Pid::from_raw(i32::try_from(shell.0.id()).unwrap()).unwrap();
        rustix::process::kill_process(raw, rustix::process::Signal::STOP).unwrap();
        while !SystemProcesses.get(shell.0.id()).unwrap().unwrap().stopped {
            thread::sleep(Duration::from_millis(5));
        }
        assert_eq!(stop_process(&Host::real(), shell.0.id(), shell.started_at(), false), Ok(()));
    }

    #[track_caller]
    fn left_alone(result: Result<(), NotStopped>, why: &str) {
        let Err(NotStopped::LeftAlone { why: said, .. }) = result else { panic!("not left alone: {result:?}") };
        assert!(said.contains(why), "{said}");
    }

    #[test]
    fn a_process_that_started_at_another_time_is_another_process() {
        let mut shell = Shell::run(":");
        let before = shell.started_at().unwrap() - jiff::SignedDuration::from_mins(1);
        left_alone(stop_process(&Host::real(), shell.0.id(), Some(before), false), "not the one");
        left_alone(stop_process(&Host::real(), shell.0.id(), None, false), "not known");
        assert!(shell.runs());
    }

    #[test]
    fn our_ancestors_and_the_first_process_are_left_alone() {
        let host = Host::real();
        let of = |pid: u32| host.processes.get(pid).unwrap().unwrap().started_at;
        let own = host.processes.own_pid();
        left_alone(stop_process(&host, own, of(own), true), "inside");
        if let Ok(Some(first)) = host.processes.get(1) {
            left_alone(stop_process(&host, 1, first.started_at, true), "first process");
        }
    }

    #[test]
    fn a_daemon_that_answers_late_was_exchanging_a_token() {
        let socket = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = socket.local_addr().unwrap().port().to_string();
        let line = ["python", "-m", "authsome.cli.main", "daemon", "serve", "--host", "127.0.0.1", "--port", &port];
        let process = Process { command: line.map(str::to_owned).to_vec(), ..Process::default() };
        let patience = Duration::from_millis(1500);
        assert!(!answers_late(&Host::real(), &process, Duration::from_millis(100)), "silent for good");
        thread::spawn(move || {
            for stream in socket.incoming() {
                thread::spawn(move || {
                    let mut stream = stream.unwrap();
                    let _ = stream.read(&mut [0; 256]);
                    thread::sleep(Duration::from_millis(700));
                    let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n{}");
                });
            }
        });
        assert!(answers_late(&Host::real(), &process, patience));
        assert!(!answers_late(&Host::real(), &Process { stopped: true, ..process }, patience));
    }
}
