//! What the last login through authsome's daemon left, for `doctor`: the terminal said "started" and nothing more.

use crate::error_reader;
use crate::facts::{Entry, Fact, Facts, Looked, Value};
use jiff::{SignedDuration, Timestamp};

/// A failure that is older says nothing of the login that a person is about to make.
const RECENT: SignedDuration = SignedDuration::from_hours(24);

/// The error of the last login in `known`, read: from the audit table if it is recent and no login has worked since,
/// else from what the provider gave the last browser that came back, if that is recent. Empty where there is none.
pub fn facts(known: &Facts, provider: Option<&str>, now: Timestamp) -> Facts {
    let recorded = recorded_failure(known, provider, now);
    let brought = if callback_is_recent(known, now) { what_the_browser_brought(known) } else { None };
    let mut facts = match (recorded, brought) {
        // authsome's record drops the provider's description; the browser's address has it.
        (Some(recorded), Some(brought)) => error_reader::read(format!("{recorded}\n{brought}"), "audit"),
        (Some(recorded), None) => error_reader::read(recorded, "audit"),
        (None, Some(brought)) => return error_reader::read(brought, "daemon_log"),
        (None, None) => return Facts::new(),
    };
    // Nobody named a provider: what is to be typed is about the one that failed.
    if known.text("provider.name").is_none() {
        facts.set("provider.name", known.text("daemon.last_failure.provider"));
    }
    facts
}

fn recorded_failure<'a>(known: &'a Facts, provider: Option<&str>, now: Timestamp) -> Option<&'a str> {
    let Looked::Known(Value::Record(failure)) = known.get("daemon.last_failure") else { return None };
    let Some(Fact::Known(Value::Time(at))) = failure.get("at").map(|entry| &entry.fact) else { return None };
    let recent = now.duration_since(*at) < RECENT;
    let mended = known.truth("daemon.last_failure.mended")?;
    let asked = provider.is_none_or(|name| known.text("daemon.last_failure.provider") == Some(name));
    (recent && asked && !mended && !of_the_same_tab_again(known)).then(|| known.text("daemon.last_failure.error"))?
}

/// A page that was loaded again after a good login: authsome records a failure that is none.
fn of_the_same_tab_again(known: &Facts) -> bool {
    let after_success = matches!(known.get("daemon.last_failure.after_success_at"), Looked::Known(_));
    let last = known.list("daemon.callbacks").and_then(<[Entry]>::last);
    let Some(Fact::Known(Value::Record(last))) = last.map(|entry| &entry.fact) else { return false };
    after_success && last.get("replay_of").is_some_and(|entry| matches!(entry.fact, Fact::Known(_)))
}

/// The log has no times: a callback is recent by what is known of when it came, and no login was begun since.
fn callback_is_recent(known: &Facts, now: Timestamp) -> bool {
    let time = |name: &str| match known.get(name) {
        Looked::Known(Value::Time(at)) => Some(*at),
        _ => None,
    };
    let bound = time("daemon.last_callback.not_before").or_else(|| time("daemon.log_changed_at"));
    let in_time = bound.is_none_or(|at| now.duration_since(at) < RECENT);
    in_time && known.number("daemon.last_callback.logins_since").is_none_or(|since| since == 0)
}

/// As the query of an address, which is how it came.
pub fn what_the_browser_brought(known: &Facts) -> Option<String> {
    let error = known.text("daemon.last_callback.error")?;
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.append_pair("error", error);
    if let Some(description) = known.text("daemon.last_callback.error_description") {
        query.append_pair("error_description", description);
    }
    Some(format!("http://127.0.0.1{}?{}", known.text("daemon.last_callback.path")?, query.finish()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::read;
    use serde_json::json;

    const DENIED: &str = "AuthenticationFailedError: [acme] Authentication failed: OAuth error: access_denied";

    fn said(daemon: &serde_json::Value, provider: Option<&str>) -> Facts {
        facts(&read(&json!({"daemon": daemon})).unwrap(), provider, "2026-11-22T10:00:00Z".parse().unwrap())
    }

    fn failure(at: &str, mended: bool) -> serde_json::Value {
        json!({"last_failure": {"at": at, "provider": "acme", "connection": "default", "error": DENIED, "mended": mended}})
    }

    #[test]
    fn a_recent_failure_of_the_daemon_is_read_like_any_other_error() {
        let facts = said(&failure("2026-11-22T09:00:00Z", false), None);
        assert_eq!(facts.text("error.source"), Some("audit"));
        assert_eq!(facts.text("error.code"), Some("access_denied"));
    }

    #[test]
    fn an_old_one_a_mended_one_and_one_of_another_provider_are_not() {
        assert_eq!(said(&failure("2026-11-20T09:00:00Z", false), None), Facts::new());
        assert_eq!(said(&failure("2026-11-22T09:00:00Z", true), None), Facts::new());
        assert_eq!(said(&failure("2026-11-22T09:00:00Z", false), Some("github")), Facts::new());
        assert_ne!(said(&failure("2026-11-22T09:00:00Z", false), Some("acme")), Facts::new());
    }

    #[test]
    fn what_the_provider_told_the_browser_is_read_too() {
        let callback = json!({
            "path": "/api/auth/callback/oauth", "status": 303, "had_code": false, "had_state": false,
            "outcome": "missing_state", "error": "redirect_uri_mismatch",
            "error_description": "The redirect_uri MUST match the registered callback URL for this application.",
        });
        let facts = said(&json!({"last_callback": callback}), None);
        assert_eq!(facts.text("error.source"), Some("daemon_log"));
        assert_eq!(facts.text("error.code"), Some("redirect_uri_mismatch"));
        assert!(facts.text("error.description").unwrap().contains("MUST match"));
        assert_eq!(said(&json!({"last_callback": null, "last_failure": null}), None), Facts::new());
    }
    #[test]
    fn a_failure_that_is_the_same_tab_once_again_is_none() {
        let with = |replay_of: serde_json::Value, after: serde_json::Value| {
            let mut daemon = failure("2026-11-22T09:00:00Z", false);
            daemon["last_failure"]["after_success_at"] = after;
            daemon["callbacks"] = json!([{"path": "/api/auth/callback/oauth", "status": 303, "had_code": true,
                "had_state": true, "outcome": "finished", "replay_of": replay_of}]);
            said(&daemon, None)
        };
        let success = json!("2026-11-22T08:59:00Z");
        assert_eq!(with(json!("finished"), success.clone()), Facts::new());
        assert_ne!(with(json!(null), success), Facts::new(), "another login right after a good one, that failed");
        assert_ne!(with(json!("finished"), json!(null)), Facts::new(), "what was loaded again had failed before");
    }

    #[test]
    fn what_a_browser_brought_long_ago_is_no_news() {
        let brought = |not_before: &str, since: u32| {
            let callback = json!({
                "path": "/api/auth/callback/oauth", "status": 303, "had_code": false, "had_state": true,
                "outcome": "finished", "error": "access_denied", "not_before": not_before, "logins_since": since,
            });
            said(&json!({"last_callback": callback}), None)
        };
        assert_ne!(brought("2026-11-22T09:00:00Z", 0), Facts::new());
        assert_eq!(brought("2026-11-22T09:00:00Z", 1), Facts::new(), "a login was begun since");
        assert_eq!(brought("2026-11-20T09:00:00Z", 0), Facts::new());
    }
}
