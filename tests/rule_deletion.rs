//! Deleting a rule turns a test red: every built-in rule is named in a list that is kept by hand, and fires on a case of its own.

mod common;

use authsome_doctor::diagnosis::{Finding, diagnose};
use authsome_doctor::error_reader;
use authsome_doctor::facts::{self, Facts};
use authsome_doctor::rules::rule::{CaseFacts, Expect, Written, read_file};
use authsome_doctor::rules::{Rules, catalogue};
use common::World;
use std::collections::BTreeSet;
use std::path::Path;

fn listed() -> BTreeSet<&'static str> {
    include_str!("rule_ids.txt").lines().collect()
}

#[test]
fn every_built_in_rule_is_on_the_list_and_every_rule_on_the_list_is_built_in() {
    let document = World::new().run(["rules", "list", "--format", "json"]).ends_with(0).document();
    let rules = document["rules"].as_array().expect("a list");
    let built_in: BTreeSet<&str> = rules.iter().map(|rule| rule["id"].as_str().expect("a text")).collect();
    let gone: Vec<_> = listed().difference(&built_in).copied().map(str::to_owned).collect();
    let new: Vec<_> = built_in.difference(&listed()).map(|id| (*id).to_owned()).collect();
    assert!(gone.is_empty(), "these rules are gone: {gone:?}");
    assert!(new.is_empty(), "these rules are not in tests/rule_ids.txt: {new:?}");
}

/// The facts of a case, as `rules test` makes them.
fn facts_of(case: &CaseFacts) -> Facts {
    match case {
        CaseFacts::Inline(facts) => facts.clone(),
        CaseFacts::Text { text, beside } => {
            let mut facts = error_reader::read(text, "argument");
            facts.merge(beside.clone());
            facts
        }
        CaseFacts::Fixture(name) => {
            let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name);
            let text = std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
            let json = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
            facts::read(&json).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
        }
    }
}

fn written() -> Vec<Written> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let files: BTreeSet<&str> = catalogue::built_in_rules().map(|rule| rule.file.as_str()).collect();
    let read = |file: &str| {
        let text = std::fs::read_to_string(root.join(file)).unwrap_or_else(|error| panic!("{file}: {error}"));
        let family = file.split('/').nth(1).expect("rules/family/subject.yaml");
        read_file(&text, file, family, false, &catalogue::labels()).0
    };
    files.into_iter().flat_map(read).collect()
}

#[test]
fn every_built_in_rule_fires_beside_all_others_on_a_case_of_its_own() {
    let silent: Vec<String> = written()
        .into_iter()
        .filter(|one| {
            let mut firing = one.cases.iter().filter(|case| case.expect == Expect::Fires);
            !firing.any(|case| {
                let facts = facts_of(&case.facts);
                let findings = diagnose(Rules::built_in().over(&facts), &facts).findings;
                // Of several readings of one text that name one cause the most specific stands for all.
                let stands = |finding: &Finding| {
                    finding.rule == one.rule.id || one.rule.reads_only() && finding.cause == one.rule.cause
                };
                findings.iter().any(stands)
            })
        })
        .map(|one| one.rule.id)
        .collect();
    assert!(silent.is_empty(), "never among the findings: {silent:?}");
}
