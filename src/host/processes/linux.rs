//! Linux: what `/proc` tells beyond sysinfo, and signals that cannot reach another process than the one meant.

use super::cgroup::Cgroup;
use super::{Service, get};
use jiff::Timestamp;
use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal, test_kill_process};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read};

#[derive(Clone, Copy)]
pub enum End {
    Ask,
    Now,
}

#[expect(clippy::unnecessary_wraps, reason = "not every system has user ids")]
pub fn own_uid() -> Option<u32> {
    Some(rustix::process::geteuid().as_raw())
}

/// Also true of a process that is hidden from this user.
pub fn exists(pid: u32) -> bool {
    let Some(pid) = i32::try_from(pid).ok().and_then(Pid::from_raw) else { return false };
    !matches!(test_kill_process(pid), Err(rustix::io::Errno::SRCH))
}

/// The fields of `/proc/PID/stat` after the name, which may itself hold blanks and brackets (`proc_pid_stat(5)`).
fn stat(pid: u32) -> Option<Vec<String>> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    Some(text.rsplit_once(')')?.1.split_ascii_whitespace().map(str::to_owned).collect())
}

pub fn parent(pid: u32) -> Option<u32> {
    stat(pid)?.get(1)?.parse().ok()
}

fn has_terminal(pid: u32) -> bool {
    stat(pid).is_some_and(|fields| fields.get(4).is_some_and(|terminal| terminal != "0"))
}

/// A program with a terminal of its own is a person's, even when that terminal runs inside a service; and one in our
/// own unit is no more a service than we are.
#[expect(clippy::unnecessary_wraps, reason = "other systems cannot tell")]
pub fn service(pid: u32, parent: Option<u32>) -> Result<Option<Service>, String> {
    if has_terminal(pid) {
        return Ok(None);
    }
    let unit = Cgroup::of(&pid.to_string()).service();
    if unit.is_some() && unit != Cgroup::of("self").service() {
        return Ok(unit);
    }
    Ok(parent.and_then(|parent| supervised(pid, parent)))
}

/// Supervisors that know nothing of control groups, by the words with which each marks its children.
fn supervised(pid: u32, parent: u32) -> Option<Service> {
    let line = fs::read_to_string(format!("/proc/{parent}/cmdline")).ok()?;
    let command: Vec<&str> = line.split('\0').collect();
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    if command[0] == "runsv" || command[0].ends_with("/runsv") {
        let name = command.get(1)?;
        return Some(Service { unit: format!("runit: {name}"), stop: words(&["sv", "stop", name]) });
    }
    let marks = environment(pid, &["SUPERVISOR_PROCESS_NAME", "SUPERVISOR_GROUP_NAME", "pm_id", "PM2_HOME"]).ok()?;
    if line.contains("supervisord") {
        let (group, name) = (marks.get("SUPERVISOR_GROUP_NAME")?, marks.get("SUPERVISOR_PROCESS_NAME")?);
        let name = if group == name { name.clone() } else { format!("{group}:{name}") };
        return Some(Service { unit: format!("supervisord: {name}"), stop: words(&["supervisorctl", "stop", &name]) });
    }
    if line.contains("PM2") {
        let id = marks.get("pm_id")?;
        return Some(Service { unit: format!("pm2: {id}"), stop: words(&["pm2", "stop", id]) });
    }
    None
}

/// A container other than the one that we are in ourselves.
pub fn container(pid: u32) -> Option<String> {
    let theirs = Cgroup::of(&pid.to_string()).container()?;
    (Cgroup::of("self").container().as_ref() != Some(&theirs)).then_some(theirs)
}

/// Reads on past what nobody asked for, and keeps none of it.
pub fn environment(pid: u32, names: &[&str]) -> Result<BTreeMap<String, String>, String> {
    const MOST: u64 = 4 * 1024 * 1024;
    let file = File::open(format!("/proc/{pid}/environ")).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => "the process has ended".to_owned(),
        std::io::ErrorKind::PermissionDenied => "the system hides that process's environment from you".to_owned(),
        _ => format!("its environment cannot be read: {error}"),
    })?;
    let mut found = BTreeMap::new();
    for variable in BufReader::new(file.take(MOST)).split(0) {
        let variable = variable.map_err(|error| format!("its environment cannot be read: {error}"))?;
        let Some(equals) = variable.iter().position(|byte| *byte == b'=') else { continue };
        let (name, value) = variable.split_at(equals);
        if let Some(name) = names.iter().find(|wanted| wanted.as_bytes() == name) {
            // As getenv does: the first of two wins.
            let value = String::from_utf8_lossy(&value[1..]).into_owned();
            found.entry((*name).to_owned()).or_insert(value);
        }
    }
    Ok(found)
}

/// Holds the process by a pidfd, then looks whether it is the one that was meant, then signals: no other process can
/// slip in between.
pub fn signal(pid: u32, started_at: Timestamp, end: End) -> Result<(), String> {
    let signal = match end {
        End::Ask => Signal::TERM,
        End::Now => Signal::KILL,
    };
    let target = i32::try_from(pid).ok().and_then(Pid::from_raw).ok_or("that is no process id")?;
    let held = pidfd_open(target, PidfdFlags::empty()).map_err(|error| format!("process {pid}: {error}"))?;
    let seen = get(pid)?.filter(|process| process.is_still(started_at));
    let Some(seen) = seen else { return Err(format!("process {pid} is not the one that was seen before")) };
    let send = |signal| {
        pidfd_send_signal(&held, signal).map_err(|error| format!("process {pid} cannot be signalled: {error}"))
    };
    send(signal)?;
    // What is stopped takes no signal but this one and SIGKILL.
    if seen.stopped { send(Signal::CONT) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::process::CommandExt;
    use std::process::{Command, Stdio};

    /// What becomes of the child of a program with that name and argument, when the child has these variables.
    fn service_under(supervisor: &str, argument: &str, marks: &[(&str, &str)]) -> Option<Service> {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(argument), "sleep 60 & wait").unwrap();
        let mut parent = Command::new("sh")
            .arg0(supervisor)
            .arg(argument)
            .current_dir(folder.path())
            .envs(marks.iter().copied())
            .stdin(Stdio::null())
            .spawn()
            .unwrap();
        let children = format!("/proc/{0}/task/{0}/children", parent.id());
        let child = loop {
            let found = fs::read_to_string(&children).unwrap();
            let sleeping =
                |pid: &u32| fs::read_to_string(format!("/proc/{pid}/comm")).is_ok_and(|name| name == "sleep\n");
            if let Some(pid) = found.split_whitespace().filter_map(|pid| pid.parse().ok()).find(sleeping) {
                break pid;
            }
        };
        // A program that has just begun shows its name before its variables.
        let mut service = supervised(child, parent.id());
        for _ in 0..20 {
            if service.is_some() {
                break;
            }
            std::thread::sleep(std::time::Duration::from_millis(50));
            service = supervised(child, parent.id());
        }
        for pid in [child, parent.id()] {
            let pid = Pid::from_raw(i32::try_from(pid).unwrap()).unwrap();
            rustix::process::kill_process(pid, Signal::KILL).unwrap();
        }
        parent.wait().unwrap();
        service
    }

    #[test]
    fn a_child_of_a_supervisor_is_a_service_with_that_supervisors_own_stop_command() {
        let marks = [("SUPERVISOR_PROCESS_NAME", "web"), ("SUPERVISOR_GROUP_NAME", "shop")];
        let service = service_under("/usr/bin/supervisord", "web", &marks).unwrap();
        assert_eq!(service.stop.join(" "), "supervisorctl stop shop:web");
        let service = service_under("PM2 v5.3.0: God Daemon", "web", &[("pm_id", "3")]).unwrap();
        assert_eq!(service.stop.join(" "), "pm2 stop 3");
        assert_eq!(service_under("runsv", "web", &[]).unwrap().stop.join(" "), "sv stop web");
    }

    #[test]
    fn a_child_of_a_shell_is_no_service() {
        assert_eq!(service_under("sh", "web", &[("pm_id", "3")]), None);
    }
}
