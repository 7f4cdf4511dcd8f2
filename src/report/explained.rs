//! What `explain` says beside findings: the pages of a rule and of a cause, and the answer to a text that no rule knows.

use super::command::ALONE;
use super::evidence;
use super::rule::command;
use super::wording::paragraphs;
use crate::facts::{Facts, Looked};
use crate::rules::causes::Cause;
use crate::rules::compiled::{Action, FactRef, Filter, Fix, Piece, Rule, Template};
use crate::sink::{Doc, Style};
use serde_json::{Value, json};
use std::collections::BTreeSet;

const INDENT: usize = 13;

/// The facts of a text that a person would check first.
const READ: &[(&str, &str)] = &[
    ("code", "error.code"),
    ("says", "error.description"),
    ("hint", "error.hint"),
    ("numbers", "error.numbers"),
    ("status", "error.status"),
    ("provider", "error.provider"),
    ("step", "error.step"),
];

/// A rule as a person reads it: what is wrong, how it shows, what to do. `rules show` has it as it is written.
/// `version`: of the installed authsome, in whose words its own commands are said.
pub fn rule_as_read(rule: &Rule, cause: Option<&Cause>, siblings: &[&Rule], version: Option<&str>) -> Doc {
    let mut doc = Doc::new();
    doc.push(Style::Strong, &rule.id).newline();
    doc.text("  ").flow(Style::Strong, 2, in_words(&rule.title)).newline().newline();
    for paragraph in paragraphs(&in_words(&rule.explanation)) {
        doc.text("  ").flow(Style::Plain, 2, paragraph).newline().newline();
    }
    for (index, fix) in rule.fixes.iter().enumerate() {
        let label = if index == 0 { "fix" } else { "" };
        doc.push(Style::Faint, format!("  {label:<11}")).push(Style::Strong, format!("{}  ", index + 1));
        doc.flow(Style::Plain, INDENT + 3, in_words(&fix.title)).newline();
        if let Some(line) = to_do(fix, version) {
            doc.text(" ".repeat(INDENT + 3)).flow(Style::Typed, INDENT + 3, line).newline();
        }
    }
    row(&mut doc, "could be", &rule.alternatives.join(", "));
    row(&mut doc, "to settle", &rule.question.as_ref().map(in_words).unwrap_or_default());
    if let Some(cause) = cause {
        row(&mut doc, "cause", &format!("{}: {}", cause.label, cause.fix));
    }
    let others: Vec<&str> =
        siblings.iter().filter(|other| other.id != rule.id).map(|other| other.id.as_str()).collect();
    row(&mut doc, "see also", &others.join(", "));
    list(&mut doc, "read", &rule.refs);
    if !rule.outside {
        row(&mut doc, "page", &page_of(&rule.cause, Some(&rule.id)));
    }
    doc
}

/// Where the generated documentation tells of a cause, or of a rule that names it; in this project.
pub fn page_of(cause: &str, rule: Option<&str>) -> String {
    let anchor = rule.map_or_else(String::new, |rule| format!("#{rule}"));
    format!("docs/causes/{cause}.md{anchor}")
}

/// What to fix, and the rules that name the cause: those for every provider; of the others, whose they are (`providers`, with
/// how many rules each has).
pub fn cause_page(cause: &Cause, rules: &[&Rule], providers: &[(&str, usize)]) -> Doc {
    let mut doc = Doc::new();
    doc.push(Style::Strong, &cause.label).newline();
    doc.text("  ").flow(Style::Plain, 2, format!("What to fix: {}.", cause.fix)).newline().newline();
    for (index, rule) in rules.iter().enumerate() {
        let label = if index == 0 { "rules" } else { "" };
        doc.push(Style::Faint, format!("  {label:<11}")).push(Style::Typed, &rule.id).newline();
        doc.text(" ".repeat(INDENT)).flow(Style::Plain, INDENT, in_words(&rule.title)).newline();
    }
    let of_each: Vec<String> = providers.iter().map(|(name, count)| format!("{name} ({count})")).collect();
    row(&mut doc, "rules of", &of_each.join(", "));
    list(&mut doc, "read", &references(rules));
    row(&mut doc, "page", &page_of(&cause.label, None));
    if let Some((name, _)) = providers.first() {
        doc.newline().push(Style::Faint, "  a provider's own rules: ");
        doc.push(Style::Typed, format!("authsome rules list --provider {name}"));
    }
    if let Some(rule) = rules.first() {
        doc.newline().push(Style::Faint, "  a rule's page has its fixes: ");
        doc.push(Style::Typed, format!("authsome explain {}", rule.id)).newline();
    }
    doc
}

pub fn cause_json(cause: &Cause, rules: &[&Rule]) -> Value {
    let rule = |rule: &&Rule| json!({"id": rule.id, "severity": rule.severity.word(), "title": in_words(&rule.title)});
    json!({
        "label": cause.label,
        "side": cause.side,
        "fix": cause.fix,
        "rules": rules.iter().map(rule).collect::<Vec<_>>(),
        "refs": references(rules),
    })
}

fn references(rules: &[&Rule]) -> Vec<String> {
    let mut seen = BTreeSet::new();
    rules.iter().flat_map(|rule| &rule.refs).filter(|reference| seen.insert(*reference)).cloned().collect()
}

fn row(doc: &mut Doc, label: &str, text: &str) {
    if !text.is_empty() {
        doc.push(Style::Faint, format!("  {label:<11}")).flow(Style::Plain, INDENT, text).newline();
    }
}

fn list(doc: &mut Doc, label: &str, lines: &[String]) {
    for (index, line) in lines.iter().enumerate() {
        row(doc, if index == 0 { label } else { "" }, line);
    }
}

/// A text without the facts of a run: what stands in for an absent fact, else the fact's own name.
pub fn in_words(template: &Template) -> String {
    let piece = |piece: &Piece| match piece {
        Piece::Plain(plain) => plain.clone(),
        Piece::Fact { fact, filters } => {
            let or = filters.iter().find_map(|f| if let Filter::Or(other) = f { Some(other.clone()) } else { None });
            or.unwrap_or_else(|| blank(fact))
        }
    };
    template.0.iter().map(piece).collect()
}

/// `‹redirect uri›`
fn blank(fact: &FactRef) -> String {
    format!("‹{}›", fact.fields.last().map_or("it", String::as_str).replace('_', " "))
}

/// What to type, open or read for a fix; none where a login does it.
pub fn to_do(fix: &Fix, version: Option<&str>) -> Option<String> {
    let words = |templates: &[Template]| templates.iter().map(in_words).collect::<Vec<_>>().join(" ");
    match &fix.action {
        Action::Run(arguments) => Some(words(arguments)),
        Action::Verb { verb, arguments } => {
            let mut line = command(verb, version);
            for (name, value) in arguments {
                let value = in_words(value);
                line += &match (name.as_str(), value.as_str()) {
                    (name, _) if ALONE.contains(&name) => format!(" {value}"),
                    (_, "true") => format!(" --{}", name.replace('_', "-")),
                    _ => format!(" --{} {value}", name.replace('_', "-")),
                };
            }
            Some(line)
        }
        Action::StartDaemon => Some(command("start_daemon", version)),
        Action::RestartDaemon => Some(command("restart_daemon", version)),
        Action::OpenUrl(url) => Some(in_words(url)),
        Action::Note(note) => Some(in_words(note)),
        _ => None,
    }
}

/// A text about a login that no rule knows: what was read in it, so that a person sees what was missed.
pub fn not_recognised(facts: &Facts, near: Option<&str>) -> Doc {
    let mut doc = Doc::new();
    doc.push(Style::Warn, "? ").push(Style::Strong, "Not recognised: no rule knows this text").newline();
    if let Some(near) = near {
        doc.text("  ").flow(Style::Plain, 2, format!("did you mean {near}?")).newline();
    }
    let mut label = "read";
    for (name, fact) in READ {
        let Looked::Known(value) = facts.get(fact) else { continue };
        let nothing = value.as_list().is_some_and(<[_]>::is_empty);
        let value = evidence::in_words(value);
        if !nothing && !value.is_empty() {
            doc.push(Style::Faint, format!("  {label:<11}"))
                .flow(Style::Plain, INDENT, format!("{name}: {value}"))
                .newline();
            label = "";
        }
    }
    doc.push(Style::Faint, format!("  {:<11}", "next"));
    doc.flow(Style::Plain, INDENT, "paste more of it: the whole answer, the page's text, or the lines around it")
        .newline();
    doc
}

pub fn no_login_matter() -> Doc {
    let mut doc = Doc::new();
    doc.push(Style::Good, "✔ ").line("Not a login matter: nothing in this text is about an OAuth login");
    doc
}
