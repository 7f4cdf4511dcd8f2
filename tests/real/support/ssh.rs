//! A real sshd on a port of its own, with keys of its own, to forward ports through.

use std::process::Command;
use std::time::Duration;

use tempfile::TempDir;

use super::port::{free_port, wait_until_held};
use super::process::Running;

pub struct Ssh {
    port: u16,
    folder: TempDir,
    _daemon: Running,
}

impl Ssh {
    pub fn start() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let key = |name: &str| {
            let path = folder.path().join(name);
            let made = Command::new("ssh-keygen").args(["-q", "-t", "ed25519", "-N", "", "-f"]).arg(&path).status();
            assert!(made.is_ok_and(|status| status.success()), "ssh-keygen failed");
            path
        };
        let (host_key, client_key) = (key("host"), key("client"));
        // sshd run by root insists on this empty folder, which only an init system makes.
        if rustix::process::getuid().is_root() {
            std::fs::create_dir_all("/run/sshd").expect("sshd's empty folder");
        }
        let port = free_port();
        let mut command = Command::new("/usr/sbin/sshd");
        command.args(["-D", "-e", "-f", "/dev/null", "-p", &port.to_string()]);
        for option in [
            "ListenAddress=127.0.0.1".to_owned(),
            format!("HostKey={}", host_key.display()),
            format!("AuthorizedKeysFile={}.pub", client_key.display()),
            "PidFile=none".to_owned(),
            "StrictModes=no".to_owned(),
            "UsePAM=no".to_owned(),
            "PasswordAuthentication=no".to_owned(),
        ] {
            command.args(["-o", &option]);
        }
        let daemon = Running::start(&mut command);
        wait_until_held(port);
        Self { port, folder, _daemon: daemon }
    }

    /// `ssh -N` to it with these forwards.
    pub fn forward(&self, forwards: &[&str]) -> Running {
        let me = std::env::var("USER").or_else(|_| std::env::var("LOGNAME")).unwrap_or_else(|_| "root".to_owned());
        let mut command = Command::new("ssh");
        command.args(["-N", "-F", "none", "-v", "-p", &self.port.to_string(), "-i"]);
        command.arg(self.folder.path().join("client"));
        for option in
            ["StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", "ExitOnForwardFailure=yes", "BatchMode=yes"]
        {
            command.args(["-o", option]);
        }
        command.args(forwards).arg(format!("{me}@127.0.0.1"));
        let mut client = Running::start(&mut command);
        client.wait_for("its session", Duration::from_secs(20), |_, stderr| {
            (stderr.contains("Entering interactive session") || stderr.contains("remote forward success")).then_some(())
        });
        client
    }
}
