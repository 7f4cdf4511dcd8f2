//! `authsome explain`: names cause and fix of what a provider, a library or a terminal said; or shows the page of a rule or
//! a cause. Looks at nothing but the text: no probes, no runtime, so that it answers at once.

mod batch;
mod pages;

use super::app::{App, Exit};
use super::args::Format;
use super::input::{self, usage};
use crate::diagnosis::{Diagnosis, Report, RunError, Status, Verdict, diagnose};
use crate::error_reader::{self, Paste};
use crate::facts::Facts;
use crate::report;
use crate::rules::names::nearest;
use crate::rules::{Rules, catalogue};
use crate::vendors;
use clap::Args;
use std::io::IsTerminal;
use std::time::Instant;

#[derive(Args, Clone, Default)]
pub struct ExplainArgs {
    /// What was said: TEXT, @FILE, or - for standard input. A rule's id or a cause shows its page
    #[arg(value_name = "TEXT")]
    pub said: Option<String>,
    /// TEXT is a text, even where a rule or a cause is called so
    #[arg(long)]
    pub text: bool,
    /// Whose error it is, where the text does not say
    #[arg(long, value_name = "PROVIDER")]
    pub provider: Option<String>,
    /// Explain every line of FILE (- for standard input): {"id": …, "input": "what was said", "provider": …} in, one JSON document a line out
    #[arg(long, value_name = "FILE", conflicts_with_all = ["said", "text", "provider"])]
    pub batch: Option<String>,
}

pub fn run(app: &App, args: &ExplainArgs) -> Result<Exit, RunError> {
    if let Some(file) = &args.batch {
        return batch::run(app, file);
    }
    let said = match &args.said {
        Some(said) => said.as_str(),
        None if std::io::stdin().is_terminal() => {
            return Err(usage("explain needs what was said: TEXT, @FILE, or - for standard input"));
        }
        None => "-",
    };
    let rules = app.rules()?;
    if !args.text {
        if let Some(rule) = rules.find(said) {
            return pages::rule(app, rule, &rules);
        }
        if let Some(cause) = catalogue::causes().iter().find(|cause| cause.label == said) {
            return pages::cause(app, cause, &rules);
        }
    }
    let paste = input::paste(said)?;
    let (ending, report) = explain(&rules, &paste, args.provider.as_deref())?;
    match ending {
        Ending::NotRecognised if app.format() != Format::Json => {
            let near = near(&rules, said).filter(|_| !args.text);
            app.answer_doc(&report::not_recognised(&report.facts, near))?;
        }
        Ending::NoLoginMatter if app.format() != Format::Json => app.answer_doc(&report::no_login_matter())?,
        _ => app.answer(&report)?,
    }
    Ok(ending.exit())
}

/// Reads and judges one text.
fn explain(rules: &Rules, paste: &Paste, provider: Option<&str>) -> Result<(Ending, Report), RunError> {
    let begin = Instant::now();
    if paste.text.trim().is_empty() {
        return Err(usage("there is nothing to explain: the text is empty"));
    }
    let mut facts = error_reader::read_paste(paste, "argument");
    if let Some(name) = provider {
        facts.set("error.provider", vendors::find(name).map_or(name, |vendor| vendor.id));
        facts.set("error.provider_because", "it was named beside the text");
    }
    name_provider(&mut facts, provider);
    let diagnosis = diagnose(rules.over(&facts), &facts);
    let ending = Ending::of(&diagnosis, &facts);
    let report = Report {
        command: "explain",
        verdict: Verdict { status: ending.status(&diagnosis), error: None },
        findings: diagnosis.findings,
        inconclusive: diagnosis.inconclusive,
        facts,
        checks: diagnosis.checks,
        took: begin.elapsed(),
        extra: serde_json::Map::new(),
    };
    Ok((ending, report))
}

/// How an explanation ends.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ending {
    Named,
    NoLoginMatter,
    NotRecognised,
}

impl Ending {
    fn of(diagnosis: &Diagnosis, facts: &Facts) -> Self {
        if !diagnosis.findings.is_empty() {
            Self::Named
        } else if facts.truth("error.about_login") == Some(true) {
            Self::NotRecognised
        } else {
            Self::NoLoginMatter
        }
    }

    fn status(self, diagnosis: &Diagnosis) -> Status {
        match self {
            Self::Named => diagnosis.verdict().status,
            Self::NoLoginMatter => Status::Healthy,
            Self::NotRecognised => Status::Inconclusive,
        }
    }

    fn exit(self) -> Exit {
        if self == Self::NotRecognised { Exit::Inconclusive } else { Exit::Fine }
    }
}

/// What is known of the vendor whose error it is, so that fixes speak of its pages and fields.
fn name_provider(facts: &mut Facts, named: Option<&str>) {
    let Some(name) = facts.text("error.provider").map(str::to_owned) else { return };
    let vendor = vendors::find(&name);
    facts.set("provider.name", named.unwrap_or(&name));
    facts.set("provider.title", vendor.map_or(name.as_str(), |vendor| vendor.title.as_str()));
    if let Some(vendor) = vendor {
        facts.set("provider.vendor", vendor.id);
        facts.set("provider.settings_url", vendor.settings_page(None).map(String::from));
        facts.set("provider.settings_hint", vendor.settings_hint.clone());
        facts.set("provider.redirect_field", vendor.redirect_field.clone());
    }
}

/// The rule or cause that somebody meant who typed one word.
fn near<'r>(rules: &'r Rules, said: &str) -> Option<&'r str> {
    let one_word = !said.contains(char::is_whitespace) && said.len() < 60;
    let names = rules.ids().chain(catalogue::causes().iter().map(|c| c.label.as_str()));
    nearest(said, names).filter(|_| one_word)
}
