//! `authsome check`: judges provider definitions, offline. Every definition is a document of facts of its own.

mod answer;
mod judge;
mod paths;

use super::app::{App, Exit};
use super::args::{FailOn, Format};
use super::definitions::shelves;
use super::input::{unreadable, usage};
use crate::authsome;
use crate::definition::Target;
use crate::diagnosis::{Report, RunError};
use crate::facts::Facts;
use crate::rules::compiled::Rule;
use crate::sink::{self, Doc, Stream};
use answer::{Also, Checked};
use clap::Args;
use judge::{Judge, together};
use paths::{definitions, in_words};
use serde_json::Map;
use std::collections::BTreeMap;
use std::path::PathBuf;
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
    /// The authsome version that the definitions are for [default: the newest known; without a PATH the installed one]
    #[arg(long, value_name = "VERSION")]
    pub authsome_version: Option<String>,
}

pub fn run(app: &App, args: &CheckArgs) -> Result<Exit, RunError> {
    let begin = Instant::now();
    let rules = app.rules()?;
    let rules: Vec<&Rule> = rules.of_section("definition").collect();
    let bundled = shelves(app).bundled_names(&*app.host.files).map_err(|error| in_words(&error))?;
    let wanted = definitions(app, &args.paths)?;
    let judge = Judge { rules, bundled, target: target(app, args)? };
    let mut listed = Vec::new();
    let mut facts = Facts::new();
    let mut all = Vec::new();
    let mut texts = BTreeMap::new();
    let mut files = Vec::new();
    for judged in judge.all(&*app.host.files, &wanted).map_err(|error| in_words(&error))? {
        listed.push(judged.entry);
        texts.extend(judged.text.map(|text| (judged.file.clone(), text)));
        files.push(judged.file);
        facts = judged.facts.unwrap_or_default();
        all.push(judged.diagnosis);
    }
    let diagnosis = together(all);
    let report = Report {
        command: "check",
        verdict: diagnosis.verdict(),
        findings: diagnosis.findings,
        inconclusive: diagnosis.inconclusive,
        facts,
        checks: diagnosis.checks,
        took: begin.elapsed(),
        extra: Map::from_iter([("definitions".to_owned(), listed.into())]),
    };
    let checked = Checked { report, rules: judge.rules, texts, files };
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

/// The version that is aimed at. One that nobody here has seen is like the last before it, which a person is told.
fn target(app: &App, args: &CheckArgs) -> Result<Target, RunError> {
    let Some(version) = &args.authsome_version else {
        let installed = authsome::installed_version(&app.host).filter(|_| args.paths.is_empty());
        return Ok(installed.map_or_else(Target::newest, |version| Target::of(&version)));
    };
    if !version.split('.').all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit())) {
        return Err(usage(format!(
            "--authsome-version {version} is no version: write one such as {}",
            Target::newest().version
        )));
    }
    let target = Target::of(version);
    if target.version != version {
        let note = format!("authsome {version} is not known to this program; judged as {}", target.version);
        sink::print(Stream::Err, Doc::new().line(note)).map_err(|error| unreadable(error.to_string()))?;
    }
    Ok(target)
}
