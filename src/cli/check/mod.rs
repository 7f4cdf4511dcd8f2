//! `authsome check`: judges provider definitions, offline. Every definition is a document of facts of its own.

mod answer;
mod judge;
mod living;
mod mending;
mod paths;

use super::app::{App, Exit};
use super::args::{FailOn, Format};
use super::definitions::shelves;
use crate::check::is_about_suppressions;
use crate::definition::Found;
use crate::diagnosis::{Report, RunError};
use crate::facts::Facts;
use crate::rules::compiled::Rule;
use answer::{Also, Checked, texts};
use clap::Args;
use judge::{entry, judged, together};
use living::{LivingArgs, Sum};
use mending::Mending;
use paths::{definitions, in_words};
use serde_json::Map;
use std::path::PathBuf;
use std::time::Instant;

#[derive(Args, Clone, Default)]
pub struct CheckArgs {
    /// Definitions (JSON or JSONC) or folders of them [default: the installed authsome's, bundled and custom]
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// What makes the exit code 1 [default: the config file's fail_on, else error]
    #[arg(long, value_name = "SEVERITY")]
    pub fail_on: Option<FailOn>,
    /// A further answer of the same run, in a file (repeatable): human, json, sarif, github or junit
    #[arg(long, value_name = "FORMAT=FILE")]
    pub also: Vec<Also>,
    #[command(flatten)]
    pub living: LivingArgs,
}

pub fn run(app: &App, args: &CheckArgs) -> Result<Exit, RunError> {
    let begin = Instant::now();
    let all = app.rules()?;
    let rules: Vec<&Rule> = all.iter().filter(|rule| rule.sections == ["definition"]).collect();
    let first: Vec<&Rule> = rules.iter().copied().filter(|rule| !is_about_suppressions(rule)).collect();
    let bundled = shelves(app).bundled_names(&*app.host.files).map_err(|error| in_words(&error))?;
    let mut found = definitions(app, &args.paths)?;
    let way = living::way(app, &args.living, &args.paths, &found, &rules, &all)?;
    let judge = |one: &Found| judged(one, bundled.as_ref(), &first);

    let (mut sum, mut mending) = (Sum::default(), Mending::default());
    let mut listed = Vec::new();
    let mut facts = Facts::new();
    for one in &mut found {
        let settled = living::settle(&way, one, &judge);
        let mut settled = mending.mend(app, &args.living, &way, one, settled, &judge);
        listed.push(entry(one, &settled.facts, &settled.diagnosis.findings));
        facts = std::mem::take(&mut settled.facts);
        sum.add(settled);
    }
    living::end(app, &args.living, &args.paths, &way, &found, &mut sum)?;
    let Sum { all: diagnoses, aside, .. } = sum;
    let diagnosis = together(diagnoses);
    let mut extra = Map::from_iter([("definitions".to_owned(), listed.into())]);
    extra.extend(living::counts(&aside).map(|counts| ("suppressed".to_owned(), counts)));
    mending.write_keys(&mut extra);
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
        extra,
    };
    let files = found.iter().map(|one| one.file.as_str()).collect();
    let checked = Checked { report, rules, texts, files, aside, patches: mending.patches };
    let fail_on = living::fail_on(args.fail_on, &way);
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
