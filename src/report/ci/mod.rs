//! `check` for machines that read along: what a code host, a pull request and a build server show.

mod github;
mod junit;
mod markdown;
mod sarif;

pub use github::github;
pub use junit::junit;
pub use markdown::markdown;
pub use sarif::sarif;

use super::prepare;
use super::wording::{fix_in_words, paragraphs};
use crate::diagnosis::identity::Names;
use crate::diagnosis::{By, Finding, Suppressed};
use crate::facts::Place;
use crate::sink::{redact_text, safe_line};

/// Why it is wrong, and each way to mend it on a line of its own.
fn words(finding: &Finding) -> String {
    let mut lines: Vec<String> = paragraphs(&finding.explanation).collect();
    lines.extend(finding.fixes.iter().map(|fix| format!("Fix: {}", safe_line(&fix_in_words(fix)))));
    lines.join("\n")
}

/// A file's name as it may be seen: from the top of the repository, where it lies there.
fn file_name(file: &str, names: &Names) -> String {
    redact_text(&names.relative(file).unwrap_or_else(|| file.to_owned()))
}

/// Why a finding does not count.
fn reason(one: &Suppressed, home: &str) -> Option<String> {
    let said = one.reason.as_deref().map(|reason| safe_line(&prepare::shown(reason, home)));
    said.or_else(|| (one.by == By::Baseline).then(|| "listed in the baseline".to_owned()))
}

/// Line and column, where a place has them.
fn spot(place: &Place) -> Option<(u32, u32)> {
    (place.line > 0).then_some((place.line, place.column.max(1)))
}
