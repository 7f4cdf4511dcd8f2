//! What the daemon and the commands leave in the home: the pid file, the audit table, the logs.

use crate::authsome::daemon::is_daemon_command;
use crate::authsome::daemon_log::{self, Callback, DaemonLog};
use crate::authsome::{Release, audit, client_log, versions};
use crate::facts::{Facts, Looked, Record, Value, unknown};
use crate::host::Host;
use crate::probes::port::command_line;
use jiff::Timestamp;
use std::io::ErrorKind;
use std::path::Path;

/// A list of callbacks is a history, not an archive.
const MOST_CALLBACKS: usize = 20;

/// `live`: a daemon may be writing in it.
pub fn put(facts: &mut Facts, host: &Host, release: &Release, home: &Path, live: bool) {
    if let Some(path) = release.file(home, "pid") {
        put_pid_file(facts, host, &path);
    }
    let live = live || facts.text("daemon.pid_file.state") == Some("daemon");
    if let Some(path) = release.file(home, "database") {
        put_audit(facts, host, &path, live);
    }
    if let Some(path) = release.file(home, "client_log") {
        put_begun(facts, host, &path);
    }
    if let Some(path) = release.file(home, "daemon_log") {
        put_log(facts, host, &path);
    }
}

fn put_pid_file(facts: &mut Facts, host: &Host, path: &Path) {
    let mut record = Record::new().with("path", path.to_string_lossy().into_owned());
    match host.files.read_text(path, 64) {
        Ok(content) => {
            record.put("content", content.trim());
            match content.trim().parse::<u32>() {
                Ok(pid) => put_whose(&mut record, host, pid),
                Err(_) => record.put("state", "unreadable"),
            }
        }
        Err(error) if error.kind() == ErrorKind::NotFound => {
            facts.set("daemon.pid_file", None::<Record>);
            return;
        }
        Err(_) => record.put("state", "unreadable"),
    }
    facts.set("daemon.pid_file", record);
}

fn put_whose(record: &mut Record, host: &Host, pid: u32) {
    record.put("pid", pid);
    match host.processes.get(pid) {
        Ok(None) => record.put("state", "dead"),
        Ok(Some(process)) if process.zombie => record.put("state", "zombie"),
        Ok(Some(process)) if is_daemon_command(&process.command) => record.put("state", "daemon"),
        Ok(Some(process)) => {
            record.put("state", "stranger");
            let line = command_line(&process.command);
            record.put("stranger", if line.is_empty() { process.name } else { line });
        }
        Err(reason) => record.put("state", unknown(reason)),
    }
}

fn put_audit(facts: &mut Facts, host: &Host, path: &Path, live: bool) {
    match host.files.metadata(path) {
        Ok(found) if found.len > 0 => {}
        // None yet, or a new and empty one.
        _ => return,
    }
    match audit::read(path, live) {
        Ok(audit) => {
            facts.set("daemon.last_login_at", audit.last_login_at);
            let failure = audit.last_failure.map(|failure| {
                Record::new()
                    .with("at", failure.at)
                    .with("provider", failure.provider)
                    .with("connection", failure.connection)
                    .with("error", failure.error)
                    .with("mended", failure.mended)
                    .with("after_success_at", failure.after_success_at)
            });
            facts.set("daemon.last_failure", failure);
        }
        Err(reason) => {
            facts.set("daemon.last_failure", unknown(&reason));
            facts.set("daemon.last_login_at", unknown(reason));
        }
    }
}

fn put_begun(facts: &mut Facts, host: &Host, path: &Path) {
    match client_log::last_begun(&*host.files, path, &host.clock.zone()) {
        Ok(begun) => {
            let begun = begun.map(|begun| {
                Record::new().with("at", begun.at).with("provider", begun.provider).with("connection", begun.connection)
            });
            facts.set("daemon.last_login_begun", begun);
        }
        Err(error) if error.kind() == ErrorKind::NotFound => facts.set("daemon.last_login_begun", None::<Record>),
        Err(error) => facts.set("daemon.last_login_begun", unknown(format!("authsome.log cannot be read: {error}"))),
    }
}

fn put_log(facts: &mut Facts, host: &Host, path: &Path) {
    match daemon_log::read(&*host.files, path) {
        Ok(log) => {
            facts.set("daemon.log_changed_at", host.files.metadata(path).ok().and_then(|found| found.modified));
            let last = log.last_callback().map(|callback| last(&log, callback, not_before(facts, &log)));
            facts.set("daemon.last_callback", last);
            facts.set("daemon.bind_error", log.bind_error.clone());
            let skip = log.callbacks.len().saturating_sub(MOST_CALLBACKS);
            facts.set("daemon.callbacks", log.callbacks.iter().skip(skip).map(record).collect::<Vec<_>>());
        }
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => {
            for name in ["callbacks", "last_callback", "bind_error"] {
                facts.set(&format!("daemon.{name}"), unknown(format!("daemon.log cannot be read: {error}")));
            }
        }
    }
}

/// What is known of when the last callback came: after the login that was begun last, where none was begun since; and after
/// the daemon was started, where that is the daemon of this home.
fn not_before(facts: &Facts, log: &DaemonLog) -> Option<Timestamp> {
    let time = |name: &str| match facts.get(name) {
        Looked::Known(Value::Time(at)) => Some(*at),
        _ => None,
    };
    let begun = time("daemon.last_login_begun.at").filter(|_| log.begun_since == 0);
    let started = time("daemon.started_at").filter(|_| facts.truth("daemon.home_matches") == Some(true));
    begun.max(started)
}

fn record(callback: &Callback) -> Record {
    Record::new()
        .with("path", callback.path.as_str())
        .with("status", callback.status)
        .with("error", callback.error.clone())
        .with("error_description", callback.error_description.clone())
        .with("issuer", callback.issuer.clone())
        .with("had_code", callback.had_code)
        .with("had_state", callback.had_state)
        .with("outcome", callback.outcome)
        .with("replay_of", callback.replay_of)
}

fn last(log: &DaemonLog, callback: &Callback, not_before: Option<Timestamp>) -> Record {
    let senders = versions::versions_with_callback_path(&callback.path);
    record(callback)
        .with("versions", senders.into_iter().map(str::to_owned).collect::<Vec<_>>())
        .with("replayed", callback.replay_of.is_some())
        .with("logins_before", callback.begun_before)
        .with("logins_since", log.begun_since)
        .with("login_over", callback.login_over)
        .with("not_before", not_before)
}
