//! What it costs to hand a command on: the same small program called directly, and with ours in front, by turns. Fails
//! where ours adds more than is promised.
#![expect(clippy::print_stdout, reason = "the figures are what it is for")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

const RUNS: usize = 100;
const PROMISED: Duration = Duration::from_millis(10);

fn main() -> ExitCode {
    let ours = Path::new(env!("CARGO_BIN_EXE_authsome"));
    let folder = tempfile::tempdir().expect("a folder of our own");
    let mut kept = true;
    for (name, first_line) in [("a shell script", "#!/bin/sh".to_owned()), ("a Python script", python())] {
        let bin = folder.path().join(name);
        let script = installed(&bin, &first_line);
        // As long a PATH as people have, with the installed program last.
        let empty = (0..20).map(|number| folder.path().join(number.to_string()));
        let path = std::env::join_paths(empty.chain([bin])).expect("plain folders");
        let (mut direct, mut fronted) = (Vec::new(), Vec::new());
        for _ in 0..RUNS {
            direct.push(run(Command::new(&script).env("PATH", &path)));
            fronted.push(run(Command::new(ours).env("PATH", &path)));
        }
        let ([direct, slowest_direct], [fronted, slowest]) = (figures(direct), figures(fronted));
        let added = fronted.saturating_sub(direct);
        kept &= added <= PROMISED;
        println!(
            "{name}: directly {:.1} ms (slowest {:.1}), handed on {:.1} ms (slowest {:.1}): {:.1} ms more, median of {RUNS} runs",
            ms(direct),
            ms(slowest_direct),
            ms(fronted),
            ms(slowest),
            ms(added),
        );
    }
    if kept { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// The interpreter itself, not the shim of a version manager.
fn python() -> String {
    let asked = Command::new("python3").args(["-c", "import sys; print(sys.executable)"]).output();
    let found = asked.ok().and_then(|answer| String::from_utf8(answer.stdout).ok()).unwrap_or_default();
    format!("#!{}", if found.trim().is_empty() { "/usr/bin/python3" } else { found.trim() })
}

/// As pip leaves it.
fn installed(bin: &Path, first_line: &str) -> PathBuf {
    fs::create_dir_all(bin).expect("a folder of ours");
    let script = bin.join("authsome");
    fs::write(&script, format!("{first_line}\n")).expect("a file of ours");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).expect("a file of ours");
    }
    script
}

fn run(command: &mut Command) -> Duration {
    let begin = Instant::now();
    command.args(["provider", "--help"]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    assert!(command.status().expect("it runs").success());
    begin.elapsed()
}

/// Median and slowest.
fn figures(mut times: Vec<Duration>) -> [Duration; 2] {
    times.sort();
    [times[times.len() / 2], times[times.len() - 1]]
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}
