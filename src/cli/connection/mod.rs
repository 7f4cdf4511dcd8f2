//! `authsome inspect`, `get` and `revoke`: what authsome's documentation tells users to type, with every authsome version
//! and without any.

mod get;
mod inspect;
mod revoke;

pub use get::{GetArgs, get};
pub use inspect::{InspectArgs, inspect};
pub use revoke::{RevokeArgs, revoke};

use super::app::App;
use super::input::{unreadable, usage};
use crate::authsome;
use crate::diagnosis::RunError;
use crate::handover;
use crate::report;
use serde_json::{Value, json};
use std::path::Path;

fn unreadable_connection(file: &Path, provider: &str, error: &std::io::Error) -> RunError {
    let file = file.display();
    unreadable(format!(
        "the stored connection {file} cannot be read: {error}; authsome revoke {provider} --offline forgets it"
    ))
}

fn nothing_kept(provider: &str, connection: &str) -> RunError {
    usage(format!("no connection {connection} of {provider} is kept here: authsome login {provider} --store"))
}

fn is_installed(app: &App) -> bool {
    authsome::installed_path(&app.host).is_some()
}

/// The same in the words of the installed version.
fn installed(app: &App, verb: &str, words: &[&str]) -> Result<u8, RunError> {
    let version = authsome::installed_version(&app.host);
    let mut arguments: Vec<std::ffi::OsString> =
        authsome::words_for(verb, version.as_deref()).into_iter().map(Into::into).collect();
    arguments.extend(words.iter().map(Into::into));
    handover::hand_on(&app.host, &arguments)
}

/// The document of an answer, with authsome's own keys.
fn document(command: &str) -> Value {
    let mut document = report::envelope(command);
    document["v"] = json!(1);
    document["status"] = json!("success");
    document
}
