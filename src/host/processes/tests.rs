use super::*;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A child that sleeps, ended with the test.
struct Sleeper(Child);

impl Sleeper {
    fn new() -> Self {
        Self(
            Command::new("sleep")
                .arg("60")
                .env("AUTHSOME_TEST_HOME", "/home/dev")
                .stdin(Stdio::null())
                .spawn()
                .unwrap(),
        )
    }

    fn pid(&self) -> u32 {
        self.0.id()
    }

    fn is_gone_soon(&mut self) -> bool {
        let end = Instant::now() + Duration::from_secs(5);
        while Instant::now() < end {
            if self.0.try_wait().unwrap().is_some() {
                return true;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        false
    }
}

impl Drop for Sleeper {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn a_process_is_read_by_its_pid() {
    let child = Sleeper::new();
    let look = || SystemProcesses.get(child.pid()).unwrap().unwrap();
    // Between fork and exec the command line is empty for a moment.
    while look().command.is_empty() {
        std::thread::sleep(Duration::from_millis(1));
    }
    let seen = look();
    assert_eq!((seen.pid, seen.parent), (child.pid(), Some(std::process::id())));
    assert_eq!(seen.name, "sleep");
    assert_eq!(seen.command, ["sleep", "60"]);
    assert_eq!(seen.uid, SystemProcesses.own_uid());
    assert_eq!(seen.user, SystemProcesses.own_user());
    assert!(seen.executable.is_some() && seen.working_directory.is_some());
    assert!(seen.is_still(Timestamp::now()), "started a moment ago, not at {:?}", seen.started_at);
    assert!(!seen.zombie && !seen.stopped);
    assert_eq!(seen.container, None);
}

#[test]
fn a_pid_that_nobody_has_is_no_process() {
    // Above the greatest pid that Linux gives.
    assert_eq!(SystemProcesses.get(4_194_305).unwrap(), None);
}

#[test]
fn an_ended_child_that_nobody_waited_for_is_a_zombie() {
    let mut child = Sleeper::new();
    child.0.kill().unwrap();
    let end = Instant::now() + Duration::from_secs(5);
    while !SystemProcesses.get(child.pid()).unwrap().unwrap().zombie {
        assert!(Instant::now() < end, "never became a zombie");
    }
}

#[test]
fn of_an_environment_only_the_names_that_were_asked_for_are_read() {
    let child = Sleeper::new();
    let end = Instant::now() + Duration::from_secs(5);
    loop {
        // Between fork and exec the child still has our environment.
        let seen = SystemProcesses.environment(child.pid(), &["AUTHSOME_TEST_HOME", "NOT_SET"]).unwrap();
        if seen.get("AUTHSOME_TEST_HOME").is_some_and(|home| home == "/home/dev") {
            assert_eq!(seen.len(), 1);
            break;
        }
        assert!(Instant::now() < end, "the variable was never seen");
    }
}

#[test]
fn our_line_of_ancestors_begins_with_ourselves_and_ends_at_the_first_process() {
    let line = SystemProcesses.ancestors();
    assert_eq!(line[0], std::process::id());
    assert_eq!(line.get(1), SystemProcesses.get(line[0]).unwrap().unwrap().parent.as_ref());
}

#[test]
fn a_signal_reaches_only_the_process_that_was_seen() {
    let mut child = Sleeper::new();
    let seen = SystemProcesses.get(child.pid()).unwrap().unwrap().started_at.unwrap();
    let an_hour_earlier = seen - jiff::SignedDuration::from_hours(1);
    let refused = SystemProcesses.terminate(child.pid(), an_hour_earlier).unwrap_err();
    assert!(refused.contains("not the one"), "{refused}");
    assert!(child.0.try_wait().unwrap().is_none(), "it still runs");
    SystemProcesses.terminate(child.pid(), seen).unwrap();
    assert!(child.is_gone_soon());
}

#[test]
fn a_stopped_process_is_seen_as_stopped_and_can_be_killed() {
    let mut child = Sleeper::new();
    let raw = rustix::process::Pid::from_raw(i32::try_from(child.pid()).unwrap()).unwrap();
    rustix::process::kill_process(raw, rustix::process::Signal::STOP).unwrap();
    let end = Instant::now() + Duration::from_secs(5);
    let seen = loop {
        let seen = SystemProcesses.get(child.pid()).unwrap().unwrap();
        if seen.stopped {
            break seen;
        }
        assert!(Instant::now() < end, "never seen as stopped");
    };
    SystemProcesses.kill(child.pid(), seen.started_at.unwrap()).unwrap();
    assert!(child.is_gone_soon());
}
