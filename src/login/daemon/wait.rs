//! Waits for what becomes of the session: its status, what the daemon's log says of browsers that come back, what the person
//! types or pastes, and the clock. Changes nothing, except that a pasted callback is handed to the daemon.

use super::Ground;
use super::browser::Page;
use super::session::Begun;
use crate::authsome::client::{Session, Trouble};
use crate::authsome::daemon::LONGEST_EXCHANGE;
use crate::authsome::daemon_log::{self, Callback};
use crate::authsome::versions;
use crate::login::browser;
use crate::login::plan::{Browser, Flow, Plan};
use crate::login::story::Story;
use crate::prompt::{Keys, Typed};
use crate::sink::{self, Doc, Style};
use serde_json::json;
use std::path::PathBuf;
use std::time::{Duration, Instant};
use url::Url;

/// How long the daemon keeps a session.
pub const SESSION: Duration = Duration::from_secs(300);
/// So often is the daemon asked.
const ASK_EVERY: Duration = Duration::from_millis(500);
/// So often are the keys looked at.
const TICK: Duration = Duration::from_millis(50);

/// How the waiting ended.
pub enum Ended {
    Completed,
    Failed(Session),
    /// The daemon no longer knows the session: its time is over, or another daemon took its place.
    Gone,
    /// The daemon itself is gone, or silent for longer than an exchange takes.
    NoDaemon(String),
    /// The browser came back to a path that this daemon does not serve.
    OtherPath(Box<Callback>),
    Nobody,
    /// What the page says, pasted.
    Said(String),
    Interrupted,
}

/// What was seen meanwhile.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    /// The callbacks that the log shows, oldest first.
    pub callbacks: Vec<Callback>,
    pub waited: Duration,
    pub browser_opened: bool,
}

pub struct Waiting<'a> {
    ground: &'a Ground<'a>,
    plan: &'a Plan,
    session: &'a Session,
    log: Option<(PathBuf, u64)>,
    page: Page,
    seen: Seen,
    noted: usize,
}

/// The log of the daemon and its length now; none where it is another machine's.
pub fn log_length(ground: &Ground) -> Option<(PathBuf, u64)> {
    if ground.client.daemon.hosted {
        return None;
    }
    let release = versions::release(&ground.client.daemon.version).0;
    let path = release.file(&ground.home, "daemon_log")?;
    let found = ground.setup.host.files.metadata(&path).ok()?;
    Some((path, found.len))
}

impl<'a> Waiting<'a> {
    pub fn new(
        ground: &'a Ground<'a>,
        plan: &'a Plan,
        begun: &'a Begun,
        log: Option<(PathBuf, u64)>,
        page: Page,
    ) -> Self {
        let seen = Seen { browser_opened: page.by_us, ..Seen::default() };
        Self { ground, plan, session: &begun.session, log, page, seen, noted: 0 }
    }

    pub fn wait(mut self, story: &Story) -> (Ended, Seen) {
        let ended = self.until_something_happens(story);
        let _ = sink::clear_status();
        self.read_log();
        (ended, self.seen)
    }

    fn until_something_happens(&mut self, story: &Story) -> Ended {
        let began = Instant::now();
        let mut keys = self.ground.setup.prompt.keys();
        let mut asked: Option<Instant> = None;
        let mut silent: Option<Instant> = None;
        loop {
            self.seen.waited = began.elapsed();
            if crate::prompt::interrupted() {
                return Ended::Interrupted;
            }
            if asked.is_none_or(|last| last.elapsed() >= ASK_EVERY) {
                asked = Some(Instant::now());
                if let Some(ended) = self.look(&mut silent, story) {
                    return ended;
                }
            }
            if self.seen.waited >= self.limit() {
                return Ended::Nobody;
            }
            if let Some(ended) = keys.as_mut().and_then(|keys| self.typed(keys, story)) {
                return ended;
            }
            self.countdown(keys.is_some(), silent.is_some());
            std::thread::sleep(TICK);
        }
    }

    /// A session lives for 300 s, one of the device flow as long as its code.
    fn limit(&self) -> Duration {
        // A little longer than the daemon, so that it has the last word.
        let most = if self.plan.flow == Flow::DeviceCode { self.plan.wait } else { SESSION + Duration::from_secs(2) };
        self.plan.wait.min(most)
    }

    fn look(&mut self, silent: &mut Option<Instant>, story: &Story) -> Option<Ended> {
        let before = self.seen.callbacks.len();
        self.read_log();
        let status = self.ground.client.session(&self.session.id);
        if !matches!(status, Err(Trouble::NoAnswer(_))) {
            *silent = None;
        }
        match status {
            Ok(session) if session.status == "completed" => return Some(Ended::Completed),
            Ok(session) if matches!(session.status.as_str(), "failed" | "cancelled" | "expired") => {
                return Some(Ended::Failed(session));
            }
            Ok(_) => {}
            Err(Trouble::NoAnswer(why)) => {
                // While it exchanges a code it answers nobody.
                let since = *silent.get_or_insert_with(Instant::now);
                let refused = why.contains("refused");
                if since.elapsed() > LONGEST_EXCHANGE || (refused && since.elapsed() > Duration::from_secs(3)) {
                    return Some(Ended::NoDaemon(why));
                }
            }
            Err(Trouble::NotFound(_)) => return Some(Ended::Gone),
            Err(trouble) => return Some(Ended::NoDaemon(trouble.to_string())),
        }
        for callback in &self.seen.callbacks[before.min(self.seen.callbacks.len())..] {
            if callback.outcome == "other_version_path" {
                return Some(Ended::OtherPath(Box::new(callback.clone())));
            }
        }
        self.note(story);
        None
    }

    /// Of another machine's daemon there is no log.
    fn read_log(&mut self) {
        if let Some((path, length)) = &self.log
            && let Ok(log) = daemon_log::since(&*self.ground.setup.host.files, path, *length)
        {
            self.seen.callbacks = log.callbacks;
        }
    }

    /// A browser that came back with nothing that belongs to this session: said once, and waited on.
    fn note(&mut self, story: &Story) {
        for callback in self.seen.callbacks.iter().skip(self.noted) {
            let what = match callback.outcome {
                "session_expired" | "failed_or_expired" => {
                    "a tab of an earlier login came back: the daemon does not know its state"
                }
                "missing_state" => "a browser came back without a state",
                _ => continue,
            };
            story.event("noted", &json!({"what": what}));
            let mut doc = Doc::new();
            story.say(
                doc.push(Style::Warn, "! ").flow(Style::Plain, 2, format!("{what}. Noted, still waiting")).newline(),
            );
        }
        // The last one may still be told how it ended.
        self.noted = self.seen.callbacks.iter().rposition(|it| it.outcome != "unknown").map_or(self.noted, |at| at + 1);
    }

    fn typed(&self, keys: &mut Keys, story: &Story) -> Option<Ended> {
        match keys.typed()? {
            Typed::Key('q' | 'Q') => return Some(Ended::Interrupted),
            Typed::Key('o' | 'O') => {
                if let Some(url) = self.page.url.as_ref().filter(|_| self.plan.browser != Browser::Robot) {
                    drop(browser::open(self.plan, story, url, self.ground.facts));
                }
            }
            Typed::Key('p' | 'P') => {
                let mut doc = Doc::new();
                let ask = "Paste the address of the page that did not load, or what the page says, then Enter. It is not \
                           shown. Esc goes back.";
                story.say(doc.push(Style::Warn, "? ").flow(Style::Plain, 2, ask).newline());
                keys.type_text();
            }
            Typed::Key(_) => {}
            Typed::Text(text) => return self.pasted(&text, story),
        }
        None
    }

    /// The address at which a browser elsewhere came to an end is for this daemon; anything else is what the page says.
    fn pasted(&self, text: &str, story: &Story) -> Option<Ended> {
        let mut doc = Doc::new();
        let address = Url::parse(text.trim()).ok();
        let callback = address.filter(|url| url.path() == self.plan.redirect_uri.path());
        let Some((url, query)) = callback.as_ref().and_then(|url| Some((url, url.query()?))) else {
            story.say(doc.push(Style::Faint, "    text received").newline());
            return Some(Ended::Said(text.to_owned()));
        };
        story.say(doc.push(Style::Faint, "    address received: handed to the daemon").newline());
        match self.ground.client.deliver(url.path(), query) {
            Ok(()) => None,
            Err(trouble) => Some(Ended::NoDaemon(trouble.to_string())),
        }
    }

    fn countdown(&self, keys: bool, silent: bool) {
        if !self.ground.setup.prompt.is_interactive() {
            return;
        }
        let left = self.limit().saturating_sub(self.seen.waited).as_secs();
        let what = if keys { "o open again   p paste the address   q stop" } else { "Ctrl-C stops" };
        let whom = if silent { "the daemon is busy: it swaps the code   " } else { "waiting for you" };
        let mut doc = Doc::new();
        doc.push(Style::Faint, format!("    {whom}   {}:{:02}   {what}", left / 60, left % 60));
        let _ = sink::status(&doc);
    }
}
