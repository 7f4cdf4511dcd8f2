//! Section `login`: what happened in the login that is running or was the last one.

use super::{Kind, Spec, spec};

pub const SPECS: &[Spec] = &[
    spec("login.flow", Kind::Text, "the flow").one_of(&["pkce", "dcr_pkce", "device_code", "refresh"]).always(),
    spec("login.via", Kind::Text, "who is the OAuth client").one_of(&["standalone", "daemon"]).always(),
    spec("login.failed_step", Kind::Text, "the step that failed").one_of(&[
        "preflight",
        "registration",
        "listen",
        "authorize",
        "callback",
        "token",
        "refresh",
        "device",
        "scopes",
    ]),
    spec("login.problem", Kind::Text, "what we saw where no provider error says it").one_of(&[
        "port_taken",
        "browser_not_opened",
        "nobody_came",
        "state_missing",
        "state_foreign",
        "other_version_path",
        "code_missing",
        "issuer_mismatch",
        "transport",
        "not_json",
        "no_access_token",
        "token_type",
        "scopes_missing",
        "device_expired",
        "device_pending",
    ]),
    spec("login.problem_text", Kind::Text, "the same in words"),
    spec("login.foreign_state", Kind::Text, "whose a foreign state is").one_of(&[
        "stale_tab",
        "other_login",
        "never_issued",
        "unknown",
    ]),
    spec("login.callback_path", Kind::Text, "the path on which the browser came back"),
    spec("login.callback_version", Kind::Text, "the authsome versions that use that path"),
    spec("login.callbacks_seen", Kind::Number, "requests that reached the listener"),
    spec("login.browser_opened", Kind::Truth, "a browser was opened"),
    spec("login.waited", Kind::Duration, "how long we waited for the browser").unit("ms"),
    spec("login.requested_scopes", Kind::Texts, "scopes that were asked for"),
    spec("login.granted_scopes", Kind::Texts, "scopes that were granted (RFC 6749, 5.1)"),
    spec("login.missing_scopes", Kind::Texts, "asked for and not granted, after normalising"),
    spec("login.transport_error", Kind::Text, "why a request got no answer")
        .one_of(&["dns", "refused", "timeout", "tls", "proxy", "other"]),
    spec("login.started_at", Kind::Time, "when it began"),
];
