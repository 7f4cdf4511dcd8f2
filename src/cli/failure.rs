//! A run that failed by itself: usage errors, inputs that cannot be read, bugs. With `--format json` a document too.

use super::app::{App, Exit};
use super::args::Format;
use crate::diagnosis::{Report, RunError, Status, Verdict};
use crate::facts::Facts;
use crate::sink::{self, Doc, Stream, Style};
use std::ffi::OsString;
use std::io::IsTerminal;
use std::process::ExitCode;
use std::time::Duration;

const USAGE: u8 = 2;

/// A panic is a bug: say so, and what to attach.
pub fn report_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let mut doc = Doc::new();
        doc.push(Style::Bad, "internal error: ").line(panic.to_string());
        doc.line(
            "This is a bug in authsome-doctor. Please report it with the command that you typed and the line above.",
        );
        let _ = sink::print(Stream::Err, &doc);
    }));
}

/// What clap says: help and version on stdout, mistakes on stderr, or as a document.
pub fn usage(error: &clap::Error, arguments: &[OsString]) -> ExitCode {
    use clap::error::ErrorKind;
    let help = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
    if !help && wants_json(arguments) {
        let message = error.to_string();
        let message = message.trim().strip_prefix("error: ").unwrap_or(message.trim()).to_owned();
        let error = RunError { kind: "usage", message, place: None };
        let command = super::args::command_in(arguments).unwrap_or("usage");
        let _ = sink::print_json(&crate::report::json(&document(command, &error), ""));
        return ExitCode::from(USAGE);
    }
    if help && asks_for_json(arguments) == Some(true) {
        let name = if error.kind() == ErrorKind::DisplayHelp { "help" } else { "version" };
        let mut document = crate::report::envelope(name);
        document["text"] = error.to_string().into();
        let _ = sink::print_json(&document);
        return ExitCode::SUCCESS;
    }
    let mut doc = Doc::new();
    doc.coloured(&error.render().ansi().to_string());
    let _ = sink::print(if help { Stream::Out } else { Stream::Err }, &doc);
    ExitCode::from(if help { 0 } else { USAGE })
}

/// Is JSON the answer to arguments that could not be read? As [`App::format`] decides where they could.
fn wants_json(arguments: &[OsString]) -> bool {
    let owned = super::args::command_in(arguments).is_some_and(|name| super::args::OWNED.contains(&name));
    asks_for_json(arguments).unwrap_or(owned && !std::io::stdout().is_terminal())
}

/// What `--format` says, where it is there.
fn asks_for_json(arguments: &[OsString]) -> Option<bool> {
    let words: Vec<&str> = arguments.iter().filter_map(|word| word.to_str()).collect();
    let joined = words.iter().find_map(|word| word.strip_prefix("--format="));
    let apart = || words.windows(2).find(|pair| pair[0] == "--format").map(|pair| pair[1]);
    Some(joined.or_else(apart)? == "json")
}

pub fn report(app: &App, command: &'static str, error: &RunError) -> ExitCode {
    if app.format() == Format::Json {
        let document = crate::report::json(&document(command, error), &app.home_folder());
        if app.answer_json(&document).is_err() {
            // The file that was to be written is the trouble.
            let _ = sink::print_json(&document);
        }
    } else {
        say(error);
    }
    ExitCode::from(if error.kind == "busy" { Exit::Problems as u8 } else { USAGE })
}

/// A command that could not be handed on.
pub fn handover(error: &RunError, arguments: &[OsString]) -> ExitCode {
    if asks_for_json(arguments) == Some(true) {
        let _ = sink::print_json(&crate::report::json(&document("handover", error), ""));
    } else {
        say(error);
    }
    ExitCode::from(USAGE)
}

/// Stopped by Ctrl-C before there was an answer.
pub fn interrupted(app: &App, command: &'static str) {
    let error = RunError { kind: "interrupted", message: "stopped by you".to_owned(), place: None };
    if app.format() == Format::Json {
        report(app, command, &error);
    } else {
        let mut doc = Doc::new();
        doc.line("Stopped.");
        let _ = sink::print(Stream::Err, &doc);
    }
}

fn say(error: &RunError) {
    let mut doc = Doc::new();
    doc.push(Style::Bad, "error: ");
    doc.block(Style::Plain, "", &error.message);
    let _ = sink::print(Stream::Err, &doc);
}

fn document(command: &'static str, error: &RunError) -> Report {
    Report {
        command,
        verdict: Verdict { status: Status::Error, error: Some(error.clone()) },
        findings: Vec::new(),
        inconclusive: Vec::new(),
        facts: Facts::new(),
        checks: 0,
        took: Duration::ZERO,
        extra: serde_json::Map::new(),
    }
}
