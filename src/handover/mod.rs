//! Hands a command that is not ours to the installed authsome, unchanged.

use crate::authsome;
use crate::diagnosis::RunError;
use crate::host::Host;
use std::ffi::OsString;
use std::process::Command;

/// Counts how deep we are: two of ours must not call each other for ever.
const DEPTH: &str = "AUTHSOME_FRONT_DEPTH";

/// Runs the installed authsome with these arguments; its exit code is ours.
pub fn hand_on(host: &Host, arguments: &[OsString]) -> Result<u8, RunError> {
    let failed = |message: String| RunError { kind: "handover", message, place: None };
    let depth: u32 = host.env.get(DEPTH).and_then(|text| text.parse().ok()).unwrap_or(0);
    if depth > 0 {
        return Err(failed("the authsome that this command was handed to is this program again".to_owned()));
    }
    let Some(installed) = authsome::installed_path(host) else {
        let what = arguments.iter().map(|a| a.to_string_lossy()).collect::<Vec<_>>().join(" ");
        return Err(failed(format!(
            "\"authsome {what}\" is a command of the Python authsome, and none is installed: pip install authsome (Python 3.13), or see authsome --help"
        )));
    };
    let mut command = Command::new(&installed);
    command.args(arguments).env(DEPTH, (depth + 1).to_string());
    let status = run(command).map_err(|e| failed(format!("{} cannot be run: {e}", installed.display())))?;
    Ok(status)
}

/// Becomes the other program, so that signals, job control and its exit code are its own.
#[cfg(unix)]
fn run(mut command: Command) -> std::io::Result<u8> {
    use std::os::unix::process::CommandExt;
    Err(command.exec())
}

#[cfg(not(unix))]
fn run(mut command: Command) -> std::io::Result<u8> {
    let status = command.status()?;
    Ok(status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1))
}
