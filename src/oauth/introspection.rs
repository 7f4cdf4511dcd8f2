//! Which scopes an access token has, asked of the provider: by RFC 7662, or at an address of its own interface that says it.
//!
//! One bounded request, never repeated. The token travels in a header or in the body, never in an address, and only where
//! nobody reads along. Judges nothing: what cannot be told is said with its reason.

use super::device::authenticated;
use super::record::{Exchange, Recorder};
use super::{Client, scopes};
use crate::host::Request;
use crate::host::http::is_loopback;
use crate::sink::Secret;
use serde_json::Value;
use std::time::Duration;
use url::Url;

/// The whole exchange.
const LIMIT: Duration = Duration::from_secs(5);

/// What the provider says of a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Granted {
    /// Exactly these; none at all where the list is empty.
    Scopes(Vec<String>),
    /// It cannot be told.
    Untold(Untold),
}

/// Why the scopes of a token cannot be told.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Untold {
    #[error("nothing was to be sent beyond this machine (--offline)")]
    Offline,
    #[error("this provider has no address that is known to tell the scopes of a token")]
    NowhereToAsk,
    #[error("the address that tells the scopes of a token is not https, and a token is not sent in the clear")]
    InTheClear,
    #[error("the provider tells it only to the app itself, and its client id and secret are not known here")]
    NoClient,
    #[error("no answer came: {0}")]
    NoAnswer(String),
    #[error("the provider says that the token is not valid (any more)")]
    Inactive,
    #[error("the provider refused to tell it, with status {0}")]
    Refused(u16),
    #[error("the answer names no scopes")]
    NamesNone,
    #[error("a token of this kind has no scopes: what it may do is set in the settings of the app")]
    HasNone,
}

/// How one provider's own interface is asked.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    pub method: &'static str,
    pub url: &'a Url,
    pub token: Token<'a>,
    pub scopes: Place<'a>,
}

/// How the token travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Token<'a> {
    /// `Authorization: Bearer` (RFC 6750, 2.1).
    Header,
    /// A form field of this name.
    Form(&'a str),
    /// A form field of this name, beside the client's own proof (RFC 6749, 2.3.1).
    FormOfClient(&'a str),
}

/// Where in the answer the scopes stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place<'a> {
    Header(&'a str),
    /// A member of the JSON answer, as a JSON pointer (RFC 6901); a `*` stands for every item of a list.
    Member(&'a str),
}

/// Asks an introspection endpoint (RFC 7662, 2). The client proves itself as it does at the token endpoint.
pub fn introspect(recorder: &Recorder, endpoint: &Url, client: &Client, token: &Secret) -> Granted {
    let fields = [("token", token.expose()), ("token_type_hint", "access_token")];
    send(recorder, endpoint, Asks::Client, Place::Member("/scope"), authenticated(endpoint, client, &fields))
}

/// Asks a provider's own interface.
pub fn ask(recorder: &Recorder, question: &Question, client: Option<&Client>, token: &Secret) -> Granted {
    let url = question.url;
    let request = match (question.token, client) {
        (Token::Header, _) => {
            let bearer = format!("Bearer {}", token.expose());
            let request = Request { method: question.method, ..Request::get(url.clone()) };
            // A POST without a body has a length all the same: some servers insist on it.
            let body = (question.method == "POST").then(Vec::new);
            Request { body, ..request }.header("authorization", &bearer).header("accept", "application/json")
        }
        (Token::Form(name), _) => {
            Request::post_form(url.clone(), &[(name, token.expose())]).header("accept", "application/json")
        }
        (Token::FormOfClient(name), Some(client)) => authenticated(url, client, &[(name, token.expose())]),
        (Token::FormOfClient(_), None) => return Granted::Untold(Untold::NoClient),
    };
    let asks = if matches!(question.token, Token::FormOfClient(_)) { Asks::Client } else { Asks::Bearer };
    send(recorder, url, asks, question.scopes, request)
}

/// Whose proof the request carries, which is what a 401 refuses.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Asks {
    Client,
    Bearer,
}

fn send(recorder: &Recorder, url: &Url, asks: Asks, place: Place, request: Request) -> Granted {
    if url.scheme() != "https" && !is_loopback(url) {
        return Granted::Untold(Untold::InTheClear);
    }
    let exchange = recorder.send("granted", Request { limit: LIMIT, ..request });
    read(&exchange, asks, place).map_or_else(Granted::Untold, Granted::Scopes)
}

fn read(exchange: &Exchange, asks: Asks, place: Place) -> Result<Vec<String>, Untold> {
    let answer = exchange.outcome.as_ref().map_err(|failure| Untold::NoAnswer(failure.text.clone()))?;
    let json: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    match answer.status {
        200..300 => {}
        // Google says it with 400.
        _ if json["error"] == "invalid_token" => return Err(Untold::Inactive),
        401 if asks == Asks::Bearer => return Err(Untold::Inactive),
        status => return Err(Untold::Refused(status)),
    }
    // RFC 7662, 2.2; Slack says `ok` (and why not, of which only a bad token is about the token).
    if json["active"] == false {
        return Err(Untold::Inactive);
    }
    if json["ok"] == false {
        let of_the_token = ["invalid_auth", "not_authed", "token_expired", "token_revoked", "account_inactive"];
        let inactive = json["error"].as_str().is_some_and(|code| of_the_token.contains(&code));
        return Err(if inactive { Untold::Inactive } else { Untold::NamesNone });
    }
    match place {
        Place::Header(name) => answer.header(name).map(scopes::split).ok_or(Untold::NamesNone),
        Place::Member(pointer) => member(&json, pointer).ok_or(Untold::NamesNone),
    }
}

/// The scopes at the pointer: texts and lists of texts, of every item where the pointer says so.
fn member(json: &Value, pointer: &str) -> Option<Vec<String>> {
    let found = match pointer.split_once("/*") {
        Some((list, rest)) => {
            let items = json.pointer(list)?.as_array()?;
            items.iter().filter_map(|item| item.pointer(rest)).collect()
        }
        None => vec![json.pointer(pointer)?],
    };
    if found.is_empty() {
        return None;
    }
    let mut all: Vec<String> = Vec::new();
    for one in found {
        let texts: Vec<&str> = match one {
            Value::String(text) => vec![text],
            Value::Array(items) => items.iter().filter_map(Value::as_str).collect(),
            _ => return None,
        };
        for scope in texts.into_iter().flat_map(scopes::split) {
            if !all.contains(&scope) {
                all.push(scope);
            }
        }
    }
    Some(all)
}

#[cfg(test)]
#[path = "introspection_tests.rs"]
mod tests;
