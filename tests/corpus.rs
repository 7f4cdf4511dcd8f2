//! How often the first cause that we name is the true one, on real wordings; per cause and per provider, with the confusions.
//! A third of them was never looked at while rules were written (fixtures/errors/README.md): what it shows is how we do on
//! wordings that we do not know.

mod common;

use authsome_doctor::diagnosis::diagnose;
use authsome_doctor::error_reader;
use authsome_doctor::rules::{Rules, catalogue};
use common::wordings::{Wording, wordings};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write;

/// What was reached, in percent: less is a step back. The aim for what nobody looked at is 92.
const HELD_OUT: f64 = 89.0;
const OPEN: f64 = 98.5;
/// Texts that are not about a login and get a cause. The aim is none.
const FALSE_ALARMS: usize = 4;

/// Divisible by three is what the sum of the bytes is, since 256 leaves 1.
fn held_out(wording: &Wording) -> bool {
    Sha256::digest(&wording.id).iter().map(|byte| u32::from(*byte)).sum::<u32>() % 3 == 0
}

fn is_right(wording: &Wording, named: Option<&str>) -> bool {
    named == wording.cause.as_deref() || named.is_some_and(|named| wording.also.iter().any(|also| also == named))
}

/// The first cause that `explain` names.
fn named(text: &str) -> Option<String> {
    let facts = error_reader::read(text, "argument");
    diagnose(Rules::built_in().over(&facts), &facts).findings.first().map(|first| first.cause.clone())
}

#[derive(Default)]
struct Score {
    right: usize,
    all: usize,
}

impl Score {
    fn add(&mut self, right: bool) {
        self.right += usize::from(right);
        self.all += 1;
    }

    fn percent(&self) -> f64 {
        100.0 * f64::from(u32::try_from(self.right).unwrap()) / f64::from(u32::try_from(self.all.max(1)).unwrap())
    }
}

/// What the rules make of some wordings.
#[derive(Default)]
struct Measured {
    total: Score,
    by_cause: BTreeMap<String, Score>,
    by_provider: BTreeMap<String, Score>,
    by_file: BTreeMap<String, Score>,
    /// True cause and named cause, with the ids.
    confusions: BTreeMap<(String, String), Vec<String>>,
    false_alarms: Vec<String>,
}

fn word(cause: Option<&str>) -> String {
    cause.unwrap_or("(none)").to_owned()
}

fn measure<'w>(wordings: impl Iterator<Item = &'w Wording>) -> Measured {
    let mut measured = Measured::default();
    for wording in wordings {
        let named = named(&wording.text);
        let right = is_right(wording, named.as_deref());
        let cause = word(wording.cause.as_deref());
        measured.total.add(right);
        measured.by_cause.entry(cause.clone()).or_default().add(right);
        measured.by_provider.entry(word(wording.provider.as_deref())).or_default().add(right);
        measured.by_file.entry(wording.file.clone()).or_default().add(right);
        if !right {
            let pair = (cause, word(named.as_deref()));
            measured.confusions.entry(pair).or_default().push(wording.id.clone());
        }
        if wording.cause.is_none() && !right {
            measured.false_alarms.push(wording.id.clone());
        }
    }
    measured
}

fn table(measured: &Measured, ids: bool) -> String {
    let mut text = String::new();
    let mut rows = |title: &str, scores: &BTreeMap<String, Score>| {
        writeln!(text, "  by {title}").unwrap();
        for (name, score) in scores {
            writeln!(text, "    {name:<40} {:>4} of {:>4}  {:>5.1} %", score.right, score.all, score.percent())
                .unwrap();
        }
    };
    rows("file", &measured.by_file);
    rows("cause", &measured.by_cause);
    rows("provider", &measured.by_provider);
    writeln!(text, "  confusions: true cause, named cause").unwrap();
    for ((cause, named), which) in &measured.confusions {
        let shown = if ids { which.join(" ") } else { String::new() };
        writeln!(text, "    {cause:<40} {named:<40} {:>3} {shown}", which.len()).unwrap();
    }
    text
}

fn report(title: &str, measured: &Measured, ids: bool) -> String {
    let (right, all, percent) = (measured.total.right, measured.total.all, measured.total.percent());
    format!("{title}: the true cause first in {right} of {all}, {percent:.1} %\n{}", table(measured, ids))
}

#[test]
fn the_true_cause_comes_first() {
    let wordings = wordings();
    assert!(wordings.len() >= 400, "{} wordings", wordings.len());
    let open = measure(wordings.iter().filter(|wording| !held_out(wording)));
    let hidden = measure(wordings.iter().filter(|wording| held_out(wording)));
    let text = report("held out", &hidden, false) + &report("open", &open, true);
    // Straight to the terminal: what a test prints when it passes is not shown otherwise.
    std::io::Write::write_all(&mut std::io::stderr(), text.as_bytes()).expect("stderr");
    assert!(hidden.total.percent() >= HELD_OUT, "held out: {:.1} %", hidden.total.percent());
    assert!(open.total.percent() >= OPEN, "open: {:.1} %", open.total.percent());
    let false_alarms = hidden.false_alarms.len() + open.false_alarms.len();
    assert!(false_alarms <= FALSE_ALARMS, "{false_alarms} texts about something else get a cause");
}

#[test]
fn the_rules_that_the_index_leaves_out_would_not_have_fired() {
    for wording in wordings() {
        let facts = error_reader::read(&wording.text, "argument");
        let rules = |findings: Vec<authsome_doctor::diagnosis::Finding>| {
            findings.into_iter().map(|one| one.rule).collect::<Vec<_>>()
        };
        let of_all = rules(diagnose(catalogue::built_in_rules(), &facts).findings);
        assert_eq!(rules(diagnose(Rules::built_in().over(&facts), &facts).findings), of_all, "{}", wording.id);
    }
}

#[test]
fn every_wording_has_an_id_of_its_own_and_a_known_cause() {
    let labels = catalogue::labels();
    let mut seen = std::collections::BTreeSet::new();
    for wording in wordings() {
        assert!(seen.insert(wording.id.clone()), "{} is there twice", wording.id);
        for label in wording.cause.iter().chain(&wording.also) {
            assert!(labels.contains(label), "{}: {label}", wording.id);
        }
    }
}
