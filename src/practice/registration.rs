//! Dynamic client registration (RFC 7591), open to everybody. What becomes of a registration is `management`'s.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};

use super::answer::{self, Request};
use super::clients::{Client, check_redirect_uri};
use super::faults::Place;
use super::grants::{hash, random};
use super::{Provider, Shared, token};

const AUTH_METHODS: [&str; 3] = ["none", "client_secret_basic", "client_secret_post"];
const GRANT_TYPES: [&str; 3] = ["authorization_code", "refresh_token", token::DEVICE_GRANT];
const NAME_LIMIT: usize = 80;

/// `POST /register`
pub async fn register(State(provider): Shared, body: Bytes) -> Response {
    for place in [Place::Registration, Place::Discovery] {
        if let Some(row) = provider.fault_at(place) {
            provider.spend_fault();
            return answer::fault(&provider, row, &Request::default());
        }
    }
    let metadata = match read(&body) {
        Ok(metadata) => metadata,
        Err((error, words)) => return answer::error(StatusCode::BAD_REQUEST, error, &words),
    };
    let (id, token, secret) = (random(), random(), (metadata.auth_method != "none").then(random));
    let fresh = match &secret {
        Some(secret) => Client::confidential(&id, secret, Vec::new()),
        None => Client::public(&id, Vec::new()),
    };
    let client = fresh.registered(metadata).managed_with(Some(hash(&token)));
    let mut answer = described(&provider, &client, &token);
    answer["client_id_issued_at"] = json!(std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default().as_secs());
    if let Some(secret) = &secret {
        answer["client_secret"] = json!(secret);
        answer["client_secret_expires_at"] = json!(0);
    }
    provider.clients.add(client);
    answer::json(StatusCode::CREATED, &answer)
}

/// A registration as it is told (RFC 7591, 3.2.1; RFC 7592, 3). The secret is told once: only its hash is kept.
pub fn described(provider: &Provider, client: &Client, token: &str) -> Value {
    json!({
        "client_id": client.id,
        "client_name": client.name,
        "redirect_uris": client.redirect_uris,
        "grant_types": client.grant_types,
        "response_types": ["code"],
        "token_endpoint_auth_method": client.auth_method,
        "registration_client_uri": format!("{}/register/{}", provider.origin, client.id),
        "registration_access_token": token,
    })
}

/// What a client wants to be (RFC 7591, 2).
pub struct Metadata {
    pub name: String,
    pub redirect_uris: Vec<String>,
    pub grant_types: Vec<String>,
    pub auth_method: String,
}

type Wrong = (&'static str, String);

pub fn read(body: &[u8]) -> Result<Metadata, Wrong> {
    let metadata = |words: &str| ("invalid_client_metadata", words.to_owned());
    let sent: Value = serde_json::from_slice(body).map_err(|_| metadata("the body is not JSON"))?;
    if !sent.is_object() {
        return Err(metadata("the body is not a JSON object"));
    }
    let strings = |name: &'static str| match &sent[name] {
        Value::Null => Ok(Vec::new()),
        Value::Array(items) => {
            let texts = items.iter().map(|item| item.as_str().map(str::to_owned)).collect::<Option<Vec<_>>>();
            texts.ok_or_else(|| metadata(&format!("{name} must be strings")))
        }
        _ => Err(metadata(&format!("{name} must be an array of strings"))),
    };
    let mut grant_types = strings("grant_types")?;
    if grant_types.is_empty() {
        grant_types.push(GRANT_TYPES[0].to_owned());
    }
    if grant_types.iter().any(|grant| !GRANT_TYPES.contains(&grant.as_str())) {
        return Err(metadata(&format!("grant_types can only contain {}", GRANT_TYPES.join(", "))));
    }
    if strings("response_types")?.iter().any(|kind| kind != "code") {
        return Err(metadata("response_types can only contain code"));
    }
    let auth_method = sent["token_endpoint_auth_method"].as_str().unwrap_or("client_secret_basic").to_owned();
    if !AUTH_METHODS.contains(&auth_method.as_str()) {
        return Err(metadata(&format!("token_endpoint_auth_method must be one of {}", AUTH_METHODS.join(", "))));
    }
    let redirect_uris = strings("redirect_uris")?;
    if redirect_uris.is_empty() && grant_types.contains(&GRANT_TYPES[0].to_owned()) {
        return Err(("invalid_redirect_uri", "redirect_uris is mandatory".to_owned()));
    }
    for uri in &redirect_uris {
        check_redirect_uri(uri).map_err(|why| ("invalid_redirect_uri", format!("a redirect URI {why}")))?;
    }
    let name = sent["client_name"].as_str().unwrap_or("A client without a name").chars().take(NAME_LIMIT).collect();
    Ok(Metadata { name, redirect_uris, grant_types, auth_method })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(body: &str) -> Option<&'static str> {
        read(body.as_bytes()).err().map(|wrong| wrong.0)
    }

    #[test]
    fn what_cannot_be_registered_is_named_by_the_codes_of_the_rfc() {
        let redirects = |uri: &str| format!(r#"{{"redirect_uris":["{uri}"]}}"#);
        assert_eq!(error(&redirects("http://127.0.0.1:7998/auth/callback/oauth")), None);
        assert_eq!(error(&redirects("https://app.example/cb")), None);
        for wrong in ["javascript:alert(1)", "http://app.example/cb", "https://app.example/cb#f", "nonsense"] {
            assert_eq!(error(&redirects(wrong)), Some("invalid_redirect_uri"), "{wrong}");
        }
        assert_eq!(error("{}"), Some("invalid_redirect_uri"));
        assert_eq!(error("[]"), Some("invalid_client_metadata"));
        assert_eq!(error("{"), Some("invalid_client_metadata"));
        assert_eq!(error(r#"{"redirect_uris":"x"}"#), Some("invalid_client_metadata"));
        assert_eq!(error(r#"{"grant_types":["implicit"]}"#), Some("invalid_client_metadata"));
        assert_eq!(error(r#"{"token_endpoint_auth_method":"private_key_jwt"}"#), Some("invalid_client_metadata"));
    }
}
