//! `authsome inspect`, `get` and `revoke`: what authsome's documentation tells users to type, with every authsome version
//! and without any. What this program keeps itself comes first, then what authsome's daemon tells of its vault, then
//! authsome's own command in the words of its version.

mod get;
mod inspect;
mod installed;
mod revoke;
mod show;
mod vault;

pub use get::{GetArgs, get};
pub use inspect::{InspectArgs, inspect};
pub use revoke::{RevokeArgs, revoke};

use super::app::App;
use super::input::{unreadable, usage};
use crate::authsome;
use crate::diagnosis::RunError;
use crate::report;
use crate::sink::{Doc, Style};
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

/// The document of an answer, with authsome's own keys.
fn document(command: &str) -> Value {
    let mut document = report::envelope(command);
    document["v"] = json!(1);
    document["status"] = json!("success");
    document
}

/// A line of an answer for people: what it is, and what it says.
fn row(doc: &mut Doc, name: &str, text: &str) {
    doc.text(format!("  {name:<16}")).flow(Style::Plain, 18, text).newline();
}

fn listed(scopes: &[String]) -> String {
    if scopes.is_empty() { "none named".to_owned() } else { scopes.join(", ") }
}
