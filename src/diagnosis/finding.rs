//! What a diagnosis gives: the model that every report renders (CONTRACT.md, "The JSON document").

use crate::facts::{Facts, Place, Value};
use crate::rules::{Certainty, FixPlan, Safety, Severity};
use std::time::Duration;

/// The result of one run of any command.
#[derive(Clone, Debug)]
pub struct Report {
    pub command: &'static str,
    pub verdict: Verdict,
    pub findings: Vec<Finding>,
    pub inconclusive: Vec<Inconclusive>,
    pub facts: Facts,
    /// How many rules took part.
    pub checks: usize,
    pub took: Duration,
    /// Keys of the command's own, beside the common ones (`login`: `login`, authsome's `v`, `status` …).
    pub extra: serde_json::Map<String, serde_json::Value>,
}

impl Report {
    /// The rest of it.
    #[must_use]
    pub fn without_findings(&self) -> Self {
        Self {
            command: self.command,
            verdict: self.verdict.clone(),
            findings: Vec::new(),
            inconclusive: self.inconclusive.clone(),
            facts: self.facts.clone(),
            checks: self.checks,
            took: self.took,
            extra: self.extra.clone(),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    Healthy,
    Warnings,
    Problems,
    Inconclusive,
    Error,
}

#[derive(Clone, Debug)]
pub struct Verdict {
    pub status: Status,
    /// Set when the run itself failed; then there are no findings.
    pub error: Option<RunError>,
}

/// Why a run gave no diagnosis: a usage error, or an input that cannot be read.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{message}")]
pub struct RunError {
    /// A stable word: `usage`, `unreadable_input`, `internal` …
    pub kind: &'static str,
    pub message: String,
    pub place: Option<Place>,
}

#[derive(Clone, Debug)]
pub struct Finding {
    pub rule: String,
    pub cause: String,
    pub severity: Severity,
    pub certainty: Certainty,
    pub title: String,
    pub explanation: String,
    pub evidence: Vec<Evidence>,
    /// Ids of the rules that explain this one.
    pub caused_by: Vec<String>,
    /// Cause labels that the facts leave open.
    pub alternatives: Vec<String>,
    /// The one question that would settle the alternatives.
    pub question: Option<String>,
    pub place: Option<Place>,
    pub fixes: Vec<FixOffer>,
    pub refs: Vec<String>,
    /// Of a rule from outside: its fixes are shown, never run.
    pub from_outside: bool,
}

/// One fact that made the rule fire. `value` is `None` where the fact is absent.
#[derive(Clone, Debug)]
pub struct Evidence {
    pub fact: String,
    pub value: Option<Value>,
    /// What the fact means, from the registry.
    pub meaning: &'static str,
}

/// A fix with its texts filled in, and what became of it.
#[derive(Clone, Debug)]
pub struct FixOffer {
    pub id: String,
    pub title: String,
    pub plan: FixPlan,
    pub safety: Safety,
    pub applied: bool,
    /// The probe that found the fault was run again and found it gone.
    pub verified: bool,
    /// Why it was not applied, or what went wrong.
    pub note: Option<String>,
}

/// A rule that could not be decided.
#[derive(Clone, Debug)]
pub struct Inconclusive {
    pub rule: String,
    pub title: String,
    pub severity: Severity,
    pub because: String,
}
