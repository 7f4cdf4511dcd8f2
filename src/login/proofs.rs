//! What a run of the login really proves, each with how we know; and what looks proved and is not. Judges the record alone.

use super::plan::{Flow, Plan};
use super::told::Told;

pub struct Proof {
    pub what: String,
    pub how: String,
}

pub struct Proved {
    pub proofs: Vec<Proof>,
    pub not_proved: Vec<String>,
}

/// The last attempt counts: what was changed since an earlier one was not proved by it.
pub fn proved(plan: &Plan, steps: &[Told]) -> Proved {
    let attempt = steps.last().map_or(0, |last| last.attempt);
    let done = |name: &str| steps.iter().any(|told| told.attempt == attempt && told.step.name == name && told.done());
    // A registered client lives through all attempts.
    let registered = steps.iter().any(|told| told.step.name == "registration" && told.done());
    let mut proofs = Vec::new();
    let mut prove = |what: &str, how: String| proofs.push(Proof { what: what.to_owned(), how });
    let uri = &plan.redirect_uri;

    if registered && plan.client_from == "registration" {
        prove("a client of our own", format!("the provider registered one, with {uri}"));
    }
    if done("callback") {
        if plan.omit_redirect_uri {
            prove(
                "redirect URI registered",
                format!("untold, the provider sent the browser back to {uri} with our state"),
            );
        } else {
            prove("redirect URI registered", format!("the provider sent the browser back to {uri} with our state"));
        }
    }
    let granted = done("token") || plan.flow == Flow::DeviceCode && device_granted(steps, attempt);
    if granted && let Some(client) = &plan.client {
        let how = "the token endpoint answered with a token";
        match client.authentication_word() {
            "none" => prove("client id accepted", format!("{how}; no secret was sent")),
            word => prove("client id and secret accepted", format!("{how} to a request that carried both ({word})")),
        }
    }
    if plan.flow == Flow::DeviceCode && granted {
        prove("approved on another device", "the polling ended with a token".to_owned());
    }
    if done("scopes") {
        prove(
            "scopes granted",
            "none that was asked for is missing (an answer that names none grants them all: RFC 6749, 5.1)".to_owned(),
        );
    }
    if done("refresh") {
        prove("refresh token works", "a fresh access token came back for it".to_owned());
    }
    let mut not_proved = Vec::new();
    if done("token") {
        not_proved.push(
            "that the provider checks the code_verifier: one that ignores PKCE answers the right one alike".to_owned(),
        );
        if plan.client.as_ref().is_some_and(|client| client.secret.is_some()) {
            not_proved.push("that a wrong client secret would be refused".to_owned());
        }
    }
    Proved { proofs, not_proved }
}

/// Two steps of the device flow have one name; the second ends it.
fn device_granted(steps: &[Told], attempt: usize) -> bool {
    steps.iter().filter(|told| told.attempt == attempt && told.step.name == "device" && told.done()).count() == 2
}
