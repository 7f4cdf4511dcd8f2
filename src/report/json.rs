//! The JSON document of CONTRACT.md, schema version "1". A key that has nothing to say is left out.

use super::command::{self, Login};
use super::many::{Each, List};
use super::{explained, prepare};
use crate::diagnosis::{Evidence, Finding, FixOffer, Report, RunError, Status};
use crate::facts::Place;
use crate::rules::FixPlan;
use serde_json::{Map, Value, json};

/// What every document begins with.
pub fn envelope(command: &str) -> Value {
    json!({
        "schema_version": "1",
        "tool": {"name": env!("CARGO_PKG_NAME"), "version": env!("CARGO_PKG_VERSION")},
        "command": command,
    })
}

pub fn json(report: &Report, home: &str) -> Value {
    let report = prepare::report(report, home);
    let mut document = Object(envelope(report.command));
    document.put("verdict", verdict(&report));
    if let Some(error) = &report.verdict.error {
        document.put("error", run_error(error));
    } else {
        let login = Login::of(&report.facts);
        document.put("findings", report.findings.iter().map(|one| finding(one, login)).collect::<Value>());
        let open = |one: &crate::diagnosis::Inconclusive| json!({"rule": one.rule, "because": one.because});
        document.put_filled("inconclusive", report.inconclusive.iter().map(open).collect::<Value>());
        document.put_filled("facts", report.facts.to_json());
        let total = u64::try_from(report.took.as_millis()).unwrap_or(u64::MAX);
        document.put("timings_ms", json!({"total": total}));
    }
    for (key, value) in &report.extra {
        document.put_new(key, value);
    }
    document.0
}

/// The same document as text, in parts, for findings by the thousand.
pub fn json_of_many<'a>(report: &'a Report, home: &'a str, each: impl Each + 'a) -> impl Iterator<Item = String> + 'a {
    let login = Login::of(&report.facts);
    let mut frame = json(&report.without_findings(), home);
    frame["verdict"] = verdict(report);
    let list = List { key: "findings", indent: 2 };
    let text = move |_: usize, one: &Finding| finding(&prepare::finding(one, home), login);
    list.parts(&frame, report.findings.iter().collect(), each, text)
}

/// A JSON object under construction.
struct Object(Value);

impl Object {
    fn new() -> Self {
        Self(Value::Object(Map::new()))
    }

    fn put(&mut self, key: &str, value: impl Into<Value>) {
        self.0[key] = value.into();
    }

    /// Only where it says something.
    fn put_filled(&mut self, key: &str, value: impl Into<Value>) {
        let value = value.into();
        let says_nothing = match &value {
            Value::Null => true,
            Value::String(text) => text.is_empty(),
            Value::Array(items) => items.is_empty(),
            Value::Object(fields) => fields.is_empty(),
            Value::Bool(_) | Value::Number(_) => false,
        };
        if !says_nothing {
            self.put(key, value);
        }
    }

    /// Our own keys are never overwritten.
    fn put_new(&mut self, key: &str, value: &Value) {
        if self.0.get(key).is_none() {
            self.put(key, value.clone());
        }
    }
}

fn verdict(report: &Report) -> Value {
    let first = report.findings.first();
    let mut verdict = Object::new();
    verdict.put("status", status(report.verdict.status));
    verdict.put("cause", first.map(|finding| finding.cause.clone()));
    verdict.put("rule", first.map(|finding| finding.rule.clone()));
    verdict.put_filled("certainty", first.map(|finding| finding.certainty.word()));
    verdict.0
}

pub fn status(status: Status) -> &'static str {
    match status {
        Status::Healthy => "healthy",
        Status::Warnings => "warnings",
        Status::Problems => "problems",
        Status::Inconclusive => "inconclusive",
        Status::Error => "error",
    }
}

fn run_error(error: &RunError) -> Value {
    let mut object = Object::new();
    object.put("kind", error.kind);
    object.put("message", error.message.clone());
    object.put_filled("location", error.place.as_ref().map(location));
    object.0
}

fn finding(finding: &Finding, login: Login) -> Value {
    let mut object = Object::new();
    object.put("rule", finding.rule.clone());
    object.put("cause", finding.cause.clone());
    object.put("severity", finding.severity.word());
    object.put("certainty", finding.certainty.word());
    object.put("title", finding.title.clone());
    object.put_filled("explanation", finding.explanation.clone());
    object.put_filled("evidence", finding.evidence.iter().map(evidence).collect::<Value>());
    object.put_filled("caused_by", finding.caused_by.clone());
    object.put_filled("alternatives", finding.alternatives.clone());
    object.put_filled("question", finding.question.clone());
    object.put_filled("location", finding.place.as_ref().map(location));
    object.put_filled("fixes", finding.fixes.iter().map(|one| fix(one, login)).collect::<Value>());
    object.put_filled("refs", finding.refs.clone());
    if !finding.from_outside {
        object.put("page", explained::page_of(&finding.cause, Some(&finding.rule)));
    }
    object.0
}

/// An absent fact has no value.
fn evidence(evidence: &Evidence) -> Value {
    let mut object = Object::new();
    object.put("fact", evidence.fact.clone());
    if let Some(value) = &evidence.value {
        object.put("value", value.to_json());
    }
    object.0
}

fn location(place: &Place) -> Value {
    let mut object = Object::new();
    object.put_filled("file", &*place.file);
    // Counted from 1: 0 is a place without a line.
    object.put_filled("line", Some(place.line).filter(|line| *line > 0));
    object.put_filled("column", Some(place.column).filter(|column| *column > 0));
    object.put_filled("pointer", place.pointer.clone());
    object.0
}

fn fix(fix: &FixOffer, login: Login) -> Value {
    let mut object = Object::new();
    object.put("id", fix.id.clone());
    object.put("title", fix.title.clone());
    object.put("kind", fix.plan.kind());
    object.put_filled("command", command::arguments(&fix.plan, login));
    match &fix.plan {
        FixPlan::OpenUrl(url) => object.put("url", url.clone()),
        FixPlan::SetEnv(variables) => object.put("env", json!(variables)),
        FixPlan::Ask(answers) => object.put("ask", answers.keys().cloned().collect::<Vec<_>>()),
        FixPlan::Note(text) => object.put("text", text.clone()),
        FixPlan::WriteFile { path, content } => object.put("file", json!({"path": path, "content": content})),
        FixPlan::EditFile { file, line, column, pointer, replace, insert, remove } => {
            let place =
                Place { file: file.as_str().into(), line: *line, column: *column, pointer: pointer.clone().into() };
            let mut edit = Object(location(&place));
            edit.put_filled("replace", replace.clone());
            edit.put_filled("insert", insert.clone());
            edit.put_filled("remove", remove.then_some(true));
            object.put("edit", edit.0);
        }
        FixPlan::Run(_)
        | FixPlan::Verb { .. }
        | FixPlan::StopProcess { .. }
        | FixPlan::StartDaemon
        | FixPlan::RestartDaemon
        | FixPlan::RemoveFile { .. }
        | FixPlan::MoveAside { .. }
        | FixPlan::Chmod { .. }
        | FixPlan::RetryWith(_) => {}
    }
    let changes = login.changes(&fix.plan);
    object.put_filled("changes", changes.iter().map(ToString::to_string).collect::<Vec<_>>());
    object.put("safety", fix.safety.word());
    object.put("applied", fix.applied);
    object.put("verified", fix.verified);
    object.put_filled("note", fix.note.clone());
    object.0
}
