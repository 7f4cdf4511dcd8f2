//! The release binary as a user starts it: wall time from start to exit, peak memory, size.
#![expect(clippy::print_stdout, reason = "the figures are what it is for")]

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const RUNS: usize = 30;

fn main() {
    let program = env!("CARGO_BIN_EXE_authsome");
    let home = tempfile::tempdir().expect("a folder for AUTHSOME_HOME");
    let size = std::fs::metadata(program).expect("the binary was built").len();
    println!("size of the binary: {}.{} MB", size / 1_000_000, size % 1_000_000 / 100_000);
    let commands: &[&[&str]] =
        &[&["doctor", "--offline", "--format", "json"], &["explain", "invalid_grant"], &["--version"]];
    for arguments in commands {
        let mut times: Vec<Duration> = (0..RUNS).map(|_| run(program, arguments, home.path())).collect();
        times.sort();
        let memory = peak_memory(program, arguments, home.path());
        let (median, slowest) = (times[RUNS / 2].as_secs_f64() * 1e3, times[RUNS - 1].as_secs_f64() * 1e3);
        let what = arguments.join(" ");
        println!("{what}: median {median:.1} ms, slowest {slowest:.1} ms of {RUNS} runs, peak memory {memory}");
    }
}

fn run(program: &str, arguments: &[&str], home: &Path) -> Duration {
    let begin = Instant::now();
    let mut command = Command::new(program);
    command.args(arguments).env("AUTHSOME_HOME", home);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().expect("it runs");
    begin.elapsed()
}

/// GNU time's "maximum resident set size", where GNU time is installed.
fn peak_memory(program: &str, arguments: &[&str], home: &Path) -> String {
    let mut timed = Command::new("/usr/bin/time");
    timed.args(["-f", "%M", program]).args(arguments).env("AUTHSOME_HOME", home);
    match timed.stdin(Stdio::null()).stdout(Stdio::null()).output() {
        Ok(output) => {
            let text = String::from_utf8_lossy(&output.stderr).into_owned();
            let kilobytes: Option<f64> = text.lines().rev().find_map(|line| line.trim().parse().ok());
            kilobytes.map_or_else(|| "not measured".to_owned(), |kb| format!("{:.1} MB", kb / 1e3))
        }
        Err(_) => "not measured: GNU time is not installed".to_owned(),
    }
}
