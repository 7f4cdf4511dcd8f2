//! The report as one HTML file: no script, nothing loaded, everything escaped by the template engine.

use super::command::{self, Login, ToDo};
use super::wording::paragraphs;
use super::{evidence, json, prepare};
use crate::diagnosis::{Finding, FixOffer, Report};
use crate::facts::Facts;
use crate::sink::{json_text, safe_block};
use minijinja::{AutoEscape, Environment, Value, context};

pub fn html(report: &Report, home: &str) -> String {
    let report = &prepare::report(report, home);
    let login = Login::of(&report.facts);
    let open = report.inconclusive.iter().map(|one| vec![evidence::because(&one.because), one.rule.clone()]);
    let (version, ms) = (env!("CARGO_PKG_VERSION"), report.took.as_millis());
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    let page = environment.render_str(
        include_str!("page.html"),
        context! {
            title => format!("authsome {}: {}", report.command, json::status(report.verdict.status)),
            error => report.verdict.error.as_ref().map(|error| &error.message),
            findings => report.findings.iter().map(|one| finding(one, login, home)).collect::<Vec<_>>(),
            open => open.collect::<Vec<_>>(),
            facts => json_text(&report.facts.to_json()),
            footer => format!("authsome-doctor {version}, {} checks, {ms} ms", report.checks),
        },
    );
    safe_block(&page.expect("the template is ours")) + "\n"
}

fn finding(finding: &Finding, login: Login, home: &str) -> Value {
    let evidence = finding.evidence.iter().map(|one| vec![evidence::meaning(one).to_owned(), evidence::value(one)]);
    context! {
        severity => finding.severity.word(),
        certainty => finding.certainty.word(),
        rule => &finding.rule,
        cause => &finding.cause,
        title => &finding.title,
        place => finding.place.as_ref().map(ToString::to_string),
        paragraphs => paragraphs(&finding.explanation).collect::<Vec<_>>(),
        evidence => evidence.collect::<Vec<_>>(),
        caused_by => finding.caused_by.join(", "),
        alternatives => finding.alternatives.join(", "),
        fixes => finding.fixes.iter().map(|one| vec![one.title.clone(), to_type(one, login, home)]).collect::<Vec<_>>(),
    }
}

/// What to type, open or read for a fix.
fn to_type(fix: &FixOffer, login: Login, home: &str) -> String {
    match command::to_do(&fix.plan, login) {
        ToDo::Type(arguments) => command::line(&arguments, home),
        ToDo::Shell(lines) => lines.join("\n"),
        ToDo::Open(text) | ToDo::Edit(text) | ToDo::Read(text) => prepare::shortened(&text, home),
    }
}

/// A way out for the page that a login shows.
pub struct Way {
    pub title: String,
    /// What to type or open; empty where there is nothing.
    pub typed: String,
    /// What to read; empty where the title says it all.
    pub note: String,
}

/// A finding for that page: how we know, and the ways out.
pub fn brief(finding: &Finding, facts: &Facts, home: &str) -> (Vec<String>, Vec<Way>) {
    let known = evidence::shown(finding, false).into_iter().map(evidence::sentence);
    let ways = finding.fixes.iter().map(|fix| {
        let text = to_type(fix, Login::of(facts), home);
        let is_note = matches!(command::to_do(&fix.plan, Login::of(facts)), ToDo::Read(_));
        let (typed, note) = if is_note { (String::new(), text) } else { (text, String::new()) };
        Way { note: if note == fix.title { String::new() } else { note }, title: fix.title.clone(), typed }
    });
    (known.collect(), ways.collect())
}
