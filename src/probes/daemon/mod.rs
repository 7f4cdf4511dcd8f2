//! Section `daemon`: authsome's daemon, as it answers, as its process shows it, and as its files tell.
//!
//! Asks nothing beyond what the `port` probe asked, and nothing that creates something.

mod files;
mod hosted;
#[cfg(test)]
mod tests;

pub use hosted::PROBE as HOSTED;

use super::proxy::{VARIABLES, without_userinfo};
use super::{Context, LOCAL, Probe};
use crate::authsome::{BaseUrl, Home, install, restart, settings, versions};
use crate::facts::{Entry, Fact, Facts, Looked, Record, Value, unknown};
use crate::host::{Host, Process};
use std::path::{Path, PathBuf};

pub const PROBE: Probe = Probe { section: "daemon", needs: &["authsome", "port"], limit: LOCAL, run };

fn run(context: &Context, known: &Facts) -> Facts {
    let mut facts = Facts::new();
    // Every version looks elsewhere for its daemon: without knowing what is installed nothing here would be sure.
    if let Looked::Unknown(reason) = known.get("authsome.path") {
        facts.set("daemon", Entry::from(unknown(format!("what is installed is not known: {reason}"))));
        return facts;
    }
    let host = &context.host;
    let release = super::authsome::release(known);
    let home = Home::find(&host.env, context.home_flag.as_deref()).path;
    let config = settings::client_config(host, &home, release);
    let base = BaseUrl::find(&host.env, config.as_ref(), release);
    facts.set("daemon.base_url", base.text.as_str());
    facts.set("daemon.base_url_from", base.from);
    facts.set("daemon.base_url_defect", base.defect());
    facts.set("daemon.managed", base.managed(&host.env, release));
    facts.set("daemon.port_variable", base.other_port_variable(&host.env, release));
    if let Some(url) = base.url().filter(|_| base.loopback_port().is_some()) {
        let port = base.loopback_port().map(i64::from);
        let own;
        let seen = if known.number("port.number") == port {
            known
        } else {
            own = super::port::look_at(context, release, &url);
            &own
        };
        put_process(&mut facts, context, known, seen, &home);
    }
    let live = matches!(facts.text("daemon.state"), Some("running" | "busy" | "hung" | "unproved"));
    files::put(&mut facts, host, release, &home, live);
    facts
}

/// What was found at the daemon's address.
fn put_process(facts: &mut Facts, context: &Context, known: &Facts, seen: &Facts, home: &Path) {
    let listener = match seen.get("port.listeners") {
        Looked::Known(Value::List(list)) => list.iter().filter_map(record_of).find(|l| truth(l, "covers_callback")),
        Looked::Unknown(reason) => {
            facts.set("daemon.state", unknown(reason));
            return;
        }
        _ => None,
    };
    let Some(listener) = listener else {
        let state = match seen.get("port.free") {
            Looked::Unknown(reason) => unknown(reason).into(),
            _ => Entry::from("not_running"),
        };
        facts.set("daemon.state", state);
        return;
    };
    let owner = match listener.get("owner").map(|entry| &entry.fact) {
        Some(Fact::Known(Value::Record(owner))) => owner,
        Some(Fact::Unknown(reason)) => {
            // What answers otherwise than authsome is no daemon, whoever it is.
            let other = matches!(text(listener, "answers"), Some("http" | "not_http"));
            facts.set("daemon.state", if other { Entry::from("not_a_daemon") } else { unknown(reason).into() });
            return;
        }
        _ => return,
    };
    let state = match text(owner, "kind") {
        Some("authsome_daemon") => "running",
        Some("daemon_busy") => "busy",
        Some("daemon_hung") => "hung",
        Some("claimed_daemon") => "unproved",
        _ => "not_a_daemon",
    };
    facts.set("daemon.state", state);
    if state == "not_a_daemon" {
        return;
    }
    for (from, to) in [("health_path", "health_path"), ("health_status", "status"), ("version", "version")] {
        copy(facts, listener, from, &format!("daemon.{to}"));
    }
    for name in ["pid", "started_at", "user"] {
        copy(facts, owner, name, &format!("daemon.{name}"));
    }
    if let Some(version) = text(listener, "version") {
        facts.set("daemon.known_version", versions::release(version).1);
    }
    if let (Some(running), Some(installed)) = (text(listener, "version"), known.text("authsome.version")) {
        facts.set("daemon.version_matches", running == installed);
    }
    if let Some(pid) = facts.number("daemon.pid").and_then(|pid| u32::try_from(pid).ok()) {
        put_environment(facts, &context.host, pid, home);
        if let Ok(Some(process)) = context.host.processes.get(pid) {
            put_installation(facts, &context.host, process);
        }
    }
}

/// Which installation runs it: its own command line names its Python.
fn put_installation(facts: &mut Facts, host: &Host, process: Process) {
    let named = process.command.first().map(PathBuf::from).filter(|python| python.is_absolute());
    let Some(python) = named.or(process.executable) else { return };
    facts.set("daemon.python", python.to_string_lossy().into_owned());
    let Ok(found) = install::of_python(host, &python) else { return };
    if let Some(site) = install::find(host).first().and_then(|installed| installed.site.clone()) {
        facts.set("daemon.same_installation", same_folder(host, &site, &found.site));
    }
    facts.set("daemon.installed_version", found.version);
}

/// What the daemon was started with: its own home, and the base of the redirect URIs that it sends. Both stick until it
/// ends.
fn put_environment(facts: &mut Facts, host: &Host, pid: u32, home: &Path) {
    const NAMES: [&str; 4] = ["AUTHSOME_HOME", "HOME", "AUTHSOME_BASE_URL", "AUTHSOME_SERVER_BASE_URL"];
    let release = facts.text("daemon.version").map_or_else(versions::latest, |version| versions::release(version).0);
    let kept = restart::variables(release, &VARIABLES);
    let names: Vec<&str> = NAMES.into_iter().chain(kept.iter().copied()).collect();
    let variables = match host.processes.environment(pid, &names) {
        Ok(variables) => variables,
        Err(reason) => {
            for name in ["home", "home_matches", "effective_base_url", "restart_changes"] {
                facts.set(&format!("daemon.{name}"), unknown(&reason));
            }
            return;
        }
    };
    let theirs = match variables.get("AUTHSOME_HOME") {
        Some(path) => PathBuf::from(path),
        None => PathBuf::from(variables.get("HOME").map_or("", String::as_str)).join(".authsome"),
    };
    let folder = host.processes.get(pid).ok().flatten().and_then(|process| process.working_directory);
    let theirs = if theirs.is_relative() { folder.unwrap_or_default().join(theirs) } else { theirs };
    facts.set("daemon.home", theirs.to_string_lossy().into_owned());
    facts.set("daemon.home_matches", same_folder(host, &theirs, home));
    let changes = restart::compare(&kept, &variables, &host.env, without_userinfo);
    facts.set("daemon.restart_changes", restart::records(&changes));
    let base = release.redirect_base.as_deref().and_then(|name| variables.get(name)).map(|base| base.trim());
    let base = base.filter(|base| !base.is_empty()).unwrap_or(BaseUrl::DEFAULT).trim_end_matches('/');
    facts.set("daemon.effective_base_url", base);
}

fn same_folder(host: &Host, one: &Path, other: &Path) -> bool {
    match (host.files.identity(one), host.files.identity(other)) {
        (Ok(one), Ok(other)) => one == other,
        _ => one == other,
    }
}

fn record_of(entry: &Entry) -> Option<&Record> {
    if let Fact::Known(value) = &entry.fact { value.as_record() } else { None }
}

fn known<'a>(record: &'a Record, name: &str) -> Option<&'a Value> {
    if let Fact::Known(value) = &record.get(name)?.fact { Some(value) } else { None }
}

fn text<'a>(record: &'a Record, name: &str) -> Option<&'a str> {
    known(record, name)?.as_text()
}

fn truth(record: &Record, name: &str) -> bool {
    known(record, name).and_then(Value::as_truth).unwrap_or_default()
}

fn copy(facts: &mut Facts, record: &Record, from: &str, to: &str) {
    if let Some(entry) = record.get(from) {
        facts.set(to, entry.clone());
    }
}
