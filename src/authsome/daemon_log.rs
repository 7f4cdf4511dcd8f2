//! The end of `daemon.log`: the callbacks that arrived, and why a daemon could not bind.
//!
//! The log holds access lines with whole query strings, without times. Codes and states are looked at and dropped here:
//! only whether they were there leaves this file.

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
    pub had_code: bool,
    pub had_state: bool,
    pub outcome: &'static str,
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
    let mut log = DaemonLog::default();
    // The first line may begin in the middle, and then it is no access line.
    for line in text.lines() {
        if line.contains("error while attempting to bind on address") {
            log.bind_error = Some(line.trim_start_matches("ERROR:").trim().to_owned());
        } else if line.contains("Uvicorn running on") {
            log.bind_error = None;
            log.before_last_start = log.callbacks.len();
        } else if let Some((target, status)) = access(line) {
            note(&mut log, target, status);
        }
    }
    log
}

/// `INFO:     127.0.0.1:35646 - "GET /path?query HTTP/1.1" 303 See Other`
fn access(line: &str) -> Option<(&str, u16)> {
    let (target, rest) = line.split_once("\"GET ")?.1.split_once(" HTTP/")?;
    Some((target, rest.split_once("\" ")?.1.get(..3)?.parse().ok()?))
}

fn note(log: &mut DaemonLog, target: &str, status: u16) {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    // Where the browser is sent on to says how the callback ended.
    if path.trim_end_matches('/') == "/auth/success" {
        if let Some(last) = log.callbacks.last_mut().filter(|last| last.outcome == "unknown") {
            last.outcome = match parameter(query, "error").as_deref() {
                Some("session_expired") => "session_expired",
                Some("missing_state") => "missing_state",
                Some(_) => "unknown",
                None => "finished",
            };
        }
        return;
    }
    if !versions::callback_paths().contains(&path) {
        return;
    }
    log.callbacks.push(Callback {
        path: path.to_owned(),
        status,
        error: parameter(query, "error"),
        error_description: parameter(query, "error_description"),
        had_code: parameter(query, "code").is_some(),
        had_state: parameter(query, "state").is_some(),
        outcome: if status == 404 { "other_version_path" } else { "unknown" },
    });
}

fn parameter(query: &str, name: &str) -> Option<String> {
    let value = form_urlencoded::parse(query.as_bytes()).find(|(found, _)| found == name)?.1;
    (!value.is_empty()).then(|| value.chars().take(LONGEST_TEXT).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOG: &str = r#"0.1:35640 - "GET /api/auth/callback/oauth?code=cut HTTP/1.1" 303 See Other
INFO:     Uvicorn running on http://127.0.0.1:7998 (Press CTRL+C to quit)
INFO:     127.0.0.1:35646 - "GET /api/auth/callback/oauth?code=aYnIb2&state=pKBn2&iss=http%3A%2F%2F127.0.0.1%3A9100 HTTP/1.1" 303 See Other
INFO:     127.0.0.1:35646 - "GET /auth/success?session=sess_610db3c357df HTTP/1.1" 307 Temporary Redirect
INFO:     127.0.0.1:35646 - "GET /auth/success/?session=sess_610db3c357df HTTP/1.1" 200 OK
INFO:     127.0.0.1:35650 - "GET /api/auth/callback/oauth?error=access_denied&error_description=The+user%20denied&state=x HTTP/1.1" 303 See Other
INFO:     127.0.0.1:35650 - "GET /auth/success?error=session_expired HTTP/1.1" 307 Temporary Redirect
INFO:     127.0.0.1:35651 - "GET /api/auth/callback/oauth HTTP/1.1" 303 See Other
INFO:     127.0.0.1:35651 - "GET /auth/success?error=missing_state HTTP/1.1" 307 Temporary Redirect
INFO:     127.0.0.1:35652 - "GET /auth/callback/oauth?code=c&state=s HTTP/1.1" 404 Not Found
INFO:     127.0.0.1:35652 - "GET /api/health HTTP/1.1" 200 OK
"#;

    #[test]
    fn each_callback_is_told_with_how_it_ended() {
        let outcomes: Vec<_> = parse(LOG).callbacks.iter().map(|callback| callback.outcome).collect();
        assert_eq!(outcomes, ["unknown", "finished", "session_expired", "missing_state", "other_version_path"]);
    }

    #[test]
    fn what_the_provider_said_is_kept_and_no_code_or_state() {
        let log = parse(LOG);
        let denied = &log.callbacks[2];
        assert_eq!(denied.error.as_deref(), Some("access_denied"));
        assert_eq!(denied.error_description.as_deref(), Some("The user denied"));
        assert_eq!((denied.had_code, denied.had_state), (false, true));
        let everything = format!("{log:?}");
        assert!(!everything.contains("aYnIb2") && !everything.contains("pKBn2"));
    }

    #[test]
    fn the_last_callback_is_one_since_the_last_start() {
        let started = "INFO:     Uvicorn running on http://127.0.0.1:7998\n";
        assert_eq!(parse(LOG).last_callback().unwrap().outcome, "other_version_path");
        let restarted = parse(&format!("{LOG}{started}"));
        assert_eq!((restarted.callbacks.len(), restarted.last_callback()), (5, None));
    }

    #[test]
    fn a_bind_error_counts_until_a_daemon_starts() {
        let failed = "ERROR:    [Errno 98] error while attempting to bind on address ('127.0.0.1', 7998): in use\n";
        assert!(parse(failed).bind_error.unwrap().starts_with("[Errno 98]"));
        assert_eq!(parse(&format!("{failed}INFO:     Uvicorn running on http://127.0.0.1:7998\n")).bind_error, None);
    }

    #[test]
    fn junk_is_no_callback() {
        assert_eq!(parse("\"GET \n\"GET /callback HTTP/\n\u{0}\"GET /x HTTP/1.1\" 99\n"), DaemonLog::default());
    }
}
