//! SARIF 2.1.0 (OASIS), which code hosts show beside the lines and compare from run to run.

use super::super::explained::in_words;
use super::super::many::{Each, List};
use super::super::prepare;
use super::super::wording::paragraphs;
use super::{Names, reason, spot, words};
use crate::diagnosis::{Aside, By, Finding, Identity, Inconclusive, Report, Suppressed};
use crate::facts::Place;
use crate::rules::compiled::Rule;
use crate::sink::{redact_text, safe_block, safe_line};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;

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

/// `rules`: all that took part, whether they found something or not; `aside`: what was found and does not count, which code
/// hosts show as suppressed (SARIF, 3.27.23). The document comes in parts.
pub fn sarif<'a>(
    report: &'a Report,
    aside: &'a Aside,
    rules: &[&'a Rule],
    names: &'a Names,
    home: &'a str,
    each: impl Each + 'a,
) -> impl Iterator<Item = String> + 'a {
    let index: BTreeMap<&str, usize> = rules.iter().enumerate().map(|(at, rule)| (rule.id.as_str(), at)).collect();
    let inconclusive = report.inconclusive.iter().map(|open| notification(&prepare::inconclusive(open, home), &index));
    let frame = json!({
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
            "invocations": [{"executionSuccessful": true, "toolExecutionNotifications": inconclusive.collect::<Value>()}],
            "results": [],
        }],
    });
    let suppressed = aside.suppressed.iter().map(|one| &one.finding);
    let findings: Vec<&Finding> = report.findings.iter().chain(suppressed).collect();
    let fingerprints = fingerprints(&findings, names);
    let text = move |at: usize, one: &Finding| {
        let mut result = result(&prepare::finding(one, home), &fingerprints[at], &index, names);
        if let Some(one) = at.checked_sub(report.findings.len()).and_then(|at| aside.suppressed.get(at)) {
            result["suppressions"] = json!([suppression(one, home)]);
        }
        result
    };
    List { key: "results", indent: 6 }.parts(&frame, findings, each, text)
}

/// Of each, by which a code host knows it again.
fn fingerprints(findings: &[&Finding], names: &Names) -> Vec<String> {
    let mut seen: HashMap<Identity, usize> = HashMap::new();
    let mut fingerprint = |finding: &&Finding| {
        let identity = Identity::of(finding, &names.base, &names.top);
        let count = seen.get(&identity).map_or(1, |before| before + 1);
        let fingerprint = identity.fingerprint(count);
        seen.insert(identity, count);
        fingerprint
    };
    findings.iter().map(&mut fingerprint).collect()
}

fn descriptor(rule: &Rule) -> Value {
    let title = in_words(&rule.title);
    let explanation = paragraphs(&in_words(&rule.explanation)).collect::<Vec<_>>().join("\n\n");
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

fn result(finding: &Finding, fingerprint: &str, index: &BTreeMap<&str, usize>, names: &Names) -> Value {
    let words = format!("{}\n{}", safe_line(&finding.title), safe_block(&words(finding)));
    let mut result = json!({
        "ruleId": finding.rule,
        "level": finding.severity.word(),
        "message": {"text": words.trim_end()},
        "partialFingerprints": {"ruleAndPointer/v1": fingerprint},
    });
    if let Some(at) = index.get(finding.rule.as_str()) {
        result["ruleIndex"] = (*at).into();
    }
    if let Some(place) = &finding.place {
        result["locations"] = json!([location(place, names)]);
    }
    result
}

fn suppression(one: &Suppressed, home: &str) -> Value {
    let mut suppression = json!({
        "kind": if one.by == By::Inline { "inSource" } else { "external" },
        "status": "accepted",
    });
    if let Some(reason) = reason(one, home) {
        suppression["justification"] = reason.into();
    }
    suppression
}

fn location(place: &Place, names: &Names) -> Value {
    let file = redact_text(&place.file);
    let artifact = match names.relative(&file) {
        Some(inside) => {
            json!({"uri": utf8_percent_encode(&inside, NOT_IN_PATH).to_string(), "uriBaseId": "%SRCROOT%"})
        }
        None => {
            let whole = names.base.join(&file);
            let uri = url::Url::from_file_path(&whole).map_or_else(|()| file.clone(), String::from);
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
