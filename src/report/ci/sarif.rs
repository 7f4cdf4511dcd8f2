//! SARIF 2.1.0 (OASIS), which code hosts show beside the lines and compare from run to run.

use super::super::explained::in_words;
use super::super::prepare;
use super::{relative, spot, words};
use crate::diagnosis::{Finding, Inconclusive, Report};
use crate::facts::Place;
use crate::rules::compiled::Rule;
use crate::sink::{safe_block, safe_line};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

/// What a path must not hold in a URI (RFC 3986, section 3.3).
const NOT_IN_PATH: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}')
    .add(b':');

/// `rules`: all that took part, whether they found something or not.
pub fn sarif(report: &Report, rules: &[&Rule], base: &Path, home: &str) -> Value {
    let report = prepare::report(report, home);
    let index: BTreeMap<&str, usize> = rules.iter().enumerate().map(|(at, rule)| (rule.id.as_str(), at)).collect();
    let mut seen = BTreeMap::new();
    let results: Vec<Value> = report.findings.iter().map(|finding| result(finding, &index, base, &mut seen)).collect();
    let notifications: Vec<Value> = report.inconclusive.iter().map(|open| notification(open, &index)).collect();
    json!({
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": env!("CARGO_PKG_NAME"),
                "version": env!("CARGO_PKG_VERSION"),
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules.iter().map(|rule| descriptor(rule)).collect::<Vec<_>>(),
            }},
            "columnKind": "unicodeCodePoints",
            "invocations": [{"executionSuccessful": true, "toolExecutionNotifications": notifications}],
            "results": results,
        }],
    })
}

fn descriptor(rule: &Rule) -> Value {
    let title = in_words(&rule.title);
    let explanation = in_words(&rule.explanation).trim().to_owned();
    let mut help = explanation.clone();
    let mut markdown = format!("{explanation}\n");
    for fix in rule.fixes.iter().map(|fix| in_words(&fix.title)) {
        let _ = write!(help, "\nFix: {fix}");
        let _ = write!(markdown, "\n- {fix}");
    }
    for reference in &rule.refs {
        let _ = write!(help, "\nRead: {reference}");
        let _ = write!(markdown, "\n- <{reference}>");
    }
    let mut descriptor = json!({
        "id": rule.id,
        "shortDescription": {"text": title},
        "fullDescription": {"text": explanation},
        "help": {"text": help, "markdown": markdown},
        "defaultConfiguration": {"level": rule.severity.word()},
        "properties": {"tags": [rule.cause]},
    });
    if let Some(reference) = rule.refs.first() {
        descriptor["helpUri"] = reference.as_str().into();
    }
    descriptor
}

fn result(finding: &Finding, index: &BTreeMap<&str, usize>, base: &Path, seen: &mut BTreeMap<String, usize>) -> Value {
    let words = format!("{}\n{}", safe_line(&finding.title), safe_block(&words(finding)));
    let mut result = json!({
        "ruleId": finding.rule,
        "level": finding.severity.word(),
        "message": {"text": words.trim_end()},
        "partialFingerprints": {"ruleAndPointer/v1": fingerprint(finding, base, seen)},
    });
    if let Some(at) = index.get(finding.rule.as_str()) {
        result["ruleIndex"] = (*at).into();
    }
    if let Some(place) = &finding.place {
        result["locations"] = json!([location(place, base)]);
    }
    result
}

fn location(place: &Place, base: &Path) -> Value {
    let artifact = match relative(&place.file, base) {
        Some(inside) => {
            json!({"uri": utf8_percent_encode(&inside, NOT_IN_PATH).to_string(), "uriBaseId": "%SRCROOT%"})
        }
        None => {
            let whole = base.join(&*place.file);
            let uri = url::Url::from_file_path(&whole).map_or_else(|()| place.file.to_string(), String::from);
            json!({"uri": uri})
        }
    };
    let mut physical = json!({"artifactLocation": artifact});
    if let Some((line, column)) = spot(place) {
        physical["region"] = json!({"startLine": line, "startColumn": column});
    }
    let mut location = json!({"physicalLocation": physical});
    if !place.pointer.is_empty() {
        location["logicalLocations"] = json!([{"fullyQualifiedName": safe_line(&place.pointer)}]);
    }
    location
}

/// By rule, file and JSON pointer: an edit elsewhere in the file changes none of them. Several of one kind are counted.
fn fingerprint(finding: &Finding, base: &Path, seen: &mut BTreeMap<String, usize>) -> String {
    let (file, pointer) = finding.place.as_ref().map_or(("", ""), |place| (&*place.file, &*place.pointer));
    let file = relative(file, base).unwrap_or_else(|| file.to_owned());
    let key = format!("{}\u{0}{file}\u{0}{pointer}", finding.rule);
    let count = seen.entry(key.clone()).or_default();
    *count += 1;
    let digest = Sha256::digest(format!("{key}\u{0}{count}"));
    digest.iter().take(16).fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// What could not be decided.
fn notification(open: &Inconclusive, index: &BTreeMap<&str, usize>) -> Value {
    let mut rule = json!({"id": open.rule});
    if let Some(at) = index.get(open.rule.as_str()) {
        rule["index"] = (*at).into();
    }
    json!({
        "level": "warning",
        "message": {"text": format!("{}: {}", safe_line(&open.title), safe_line(&open.because))},
        "associatedRule": rule,
    })
}
