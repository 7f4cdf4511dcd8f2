//! Faults of the practice provider, in the words of real servers, each shown once.

use super::Row;
use super::person::Login;
use crate::support::port::free_port;
use crate::support::program::World;

/// What the person types after the choice: the question's words, and the answer.
type Typed = &'static [(&'static str, &'static str)];

/// Cause, fault, how often it is shown (the look before the browser opens meets some of them first), rule, choice, answers.
type Fault = (&'static str, &'static str, u32, &'static str, &'static str, Typed);

const FAULTS: &[Fault] = &[
    (
        "redirect_uri_mismatch",
        "redirect_uri_mismatch",
        9,
        "registered-uri-of-another-version",
        "send what is registered",
        &[],
    ),
    (
        "redirect_uri_mismatch",
        "redirect_uri_mismatch:oidc",
        9,
        "registered-uri-of-another-version",
        "let a new client register itself",
        &[],
    ),
    (
        "redirect_uri_mismatch",
        "redirect_uri_mismatch:github",
        1,
        "redirect-uri-came-back-on-the-registered-path",
        "Send the registered path",
        &[],
    ),
    (
        "redirect_uri_mismatch",
        "redirect_uri_mismatch:token",
        1,
        "redirect-uri-not-registered",
        "Register the exact address",
        &[("Done?", "y")],
    ),
    (
        "invalid_client_credentials",
        "invalid_client_credentials:github",
        1,
        "github-client-credentials-rejected",
        "new client secret",
        &[("client secret", "")],
    ),
    (
        "client_not_found",
        "client_not_found:token",
        1,
        "google-client-unknown",
        "client id again",
        &[("client id", "practice"), ("client secret", "")],
    ),
    ("invalid_or_expired_code", "invalid_or_expired_code", 1, "authorization-code-refused", "Start over", &[]),
    ("pkce_failure", "pkce_failure", 1, "code-verifier-wrong", "Start over", &[]),
    ("state_mismatch", "state_mismatch", 1, "state-never-issued", "try again", &[]),
    ("state_mismatch", "state_mismatch:missing", 1, "callback-without-state", "Start over", &[]),
    ("access_denied_by_user", "access_denied_by_user", 1, "person-denied", "Start over", &[]),
    (
        "consent_or_admin_approval_required",
        "consent_or_admin_approval_required:admin-back",
        1,
        "microsoft-consent-missing",
        "administrator",
        &[("Done?", "y")],
    ),
    ("insufficient_scope", "insufficient_scope", 1, "scopes-not-granted", "Ask again for all", &[]),
    (
        "invalid_scope",
        "invalid_scope:entra",
        1,
        "microsoft-scope-not-accepted",
        "Ask for other scopes",
        &[("scopes", "read")],
    ),
    ("unverified_email", "unverified_email", 1, "github-mail-not-verified", "Confirm the address", &[("Done?", "y")]),
    (
        "app_suspended_or_blocked",
        "app_suspended_or_blocked",
        1,
        "github-app-suspended-by-owner",
        "If it is your app",
        &[("Done?", "y")],
    ),
    (
        "user_not_assigned_or_restricted",
        "user_not_assigned_or_restricted:google",
        1,
        "google-account-is-no-test-user",
        "Add the account as a test user",
        &[("Done?", "y")],
    ),
    ("device_flow_disabled", "device_flow_disabled", 1, "device-flow-disabled", "Log in by browser", &[]),
    ("device_code_expired", "device_code_expired", 1, "keycloak-device-code-ran-out", "Start over", &[]),
    (
        "dcr_not_supported_or_rejected",
        "dcr_not_supported_or_rejected",
        1,
        "registration-refused",
        "client id of an app that you made",
        &[("client id", "practice-public"), ("client secret", "")],
    ),
    ("clock_skew", "clock_skew", 1, "times-do-not-agree", "Then start over", &[]),
    ("state_mismatch", "state_mismatch:issuer", 1, "answer-of-another-issuer", "try again", &[]),
    ("access_denied_by_user", "access_denied_by_user:device", 1, "person-denied", "Start over", &[]),
    ("refresh_token_invalid", "refresh_token_invalid", 1, "google-refresh-token-revoked", "Start over", &[]),
    ("rate_limited", "rate_limited", 1, "rate-limited", "Wait, then log in", &[("Done?", "y")]),
    ("provider_server_error", "provider_server_error", 1, "provider-has-a-fault", "Start over", &[]),
    ("non_json_response", "non_json_response", 1, "not-a-json-answer", "accept the network's terms", &[("Done?", "y")]),
];

pub fn rows() -> Vec<Row> {
    let row = |&(cause, fault, times, rule, choice, typed): &Fault| {
        let shown = format!("practice provider, `{fault}`");
        Row::new(cause, &shown, rule, choice, move |row| play(row, fault, times, choice, typed))
    };
    FAULTS.iter().map(row).collect()
}

#[track_caller]
fn play(row: &Row, fault: &str, times: u32, choice: &str, typed: Typed) {
    let world = World::new();
    let mut command = world.process();
    command.args(["login", "practice", "--auto-approve", "--fault", fault, "--fault-times", &times.to_string()]);
    command.args(["--redirect-uri", &format!("http://127.0.0.1:{}/auth/callback/oauth", free_port())]);
    let mut login = Login::start(command);
    login.names(row);
    login.takes(choice);
    for (question, answer) in typed {
        login.answers(question, answer);
    }
    login.completes();
}
