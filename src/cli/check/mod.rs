//! `authsome check`: judges provider definitions, offline unless `--online` is given. Every definition is a document of facts of its own.

mod answer;
mod judge;
mod online;
mod paths;

use super::app::{App, Exit};
use super::args::{FailOn, Format};
use super::definitions::shelves;
use crate::diagnosis::{Report, RunError, diagnose};
use crate::facts::Facts;
use crate::rules::compiled::Rule;
use answer::{Also, Checked, texts};
use clap::Args;
use judge::{entry, facts_of, together};
use online::OnlineArgs;
use paths::{definitions, in_words};
use serde_json::Map;
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
    #[command(flatten)]
    pub online: OnlineArgs,
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
    let seen = online::seen(app, args.online, || found.iter().map(|one| facts_of(one, bundled.as_ref())).collect())?;
    for (at, one) in found.iter().enumerate() {
        facts = facts_of(one, bundled.as_ref());
        facts.merge(seen.get(at).cloned().unwrap_or_default());
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
