//! A process that is accounted to a service manager's unit. No service manager runs on a machine made for builds, so
//! the unit's control group is made by hand and one process is put into it: what `/proc/PID/cgroup` says is then what
//! systemd makes it say, and nothing restarts the process if it is ended.

use std::path::{Path, PathBuf};

use super::process::Running;

pub struct Unit {
    process: Running,
    group: PathBuf,
}

impl Unit {
    pub fn of(process: Running, name: &str) -> Self {
        let root = ["/sys/fs/cgroup/systemd", "/sys/fs/cgroup"]
            .into_iter()
            .map(Path::new)
            .find(|root| root.join("cgroup.procs").exists())
            .expect("control groups are mounted");
        let group = root.join("system.slice").join(name);
        std::fs::create_dir_all(&group).unwrap_or_else(|error| panic!("{}: {error} (root is needed)", group.display()));
        std::fs::write(group.join("cgroup.procs"), process.pid().to_string()).expect("our own process moves");
        Self { process, group }
    }

    pub fn process(&mut self) -> &mut Running {
        &mut self.process
    }
}

impl Drop for Unit {
    fn drop(&mut self) {
        self.process.stop();
        for group in [Some(&*self.group), self.group.parent()].into_iter().flatten() {
            let _ = std::fs::remove_dir(group);
        }
    }
}
