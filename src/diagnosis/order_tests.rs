//! Which finding comes first, and what becomes of the others.

use super::diagnose;
use crate::facts::{self, Facts};
use crate::rules::compiled::Rule;
use crate::rules::{Certainty, examples};
use serde_json::json;

/// A rule that fires on an error code.
fn rule(id: &str, cause: &str, rest: &str) -> Rule {
    let text = format!(
        "- id: {id}\n  cause: {cause}\n  severity: error\n  title: t\n  explanation: e\n  since: 0.1.0\n  \
         when: {{error.code: x_y}}\n{rest}  cases:\n    - {{name: a, facts: {{error: {{code: x_y}}}}, expect: fires}}\n    \
         - {{name: b, facts: {{error: {{code: y_z}}}}, expect: silent}}\n"
    );
    let (mut written, problems) = examples::read(&text);
    assert_eq!(problems, []);
    written.remove(0).rule
}

fn facts() -> Facts {
    facts::read(&json!({"error": {"code": "x_y"}})).expect("facts")
}

#[test]
fn two_rules_that_explain_each_other_leave_one_root() {
    let likely = "  certainty: likely\n  explained_by: [cause:client_not_found]\n";
    let possible = "  certainty: possible\n  explained_by: [cause:rate_limited]\n";
    let rules = [rule("b-possible", "client_not_found", possible), rule("a-likely", "rate_limited", likely)];
    let findings = diagnose(&rules, &facts()).findings;
    let ids: Vec<&str> = findings.iter().map(|finding| finding.rule.as_str()).collect();
    assert_eq!(ids, ["a-likely"]);
    assert!(findings[0].caused_by.is_empty());
}

#[test]
fn of_what_was_said_the_better_reading_stands_alone() {
    let general = rule("general", "rate_limited", "  explained_by: [cause:client_not_found]\n");
    let special = rule("special", "client_not_found", "  certainty: possible\n");
    let findings = diagnose([&general, &special], &facts()).findings;
    assert_eq!(findings.len(), 1);
    assert_eq!(findings[0].rule, "special");
    assert_eq!(diagnose([&general], &facts()).findings[0].rule, "general");
}

#[test]
fn what_a_login_can_do_stays_offered_whichever_rule_stands_in_the_place_of_the_general_one() {
    let general =
        "  fixes:\n    - {id: again, title: Again, retry_with: {}}\n    - {id: look, title: Look, note: general}\n";
    let own = "  fixes:\n    - {id: look, title: Look, note: own}\n    - {id: more, title: More, note: own}\n";
    for (general_is, own_is) in
        [("", "  explains: [cause:rate_limited]\n"), ("  certainty: likely\n", "  certainty: likely\n")]
    {
        let general = rule("general", "rate_limited", &format!("{general_is}{general}"));
        let mut special = rule("special", "rate_limited", &format!("{own_is}{own}"));
        special.specificity += 1;
        let findings = diagnose([&general, &special], &facts()).findings;
        assert_eq!(findings.len(), 1);
        assert_eq!(findings[0].rule, "special");
        let fixes: Vec<_> = findings[0].fixes.iter().map(|fix| (fix.id.as_str(), fix.plan.clone())).collect();
        let note = || crate::rules::FixPlan::Note("own".to_owned());
        assert_eq!(fixes.iter().map(|(id, _)| *id).collect::<Vec<_>>(), ["again", "look", "more"]);
        assert_eq!([&fixes[1].1, &fixes[2].1], [&note(), &note()], "its own before the general one");
    }
}

/// The facts of a rule over the callback path, with what is known of the version.
fn certainty_with(known_version: &serde_json::Value, more: &serde_json::Value) -> Certainty {
    let text = "- id: a\n  cause: rate_limited\n  severity: error\n  title: t\n  explanation: e\n  since: 0.1.0\n  \
                when: {callback.path: /cb}\n  cases:\n    - {name: a, facts: {callback: {path: /cb}}, expect: fires}\n    \
                - {name: b, facts: {callback: {path: /x}}, expect: silent}\n";
    let (mut written, problems) = examples::read(text);
    assert_eq!(problems, []);
    let mut facts =
        facts::read(&json!({"authsome": {"path": "/bin/authsome", "known_version": known_version}})).expect("facts");
    facts.merge(facts::read(more).expect("facts"));
    diagnose([&written.remove(0).rule], &facts).findings[0].certainty
}

#[test]
fn what_follows_from_a_version_that_we_do_not_know_is_likely_at_most() {
    let callback = json!({"callback": {"path": "/cb"}});
    assert_eq!(certainty_with(&json!(true), &callback), Certainty::Certain);
    assert_eq!(certainty_with(&json!(false), &callback), Certainty::Likely);
    assert_eq!(certainty_with(&json!({"$unknown": "a shim"}), &callback), Certainty::Likely);
    let by_flag = json!({"callback": {"path": "/cb", "known_from": "flag"}});
    assert_eq!(certainty_with(&json!(false), &by_flag), Certainty::Certain, "the person named it");
    let running =
        json!({"callback": {"path": "/cb", "known_from": "running_daemon"}, "daemon": {"known_version": false}});
    assert_eq!(certainty_with(&json!(true), &running), Certainty::Likely, "another version runs");
}

/// A rule of last resort over some words.
fn last_resort(id: &str, cause: &str, words: &str, rest: &str) -> Rule {
    let text = format!(
        "- id: {id}\n  cause: {cause}\n  severity: error\n  certainty: possible\n  last_resort: true\n  title: t\n  \
         explanation: e\n  since: 0.1.0\n  when:\n    error.text: {{contains: {words}}}\n{rest}  cases:\n    \
         - {{name: a, text: proxy clock, expect: fires}}\n    - {{name: b, text: x, expect: silent}}\n"
    );
    let (mut written, problems) = examples::read(&text);
    assert_eq!(problems, []);
    written.remove(0).rule
}

#[test]
fn a_last_resort_is_asked_where_nothing_else_was_read_and_the_one_with_most_words_stands() {
    let proxy = last_resort("proxy", "proxy_failure", "[proxy, tunnel]", "");
    let clock = last_resort("clock", "clock_skew", "[clock, future]", "");
    let facts = |code: &str, text: &str| facts::read(&json!({"error": {"code": code, "text": text}})).expect("facts");
    let judged = |rules: &[Rule], facts: &Facts| {
        let findings = diagnose(rules, facts).findings;
        findings.into_iter().map(|it| (it.rule, it.alternatives)).collect::<Vec<_>>()
    };
    let other = |id: &str, cause: &str| (id.to_owned(), vec![cause.to_owned()]);
    let rules = [proxy, clock, rule("known", "rate_limited", "")];
    let (more_proxy, more_clock) = ("clock, proxy and tunnel", "proxy; the clock is in the future");
    assert_eq!(judged(&rules, &facts("y_z", more_proxy)), [other("proxy", "clock_skew")]);
    assert_eq!(judged(&rules, &facts("y_z", more_clock)), [other("clock", "proxy_failure")]);
    assert_eq!(judged(&rules, &facts("x_y", more_proxy)), [("known".to_owned(), vec![])]);
    let root = last_resort("root", "dns_failure", "[clock]", "  explains: [cause:proxy_failure]\n");
    assert_eq!(judged(&[rules[0].clone(), root], &facts("y_z", more_proxy)), [("root".to_owned(), vec![])]);
}

#[test]
fn what_is_asked_last_is_possible_at_most() {
    let likely = "- id: a\n  cause: clock_skew\n  severity: error\n  certainty: likely\n  last_resort: true\n  title: t\n  \
                  explanation: e\n  since: 0.1.0\n  when: {error.code: x_y}\n  cases:\n    \
                  - {name: a, facts: {error: {code: x_y}}, expect: fires}\n    \
                  - {name: b, facts: {error: {code: y_z}}, expect: silent}\n";
    let said = |text: &str| examples::read(text).1.into_iter().map(|problem| problem.message).collect::<Vec<_>>();
    assert_eq!(said(likely), ["a rule of last resort has certainty: possible"]);
    let word = said(&likely.replace("last_resort: true", "last_resort: perhaps"));
    assert_eq!(word, ["last_resort must be true or false, not a text"]);
}
