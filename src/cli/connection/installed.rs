//! The same three in the words of the installed version, answered by its own command.

use crate::authsome::{self, versions};
use crate::cli::app::App;
use crate::cli::input::usage;
use crate::cli::theirs;
use crate::diagnosis::RunError;
use std::ffi::OsString;

/// A verb of ours with these words behind it.
pub fn hand_on(app: &App, verb: &str, words: &[&str]) -> Result<u8, RunError> {
    let version = authsome::installed_version(&app.host);
    let mut arguments = theirs::options(&app.global);
    arguments.extend(authsome::words_for(verb, version.as_deref()).into_iter().map(OsString::from));
    arguments.extend(words.iter().map(OsString::from));
    theirs::hand_on(app, &arguments)
}

/// Can the installed version's own command show a secret? Only where `get` still is a command of its own.
pub fn shows_secrets(app: &App) -> Result<(), RunError> {
    let version = authsome::installed_version(&app.host);
    if authsome::words_for("get", version.as_deref()) == ["get"] {
        return Ok(());
    }
    let release = version.as_deref().map_or_else(versions::latest, |version| versions::release(version).0);
    let start = authsome::words_for("start_daemon", version.as_deref()).join(" ");
    let name = version.map_or_else(|| "this authsome".to_owned(), |version| format!("authsome {version}"));
    Err(usage(match release.api {
        Some(_) => format!(
            "no command of {name} shows a secret; with its daemon running this one does: authsome {start}, then again"
        ),
        None => format!("no command of {name} shows a secret"),
    }))
}
