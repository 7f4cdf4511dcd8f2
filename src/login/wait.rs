//! Waiting for the browser: what arrives at the listener, what the person types or pastes, and the clock, whichever comes
//! first. Shows nothing of what is pasted.

use super::foreign::Foreign;
use super::plan::{Browser, Plan};
use super::run::Setup;
use super::story::Story;
use crate::oauth::callback::{Arrival, Expected, pasted};
use crate::oauth::listener::Listener;
use crate::prompt::{Keys, Typed};
use crate::sink::{self, Doc, Style};
use serde_json::json;
use std::sync::mpsc::RecvTimeoutError;
use std::time::{Duration, Instant};

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
    /// Each once.
    pub notes: Vec<String>,
    pub waited: Duration,
    /// The last callback that was not ours.
    pub foreign: Option<Foreign>,
}

pub struct Waiting<'a> {
    pub setup: &'a Setup<'a>,
    pub plan: &'a Plan,
    pub story: &'a Story,
    pub listener: &'a Listener,
    pub expected: &'a Expected,
    /// What the robot person reports.
    pub robot: Option<std::sync::mpsc::Receiver<String>>,
    /// Opens the provider's page once more.
    pub open_again: &'a dyn Fn(),
}

impl Waiting<'_> {
    pub fn wait(&self) -> Ended {
        let began = Instant::now();
        let mut seen = Seen::default();
        let mut asked = false;
        // Dropped, and the terminal's modes put back, before anything else is asked.
        let mut keys = self.setup.prompt.keys();
        loop {
            seen.waited = began.elapsed();
            if crate::prompt::interrupted() {
                return Ended::Interrupted;
            }
            if seen.waited >= self.plan.wait {
                let _ = sink::clear_status();
                return Ended::Nobody(seen);
            }
            if !asked && seen.waited >= ASK_AFTER && keys.is_some() {
                asked = true;
                self.ask(&seen);
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
                return self.robot_said(said, seen);
            }
            if let Some(ended) = keys.as_mut().and_then(|keys| self.typed(keys)) {
                let _ = sink::clear_status();
                return ended;
            }
            self.countdown(seen.waited, keys.is_some());
        }
    }

    fn robot_said(&self, said: String, mut seen: Seen) -> Ended {
        // The callback is on its way before the robot reports; an arrival has the first word.
        while let Ok(arrival) = self.listener.arrivals.try_recv() {
            if let Some(ours) = self.sort(arrival, &mut seen) {
                return Ended::Arrived(ours);
            }
        }
        if seen.foreign.is_some() { Ended::Nobody(seen) } else { Ended::Said(said) }
    }

    /// What ends the waiting is returned; the rest is noted.
    fn sort(&self, arrival: Arrival, seen: &mut Seen) -> Option<Arrival> {
        let foreign = Foreign::of(&arrival, &self.setup.journal, self.setup.host.clock.now());
        let note = match (arrival, &foreign) {
            (Arrival::Junk(what), _) => what.to_owned(),
            (Arrival::Again, _) => "the same callback a second time".to_owned(),
            (_, Some(foreign)) => foreign.words(),
            (ours, None) => return Some(ours),
        };
        let is_foreign = foreign.is_some();
        seen.foreign = foreign.or(seen.foreign.take());
        // A page that is loaded again and again is said once.
        if seen.notes.len() >= 20 || seen.notes.contains(&note) {
            return None;
        }
        self.story.event("noted", &json!({"what": note}));
        if is_foreign {
            self.warn(format!("{note}. Noted, still waiting"));
        }
        seen.notes.push(note);
        None
    }

    fn typed(&self, keys: &mut Keys) -> Option<Ended> {
        match keys.typed()? {
            Typed::Key('q' | 'Q') => return Some(Ended::Interrupted),
            Typed::Key('o' | 'O') if self.plan.browser != Browser::Robot => (self.open_again)(),
            Typed::Key('p' | 'P') => {
                let mut doc = Doc::new();
                doc.push(Style::Warn, "? ").flow(
                    Style::Plain,
                    2,
                    "Paste the address of the page that did not load, or what the page says, then Enter. It is not shown. \
                     Esc goes back.",
                );
                self.story.say(doc.newline());
                keys.type_text();
            }
            Typed::Key(_) => {}
            Typed::Text(text) => return self.pasted(&text),
        }
        None
    }

    /// A pasted callback address finishes the login; of another login's it is said so; anything else is what the page says.
    fn pasted(&self, text: &str) -> Option<Ended> {
        let Some(arrival) = pasted(self.expected, text) else {
            return Some(self.received("text received", Ended::Said(text.to_owned())));
        };
        match Foreign::of(&arrival, &self.setup.journal, self.setup.host.clock.now()) {
            None => Some(self.received("address received", Ended::Arrived(arrival))),
            // The person handed it in, and it holds nothing that could be used: what the provider says in it counts.
            Some(Foreign::Refusal { .. }) => Some(self.received("address received", Ended::Said(text.to_owned()))),
            Some(foreign) => {
                self.warn(format!(
                    "That is {}. It is not used; still waiting for the one of this login",
                    foreign.words()
                ));
                None
            }
        }
    }

    fn received(&self, what: &str, ended: Ended) -> Ended {
        let mut doc = Doc::new();
        self.story.say(doc.push(Style::Faint, format!("    {what}")).newline());
        ended
    }

    fn warn(&self, text: String) {
        let mut doc = Doc::new();
        self.story.say(doc.push(Style::Warn, "! ").flow(Style::Plain, 2, text).newline());
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
            let text = format!("{requests} requests reached it, none of this login: {}.", seen.notes.join("; "));
            doc.text("  ").flow(Style::Plain, 2, text).newline();
        }
        doc.line("  What does the page in the browser say? Paste its text or its address here (it is not shown).");
        doc.line("  If you have not pressed the button there yet: do, there is time.");
        self.story.say(&doc);
    }

    fn countdown(&self, waited: Duration, keys: bool) {
        if !self.setup.prompt.is_interactive() {
            return;
        }
        let left = self.plan.wait.saturating_sub(waited).as_secs();
        let what = match (keys, self.plan.browser) {
            (false, _) => "Ctrl-C stops",
            (true, Browser::Robot) => "p paste the address   q stop",
            (true, _) => "o open again   p paste the address   q stop",
        };
        let mut doc = Doc::new();
        doc.push(Style::Faint, format!("    waiting for you   {}:{:02}   {what}", left / 60, left % 60));
        let _ = sink::status(&doc);
    }
}
