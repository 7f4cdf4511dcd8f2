//! What changes for the daemon when it is started anew from this shell: a daemon keeps the variables of the shell that
//! started it.

use super::versions::Release;
use crate::facts::{Entry, Fact, Facts, Record, Value};
use crate::host::Env;
use std::collections::BTreeMap;
use std::fmt;

/// A variable of the running daemon that a new one would have otherwise. `None`: not set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    pub variable: String,
    pub now: Option<String>,
    pub then: Option<String>,
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |value: &Option<String>| value.clone().unwrap_or_else(|| "(not set)".to_owned());
        write!(f, "{}: {} -> {}", self.variable, shown(&self.now), shown(&self.then))
    }
}

/// The variables that decide how a daemon behaves towards browser and provider, which `names` completes with those of
/// proxies and certificates. Keys and passwords are none of them.
pub fn variables<'a>(release: &'a Release, names: &[&'a str]) -> Vec<&'a str> {
    release.redirect_base.as_deref().into_iter().chain(names.iter().copied()).collect()
}

/// What is otherwise in `shell`. `shown` takes out of a value what nobody may see.
pub fn compare(
    names: &[&str],
    daemon: &BTreeMap<String, String>,
    shell: &Env,
    shown: impl Fn(&str) -> String,
) -> Vec<Change> {
    let filled = |value: Option<&str>| value.filter(|value| !value.trim().is_empty()).map(&shown);
    let changes = names.iter().map(|name| Change {
        variable: (*name).to_owned(),
        now: filled(daemon.get(*name).map(String::as_str)),
        then: filled(shell.get(name)),
    });
    changes.filter(|change| change.now != change.then).collect()
}

/// As the fact `daemon.restart_changes` holds them.
pub fn records(changes: &[Change]) -> Vec<Record> {
    let record = |change: &Change| {
        Record::new()
            .with("variable", change.variable.as_str())
            .with("now", change.now.clone())
            .with("then", change.then.clone())
    };
    changes.iter().map(record).collect()
}

/// What the facts say that a restart changes.
pub fn changes(facts: &Facts) -> Vec<Change> {
    let text = |record: &Record, name: &str| match record.get(name).map(|entry| &entry.fact) {
        Some(Fact::Known(value)) => value.as_text().map(str::to_owned),
        _ => None,
    };
    let change = |entry: &Entry| {
        let Fact::Known(Value::Record(record)) = &entry.fact else { return None };
        let variable = text(record, "variable")?;
        Some(Change { variable, now: text(record, "now"), then: text(record, "then") })
    };
    facts.list("daemon.restart_changes").into_iter().flatten().filter_map(change).collect()
}

#[cfg(test)]
mod tests {
    use super::super::versions::release;
    use super::*;

    #[test]
    fn what_a_new_daemon_would_have_otherwise_is_told_and_read_again() {
        let names = variables(release("0.7.2").0, &["HTTPS_PROXY", "NO_PROXY"]);
        let daemon = [("AUTHSOME_BASE_URL", "http://localhost:7998"), ("NO_PROXY", "localhost")];
        let daemon = daemon.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        let shell = [("HTTPS_PROXY", "http://me:secret@proxy:8080"), ("NO_PROXY", "localhost")].into_iter().collect();
        let changes = compare(&names, &daemon, &shell, |value| value.replace("me:secret@", ""));
        let told: Vec<String> = changes.iter().map(ToString::to_string).collect();
        assert_eq!(
            told,
            ["AUTHSOME_BASE_URL: http://localhost:7998 -> (not set)", "HTTPS_PROXY: (not set) -> http://proxy:8080",]
        );
        let mut facts = Facts::new();
        facts.set("daemon.restart_changes", records(&changes));
        assert_eq!(super::changes(&facts), changes);
        assert_eq!(variables(release("0.5.0").0, &[]), ["AUTHSOME_SERVER_BASE_URL"]);
    }
}
