//! Taking tokens back (RFC 7009), and finding where. Says what came back; judges nothing.

use super::device::authenticated;
use super::record::{Exchange, Recorder};
use super::{Client, discovery};
use crate::host::http::is_loopback;
use crate::sink::Secret;
use std::sync::Arc;
use url::Url;

/// Asks the provider to take a token back; `hint` is its kind (RFC 7009, 2.1). `Ok`: it is gone, or was no good any more.
pub fn revoke(
    recorder: &Recorder,
    endpoint: &Url,
    client: &Client,
    token: &Secret,
    hint: &str,
) -> Result<(), Arc<Exchange>> {
    let fields = [("token", token.expose()), ("token_type_hint", hint)];
    let exchange = recorder.send("revoke", authenticated(endpoint, client, &fields));
    let accepted = exchange.outcome.as_ref().is_ok_and(|answer| (200..300).contains(&answer.status));
    if accepted { Ok(()) } else { Err(exchange) }
}

/// The revocation endpoint that the metadata of the token endpoint's issuer names. A token is sent only where nobody reads along.
pub fn discover(recorder: &Recorder, token_endpoint: &Url) -> Option<Url> {
    let issuers = discovery::issuers(None, token_endpoint, Some(token_endpoint));
    let endpoint = discovery::discover(recorder, &issuers).metadata?.revocation_endpoint?;
    (endpoint.scheme() == "https" || is_loopback(&endpoint)).then_some(endpoint)
}
