//! The record of a login: every step with what was sent, what came back, how long it took and what was decided. Narrated
//! while it happens (`--explain`), and kept for the JSON document and the trace.

use super::narrate;
use super::plan::Plan;
use super::proofs::{self, Proved};
use super::steps::Step;
use super::told::{self, Told};
use crate::oauth::record::Exchange;
use crate::sink::{self, Doc, Stream};
use jiff::Timestamp;
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use url::Url;

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
    last_step: Instant,
    /// The same moment by the clock.
    pub began_at: Timestamp,
    /// When each attempt began.
    attempts: Vec<Instant>,
    steps: Vec<Told>,
    sightings: Vec<Sighting>,
}

/// A request of the browser, as this program saw it leave or arrive. Holds state and code: it is redacted where it is
/// shown.
pub struct Sighting {
    pub began: Instant,
    pub step: &'static str,
    pub url: Url,
    /// What our listener answered; `None` where the answer is not ours to see.
    pub status: Option<u16>,
    pub comment: &'static str,
}

/// A step that is going on.
pub struct Going {
    step: &'static Step,
    began: Instant,
    lines: Vec<String>,
    wire: Option<Value>,
}

impl Story {
    pub fn new(narration: Narration, began_at: Timestamp) -> Self {
        let began = Instant::now();
        Self {
            narration,
            began,
            began_at,
            last_step: began,
            attempts: vec![began],
            steps: Vec::new(),
            sightings: Vec::new(),
        }
    }

    pub fn elapsed(&self) -> Duration {
        self.began.elapsed()
    }

    /// From the beginning to the end of the last step; the page in the browser is given a moment more.
    pub fn worked(&self) -> Duration {
        self.last_step.duration_since(self.began)
    }

    /// The time of a moment of this run.
    pub fn time_of(&self, moment: Instant) -> Timestamp {
        let since = moment.saturating_duration_since(self.began);
        jiff::SignedDuration::try_from(since).map_or(self.began_at, |since| self.began_at + since)
    }

    /// From here on the steps are those of attempt `number`.
    pub fn attempt(&mut self, number: u32) {
        if number < 2 {
            return;
        }
        self.attempts.push(Instant::now());
        if self.narration == Narration::Explain {
            let _ = sink::print(Stream::Err, &narrate::attempt(self.attempts.len()));
        }
    }

    /// When the attempts began, the first first.
    pub fn attempts(&self) -> impl Iterator<Item = Instant> {
        self.attempts.iter().copied()
    }

    pub fn sightings(&self) -> &[Sighting] {
        &self.sightings
    }

    pub fn saw(&mut self, sighting: Sighting) {
        self.sightings.push(sighting);
    }

    /// Steps, timeline and proofs, for the JSON document.
    pub fn to_json(&self, plan: &Plan) -> Value {
        let Proved { proofs, not_proved } = proofs::proved(plan, &self.steps);
        let proofs: Vec<Value> = proofs.iter().map(|one| json!({"what": one.what, "how": one.how})).collect();
        json!({
            "steps": self.steps.iter().map(Told::to_json).collect::<Vec<_>>(),
            "timeline": told::timeline(&self.steps),
            "proofs": proofs,
            "not_proved": not_proved,
        })
    }

    /// The end of the narration: how long each step took, and what this run proves.
    pub fn sum_up(&self, plan: &Plan) {
        if self.narration == Narration::Explain {
            let _ = sink::print(Stream::Err, &narrate::timeline(&self.steps));
            let _ = sink::print(Stream::Err, &narrate::proofs(&proofs::proved(plan, &self.steps)));
        }
    }

    pub fn begin(step: &'static Step) -> Going {
        Going { step, began: Instant::now(), lines: Vec::new(), wire: None }
    }

    /// Ends a step: `outcome` is `done`, `failed` or `warned`.
    pub fn end(&mut self, going: Going, outcome: &str, decision: &str) {
        let told = Told {
            number: self.steps.len() + 1,
            attempt: self.attempts.len(),
            step: going.step,
            lines: going.lines,
            wire: going.wire,
            outcome: outcome.to_owned(),
            decision: decision.to_owned(),
            took: going.began.elapsed(),
        };
        if self.narration == Narration::Explain {
            let _ = sink::print(Stream::Err, &narrate::step(&told));
        }
        self.steps.push(told);
        self.last_step = Instant::now();
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
        self.lines.extend(told::exchange_in_words(exchange));
        self.wire = Some(told::exchange(exchange));
    }
}

/// 4 ms, 6.1 s, 60 min.
pub fn in_words(took: Duration) -> String {
    match took.as_millis() {
        ms @ 0..1_000 => format!("{ms} ms"),
        ms @ 1_000..60_000 => format!("{}.{} s", ms / 1_000, (ms % 1_000) / 100),
        ms => crate::rules::fill::duration(i64::try_from(ms).unwrap_or(i64::MAX)),
    }
}
