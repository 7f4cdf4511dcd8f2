//! `authsome explain`: names cause and fix of what a provider, a library or a terminal said; or shows the page of a rule or
//! a cause. Looks at nothing but the text: no probes, no runtime, so that it answers at once.

use super::app::{App, Exit};
use super::args::Format;
use super::input::{self, usage};
use crate::diagnosis::{Diagnosis, Report, RunError, Status, Verdict, diagnose};
use crate::error_reader;
use crate::facts::Facts;
use crate::report;
use crate::rules::catalogue;
use crate::rules::causes::Cause;
use crate::rules::compiled::Rule;
use crate::rules::names::nearest;
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
}

pub fn run(app: &App, args: &ExplainArgs) -> Result<Exit, RunError> {
    let begin = Instant::now();
    let said = match &args.said {
        Some(said) => said.as_str(),
        None if std::io::stdin().is_terminal() => {
            return Err(usage("explain needs what was said: TEXT, @FILE, or - for standard input"));
        }
        None => "-",
    };
    let rules = app.rules()?;
    if !args.text {
        if let Some(rule) = rules.iter().find(|rule| rule.id == said) {
            return rule_page(app, rule, &rules);
        }
        if let Some(cause) = catalogue::causes().iter().find(|cause| cause.label == said) {
            return cause_page(app, cause, &rules);
        }
    }
    let paste = input::paste(said)?;
    if paste.text.trim().is_empty() {
        return Err(usage("there is nothing to explain: the text is empty"));
    }
    let mut facts = error_reader::read_paste(&paste, "argument");
    name_provider(&mut facts);
    let diagnosis = diagnose(rules.iter(), &facts);
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
fn name_provider(facts: &mut Facts) {
    let Some(name) = facts.text("error.provider").map(str::to_owned) else { return };
    let vendor = vendors::find(&name);
    facts.set("provider.name", name.as_str());
    facts.set("provider.title", vendor.map_or(name.as_str(), |vendor| vendor.title.as_str()));
    if let Some(vendor) = vendor {
        facts.set("provider.vendor", vendor.id);
        facts.set("provider.settings_url", vendor.settings_page(None).map(String::from));
        facts.set("provider.settings_hint", vendor.settings_hint.clone());
        facts.set("provider.redirect_field", vendor.redirect_field.clone());
    }
}

fn rule_page(app: &App, rule: &Rule, rules: &[Rule]) -> Result<Exit, RunError> {
    let version = crate::authsome::installed_version(&app.host);
    let cause = catalogue::causes().iter().find(|cause| cause.label == rule.cause);
    if app.format() == Format::Json {
        let mut document = report::envelope("explain");
        document["rule"] = report::rule_json(rule, version.as_deref());
        app.answer_json(&document)?;
    } else {
        app.answer_doc(&report::rule_as_read(rule, cause, &of_cause(rules, &rule.cause), version.as_deref()))?;
    }
    Ok(Exit::Fine)
}

fn cause_page(app: &App, cause: &Cause, rules: &[Rule]) -> Result<Exit, RunError> {
    let rules = of_cause(rules, &cause.label);
    if app.format() == Format::Json {
        let mut document = report::envelope("explain");
        document["cause"] = report::cause_json(cause, &rules);
        app.answer_json(&document)?;
    } else {
        app.answer_doc(&report::cause_page(cause, &rules))?;
    }
    Ok(Exit::Fine)
}

fn of_cause<'r>(rules: &'r [Rule], label: &str) -> Vec<&'r Rule> {
    rules.iter().filter(|rule| rule.cause == label).collect()
}

/// The rule or cause that somebody meant who typed one word.
fn near<'r>(rules: &'r [Rule], said: &str) -> Option<&'r str> {
    let one_word = !said.contains(char::is_whitespace) && said.len() < 60;
    let names = rules.iter().map(|rule| rule.id.as_str()).chain(catalogue::causes().iter().map(|c| c.label.as_str()));
    nearest(said, names).filter(|_| one_word)
}
