//! `check` for a person: each finding at its line of the file, as compilers show it, and a count at the end.

use super::evidence::because;
use super::excerpt::{self, Excerpt};
use super::human::plural;
use super::wording::fix_in_words;
use super::{View, prepare};
use crate::diagnosis::{Aside, By, Finding, Report};
use crate::facts::Place;
use crate::rules::Severity;
use crate::sink::{Doc, Source, Style, safe_line};
use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use std::collections::{BTreeMap, BTreeSet};

/// Longer lines of sentences are hard to read, however much room there is.
const LONGEST_LINE: usize = 90;
/// Before what stands below a title: the number of a line, and ` = note: `.
const INDENT: usize = 13;

/// One finding at its line; `texts` are the files' contents by the names that the places use. Nothing of a note where only
/// problems are wanted. No line is longer than `width` characters, unless a word is.
pub fn finding(finding: &Finding, texts: &BTreeMap<String, Source>, view: &View, width: usize) -> Doc {
    let mut doc = Doc::new();
    if !(view.quiet && finding.severity == Severity::Note) {
        let finding = prepare::finding(finding, &view.home);
        doc.coloured(&rendered(&finding, texts, view.verbose, width)).newline().newline();
    }
    doc
}

/// What follows the findings; `number` is how many definitions were looked at.
pub fn summary(report: &Report, aside: &Aside, number: usize, way_to_mend: Option<&str>, view: &View) -> Doc {
    let mut doc = Doc::new();
    could_not_tell(report, view, &mut doc);
    let counts = counts(report);
    let definitions = plural(number, "definition", "definitions");
    match &counts[..] {
        [] if view.quiet => {}
        [] if !report.inconclusive.is_empty() => {
            doc.push(Style::Warn, "? ").line(format!("{definitions}, nothing wrong as far as could be told"));
        }
        [] => {
            let else_ = if aside.is_empty() { "" } else { "else " };
            doc.push(Style::Good, "✔ ").line(format!("{definitions}, nothing {else_}wrong"));
        }
        _ => {
            doc.line(format!("{definitions}, {}", counts.join(", ")));
        }
    }
    if let Some(words) = aside_in_words(aside).filter(|_| !view.quiet) {
        doc.line(words);
    }
    if let Some(line) = way_to_mend.filter(|_| !view.quiet) {
        doc.line(line);
    }
    doc
}

/// How many of each severity.
pub(super) fn counts(report: &Report) -> Vec<String> {
    let count = |severity| report.findings.iter().filter(|finding| finding.severity == severity).count();
    [(Severity::Error, "error"), (Severity::Warning, "warning"), (Severity::Note, "note")]
        .into_iter()
        .filter(|(severity, _)| count(*severity) > 0)
        .map(|(severity, word)| plural(count(severity), word, &format!("{word}s")))
        .collect()
}

/// Why rules stayed open, each reason once.
fn could_not_tell(report: &Report, view: &View, doc: &mut Doc) {
    let reasons = reasons(report, &view.home);
    if reasons.is_empty() || view.quiet {
        return;
    }
    doc.push(Style::Warn, "? ").line("Could not tell everything");
    for reason in reasons {
        doc.text("  ").flow(Style::Plain, 2, reason).newline();
    }
    doc.newline();
}

pub(super) fn reasons(report: &Report, home: &str) -> BTreeSet<String> {
    report.inconclusive.iter().map(|open| because(&prepare::inconclusive(open, home).because)).collect()
}

/// How much does not count, and who said so.
pub(super) fn aside_in_words(aside: &Aside) -> Option<String> {
    let parts = [
        (aside.by(By::Inline), "by comments in the definitions"),
        (aside.by(By::Config), "by the config file"),
        (aside.by(By::Baseline), "listed in the baseline"),
        (aside.unchanged, "there before this change"),
    ];
    let parts: Vec<String> =
        parts.iter().filter(|(number, _)| *number > 0).map(|(number, who)| format!("{number} {who}")).collect();
    (!parts.is_empty()).then(|| format!("not counted: {}", parts.join(", ")))
}

fn rendered(finding: &Finding, texts: &BTreeMap<String, Source>, verbose: bool, width: usize) -> String {
    let level = match finding.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let explanation = one_line(&finding.explanation);
    let found = finding.place.as_ref().and_then(|place| excerpt::of(texts.get(&*place.file)?, place));
    let label =
        label(&explanation, width.saturating_sub(found.as_ref().map_or(INDENT, |it| before_label(it, finding))));
    let title = safe_line(&finding.title);
    let mut group = Group::with_title(level.primary_title(title.as_str()).id(finding.rule.as_str()));
    if let (Some(place), Some(Excerpt { line, span })) = (&finding.place, &found) {
        let annotation = AnnotationKind::Primary.span(span.clone()).label(label);
        let first = usize::try_from(place.line).unwrap_or(1);
        group = group.element(Snippet::source(line.as_str()).line_start(first).annotation(annotation));
    }
    // What could not stand beside the place stands below it.
    if !explanation.is_empty() && (verbose || found.is_none() || label.is_none()) {
        group = group.element(Level::NOTE.message(wrapped(&explanation, width.min(LONGEST_LINE + INDENT) - INDENT)));
    }
    for fix in &finding.fixes {
        group = group.element(
            Level::HELP
                .with_name("fix")
                .message(wrapped(&one_line(&fix_in_words(fix)), width.min(LONGEST_LINE + INDENT) - INDENT)),
        );
    }
    let more = format!("authsome explain {}", finding.rule);
    group = group.element(Level::HELP.with_name("more").message(more));
    let rendered = Renderer::styled().decor_style(DecorStyle::Ascii).term_width(width).render(&[group]);
    // The renderer would count the column in the line that is shown, which may be cut.
    match (rendered.split_once('\n'), &finding.place) {
        (Some((first, rest)), Some(place)) => {
            let first = first.replacen(&title, &title_in_lines(finding, &title, width), 1);
            format!("{first}\n{}\n{rest}", header(place))
        }
        _ => rendered,
    }
}

/// The renderer would put the further lines below the first one's words, which are far to the right.
fn title_in_lines(finding: &Finding, title: &str, width: usize) -> String {
    let before = format!("{}[{}]: ", finding.severity.word(), finding.rule);
    let lines = wrapped(&format!("{before}{title}"), width - 2).replace('\n', "\n  ");
    lines.strip_prefix(&before).unwrap_or(title).to_owned()
}

fn header(place: &Place) -> String {
    let (file, line, column) = (safe_line(&place.file), place.line, place.column);
    let gutter = if line > 0 { line.to_string().len() } else { 1 };
    let spot = if line > 0 { format!("{file}:{line}:{column}") } else { file };
    format!("{:gutter$}--> {spot}", "")
}

/// Where the words beside a place begin: behind the line's number, what stands before the place, and the marks below it.
fn before_label(excerpt: &Excerpt, finding: &Finding) -> usize {
    let number = finding.place.as_ref().map_or(1, |place| place.line.to_string().len());
    number + " |  ".len() + excerpt.line[..excerpt.span.end].chars().count()
}

/// The first sentence, where it stands beside the place without being longer than that.
fn label(explanation: &str, longest: usize) -> Option<&str> {
    let sentence = explanation.split_once(". ").map_or(explanation, |(first, _)| first).trim_end_matches('.');
    Some(sentence).filter(|it| !it.is_empty() && it.chars().count() <= longest)
}

/// Lines of bearable length; words are never parted.
fn wrapped(text: &str, longest: usize) -> String {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let Some(line) = lines.last_mut() else { break };
        if !line.is_empty() && line.chars().count() + word.chars().count() >= longest {
            lines.push(word.to_owned());
        } else {
            line.push_str(if line.is_empty() { "" } else { " " });
            line.push_str(word);
        }
    }
    lines.join("\n")
}

fn one_line(text: &str) -> String {
    safe_line(text.trim())
}
