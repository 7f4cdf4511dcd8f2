//! Dynamic client registration (RFC 7591), and reading the registered client back (RFC 7592). A client is read only at its
//! own registration_client_uri with its own token: some servers revoke a token that is used elsewhere.

use super::record::{Exchange, Recorder};
use super::{Authentication, Client};
use crate::host::{Request, http::is_loopback};
use crate::sink::Secret;
use serde_json::{Value, json};
use std::sync::Arc;
use url::Url;

/// A client as the provider registered it.
#[derive(Clone)]
pub struct Registered {
    pub client: Client,
    /// `None`: the answer does not say, so they are as sent.
    pub redirect_uris: Option<Vec<String>>,
    /// `None`: the secret does not run out.
    pub secret_expires_at: Option<jiff::Timestamp>,
    /// Where and by what it can be read back (RFC 7592, 3).
    pub management: Option<Management>,
}

#[derive(Clone)]
pub struct Management {
    pub registration_client_uri: Url,
    pub registration_access_token: Secret,
}

/// The method to register with: none where nothing speaks against it, for a secret that lies on a person's disk protects
/// nothing; else what the provider supports.
pub fn choose(supported: Option<&[String]>) -> Authentication {
    let Some(supported) = supported.filter(|methods| !methods.is_empty()) else { return Authentication::None };
    [Authentication::None, Authentication::Basic, Authentication::Body]
        .into_iter()
        .find(|method| supported.iter().any(|name| name == method.registered()))
        .unwrap_or(Authentication::None)
}

/// Registers a client with exactly the redirect URI that we listen on. `None` beside the exchange, which says why.
pub fn register(
    recorder: &Recorder,
    endpoint: &Url,
    redirect_uri: &Url,
    scopes: &[String],
    authentication: Authentication,
) -> (Option<Registered>, Arc<Exchange>) {
    let mut metadata = json!({
        "client_name": "authsome",
        "redirect_uris": [redirect_uri.as_str()],
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "token_endpoint_auth_method": authentication.registered(),
        // An http loopback redirect URI is a native application's (OpenID Connect Registration, 2).
        "application_type": "native",
    });
    if !scopes.is_empty() {
        metadata["scope"] = Value::from(scopes.join(" "));
    }
    let request = Request {
        method: "POST",
        body: Some(metadata.to_string().into_bytes()),
        ..Request::get(endpoint.clone()).header("content-type", "application/json").header("accept", "application/json")
    };
    let exchange = recorder.send("registration", request);
    let answer = exchange.outcome.as_ref().ok().filter(|answer| (200..300).contains(&answer.status));
    (answer.and_then(|answer| read(&answer.body, authentication)), exchange)
}

/// What the provider says of a client that was registered before.
pub enum ReadBack {
    Known(Registered),
    /// 401: the client is not there any more, or the token does not hold any more.
    Gone,
    /// Nothing that settles it.
    Untold,
}

/// Reads a client (RFC 7592, 2.1). What the answer leaves out stays as `kept` has it. `None`: its address is one that a
/// token must not be sent to in the clear, so it was not asked.
pub fn read_back(recorder: &Recorder, kept: &Registered, at: &Management) -> Option<(ReadBack, Arc<Exchange>)> {
    let uri = &at.registration_client_uri;
    if uri.scheme() != "https" && !is_loopback(uri) {
        return None;
    }
    let bearer = format!("Bearer {}", at.registration_access_token.expose());
    let request = Request::get(uri.clone()).header("authorization", &bearer).header("accept", "application/json");
    let exchange = recorder.send("registration", request);
    let told = match &exchange.outcome {
        Ok(answer) if answer.status == 200 => match read(&answer.body, kept.client.authentication) {
            Some(now) if now.client.id == kept.client.id => ReadBack::Known(Registered {
                client: Client { secret: now.client.secret.or_else(|| kept.client.secret.clone()), ..now.client },
                redirect_uris: now.redirect_uris,
                secret_expires_at: now.secret_expires_at,
                management: now.management.or_else(|| kept.management.clone()),
            }),
            _ => ReadBack::Untold,
        },
        Ok(answer) if answer.status == 401 => ReadBack::Gone,
        _ => ReadBack::Untold,
    };
    Some((told, exchange))
}

/// A client information response (RFC 7591, 3.2.1; RFC 7592, 3).
fn read(body: &[u8], asked: Authentication) -> Option<Registered> {
    let json: Value = serde_json::from_slice(body).ok()?;
    let secret = json["client_secret"].as_str().filter(|secret| !secret.is_empty()).map(Secret::new);
    let token = json["registration_access_token"].as_str().filter(|token| !token.is_empty()).map(Secret::new);
    let uri = json["registration_client_uri"].as_str().and_then(|text| Url::parse(text).ok());
    let redirect_uris = json["redirect_uris"].as_array();
    // Zero says never (RFC 7591, 3.2.1).
    let expires = json["client_secret_expires_at"].as_i64().filter(|seconds| *seconds > 0);
    let authentication = method(&json["token_endpoint_auth_method"], secret.is_some(), asked);
    Some(Registered {
        client: Client { id: json["client_id"].as_str()?.to_owned(), secret, authentication },
        redirect_uris: redirect_uris.map(|uris| uris.iter().filter_map(Value::as_str).map(str::to_owned).collect()),
        secret_expires_at: expires.and_then(|seconds| jiff::Timestamp::from_second(seconds).ok()),
        management: uri.zip(token).map(|(registration_client_uri, registration_access_token)| Management {
            registration_client_uri,
            registration_access_token,
        }),
    })
}

/// The method that counts is the one of the answer (RFC 7591, 3.2.1). glewlwyd answers a list; then what was asked for, if
/// it is in there.
fn method(said: &Value, has_secret: bool, asked: Authentication) -> Authentication {
    let words: Vec<&str> = match said {
        Value::Array(items) => items.iter().filter_map(Value::as_str).collect(),
        other => other.as_str().into_iter().collect(),
    };
    let named: Vec<Authentication> = words.into_iter().filter_map(Authentication::from_registered).collect();
    let fits = |method: &Authentication| has_secret || *method == Authentication::None;
    let first = named.iter().copied().find(|method| *method == asked).or_else(|| named.iter().copied().find(fits));
    match first {
        Some(method) => method,
        // RFC 7591, 2: client_secret_basic where nothing is said.
        None if has_secret => Authentication::Basic,
        None => Authentication::None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(body: &Value, asked: Authentication) -> Authentication {
        read(body.to_string().as_bytes(), asked).unwrap().client.authentication
    }

    #[test]
    fn a_client_without_a_secret_is_registered_wherever_that_is_supported() {
        let choose = |methods: &[&str]| choose(Some(&methods.iter().map(|m| (*m).to_owned()).collect::<Vec<_>>()));
        assert_eq!(super::choose(None), Authentication::None);
        assert_eq!(choose(&[]), Authentication::None);
        assert_eq!(choose(&["client_secret_basic", "client_secret_post", "none"]), Authentication::None);
        assert_eq!(choose(&["client_secret_post", "client_secret_basic"]), Authentication::Basic);
        assert_eq!(choose(&["private_key_jwt", "client_secret_post"]), Authentication::Body);
        assert_eq!(choose(&["private_key_jwt"]), Authentication::None);
    }

    #[test]
    fn the_way_to_authenticate_is_the_one_of_the_answer() {
        let said =
            |method: Value| json!({"client_id": "a", "client_secret": "s3cr3t", "token_endpoint_auth_method": method});
        assert_eq!(answered(&said(json!("client_secret_post")), Authentication::None), Authentication::Body);
        assert_eq!(answered(&said(json!("client_secret_basic")), Authentication::Body), Authentication::Basic);
        assert_eq!(answered(&said(json!("none")), Authentication::Basic), Authentication::None);
        assert_eq!(answered(&said(Value::Null), Authentication::None), Authentication::Basic);
        let glewlwyd = said(json!(["client_secret_basic", "client_secret_post"]));
        assert_eq!(answered(&glewlwyd, Authentication::Body), Authentication::Body);
        assert_eq!(answered(&glewlwyd, Authentication::None), Authentication::Basic);
        assert_eq!(answered(&json!({"client_id": "a"}), Authentication::Basic), Authentication::None);
    }

    #[test]
    fn a_client_can_be_read_back_only_where_address_and_token_were_both_given() {
        let with = |more: Value| {
            let mut body = json!({"client_id": "a", "redirect_uris": ["http://127.0.0.1:7998/cb"]});
            body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            read(body.to_string().as_bytes(), Authentication::None).unwrap()
        };
        let uri = "https://acme.example/register/a";
        assert!(with(json!({"registration_client_uri": uri})).management.is_none());
        let both = with(json!({"registration_client_uri": uri, "registration_access_token": "7592-t0ken"}));
        assert_eq!(both.management.unwrap().registration_client_uri.as_str(), uri);
        assert_eq!(both.redirect_uris.unwrap(), ["http://127.0.0.1:7998/cb"]);
    }
}
