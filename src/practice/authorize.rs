//! The authorization endpoint (RFC 6749, 4.1.1; RFC 7636): judges the request, asks the person, sends the browser back.
//!
//! Client and redirect URI are judged before anything else, and what is wrong with them is said on a page: a browser is
//! never sent to an address that is not registered.

use std::sync::{Arc, PoisonError};

use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::answer::{self, Request};
use super::clients::{Client, loopback_parts, other_version_path};
use super::faults::{Answer, Place};
use super::grants::{CODE_LIFE, Challenge, Code, TRANSACTION_LIFE, Transaction, random};
use super::params::Params;
use super::pushed::meant;
use super::{DOCUMENTED_REDIRECT_URIS, GRANTED_SCOPES, Provider, SCOPES, Shared};

/// `GET /authorize`: the sign-in and consent page, or why not.
pub async fn ask(State(provider): Shared, RawQuery(query): RawQuery) -> Response {
    let Some((params, pushed)) = meant(&provider, Params::parse(query.unwrap_or_default().as_bytes())) else {
        return refuse(&provider, "invalid_request_uri", "request_uri is invalid, expired, or of another client");
    };
    let client = params.get("client_id").and_then(|id| provider.clients.find(id));
    let request = Request {
        client_id: params.get("client_id").unwrap_or_default(),
        redirect_uri: params.get("redirect_uri").unwrap_or_default(),
        state: params.get("state"),
    };
    if let Some(row) = provider.fault_at(Place::Door) {
        let sent = params.get("redirect_uri");
        if client.is_some_and(|client| provider.redirect_uri(&client, sent).is_ok()) {
            provider.spend_fault();
        }
        return answer::fault(&provider, row, &request);
    }
    let Some(client) = client else {
        let said = if request.client_id.is_empty() { "client_id is missing" } else { "client is invalid" };
        return refuse(&provider, "invalid_client", said);
    };
    let (redirect_uri, unregistered) = match provider.redirect_uri(&client, params.get("redirect_uri")) {
        Ok(uri) => (uri, false),
        Err(_) if provider.fault_at(Place::AfterLogin).is_some() => (request.redirect_uri.to_owned(), true),
        Err(refused) => {
            if let Some(row) = provider.fault_at(Place::Redirect) {
                if refused == Refused::ByFault {
                    provider.spend_fault();
                }
                return answer::fault(&provider, row, &request);
            }
            return refuse(&provider, "invalid_redirect_uri", refused.words());
        }
    };
    let scopes = scopes(&params);
    if !unregistered {
        let request = Request { redirect_uri: &redirect_uri, ..request };
        let send_back = |error, description| {
            let parameters = [("error", error), ("error_description", description)];
            answer::see_other(&answer::back(&provider, &request, &redirect_uri, &parameters))
        };
        if let Err((error, description)) = check(&params, &scopes, provider.challenge_methods()) {
            return send_back(error, description);
        }
        if params.get("prompt") == Some("none") {
            return send_back("login_required", "End-User authentication is required");
        }
        let s256 = params.get("code_challenge_method") == Some("S256");
        let met = [(Place::Ask, true), (Place::NotPushed, !pushed), (Place::Challenge, s256)];
        if let Some(row) = met.into_iter().filter(|(_, met)| *met).find_map(|(place, _)| provider.fault_at(place)) {
            provider.spend_fault();
            return answer::fault(&provider, row, &request);
        }
    }
    let transaction = random();
    let page = provider.pages.consent(&client.name, &redirect_uri, &transaction, &scopes);
    let begun = Transaction {
        client_id: client.id.clone(),
        redirect_uri,
        redirect_uri_sent: params.get("redirect_uri").is_some(),
        unregistered,
        state: params.get("state").map(str::to_owned),
        scopes,
        code_challenge: challenge(&params),
        outcome: None,
    };
    provider.grants.open().transactions.put(&transaction, TRANSACTION_LIFE, begun);
    page
}

/// Why a redirect URI is refused.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    NotRegistered,
    Missing,
    /// It is registered, and a fault says it is not.
    ByFault,
}

impl Refused {
    pub fn words(self) -> &'static str {
        match self {
            Self::Missing => "redirect_uri is missing and more than one is registered",
            Self::NotRegistered | Self::ByFault => {
                "redirect_uri did not match any of the client's registered redirect_uris"
            }
        }
    }
}

impl Provider {
    /// The redirect URI to use: the one sent, if registered; without one, the only one registered (RFC 6749, 3.1.2.3).
    ///
    /// Under a redirect fault the path that is sent first counts as not registered, that of the other authsome version
    /// does. A client that registered itself is past that.
    pub fn redirect_uri(&self, client: &Client, sent: Option<&str>) -> Result<String, Refused> {
        let faulty = [Place::Redirect, Place::AfterLogin].into_iter().any(|place| self.fault_at(place).is_some());
        let mut refused = self.refused_path.lock().unwrap_or_else(PoisonError::into_inner);
        let is_refused = |path: &Option<String>, uri: &str| {
            faulty
                && !client.dynamic
                && path.as_deref().is_some_and(|path| loopback_parts(uri).is_some_and(|parts| parts.rest == path))
        };
        let Some(sent) = sent else {
            let mut left = client.redirect_uris.iter().filter(|uri| !is_refused(&refused, uri));
            return left.next().filter(|_| left.next().is_none()).cloned().ok_or(Refused::Missing);
        };
        if !self.clients.permits(client, sent) {
            return Err(Refused::NotRegistered);
        }
        if faulty && !client.dynamic && refused.is_none() {
            *refused = loopback_parts(sent).map(|parts| parts.rest.to_owned());
        }
        if is_refused(&refused, sent) { Err(Refused::ByFault) } else { Ok(sent.to_owned()) }
    }
}

/// The redirect URI that is registered in place of the one sent: same host and port, the path of the other version.
pub fn registered_instead(sent: &str) -> String {
    loopback_parts(sent).map_or_else(
        || DOCUMENTED_REDIRECT_URIS[0].to_owned(),
        |parts| format!("{}{}", parts.origin, other_version_path(parts.rest)),
    )
}

/// What RFC 6749, 4.1.1 and RFC 7636, 4.3 ask of a request, and which error says that it is not so.
pub fn check(params: &Params, scopes: &[String], methods: &[&str]) -> Result<(), (&'static str, &'static str)> {
    let challenge = params.get("code_challenge").unwrap_or_default();
    let letters = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let longest = if params.get("code_challenge_method") == Some("plain") { 128 } else { 43 };
    let malformed = |why| Err(("invalid_request", why));
    match (params.get("response_type"), params.get("code_challenge_method")) {
        _ if params.repeated().is_some() => malformed("a parameter must not be provided twice"),
        (None, _) => malformed("missing required parameter 'response_type'"),
        (Some(kind), _) if kind != "code" => Err(("unsupported_response_type", "only response_type=code is supported")),
        _ if challenge.is_empty() => malformed("PKCE is required: code_challenge is missing (RFC 7636)"),
        (_, method) if !method.is_some_and(|method| methods.contains(&method)) => {
            malformed("code_challenge_method must be S256")
        }
        _ if !(43..=longest).contains(&challenge.len()) || !challenge.bytes().all(letters) => {
            malformed("code_challenge must be the base64url of a SHA-256, 43 characters")
        }
        _ if scopes.iter().any(|scope| !SCOPES.contains(&scope.as_str())) => {
            Err(("invalid_scope", "the scopes here are read, write and admin"))
        }
        _ => Ok(()),
    }
}

fn challenge(params: &Params) -> Challenge {
    let sent = params.get("code_challenge").unwrap_or_default().to_owned();
    if params.get("code_challenge_method") == Some("plain") { Challenge::Plain(sent) } else { Challenge::S256(sent) }
}

/// The scopes asked for; without any, those that are granted (RFC 6749, 3.3).
pub fn scopes(params: &Params) -> Vec<String> {
    let asked: Vec<_> = params.get("scope").unwrap_or_default().split_whitespace().map(str::to_owned).collect();
    if asked.is_empty() { GRANTED_SCOPES.map(String::from).to_vec() } else { asked }
}

/// `POST /consent`: a button was pressed.
pub async fn decide(State(provider): Shared, body: Bytes) -> Response {
    let params = Params::parse(&body);
    let id = params.get("transaction").unwrap_or_default();
    let Some(transaction) = provider.grants.open().transactions.get(id).cloned() else {
        let words = ["This sign-in page is too old. Start the login again.".to_owned()];
        return provider.pages.message(StatusCode::BAD_REQUEST, "Nothing to decide", &words);
    };
    if let Some(outcome) = &transaction.outcome {
        return answer::see_other(outcome);
    }
    let authorized = match params.get("decision") {
        Some("authorize") => true,
        Some("deny") => false,
        _ => return refuse(&provider, "invalid_request", "decision must be authorize or deny"),
    };
    let response = settle(&provider, &transaction, authorized, params.get("person").unwrap_or("pat"));
    let location = response.headers().get("location").and_then(|value| value.to_str().ok()).map(str::to_owned);
    if let Some(shown) = provider.grants.open().transactions.get(id) {
        shown.outcome = location;
    }
    response
}

fn settle(provider: &Arc<Provider>, transaction: &Transaction, authorized: bool, person: &str) -> Response {
    let request = Request {
        client_id: &transaction.client_id,
        redirect_uri: &transaction.redirect_uri,
        state: transaction.state.as_deref(),
    };
    let issuer = Some(provider.origin.as_str());
    let fault = provider.fault_at(if transaction.unregistered { Place::AfterLogin } else { Place::Consent });
    match fault {
        _ if transaction.unregistered && !authorized => provider.pages.message(
            StatusCode::OK,
            "Denied",
            &["Nothing was authorized. You can close this page.".to_owned()],
        ),
        None if transaction.unregistered => refuse(provider, "invalid_redirect_uri", Refused::NotRegistered.words()),
        _ if !authorized => {
            let parameters =
                [("error", "access_denied"), ("error_description", "The user has denied your application access.")];
            answer::see_other(&answer::back(provider, &request, request.redirect_uri, &parameters))
        }
        Some(row) => {
            provider.spend_fault();
            match row.answer {
                Answer::OtherState => send_code(provider, transaction, person, Some(&random()), issuer),
                Answer::NoState => send_code(provider, transaction, person, None, issuer),
                Answer::OtherIssuer(other) => send_code(provider, transaction, person, request.state, Some(other)),
                Answer::NoIssuer => send_code(provider, transaction, person, request.state, None),
                _ => answer::fault(provider, row, &request),
            }
        }
        None => send_code(provider, transaction, person, request.state, issuer),
    }
}

fn send_code(
    provider: &Provider,
    transaction: &Transaction,
    person: &str,
    state: Option<&str>,
    issuer: Option<&str>,
) -> Response {
    let code = random();
    let issued = Code {
        client_id: transaction.client_id.clone(),
        redirect_uri: transaction.redirect_uri_sent.then(|| transaction.redirect_uri.clone()),
        code_challenge: transaction.code_challenge.clone(),
        scopes: transaction.scopes.clone(),
        person: person.to_owned(),
        family: random(),
        used: false,
    };
    provider.grants.open().codes.put(&code, CODE_LIFE, issued);
    let told = [("code", Some(code.as_str())), ("state", state), ("iss", issuer)];
    let parameters = told.into_iter().filter_map(|(name, value)| Some((name, value?)));
    answer::see_other(&answer::with_query(&transaction.redirect_uri, parameters))
}

/// An error that must not be sent anywhere: it is said on a page (RFC 6749, 4.1.2.1).
fn refuse(provider: &Provider, error: &str, description: &str) -> Response {
    let words = [format!("error: {error}"), format!("error_description: {description}")];
    provider.pages.message(StatusCode::BAD_REQUEST, "This login cannot go on", &words)
}
