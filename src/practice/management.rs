//! Management of a registration (RFC 7592): read, replace and remove, at its own address and with its own token only. A
//! token that is used at another client's address is good for nothing from then on, as it is with oidc-provider.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::Value;

use super::answer;
use super::clients::Client;
use super::registration::{described, read};
use super::{Provider, Shared};

/// `GET`, `PUT` and `DELETE /register/CLIENT_ID`
pub async fn manage(
    State(provider): Shared,
    Path(id): Path<String>,
    method: Method,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let Some(token) = bearer(&headers) else {
        return refuse(None, "no access token provided");
    };
    let Some(client) = owner(&provider, &id, token) else {
        return refuse(Some("invalid_token"), "invalid token provided");
    };
    match method {
        Method::DELETE => {
            provider.clients.remove(&client.id);
            StatusCode::NO_CONTENT.into_response()
        }
        Method::PUT => replace(&provider, &client, token, &body),
        _ => answer::json(StatusCode::OK, &described(&provider, &client, token)),
    }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token)
}

/// The client of this address, if the token is its own.
fn owner(provider: &Provider, id: &str, token: &str) -> Option<Arc<Client>> {
    let client = provider.clients.managed_by(token)?;
    if client.id == id {
        return Some(client);
    }
    provider.clients.replace((*client).clone().managed_with(None));
    None
}

/// RFC 7592, 2.2: what is not sent is gone; the secret stays.
fn replace(provider: &Provider, client: &Client, token: &str, body: &[u8]) -> Response {
    let wrong = |error, words: &str| answer::error(StatusCode::BAD_REQUEST, error, words);
    let named =
        serde_json::from_slice::<Value>(body).ok().and_then(|sent| sent["client_id"].as_str().map(str::to_owned));
    if named.as_deref() != Some(&client.id) {
        return wrong("invalid_request", "client_id must be that of the registration");
    }
    let metadata = match read(body) {
        Ok(metadata) if (metadata.auth_method == "none") == client.is_public() => metadata,
        Ok(_) => return wrong("invalid_client_metadata", "a client cannot get or lose its secret here"),
        Err((error, words)) => return wrong(error, &words),
    };
    let changed = client.clone().registered(metadata);
    let answer = described(provider, &changed, token);
    provider.clients.replace(changed);
    answer::json(StatusCode::OK, &answer)
}

fn refuse(error: Option<&str>, words: &str) -> Response {
    let detail = error.map(|error| format!(r#", error="{error}", error_description="{words}""#)).unwrap_or_default();
    let mut response = answer::error(StatusCode::UNAUTHORIZED, "invalid_token", words);
    if let Ok(value) = HeaderValue::from_str(&format!(r#"Bearer realm="practice"{detail}"#)) {
        response.headers_mut().insert(header::WWW_AUTHENTICATE, value);
    }
    response
}
