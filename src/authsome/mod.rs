//! The installed authsome: versions, paths, configuration, and what its daemon leaves and answers.
//!
//! Never runs authsome's command line, and asks the daemon for nothing that creates something: its `doctor`, `whoami` and
//! `login` start and kill daemons and make identities.

pub mod audit;
pub mod client;
pub mod client_log;
pub mod daemon;
pub mod daemon_log;
pub mod install;
pub mod restart;
pub mod settings;
pub mod versions;

pub use install::Installation;
pub use settings::{ActiveIdentity, BaseUrl, Home};
pub use versions::Release;

use crate::host::{Env, Host};
use std::path::{Path, PathBuf};

/// `AUTHSOME_HOME`: the flag, the variable, or `~/.authsome`.
pub fn home(env: &Env, flag: Option<&Path>) -> PathBuf {
    Home::find(env, flag).path
}

/// The installed authsome that commands are handed to.
pub fn installed_path(host: &Host) -> Option<PathBuf> {
    install::on_path(host).next().map(|command| command.path)
}

/// Its version; none where it cannot be told, too.
pub fn installed_version(host: &Host) -> Option<String> {
    install::find(host).into_iter().next()?.version.ok()
}

/// Every callback path that some version of authsome sends, the newest first, with the versions that do.
pub fn callback_paths() -> Vec<(String, String)> {
    let senders = |path: &str| match &versions::versions_with_callback_path(path)[..] {
        [] => "no authsome".to_owned(),
        [one] => format!("authsome {one}"),
        [first, .., last] => format!("authsome {first} to {last}"),
    };
    versions::callback_paths().into_iter().map(|path| (path.to_owned(), senders(path))).collect()
}

/// The redirect URI that the installed version sends: from the variable that its daemon reads, or its own default. None
/// without an installed authsome of a known version.
pub fn redirect_uri(host: &Host) -> Option<String> {
    let (release, _) = versions::release(&installed_version(host)?);
    let set = release.redirect_base.as_deref().and_then(|name| host.env.filled(name));
    Some(match set {
        Some(base) => format!("{}{}", base.trim().trim_end_matches('/'), release.callback_path()),
        None => release.callback.to_string(),
    })
}

/// A verb of ours in the words of that version, or of the newest that we know; a verb that it has no words for stays.
pub fn words_for(verb: &str, version: Option<&str>) -> Vec<String> {
    let release = version.map_or_else(versions::latest, |version| versions::release(version).0);
    let words = release.command(verb, &std::collections::BTreeMap::new());
    words.map_or_else(|| vec![verb.to_owned()], |words| words[1..].to_vec())
}

/// What we call `verb` in the words of that version, or of the newest that we know, with `authsome` in front; none where it
/// has no such command.
pub fn command_of(verb: &str, version: Option<&str>) -> Option<Vec<String>> {
    let release = version.map_or_else(versions::latest, |version| versions::release(version).0);
    let words = release.words(verb)?;
    Some(std::iter::once("authsome".to_owned()).chain(words.iter().cloned()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_callback_path_is_told_with_the_versions_that_send_it() {
        let paths = callback_paths();
        assert_eq!(paths[0], ("/api/auth/callback/oauth".to_owned(), "authsome 0.6.1 to 0.7.2".to_owned()));
        assert_eq!(paths[1].1, "authsome 0.2.4 to 0.5.0");
    }

    #[test]
    fn a_verb_is_handed_on_in_the_installed_versions_words() {
        assert_eq!(words_for("revoke", Some("0.7.2")), ["provider", "revoke"]);
        assert_eq!(words_for("revoke", Some("0.3.0")), ["revoke"]);
        assert_eq!(words_for("get", None), ["connections", "inspect"]);
        assert_eq!(words_for("whoami", None), ["whoami"]);
        assert_eq!(command_of("stop_daemon", Some("0.4.2")).unwrap().join(" "), "authsome admin daemon stop");
        assert_eq!(command_of("first_run", Some("0.6.4")).unwrap().join(" "), "authsome init");
        assert_eq!(command_of("first_run", None).unwrap().join(" "), "authsome onboard");
        assert_eq!(command_of("stop_daemon", Some("0.2.0")), None);
    }
}
