//! macOS and Windows, without what only `/proc` tells. Not tried on those systems.

use super::{Service, get};
use jiff::Timestamp;
use std::collections::BTreeMap;
use sysinfo::{Pid, ProcessRefreshKind, ProcessesToUpdate, System, UpdateKind};

const NOT_BUILT: &str = "not built for this system";

#[derive(Clone, Copy)]
pub enum End {
    Ask,
    Now,
}

#[cfg(unix)]
pub fn own_uid() -> Option<u32> {
    Some(rustix::process::geteuid().as_raw())
}

#[cfg(not(unix))]
pub fn own_uid() -> Option<u32> {
    None
}

#[cfg(unix)]
pub fn exists(pid: u32) -> bool {
    let Some(pid) = i32::try_from(pid).ok().and_then(rustix::process::Pid::from_raw) else { return false };
    !matches!(rustix::process::test_kill_process(pid), Err(rustix::io::Errno::SRCH))
}

#[cfg(not(unix))]
pub fn exists(_: u32) -> bool {
    false
}

pub fn parent(pid: u32) -> Option<u32> {
    get(pid).ok().flatten()?.parent
}

/// What the first process started may be a service of its own (launchd): that we cannot tell.
pub fn service(_: u32, parent: Option<u32>) -> Result<Option<Service>, String> {
    match parent {
        Some(parent) if parent > 1 => Ok(None),
        _ => Err(format!("whether a service manager runs it: {NOT_BUILT}")),
    }
}

pub fn container(_: u32) -> Option<String> {
    None
}

pub fn environment(pid: u32, names: &[&str]) -> Result<BTreeMap<String, String>, String> {
    let mut system = System::new().map_err(|error| error.to_string())?;
    let wanted = ProcessRefreshKind::nothing().with_environ(UpdateKind::Always).without_tasks();
    system.refresh_processes_specifics(ProcessesToUpdate::Some(&[Pid::from_u32(pid)]), false, wanted);
    let process = system.process(Pid::from_u32(pid)).ok_or("the process has ended")?;
    if process.environ().is_empty() {
        return Err("the system hides that process's environment from you".to_owned());
    }
    let variables = process.environ().iter().filter_map(|variable| variable.to_str()?.split_once('='));
    Ok(variables.filter(|(name, _)| names.contains(name)).map(|(n, v)| (n.to_owned(), v.to_owned())).collect())
}

#[cfg(unix)]
pub fn signal(pid: u32, started_at: Timestamp, end: End) -> Result<(), String> {
    use rustix::process::{Signal, kill_process};
    let target = i32::try_from(pid).ok().and_then(rustix::process::Pid::from_raw).ok_or("that is no process id")?;
    let seen = get(pid)?.filter(|process| process.is_still(started_at));
    let Some(seen) = seen else { return Err(format!("process {pid} is not the one that was seen before")) };
    let signal = match end {
        End::Ask => Signal::TERM,
        End::Now => Signal::KILL,
    };
    let send =
        |signal| kill_process(target, signal).map_err(|error| format!("process {pid} cannot be signalled: {error}"));
    send(signal)?;
    // What is stopped takes no signal but this one and SIGKILL.
    if seen.stopped { send(Signal::CONT) } else { Ok(()) }
}

#[cfg(not(unix))]
pub fn signal(_: u32, _: Timestamp, _: End) -> Result<(), String> {
    Err(format!("stopping a process: {NOT_BUILT}"))
}
