//! A protected resource (RFC 6750), so that a token can be seen to work: `GET /me` needs the scope `read`.

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use serde_json::json;

use super::{Shared, answer};

const NEEDED: &str = "read";

/// `GET /me`
pub async fn me(State(provider): Shared, headers: HeaderMap) -> Response {
    let Some(value) = headers.get(header::AUTHORIZATION) else {
        // RFC 6750, 3.1: a request without any token is told how, not what was wrong.
        return challenge(StatusCode::UNAUTHORIZED, None, "no access token provided");
    };
    let bearer = value.to_str().ok().and_then(|text| text.split_once(' '));
    let Some((_, sent)) = bearer.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer")) else {
        return challenge(StatusCode::BAD_REQUEST, Some("invalid_request"), "Bearer is the only scheme here");
    };
    let Some(token) = provider.grants.open().access_tokens.get(sent).cloned() else {
        return challenge(
            StatusCode::UNAUTHORIZED,
            Some("invalid_token"),
            "the access token is wrong, expired or revoked",
        );
    };
    if !token.scopes.iter().any(|scope| scope == NEEDED) {
        return challenge(StatusCode::FORBIDDEN, Some("insufficient_scope"), "this needs the scope read");
    }
    answer::json(
        StatusCode::OK,
        &json!({"sub": token.person, "client_id": token.client_id, "scope": token.scopes.join(" ")}),
    )
}

fn challenge(status: StatusCode, error: Option<&str>, words: &str) -> Response {
    let detail = error.map(|error| format!(r#", error="{error}", error_description="{words}""#)).unwrap_or_default();
    let scope = if status == StatusCode::FORBIDDEN { format!(r#", scope="{NEEDED}""#) } else { String::new() };
    let mut response = answer::error(status, error.unwrap_or("invalid_token"), words);
    if let Ok(value) = HeaderValue::from_str(&format!(r#"Bearer realm="practice"{detail}{scope}"#)) {
        response.headers_mut().insert(header::WWW_AUTHENTICATE, value);
    }
    response
}
