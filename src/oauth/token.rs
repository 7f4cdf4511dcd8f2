//! The token request (RFC 6749, 4.1.3 and 6): by the `oauth2` crate, over the recorded client.

use super::record::{Exchange, Recorder};
use super::{Authentication, Client, scopes};
use crate::host::http::FailureKind;
use crate::host::{HttpFailure, Request};
use crate::sink::Secret;
use oauth2::basic::BasicClient;
use oauth2::{
    AuthType, AuthUrl, AuthorizationCode, ClientId, ClientSecret, HttpRequest, HttpResponse, PkceCodeVerifier,
    RedirectUrl, RefreshToken, TokenResponse, TokenUrl,
};
use serde_json::Value;
use std::cell::RefCell;
use std::sync::Arc;
use std::time::Duration;
use url::Url;

/// What a provider grants.
pub struct Tokens {
    pub access_token: Secret,
    pub refresh_token: Option<Secret>,
    pub token_type: String,
    pub expires_in: Option<Duration>,
    /// `None`: the answer names no scope, so they are as asked (RFC 6749, 5.1).
    pub scopes: Option<Vec<String>>,
}

/// The answer to a token request; the exchange says what went over the wire.
pub struct TokenAnswer {
    pub tokens: Result<Tokens, TokenFailure>,
    pub exchange: Option<Arc<Exchange>>,
}

#[derive(Clone, Debug)]
pub enum TokenFailure {
    /// No answer came.
    Transport(HttpFailure),
    /// An answer that grants nothing: an error in any shape, or a text that is no JSON.
    Refused,
    /// The request could not be made: a defect of the definition.
    Invalid(String),
}

impl TokenFailure {
    /// No request got as far as the provider: nothing that was to be sent is used up.
    pub fn never_reached(&self) -> bool {
        let on_the_way = [FailureKind::Dns, FailureKind::Refused, FailureKind::Tls, FailureKind::Proxy];
        matches!(self, Self::Transport(failure) if on_the_way.contains(&failure.kind))
    }
}

/// What the code was issued for.
pub struct CodeGrant<'a> {
    pub code: &'a Secret,
    pub code_verifier: &'a Secret,
    /// As in the authorization request; `None` where it was left out there.
    pub redirect_uri: Option<&'a Url>,
}

/// Swaps the code for tokens.
pub fn exchange_code(recorder: &Recorder, endpoint: &Url, client: &Client, grant: &CodeGrant) -> TokenAnswer {
    request(recorder, "token", endpoint, client, grant.redirect_uri, |ready, send| {
        ready
            .exchange_code(AuthorizationCode::new(grant.code.expose().to_owned()))
            .set_pkce_verifier(PkceCodeVerifier::new(grant.code_verifier.expose().to_owned()))
            .request(&send)
            .ok()
    })
}

/// Asks for a fresh access token (RFC 6749, 6).
pub fn refresh(recorder: &Recorder, endpoint: &Url, client: &Client, token: &Secret) -> TokenAnswer {
    request(recorder, "refresh", endpoint, client, None, |ready, send| {
        ready.exchange_refresh_token(&RefreshToken::new(token.expose().to_owned())).request(&send).ok()
    })
}

type Ready = BasicClient<
    oauth2::EndpointSet,
    oauth2::EndpointNotSet,
    oauth2::EndpointNotSet,
    oauth2::EndpointNotSet,
    oauth2::EndpointSet,
>;
type Send<'a> = &'a dyn Fn(HttpRequest) -> Result<HttpResponse, HttpFailure>;

fn request(
    recorder: &Recorder,
    step: &'static str,
    endpoint: &Url,
    client: &Client,
    redirect_uri: Option<&Url>,
    ask: impl FnOnce(&Ready, Send) -> Option<oauth2::basic::BasicTokenResponse>,
) -> TokenAnswer {
    // The crate builds requests for both endpoints; only the token endpoint is used here.
    let mut ready: Ready = BasicClient::new(ClientId::new(client.id.clone()))
        .set_auth_uri(AuthUrl::from_url(endpoint.clone()))
        .set_token_uri(TokenUrl::from_url(endpoint.clone()))
        .set_auth_type(match client.authentication {
            Authentication::Body | Authentication::None => AuthType::RequestBody,
            Authentication::Basic => AuthType::BasicAuth,
        });
    if let Some(secret) = client.sent_secret() {
        ready = ready.set_client_secret(ClientSecret::new(secret.expose().to_owned()));
    }
    if let Some(redirect_uri) = redirect_uri {
        ready = ready.set_redirect_uri(RedirectUrl::from_url(redirect_uri.clone()));
    }
    let sent: RefCell<Option<Arc<Exchange>>> = RefCell::new(None);
    let send = |http: HttpRequest| {
        let exchange = recorder.send(step, from_http(&http, endpoint));
        let outcome = exchange.outcome.as_ref().map_err(Clone::clone).and_then(to_http);
        *sent.borrow_mut() = Some(exchange);
        outcome
    };
    let parsed = ask(&ready, &send);
    let exchange = sent.into_inner();
    let tokens = match (parsed, exchange.as_ref().map(|e| &e.outcome)) {
        (Some(tokens), _) => Ok(from_response(&tokens)),
        (None, Some(Err(failure))) => Err(TokenFailure::Transport(failure.clone())),
        (None, Some(Ok(answer))) => lenient(answer).ok_or(TokenFailure::Refused),
        (None, None) => Err(TokenFailure::Invalid("the token request could not be built".to_owned())),
    };
    TokenAnswer { tokens, exchange }
}

fn from_http(http: &HttpRequest, endpoint: &Url) -> Request {
    let headers = http
        .headers()
        .iter()
        .map(|(name, value)| (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
        .collect();
    Request {
        method: "POST",
        headers,
        body: Some(http.body().clone()),
        // As authsome's own token requests.
        limit: Duration::from_secs(30),
        ..Request::get(endpoint.clone())
    }
}

fn to_http(answer: &crate::host::Answer) -> Result<HttpResponse, HttpFailure> {
    let mut building = oauth2::http::Response::builder().status(answer.status);
    for (name, value) in &answer.headers {
        building = building.header(name, value);
    }
    building.body(answer.body.clone()).map_err(|e| HttpFailure {
        kind: FailureKind::Other,
        text: e.to_string(),
        proxy_status: None,
    })
}

fn from_response(tokens: &oauth2::basic::BasicTokenResponse) -> Tokens {
    Tokens {
        access_token: Secret::new(tokens.access_token().secret().clone()),
        refresh_token: tokens.refresh_token().map(|token| Secret::new(token.secret().clone())),
        token_type: tokens.token_type().as_ref().to_owned(),
        expires_in: tokens.expires_in(),
        scopes: tokens.scopes().map(|list| list.iter().flat_map(|scope| scopes::split(scope)).collect()),
    }
}

/// The tokens of an answer to a request that was not built by the crate.
pub fn from_answer(exchange: Arc<Exchange>) -> TokenAnswer {
    let tokens = match &exchange.outcome {
        Err(failure) => Err(TokenFailure::Transport(failure.clone())),
        Ok(answer) => lenient(answer).ok_or(TokenFailure::Refused),
    };
    TokenAnswer { tokens, exchange: Some(exchange) }
}

/// Tokens in an answer that the standard would not call one: no token_type, nested (Slack), form-encoded (GitHub
/// without Accept). A refusal grants nothing, whatever else stands in it.
fn lenient(answer: &crate::host::Answer) -> Option<Tokens> {
    let body = &answer.body[..];
    let json: Value = serde_json::from_slice(body).unwrap_or_else(|_| {
        url::form_urlencoded::parse(body).map(|(k, v)| (k.into_owned(), Value::from(v.into_owned()))).collect()
    });
    let refused = json["error"].as_str().is_some_and(|code| !code.is_empty());
    if refused || !(200..300).contains(&answer.status) {
        return None;
    }
    let grant = [&json, &json["authed_user"]].into_iter().find(|it| it["access_token"].is_string())?;
    let text = |name: &str| grant[name].as_str().filter(|it| !it.is_empty());
    let number = |name: &str| grant[name].as_u64().or_else(|| grant[name].as_str()?.parse().ok());
    Some(Tokens {
        access_token: Secret::new(text("access_token")?),
        refresh_token: text("refresh_token").map(Secret::new),
        token_type: text("token_type").unwrap_or("bearer").to_owned(),
        expires_in: number("expires_in").map(Duration::from_secs),
        scopes: text("scope").map(scopes::split),
    })
}
