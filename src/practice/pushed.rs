//! Pushed authorization requests (RFC 9126): the client sends the request itself, the browser only its name.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde_json::json;

use super::answer;
use super::authorize::{check, scopes};
use super::grants::{PUSHED_LIFE, Pushed, random};
use super::params::Params;
use super::token::from_client;
use super::{Provider, Shared};

const PREFIX: &str = "urn:ietf:params:oauth:request_uri:";

/// `POST /par`
pub async fn push(State(provider): Shared, headers: HeaderMap, body: Bytes) -> Response {
    let (params, client) = match from_client(&provider, &headers, &body) {
        Ok(known) => known,
        Err(response) => return *response,
    };
    let refuse = |error, words| answer::error(StatusCode::BAD_REQUEST, error, words);
    if params.get("request_uri").is_some() {
        return refuse("invalid_request", "request_uri parameter must not be used here");
    }
    if let Err(refused) = provider.redirect_uri(&client, params.get("redirect_uri")) {
        return refuse("invalid_request", refused.words());
    }
    if let Err((error, words)) = check(&params, &scopes(&params), provider.challenge_methods()) {
        return refuse(error, words);
    }
    let name = random();
    provider.grants.open().pushed.put(&name, PUSHED_LIFE, Pushed { client_id: client.id.clone(), params });
    let body = json!({"request_uri": format!("{PREFIX}{name}"), "expires_in": PUSHED_LIFE.as_secs()});
    answer::json(StatusCode::CREATED, &body)
}

/// The request that the browser names, or the one that it brings itself. `None`: nothing of that name was pushed by that
/// client. A reload of the page names it again, so it stays until its life is over (RFC 9126, 4).
pub fn meant(provider: &Provider, brought: Params) -> Option<(Params, bool)> {
    let Some(uri) = brought.get("request_uri") else { return Some((brought, false)) };
    let mut shelves = provider.grants.open();
    let pushed = shelves.pushed.get(uri.strip_prefix(PREFIX)?)?;
    let of_this_client = brought.get("client_id") == Some(&pushed.client_id);
    let mut params = pushed.params.clone();
    params.set("client_id", &pushed.client_id);
    of_this_client.then_some((params, true))
}
