//! `check` over ten thousand and a hundred thousand definitions, as a user starts it, beside authsome's own reading, model
//! and validation of the same files in the same run (authsome 0.7.2 as `tests/real/install` puts it; without it that part is left
//! out, and said so).
#![expect(clippy::print_stdout, reason = "the figures are what it is for")]

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const SOUND: &[(&str, &str)] = &[
    ("acme", include_str!("../fixtures/definitions/acme.jsonc")),
    ("acme-key", include_str!("../fixtures/definitions/acme-key.jsonc")),
    ("acme-device", include_str!("../fixtures/definitions/acme-device.jsonc")),
    ("acme-registered", include_str!("../fixtures/definitions/acme-registered.jsonc")),
    ("acme-browser", include_str!("../fixtures/definitions/acme-browser.jsonc")),
];

/// Reads, models and validates every file as `authsome provider register` does.
const THEIRS: &str = r#"
import glob, sys, time
from authsome.utils import parse_jsonc
from authsome.auth.models.provider import ProviderDefinition
from authsome.server.credential_service import CredentialService
files = sorted(glob.glob(sys.argv[1] + "/*.jsonc"))
service = object.__new__(CredentialService)
def one(path):
    with open(path, encoding="utf-8") as file:
        service._validate_provider(ProviderDefinition.model_validate(parse_jsonc(file.read())))
one(files[0])
begin = time.perf_counter()
for path in files:
    one(path)
print(time.perf_counter() - begin)
"#;

fn main() {
    let program = Path::new(env!("CARGO_BIN_EXE_authsome"));
    for number in [10_000, 100_000] {
        let folder = tempfile::tempdir().expect("a folder");
        write(folder.path(), number);
        let runs: Vec<Duration> = (0..5).map(|_| ours(program, folder.path())).collect();
        let best = runs.iter().min().expect("five runs").as_secs_f64();
        let memory = peak_memory(program, folder.path());
        println!(
            "{number} definitions: {:.0} ms, {:.1} µs each, peak memory {memory}",
            best * 1e3,
            per_file(best, number)
        );
        if number == 10_000 {
            match theirs(folder.path()) {
                Some(seconds) => println!(
                    "authsome 0.7.2 reads, models and validates them in {:.0} ms, {:.1} µs each: {:.1} times as long",
                    seconds * 1e3,
                    per_file(seconds, number),
                    seconds / best
                ),
                None => println!("authsome 0.7.2: not measured, tests/real/install puts it in its place"),
            }
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "the numbers are small")]
fn per_file(seconds: f64, number: usize) -> f64 {
    seconds * 1e6 / number as f64
}

/// Sound definitions, each with a name, a host and a variable of its own.
fn write(folder: &Path, number: usize) {
    for at in 0..number {
        let (name, text) = SOUND[at % SOUND.len()];
        let own = format!("{name}-{at}");
        let text = text.replace(&format!("\"name\": \"{name}\""), &format!("\"name\": \"{own}\""));
        let text = text
            .replace("acme.example", &format!("acme{at}.example"))
            .replace("acme\\\\.example", &format!("acme{at}\\\\.example"));
        let text = text.replace("\"ACME_", &format!("\"ACME{at}_"));
        std::fs::write(folder.join(format!("{own}.jsonc")), text).expect("a file");
    }
}

fn ours(program: &Path, folder: &Path) -> Duration {
    let begin = Instant::now();
    let mut command = Command::new(program);
    command.arg("check").arg(folder).stdin(Stdio::null()).stderr(Stdio::null());
    let answer = command.output().expect("it runs");
    let took = begin.elapsed();
    let text = String::from_utf8_lossy(&answer.stdout);
    assert!(answer.status.success() && text.contains("nothing wrong"), "{}", &text[..text.len().min(2000)]);
    took
}

/// GNU time's "maximum resident set size", where GNU time is installed.
fn peak_memory(program: &Path, folder: &Path) -> String {
    let mut timed = Command::new("/usr/bin/time");
    timed.args(["-f", "%M"]).arg(program).arg("check").arg(folder);
    let Ok(output) = timed.stdin(Stdio::null()).stdout(Stdio::null()).output() else {
        return "not measured: GNU time is not installed".to_owned();
    };
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    let kilobytes: Option<f64> = text.lines().rev().find_map(|line| line.trim().parse().ok());
    kilobytes.map_or_else(|| "not measured".to_owned(), |kb| format!("{:.0} MB", kb / 1e3))
}

fn theirs(folder: &Path) -> Option<f64> {
    let cache = || Some(PathBuf::from(std::env::var_os("HOME")?).join(".cache/authsome-doctor-real"));
    let installed = std::env::var_os("AUTHSOME_REAL_DIR").map(PathBuf::from).or_else(cache)?;
    let python = installed.join("authsome-0.7.2/bin/python");
    let output = Command::new(python).arg("-c").arg(THEIRS).arg(folder).output().ok()?;
    String::from_utf8_lossy(&output.stdout).trim().parse().ok()
}
