//! What each version of authsome calls things: `data/versions.yaml`, put into the binary as JSON, read when a version is first
//! asked for.

use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use url::Url;

/// The redirect URI of authsome's documentation, whatever is installed.
pub const DOCUMENTED_CALLBACK: &str = "http://127.0.0.1:7998/auth/callback/oauth";
/// The callback port unless something else is configured.
pub const DEFAULT_PORT: u16 = 7998;

/// Releases that behave alike.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Release {
    pub versions: Vec<String>,
    /// The redirect URI that it sends when nothing is configured.
    pub callback: Url,
    /// Where its daemon answers, the path that its own commands ask first; empty where it has no daemon.
    pub health_paths: Vec<String>,
    /// What its daemon serves to a client that proves its key; none where it serves nothing of that kind, or another.
    pub api: Option<Api>,
    /// The HTTP library of its command line; none where it has no daemon.
    pub cli_client: Option<String>,
    /// What decides where its commands look for the daemon: `config`, or a variable; the first that is set.
    pub cli_target: Vec<String>,
    /// The variable of the daemon that redirect URIs are built from.
    pub redirect_base: Option<String>,
    /// The variable that moves the port which its commands take for their own daemon's.
    pub port_variable: Option<String>,
    /// The keys that it knows in config.json, where a key that it does not know spoils the whole file.
    pub config_keys: Option<Vec<String>>,
    /// The `AUTHSOME_` variables that its commands or its daemon read; any other does nothing.
    pub variables: Vec<String>,
    /// What names the identity that its commands act as: `config`, or a variable; the first that is set.
    #[serde(default)]
    pub identity_from: Vec<String>,
    /// How a new identity gets at a vault; none where there are no identities.
    pub claim: Option<Claim>,
    commands: BTreeMap<String, Vec<String>>,
    pub definitions: Definitions,
    files: BTreeMap<String, String>,
}

/// The interface of its daemon.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Api {
    /// What stands before every path, the callback's too.
    pub prefix: String,
    /// A session tells its status to anybody who knows its id.
    pub open_session_status: bool,
}

/// How a new identity gets at a vault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Claim {
    /// A person logs in and claims it: the vault is the account's.
    Account,
    /// Its own command registers it.
    Init,
}

impl Claim {
    pub fn word(self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::Init => "init",
        }
    }
}

/// How its provider definitions are written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Definitions {
    /// Of the bundled files.
    pub extension: String,
    /// It reads JSON with comments, not JSON alone.
    pub comments: bool,
    /// `api_url` may be a list.
    #[serde(default = "yes")]
    pub api_url_lists: bool,
    /// Fields of the newest model that it does not have, as keys with dots between.
    #[serde(default)]
    pub lacks: Vec<String>,
    /// What it calls fields that it has under another name.
    #[serde(default)]
    pub called: BTreeMap<String, String>,
}

fn yes() -> bool {
    true
}

impl Release {
    pub fn callback_path(&self) -> &str {
        self.callback.path()
    }

    /// A file of this release under a home, by its role (`pid`, `daemon_log`, `config`, `database` …).
    pub fn file(&self, home: &Path, role: &str) -> Option<PathBuf> {
        self.files.get(role).map(|path| home.join(path))
    }

    /// Its own words for what we call `verb`, without `authsome`; none where it has no such command.
    pub fn words(&self, verb: &str) -> Option<&[String]> {
        self.commands.get(verb).map(Vec::as_slice)
    }

    pub fn reads(&self, variable: &str) -> bool {
        self.variables.iter().any(|name| name == variable)
    }

    /// A verb of ours in this release's own words, with `authsome` in front. `arguments` by name: `provider` stands
    /// alone, every other becomes `--name value`.
    pub fn command(&self, verb: &str, arguments: &BTreeMap<String, String>) -> Option<Vec<String>> {
        let mut words = vec!["authsome".to_owned()];
        words.extend(self.commands.get(verb)?.iter().cloned());
        words.extend(arguments.get("provider").cloned());
        for (name, value) in arguments.iter().filter(|(name, _)| *name != "provider") {
            words.push(format!("--{name}"));
            // `--force` stands without a value.
            if value != "true" {
                words.push(value.clone());
            }
        }
        Some(words)
    }
}

fn table() -> &'static [Release] {
    static TABLE: OnceLock<Vec<Release>> = OnceLock::new();
    TABLE.get_or_init(|| {
        let table = include_str!(concat!(env!("OUT_DIR"), "/versions.json"));
        serde_json::from_str(table).expect("data/versions.yaml, which a test reads")
    })
}

/// The release that `version` belongs to, and whether the table names that version. One that it does not name behaves,
/// as far as we know, like the last that came before it.
pub fn release(version: &str) -> (&'static Release, bool) {
    let table = table();
    if let Some(exact) = table.iter().find(|release| release.versions.iter().any(|known| known == version)) {
        return (exact, true);
    }
    let asked = parts(version);
    let before = table.iter().rev().find(|r| r.versions.first().is_some_and(|known| parts(known) <= asked));
    (before.unwrap_or(&table[0]), false)
}

/// Every version that the table names, the oldest first.
pub fn known() -> impl Iterator<Item = &'static str> {
    table().iter().flat_map(|release| &release.versions).map(String::as_str)
}

/// Does some release read this variable?
pub fn is_variable_of_some_release(name: &str) -> bool {
    table().iter().any(|release| release.reads(name))
}

/// Is this version older than every one that the table names, or newer (or neither, where it lies between)?
pub fn beyond_table(version: &str) -> Option<Beyond> {
    let asked = parts(version);
    let end = |known: Option<&'static str>| known.map(parts);
    if end(known().last()).is_some_and(|newest| asked > newest) {
        return Some(Beyond::Newer);
    }
    end(known().next()).is_some_and(|oldest| asked < oldest).then_some(Beyond::Older)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beyond {
    Newer,
    Older,
}

/// What the newest version that we know does: for an authsome whose version cannot be told.
pub fn latest() -> &'static Release {
    table().last().expect("the table is not empty")
}

/// The versions that send this callback path.
pub fn versions_with_callback_path(path: &str) -> Vec<&'static str> {
    let senders = table().iter().filter(|release| release.callback_path() == path);
    senders.flat_map(|release| release.versions.iter().map(String::as_str)).collect()
}

/// Every callback path that some version sends, the newest first.
pub fn callback_paths() -> Vec<&'static str> {
    let mut paths = Vec::new();
    for release in table().iter().rev() {
        if !paths.contains(&release.callback_path()) {
            paths.push(release.callback_path());
        }
    }
    paths
}

/// The numbers of a version in order; what is no number counts as 0 (`0.8.0rc1` comes before `0.8.1`).
fn parts(version: &str) -> Vec<u64> {
    let number = |part: &str| part.chars().take_while(char::is_ascii_digit).collect::<String>().parse().unwrap_or(0);
    version.split('.').map(number).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_read_and_in_the_order_of_versions() {
        let versions: Vec<_> = known().map(parts).collect();
        assert!(versions.len() >= 17);
        assert!(versions.is_sorted());
    }

    #[test]
    fn the_callback_path_changed_with_0_6() {
        assert_eq!(release("0.5.0").0.callback_path(), "/auth/callback/oauth");
        assert_eq!(release("0.7.2").0.callback_path(), "/api/auth/callback/oauth");
        assert_eq!(release("0.1.12").0.callback.as_str(), "http://127.0.0.1:7999/callback");
        assert_eq!(callback_paths(), ["/api/auth/callback/oauth", "/auth/callback/oauth", "/callback"]);
        assert!(versions_with_callback_path("/auth/callback/oauth").contains(&"0.5.0"));
    }

    #[test]
    fn a_version_that_is_not_in_the_table_is_like_the_last_before_it_and_said_to_be_unknown() {
        let (newer, known) = release("0.9.1");
        assert_eq!((newer.versions.last().unwrap().as_str(), known), ("0.7.2", false));
        let (between, known) = release("0.6.2");
        assert_eq!((between.callback_path(), known), ("/api/auth/callback/oauth", false));
        assert!(release("0.7.2").1);
        let beyond = ["0.7.3", "0.8.0rc1", "1.0", "0.6.2", "0.7.2", "0.1.3"].map(beyond_table);
        let (newer, older) = (Some(Beyond::Newer), Some(Beyond::Older));
        assert_eq!(beyond, [newer, newer, newer, None, None, older]);
    }

    #[test]
    fn what_a_rule_may_name_is_what_some_release_calls_something() {
        use crate::rules::{OUR_VERBS, THEIR_VERBS};
        for verb in THEIR_VERBS {
            assert!(table().iter().any(|release| release.words(verb).is_some()), "{verb}");
            assert!(!OUR_VERBS.contains(verb), "{verb} is ours");
        }
        let named = table().iter().flat_map(|release| release.commands.keys());
        for verb in named {
            let (ours, theirs) = (OUR_VERBS.contains(&verb.as_str()), THEIR_VERBS.contains(&verb.as_str()));
            assert!(ours || theirs, "no rule can name {verb}");
        }
    }

    #[test]
    fn every_variable_that_decides_something_is_one_that_is_read() {
        for release in table() {
            let deciding = [&release.redirect_base, &release.port_variable].into_iter().flatten();
            let listed = release.cli_target.iter().chain(&release.identity_from).filter(|source| *source != "config");
            for name in deciding.chain(listed) {
                assert!(release.reads(name), "{:?} reads {name}", release.versions);
            }
        }
    }

    #[test]
    fn a_verb_is_said_in_the_words_of_each_version() {
        let arguments = BTreeMap::from([("provider".into(), "github".into()), ("field".into(), "scopes".into())]);
        let words = |version: &str| release(version).0.command("get", &arguments).unwrap().join(" ");
        assert_eq!(words("0.3.2"), "authsome get github --field scopes");
        assert_eq!(words("0.7.2"), "authsome connections inspect github --field scopes");
        let login = BTreeMap::from([("provider".into(), "github".into()), ("force".into(), "true".into())]);
        assert_eq!(release("0.7.2").0.command("login", &login).unwrap().join(" "), "authsome login github --force");
        assert_eq!(release("0.2.3").0.command("restart_daemon", &BTreeMap::new()), None);
    }

    #[test]
    fn files_lie_where_that_version_puts_them() {
        let home = Path::new("/home/dev/.authsome");
        let pid = |version: &str| release(version).0.file(home, "pid");
        assert_eq!(pid("0.2.4").unwrap(), home.join("daemon/daemon.pid"));
        assert_eq!(pid("0.7.2").unwrap(), home.join("server/daemon/daemon.pid"));
        assert_eq!(pid("0.1.12"), None);
    }
}
