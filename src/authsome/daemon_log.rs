//! The end of `daemon.log`: the callbacks that arrived, the logins that were begun, and why a daemon could not bind.
//!
//! The log holds access lines with whole query strings, without times. Codes and states are looked at and dropped here:
//! only whether they were there, and whether they had been there before, leaves this file.

use super::versions;
use crate::host::Files;
use std::io;
use std::path::Path;
use url::form_urlencoded;

/// How much of the end is read.
pub const TAIL: u64 = 1024 * 1024;
/// A provider's text is kept up to this many characters.
const LONGEST_TEXT: usize = 400;

#[derive(Debug, Default, PartialEq, Eq)]
pub struct DaemonLog {
    /// Oldest first.
    pub callbacks: Vec<Callback>,
    /// How many of them arrived before the last start of a daemon.
    pub before_last_start: usize,
    /// How many logins were begun since the last callback, or since the last start where that was later.
    pub begun_since: u32,
    /// The bind error that ended the last start; none when a daemon has started since.
    pub bind_error: Option<String>,
}

/// A browser that came back. No code and no state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Callback {
    pub path: String,
    pub status: u16,
    pub error: Option<String>,
    pub error_description: Option<String>,
    /// Who the provider says it is (RFC 9207), which authsome does not look at.
    pub issuer: Option<String>,
    pub had_code: bool,
    pub had_state: bool,
    pub outcome: &'static str,
    /// The very same answer of the provider had come before: how that had ended.
    pub replay_of: Option<&'static str>,
    /// How many logins this daemon had begun by then. None: what the browser brought belongs to no login of its own.
    pub begun_before: u32,
    /// The login that was begun last had come to its end already.
    pub login_over: bool,
}

impl DaemonLog {
    /// The last callback that the daemon of the last start was sent.
    pub fn last_callback(&self) -> Option<&Callback> {
        self.callbacks[self.before_last_start..].last()
    }
}

pub fn read(files: &dyn Files, path: &Path) -> io::Result<DaemonLog> {
    Ok(parse(&String::from_utf8_lossy(&files.tail(path, TAIL)?)))
}

/// What was written since the file had this length.
pub fn since(files: &dyn Files, path: &Path, length: u64) -> io::Result<DaemonLog> {
    let grown = files.metadata(path)?.len.saturating_sub(length).min(TAIL);
    let text = if grown == 0 { Vec::new() } else { files.tail(path, grown)? };
    Ok(parse(&String::from_utf8_lossy(&text)))
}

fn parse(text: &str) -> DaemonLog {
    let mut reader = Reader::default();
    // The first line may begin in the middle, and then it is no access line.
    for line in text.lines() {
        reader.line(line);
    }
    reader.log
}

#[derive(Default)]
struct Reader {
    log: DaemonLog,
    /// What each callback brought: state, and code or error.
    brought: Vec<Option<[String; 2]>>,
    /// Logins that were begun since the last start.
    begun: u32,
    /// The login that was begun last has come to its end.
    over: bool,
}

impl Reader {
    fn line(&mut self, line: &str) {
        if line.contains("error while attempting to bind on address") {
            self.log.bind_error = Some(line.trim_start_matches("ERROR:").trim().to_owned());
        } else if line.contains("Uvicorn running on") {
            self.log.bind_error = None;
            self.log.before_last_start = self.log.callbacks.len();
            (self.begun, self.over, self.log.begun_since) = (0, false, 0);
        } else if let Some((method, target, status)) = access(line) {
            let (path, query) = target.split_once('?').unwrap_or((target, ""));
            match (method, path.trim_end_matches('/')) {
                // A login is begun with its session; the prefix came with 0.6.
                ("POST", "/auth/sessions" | "/api/auth/sessions") if status == 200 => {
                    self.begun += 1;
                    self.log.begun_since += 1;
                    self.over = false;
                }
                ("GET", "/auth/success") => self.led_on(query),
                ("GET", path) if versions::callback_paths().contains(&path) => self.callback(path, query, status),
                _ => {}
            }
        }
    }

    /// Where the browser is sent on to says how the callback ended (0.6 and later).
    fn led_on(&mut self, query: &str) {
        let Some(last) = self.log.callbacks.last_mut().filter(|last| last.outcome == "unknown") else { return };
        last.outcome = match parameter(query, "error").as_deref() {
            Some("session_expired") => "session_expired",
            Some("missing_state") => "missing_state",
            Some(_) => "unknown",
            None => "finished",
        };
        self.over |= last.outcome == "finished";
    }

    fn callback(&mut self, path: &str, query: &str, status: u16) {
        let whole = |name: &str| whole_parameter(query, name);
        let brought = whole("state").zip(whole("code").or_else(|| whole("error"))).map(|(state, rest)| [state, rest]);
        let same = |earlier: &Option<[String; 2]>| brought.is_some() && *earlier == brought;
        let replay_of = self.brought.iter().position(same).map(|at| self.log.callbacks[at].outcome);
        let had_state = whole("state").is_some();
        let outcome = match status {
            404 => "other_version_path",
            // Up to 0.5 the answer is the page itself.
            200 => "succeeded",
            400 if had_state => "failed_or_expired",
            400 => "missing_state",
            _ => "unknown",
        };
        self.log.callbacks.push(Callback {
            path: path.to_owned(),
            status,
            error: parameter(query, "error"),
            error_description: parameter(query, "error_description"),
            issuer: parameter(query, "iss"),
            had_code: whole("code").is_some(),
            had_state,
            outcome,
            replay_of,
            begun_before: self.begun,
            login_over: self.over,
        });
        self.brought.push(brought);
        self.log.begun_since = 0;
        self.over |= outcome == "succeeded";
    }
}

/// `INFO:     127.0.0.1:35646 - "GET /path?query HTTP/1.1" 303 See Other`
fn access(line: &str) -> Option<(&str, &str, u16)> {
    let (request, rest) = line.split_once(" - \"")?.1.split_once(" HTTP/")?;
    let (method, target) = request.split_once(' ')?;
    Some((method, target, rest.split_once("\" ")?.1.get(..3)?.parse().ok()?))
}

fn parameter(query: &str, name: &str) -> Option<String> {
    Some(whole_parameter(query, name)?.chars().take(LONGEST_TEXT).collect())
}

fn whole_parameter(query: &str, name: &str) -> Option<String> {
    let value = form_urlencoded::parse(query.as_bytes()).find(|(found, _)| found == name)?.1;
    (!value.is_empty()).then(|| value.into_owned())
}

#[cfg(test)]
#[path = "daemon_log_tests.rs"]
mod tests;
