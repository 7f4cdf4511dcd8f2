//! What the provider says of itself, held against what it does: who answered (RFC 9207), how a client proves itself. What it
//! does not say proves nothing.

use super::attempt::Ground;
use super::failure::Failure;
use super::plan::Plan;
use super::steps;
use crate::facts::Facts;
use crate::oauth::discovery::{Discovery, Found, Metadata};
use std::time::Duration;

/// The browser is back and a code does not live long: what has not come by now is gone without.
const WHILE_A_CODE_LIVES: Duration = Duration::from_secs(2);
/// Nothing else can go on.
pub const WITHOUT_HASTE: Duration = Duration::from_secs(15);

/// The metadata that describes the authorization endpoint of this login: another server of the same host may have its own.
pub fn ours<'a>(plan: &Plan, found: Option<&'a Found>) -> Option<&'a Metadata> {
    let metadata = found?.metadata.as_ref()?;
    let mut asked = plan.authorization_url().ok()?;
    asked.set_query(None);
    metadata.authorization_endpoint.as_ref().is_none_or(|endpoint| *endpoint == asked).then_some(metadata)
}

/// Holds the issuer of an answer against the one that was asked (RFC 9207, 2.4). The line for the story, or the failure.
pub fn who_answered(ground: &Ground, plan: &Plan, named: Option<&str>, refusal: bool) -> Result<String, Failure> {
    let metadata = ours(plan, ground.discovery.within(WHILE_A_CODE_LIVES));
    let asked = plan.issuer().or(metadata.map(|metadata| metadata.issuer.as_str()));
    let failed = |problem: &str, words: String| {
        let mut failure = Failure::seen(plan, &steps::BACK, problem, words);
        failure.facts.set("login.issuer_asked", asked);
        failure.facts.set("login.issuer_answered", named);
        failure
    };
    match (named, asked) {
        (Some(named), Some(asked)) if named == asked => Ok(format!("iss={named}   who was asked")),
        (Some(named), Some(asked)) => {
            Err(failed("issuer_mismatch", format!("{named} answered, and {asked} was asked")))
        }
        (Some(named), None) => Ok(format!("iss={named}   not known here whether that is who was asked")),
        // A refusal gives nothing away.
        (None, Some(asked)) if !refusal && metadata.is_some_and(|metadata| metadata.promises_iss) => Err(failed(
            "issuer_missing",
            format!("{asked} promises to name itself in its answer, and this one names nobody"),
        )),
        (None, _) => Ok(String::new()),
    }
}

/// What is known of the provider beside a failure; where its client was refused, it is asked.
pub fn facts(plan: &Plan, discovery: &Discovery, failure: &Facts) -> Facts {
    let client_refused = failure.number("error.status") == Some(401)
        || matches!(failure.text("error.code"), Some("invalid_client" | "unauthorized_client"));
    let found = if client_refused { discovery.within(WITHOUT_HASTE) } else { discovery.known() };
    let mut facts = Facts::new();
    let metadata = ours(plan, found);
    facts.set("provider.issuer", metadata.map(|metadata| metadata.issuer.as_str()));
    let methods = metadata.and_then(|metadata| metadata.token_endpoint_auth_methods_supported.clone());
    facts.set("provider.token_endpoint_auth_methods_supported", methods);
    let foreign = found.and_then(|found| found.foreign.as_ref());
    facts.set("provider.foreign_metadata_at", foreign.map(|foreign| foreign.at.as_str()));
    facts.set("provider.foreign_metadata_issuer", foreign.map(|foreign| foreign.issuer.as_str()));
    facts
}
