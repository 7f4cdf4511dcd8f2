//! Every case of every built-in rule holds: deleting a rule, or a condition of one, turns this red.

mod common;

use authsome_doctor::diagnosis::cases;
use authsome_doctor::diagnosis::diagnose;
use authsome_doctor::error_reader;
use authsome_doctor::rules::rule::{CaseFacts, Expect};
use authsome_doctor::rules::{Rules, catalogue};
use common::rules::{facts_of, written};
use std::path::Path;

#[test]
fn every_case_of_every_built_in_rule_holds() {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let read = |text: &str| error_reader::read(text, "argument");
    let problems =
        cases::run(&written(), &catalogue::built_in_rules().cloned().collect::<Vec<_>>(), Some(&fixtures), read);
    let text: Vec<String> = problems.iter().map(ToString::to_string).collect();
    assert!(text.is_empty(), "{} of the cases do not hold:\n{}", text.len(), text.join("\n"));
}

#[test]
fn a_rule_over_words_has_two_firing_wordings_and_a_near_miss() {
    for one in written() {
        let only_text = one.rule.sections == ["error"];
        let firing = one.cases.iter().filter(|case| case.expect == Expect::Fires).count();
        assert!(!only_text || firing >= 2, "{} has {firing} firing wordings", one.rule.id);
    }
}

#[test]
fn what_a_rule_says_of_its_wordings_is_the_verdict_of_all_rules_together() {
    let mut wrong = Vec::new();
    let written = written();
    let cases = written.iter().flat_map(|one| one.cases.iter().map(move |case| (&one.rule, case)));
    for (rule, case) in cases.filter(|(_, case)| case.expect == Expect::Fires) {
        if !matches!(case.facts, CaseFacts::Text { .. }) {
            continue;
        }
        let facts = facts_of(&case.facts);
        let findings = diagnose(Rules::built_in().over(&facts), &facts).findings;
        let first = findings.first().map(|first| (first.cause.as_str(), first.caused_by.len()));
        if first != Some((rule.cause.as_str(), 0)) {
            let fired: Vec<_> = findings.iter().map(|f| format!("{} {:?}", f.rule, f.caused_by)).collect();
            wrong.push(format!("{}: {}: {}", rule.id, case.name, fired.join(", ")));
        }
    }
    assert!(wrong.is_empty(), "{} wordings get another verdict:\n{}", wrong.len(), wrong.join("\n"));
}
