//! A failed step becomes facts: what we saw, and what the provider said.

use super::plan::Plan;
use super::steps::Step;
use crate::error_reader;
use crate::facts::Facts;
use crate::oauth::record::Exchange;
use crate::oauth::token::TokenFailure;

/// What a step leaves when it fails.
pub struct Failure {
    pub facts: Facts,
}

impl Failure {
    /// Something that we saw ourselves: a value of `login.problem`, and the same in words.
    pub fn seen(plan: &Plan, step: &'static Step, problem: &str, words: impl Into<String>) -> Self {
        let mut facts = about(plan);
        facts.set("login.failed_step", step.name);
        facts.set("login.problem", problem);
        facts.set("login.problem_text", words.into());
        Self { facts }
    }

    /// Something that the provider said, in any shape.
    pub fn said(plan: &Plan, step: &'static Step, text: &[u8], source: &str) -> Self {
        let mut facts = about(plan);
        facts.set("login.failed_step", step.name);
        facts.merge(error_reader::read(text, source));
        name_step(&mut facts, step);
        Self { facts }
    }

    /// An answer, or none, to a request of ours.
    pub fn answered(plan: &Plan, step: &'static Step, exchange: &Exchange) -> Self {
        match &exchange.outcome {
            Ok(answer) => {
                let mut text = format!("HTTP/1.1 {}\n", answer.status);
                for (name, value) in &answer.headers {
                    // Cookies are nobody's business here.
                    if name != "set-cookie" {
                        text.push_str(&format!("{name}: {value}\n"));
                    }
                }
                text.push('\n');
                text.push_str(&answer.text());
                Self::said(plan, step, text.as_bytes(), "login")
            }
            Err(failure) => {
                let words = format!("no answer from {}: {failure}", host_of(exchange));
                let mut seen = Self::seen(plan, step, "transport", words);
                seen.facts.set("login.transport_error", failure.kind.name());
                seen.facts.merge(error_reader::read(failure.text.as_bytes(), "login"));
                name_step(&mut seen.facts, step);
                seen
            }
        }
    }

    /// A token answer without tokens.
    pub fn token(plan: &Plan, step: &'static Step, failure: &TokenFailure, exchange: Option<&Exchange>) -> Self {
        match (failure, exchange) {
            (TokenFailure::Invalid(why), _) => Self::seen(plan, step, "transport", why.clone()),
            (_, Some(exchange)) => Self::answered(plan, step, exchange),
            (_, None) => Self::seen(plan, step, "transport", "the request was not sent"),
        }
    }
}

/// We know at which step it was said; the text alone often does not tell.
pub fn name_step(facts: &mut Facts, step: &Step) {
    let word = match step.name {
        name @ ("authorize" | "callback" | "token" | "refresh" | "device" | "registration") => name,
        _ => "local",
    };
    facts.set("error.step", word);
    facts.set("error.step_because", "this login was at that step");
}

fn host_of(exchange: &Exchange) -> String {
    exchange.request.url.host_str().unwrap_or("the provider").to_owned()
}

/// What is always known of a login.
pub fn about(plan: &Plan) -> Facts {
    let mut facts = Facts::new();
    facts.set("login.flow", plan.flow.word());
    facts.set("login.via", plan.via.word());
    facts.set("login.requested_scopes", plan.scopes.clone());
    if let Some(client) = &plan.client {
        facts.set("provider.has_client", true);
        facts.set("provider.client_from", plan.client_from);
        // What the daemon keeps of its client is not seen from here.
        if plan.client_from != "daemon" {
            facts.set("provider.client_confidential", client.secret.is_some());
            facts.set("provider.client_authentication", client.authentication_word());
        }
    }
    facts
}
