//! What a control group says of a process on Linux: the systemd unit and the container that it belongs to.

use super::Service;
use std::fs;

/// The paths of `/proc/PID/cgroup` (cgroups(7)), of both versions.
pub struct Cgroup(Vec<String>);

impl Cgroup {
    /// Of a pid, or of `self`. Empty where it cannot be read.
    pub fn of(pid: &str) -> Self {
        Self::parse(&fs::read_to_string(format!("/proc/{pid}/cgroup")).unwrap_or_default())
    }

    fn parse(text: &str) -> Self {
        Self(text.lines().filter_map(|line| Some(line.splitn(3, ':').nth(2)?.to_owned())).collect())
    }

    /// The systemd service that it belongs to. A login session and a program started from a desktop are scopes, not
    /// services; `user@1000.service` is a whole person's.
    pub fn service(&self) -> Option<Service> {
        let path = self.0.iter().find(|path| path.contains(".slice/"))?;
        let (unit, kind) = path.rsplit('/').find_map(|part| {
            let (_, kind) = part.rsplit_once('.')?;
            matches!(kind, "service" | "scope").then_some((part, kind))
        })?;
        if kind == "scope" || unit.starts_with("user@") {
            return None;
        }
        let manager: &[&str] = if path.contains("/user@") { &["systemctl", "--user"] } else { &["sudo", "systemctl"] };
        let stop = manager.iter().chain(&["stop", unit]).map(|word| (*word).to_owned()).collect();
        Some(Service { unit: unit.to_owned(), stop })
    }

    /// The container engine and the first 12 figures of the container's id, as `docker ps` shows it.
    pub fn container(&self) -> Option<String> {
        const MARKS: [(&str, &str); 7] = [
            ("docker-", "docker"),
            ("docker/", "docker"),
            ("libpod-", "podman"),
            ("cri-containerd-", "kubernetes"),
            ("crio-", "kubernetes"),
            ("lxc.payload.", "lxc"),
            ("lxc/", "lxc"),
        ];
        self.0.iter().find_map(|path| {
            let (rest, engine) = MARKS.iter().find_map(|(mark, engine)| Some((path.split_once(mark)?.1, engine)))?;
            let id = rest.split(['/', '.']).next()?;
            Some(format!("{engine} {}", id.chars().take(12).collect::<String>()))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stop_of(path: &str) -> Option<String> {
        Cgroup::parse(&format!("0::{path}\n")).service().map(|service| service.stop.join(" "))
    }

    #[test]
    fn a_system_service_is_stopped_by_its_manager() {
        assert_eq!(stop_of("/system.slice/nginx.service").unwrap(), "sudo systemctl stop nginx.service");
        let of_a_person = "/user.slice/user-1000.slice/user@1000.service/app.slice/syncthing.service";
        assert_eq!(stop_of(of_a_person).unwrap(), "systemctl --user stop syncthing.service");
    }

    #[test]
    fn what_a_person_started_in_a_session_is_no_service() {
        assert_eq!(stop_of("/user.slice/user-1000.slice/session-3.scope"), None);
        assert_eq!(stop_of("/user.slice/user-1000.slice/user@1000.service/app.slice/vte-spawn-1.scope"), None);
        assert_eq!(stop_of("/user.slice/user-1000.slice/user@1000.service/init.scope"), None);
        assert_eq!(stop_of("/"), None);
    }

    #[test]
    fn the_older_control_groups_name_the_unit_too() {
        let groups = Cgroup::parse("4:memory:/\n1:name=systemd:/system.slice/cups.service\n0::/\n");
        assert_eq!(groups.service().unwrap().unit, "cups.service");
    }

    #[test]
    fn a_container_is_named_by_its_engine_and_short_id() {
        let id = "3f2a9c0b1d4e5f60718293a4b5c6d7e8f9";
        let container = |path: String| Cgroup::parse(&format!("0::{path}\n")).container();
        assert_eq!(container(format!("/system.slice/docker-{id}.scope")).unwrap(), "docker 3f2a9c0b1d4e");
        assert_eq!(container(format!("/docker/{id}")).unwrap(), "docker 3f2a9c0b1d4e");
        let rootless = format!("/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-{id}.scope/container");
        assert_eq!(container(rootless).unwrap(), "podman 3f2a9c0b1d4e");
        assert_eq!(container("/system.slice/nginx.service".to_owned()), None);
    }
}
