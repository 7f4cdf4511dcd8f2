//! Which finding comes first, and what becomes of the others.

use super::diagnose;
use crate::facts::{self, Facts};
use crate::rules::compiled::Rule;
use crate::rules::examples;
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
