//! How the answer to a code that cannot be valid reads. By what real servers answered (`fixtures/oauth-servers`) and hosted
//! ones are documented to.

use crate::host::{Answer, HttpFailure};
use serde_json::Value;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The id is unknown, the secret is wrong, or they were sent in a way that this client may not use.
    ClientRefused,
    /// The provider came as far as the code, so it was content with the client. Of a public client, or at a server that lets a
    /// client leave its secret out, this does not prove the secret.
    ClientAccepted,
    /// It was content with the client, and not with the redirect URI.
    RedirectRefused,
    /// The answer is about something else.
    Unclear,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Certainty {
    Possible,
    Likely,
    Certain,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    pub verdict: Verdict,
    pub certainty: Certainty,
    /// What in the answer says so, for a person. The provider's own words stand in the exchange.
    pub why: String,
}

/// Reads an answer, or that there is none.
pub fn read(outcome: &Result<Answer, HttpFailure>) -> Reading {
    match outcome {
        Ok(answer) => judge(answer),
        Err(failure) => unclear(format!("no answer came: {}", failure.text)),
    }
}

fn judge(answer: &Answer) -> Reading {
    let status = answer.status;
    let body = fields(&answer.body);
    let code = ["error", "status", "category"].iter().find_map(|name| body[*name].as_str()).unwrap_or_default();
    let code = code.trim().to_ascii_lowercase();
    let words =
        ["error_description", "message", "error_message", "reason"].iter().find_map(|name| body[*name].as_str());
    let words = words.unwrap_or_default().to_ascii_lowercase();
    if [&body, &body["authed_user"]].iter().any(|grant| grant["access_token"].is_string()) {
        return unclear("the server gave a token for a code that it never gave out: it checks nothing".to_owned());
    }
    if status == 429 || status >= 500 {
        return unclear(format!("the server answered {status}, which says nothing of the client"));
    }
    if of_redirect(&code, &words) {
        return reading(Verdict::RedirectRefused, Certainty::Likely, format!("it names the redirect URI ({code})"));
    }
    if CODE_REFUSED.contains(&code.as_str()) || of_code(&code, &words) {
        return reading(
            Verdict::ClientAccepted,
            Certainty::Likely,
            format!("it refused the made-up code ({code}), which it looks at after the client"),
        );
    }
    if CLIENT_REFUSED.contains(&code.as_str()) {
        return reading(Verdict::ClientRefused, Certainty::Likely, format!("it refused the client ({code})"));
    }
    if code == "unauthorized_client" {
        // Entra says it, with 400, of an application that it does not know.
        return if matches!(status, 401 | 403) || words.contains("aadsts700016") {
            reading(Verdict::ClientRefused, Certainty::Likely, format!("it refused the client ({code})"))
        } else {
            unclear(format!(
                "{code} with status {status} means an unknown client at some providers and a known one that may not do this at others"
            ))
        };
    }
    if status == 404 && code == "not found" {
        return reading(
            Verdict::ClientRefused,
            Certainty::Possible,
            "404 as JSON is what GitHub answers for a client id that it does not know".to_owned(),
        );
    }
    if status == 401 && !body.is_null() && code.is_empty() {
        return reading(
            Verdict::ClientRefused,
            Certainty::Possible,
            "status 401, without a code that says why".to_owned(),
        );
    }
    match code.as_str() {
        "" => unclear(format!("the answer ({status}) holds no error that can be read")),
        code => unclear(format!("{code} is about the request, before or beside the client")),
    }
}

/// The server looked for the code and found none.
const CODE_REFUSED: &[&str] =
    &["invalid_grant", "invalid_code", "bad_verification_code", "invalid_auth_code", "bad_auth_code", "code_expired"];

/// The server did not come as far as the code.
const CLIENT_REFUSED: &[&str] = &[
    "invalid_client",
    "incorrect_client_credentials",
    "bad_client_secret",
    "invalid_client_id",
    "invalid_client_secret",
];

/// Of a made-up code the redirect URI can be refused only where a server compares it first.
fn of_redirect(code: &str, words: &str) -> bool {
    let named =
        ["redirect_uri_mismatch", "bad_redirect_uri", "oauth_authorization_url_mismatch", "invalid_redirect_uri"];
    let names = words.contains("redirect_uri") || words.contains("redirect uri");
    let refuses =
        ["is invalid", "mismatch", "invalid \"redirect_uri\"", "incorrect redirect", "does not match", "not match"];
    named.contains(&code) || (names && refuses.iter().any(|word| words.contains(word)) && !lists_several(words))
}

/// "The code is invalid, expired, revoked, or does not match the redirect URI": the standard's own sentence, about the code.
fn lists_several(words: &str) -> bool {
    words.contains("code") || words.contains("grant")
}

/// Discord, X and Zoom have answered `invalid_request` with words about the code.
fn of_code(code: &str, words: &str) -> bool {
    let about =
        ["invalid \"code\"", "authorization code was invalid", "invalid authorization code", "unknown auth code"];
    code != "invalid_client" && about.iter().any(|phrase| words.contains(phrase))
}

/// The members of a JSON answer, or the fields of a form (GitHub without `Accept`). Null for anything else.
fn fields(body: &[u8]) -> Value {
    if let Ok(json @ Value::Object(_)) = serde_json::from_slice(body) {
        return json;
    }
    let text = String::from_utf8_lossy(body);
    let form = text.contains('=') && !text.contains(['<', '{', '\n']);
    if !form {
        return Value::Null;
    }
    url::form_urlencoded::parse(body)
        .map(|(name, value)| (name.into_owned(), Value::from(value.into_owned())))
        .collect()
}

fn reading(verdict: Verdict, certainty: Certainty, why: String) -> Reading {
    Reading { verdict, certainty, why }
}

fn unclear(why: String) -> Reading {
    reading(Verdict::Unclear, Certainty::Possible, why)
}
