//! The token endpoint (RFC 6749, 3.2) with its three grants, and revocation (RFC 7009).

use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::answer::{self, Request};
use super::clients::Client;
use super::faults::{Answer, Place};
use super::grants::{ACCESS_TOKEN_LIFE, REFRESH_TOKEN_LIFE, Token, random};
use super::params::Params;
use super::{GRANTED_SCOPES, Provider, Shared, device};

pub const DEVICE_GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// The life of an access token where the fault is in refreshing it.
const SHORT_LIFE: Duration = Duration::from_secs(30);

/// `POST /token`
pub async fn token(State(provider): Shared, headers: HeaderMap, body: Bytes) -> Response {
    let params = match form(&headers, &body) {
        Ok(params) => params,
        Err(response) => return *response,
    };
    let grant_type = params.get("grant_type").unwrap_or_default();
    let request = Request { client_id: params.get("client_id").unwrap_or_default(), ..Request::default() };
    if grant_type != "refresh_token"
        && let Some(row) = provider.fault_at(Place::Token)
    {
        let mut shelves = provider.grants.open();
        let code_is_ours = params.get("code").is_some_and(|code| shelves.codes.get(code).is_some());
        let device_is_ours = params.get("device_code").is_some_and(|code| shelves.devices.get(code).is_some());
        if code_is_ours || device_is_ours {
            provider.spend_fault();
        }
        return answer::fault(&provider, row, &request);
    }
    let client = match provider.clients.authenticate(&headers, &params) {
        Ok(client) => client,
        Err(response) => return *response,
    };
    match grant_type {
        "authorization_code" => exchange(&provider, &client, &params),
        "refresh_token" => refresh(&provider, &client, &params),
        DEVICE_GRANT => device::poll(&provider, &client, &params),
        "" => answer::error(StatusCode::BAD_REQUEST, "invalid_request", "missing required parameter 'grant_type'"),
        _ => answer::error(StatusCode::BAD_REQUEST, "unsupported_grant_type", "unsupported grant_type requested"),
    }
}

/// The form of a request to the token, revocation or device authorization endpoint (RFC 6749, 3.2).
fn form(headers: &HeaderMap, body: &[u8]) -> Result<Params, Box<Response>> {
    let malformed = |why| Err(Box::new(answer::error(StatusCode::BAD_REQUEST, "invalid_request", why)));
    let media = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !media.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        return malformed("only application/x-www-form-urlencoded bodies are supported");
    }
    let params = Params::parse(body);
    if params.repeated().is_some() {
        return malformed("a parameter must not be provided twice");
    }
    Ok(params)
}

/// The form of such a request, and the client that proves to have sent it (RFC 6749, 2.3).
pub fn from_client(
    provider: &Provider,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<(Params, Arc<Client>), Box<Response>> {
    let params = form(headers, body)?;
    let client = provider.clients.authenticate(headers, &params)?;
    Ok((params, client))
}

fn invalid_grant(why: &str) -> Response {
    answer::error(StatusCode::BAD_REQUEST, "invalid_grant", why)
}

/// RFC 6749, 4.1.3; RFC 7636, 4.5. A code is used up by the first attempt of its own client, right or wrong.
fn exchange(provider: &Provider, client: &Client, params: &Params) -> Response {
    let missing = |why| answer::error(StatusCode::BAD_REQUEST, "invalid_request", why);
    let Some(code) = params.get("code") else { return missing("missing required parameter 'code'") };
    let issued = {
        let mut shelves = provider.grants.open();
        let Some(issued) = shelves.codes.get(code) else { return invalid_grant("the code is wrong or expired") };
        if issued.client_id != client.id {
            return invalid_grant("the code was issued to another client");
        }
        if issued.used {
            let family = issued.family.clone();
            shelves.revoke_family(&family);
            return invalid_grant("the code was already used");
        }
        issued.used = true;
        issued.clone()
    };
    if issued.redirect_uri.as_deref() != params.get("redirect_uri") {
        return invalid_grant("redirect_uri is not that of the authorization request");
    }
    let Some(verifier) = params.get("code_verifier") else {
        return missing("missing required parameter 'code_verifier'");
    };
    if !issued.code_challenge.is_met_by(verifier) {
        return invalid_grant("code_verifier does not match code_challenge");
    }
    let mut scopes = granted(&issued.scopes);
    if let Some(row) = provider.fault_at(Place::Exchange) {
        provider.spend_fault();
        match row.answer {
            Answer::Granted(only) => scopes.retain(|scope| only.split(' ').any(|granted| granted == scope)),
            _ => return answer::fault(provider, row, &Request { client_id: &client.id, ..Request::default() }),
        }
    }
    issue(
        provider,
        Token { client_id: client.id.clone(), scopes, person: issued.person, family: issued.family, used: false },
    )
}

/// RFC 6749, 6, with rotation (RFC 9700, 4.14.2): a refresh token that is seen twice ends everything that came of it.
fn refresh(provider: &Provider, client: &Client, params: &Params) -> Response {
    let Some(sent) = params.get("refresh_token") else {
        return answer::error(StatusCode::BAD_REQUEST, "invalid_request", "missing required parameter 'refresh_token'");
    };
    let mut next = {
        let mut shelves = provider.grants.open();
        let Some(held) = shelves.refresh_tokens.get(sent).filter(|held| held.client_id == client.id) else {
            return invalid_grant("the refresh token is wrong, expired or revoked");
        };
        if held.used {
            let family = held.family.clone();
            shelves.revoke_family(&family);
            return invalid_grant("the refresh token was already used; everything that came of it is revoked");
        }
        let wanted = params.get("scope").map(|scope| scope.split_whitespace().map(str::to_owned).collect::<Vec<_>>());
        let scopes = wanted.unwrap_or_else(|| held.scopes.clone());
        if scopes.iter().any(|scope| !held.scopes.contains(scope)) {
            return answer::error(StatusCode::BAD_REQUEST, "invalid_scope", "more than was granted");
        }
        if let Some(row) = provider.fault_at(Place::Refresh) {
            provider.spend_fault();
            return answer::fault(provider, row, &Request { client_id: &client.id, ..Request::default() });
        }
        held.used = true;
        Token { scopes, ..held.clone() }
    };
    next.used = false;
    issue(provider, next)
}

/// What of the scopes asked for is granted.
pub fn granted(asked: &[String]) -> Vec<String> {
    asked.iter().filter(|scope| GRANTED_SCOPES.contains(&scope.as_str())).cloned().collect()
}

/// The answer with the tokens (RFC 6749, 5.1).
pub fn issue(provider: &Provider, token: Token) -> Response {
    let (access, refresh) = (random(), random());
    let life = if provider.fault_at(Place::Refresh).is_some() { SHORT_LIFE } else { ACCESS_TOKEN_LIFE };
    let body = json!({
        "access_token": access,
        "token_type": "Bearer",
        "expires_in": life.as_secs(),
        "refresh_token": refresh,
        "scope": token.scopes.join(" "),
    });
    let mut shelves = provider.grants.open();
    shelves.access_tokens.put(&access, life, token.clone());
    shelves.refresh_tokens.put(&refresh, REFRESH_TOKEN_LIFE, token);
    answer::json(StatusCode::OK, &body)
}

/// `POST /revoke` (RFC 7009): 200 for a token that is gone, whether it was ever there or not.
pub async fn revoke(State(provider): Shared, headers: HeaderMap, body: Bytes) -> Response {
    let (params, client) = match from_client(&provider, &headers, &body) {
        Ok(known) => known,
        Err(response) => return *response,
    };
    let Some(sent) = params.get("token") else {
        return answer::error(StatusCode::BAD_REQUEST, "invalid_request", "missing required parameter 'token'");
    };
    let mut shelves = provider.grants.open();
    let family_of = |token: Option<&mut Token>| {
        token.filter(|token| token.client_id == client.id).map(|token| token.family.clone())
    };
    let family = family_of(shelves.refresh_tokens.get(sent)).or_else(|| family_of(shelves.access_tokens.get(sent)));
    if let Some(family) = family {
        shelves.revoke_family(&family);
    }
    StatusCode::OK.into_response()
}
