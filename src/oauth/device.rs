//! The device authorization grant (RFC 8628). Makes the requests and reads the answers; when to ask is the caller's.

use super::record::Exchange;
use super::token::{TokenAnswer, Tokens, from_answer};
use super::{Authentication, Client};
use crate::host::Request;
use crate::sink::{self, Secret};
use base64::Engine;
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;
use url::Url;

const GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// What the person is shown, and what we poll with (RFC 8628, 3.2).
pub struct DeviceCode {
    pub device_code: Secret,
    pub user_code: String,
    pub verification_uri: String,
    pub verification_uri_complete: Option<String>,
    pub expires_in: Duration,
    pub interval: Duration,
}

/// How the token endpoint is asked while the person is at it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PollForm {
    /// RFC 8628, 3.4.
    Form,
    /// authsome's `device_token_request: json`: a JSON body with the device code alone.
    Json,
}

/// A slow provider is waited for as long as authsome does.
const LIMIT: Duration = Duration::from_secs(30);

/// The request for a code (RFC 8628, 3.1).
pub fn start(endpoint: &Url, client: &Client, scopes: &[String]) -> Request {
    let scope = scopes.join(" ");
    let fields = [("scope", scope.as_str())];
    authenticated(endpoint, client, if scopes.is_empty() { &[] } else { &fields })
}

/// The code, where the answer holds one.
pub fn read_start(exchange: &Exchange) -> Option<DeviceCode> {
    let answer = exchange.outcome.as_ref().ok().filter(|answer| (200..300).contains(&answer.status))?;
    let json: Value = serde_json::from_slice(&answer.body).ok()?;
    let text = |name: &str| json[name].as_str().filter(|text| !text.is_empty()).map(str::to_owned);
    Some(DeviceCode {
        device_code: Secret::new(text("device_code")?),
        user_code: text("user_code")?,
        // `verification_url` is the name that Google used before the RFC.
        verification_uri: text("verification_uri").or_else(|| text("verification_url"))?,
        verification_uri_complete: text("verification_uri_complete"),
        expires_in: seconds(&json["expires_in"]).unwrap_or(Duration::from_mins(5)),
        // RFC 8628, 3.2: five seconds where the provider says nothing.
        interval: seconds(&json["interval"]).unwrap_or(Duration::from_secs(5)).max(Duration::from_secs(1)),
    })
}

/// A number, which some servers write as a text.
fn seconds(value: &Value) -> Option<Duration> {
    value.as_u64().or_else(|| value.as_str()?.parse().ok()).map(Duration::from_secs)
}

/// What one poll gave.
pub enum Poll {
    Granted(Tokens),
    Pending,
    /// The least interval from now on, where the provider names one.
    SlowDown(Option<Duration>),
    /// No answer came.
    Silence,
    Failed,
}

/// One poll (RFC 8628, 3.4).
pub fn poll(endpoint: &Url, client: &Client, code: &DeviceCode, form: PollForm) -> Request {
    let device_code = code.device_code.expose();
    match form {
        PollForm::Form => authenticated(endpoint, client, &[("grant_type", GRANT), ("device_code", device_code)]),
        PollForm::Json => Request {
            method: "POST",
            body: Some(serde_json::json!({"device_code": device_code}).to_string().into_bytes()),
            limit: LIMIT,
            ..Request::get(endpoint.clone())
                .header("content-type", "application/json")
                .header("accept", "application/json")
        },
    }
}

/// What it gave (RFC 8628, 3.5). The status does not count: servers that answer errors with 200 are told by their words.
pub fn read_poll(exchange: &Arc<Exchange>) -> Poll {
    let TokenAnswer { tokens, .. } = from_answer(Arc::clone(exchange));
    let Ok(answer) = &exchange.outcome else { return Poll::Silence };
    let json: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    match (tokens, json["error"].as_str()) {
        (Ok(tokens), _) => Poll::Granted(tokens),
        (Err(_), Some("authorization_pending")) => Poll::Pending,
        (Err(_), Some("slow_down")) => Poll::SlowDown(seconds(&json["interval"])),
        (Err(_), _) => Poll::Failed,
    }
}

/// A form POST with the client's own proof (RFC 6749, 2.3.1).
pub(super) fn authenticated(endpoint: &Url, client: &Client, fields: &[(&str, &str)]) -> Request {
    let mut all = fields.to_vec();
    let basic = match (client.sent_secret(), client.authentication) {
        (Some(secret), Authentication::Basic) => {
            let encode = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
            let pair = format!("{}:{}", encode(&client.id), encode(secret.expose()));
            Some(format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(pair)))
        }
        (Some(secret), _) => {
            all.extend([("client_id", client.id.as_str()), ("client_secret", secret.expose())]);
            None
        }
        (None, _) => {
            all.push(("client_id", &client.id));
            None
        }
    };
    let mut request = Request::post_form(endpoint.clone(), &all).header("accept", "application/json");
    request.limit = LIMIT;
    if let Some(basic) = basic {
        sink::remember(&basic);
        request = request.header("authorization", &basic);
    }
    request
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::Answer;
    use serde_json::json;
    use std::time::Instant;

    fn answered(status: u16, body: &Value) -> Arc<Exchange> {
        let request = Request::get(Url::parse("https://acme.example/token").unwrap());
        let body = body.to_string().into_bytes();
        let answer = Answer { status, headers: Vec::new(), body, cut_off: false, took: Duration::ZERO };
        Arc::new(Exchange { step: "device", request, outcome: Ok(answer), began: Instant::now(), took: Duration::ZERO })
    }

    #[test]
    fn an_answer_without_an_interval_is_polled_every_five_seconds() {
        let code = |more: Value| {
            let mut body = json!({"device_code": "d3v", "user_code": "WDJB-MJHT", "verification_uri": "https://acme.example/device"});
            body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            read_start(&answered(200, &body)).unwrap()
        };
        assert_eq!(code(json!({})).interval.as_secs(), 5);
        assert_eq!(code(json!({"interval": 0})).interval.as_secs(), 1);
        assert_eq!(code(json!({"interval": "7", "expires_in": "60"})).interval.as_secs(), 7);
        assert_eq!(code(json!({"expires_in": "60"})).expires_in.as_secs(), 60);
        assert!(read_start(&answered(200, &json!({"error": "device_flow_disabled"}))).is_none());
    }

    #[test]
    fn the_words_of_a_poll_count_and_not_its_status() {
        for status in [200, 400, 428] {
            assert!(matches!(read_poll(&answered(status, &json!({"error": "authorization_pending"}))), Poll::Pending));
            let slower = json!({"error": "slow_down", "interval": 10});
            assert!(
                matches!(read_poll(&answered(status, &slower)), Poll::SlowDown(Some(time)) if time.as_secs() == 10)
            );
            assert!(matches!(read_poll(&answered(status, &json!({"error": "access_denied"}))), Poll::Failed));
        }
        let granted = answered(200, &json!({"access_token": "t0ken-of-a-poll", "expires_in": 3600}));
        assert!(matches!(read_poll(&granted), Poll::Granted(_)));
    }

    #[test]
    fn the_json_variant_sends_the_device_code_alone() {
        let code = DeviceCode {
            device_code: Secret::new("d3vice-code"),
            user_code: "WDJB-MJHT".into(),
            verification_uri: "https://acme.example/device".into(),
            verification_uri_complete: None,
            expires_in: Duration::from_secs(60),
            interval: Duration::from_secs(5),
        };
        let secret = Some(Secret::new("s3cret"));
        let client = Client { id: "acme".into(), secret, authentication: Authentication::Body };
        let url = Url::parse("https://acme.example/token").unwrap();
        let request = poll(&url, &client, &code, PollForm::Json);
        assert_eq!(request.body.unwrap(), br#"{"device_code":"d3vice-code"}"#);
        let form = String::from_utf8(poll(&url, &client, &code, PollForm::Form).body.unwrap()).unwrap();
        assert!(form.contains("grant_type=urn") && form.contains("client_secret=s3cret"), "{form}");
    }
}
