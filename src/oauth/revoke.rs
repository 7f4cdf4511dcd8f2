//! Taking tokens back (RFC 7009), and finding where (RFC 8414). Says what came back; judges nothing.

use super::Client;
use super::device::authenticated;
use super::record::{Exchange, Recorder};
use crate::host::Request;
use crate::host::http::is_loopback;
use crate::sink::Secret;
use serde_json::Value;
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

/// The revocation endpoint that the metadata beside the token endpoint names. A token is sent only where nobody reads along.
pub fn discover(recorder: &Recorder, token_endpoint: &Url) -> Option<Url> {
    ["oauth-authorization-server", "openid-configuration"].iter().find_map(|name| {
        let url = token_endpoint.join(&format!("/.well-known/{name}")).ok()?;
        let exchange = recorder.send("revoke", Request::get(url).header("accept", "application/json"));
        let answer = exchange.outcome.as_ref().ok().filter(|answer| answer.status == 200)?;
        let metadata: Value = serde_json::from_slice(&answer.body).ok()?;
        let endpoint: Url = metadata["revocation_endpoint"].as_str()?.parse().ok()?;
        (endpoint.scheme() == "https" || is_loopback(&endpoint)).then_some(endpoint)
    })
}
