//! The words of a refusal: error code and text out of JSON, of an HTML page, or of Google's `authError`.

use super::answer::About;
use crate::host::Answer;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use regex_lite::Regex;
use std::sync::LazyLock;

/// What an answer says, in its own words.
pub struct Said {
    pub code: Option<String>,
    /// Description or visible text.
    pub text: String,
}

static CODE_IN_TEXT: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?i)\berror(?: code)?\s*[:=]?\s*([a-z][a-z0-9]*(?:_[a-z0-9]+)+)\b").expect("tested"));
static AADSTS: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\bAADSTS\d{5,7}\b").expect("tested"));
static REDIRECT_WORDS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)redirect(?:ion)?[ _-]?ur[il]|reply (?:url|address)|callback ur[il]").expect("tested")
});
/// In a page with a good status the words alone prove nothing (a login form carries the request on): a whole phrase must.
static REDIRECT_REFUSED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?i)(?:redirect(?:ion)?[ _-]?ur[il]|reply url|callback url)s?[^.]{0,60}",
        r"(?:n[o']t match|\b(?:mismatch|missing or invalid|invalid|not valid|not registered|not allowed|not supported))",
        r"|(?:mismatch(?:ing)?|invalid|unregistered)[^.]{0,30}(?:redirect(?:ion)?[ _-]?ur[il]|callback url)",
    ))
    .expect("tested")
});
static CLIENT_WORDS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?i)(?:oauth )?(?:client|application|app)(?:[ _-]?id)?(?: \S+)? ?(?:was|is|does|could)?",
        r"(?: not (?:found|exist|be found|known|registered)|n't exist| invalid| unknown| deleted| disabled)",
        r"|(?:unknown|invalid|no such) (?:oauth )?(?:client|application)",
    ))
    .expect("tested")
});

const REDIRECT_CODES: &[&str] =
    &["invalid_redirect_uri", "redirect_uri_mismatch", "bad_redirect_uri", "invalid_redirect", "AADSTS50011"];
const CLIENT_CODES: &[&str] = &[
    "invalid_client",
    "invalid_client_id",
    "unauthorized_client",
    "client_not_found",
    "application_not_found",
    "deleted_client",
    "disabled_client",
    "AADSTS700016",
];

pub fn about(code: Option<&str>, text: &str) -> About {
    let among = |codes: &[&str]| code.is_some_and(|code| codes.contains(&code));
    // The words go first: express-oauth-server calls a wrong redirect URI invalid_client.
    if among(REDIRECT_CODES) || REDIRECT_WORDS.is_match(&without_parameters(text)) {
        About::RedirectUri
    } else if among(CLIENT_CODES) || CLIENT_WORDS.is_match(text) {
        About::Client
    } else if code.is_some() {
        About::Other
    } else {
        About::Unsaid
    }
}

/// A refusal in a page with a good status, or in JSON with one (GitHub, Slack).
pub fn refusal_in_page(said: &Said) -> Option<About> {
    let named = said.code.as_deref().map(|code| about(Some(code), ""));
    if matches!(named, Some(About::RedirectUri)) || REDIRECT_REFUSED.is_match(&without_parameters(&said.text)) {
        return Some(About::RedirectUri);
    }
    named
}

/// The request itself, echoed in a page (`redirect_uri=…`), is not a word of the provider.
fn without_parameters(text: &str) -> String {
    text.replace("redirect_uri=", "").replace("redirect_uri%3D", "")
}

pub fn said(answer: &Answer) -> Said {
    let body = answer.text();
    if let Ok(serde_json::Value::Object(json)) = serde_json::from_str(&body) {
        let text = |key: &str| json.get(key).and_then(|value| value.as_str()).map(str::to_owned);
        return Said {
            code: text("error").as_deref().map(short),
            text: text("error_description").or_else(|| text("message")).unwrap_or_default(),
        };
    }
    let visible = visible(&body);
    let code = AADSTS
        .find(&body)
        .map(|found| found.as_str().to_owned())
        .or_else(|| CODE_IN_TEXT.captures(&visible).map(|found| short(&found[1])));
    Said { code, text: visible }
}

/// A page's text without its scripts, styles and tags.
fn visible(html: &str) -> String {
    static HIDDEN: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?is)<script\b.*?(?:</script>|\z)|<style\b.*?(?:</style>|\z)|<!--.*?(?:-->|\z)|<[^>]*>")
            .expect("tested")
    });
    let text = HIDDEN.replace_all(html, " ").replace("&#39;", "'").replace("&quot;", "\"").replace("&amp;", "&");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A code is one word; whatever else stands there is cut.
pub fn short(code: &str) -> String {
    code.chars().take_while(|c| !c.is_whitespace() && !c.is_control()).take(60).collect()
}

/// Bot protection and rate limits answer in place of the provider.
pub fn is_wall(answer: &Answer) -> bool {
    const WORDS: &[&str] = &[
        "captcha",
        "cf-chl",
        "challenge-platform",
        "unusual traffic",
        "are you a robot",
        "incapsula",
        "attention required!",
    ];
    if answer.status == 429 || answer.header("cf-mitigated").is_some() || answer.header("x-amzn-waf-action").is_some() {
        return true;
    }
    matches!(answer.status, 202 | 403 | 405 | 503) && {
        let body = answer.text().to_lowercase();
        WORDS.iter().any(|word| body.contains(word))
    }
}

/// Google's `authError`: a base64url protobuf, field 1 the code, field 2 the text.
pub fn auth_error(blob: &str) -> Option<(String, String)> {
    let blob: String = blob.trim_end_matches('=').replace('+', "-").replace('/', "_");
    let bytes = URL_SAFE_NO_PAD.decode(blob).ok()?;
    let mut rest = bytes.as_slice();
    let (mut code, mut text) = (None, String::new());
    while !rest.is_empty() {
        let tag = varint(&mut rest)?;
        match tag & 7 {
            0 => drop(varint(&mut rest)?),
            2 => {
                let len = usize::try_from(varint(&mut rest)?).ok()?;
                let (value, after) = rest.split_at_checked(len)?;
                rest = after;
                match tag >> 3 {
                    1 => code = Some(short(std::str::from_utf8(value).ok()?)),
                    2 => text = String::from_utf8_lossy(value).into_owned(),
                    _ => {}
                }
            }
            _ => return None,
        }
    }
    Some((code?, text))
}

fn varint(bytes: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let (&byte, rest) = bytes.split_first()?;
        *bytes = rest;
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}
