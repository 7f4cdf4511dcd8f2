//! The sentences of a rule as running text, for whatever has lines of its own length.

use crate::diagnosis::FixOffer;
use crate::rules::FixPlan;

/// The paragraphs, each on one line: where a rule's author broke a line tells nothing.
pub fn paragraphs(text: &str) -> impl Iterator<Item = String> {
    text.split("\n\n").map(running).filter(|paragraph| !paragraph.is_empty())
}

/// A fix in one sentence, with what there is to know of it.
pub fn fix_in_words(fix: &FixOffer) -> String {
    match &fix.plan {
        FixPlan::Note(note) => running(&format!("{}: {note}", fix.title)),
        _ => running(&fix.title),
    }
}

fn running(text: &str) -> String {
    let mut words = text.split_ascii_whitespace();
    let mut running = words.next().unwrap_or_default().to_owned();
    for word in words {
        running.push(' ');
        running.push_str(word);
    }
    running
}
