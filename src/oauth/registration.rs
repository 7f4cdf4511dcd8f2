//! Dynamic client registration (RFC 7591), and finding where it is offered (RFC 8414).

use super::record::{Exchange, Recorder};
use super::{Authentication, Client};
use crate::host::Request;
use crate::sink::Secret;
use serde_json::{Value, json};
use std::sync::Arc;
use url::Url;

/// The registration endpoint that the provider's metadata names, asked at the issuer of `endpoint` (RFC 8414, 3; then
/// `OpenID` Connect Discovery, 4). The exchanges are in the record.
pub fn discover(recorder: &Recorder, endpoint: &Url) -> Option<Url> {
    [".well-known/oauth-authorization-server", ".well-known/openid-configuration"].iter().find_map(|path| {
        let url = endpoint.join(&format!("/{path}")).ok()?;
        let exchange = recorder.send("registration", Request::get(url).header("accept", "application/json"));
        let answer = exchange.outcome.as_ref().ok().filter(|answer| answer.status == 200)?;
        let metadata: Value = serde_json::from_slice(&answer.body).ok()?;
        metadata["registration_endpoint"].as_str()?.parse().ok()
    })
}

/// Registers a client with exactly the redirect URI that we listen on. `Err`: the exchange says why not.
pub fn register(
    recorder: &Recorder,
    endpoint: &Url,
    redirect_uri: &Url,
    scopes: &[String],
) -> Result<Client, Arc<Exchange>> {
    let mut metadata = json!({
        "client_name": "authsome",
        "redirect_uris": [redirect_uri.as_str()],
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "token_endpoint_auth_method": "none",
        // An http loopback redirect URI is a native application's (OpenID Connect Registration, 2).
        "application_type": "native",
    });
    if !scopes.is_empty() {
        metadata["scope"] = Value::from(scopes.join(" "));
    }
    let request = Request {
        method: "POST",
        headers: vec![
            ("content-type".to_owned(), "application/json".to_owned()),
            ("accept".to_owned(), "application/json".to_owned()),
        ],
        body: Some(metadata.to_string().into_bytes()),
        ..Request::get(endpoint.clone())
    };
    let exchange = recorder.send("registration", request);
    let registered = exchange.outcome.as_ref().ok().filter(|answer| (200..300).contains(&answer.status));
    registered.and_then(|answer| read(&answer.body)).ok_or(exchange)
}

fn read(body: &[u8]) -> Option<Client> {
    let json: Value = serde_json::from_slice(body).ok()?;
    if let Some(token) = json["registration_access_token"].as_str() {
        crate::sink::remember(token);
    }
    let authentication = match json["token_endpoint_auth_method"].as_str() {
        Some("client_secret_post") => Authentication::Body,
        _ => Authentication::Basic,
    };
    let secret = json["client_secret"].as_str().filter(|secret| !secret.is_empty()).map(Secret::new);
    Some(Client { id: json["client_id"].as_str()?.to_owned(), secret, authentication })
}
