//! Signals and job control: what a shell or a supervisor does with the command, it does with the installed program.

use super::common::World;
use super::common::terminal::Terminal;
use nix::sys::signal::{Signal, kill, killpg};
use nix::unistd::Pid;
use std::fs;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const SOON: Duration = Duration::from_secs(30);

/// In a process group of its own, as a shell starts a job; waits until the script says that it is there.
fn job(world: &World) -> Child {
    let mut process = world.process();
    process.args(["run", "agent"]).process_group(0).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let child = process.spawn().expect("it starts");
    until("it is there", || world.path("there").exists());
    child
}

#[track_caller]
fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let late = Instant::now() + SOON;
    while !is_so() {
        assert!(Instant::now() < late, "{what}: not within {SOON:?}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn pid(child: &Child) -> Pid {
    Pid::from_raw(i32::try_from(child.id()).expect("the system numbers processes so"))
}

#[test]
fn a_signal_that_ends_it_is_passed_on() {
    for (name, signal) in
        [("TERM", Signal::SIGTERM), ("KILL", Signal::SIGKILL), ("HUP", Signal::SIGHUP), ("ABRT", Signal::SIGABRT)]
    {
        let world = World::new();
        world.script("bin/authsome", &format!("ulimit -c 0; kill -{name} $$"));
        let status = world.process().arg("list").status().expect("it starts");
        assert_eq!(status.signal(), Some(signal as i32), "as the shell expects");
    }
}

#[test]
fn it_is_the_process_that_was_started_and_handles_signals_itself() {
    for signal in [Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP, Signal::SIGUSR1] {
        let world = World::new();
        let name = &signal.as_str()[3..];
        world.script(
            "bin/authsome",
            &format!(
                "trap 'exit 9' {name}; echo $$ > \"$HOME/pid\"; : > \"$HOME/there\"; while :; do /bin/sleep 0.02; done"
            ),
        );
        let mut child = job(&world);
        assert_eq!(fs::read_to_string(world.path("pid")).expect("it was written").trim(), child.id().to_string());
        kill(pid(&child), signal).expect("it is our child");
        assert_eq!(child.wait().expect("it ends").code(), Some(9), "{signal}");
    }
}

#[test]
fn what_the_group_gets_reaches_what_it_started_too() {
    let world = World::new();
    world.script(
        "agent",
        "trap ': > \"$HOME/child\"; exit' TERM; : > \"$HOME/there\"; while :; do /bin/sleep 0.02; done",
    );
    world.script("bin/authsome", "trap 'wait; exit 9' TERM; \"$HOME/agent\" & wait; wait");
    let mut child = job(&world);
    killpg(pid(&child), Signal::SIGTERM).expect("a group of ours");
    assert_eq!(child.wait().expect("it ends").code(), Some(9));
    assert!(world.path("child").exists(), "the signal did not reach the child");
}

#[test]
fn it_can_be_stopped_and_goes_on() {
    let world = World::new();
    world.script("bin/authsome", ": > \"$HOME/there\"; while [ ! -e \"$HOME/end\" ]; do /bin/sleep 0.02; done; exit 6");
    let mut child = job(&world);
    let state = |child: &Child| {
        let stat = fs::read_to_string(format!("/proc/{}/stat", child.id())).unwrap_or_default();
        stat.rsplit(") ").next().and_then(|rest| rest.chars().next())
    };
    killpg(pid(&child), Signal::SIGTSTP).expect("a group of ours");
    until("it is stopped", || state(&child) == Some('T'));
    world.file("end", "");
    std::thread::sleep(Duration::from_millis(100));
    assert!(child.try_wait().expect("it is our child").is_none(), "it went on");
    killpg(pid(&child), Signal::SIGCONT).expect("a group of ours");
    assert_eq!(child.wait().expect("it ends").code(), Some(6));
}

/// As `nohup` and `trap '' INT` leave it.
#[test]
fn a_signal_that_was_ignored_stays_ignored() {
    let world = World::new();
    world.script("bin/authsome", "kill -HUP $$; kill -INT $$; exit 5");
    let program = world.process().get_program().to_owned();
    let mut shell = Command::new("/bin/sh");
    shell.env_clear().env("PATH", world.path("bin")).env("HOME", world.path(""));
    shell.arg("-c").arg("trap '' HUP INT; exec \"$0\" list").arg(program);
    assert_eq!(shell.status().expect("it starts").code(), Some(5));
}

#[test]
fn ctrl_c_at_the_terminal_reaches_it_and_it_has_the_terminal() {
    let world = World::new();
    world.script(
        "bin/authsome",
        "trap 'echo caught; exit 9' INT\n[ -t 0 ] && [ -t 1 ] && [ -t 2 ] && echo on a terminal\nwhile :; do /bin/sleep 0.02; done",
    );
    let ours = world.process();
    let mut session = Command::new("/usr/bin/setsid");
    session.args(["--ctty", "--wait"]).arg(ours.get_program()).args(["run", "agent"]);
    session.env_clear().envs(ours.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let mut terminal = Terminal::run(session);
    terminal.shows("on a terminal", SOON);
    terminal.types("\u{3}");
    terminal.shows("caught", SOON);
    assert_eq!(terminal.end(SOON).0, 9);
}
