//! The device authorization grant (RFC 8628).

use super::record::{Exchange, Recorder};
use super::token::{TokenAnswer, TokenFailure, Tokens, from_answer};
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

/// Asks for a code. `Err`: the exchange says why there is none.
pub fn start(
    recorder: &Recorder,
    endpoint: &Url,
    client: &Client,
    scopes: &[String],
) -> Result<(DeviceCode, Arc<Exchange>), Arc<Exchange>> {
    let scope = scopes.join(" ");
    let exchange = recorder.send("device", authenticated(endpoint, client, &[("scope", scope.as_str())]));
    let parsed = exchange.outcome.as_ref().ok().and_then(|answer| read(&answer.body));
    match parsed {
        Some(code) => Ok((code, exchange)),
        None => Err(exchange),
    }
}

fn read(body: &[u8]) -> Option<DeviceCode> {
    let json: Value = serde_json::from_slice(body).ok()?;
    let text = |name: &str| json[name].as_str().map(str::to_owned);
    let seconds = |name: &str| json[name].as_u64().map(Duration::from_secs);
    let verification_uri_complete = text("verification_uri_complete");
    Some(DeviceCode {
        device_code: Secret::new(text("device_code")?),
        user_code: text("user_code")?,
        // `verification_url` is the name that Google used before the RFC.
        verification_uri: text("verification_uri").or_else(|| text("verification_url"))?,
        verification_uri_complete,
        expires_in: seconds("expires_in").unwrap_or(Duration::from_mins(5)),
        // RFC 8628, 3.2: five seconds where the provider says nothing.
        interval: seconds("interval").unwrap_or(Duration::from_secs(5)),
    })
}

/// What one poll gave.
pub enum Poll {
    Granted(Tokens),
    Pending,
    SlowDown,
    Failed(TokenFailure),
}

/// Polls once (RFC 8628, 3.4 and 3.5).
pub fn poll(recorder: &Recorder, endpoint: &Url, client: &Client, code: &DeviceCode) -> (Poll, Arc<Exchange>) {
    let fields = [("grant_type", GRANT), ("device_code", code.device_code.expose())];
    let exchange = recorder.send("device", authenticated(endpoint, client, &fields));
    let TokenAnswer { tokens, .. } = from_answer(Arc::clone(&exchange));
    let poll = match tokens {
        Ok(tokens) => Poll::Granted(tokens),
        Err(failure) => match error_code(&exchange).as_deref() {
            Some("authorization_pending") => Poll::Pending,
            Some("slow_down") => Poll::SlowDown,
            _ => Poll::Failed(failure),
        },
    };
    (poll, exchange)
}

fn error_code(exchange: &Exchange) -> Option<String> {
    let answer = exchange.outcome.as_ref().ok()?;
    let json: Value = serde_json::from_slice(&answer.body).ok()?;
    json["error"].as_str().map(str::to_owned)
}

/// A form POST with the client's own proof (RFC 6749, 2.3.1).
pub(super) fn authenticated(endpoint: &Url, client: &Client, fields: &[(&str, &str)]) -> Request {
    let mut all = fields.to_vec();
    let basic = match (&client.secret, client.authentication) {
        (Some(secret), Authentication::Basic) => {
            let encode = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
            let pair = format!("{}:{}", encode(&client.id), encode(secret.expose()));
            Some(format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(pair)))
        }
        (Some(secret), Authentication::Body) => {
            all.extend([("client_id", client.id.as_str()), ("client_secret", secret.expose())]);
            None
        }
        (None, _) => {
            all.push(("client_id", &client.id));
            None
        }
    };
    let mut request = Request::post_form(endpoint.clone(), &all).header("accept", "application/json");
    if let Some(basic) = basic {
        sink::remember(&basic);
        request = request.header("authorization", &basic);
    }
    request
}
