//! What conditions mean: Kleene logic, absent facts, operators.

use super::compiled::Condition;
use super::evaluate::{Heads, Truth, View, judge, tested};
use super::names::Scope;
use super::problem::Desk;
use super::{condition, yaml};
use crate::facts::{self, Facts};
use serde_json::json;

fn facts() -> Facts {
    facts::read(&json!({
        "machine": {"now": "2026-11-22T10:00:00Z", "container": null, "os": "linux"},
        "authsome": {"version": "0.7.2", "path": {"$unknown": "PATH cannot be read"}},
        "port": {"number": 7998, "listeners": [
            {"address": "127.0.0.1", "covers_callback": true, "owner": {"kind": "other_program", "started_at": "2026-11-22T09:00:00Z"}},
            {"address": "::1", "covers_callback": false, "owner": {"$unknown": "hidden"}},
        ]},
        "login": {"requested_scopes": ["read", "write"], "granted_scopes": ["read"], "missing_scopes": []},
    }))
    .unwrap()
}

fn compile(text: &str) -> Condition {
    let mut desk = Desk::new("t", false, &[]);
    let condition = condition::compile(&mut desk, &Scope::default(), &yaml::parse(text).unwrap());
    assert_eq!(desk.problems, [], "{text}");
    condition
}

/// With and without knowing which names there are: that only spares a search.
fn truth(text: &str) -> Truth {
    let (condition, facts) = (compile(text), facts());
    let truth = judge(&condition, &View::new(&facts, None));
    let heads = Heads::of(&facts);
    assert_eq!(judge(&condition, &View::new(&facts, None).knowing(&heads)), truth, "{text}");
    truth
}

#[track_caller]
fn holds(text: &str) {
    assert_eq!(truth(text), Truth::True, "{text}");
}

#[track_caller]
fn fails(text: &str) {
    assert_eq!(truth(text), Truth::False, "{text}");
}

#[test]
fn shorthand_is_equality_and_a_list_is_one_of() {
    holds("port.number: 7998");
    fails("port.number: 80");
    holds("port.number: [80, 7998]");
}

#[test]
fn an_absent_fact_meets_only_exists_false_empty_and_is_not() {
    holds("machine.container: {exists: false}");
    holds("machine.container: {empty: true}");
    holds("machine.container: {is_not: docker}");
    fails("machine.container: docker");
    fails("machine.container: {contains: d}");
    fails("machine.container: {exists: true}");
}

#[test]
fn unknown_is_neither_true_nor_false_and_says_why() {
    let Truth::Unknown(why) = truth("authsome.path: {exists: true}") else { panic!() };
    assert_eq!(why, "authsome.path: PATH cannot be read");
    fails("{authsome.path: {exists: true}, port.number: 1}");
    assert!(matches!(truth("{authsome.path: {exists: true}, port.number: 7998}"), Truth::Unknown(_)));
    holds("any: [{authsome.path: x}, {port.number: 7998}]");
    assert!(matches!(truth("any: [{authsome.path: x}, {port.number: 1}]"), Truth::Unknown(_)));
    assert!(matches!(truth("not: {authsome.path: x}"), Truth::Unknown(_)));
}

#[test]
fn what_was_not_asked_takes_no_part() {
    assert_eq!(truth("browser.can_open: false"), Truth::NotAsked);
    assert_eq!(truth("{browser.can_open: false, port.number: 7998}"), Truth::NotAsked);
    fails("{browser.can_open: false, port.number: 1}");
    assert_eq!(truth("any: [{browser.can_open: false}, {authsome.path: x}]"), Truth::NotAsked);
}

#[test]
fn items_of_lists_are_looked_at_one_by_one() {
    holds("any_item: {in: port.listeners, where: {address: \"::1\"}}");
    fails("no_item: {in: port.listeners, where: {address: \"::1\"}}");
    holds("any_item: {in: port.listeners, where: {owner.kind: other_program, covers_callback: true}}");
    assert!(matches!(truth("any_item: {in: port.listeners, where: {owner.kind: service}}"), Truth::Unknown(_)));
}

#[test]
fn times_are_held_against_the_clock_of_the_facts() {
    holds("any_item: {in: port.listeners, where: {owner.started_at: {older_than: 30min}}}");
    fails("{any_item: {in: port.listeners, where: {address: 127.0.0.1, owner.started_at: {younger_than: 30min}}}}");
}

#[test]
fn texts_versions_and_networks() {
    holds("authsome.version: {version: \">=0.6, <0.8\"}");
    fails("authsome.version: {version: \"<0.6\"}");
    holds("authsome.version: {starts_with: [\"0.6\", \"0.7\"]}");
    holds("authsome.version: {matches: \"^0\\\\.7\"}");
    holds("any_item: {in: port.listeners, where: {address: {in_cidr: 127.0.0.0/8}}}");
    holds("machine.os: {iequals: LINUX}");
}

#[test]
fn lists_against_lists_and_facts() {
    holds("login.granted_scopes: {subset_of: {fact: login.requested_scopes}}");
    fails("login.requested_scopes: {subset_of: {fact: login.granted_scopes}}");
    holds("login.requested_scopes: {overlaps: [write, admin]}");
    holds("login.requested_scopes: {contains: write}");
    holds("login.missing_scopes: {empty: true}");
    holds("port.number: {is: {fact: port.number}, ge: 1024, lt: 65536}");
}

#[test]
fn a_proved_condition_says_which_facts_it_saw() {
    let text = "any_item: {in: port.listeners, where: {address: 127.0.0.1, owner.kind: other_program}}";
    let seen = tested(&compile(text), &View::new(&facts(), None));
    let seen: Vec<String> = seen.iter().map(ToString::to_string).collect();
    assert_eq!(seen, ["port.listeners[0].address", "port.listeners[0].owner.kind"]);
}
