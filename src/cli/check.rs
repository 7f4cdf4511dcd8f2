//! `authsome check`: judges provider definitions, offline. Every definition is a document of facts of its own.

use super::app::{App, Exit};
use super::args::{FailOn, Format};
use super::definitions::shelves;
use super::input::{unreadable, usage};
use crate::definition::{self, Found, LookupError, Source, Surroundings};
use crate::diagnosis::{Diagnosis, Finding, Report, RunError, diagnose};
use crate::facts::Facts;
use crate::report;
use crate::rules::Severity;
use crate::rules::compiled::Rule;
use clap::{Args, ValueEnum};
use serde_json::{Map, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Instant;

#[derive(Args, Clone, Default)]
pub struct CheckArgs {
    /// Definitions (JSON or JSONC) or folders of them [default: the installed authsome's, bundled and custom]
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// What makes the exit code 1
    #[arg(long, value_name = "SEVERITY", default_value = "error")]
    pub fail_on: Option<FailOn>,
    /// A further answer of the same run, in a file (repeatable): human, json, sarif, github or junit
    #[arg(long, value_name = "FORMAT=FILE")]
    pub also: Vec<Also>,
}

pub fn run(app: &App, args: &CheckArgs) -> Result<Exit, RunError> {
    let begin = Instant::now();
    let rules = app.rules()?;
    let rules: Vec<&Rule> = rules.iter().filter(|rule| rule.sections == ["definition"]).collect();
    let bundled = shelves(app).bundled_names(&*app.host.files).map_err(|error| in_words(&error))?;
    let found = definitions(app, &args.paths)?;

    let mut all = Vec::new();
    let mut listed = Vec::new();
    let mut facts = Facts::new();
    for one in &found {
        facts = facts_of(one, bundled.as_ref());
        let diagnosis = diagnose(rules.iter().copied(), &facts);
        listed.push(entry(one, &facts, &diagnosis.findings));
        all.push(diagnosis);
    }
    let diagnosis = together(all);
    let texts = texts(&found, &diagnosis.findings);
    let report = Report {
        command: "check",
        verdict: diagnosis.verdict(),
        findings: diagnosis.findings,
        inconclusive: diagnosis.inconclusive,
        // Of several definitions none is the one that the document is about.
        facts: if found.len() == 1 { facts } else { Facts::new() },
        checks: diagnosis.checks,
        took: begin.elapsed(),
        extra: Map::from_iter([("definitions".to_owned(), listed.into())]),
    };
    let checked = Checked { report, rules, texts, files: found.iter().map(|one| one.file.as_str()).collect() };
    let fail_on = args.fail_on.unwrap_or(FailOn::Error);
    for Also { format, file } in &args.also {
        app.writing(file).answer_checked(*format, &checked, fail_on)?;
    }
    app.answer_checked(app.format(), &checked, fail_on)?;
    Ok(match app.format() {
        // A code host judges by what it reads.
        Format::Sarif => Exit::Fine,
        _ => super::app::exit_of(&checked.report, fail_on),
    })
}

/// What every format of `check` is made of.
struct Checked<'r> {
    report: Report,
    rules: Vec<&'r Rule>,
    texts: BTreeMap<String, String>,
    files: Vec<&'r str>,
}

impl App {
    /// The same run, its answer in a file.
    fn writing(&self, file: &Path) -> Self {
        let mut app = self.clone();
        app.global.output = Some(file.to_owned());
        app
    }

    fn answer_checked(&self, format: Format, checked: &Checked, fail_on: FailOn) -> Result<(), RunError> {
        let Checked { report, rules, texts, files } = checked;
        let (home, base) = (self.home_folder(), std::env::current_dir().unwrap_or_default());
        match format {
            Format::Json => self.answer_json(&report::json(report, &home)),
            Format::Sarif => self.answer_json(&report::ci::sarif(report, rules, &base, &home)),
            Format::Github => self.answer_raw(&report::ci::github(report, &base, &home)),
            Format::Junit => {
                let fails = |severity| super::app::fails(severity, fail_on);
                self.answer_raw(&report::ci::junit(report, files, fails, &base, &home))
            }
            Format::Human | Format::Markdown => {
                self.answer_doc(&report::check(report, texts, files.len(), &self.view()))
            }
        }
    }
}

/// A further answer of the same run, in a file.
#[derive(Clone)]
pub struct Also {
    format: Format,
    file: PathBuf,
}

impl FromStr for Also {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (format, file) = text.split_once('=').filter(|(_, file)| !file.is_empty()).ok_or("write FORMAT=FILE")?;
        let format = Format::from_str(format, false).map_err(|_| format!("unknown format {format}"))?;
        if format == Format::Markdown {
            return Err("check does not answer in Markdown".to_owned());
        }
        Ok(Self { format, file: file.into() })
    }
}

/// What is to be checked, in the order of the arguments; a folder's files by name.
fn definitions(app: &App, paths: &[PathBuf]) -> Result<Vec<Found>, RunError> {
    let files = &*app.host.files;
    if paths.is_empty() {
        let shelves = shelves(app);
        if shelves.bundled.is_none() {
            return Err(usage("no authsome is installed whose definitions could be checked: name files or folders"));
        }
        return shelves.all(files).map_err(|error| in_words(&error));
    }
    let mut found = Vec::new();
    for path in paths {
        let about = files.metadata(path).map_err(|why| unreadable(format!("{}: {why}", path.display())))?;
        if !about.is_dir {
            found.push(definition::read_file(files, path, Source::File).map_err(|error| in_words(&error))?);
            continue;
        }
        let inside = definition::definition_files(files, path).map_err(|error| in_words(&error))?;
        if inside.is_empty() {
            return Err(usage(format!("{} has no .json or .jsonc file in it", path.display())));
        }
        for file in &inside {
            found.push(definition::read_file(files, file, Source::File).map_err(|error| in_words(&error))?);
        }
    }
    Ok(found)
}

fn facts_of(found: &Found, bundled: Option<&BTreeSet<String>>) -> Facts {
    let read = found.read();
    let around = Surroundings { source: found.source, file: &found.file, bundled, in_use: None };
    definition::facts(read.as_ref().map_err(|broken| &**broken), around)
}

/// One definition in the document's list.
fn entry(found: &Found, facts: &Facts, findings: &[Finding]) -> serde_json::Value {
    let count = |severity| findings.iter().filter(|finding| finding.severity == severity).count();
    let mut entry = json!({
        "file": found.file,
        "source": found.source.word(),
        "errors": count(Severity::Error),
        "warnings": count(Severity::Warning),
    });
    if let Some(name) = facts.text("definition.name") {
        entry["name"] = name.into();
    }
    entry
}

/// Errors first, then warnings, then notes; within these by definition, and in it by place.
fn together(all: Vec<Diagnosis>) -> Diagnosis {
    let mut sum = Diagnosis { findings: Vec::new(), inconclusive: Vec::new(), checks: 0 };
    for mut one in all {
        one.findings.sort_by_key(|finding| finding.place.as_ref().map(|place| (place.line, place.column)));
        sum.findings.extend(one.findings);
        sum.inconclusive.extend(one.inconclusive);
        sum.checks += one.checks;
    }
    sum.findings.sort_by_key(|finding| finding.severity);
    sum
}

/// The texts in which findings have their places.
fn texts(found: &[Found], findings: &[Finding]) -> BTreeMap<String, String> {
    let wanted: BTreeSet<&str> =
        findings.iter().filter_map(|finding| Some(finding.place.as_ref()?.file.as_str())).collect();
    let wanted = found.iter().filter(|one| wanted.contains(one.file.as_str()));
    wanted.map(|one| (one.file.clone(), one.text())).collect()
}

fn in_words(error: &LookupError) -> RunError {
    unreadable(error.to_string())
}
