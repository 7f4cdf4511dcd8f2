//! What the last failed login left, for the next `doctor`.

use super::app::App;
use crate::facts::{self, Facts};
use crate::sink;
use crate::store::LastLogin;
use serde_json::json;

/// The facts of the last failed login, which it was, and when; none where none failed within a day.
pub fn facts(app: &App, provider: Option<&str>) -> Option<(Facts, String, jiff::Timestamp)> {
    let last = LastLogin::read(&app.host, &app.home(), provider)?;
    let mut facts = facts::read(&last.facts).ok()?;
    if facts.text("error.source").is_some() {
        facts.set("error.source", "last_login");
    }
    // What is to be typed is about the provider that failed, named or not.
    facts.set("provider.name", last.provider.as_str());
    Some((facts, last.provider, last.at))
}

/// Leaves the facts of a failed login, redacted. A home that cannot be written is no reason to fail.
pub fn leave(app: &App, provider: &str, facts: &Facts) {
    let all = facts.to_json();
    let kept = json!({"login": all["login"], "error": all["error"]});
    let kept: serde_json::Map<_, _> = kept
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(_, it)| !it.is_null())
        .map(|(k, v)| (k.clone(), v.clone()))
        .collect();
    let facts = sink::redact_json(&serde_json::Value::Object(kept));
    let last = LastLogin { at: app.host.clock.now(), provider: provider.to_owned(), facts };
    let _ = last.write(&app.host, &app.home());
}

pub fn forget(app: &App) {
    LastLogin::forget(&app.host, &app.home());
}
