//! What the provider says about itself: the metadata of RFC 8414, and a page for whoever comes by.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::json;

use super::faults::Place;
use super::{GRANTED_SCOPES, Shared, answer, token};

/// `GET /.well-known/oauth-authorization-server`
pub async fn metadata(State(provider): Shared) -> Response {
    let origin = &provider.origin;
    let mut metadata = json!({
        "issuer": origin,
        "authorization_endpoint": format!("{origin}/authorize"),
        "token_endpoint": format!("{origin}/token"),
        "revocation_endpoint": format!("{origin}/revoke"),
        "device_authorization_endpoint": format!("{origin}/device/code"),
        "registration_endpoint": format!("{origin}/register"),
        "scopes_supported": GRANTED_SCOPES,
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "refresh_token", token::DEVICE_GRANT],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "none"],
        "authorization_response_iss_parameter_supported": true,
    });
    if provider.fault_at(Place::Discovery).is_some()
        && let Some(fields) = metadata.as_object_mut()
    {
        fields.remove("registration_endpoint");
    }
    answer::json(StatusCode::OK, &metadata)
}

/// `GET /`
pub async fn about(State(provider): Shared) -> Response {
    let words = [
        "This is a real OAuth server for practising logins. It runs on your machine only, knows nobody and keeps nothing.".to_owned(),
        format!("Its description is at {}/.well-known/oauth-authorization-server", provider.origin),
    ];
    provider.pages.message(StatusCode::OK, "The practice provider", &words)
}

pub async fn not_found(State(provider): Shared) -> Response {
    provider.pages.message(StatusCode::NOT_FOUND, "Nothing is here", &["This address leads nowhere.".to_owned()])
}
