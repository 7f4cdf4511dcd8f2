//! Processes: one by its pid, never the whole table.

#[cfg(target_os = "linux")]
#[path = "linux.rs"]
mod platform;
#[cfg(not(target_os = "linux"))]
#[path = "other.rs"]
mod platform;

#[cfg(target_os = "linux")]
mod cgroup;

use jiff::Timestamp;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::OnceLock;
use sysinfo::{Pid, ProcessRefreshKind, ProcessStatus, ProcessesToUpdate, System, UpdateKind};

pub(super) use platform::parent;

/// One process. What the system hides from this user is `None`.
#[derive(Clone, Debug, PartialEq)]
pub struct Process {
    pub pid: u32,
    pub parent: Option<u32>,
    pub name: String,
    pub command: Vec<String>,
    pub executable: Option<PathBuf>,
    pub working_directory: Option<PathBuf>,
    pub uid: Option<u32>,
    pub user: Option<String>,
    /// To the second.
    pub started_at: Option<Timestamp>,
    pub zombie: bool,
    /// Stopped by a signal (SIGSTOP) or a debugger.
    pub stopped: bool,
    /// The service that it belongs to; an error where that cannot be told.
    pub service: Result<Option<Service>, String>,
    /// The container that it runs in, seen from outside.
    pub container: Option<String>,
}

impl Default for Process {
    /// Nothing known of it: what tests build on.
    fn default() -> Self {
        Self {
            pid: 0,
            parent: None,
            name: String::new(),
            command: Vec::new(),
            executable: None,
            working_directory: None,
            uid: None,
            user: None,
            started_at: None,
            zombie: false,
            stopped: false,
            service: Ok(None),
            container: None,
        }
    }
}

impl Process {
    /// Is this still the process that started then? The clock behind start times may be a second off.
    pub fn is_still(&self, started_at: Timestamp) -> bool {
        self.started_at.is_some_and(|now| (now.as_second() - started_at.as_second()).abs() <= 1)
    }
}

/// What starts a process again when it ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    pub unit: String,
    /// Its manager's own command that stops it.
    pub stop: Vec<String>,
}

pub trait Processes: Send + Sync {
    /// `Ok(None)`: there is no such process.
    fn get(&self, pid: u32) -> Result<Option<Process>, String>;
    /// The values of the named environment variables of another process, where the system lets us read them.
    fn environment(&self, pid: u32, names: &[&str]) -> Result<BTreeMap<String, String>, String>;
    /// This process, its parent, and so on up to the first process.
    fn ancestors(&self) -> Vec<u32>;
    fn own_pid(&self) -> u32 {
        std::process::id()
    }
    /// The file that this program runs from.
    fn own_executable(&self) -> Option<PathBuf> {
        std::env::current_exe().ok()
    }
    fn own_uid(&self) -> Option<u32>;
    fn own_user(&self) -> Option<String>;
    /// Asks the process to end (SIGTERM), if it is still the one that started then.
    fn terminate(&self, pid: u32, started_at: Timestamp) -> Result<(), String>;
    /// Ends it (SIGKILL), if it is still the one that started then.
    fn kill(&self, pid: u32, started_at: Timestamp) -> Result<(), String>;
}

/// This machine's processes.
pub struct SystemProcesses;

impl Processes for SystemProcesses {
    fn get(&self, pid: u32) -> Result<Option<Process>, String> {
        get(pid)
    }

    fn environment(&self, pid: u32, names: &[&str]) -> Result<BTreeMap<String, String>, String> {
        platform::environment(pid, names)
    }

    fn ancestors(&self) -> Vec<u32> {
        let mut line = vec![self.own_pid()];
        while let Some(parent) = line.last().and_then(|pid| parent(*pid)).filter(|pid| *pid > 0 && !line.contains(pid))
        {
            line.push(parent);
        }
        line
    }

    fn own_uid(&self) -> Option<u32> {
        platform::own_uid()
    }

    fn own_user(&self) -> Option<String> {
        self.own_uid().and_then(user_name)
    }

    fn terminate(&self, pid: u32, started_at: Timestamp) -> Result<(), String> {
        platform::signal(pid, started_at, platform::End::Ask)
    }

    fn kill(&self, pid: u32, started_at: Timestamp) -> Result<(), String> {
        platform::signal(pid, started_at, platform::End::Now)
    }
}

/// Reads the one process; the table of processes is never refreshed.
fn get(pid: u32) -> Result<Option<Process>, String> {
    let mut system = System::new().map_err(|error| error.to_string())?;
    let wanted = ProcessRefreshKind::nothing()
        .with_cmd(UpdateKind::Always)
        .with_exe(UpdateKind::Always)
        .with_cwd(UpdateKind::Always)
        .with_user(UpdateKind::Always)
        .without_tasks();
    system.refresh_processes_specifics(ProcessesToUpdate::Some(&[Pid::from_u32(pid)]), false, wanted);
    let Some(found) = system.process(Pid::from_u32(pid)) else {
        return if platform::exists(pid) { Err("the system hides it from you".to_owned()) } else { Ok(None) };
    };
    let uid = found.user_id().and_then(|uid| uid.to_string().parse().ok());
    let parent = found.parent().map(Pid::as_u32);
    Ok(Some(Process {
        pid,
        parent,
        name: found.name().to_string_lossy().into_owned(),
        command: found.cmd().iter().map(|word| word.to_string_lossy().into_owned()).collect(),
        executable: found.exe().map(PathBuf::from),
        working_directory: found.cwd().map(PathBuf::from),
        uid,
        user: uid.and_then(user_name),
        started_at: i64::try_from(found.start_time()).ok().and_then(|seconds| Timestamp::from_second(seconds).ok()),
        zombie: matches!(found.status(), ProcessStatus::Zombie | ProcessStatus::Dead),
        stopped: matches!(found.status(), ProcessStatus::Stop | ProcessStatus::Tracing),
        service: platform::service(pid, parent),
        container: platform::container(pid),
    }))
}

/// The name of a user id of this machine, from its own list of users.
pub(super) fn user_name(uid: u32) -> Option<String> {
    static USERS: OnceLock<Vec<(String, String)>> = OnceLock::new();
    let users = USERS.get_or_init(|| {
        let Ok(list) = sysinfo::Users::new_with_refreshed_list() else { return Vec::new() };
        list.iter().map(|user| (user.id().to_string(), user.name().to_owned())).collect()
    });
    let uid = uid.to_string();
    users.iter().find(|(id, _)| *id == uid).map(|(_, name)| name.clone())
}

#[cfg(test)]
mod tests;
