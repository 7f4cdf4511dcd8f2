//! What the provider says about itself: the metadata of RFC 8414 and of OpenID Connect Discovery, and a page for whoever
//! comes by. A fault may make it silent or untrue.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Map, Value, json};

use super::faults::{Described, Place};
use super::{GRANTED_SCOPES, Provider, Shared, answer, token};

/// `GET /.well-known/oauth-authorization-server` (RFC 8414, 3)
pub async fn metadata(State(provider): Shared) -> Response {
    described(&provider)
}

/// `GET /.well-known/openid-configuration`: where clients look last, so a description that misleads is met for good here.
pub async fn openid(State(provider): Shared) -> Response {
    let response = described(&provider);
    if provider.fault_at(Place::Discovery).is_some() {
        provider.spend_fault();
    }
    response
}

fn described(provider: &Provider) -> Response {
    let mut metadata = rightly(&provider.origin);
    match provider.described() {
        Described::Rightly => {}
        Described::With(changes) => merge(&mut metadata, &changes.replace("{origin}", &provider.origin)),
        Described::Nowhere => return nothing(provider),
    }
    answer::json(StatusCode::OK, &Value::Object(metadata))
}

fn rightly(origin: &str) -> Map<String, Value> {
    let Value::Object(metadata) = json!({
        "issuer": origin,
        "authorization_endpoint": format!("{origin}/authorize"),
        "token_endpoint": format!("{origin}/token"),
        "revocation_endpoint": format!("{origin}/revoke"),
        "device_authorization_endpoint": format!("{origin}/device/code"),
        "registration_endpoint": format!("{origin}/register"),
        "pushed_authorization_request_endpoint": format!("{origin}/par"),
        "jwks_uri": format!("{origin}/jwks"),
        "scopes_supported": GRANTED_SCOPES,
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "refresh_token", token::DEVICE_GRANT],
        "subject_types_supported": ["public"],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "none"],
        "revocation_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "none"],
        "require_pushed_authorization_requests": false,
        "authorization_response_iss_parameter_supported": true,
    }) else {
        unreachable!("an object was written")
    };
    metadata
}

/// JSON Merge Patch (RFC 7396), one level deep: metadata is flat.
fn merge(metadata: &mut Map<String, Value>, changes: &str) {
    let changes: Map<String, Value> = serde_json::from_str(changes).expect("a test reads every change");
    for (name, value) in changes {
        if value.is_null() {
            metadata.remove(&name);
        } else {
            metadata.insert(name, value);
        }
    }
}

/// `GET /jwks`: nothing here is signed, so there is no key.
pub async fn keys() -> Response {
    answer::json(StatusCode::OK, &json!({"keys": []}))
}

/// `GET /`
pub async fn about(State(provider): Shared) -> Response {
    let words = [
        "This is a real OAuth server for practising logins. It runs on your machine only, knows nobody and keeps nothing.".to_owned(),
        format!("Its description is at {}/.well-known/oauth-authorization-server", provider.origin),
    ];
    provider.pages.message(StatusCode::OK, "The practice provider", &words)
}

/// Any other address; also those that only an untrue description names.
pub async fn not_found(State(provider): Shared) -> Response {
    if provider.fault_at(Place::Discovery).is_some() {
        provider.spend_fault();
    }
    nothing(&provider)
}

fn nothing(provider: &Provider) -> Response {
    provider.pages.message(StatusCode::NOT_FOUND, "Nothing is here", &["This address leads nowhere.".to_owned()])
}

#[cfg(test)]
mod tests {
    use super::super::faults::table;
    use super::*;

    #[test]
    fn every_change_of_the_description_changes_it() {
        let origin = "http://127.0.0.1:1";
        for row in table() {
            let Described::With(changes) = row.described else { continue };
            let mut changed = rightly(origin);
            merge(&mut changed, &changes.replace("{origin}", origin));
            assert_ne!(changed, rightly(origin), "{}", row.name());
        }
    }
}
