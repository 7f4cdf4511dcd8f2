//! Hands a command that is not ours to the installed authsome, unchanged: arguments, streams, signals, directory and exit
//! code. Adds one variable to the environment, so that two of ours do not call each other for ever.

mod mark;

use crate::authsome::install;
use crate::diagnosis::RunError;
use crate::host::Host;
use crate::sink;
use mark::Mark;
use std::ffi::OsString;
use std::path::Path;
use std::process::Command;

/// Commands inside of commands (`authsome run -- authsome run …`): nobody goes so deep, a script that calls us does.
const DEEPEST: u32 = 16;

/// Runs the installed authsome with these arguments; its exit code is ours.
pub fn hand_on(host: &Host, arguments: &[OsString]) -> Result<u8, RunError> {
    hand_on_at_home(host, arguments, None)
}

/// The same with another AUTHSOME_HOME than the environment's.
pub fn hand_on_at_home(host: &Host, arguments: &[OsString], home: Option<&Path>) -> Result<u8, RunError> {
    let failed = |message: String| RunError { kind: "handover", message, place: None };
    let mut mark = Mark::found(host).of_this_process(host);
    let mut round = None;
    let next = install::on_path(host).find(|command| {
        let passed = mark.has_passed(&command.identity);
        if passed && round.is_none() {
            round = Some(command.path.clone());
        }
        !passed
    });
    let Some(next) = next else {
        let what = sink::safe_line(&arguments.iter().map(|a| a.to_string_lossy()).collect::<Vec<_>>().join(" "));
        return Err(failed(match round {
            Some(round) => format!(
                "{} leads back to this program, and no other authsome is on PATH: pip install authsome (Python 3.13), or remove that file",
                round.display()
            ),
            None => format!(
                "\"authsome {what}\" is a command of the Python authsome, and none is installed: pip install authsome (Python 3.13), or see authsome --help"
            ),
        }));
    };
    if mark.depth > DEEPEST {
        return Err(failed(format!(
            "{} leads back to this program: it was called {DEEPEST} times, one inside the other. Remove that file, or take its folder from PATH",
            next.path.display()
        )));
    }
    if let Some(own) = host.processes.own_executable().and_then(|path| host.files.identity(&path).ok()) {
        mark.pass(&own);
    }
    mark.pass(&next.identity);
    let mut command = Command::new(&next.path);
    command.args(arguments).env(mark::NAME, mark.to_string());
    if let Some(home) = home {
        command.env("AUTHSOME_HOME", home);
    }
    become_it(command).map_err(|e| failed(format!("{} cannot be run: {e}", next.path.display())))
}

/// Becomes the other program, so that signals, job control and its exit code are its own.
#[cfg(unix)]
fn become_it(mut command: Command) -> std::io::Result<u8> {
    use std::os::unix::process::CommandExt;
    Err(command.exec())
}

/// Where no program can become another one: it waits, and ends with the same code, of which there are more than 256.
#[cfg(not(unix))]
fn become_it(mut command: Command) -> std::io::Result<u8> {
    let status = command.status()?;
    std::process::exit(status.code().unwrap_or(1))
}
