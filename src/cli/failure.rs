//! A run that failed by itself: usage errors, inputs that cannot be read, bugs. With `--format json` a document too.

use super::app::App;
use super::args::Format;
use crate::diagnosis::{Report, RunError, Status, Verdict};
use crate::facts::Facts;
use crate::sink::{self, Doc, Stream, Style};
use std::ffi::OsString;
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
        let message = error.to_string().trim().to_owned();
        let error = RunError { kind: "usage", message, place: None };
        let _ = sink::print_json(&crate::report::json(&document("usage", &error), ""));
        return ExitCode::from(USAGE);
    }
    let mut doc = Doc::new();
    doc.coloured(&error.render().ansi().to_string());
    let _ = sink::print(if help { Stream::Out } else { Stream::Err }, &doc);
    ExitCode::from(if help { 0 } else { USAGE })
}

/// Was JSON asked for, in arguments that could not be read?
fn wants_json(arguments: &[OsString]) -> bool {
    let words: Vec<&str> = arguments.iter().filter_map(|word| word.to_str()).collect();
    words.contains(&"--format=json") || words.windows(2).any(|pair| pair == ["--format", "json"])
}

pub fn report(app: &App, command: &'static str, error: &RunError) -> ExitCode {
    if app.format() == Format::Json {
        let _ = sink::print_json(&crate::report::json(&document(command, error), &app.home_folder()));
    } else {
        say(error);
    }
    ExitCode::from(USAGE)
}

pub fn plain(error: &RunError) -> ExitCode {
    say(error);
    ExitCode::from(USAGE)
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
