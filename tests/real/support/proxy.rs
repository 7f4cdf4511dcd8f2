//! A network in which the provider can be reached through the proxy alone: tinyproxy knows its name, nobody else does.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use super::port::{free_port, wait_until_held};
use super::process::Running;

/// The provider's host. `.test` is reserved (RFC 6761): no resolver has it.
pub const HOST: &str = "login.acme.test";

pub struct Tinyproxy {
    pub port: u16,
    process: Running,
    log: PathBuf,
}

impl Tinyproxy {
    /// Starts it for the hosts of `allowed` alone, with `rules` added to a plain configuration. Its own `/etc/hosts`,
    /// which names the provider, is mounted over the machine's in a mount namespace that ends with it.
    pub fn start(folder: &Path, allowed: &str, rules: &str) -> Self {
        let port = free_port();
        let write = |name: &str, text: String| {
            let path = folder.join(name);
            fs::write(&path, text).expect("a file in our own folder");
            path
        };
        let log = folder.join("tinyproxy.log");
        let hosts = write("hosts", format!("127.0.0.1 localhost {HOST}\n"));
        let filter = write("filter", format!("{}\n", allowed.replace('.', "\\.")));
        let configuration = write(
            "tinyproxy.conf",
            format!(
                "Listen 127.0.0.1\nPort {port}\nTimeout 30\nLogFile \"{}\"\nLogLevel Connect\n\
                 Filter \"{}\"\nFilterDefaultDeny Yes\n{rules}\n",
                log.display(),
                filter.display()
            ),
        );
        let mut command = Command::new("unshare");
        command.args(["--map-root-user", "--mount", "sh", "-c"]);
        command.arg(r#"mount --bind "$0" /etc/hosts && exec tinyproxy -d -c "$1""#).args([&hosts, &configuration]);
        let process = Running::start(&mut command);
        wait_until_held(port);
        Self { port, process, log }
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// What it says that it did.
    pub fn log(&self) -> String {
        format!(
            "{}{}{}",
            fs::read_to_string(&self.log).unwrap_or_default(),
            self.process.stdout(),
            self.process.stderr()
        )
    }
}

/// A certificate for [`HOST`] and the authority that signed it.
pub struct Certificates {
    pub folder: TempDir,
}

impl Certificates {
    pub fn new() -> Self {
        Self::issued_by("Acme test authority")
    }

    /// By an authority of that name.
    pub fn issued_by(authority: &str) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let openssl = |arguments: &[&str]| {
            let output =
                Command::new("openssl").args(arguments).current_dir(folder.path()).output().expect("openssl runs");
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        };
        let key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-batch"];
        openssl(
            &[&["req", "-x509", "-subj", &format!("/CN={authority}"), "-keyout", "ca.key", "-out", "ca.pem"], &key[..]]
                .concat(),
        );
        let name = format!("subjectAltName=DNS:{HOST}");
        let leaf = ["req", "-x509", "-subj", "/CN=acme", "-CA", "ca.pem", "-CAkey", "ca.key"];
        let usage = [
            "-addext",
            "basicConstraints=critical,CA:FALSE",
            "-addext",
            &name,
            "-keyout",
            "leaf.key",
            "-out",
            "leaf.pem",
        ];
        openssl(&[&leaf[..], &usage[..], &key[..]].concat());
        Self { folder }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}
