//! Processes: one by its pid, never the whole table.

use jiff::Timestamp;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// One process. What the system hides from this user is `None`.
#[derive(Clone, Default, PartialEq)]
pub struct Process {
    pub pid: u32,
    pub parent: Option<u32>,
    pub name: String,
    pub command: Vec<String>,
    pub executable: Option<PathBuf>,
    pub working_directory: Option<PathBuf>,
    pub uid: Option<u32>,
    pub user: Option<String>,
    pub started_at: Option<Timestamp>,
    pub zombie: bool,
    /// Stopped by a signal (SIGSTOP) or a debugger.
    pub stopped: bool,
    /// The service unit that it belongs to, and the command of its manager that stops it.
    pub unit: Option<(String, Vec<String>)>,
    /// The container that it runs in, seen from outside.
    pub container: Option<String>,
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
    fn own_uid(&self) -> Option<u32>;
    fn own_user(&self) -> Option<String>;
    /// Asks the process to end (SIGTERM).
    fn terminate(&self, pid: u32) -> Result<(), String>;
    /// Ends it (SIGKILL).
    fn kill(&self, pid: u32) -> Result<(), String>;
}

/// This machine's processes.
pub struct SystemProcesses;

impl Processes for SystemProcesses {
    fn get(&self, _: u32) -> Result<Option<Process>, String> {
        Err("not built for this system".to_owned())
    }
    fn environment(&self, _: u32, _: &[&str]) -> Result<BTreeMap<String, String>, String> {
        Err("not built for this system".to_owned())
    }
    fn ancestors(&self) -> Vec<u32> {
        Vec::new()
    }
    fn own_uid(&self) -> Option<u32> {
        None
    }
    fn own_user(&self) -> Option<String> {
        None
    }
    fn terminate(&self, _: u32) -> Result<(), String> {
        Err("not built for this system".to_owned())
    }
    fn kill(&self, _: u32) -> Result<(), String> {
        Err("not built for this system".to_owned())
    }
}
