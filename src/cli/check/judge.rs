//! Judges definitions: every one is a document of facts of its own.

use crate::definition::{self, Found, Surroundings};
use crate::diagnosis::{Diagnosis, Finding};
use crate::facts::Facts;
use crate::probes::vendor;
use crate::rules::Severity;
use serde_json::json;
use std::collections::BTreeSet;

pub fn facts_of(found: &Found, bundled: Option<&BTreeSet<String>>) -> Facts {
    let read = found.read();
    let around = Surroundings { source: found.source, file: &found.file, bundled, in_use: None };
    let mut facts = definition::facts(read.as_ref().map_err(|broken| &**broken), around);
    if let Ok(document) = &read {
        facts.merge(vendor::of_definition(document, None, vendor::Asker::Check));
    }
    facts
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
