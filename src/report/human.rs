//! For a person: one verdict first, then how we know, then what to type. Nothing that need not be acted on.

use super::command::{self, Login, ToDo};
use super::wording::paragraphs;
use super::{View, compare, evidence, prepare, ready, table};
use crate::diagnosis::{Finding, FixOffer, Report, Status};
use crate::facts::Facts;
use crate::rules::{Certainty, Safety, Severity};
use crate::sink::{Doc, Style};
use std::collections::BTreeSet;

/// Where the texts behind a label begin.
const INDENT: usize = 15;

pub fn human(report: &Report, view: &View) -> Doc {
    let writer = Writer { report: &prepare::report(report, &view.home), view, doc: Doc::new() };
    writer.write()
}

struct Writer<'a> {
    report: &'a Report,
    view: &'a View,
    doc: Doc,
}

impl Writer<'_> {
    fn write(mut self) -> Doc {
        let report = self.report;
        if let Some(error) = &report.verdict.error {
            let place = error.place.as_ref().map_or_else(String::new, |place| format!("{place}: "));
            self.doc.push(Style::Bad, "✖ ");
            self.doc.flow(Style::Plain, 2, format!("{place}{}", error.message)).newline();
            return self.doc;
        }
        let is_lead = |finding: &&Finding| finding.severity == Severity::Error && finding.caused_by.is_empty();
        let leads: Vec<&Finding> = report.findings.iter().filter(is_lead).collect();
        if leads.is_empty() {
            self.heading();
        }
        for (index, lead) in leads.iter().enumerate() {
            if index > 0 {
                self.doc.newline();
            }
            self.problem(lead);
        }
        self.beside(!leads.is_empty());
        if !leads.is_empty() {
            self.could_not_tell("also could not tell");
        }
        if self.view.verbose {
            self.doc.append(table::looked_at(&report.facts));
        }
        self.summary(&leads);
        self.doc
    }

    /// The verdict of a run without an error.
    fn heading(&mut self) {
        let report = self.report;
        let warnings = count(report, Severity::Warning);
        let open = report.inconclusive.len();
        let is_login = matches!(report.command, "doctor" | "login");
        let to = provider_title(&report.facts).map_or_else(String::new, |provider| format!(" to {provider}"));
        let (mark, style, text) = match report.verdict.status {
            Status::Inconclusive if is_login => {
                let made = plural(open, "check could", "checks could");
                ("? ", Style::Warn, format!("Probably ready{to}: {made} not be made"))
            }
            Status::Inconclusive => (
                "? ",
                Style::Warn,
                format!("Could not tell: {} not be made", plural(open, "check could", "checks could")),
            ),
            _ if report.command == "login" => {
                ("✖ ", Style::Bad, "The login failed, and no rule knows this failure".to_owned())
            }
            _ if report.checks == 0 => {
                ("? ", Style::Warn, "Nothing was checked: no rule applies to what was asked".to_owned())
            }
            _ if is_login && warnings > 0 => {
                ("✔ ", Style::Good, format!("Ready to log in{to}, with {}", plural(warnings, "warning", "warnings")))
            }
            _ if is_login => ("✔ ", Style::Good, format!("Ready to log in{to}")),
            _ if warnings > 0 => ("! ", Style::Warn, format!("No error, {}", plural(warnings, "warning", "warnings"))),
            _ => ("✔ ", Style::Good, "Nothing wrong".to_owned()),
        };
        self.doc.push(style, mark).flow(Style::Strong, 2, text);
        if report.command != "login" {
            self.doc.push(Style::Faint, format!("  ({})", effort(report)));
        }
        self.doc.newline();
        if report.verdict.status == Status::Inconclusive {
            self.reasons();
        } else if is_login && report.command != "login" && !self.view.quiet {
            for (label, text) in ready::rows(&report.facts) {
                self.doc.push(Style::Faint, format!("  {label:<11}")).flow(Style::Plain, 13, text).newline();
            }
        }
    }

    /// An error in full.
    fn problem(&mut self, finding: &Finding) {
        self.doc.push(Style::Bad, "✖ ").flow(Style::Strong, 2, &finding.title).newline();
        if let Some(place) = &finding.place {
            self.doc.push(Style::Faint, "  --> ").text(place.to_string()).newline();
        }
        let comparison = compare::of(finding, &self.report.facts);
        if let Some(comparison) = &comparison {
            self.doc.newline();
            self.comparison(comparison);
        }
        if !finding.explanation.is_empty() {
            self.doc.newline();
            self.paragraphs(&finding.explanation);
        }
        self.how_we_know(finding, comparison.is_some());
        self.fixes(finding);
        let consequences: Vec<&Finding> =
            self.report.findings.iter().filter(|other| other.caused_by.contains(&finding.rule)).collect();
        self.doc.newline();
        for consequence in consequences.into_iter().filter(|_| !self.view.quiet) {
            self.row("follows", Style::Plain, &consequence.title);
        }
        self.row("more", Style::Typed, &format!("authsome explain {}", finding.rule));
    }

    fn comparison(&mut self, comparison: &compare::Comparison) {
        let width = comparison.rows.iter().map(|(label, _)| label.chars().count()).max().unwrap_or(0) + 2;
        for (label, uri) in &comparison.rows {
            self.doc.push(Style::Faint, format!("  {label:<width$}")).push(Style::Typed, uri).newline();
        }
        let column = 2 + width + comparison.differs_at;
        self.doc.text(" ".repeat(column)).push(Style::Warn, "^ ");
        self.doc.flow(Style::Plain, column + 2, &comparison.says).newline();
    }

    fn how_we_know(&mut self, finding: &Finding, compared: bool) {
        let shown: Vec<_> = evidence::shown(finding, self.view.verbose)
            .into_iter()
            .filter(|evidence| !compared || self.view.verbose || !compare::shows(&evidence.fact))
            .collect();
        if shown.is_empty() && finding.certainty == Certainty::Certain {
            return;
        }
        self.doc.newline();
        let mut label = "how we know";
        for evidence in shown {
            let name = if self.view.verbose { format!(" [{}]", evidence.fact) } else { String::new() };
            self.row(label, Style::Plain, &format!("{}{name}", evidence::sentence(evidence)));
            label = "";
        }
        if finding.certainty != Certainty::Certain {
            let others =
                finding.alternatives.iter().map(|label| label.replace('_', " ")).collect::<Vec<_>>().join(", ");
            let others = if others.is_empty() { String::new() } else { format!("; it could also be: {others}") };
            self.row("how sure", Style::Plain, &format!("{}{others}", finding.certainty.word()));
        }
        if let Some(question) = &finding.question {
            self.row("to settle", Style::Plain, question);
        }
    }

    /// Ways out, numbered where there are several.
    fn fixes(&mut self, finding: &Finding) {
        if finding.fixes.is_empty() {
            return;
        }
        self.doc.newline();
        let several = finding.fixes.len() > 1;
        for (index, fix) in finding.fixes.iter().enumerate() {
            let label = if index == 0 { "fix" } else { "" };
            let number = if several { format!("{}  ", index + 1) } else { String::new() };
            self.doc.push(Style::Faint, format!("  {label:<13}")).push(Style::Strong, &number);
            let indent = INDENT + number.len();
            self.doc.flow(Style::Plain, indent, &fix.title);
            self.fate(fix, indent);
            self.doc.newline();
            self.what_to_type(fix, indent);
        }
        if finding.from_outside {
            self.row("", Style::Faint, "(from a rule that is not built in: read it before you type it)");
        }
    }

    fn fate(&mut self, fix: &FixOffer, indent: usize) {
        let (style, text) = match (fix.applied, fix.verified, &fix.note) {
            (true, true, _) => (Style::Good, "done, and checked".to_owned()),
            (true, false, _) => (Style::Warn, "done, but the fault is still there".to_owned()),
            (false, _, Some(note)) => (Style::Faint, note.clone()),
            (false, _, None) => return,
        };
        self.doc.flow(style, indent, format!("  ({text})"));
    }

    /// What to type or open, under the title that says why.
    fn what_to_type(&mut self, fix: &FixOffer, indent: usize) {
        let blanks = " ".repeat(indent);
        let login = Login::of(&self.report.facts).or_version(self.view.installed.as_deref());
        match command::to_do(&fix.plan, login) {
            ToDo::Type(arguments) => {
                self.doc.text(&blanks).push(Style::Typed, command::line(&arguments, &self.view.home)).newline();
                self.other_words(fix, login, &blanks);
                for change in login.changes(&fix.plan) {
                    self.doc.text(&blanks).flow(Style::Faint, indent, format!("changes {change}")).newline();
                }
            }
            ToDo::Shell(lines) => {
                for line in lines {
                    self.doc.text(&blanks).push(Style::Typed, line).newline();
                }
            }
            ToDo::Open(url) => {
                self.doc.text(&blanks).push(Style::Typed, url).newline();
            }
            ToDo::Edit(what) => {
                self.doc.text(&blanks).flow(Style::Plain, indent, prepare::shortened(&what, &self.view.home)).newline();
            }
            ToDo::Read(text) if text.is_empty() || text == fix.title => {}
            ToDo::Read(text) => {
                self.doc.text(&blanks).flow(Style::Plain, indent, text).newline();
            }
        }
    }

    /// The installed version's words, second, where they are not ours.
    fn other_words(&mut self, fix: &FixOffer, login: Login, blanks: &str) {
        if let (Some(version), Some(theirs)) = (login.version, command::in_other_words(&fix.plan, login)) {
            let line = command::line(&theirs, &self.view.home);
            self.doc.text(blanks).push(Style::Faint, format!("authsome {version} itself: {line}")).newline();
        }
    }

    /// Warnings and notes, shortly.
    fn beside(&mut self, after_problems: bool) {
        for finding in &self.report.findings {
            let minor = finding.severity != Severity::Error && finding.caused_by.is_empty();
            if !minor || self.view.quiet && finding.severity == Severity::Note {
                continue;
            }
            let (mark, style) =
                if finding.severity == Severity::Warning { ("! ", Style::Warn) } else { ("- ", Style::Faint) };
            let also = if after_problems { "also: " } else { "" };
            self.doc.newline();
            self.doc.push(style, mark).flow(Style::Plain, 2, format!("{also}{}", finding.title));
            if finding.certainty != Certainty::Certain {
                self.doc.flow(Style::Faint, 2, format!(" ({})", finding.certainty.word()));
            }
            self.doc.newline();
            if let Some(place) = &finding.place {
                self.doc.push(Style::Faint, "  --> ").text(place.to_string()).newline();
            }
            if self.view.verbose {
                self.paragraphs(&finding.explanation);
                self.how_we_know(finding, false);
            }
            if let Some(fix) = finding.fixes.first() {
                self.what_to_type(fix, INDENT);
            }
            self.row("", Style::Faint, &format!("more: authsome explain {}", finding.rule));
        }
    }

    fn could_not_tell(&mut self, what: &str) {
        if self.report.inconclusive.is_empty() || self.view.quiet {
            return;
        }
        self.doc.newline();
        self.doc.push(Style::Warn, "? ").line(what);
        self.reasons();
    }

    /// Why rules stayed open, each reason once; with `-v` the rules too.
    fn reasons(&mut self) {
        let mut said = BTreeSet::new();
        for open in &self.report.inconclusive {
            let reason = evidence::because(&open.because);
            if self.view.verbose {
                self.doc.text("  ").flow(Style::Plain, 2, format!("{reason} [{}]", open.rule)).newline();
            } else if said.insert(reason.clone()) {
                self.doc.text("  ").flow(Style::Plain, 2, reason).newline();
            }
        }
    }

    /// "1 problem, 1 warning, 24 checks, 14 ms", and how to have it mended.
    fn summary(&mut self, leads: &[&Finding]) {
        let report = self.report;
        if leads.is_empty() || report.command == "login" || self.view.quiet {
            return;
        }
        let mut parts = vec![plural(count(report, Severity::Error), "problem", "problems")];
        for (severity, one, many) in [(Severity::Warning, "warning", "warnings"), (Severity::Note, "note", "notes")] {
            let number = count(report, severity);
            if number > 0 {
                parts.push(plural(number, one, many));
            }
        }
        if !report.inconclusive.is_empty() {
            parts.push(format!("{} could not be decided", report.inconclusive.len()));
        }
        parts.push(effort(report));
        self.doc.newline().push(Style::Faint, parts.join(", ")).newline();
        let can_be_applied = |fix: &FixOffer| fix.safety != Safety::Manual && !fix.applied && fix.note.is_none();
        let mendable = leads.iter().any(|lead| !lead.from_outside && lead.fixes.iter().any(can_be_applied));
        if report.command == "doctor" && mendable {
            let provider = report.facts.text("provider.name").map_or_else(String::new, |name| format!(" {name}"));
            self.doc.push(Style::Typed, format!("authsome doctor{provider} --fix"));
            self.doc.flow(Style::Faint, 2, "  applies what can be applied, and asks first").newline();
        }
    }

    fn row(&mut self, label: &str, style: Style, text: &str) {
        self.doc.push(Style::Faint, format!("  {label:<13}")).flow(style, INDENT, text).newline();
    }

    /// A rule's text: blank lines part paragraphs, line breaks within one are the author's margin.
    fn paragraphs(&mut self, text: &str) {
        for (index, paragraph) in paragraphs(text).enumerate() {
            if index > 0 {
                self.doc.newline();
            }
            self.doc.text("  ").flow(Style::Plain, 2, paragraph).newline();
        }
    }
}

/// What follows from something else is not counted.
fn count(report: &Report, severity: Severity) -> usize {
    report.findings.iter().filter(|finding| finding.severity == severity && finding.caused_by.is_empty()).count()
}

fn effort(report: &Report) -> String {
    format!("{}, {} ms", plural(report.checks, "check", "checks"), report.took.as_millis())
}

pub fn plural(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// The provider's name for people, where the facts have it.
pub fn provider_title(facts: &Facts) -> Option<&str> {
    facts.text("provider.title").or_else(|| facts.text("provider.name"))
}
