//! The commands: one thin file each. Parses arguments, calls the rooms below, chooses the exit code; judges nothing.

mod app;
mod args;
pub mod check;
pub mod connection;
mod daemon_login;
mod definitions;
pub mod doctor;
pub mod explain;
mod failure;
pub mod input;
mod last_login;
pub mod login;
pub mod practice;
pub mod rules;
mod session;
mod theirs;

pub use app::{App, Exit};
pub use args::{Cli, Command, Format, Global};

use crate::diagnosis::RunError;
use crate::handover;
use crate::host::Host;
use crate::sink;
use clap::error::ErrorKind;
use clap::{CommandFactory, Parser};
use std::ffi::OsString;
use std::process::ExitCode;

/// The whole program.
pub fn main() -> ExitCode {
    failure::report_panics();
    let arguments: Vec<OsString> = std::env::args_os().collect();
    let host = Host::real();
    // Its shells ask the Python program for completions by this variable, without any argument.
    let completes = host.env.filled("_AUTHSOME_COMPLETE").is_some();
    if host.env.get("AUTHSOME_FRONT") == Some("off") || completes {
        return handed_on(&host, &arguments);
    }
    let cli = match Cli::try_parse_from(&arguments) {
        Ok(cli) => cli,
        Err(error) if is_theirs(&host, &error, &arguments) => return handed_on(&host, &arguments),
        Err(error) => return failure::usage(&error, &arguments),
    };
    if let Command::Other(_) = &cli.command {
        // Options before the command are authsome's too: all of it is handed on as it was typed.
        return handed_on(&host, &arguments);
    }
    let owned = args::OWNED.contains(&name_of(&cli.command));
    let app = App { host, global: cli.global, owned, for_others: false };
    let host = app.host.clone();
    sink::set_up(app.color(), &move |name| host.env.get(name).map(str::to_owned));
    let ended = run(&app, &cli.command);
    match ended {
        Ok(exit) => ExitCode::from(exit),
        Err(error) => failure::report(&app, name_of(&cli.command), &error),
    }
}

fn run(app: &App, command: &Command) -> Result<u8, RunError> {
    let in_markdown = match &command {
        Command::Doctor(_) | Command::Check(_) => true,
        Command::Practice(args) => args.list_faults,
        _ => false,
    };
    match (app.format(), command) {
        (Format::Markdown, _) if !in_markdown => {
            return Err(input::usage(
                "only doctor, check and practice --list-faults answer in Markdown: --format human or json",
            ));
        }
        (Format::Sarif | Format::Github | Format::Junit, command) if !matches!(command, Command::Check(_)) => {
            return Err(input::usage(
                "only check answers in SARIF, GitHub annotations and JUnit: --format human or json",
            ));
        }
        _ => {}
    }
    let exit = match command {
        Command::Doctor(args) => doctor::run(app, args)?,
        Command::Login(args) => return login::run(app, args),
        Command::Explain(args) => explain::run(app, args)?,
        Command::Check(args) => check::run(app, args)?,
        Command::Rules(args) => rules::run(app, args)?,
        Command::Practice(args) => return practice::run(app, args),
        Command::Inspect(args) => return connection::inspect(app, args),
        Command::Get(args) => return connection::get(app, args),
        Command::Revoke(args) => return connection::revoke(app, args),
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(*shell, &mut Cli::command(), "authsome", &mut script);
            app.answer_raw(&String::from_utf8_lossy(&script))?;
            Exit::Fine
        }
        Command::Man => {
            let mut page = Vec::new();
            // Writing into memory does not fail.
            let _ = clap_mangen::Man::new(Cli::command()).render(&mut page);
            app.answer_raw(&String::from_utf8_lossy(&page))?;
            Exit::Fine
        }
        Command::Other(_) => Exit::Usage,
    };
    Ok(exit as u8)
}

fn name_of(command: &Command) -> &'static str {
    match command {
        Command::Doctor(_) => "doctor",
        Command::Login(_) => "login",
        Command::Explain(_) => "explain",
        Command::Check(_) => "check",
        Command::Rules(_) => "rules",
        Command::Practice(_) => "practice",
        Command::Inspect(_) => "inspect",
        Command::Get(_) => "get",
        Command::Revoke(_) => "revoke",
        Command::Completions { .. } => "completions",
        Command::Man => "man",
        Command::Other(_) => "other",
    }
}

/// An option before a command that is not ours: a later authsome may know it, and it takes its own twice.
fn is_theirs(host: &Host, error: &clap::Error, arguments: &[OsString]) -> bool {
    let mut words = arguments.iter().skip(1).map(|word| word.to_string_lossy());
    matches!(error.kind(), ErrorKind::UnknownArgument | ErrorKind::ArgumentConflict)
        && args::command_in(arguments).is_none()
        && words.any(|word| !word.starts_with('-'))
        && crate::authsome::installed_path(host).is_some()
}

/// `arguments` with the program's own name, as the system gives them.
fn handed_on(host: &Host, arguments: &[OsString]) -> ExitCode {
    match handover::hand_on(host, arguments.get(1..).unwrap_or_default()) {
        Ok(code) => ExitCode::from(code),
        Err(error) => failure::handover(&error, arguments),
    }
}
