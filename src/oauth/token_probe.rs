//! What a token endpoint says to this client, where authsome threw its words away: the same request as authsome's own, with a
//! code that cannot be valid, once.
//!
//! Whoever calls has the client's consent: the id and the secret are sent. Only to the definition's own `token_url`, never in
//! the clear, never offline. The answer reads as in RFC 6749, 5.2; a server that asks for the client's proof first has then
//! told whether it holds.

mod reading;

pub use reading::{Certainty, Reading, Verdict, read};

use super::record::{Exchange, Recorder};
use super::{Authentication, Client};
use crate::host::Request;
use crate::host::http::is_loopback;
use crate::sink::{self, Secret};
use base64::Engine;
use oauth2::{CsrfToken, PkceCodeChallenge};
use std::sync::Arc;
use std::time::Duration;
use url::Url;

/// The whole exchange. authsome itself waits 30 s; nobody watches that long for an answer that is known to be no.
const LIMIT: Duration = Duration::from_secs(10);

/// One question, which asking uses up: a client that is refused too often is locked out at some providers.
pub struct TokenProbe {
    request: Request,
}

/// Why the question is not asked at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAsked {
    #[error("nothing was to be sent beyond this machine (--offline)")]
    Offline,
    #[error("the token URL is not https, and a client secret is not sent in the clear")]
    InTheClear,
}

/// What went over the wire, and how it reads.
pub struct Told {
    pub exchange: Arc<Exchange>,
    pub reading: Reading,
}

impl TokenProbe {
    /// `token_url` and `redirect_uri` as authsome uses them for this provider.
    ///
    /// # Errors
    /// Where it must not be sent.
    pub fn new(token_url: &Url, client: &Client, redirect_uri: &Url, offline: bool) -> Result<Self, NotAsked> {
        if offline {
            return Err(NotAsked::Offline);
        }
        if token_url.scheme() != "https" && !is_loopback(token_url) {
            return Err(NotAsked::InTheClear);
        }
        Ok(Self { request: request(token_url, client, redirect_uri) })
    }

    pub fn ask(self, recorder: &Recorder) -> Told {
        let exchange = recorder.send("token_probe", self.request);
        let reading = read(&exchange.outcome);
        Told { exchange, reading }
    }
}

/// As authsome builds it: the same parameters in the same order, and Basic with the id and the secret as they are (not encoded
/// first, as RFC 6749, 2.3.1 has it), also without a secret.
fn request(token_url: &Url, client: &Client, redirect_uri: &Url) -> Request {
    let (_, verifier) = PkceCodeChallenge::new_random_sha256_len(64);
    let verifier = Secret::new(verifier.secret().clone());
    let code = code();
    let mut fields = vec![
        ("grant_type", "authorization_code"),
        ("code", code.expose()),
        ("redirect_uri", redirect_uri.as_str()),
        ("code_verifier", verifier.expose()),
    ];
    let secret = client.sent_secret().map(Secret::expose);
    let basic = client.authentication == Authentication::Basic;
    if !basic {
        fields.push(("client_id", &client.id));
        fields.extend(secret.map(|secret| ("client_secret", secret)));
    }
    let mut request = Request::post_form(token_url.clone(), &fields).header("accept", "application/json");
    if basic {
        let pair = format!("{}:{}", client.id, secret.unwrap_or_default());
        let credentials = base64::engine::general_purpose::STANDARD.encode(pair);
        sink::remember(&credentials);
        request = request.header("authorization", &format!("Basic {credentials}"));
    }
    Request { limit: LIMIT, ..request }
}

/// 32 letters and digits that no server has given out: long enough to pass for a code, and of no alphabet that one would
/// refuse to read.
fn code() -> Secret {
    let mut code = String::new();
    while code.len() < 32 {
        code.extend(CsrfToken::new_random_len(32).secret().chars().filter(char::is_ascii_alphanumeric));
    }
    code.truncate(32);
    Secret::new(code)
}

#[cfg(test)]
#[path = "token_probe/tests.rs"]
mod tests;
