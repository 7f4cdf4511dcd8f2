//! The process behind a listener: what kind of program it is, how we know, and whether we would ever stop it.

use super::forwarders;
use crate::authsome::daemon::{Answer, is_daemon_command};
use crate::facts::{Entry, Record, unknown};
use crate::host::{Host, Listener, Process};
use crate::probes::Context;

/// A daemon that started less than this many seconds ago may not have got round to answering.
const STARTING: i64 = 10;

/// The process, or why it is hidden.
pub fn process(context: &Context, listener: &Listener) -> Result<Process, String> {
    let pids = listener.pids.clone()?;
    let pid = *pids.first().ok_or("the system names no process for it")?;
    context.host.processes.get(pid)?.ok_or_else(|| "its process ended while we looked".to_owned())
}

pub fn entry(
    context: &Context,
    listener: &Listener,
    process: Result<Process, String>,
    answer: Option<&Answer>,
) -> Entry {
    match (process, answer) {
        (Ok(process), _) => record(context, &process, answer).into(),
        (Err(reason), Some(Answer::Authsome(_))) => claimed_by_nobody_we_see(context, listener, &reason).into(),
        (Err(reason), _) => unknown(reason).into(),
    }
}

fn record(context: &Context, process: &Process, answer: Option<&Answer>) -> Record {
    let host = &context.host;
    let (kind, because) = kind(host, process, answer);
    let keep = keep_off(host, process);
    let protected = keep.is_some() || matches!(kind, "forwarder" | "container" | "service" | "ourselves");
    let mut record = Record::new()
        .with("kind", kind)
        .with("kind_because", because)
        .with("pid", process.pid)
        .with("name", process.name.as_str())
        .with("command", command_line(&process.command))
        .with("executable", process.executable.as_ref().map(|path| path.to_string_lossy().into_owned()))
        .with("user", process.user.clone().or_else(|| process.uid.map(|uid| format!("user id {uid}"))))
        .with("started_at", process.started_at)
        .with("protected", protected);
    if let (Some(theirs), Some(ours)) = (process.uid, host.processes.own_uid()) {
        record.put("ours", theirs == ours);
    }
    match &process.service {
        Ok(service) => {
            record.put("unit", service.as_ref().map(|service| service.unit.clone()));
            record.put("stop_hint", service.as_ref().map(|service| service.stop.join(" ")));
        }
        Err(reason) => {
            record.put("unit", unknown(reason));
            record.put("stop_hint", unknown(reason));
        }
    }
    if let Some(container) = &process.container {
        record.put("container", container.as_str());
        record.put("stop_hint", container.replacen(' ', " stop ", 1));
    }
    record
}

/// The kind of program, and how we know.
fn kind(host: &Host, process: &Process, answer: Option<&Answer>) -> (&'static str, String) {
    if process.pid == host.processes.own_pid() {
        return ("ourselves", "it is this very process".to_owned());
    }
    if let Some(container) = &process.container {
        return ("container", format!("it runs in a container ({container})"));
    }
    if let Some(what) = forwarders::what(process) {
        return ("forwarder", what.to_owned());
    }
    if is_daemon_command(&process.command) {
        return daemon_kind(host, process, answer);
    }
    if let Some(Answer::Authsome(health)) = answer {
        let because = format!(
            "it answers like authsome {}, but its command line is not that of authsome's daemon",
            health.version
        );
        return ("claimed_daemon", because);
    }
    if let Ok(Some(service)) = &process.service {
        return ("service", format!("the service {} runs it", service.unit));
    }
    if process.stopped {
        return ("hung", "it was stopped by a signal and answers nobody".to_owned());
    }
    match answer {
        Some(Answer::Nothing) => ("hung", "it takes connections and answers nothing".to_owned()),
        Some(Answer::Http { status, .. }) => {
            ("other_program", format!("it answered the health request with HTTP {status}"))
        }
        _ => ("other_program", "its command line is not authsome's".to_owned()),
    }
}

/// A process with the command line of authsome's daemon.
fn daemon_kind(host: &Host, process: &Process, answer: Option<&Answer>) -> (&'static str, String) {
    let ours = process.uid.is_some() && process.uid == host.processes.own_uid();
    if !ours {
        let user = process.user.as_deref().unwrap_or("somebody else");
        return ("claimed_daemon", format!("it runs authsome's command line, but as {user}, not as you"));
    }
    if process.stopped {
        return ("daemon_hung", "the daemon was stopped by a signal and answers nobody".to_owned());
    }
    let age = process.started_at.map(|started| host.clock.now().as_second() - started.as_second());
    match answer {
        Some(Answer::Authsome(health)) => (
            "authsome_daemon",
            format!("it answers as authsome {}, runs authsome's command line, and is yours", health.version),
        ),
        None => ("authsome_daemon", "it runs authsome's command line, and is yours; it was not asked".to_owned()),
        Some(Answer::Nothing | Answer::Refused) if age.is_some_and(|age| age < STARTING) => {
            ("daemon_busy", "the daemon started a moment ago and does not answer yet".to_owned())
        }
        Some(Answer::Nothing | Answer::Refused) => {
            let because = "the daemon took the connection and said nothing yet: it stands still while it exchanges a code \
                           for a token, for 30 s at most; we waited less than a second";
            ("daemon_busy", because.to_owned())
        }
        Some(Answer::Http { status, .. }) => (
            "claimed_daemon",
            format!("it runs authsome's command line, but answers its health request with HTTP {status}"),
        ),
        Some(Answer::NotHttp) => {
            ("claimed_daemon", "it runs authsome's command line, but does not answer in HTTP".to_owned())
        }
    }
}

/// Why this process must never be stopped by us, whatever kind of program it is.
pub fn keep_off(host: &Host, process: &Process) -> Option<String> {
    if process.pid <= 1 {
        return Some("it is the first process of the system".to_owned());
    }
    if host.processes.ancestors().contains(&process.pid) {
        return Some("this program runs inside it".to_owned());
    }
    if process.uid.is_none() || process.uid != host.processes.own_uid() {
        return Some("it is not yours".to_owned());
    }
    if let Some(what) = forwarders::what(process) {
        return Some(what.to_owned());
    }
    if let Some(container) = &process.container {
        return Some(format!("it runs in a container ({container})"));
    }
    match &process.service {
        Ok(None) => None,
        Ok(Some(service)) => Some(format!("the service {} would start it again", service.unit)),
        Err(reason) => Some(reason.clone()),
    }
}

/// It answers like authsome, and the system hides who it is.
fn claimed_by_nobody_we_see(context: &Context, listener: &Listener, reason: &str) -> Record {
    let mut record = Record::new()
        .with("kind", "claimed_daemon")
        .with("kind_because", format!("it answers like authsome's daemon, but who it is cannot be seen: {reason}"))
        .with("pid", unknown(reason))
        .with("name", unknown(reason))
        .with("protected", true);
    if let (Some(theirs), Some(ours)) = (listener.uid, context.host.processes.own_uid()) {
        record.put("ours", theirs == ours);
    }
    record
}

/// The words of a command line, quoted where they hold blanks, and not without end.
pub fn command_line(command: &[String]) -> String {
    const LONGEST: usize = 400;
    let quote = |word: &String| match word {
        word if word.is_empty() || word.contains(char::is_whitespace) => format!("'{word}'"),
        word => word.clone(),
    };
    let line = command.iter().map(quote).collect::<Vec<_>>().join(" ");
    if line.chars().count() <= LONGEST { line } else { line.chars().take(LONGEST).chain(['…']).collect() }
}
