//! A step as it ended, and as data: for the JSON document and the timeline. Everything is redacted by its structure here,
//! and once more where it leaves.

use super::steps::Step;
use crate::oauth::record::Exchange;
use crate::sink;
use serde_json::{Map, Value, json};
use std::time::Duration;

/// How much of a body is narrated.
const NARRATED: usize = 240;

pub struct Told {
    pub number: usize,
    pub attempt: usize,
    pub step: &'static Step,
    pub lines: Vec<String>,
    pub wire: Option<Value>,
    pub outcome: String,
    pub decision: String,
    pub took: Duration,
}

impl Told {
    pub fn to_json(&self) -> Value {
        let mut entry = Map::new();
        let mut put = |name: &str, value: Value| entry.insert(name.to_owned(), value);
        put("number", json!(self.number));
        put("attempt", json!(self.attempt));
        put("step", json!(self.step.name));
        put("title", json!(self.step.title));
        put("why", json!(self.step.why));
        if !self.step.reference.is_empty() {
            put("reference", json!(self.step.reference));
        }
        if !self.lines.is_empty() {
            put("what", json!(self.lines));
        }
        if let Some(wire) = &self.wire {
            put("exchange", wire.clone());
        }
        put("outcome", json!(self.outcome));
        put("decision", json!(self.decision));
        put("took_ms", json!(milliseconds(self.took)));
        Value::Object(entry)
    }

    pub fn done(&self) -> bool {
        self.outcome == "done"
    }
}

/// Which share of the time went into which step.
pub fn timeline(steps: &[Told]) -> Vec<Value> {
    let rows = steps.iter().zip(shares(steps)).map(|(told, share)| {
        json!({
            "number": told.number,
            "attempt": told.attempt,
            "step": told.step.name,
            "took_ms": milliseconds(told.took),
            "share_percent": share,
            "outcome": told.outcome,
        })
    });
    rows.collect()
}

/// Percent of all steps together.
pub fn shares(steps: &[Told]) -> Vec<u64> {
    let all: u128 = steps.iter().map(|told| told.took.as_micros()).sum();
    let share = |took: Duration| u64::try_from((took.as_micros() * 100 + all / 2) / all.max(1)).unwrap_or(0);
    steps.iter().map(|told| share(told.took)).collect()
}

/// A request and its answer.
pub fn exchange(exchange: &Exchange) -> Value {
    let request = &exchange.request;
    let answer = match &exchange.outcome {
        Ok(answer) => {
            json!({"status": answer.status, "headers": headers(&answer.headers), "body": body(&answer.body)})
        }
        Err(failure) => json!({"error": failure.text, "kind": failure.kind.name()}),
    };
    let sent = request.body.as_deref().map(body);
    json!({
        "request": {
            "method": request.method,
            "url": sink::redact_url(request.url.as_str()),
            "headers": headers(&request.headers),
            "body": sent,
        },
        "answer": answer,
        "took_ms": milliseconds(exchange.took),
    })
}

/// The same for people: what was sent, what came back.
pub fn exchange_in_words(exchange: &Exchange) -> Vec<String> {
    let request = &exchange.request;
    let came = match &exchange.outcome {
        Ok(answer) => answer.status.to_string(),
        Err(failure) => format!("no answer: {failure}"),
    };
    let mut lines = vec![format!("{} {} -> {came}", request.method, sink::redact_url(request.url.as_str()))];
    let proof = sink::redact_headers(&request.headers).into_iter().find(|(name, _)| name == "authorization");
    let sent: Vec<String> = proof
        .map(|(name, value)| format!("{name}: {value}"))
        .into_iter()
        .chain(request.body.as_deref().map(|sent| fields(&body(sent))))
        .collect();
    if !sent.is_empty() {
        lines.push(format!("sent  {}", sent.join(", ")));
    }
    if let Ok(answer) = &exchange.outcome {
        lines.push(format!("got   {}", fields(&body(&answer.body))));
    }
    lines
}

fn headers(list: &[(String, String)]) -> Value {
    let kept = sink::redact_headers(list);
    Value::Object(kept.into_iter().map(|(name, value)| (name, Value::from(value))).collect())
}

/// The body as it may be shown: JSON by its keys, a form by its names, anything else as text, cut.
fn body(bytes: &[u8]) -> Value {
    match serde_json::from_slice::<Value>(bytes) {
        Ok(json) => sink::redact_json(&json),
        Err(_) => {
            let text: String = String::from_utf8_lossy(bytes).chars().take(2000).collect();
            Value::from(sink::redact_text(&sink::redact_form(&text)))
        }
    }
}

/// Name and value, one after the other (with commas: behind a blank `Bearer` would announce a credential), whether it was JSON or a form; the beginning of any other text.
fn fields(body: &Value) -> String {
    let text = match body {
        Value::Object(fields) => {
            let field = |(name, value): (&String, &Value)| {
                format!("{name}={}", value.as_str().map_or_else(|| value.to_string(), str::to_owned))
            };
            fields.iter().map(field).collect::<Vec<_>>().join(", ")
        }
        Value::String(form) if form.contains('=') && !form.contains(['<', ' ', '\n']) => {
            let plain = |part: &str| {
                percent_encoding::percent_decode_str(&part.replace('+', " ")).decode_utf8_lossy().into_owned()
            };
            form.split('&').map(plain).collect::<Vec<_>>().join(", ")
        }
        Value::String(text) if text.is_empty() => "nothing".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    match text.char_indices().nth(NARRATED) {
        Some((at, _)) => format!("{} …", &text[..at]),
        None => text,
    }
}

fn milliseconds(took: Duration) -> u64 {
    u64::try_from(took.as_millis()).unwrap_or(u64::MAX)
}
