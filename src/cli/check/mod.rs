//! `authsome check`: judges provider definitions, offline unless `--online` is given. Every definition is a document of facts of its own.

mod answer;
mod judge;
mod living;
mod mending;
mod online;
mod outputs;
mod paths;

use super::app::{App, Exit};
use super::args::{FailOn, Format};
use super::definitions::shelves;
use super::input::{unreadable, usage};
use crate::authsome;
use crate::check::{Marks, Way, is_about_suppressions};
use crate::definition::{PACKAGE_FOLDER, Target};
use crate::diagnosis::{Aside, Docket, Report, RunError};
use crate::facts::Facts;
use crate::rules::compiled::Rule;
use crate::sink::{self, Doc, Stream};
use answer::{Also, Checked};
use clap::Args;
use judge::{Judge, together};
use living::LivingArgs;
use mending::Mending;
use online::OnlineArgs;
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
    /// What makes the exit code 1 [default: the config file's fail_on, else error]
    #[arg(long, value_name = "SEVERITY")]
    pub fail_on: Option<FailOn>,
    /// A further answer of the same run, in a file (repeatable): human, json, markdown, sarif, github or junit
    #[arg(long, value_name = "FORMAT=FILE")]
    pub also: Vec<Also>,
    /// The authsome version that the definitions are for [default: the config file's, else the newest known; without a PATH
    /// the installed one]
    #[arg(long, value_name = "VERSION")]
    pub authsome_version: Option<String>,
    #[command(flatten)]
    pub living: LivingArgs,
    #[command(flatten)]
    pub online: OnlineArgs,
}

pub fn run(app: &App, args: &CheckArgs) -> Result<Exit, RunError> {
    let begin = Instant::now();
    // Reports are read by a later step of a job, which may be another user.
    let app = &App { for_others: true, ..app.clone() };
    let all_rules = app.rules()?;
    let rules: Vec<&Rule> = all_rules.of_section("definition").collect();
    let first = Docket::of(rules.iter().copied().filter(|rule| !is_about_suppressions(rule)));
    let bundled = shelves(app).bundled_names(&*app.host.files).map_err(|error| in_words(&error))?;
    let wanted = definitions(app, &args.paths)?;
    outputs::check(app, args, &wanted)?;
    let way = living::way(app, &args.living, &args.paths, &wanted, &rules)?;
    let here = std::env::current_dir().unwrap_or_default();
    let judge = Judge {
        rules: first,
        bundled,
        in_package: here.ends_with(PACKAGE_FOLDER),
        target: target(app, args, &way)?,
        online: args.online.online,
        way: &way,
    };
    let mut mending = Mending::default();
    let done = if args.living.fix {
        mending.all(app, &args.living, &judge, &wanted)
    } else {
        let files = &*app.host.files;
        let seen = online::seen(app, args.online, || judge.facts(files, &wanted).map_err(|error| in_words(&error)))?;
        judge.all(files, &wanted, &seen)
    };
    let in_json = app.format() == Format::Json || args.also.iter().any(|also| also.format == Format::Json);
    let mut listed = Vec::new();
    let mut facts = Facts::new();
    let mut all = Vec::new();
    let mut texts = BTreeMap::new();
    let mut files = Vec::new();
    let (mut aside, mut marks) = (Aside::default(), Marks::default());
    for judged in done.map_err(|error| in_words(&error))? {
        listed.extend(in_json.then(|| judged.entry()));
        texts.extend(judged.text.map(|text| (judged.file.clone(), text.into())));
        files.push(judged.file);
        facts = judged.facts.unwrap_or_default();
        all.push(judged.diagnosis);
        aside.append(judged.aside);
        marks.append(judged.marks);
    }
    all.push(living::end(app, &args.living, &args.paths, &way, &files, &marks, &mut aside)?);
    let diagnosis = together(all);
    let mut extra = Map::from_iter([("definitions".to_owned(), listed.into())]);
    extra.extend(living::counts(&aside).map(|counts| ("suppressed".to_owned(), counts)));
    mending.write_keys(&mut extra);
    let report = Report {
        command: "check",
        verdict: diagnosis.verdict(),
        findings: diagnosis.findings,
        inconclusive: diagnosis.inconclusive,
        facts,
        checks: diagnosis.checks,
        took: begin.elapsed(),
        extra,
    };
    let way_to_mend = mending::way(args, &report.findings);
    let checked = Checked { report, rules, texts, files, aside, patches: mending.patches, way_to_mend };
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

/// The version that is aimed at. One that nobody here has seen is like the last before it, which a person is told.
fn target(app: &App, args: &CheckArgs, way: &Way) -> Result<Target, RunError> {
    let configured = way.config.as_ref().and_then(|config| config.authsome_version.as_ref());
    let Some(version) = args.authsome_version.as_ref().or(configured) else {
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
