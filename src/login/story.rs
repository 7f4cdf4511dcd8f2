//! The record of a login: every step with what was sent, what came back, how long it took and what was decided. Narrated
//! while it happens (`--explain`), and kept for the JSON document.

use super::steps::Step;
use crate::oauth::record::Exchange;
use crate::sink::{self, Doc, Stream, Style};
use serde_json::{Map, Value, json};
use std::time::{Duration, Instant};

/// How much is said while the login runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Narration {
    /// Only what the person must do.
    Brief,
    /// Every step.
    Explain,
    /// Only the events that another program needs.
    Events,
}

pub struct Story {
    pub narration: Narration,
    began: Instant,
    number: usize,
    steps: Vec<Value>,
}

/// A step that is going on.
pub struct Going {
    step: &'static Step,
    began: Instant,
    lines: Vec<String>,
    wire: Option<Value>,
}

impl Story {
    pub fn new(narration: Narration) -> Self {
        Self { narration, began: Instant::now(), number: 0, steps: Vec::new() }
    }

    pub fn elapsed(&self) -> Duration {
        self.began.elapsed()
    }

    /// The steps so far, for the JSON document.
    pub fn steps(&self) -> Value {
        Value::Array(self.steps.clone())
    }

    pub fn begin(step: &'static Step) -> Going {
        Going { step, began: Instant::now(), lines: Vec::new(), wire: None }
    }

    /// Ends a step: `outcome` is `done`, `failed` or `warned`.
    pub fn end(&mut self, going: Going, outcome: &str, decision: &str) {
        let took = going.began.elapsed();
        self.number += 1;
        let mut entry = Map::new();
        entry.insert("number".into(), json!(self.number));
        entry.insert("step".into(), json!(going.step.name));
        entry.insert("title".into(), json!(going.step.title));
        entry.insert("why".into(), json!(going.step.why));
        if !going.step.reference.is_empty() {
            entry.insert("reference".into(), json!(going.step.reference));
        }
        if !going.lines.is_empty() {
            entry.insert("what".into(), json!(going.lines));
        }
        if let Some(wire) = going.wire {
            entry.insert("exchange".into(), wire);
        }
        entry.insert("outcome".into(), json!(outcome));
        entry.insert("decision".into(), json!(decision));
        entry.insert("took_ms".into(), json!(milliseconds(took)));
        if self.narration == Narration::Explain {
            self.narrate(going.step, &going.lines, outcome, decision, took);
        }
        self.steps.push(Value::Object(entry));
    }

    fn narrate(&self, step: &Step, lines: &[String], outcome: &str, decision: &str, took: Duration) {
        let mut doc = Doc::new();
        let time = in_words(took);
        let width = sink::screen(Stream::Err).width.clamp(60, 100);
        let head = format!("{:>2}  {}", self.number, step.title);
        let gap = width.saturating_sub(head.chars().count() + time.chars().count() + 2).max(2);
        doc.push(Style::Strong, head).text(" ".repeat(gap)).push(Style::Faint, time).newline();
        let mut under = |style: Style, hang: usize, text: &str| {
            doc.text("    ").flow(style, hang, text).newline();
        };
        for line in lines {
            under(Style::Plain, 8, line);
        }
        let reference = if step.reference.is_empty() { String::new() } else { format!(" ({})", step.reference) };
        under(Style::Faint, 4, &format!("{}{reference}", step.why));
        if !decision.is_empty() {
            under(if outcome == "failed" { Style::Bad } else { Style::Plain }, 7, &format!("-> {decision}"));
        }
        doc.newline();
        let _ = sink::print(Stream::Err, &doc);
    }

    /// Something that the person must know or do, whatever the narration.
    pub fn say(&self, doc: &Doc) {
        if self.narration != Narration::Events {
            let _ = sink::print(Stream::Err, doc);
        }
    }

    /// An event for a program that reads stderr: one JSON object a line.
    pub fn event(&self, name: &str, detail: &Value) {
        if self.narration == Narration::Events {
            let mut event = json!({"event": name});
            if let (Some(event), Some(detail)) = (event.as_object_mut(), detail.as_object()) {
                event.extend(detail.clone());
            }
            let mut doc = Doc::new();
            doc.line(event.to_string());
            let _ = sink::print(Stream::Err, &doc);
        }
    }

    /// The address that must be opened in a browser. It holds the state, which belongs to it.
    pub fn address(&self, url: &str, why: &str) {
        let mut doc = Doc::new();
        if self.narration == Narration::Events {
            doc.text("{\"event\":\"open_url\",\"url\":\"").address_to_open(url).line("\"}");
        } else {
            doc.line(why).text("  ").address_to_open(url).newline();
        }
        let _ = sink::print(Stream::Err, &doc);
    }
}

impl Going {
    /// One more thing to tell; nothing is nothing to tell.
    pub fn line(&mut self, text: impl Into<String>) {
        let text = text.into();
        if !text.is_empty() {
            self.lines.push(text);
        }
    }

    /// What went over the wire: redacted where it leaves.
    pub fn wire(&mut self, exchange: &Exchange) {
        let request = &exchange.request;
        let address = sink::redact_url(request.url.as_str());
        let answer = match &exchange.outcome {
            Ok(answer) => {
                self.line(format!("{} {address} -> {}", request.method, answer.status));
                json!({
                    "status": answer.status,
                    "headers": headers(&answer.headers),
                    "body": body(&answer.body),
                })
            }
            Err(failure) => {
                self.line(format!("{} {address} -> no answer: {failure}", request.method));
                json!({"error": failure.text, "kind": failure.kind.name()})
            }
        };
        let fields = request.body.as_deref().map(|sent| sink::redact_form(&String::from_utf8_lossy(sent)));
        self.wire = Some(json!({
            "request": {"method": request.method, "url": address, "headers": headers(&request.headers), "body": fields},
            "answer": answer,
            "took_ms": milliseconds(exchange.took),
        }));
    }
}

fn headers(list: &[(String, String)]) -> Value {
    let kept = sink::redact_headers(list);
    Value::Object(kept.into_iter().map(|(name, value)| (name, Value::from(value))).collect())
}

/// The body as it may be shown: JSON by its keys, anything else as text, cut.
fn body(bytes: &[u8]) -> Value {
    match serde_json::from_slice::<Value>(bytes) {
        Ok(json) => sink::redact_json(&json),
        Err(_) => {
            let text: String = String::from_utf8_lossy(bytes).chars().take(2000).collect();
            Value::from(sink::redact_text(&sink::redact_form(&text)))
        }
    }
}

fn milliseconds(took: Duration) -> u64 {
    u64::try_from(took.as_millis()).unwrap_or(u64::MAX)
}

/// 4 ms, 6.1 s, 60 min.
pub fn in_words(took: Duration) -> String {
    match took.as_millis() {
        ms @ 0..1_000 => format!("{ms} ms"),
        ms @ 1_000..60_000 => format!("{}.{} s", ms / 1_000, (ms % 1_000) / 100),
        ms => crate::rules::fill::duration(i64::try_from(ms).unwrap_or(i64::MAX)),
    }
}
