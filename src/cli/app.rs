//! What every command has at hand, and how a run ends.

use super::args::{ColorChoice, FailOn, Format, Global};
use super::input::{unreadable, usage};
use crate::diagnosis::{Report, RunError, Status};
use crate::host::Host;
use crate::prompt::{self, Prompt};
use crate::report;
use crate::rules::{Rules, Severity};
use crate::sink::{self, Doc, Stream};
use serde_json::{Map, Value, json};
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};

/// The exit codes of CONTRACT.md.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    Fine = 0,
    Problems = 1,
    Usage = 2,
    Inconclusive = 3,
    Interrupted = 130,
}

#[derive(Clone)]
pub struct App {
    pub host: Host,
    pub global: Global,
    /// The command is one of those that authsome owns: JSON unless a person reads it.
    pub owned: bool,
    /// An answer in a file is not for this user alone.
    pub for_others: bool,
}

impl App {
    pub fn format(&self) -> Format {
        let person = std::io::stdout().is_terminal() && self.global.output.is_none();
        self.global.format.unwrap_or(if self.owned && !person { Format::Json } else { Format::Human })
    }

    pub fn color(&self) -> sink::Color {
        match self.global.color {
            _ if self.global.no_color => sink::Color::Never,
            ColorChoice::Auto => sink::Color::Auto,
            ColorChoice::Always => sink::Color::Always,
            ColorChoice::Never => sink::Color::Never,
        }
    }

    /// The rule files of `--rules` and under AUTHSOME_HOME.
    pub fn own_rule_files(&self) -> Result<Vec<(String, String)>, RunError> {
        let mut files = Vec::new();
        for folder in &self.global.rules {
            files.extend(super::rules::files_in(&self.host, folder)?);
        }
        let own = self.home().join("doctor").join("rules");
        if self.host.files.metadata(&own).is_ok_and(|found| found.is_dir) {
            files.extend(super::rules::files_in(&self.host, &own)?);
        }
        Ok(files)
    }

    /// The built-in rules and the user's own.
    pub fn rules(&self) -> Result<Rules, RunError> {
        let files = self.own_rule_files()?;
        Rules::with_files(&files).map_err(|problems| {
            let first = &problems[0];
            let place = crate::facts::Place {
                file: first.file.as_str().into(),
                line: first.spot.line,
                column: first.spot.column,
                pointer: "".into(),
            };
            let all: Vec<String> = problems.iter().map(ToString::to_string).collect();
            RunError { kind: "invalid_rules", message: all.join("\n"), place: Some(place) }
        })
    }

    /// AUTHSOME_HOME.
    pub fn home(&self) -> PathBuf {
        crate::authsome::home(&self.host.env, self.global.home.as_deref())
    }

    /// The user's own home folder, which reports show as ~.
    pub fn home_folder(&self) -> String {
        std::env::home_dir().map_or_else(String::new, |home| home.to_string_lossy().into_owned())
    }

    pub fn prompt(&self) -> Box<dyn Prompt> {
        let forbidden = self.global.no_input || self.format() == Format::Json;
        prompt::for_this_run(&self.host.env, forbidden)
    }

    pub fn no_such_rule(&self, id: &str) -> RunError {
        let rules = Rules::built_in();
        let near = crate::rules::names::nearest(id, rules.ids())
            .map_or_else(String::new, |near| format!("; did you mean {near}?"));
        usage(format!("there is no rule {id}{near}"))
    }

    /// The answer of a command, in the format that was asked for.
    pub fn answer(&self, report: &Report) -> Result<(), RunError> {
        match self.format() {
            Format::Json => self.answer_json(&report::json(report, &self.home_folder())),
            _ => self.answer_doc(&report::human(report, &self.view())),
        }
    }

    pub fn answer_json(&self, document: &Value) -> Result<(), RunError> {
        match &self.global.output {
            None => sink::print_json(document).map_err(|e| no_stdout(&e)),
            Some(path) => self.write_file(path, &sink::json_text(document)),
        }
    }

    pub fn answer_doc(&self, doc: &Doc) -> Result<(), RunError> {
        match &self.global.output {
            None => sink::print(Stream::Out, doc).map_err(|e| no_stdout(&e)),
            Some(path) => self.write_file(path, &doc.render(&sink::Screen::PLAIN)),
        }
    }

    /// Where the answer goes: the screen, or a file, which has no colours and no width.
    pub fn screen(&self) -> sink::Screen {
        if self.global.output.is_some() { sink::Screen::PLAIN } else { sink::screen(Stream::Out) }
    }

    /// What documents and JSON were rendered to already, in parts, each written before the next one is made.
    pub fn answer_texts(&self, mut texts: impl Iterator<Item = String>) -> Result<(), RunError> {
        match &self.global.output {
            None => texts.try_for_each(|text| sink::print_lines(&text).map_err(|e| no_stdout(&e))),
            Some(path) => self.write_file(path, &texts.collect::<String>()),
        }
    }

    /// An answer that holds a secret, because the person asked for it.
    pub fn answer_revealed(&self, revealed: &sink::Revealed) -> Result<(), RunError> {
        match &self.global.output {
            None => revealed.print().map_err(|e| no_stdout(&e)),
            Some(path) => self.write_file(path, revealed.text()),
        }
    }

    /// A text of ours that must stay as it is: a script, a page, a schema.
    pub fn answer_raw(&self, text: &str) -> Result<(), RunError> {
        match &self.global.output {
            None => sink::print_raw(text).map_err(|e| no_stdout(&e)),
            Some(path) => self.write_file(path, text),
        }
    }

    pub fn view(&self) -> report::View {
        report::View {
            quiet: self.global.quiet,
            verbose: self.global.verbose,
            home: self.home_folder(),
            installed: crate::authsome::installed_version(&self.host),
        }
    }

    /// A new file for an answer that comes line by line; nobody else can read it.
    pub fn new_file(&self, path: &Path) -> Result<std::fs::File, RunError> {
        let opened = self.write_file(path, "").map(|()| std::fs::OpenOptions::new().append(true).open(path))?;
        opened.map_err(|e| unreadable(format!("{} cannot be written: {e}", path.display())))
    }

    /// A file is replaced in one step, where a link leads; a pipe or a device is written to.
    pub fn write_file(&self, path: &Path, text: &str) -> Result<(), RunError> {
        let files = &self.host.files;
        let found = files.metadata(path);
        let written = if found.is_ok_and(|found| !found.is_file && !found.is_dir) {
            std::fs::OpenOptions::new().write(true).open(path).and_then(|mut open| open.write_all(text.as_bytes()))
        } else {
            let real = files.real_path(path).unwrap_or_else(|_| path.to_owned());
            if self.for_others {
                let folder = real.parent().map_or(Ok(()), std::fs::create_dir_all);
                folder.and_then(|()| files.replace(&real, text.as_bytes()))
            } else {
                files.write_private(&real, text.as_bytes())
            }
        };
        written.map_err(|e| unreadable(format!("{} cannot be written: {e}", path.display())))
    }
}

/// authsome's own top-level keys, kept beside ours.
pub fn authsome_keys() -> Map<String, Value> {
    Map::from_iter([("v".to_owned(), json!(1))])
}

/// Does a finding of this severity fail the run?
pub fn fails(severity: Severity, fail_on: FailOn) -> bool {
    match fail_on {
        FailOn::Never => false,
        FailOn::Error => severity == Severity::Error,
        FailOn::Warning => severity <= Severity::Warning,
    }
}

pub fn exit_of(report: &Report, fail_on: FailOn) -> Exit {
    let failed = report.findings.iter().any(|finding| fails(finding.severity, fail_on));
    match report.verdict.status {
        _ if failed => Exit::Problems,
        Status::Inconclusive if fail_on != FailOn::Never => Exit::Inconclusive,
        _ => Exit::Fine,
    }
}

fn no_stdout(error: &std::io::Error) -> RunError {
    RunError { kind: "output", message: format!("the answer cannot be written: {error}"), place: None }
}
