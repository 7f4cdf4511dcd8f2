//! Answers: JSON, redirects back to the client, and a fault's answer in the words of the server it comes from.

use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::Provider;
use super::faults::{Answer, Row};
use super::wire::{Torn, Wire};

pub fn json(status: StatusCode, value: &Value) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json")], value.to_string()).into_response()
}

/// An error answer of RFC 6749, 5.2.
pub fn error(status: StatusCode, error: &str, description: &str) -> Response {
    json(status, &json!({"error": error, "error_description": description}))
}

/// 401 `invalid_client`, with the challenge that RFC 6749, 5.2 asks for.
pub fn unauthorized(description: &str) -> Response {
    let mut response = error(StatusCode::UNAUTHORIZED, "invalid_client", description);
    let challenge = HeaderValue::from_static(r#"Basic realm="practice""#);
    response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
    response
}

/// `redirect_uri` with parameters added to its query (RFC 6749, 4.1.2).
pub fn with_query<'a>(redirect_uri: &str, parameters: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(parameters);
    let joint = if redirect_uri.contains('?') { '&' } else { '?' };
    format!("{redirect_uri}{joint}{}", query.finish())
}

/// 303: whatever method was used, the browser goes there by GET and sends nothing along (RFC 9700, 4.12).
pub fn see_other(location: &str) -> Response {
    (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response()
}

/// The request that a fault meets, for the words that repeat it.
#[derive(Default)]
pub struct Request<'a> {
    pub client_id: &'a str,
    pub redirect_uri: &'a str,
    pub state: Option<&'a str>,
}

/// A row's answer, said to this request.
pub fn fault(provider: &Provider, row: &Row, request: &Request<'_>) -> Response {
    said(provider, &row.answer, request)
}

fn said(provider: &Provider, answer: &Answer, request: &Request<'_>) -> Response {
    match *answer {
        Answer::Page { status, title, words } => {
            let words: Vec<_> = words.iter().map(|line| fill(line, provider, request, str::to_owned)).collect();
            provider.pages.message(code(status), title, &words)
        }
        Answer::Body { status, media, headers, text } => {
            let text = fill(text, provider, request, escape_for(media));
            let mut response = bare(status, media, Body::from(text));
            add_headers(response.headers_mut(), headers);
            response
        }
        Answer::Torn { status, media, text, length } => {
            let mut response = bare(status, media, Body::new(Torn::new(text.to_owned())));
            response.headers_mut().insert(header::CONTENT_LENGTH, length.into());
            response
        }
        Answer::Late(seconds, later) => {
            let mut response = said(provider, later, request);
            response.extensions_mut().insert(Wire::Late(Duration::from_secs(seconds)));
            response
        }
        Answer::Reset => {
            let mut response = StatusCode::NO_CONTENT.into_response();
            response.extensions_mut().insert(Wire::Reset);
            response
        }
        Answer::Back(parameters) => see_other(&back(provider, request, request.redirect_uri, parameters)),
        Answer::BackToRegistered(parameters) => {
            let registered = super::authorize::registered_instead(request.redirect_uri);
            see_other(&back(provider, request, &registered, parameters))
        }
        // The places where these arise use them themselves.
        Answer::OtherState
        | Answer::NoState
        | Answer::OtherIssuer(_)
        | Answer::NoIssuer
        | Answer::Granted(_)
        | Answer::Certificate(_) => {
            error(StatusCode::INTERNAL_SERVER_ERROR, "server_error", "this fault has no answer of its own")
        }
    }
}

fn bare(status: u16, media: &'static str, body: Body) -> Response {
    let mut response = Response::new(body);
    *response.status_mut() = code(status);
    if !media.is_empty() {
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(media));
    }
    response
}

/// An error sent back to the client, with its state and our name (RFC 6749, 4.1.2.1; RFC 9207).
pub fn back(provider: &Provider, request: &Request<'_>, redirect_uri: &str, parameters: &[(&str, &str)]) -> String {
    let filled: Vec<_> =
        parameters.iter().map(|(name, value)| (*name, fill(value, provider, request, str::to_owned))).collect();
    let own = request.state.map(|state| ("state", state)).into_iter().chain([("iss", provider.origin.as_str())]);
    with_query(redirect_uri, filled.iter().map(|(name, value)| (*name, value.as_str())).chain(own))
}

fn fill(text: &str, provider: &Provider, request: &Request<'_>, escape: impl Fn(&str) -> String) -> String {
    let mut filled = text.replace("{origin}", &escape(&provider.origin));
    for (name, value) in [("{client_id}", request.client_id), ("{redirect_uri}", request.redirect_uri)] {
        filled = filled.replace(name, &escape(value));
    }
    filled
}

/// How foreign text is made harmless inside a body of this media type.
fn escape_for(media: &str) -> fn(&str) -> String {
    if media.contains("json") {
        |text| {
            let quoted = Value::from(text).to_string();
            quoted[1..quoted.len() - 1].to_owned()
        }
    } else {
        |text| text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
    }
}

fn code(status: u16) -> StatusCode {
    StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

fn add_headers(to: &mut HeaderMap, headers: &[(&'static str, &'static str)]) {
    for (name, value) in headers {
        if let Ok(value) = HeaderValue::from_str(&with_times(value, Timestamp::now())) {
            to.insert(HeaderName::from_static(name), value);
        }
    }
}

/// `{now}`, `{now+90s}`, `{now-3h}` as the dates of HTTP (RFC 9110, 5.6.7).
fn with_times(text: &str, now: Timestamp) -> String {
    let Some(offset) = text.strip_prefix("{now").and_then(|rest| rest.strip_suffix('}')) else {
        return text.to_owned();
    };
    let unit = if offset.ends_with('h') { 3600 } else { 1 };
    let number: i64 = offset.trim_end_matches(['h', 's']).parse().unwrap_or(0);
    (now + SignedDuration::from_secs(number * unit)).strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

/// The headers that every answer carries: nothing is kept, nothing is guessed, nothing is embedded, nothing is told on.
pub async fn harden(mut response: Response) -> Response {
    let headers = response.headers_mut();
    let always: [(HeaderName, &'static str); 4] = [
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
    ];
    for (name, value) in always {
        headers.insert(name, HeaderValue::from_static(value));
    }
    let nothing =
        HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'");
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(nothing);
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_told_as_http_tells_them() {
        let now: Timestamp = "2026-11-22T10:10:00Z".parse().unwrap();
        assert_eq!(with_times("{now}", now), "Sun, 22 Nov 2026 10:10:00 GMT");
        assert_eq!(with_times("{now+90s}", now), "Sun, 22 Nov 2026 10:11:30 GMT");
        assert_eq!(with_times("{now-3h}", now), "Sun, 22 Nov 2026 07:10:00 GMT");
        assert_eq!(with_times("5", now), "5");
    }
}
