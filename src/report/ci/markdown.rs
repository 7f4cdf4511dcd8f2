//! The summary page of a job: what was found, by severity, rule and place, as a table of Markdown. A page of a code host has a
//! largest size, so the table has one, too.

use super::super::check::{aside_in_words, counts, reasons};
use super::super::human::plural;
use super::super::markdown::{code, inline};
use super::super::prepare;
use super::super::wording::fix_in_words;
use super::{Names, file_name, spot};
use crate::diagnosis::{Aside, Finding, Report};
use crate::sink::disarmed;

/// More rows than this nobody reads.
const ROWS: usize = 200;

/// `number` is how many definitions were looked at; `aside` what was found in them and does not count.
pub fn markdown(report: &Report, aside: &Aside, number: usize, names: &Names, home: &str) -> String {
    let counts = match counts(report) {
        none if none.is_empty() && report.inconclusive.is_empty() => {
            if aside.is_empty() { "nothing wrong" } else { "nothing else wrong" }.to_owned()
        }
        none if none.is_empty() => "nothing wrong as far as could be told".to_owned(),
        some => some.join(", "),
    };
    let mut text = format!("### authsome check: {}, {counts}\n", plural(number, "definition", "definitions"));
    if !report.findings.is_empty() {
        text.push_str("\n| | place | what is wrong | how to mend it | rule |\n|---|---|---|---|---|\n");
        text.extend(report.findings.iter().take(ROWS).map(|finding| row(&prepare::finding(finding, home), names)));
    }
    let more = report.findings.len().saturating_sub(ROWS);
    if more > 0 {
        text.push_str(&format!("\nand {more} more, which the log of the job shows\n"));
    }
    let reasons = reasons(report, home);
    if !reasons.is_empty() {
        text.push_str("\nCould not tell everything:\n\n");
        text.extend(reasons.iter().take(ROWS).map(|reason| format!("- {}\n", inline(reason))));
    }
    if let Some(words) = aside_in_words(aside) {
        text.push_str(&format!("\n{words}\n"));
    }
    disarmed(&text).into_owned()
}

fn row(finding: &Finding, names: &Names) -> String {
    let place = finding.place.as_ref().map_or_else(String::new, |place| {
        let file = file_name(&place.file, names);
        code(&spot(place).map_or_else(|| file.clone(), |(line, column)| format!("{file}:{line}:{column}")))
    });
    let fixes: Vec<String> = finding.fixes.iter().map(|fix| inline(&fix_in_words(fix))).collect();
    let (severity, title, rule) = (finding.severity.word(), inline(&finding.title), code(&finding.rule));
    format!("| {severity} | {place} | {title} | {} | {rule} |\n", fixes.join("; or "))
}
