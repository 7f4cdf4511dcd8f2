//! Deleting a rule turns a test red: every built-in rule is named in a list that is kept by hand, and fires on a case of its own.

mod common;

use authsome_doctor::diagnosis::{Finding, diagnose};
use authsome_doctor::rules::Rules;
use authsome_doctor::rules::rule::Expect;
use common::World;
use common::rules::{facts_of, written};
use std::collections::BTreeSet;

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
