//! The story in words: one step after the other, and at the end the timeline and what was proved. Pure functions: what is
//! said, and when, is the story's.

use super::proofs::Proved;
use super::story::in_words;
use super::told::{Told, shares};
use crate::sink::{self, Doc, Stream, Style};
use std::time::Duration;

pub fn attempt(number: usize) -> Doc {
    let mut doc = Doc::new();
    doc.push(Style::Strong, format!("Attempt {number}")).newline().newline();
    doc
}

pub fn step(told: &Told) -> Doc {
    let mut doc = Doc::new();
    let time = in_words(told.took);
    let width = sink::screen(Stream::Err).width.clamp(60, 100);
    let head = format!("{:>2}  {}", told.number, told.step.title);
    let gap = width.saturating_sub(head.chars().count() + time.chars().count() + 2).max(2);
    doc.push(Style::Strong, head).text(" ".repeat(gap)).push(Style::Faint, time).newline();
    let mut under = |style: Style, hang: usize, text: &str| {
        doc.text("    ").flow(style, hang, text).newline();
    };
    for line in &told.lines {
        under(Style::Plain, 8, line);
    }
    let step = told.step;
    let reference = if step.reference.is_empty() { String::new() } else { format!(" ({})", step.reference) };
    under(Style::Faint, 4, &format!("{}{reference}", step.why));
    if !told.decision.is_empty() {
        under(if told.outcome == "failed" { Style::Bad } else { Style::Plain }, 7, &format!("-> {}", told.decision));
    }
    doc.newline();
    doc
}

/// A table of 77 columns.
pub fn timeline(steps: &[Told]) -> Doc {
    let mut doc = Doc::new();
    let row = |number: &str, title: &str, time: &str, share: &str| {
        format!("{number:>4}  {title:<44} {time:>8} {share:>6}   ")
    };
    doc.push(Style::Strong, "Where the time went").newline();
    doc.push(Style::Faint, row("", "step", "time", "share")).push(Style::Faint, "outcome").newline();
    let attempts = steps.last().map_or(1, |last| last.attempt);
    let mut attempt = 0;
    for (told, share) in steps.iter().zip(shares(steps)) {
        if attempts > 1 && told.attempt != attempt {
            attempt = told.attempt;
            doc.push(Style::Faint, format!("      attempt {attempt}")).newline();
        }
        let style = if told.done() { Style::Plain } else { Style::Bad };
        doc.text(row(&told.number.to_string(), told.step.title, &in_words(told.took), &format!("{share} %")));
        doc.push(style, &told.outcome).newline();
    }
    let all: Duration = steps.iter().map(|told| told.took).sum();
    doc.line(row("", "together", &in_words(all), "").trim_end()).newline();
    doc
}

pub fn proofs(proved: &Proved) -> Doc {
    let mut doc = Doc::new();
    if proved.proofs.is_empty() {
        return doc;
    }
    doc.push(Style::Strong, "What this run proves").newline();
    for proof in &proved.proofs {
        doc.text("  ")
            .push(Style::Good, "✔ ")
            .flow(Style::Plain, 4, format!("{}: {}", proof.what, proof.how))
            .newline();
    }
    for open in &proved.not_proved {
        doc.text("  ").push(Style::Faint, "? ").flow(Style::Faint, 4, format!("not proved: {open}")).newline();
    }
    doc.newline();
    doc
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::login::steps;
    use crate::sink::Screen;

    fn told(number: usize, attempt: usize, step: &'static steps::Step, outcome: &str, ms: u64) -> Told {
        Told {
            number,
            attempt,
            step,
            lines: Vec::new(),
            wire: None,
            outcome: outcome.into(),
            decision: String::new(),
            took: Duration::from_millis(ms),
        }
    }

    #[test]
    fn the_timeline_is_a_table_that_fits_eighty_columns_and_tells_attempts_apart() {
        let steps = [
            told(1, 1, &steps::LOOK, "done", 20),
            told(2, 1, &steps::SWAP, "failed", 60),
            told(10, 2, &steps::COMPARE, "done", 20),
        ];
        let text = timeline(&steps).render(&Screen { width: 80, ..Screen::PLAIN });
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(
            lines,
            [
                "Where the time went",
                "      step                                             time  share   outcome",
                "      attempt 1",
                "   1  Look first                                      20 ms   20 %   done",
                "   2  Swap the code for a token                       60 ms   60 %   failed",
                "      attempt 2",
                "  10  Compare what was granted with what was asked    20 ms   20 %   done",
                "      together                                       100 ms",
                "",
            ]
        );
        assert!(lines.iter().all(|line| line.chars().count() <= 80));
    }
}
