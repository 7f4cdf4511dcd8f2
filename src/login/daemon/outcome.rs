//! What became of the session, as facts: what authsome recorded, what the browser brought and authsome dropped, what was
//! granted.

use super::wait::{Ended, SESSION, Seen};
use super::{Ground, Reached, token_error};
use crate::authsome::client::Session;
use crate::diagnosis::{Diagnosis, diagnose};
use crate::error_reader;
use crate::facts::Facts;
use crate::login::failure::{Failure, about, name_step};
use crate::login::plan::{Plan, Via};
use crate::login::steps::{self, Step as LoginStep};
use crate::login::story::{Story, in_words};
use crate::login::{granted, metadata};
use crate::oauth::discovery::Discovery;
use crate::oauth::introspection::Granted as Told;
use crate::vendors;
use granted::Asked;
use std::time::Duration;
use url::form_urlencoded;

/// What is known of the scopes of a connection.
pub struct Granted {
    /// None: it could not be told.
    pub scopes: Option<Vec<String>>,
    /// Asked for, and not among them.
    pub missing: Vec<String>,
    /// How it is known, or why not.
    pub because: String,
}

/// A login that the daemon calls completed: the scopes are compared with what the provider says of its token.
pub fn granted(ground: &Ground, plan: &Plan, story: &mut Story, seen: &Seen) -> Reached {
    let mut going = Story::begin(&steps::OUTCOME);
    going.line(format!("the session is completed after {}", in_words(seen.waited)));
    story.end(going, "done", "the credential is in authsome's vault");
    let mut going = Story::begin(&steps::COMPARE);
    let granted = ask_for_scopes(ground, plan);
    let said = |list: &[String]| if list.is_empty() { "none".to_owned() } else { list.join(", ") };
    let Some(scopes) = &granted.scopes else {
        going.line(format!("asked {}", said(&plan.scopes)));
        story.end(going, "warned", &format!("what was granted cannot be told: {}", granted.because));
        return Reached::Done(granted);
    };
    going.line(format!("asked {}; granted {} ({})", said(&plan.scopes), said(scopes), granted.because));
    let missing = granted.missing.clone();
    if missing.is_empty() {
        story.end(going, "done", "");
        return Reached::Done(granted);
    }
    let words = format!("missing: {}", missing.join(", "));
    story.end(going, "failed", &words);
    let mut facts = about(plan);
    facts.set("login.failed_step", steps::COMPARE.name);
    facts.set("login.problem", "scopes_missing");
    facts.set("login.problem_text", words);
    facts.set("login.granted_scopes", scopes.clone());
    facts.set("login.missing_scopes", missing);
    Reached::Partly(granted, Failure { facts })
}

/// The provider is asked with the token itself: authsome keeps what was asked for, not what was granted.
pub fn ask_for_scopes(ground: &Ground, plan: &Plan) -> Granted {
    let untold = |because: String| Granted { scopes: None, missing: Vec::new(), because };
    let kept = match ground.client.connection(&plan.provider, &plan.connection) {
        Ok(kept) => kept,
        Err(trouble) => return untold(format!("authsome does not show the connection: {trouble}")),
    };
    let (Some(token), Ok(token_url)) = (kept.secret("access_token"), plan.token_url()) else {
        return untold("the connection has no access token, or its definition no token_url".to_owned());
    };
    let recorder = &ground.setup.recorder;
    // Only a client of our own may introspect, and only then is the metadata wanted.
    let client = plan.client.as_ref().filter(|_| matches!(plan.client_from, "flag" | "prompt"));
    let discovery = Discovery::new(recorder, if client.is_some() { plan.issuers() } else { Vec::new() });
    discovery.begin();
    let asked = Asked {
        vendor: vendors::of_provider(&plan.provider, token_url.host_str()),
        token_url: &token_url,
        metadata: metadata::ours(plan, discovery.within(Duration::from_secs(5))),
        client,
        access_token: token,
        offline: plan.offline,
    };
    match granted::ask(recorder, &asked) {
        Told::Scopes(scopes) => {
            let missing = granted::missing(&asked, &plan.scopes, &Told::Scopes(scopes.clone()));
            Granted { scopes: Some(scopes), missing, because: "the provider says so of the token".to_owned() }
        }
        Told::Untold(why) => untold(why.to_string()),
    }
}

/// A login that the daemon calls failed: its words, with what the browser brought and it dropped.
pub fn refused(ground: &Ground, plan: &mut Plan, story: &mut Story, session: &Session, seen: Option<&Seen>) -> Failure {
    let mut going = Story::begin(&steps::OUTCOME);
    let error = session.error.clone().or_else(|| session.message.clone()).unwrap_or_default();
    going.line(format!("the session is {}: {error}", session.status));
    story.end(going, "failed", "");
    let brought = seen.and_then(brought).map_or_else(String::new, |address| format!("\n{address}"));
    let mut failure = of_session_text(plan, &format!("{error}{brought}"));
    if let Some(seen) = seen {
        add_sightings(&mut failure, seen);
    }
    if token_error::is_lost(&error) {
        token_error::recover(ground, plan, story, &mut failure);
    }
    failure
}

/// The facts of what a failed session says, for whoever looks later.
pub fn of_session(session: &Session) -> Facts {
    let text = session.error.as_deref().or(session.message.as_deref()).unwrap_or_default();
    let mut facts = Facts::new();
    facts.set("login.via", Via::Daemon.word());
    facts.set("login.flow", if step_of(text).name == "device" { "device_code" } else { "pkce" });
    facts.set("login.failed_step", step_of(text).name);
    facts.merge(error_reader::read(text.as_bytes(), "session"));
    name_step(&mut facts, step_of(text));
    facts
}

fn of_session_text(plan: &Plan, text: &str) -> Failure {
    Failure::said(plan, step_of(text), text.as_bytes(), "login")
}

/// authsome's words tell at which step it failed (0.5.0 to 0.7.2).
fn step_of(text: &str) -> &'static LoginStep {
    let says = |words: &str| text.contains(words);
    if says("Token exchange") || says("Token response") || says("object has no attribute") {
        &steps::SWAP
    } else if says("Dynamic Client Registration") || says("registration_endpoint") {
        &steps::REGISTER
    } else if says("evice") || says("Token endpoint error") || says("User denied the authorization request") {
        &steps::DEVICE_POLL
    } else {
        &steps::BACK
    }
}

/// The error that the last browser brought, as the address that it came with.
fn brought(seen: &Seen) -> Option<String> {
    let last = seen.callbacks.iter().rev().find(|callback| callback.error.is_some())?;
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("error", last.error.as_deref()?);
    if let Some(description) = &last.error_description {
        query.append_pair("error_description", description);
    }
    Some(format!("http://127.0.0.1{}?{}", last.path, query.finish()))
}

fn add_sightings(failure: &mut Failure, seen: &Seen) {
    failure.facts.set("login.callbacks_seen", i64::try_from(seen.callbacks.len()).unwrap_or(i64::MAX));
    failure.facts.set("login.browser_opened", seen.browser_opened);
    failure.facts.set("login.waited", i64::try_from(seen.waited.as_millis()).unwrap_or(i64::MAX));
}

/// The waiting ended without an outcome.
pub fn nothing(ground: &Ground, plan: &Plan, story: &mut Story, ended: &Ended, seen: &Seen) -> Failure {
    let going = Story::begin(&steps::OUTCOME);
    let step = &steps::BACK;
    let waited = in_words(seen.waited);
    let mut failure = match ended {
        Ended::OtherPath(callback) => {
            let senders = ground.setup.callback_paths.iter().find(|(path, _)| *path == callback.path);
            let words = format!("the browser came back on {}, which this daemon does not serve", callback.path);
            let mut failure = match brought(seen) {
                Some(address) => Failure::said(plan, step, address.as_bytes(), "callback"),
                None => Failure::seen(plan, step, "other_version_path", words.clone()),
            };
            failure.facts.set("login.problem", "other_version_path");
            failure.facts.set("login.problem_text", words);
            failure.facts.set("login.callback_path", callback.path.as_str());
            failure.facts.set("login.callback_version", senders.map(|(_, versions)| versions.clone()));
            failure
        }
        Ended::Said(text) => Failure::said(plan, step, text.as_bytes(), "login"),
        Ended::NoDaemon(why) => Failure::seen(plan, step, "daemon_gone", format!("the daemon went away: {why}")),
        Ended::Gone if seen.waited + std::time::Duration::from_secs(15) < SESSION => {
            let words = format!("after {waited} the daemon no longer knew this login: it is not the one that began it");
            Failure::seen(plan, step, "daemon_gone", words)
        }
        _ => without_answer(plan, step, seen, matches!(ended, Ended::Gone)),
    };
    add_sightings(&mut failure, seen);
    let words = failure.facts.text("login.problem_text").unwrap_or_default().to_owned();
    story.end(going, "failed", &words);
    failure
}

/// Nobody came with this login's state; what came without one may be the provider's refusal.
fn without_answer(plan: &Plan, step: &'static LoginStep, seen: &Seen, ran_out: bool) -> Failure {
    let last = seen.callbacks.last().map(|callback| callback.outcome);
    let waited = in_words(seen.waited);
    match (last, brought(seen)) {
        (Some("missing_state"), Some(address)) => Failure::said(plan, step, address.as_bytes(), "callback"),
        (Some("missing_state"), None) => {
            let words = "a browser came back without the state that was sent";
            Failure::seen(plan, step, "state_missing", words)
        }
        // Up to 0.5 one answer stands for a refused login and for a state that is not known: this login was not refused.
        (Some("session_expired" | "failed_or_expired"), _) => {
            let mut failure = Failure::seen(
                plan,
                step,
                "state_foreign",
                "a browser came back with a state that the daemon does not know",
            );
            failure.facts.set("login.foreign_state", "unknown_to_daemon");
            failure
        }
        _ if ran_out => Failure::seen(
            plan,
            step,
            "session_ran_out",
            format!("nobody came back in {waited}, and the session is over"),
        ),
        _ => Failure::seen(plan, step, "nobody_came", format!("nobody came back to {} in {waited}", plan.redirect_uri)),
    }
}

/// Nobody came as far as the provider: the daemon's own form was never filled in.
pub fn form_left_open(plan: &Plan, story: &mut Story, seen: &Seen) -> Failure {
    let going = Story::begin(&steps::OUTCOME);
    let waited = in_words(seen.waited);
    let words = format!("authsome keeps no client id for {}, and nobody filled in its page in {waited}", plan.provider);
    story.end(going, "failed", &words);
    let mut failure = Failure::seen(plan, &steps::CLIENT, "client_missing", words);
    add_sightings(&mut failure, seen);
    failure
}

/// The daemon's form waits in the browser: a remark, not a failure.
pub fn form_is_open(ground: &Ground, plan: &Plan) -> Diagnosis {
    let mut facts: Facts = ground.facts.clone();
    let words = format!("authsome keeps no client id for {}", plan.provider);
    facts.merge(Failure::seen(plan, &steps::CLIENT, "client_form_open", words).facts);
    diagnose(ground.setup.rules.over(&facts), &facts)
}
