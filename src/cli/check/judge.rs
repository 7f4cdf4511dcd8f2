//! Judges definitions: every one is a document of facts of its own.

use crate::check::Judged;
use crate::definition::{self, Found, Surroundings};
use crate::diagnosis::{Diagnosis, Finding, diagnose};
use crate::facts::Facts;
use crate::rules::Severity;
use crate::rules::compiled::Rule;
use serde_json::json;
use std::collections::BTreeSet;

fn facts_of(found: &Found, bundled: Option<&BTreeSet<String>>) -> Facts {
    let read = found.read();
    let around = Surroundings { source: found.source, file: &found.file, bundled, in_use: None };
    definition::facts(read.as_ref().map_err(|broken| &**broken), around)
}

pub fn judged(found: &Found, bundled: Option<&BTreeSet<String>>, rules: &[&Rule]) -> Judged {
    let facts = facts_of(found, bundled);
    let diagnosis = diagnose(rules.iter().copied(), &facts);
    Judged { facts, diagnosis }
}

/// One definition in the document's list.
pub fn entry(found: &Found, facts: &Facts, findings: &[Finding]) -> serde_json::Value {
    let count = |severity| findings.iter().filter(|finding| finding.severity == severity).count();
    let mut entry = json!({
        "file": found.file,
        "source": found.source.word(),
        "errors": count(Severity::Error),
        "warnings": count(Severity::Warning),
    });
    if let Some(name) = facts.text("definition.name") {
        entry["name"] = name.into();
    }
    entry
}

/// Errors first, then warnings, then notes; within these by definition, and in it by place.
pub fn together(all: Vec<Diagnosis>) -> Diagnosis {
    let mut sum = Diagnosis { findings: Vec::new(), inconclusive: Vec::new(), checks: 0 };
    for mut one in all {
        one.findings.sort_by_key(|finding| finding.place.as_ref().map(|place| (place.line, place.column)));
        sum.findings.extend(one.findings);
        sum.inconclusive.extend(one.inconclusive);
        sum.checks += one.checks;
    }
    sum.findings.sort_by_key(|finding| finding.severity);
    sum
}
