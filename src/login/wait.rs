//! Waiting for the browser: what arrives at the listener, what the person pastes, and the clock, whichever comes first.

use super::plan::Plan;
use super::story::Story;
use crate::oauth::callback::{Arrival, Expected, read};
use crate::oauth::listener::Listener;
use crate::prompt::{Lines, Prompt};
use crate::sink::{self, Doc, Style};
use serde_json::json;
use std::sync::mpsc::RecvTimeoutError;
use std::time::{Duration, Instant};
use url::Url;

/// After so long without anybody we ask what the page says.
const ASK_AFTER: Duration = Duration::from_secs(20);

/// How the waiting ended.
pub enum Ended {
    Arrived(Arrival),
    /// What the person, or the robot, says that the page says.
    Said(String),
    Nobody(Seen),
    Interrupted,
}

/// What was seen while nobody came.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    pub notes: Vec<String>,
    pub waited: Duration,
    /// The last callback that was not ours.
    pub foreign: Option<Foreign>,
}

#[derive(Clone, Debug)]
pub enum Foreign {
    NoState { path: String },
    State { path: String, hash: String },
    Refusal { path: String, query: String },
}

pub struct Waiting<'a> {
    pub plan: &'a Plan,
    pub story: &'a Story,
    pub listener: &'a Listener,
    pub expected: &'a Expected,
    pub prompt: &'a dyn Prompt,
    /// What the robot person reports.
    pub robot: Option<std::sync::mpsc::Receiver<String>>,
}

impl Waiting<'_> {
    pub fn wait(&self) -> Ended {
        let began = Instant::now();
        let mut seen = Seen::default();
        let mut asked = false;
        let mut lines: Option<Box<dyn Lines>> = None;
        loop {
            seen.waited = began.elapsed();
            if crate::prompt::interrupted() {
                return Ended::Interrupted;
            }
            if seen.waited >= self.plan.wait {
                let _ = sink::clear_status();
                return Ended::Nobody(seen);
            }
            if !asked && seen.waited >= ASK_AFTER && self.prompt.is_interactive() {
                asked = true;
                self.ask(&seen);
                lines = self.prompt.lines();
            }
            match self.listener.arrivals.recv_timeout(Duration::from_millis(100)) {
                Ok(arrival) => {
                    if let Some(ours) = self.sort(arrival, &mut seen) {
                        return Ended::Arrived(ours);
                    }
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return Ended::Nobody(seen),
            }
            if let Some(said) = self.robot.as_ref().and_then(|robot| robot.try_recv().ok()) {
                // The callback is on its way before the robot reports; an arrival has the first word.
                while let Ok(arrival) = self.listener.arrivals.try_recv() {
                    if let Some(ours) = self.sort(arrival, &mut seen) {
                        return Ended::Arrived(ours);
                    }
                }
                return if let Some(foreign) = seen.foreign.take() {
                    seen.foreign = Some(foreign);
                    Ended::Nobody(seen)
                } else {
                    Ended::Said(said)
                };
            }
            if let Some(pasted) = lines.as_mut().and_then(|lines| lines.next()) {
                return self.pasted(&pasted);
            }
            self.countdown(seen.waited);
        }
    }

    /// What ends the waiting is returned; the rest is noted.
    fn sort(&self, arrival: Arrival, seen: &mut Seen) -> Option<Arrival> {
        let (note, foreign) = match arrival {
            ours @ (Arrival::Code { .. } | Arrival::Refusal { .. } | Arrival::Empty { .. }) => return Some(ours),
            Arrival::Junk(what) => (what.to_owned(), None),
            Arrival::Again => ("the same callback a second time".to_owned(), None),
            Arrival::NoState { path } => {
                (format!("a callback without state on {path}"), Some(Foreign::NoState { path }))
            }
            Arrival::ForeignState { path, state_hash } => {
                let note = format!("a callback with a state that this login did not issue, on {path}");
                (note, Some(Foreign::State { path, hash: state_hash }))
            }
            Arrival::ForeignRefusal { path, query } => {
                (format!("an error answer without our state on {path}"), Some(Foreign::Refusal { path, query }))
            }
        };
        self.story.event("noted", &json!({"what": note}));
        if foreign.is_some() {
            let mut doc = Doc::new();
            doc.push(Style::Warn, "! ").line(format!("{note}: noted, still waiting"));
            self.story.say(&doc);
            seen.foreign = foreign;
        }
        if seen.notes.len() < 20 {
            seen.notes.push(note);
        }
        None
    }

    fn ask(&self, seen: &Seen) {
        let mut doc = Doc::new();
        doc.newline().push(Style::Warn, "? ").line(format!(
            "Nobody came back to {} for {} s.",
            self.plan.redirect_uri,
            ASK_AFTER.as_secs()
        ));
        let requests = self.listener.requests();
        if requests == 0 {
            doc.line("  No request of any kind reached this address.");
        } else {
            doc.line(format!("  {requests} requests reached it, none of this login: {}.", seen.notes.join("; ")));
        }
        doc.line("  What does the page in the browser say? Paste its text or its address here, and press Enter.");
        doc.line("  If you have not pressed the button there yet: do, there is time.");
        self.story.say(&doc);
    }

    /// A pasted callback address finishes the login; anything else is what the page says.
    fn pasted(&self, text: &str) -> Ended {
        if let Ok(url) = Url::parse(text.trim())
            && (url.path() == self.expected.path || self.expected.other_paths.iter().any(|(p, _)| p == url.path()))
            && let arrival @ (Arrival::Code { .. } | Arrival::Refusal { .. }) =
                read(self.expected, url.path(), url.query().unwrap_or_default())
        {
            return Ended::Arrived(arrival);
        }
        Ended::Said(text.to_owned())
    }

    fn countdown(&self, waited: Duration) {
        if !self.prompt.is_interactive() {
            return;
        }
        let left = self.plan.wait.saturating_sub(waited).as_secs();
        let mut doc = Doc::new();
        doc.push(
            Style::Faint,
            format!("    waiting for you in the browser   {}:{:02}   Ctrl-C stops", left / 60, left % 60),
        );
        let _ = sink::status(&doc);
    }
}
