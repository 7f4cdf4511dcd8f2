//! What `doctor` takes on machines that have a fault: wall time of the release binary from start to exit. Port 7998 has to be
//! free. Where `tests/real/install` was run, authsome 0.7.2 is on PATH.
#![expect(clippy::print_stdout, reason = "the figures are what it is for")]

use std::fs;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

const RUNS: usize = 20;

struct Machine {
    name: &'static str,
    /// What is in its home.
    files: &'static [(&'static str, &'static str)],
    variables: &'static [(&'static str, &'static str)],
}

const IDENTITY: (&str, &str) = ("client/config.json", r#"{"active_identity": "calm-very-blue-1234"}"#);
const METADATA: (&str, &str) = (
    "client/identities/calm-very-blue-1234.json",
    r#"{"handle": "calm-very-blue-1234", "did": "did:key:z6MkfUe8QJKto7LGSKJJZZccLtHfnHrU4rNggapLcd6MCdfS"}"#,
);

const MACHINES: &[Machine] = &[
    Machine { name: "a home without anything", files: &[], variables: &[] },
    Machine {
        name: "HTTP_PROXY, NO_PROXY of localhost alone",
        files: &[],
        variables: &[("HTTP_PROXY", "http://127.0.0.1:9"), ("NO_PROXY", "localhost")],
    },
    Machine { name: "a socks proxy", files: &[], variables: &[("ALL_PROXY", "socks5://127.0.0.1:9")] },
    Machine { name: "SSL_CERT_FILE names nothing", files: &[], variables: &[("SSL_CERT_FILE", "/nonexistent.pem")] },
    Machine { name: "AUTHSOME_PORT alone", files: &[], variables: &[("AUTHSOME_PORT", "8124")] },
    Machine { name: "a pid file names a stranger", files: &[("server/daemon/daemon.pid", "1")], variables: &[] },
    Machine { name: "config.json is half a file", files: &[("client/config.json", "{\"acti")], variables: &[] },
    Machine { name: "the identity's key is missing", files: &[IDENTITY, METADATA], variables: &[] },
    Machine {
        name: "the identity's key is no key",
        files: &[IDENTITY, METADATA, ("client/identities/calm-very-blue-1234.key", "no key\n")],
        variables: &[],
    },
];

fn main() {
    for machine in MACHINES {
        measure(machine);
    }
    let held = Machine { name: "a web server holds the callback port", files: &[], variables: &[] };
    let Ok(listener) = TcpListener::bind((Ipv4Addr::LOCALHOST, 7998)) else {
        println!("{}: not measured, somebody holds port 7998", held.name);
        return;
    };
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let _ = stream.read(&mut [0; 4096]);
            let _ = stream.write_all(b"HTTP/1.0 404 File not found\r\nServer: SimpleHTTP/0.6\r\n\r\n");
        }
    });
    measure(&held);
}

fn measure(machine: &Machine) {
    let home = tempfile::tempdir().expect("a folder for AUTHSOME_HOME");
    for (name, text) in machine.files {
        let path = home.path().join(name);
        fs::create_dir_all(path.parent().expect("it is in the home")).expect("a folder in our own home");
        fs::write(path, text).expect("a file in our own home");
    }
    let mut times: Vec<Duration> = (0..RUNS).map(|_| run(machine, home.path())).collect();
    times.sort();
    let (median, slowest) = (times[RUNS / 2].as_secs_f64() * 1e3, times[RUNS - 1].as_secs_f64() * 1e3);
    println!("{}: median {median:.1} ms, slowest {slowest:.1} ms of {RUNS} runs", machine.name);
}

fn run(machine: &Machine, home: &Path) -> Duration {
    let folder = std::env::var_os("HOME").map_or_else(PathBuf::new, PathBuf::from);
    let installed = folder.join(".cache/authsome-doctor-real/path-0.7.2");
    let mut command = Command::new(env!("CARGO_BIN_EXE_authsome"));
    command.args(["doctor", "--offline", "--format", "json"]).env_clear();
    command.env("PATH", format!("{}:/usr/bin:/bin", installed.display())).env("AUTHSOME_HOME", home);
    command.envs(machine.variables.iter().copied());
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let begin = Instant::now();
    command.status().expect("it runs");
    begin.elapsed()
}
