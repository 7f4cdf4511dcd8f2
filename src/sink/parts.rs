//! Redaction of what has a structure: URLs, forms, headers, JSON.

use super::names::{Name, announces, is_placeholder, is_plain_word, is_scheme};
use super::{HIDDEN, redact_text};
use serde_json::Value;
use std::borrow::Cow;
use std::fmt::Write;

/// A URL or a request target (`/callback?code=…`) of which every byte is part of it, junk included.
pub fn redact_url(url: &str) -> String {
    url_keeping(url, &[])
}

/// A form body or a query string.
pub fn redact_form(form: &str) -> String {
    form_keeping(form, &[])
}

/// An address that a person is meant to open: the request's own `state` is part of it.
pub(super) fn redact_address_to_open(url: &str) -> String {
    if is_claim(url) { url.to_owned() } else { url_keeping(url, &["state"]) }
}

/// The page of authsome's daemon on which a person claims an identity: its token is of use only to whoever opens it, which
/// is what the person is asked to do (`/claim?token=claim_…`, up to 0.5 `/claim/claim_…`).
fn is_claim(url: &str) -> bool {
    let Some((_, token)) = url.split_once("/claim?token=claim_").or_else(|| url.split_once("/claim/claim_")) else {
        return false;
    };
    url.starts_with("http")
        && !url.contains('@')
        && token.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b))
}

fn url_keeping(url: &str, kept: &[&str]) -> String {
    let (rest, fragment) = url.split_once('#').map_or((url, None), |(rest, fragment)| (rest, Some(fragment)));
    let (path, query) = rest.split_once('?').map_or((rest, None), |(path, query)| (path, Some(query)));
    if path.contains("://") && !path.contains('@') && url.contains('@') {
        // Perhaps a password with `?` or `#` in it: the text rules know where it ends.
        let text = redact_text(url);
        if text != url && !text.contains('?') {
            return text;
        }
    }
    let mut shown = redact_text(path);
    if let Some(query) = query {
        shown.push('?');
        shown.push_str(&form_keeping(query, kept));
    }
    if let Some(fragment) = fragment {
        // Judged with a host before it, as part of a URL.
        let judged = redact_text(&format!("http://h/#{fragment}"));
        shown.push_str(judged.strip_prefix("http://h/").unwrap_or(HIDDEN));
    }
    shown
}

fn form_keeping(form: &str, kept: &[&str]) -> String {
    let pairs = form.split('&').map(|pair| {
        let Some((name, value)) = pair.split_once('=') else { return redact_text(pair) };
        let plain_name = percent_encoding::percent_decode_str(name).decode_utf8_lossy();
        if kept.contains(&plain_name.as_ref()) {
            pair.to_owned()
        } else if announces(&plain_name).is_some() && !value.is_empty() && !is_placeholder(value) {
            format!("{name}={HIDDEN}")
        } else {
            redact_text(pair)
        }
    });
    pairs.collect::<Vec<_>>().join("&")
}

/// A JSON pointer (RFC 6901): each key is looked through as it is, without the pointer's own escapes, which would part an
/// address.
pub fn redact_pointer(pointer: &str) -> String {
    let keys = pointer.split('/').map(|key| {
        let is_escaped = key.contains('~');
        let plain = if is_escaped { Cow::Owned(key.replace("~1", "/").replace("~0", "~")) } else { Cow::Borrowed(key) };
        let shown = redact_text(&plain);
        if shown == plain { key.to_owned() } else { shown.replace('~', "~0").replace('/', "~1") }
    });
    keys.collect::<Vec<_>>().join("/")
}

/// Headers in their order, the values of those that carry credentials hidden.
pub fn redact_headers(headers: &[(String, String)]) -> Vec<(String, String)> {
    headers.iter().map(|(name, value)| (redact_text(name), redact_header_value(name, value))).collect()
}

fn redact_header_value(name: &str, value: &str) -> String {
    match announces(name) {
        Some(_) if value.is_empty() => String::new(),
        Some(Name::Header) if name.to_ascii_lowercase().ends_with("authorization") => {
            let scheme = value.split_once(' ').map(|(scheme, _)| scheme).filter(|scheme| is_scheme(scheme));
            scheme.map_or_else(|| HIDDEN.to_owned(), |scheme| format!("{scheme} {HIDDEN}"))
        }
        Some(_) => HIDDEN.to_owned(),
        None if ["location", "referer", "content-location"].contains(&name.to_ascii_lowercase().as_str()) => {
            redact_url(value)
        }
        None => redact_text(value),
    }
}

/// Hides by key, and in every text of the document. `auth_url` keeps the `state` that belongs to the address.
pub fn redact_json(value: &Value) -> Value {
    match value {
        Value::String(text) => Value::String(redact_text(text)),
        Value::Array(items) => match items.as_slice() {
            [Value::String(name), Value::String(text)] if announces(name) == Some(Name::Header) => {
                Value::Array(vec![name.as_str().into(), redact_header_value(name, text).into()])
            }
            items => items.iter().map(redact_json).collect(),
        },
        Value::Object(fields) => {
            // `{"name": "Authorization", "value": "…"}`, as traces have it.
            let pair_name = fields.get("name").and_then(Value::as_str);
            let fields = fields.iter().map(|(key, value)| {
                let name = if key == "value" { pair_name.unwrap_or(key) } else { key };
                let shown = match value {
                    Value::String(address) if key == "auth_url" => Value::String(redact_address_to_open(address)),
                    value => redact_under(name, value),
                };
                (redact_text(key), shown)
            });
            Value::Object(fields.collect())
        }
        other => other.clone(),
    }
}

fn redact_under(name: &str, value: &Value) -> Value {
    match (announces(name), value) {
        (None, _) | (Some(_), Value::Object(_) | Value::Null | Value::Bool(_)) => redact_json(value),
        (Some(_), Value::Array(items)) => items.iter().map(|item| redact_under(name, item)).collect(),
        (Some(Name::Unless), Value::Number(_)) => value.clone(),
        (Some(Name::Unless), Value::String(text)) if is_plain_word(text) => redact_json(value),
        (Some(_), Value::String(text)) if text.is_empty() || is_placeholder(text) => value.clone(),
        (Some(Name::Header), Value::String(text)) => redact_header_value(name, text).into(),
        (Some(_), Value::Number(_) | Value::String(_)) => HIDDEN.into(),
    }
}

/// A JSON document for people and programs: redacted, indented, one newline at its end. What a terminal or a CI log
/// would act on is escaped (`\u009b`), which loses nothing.
pub fn json_text(document: &Value) -> String {
    as_text(&redact_json(document))
}

/// The same on one line, for a stream of documents.
pub fn json_line(document: &Value) -> String {
    escaped(&redact_json(document).to_string())
}

/// What is redacted already, as text.
pub(super) fn as_text(redacted: &Value) -> String {
    escaped(&format!("{redacted:#}"))
}

fn escaped(raw: &str) -> String {
    let mut text = String::with_capacity(raw.len() + 1);
    let mut before = ['\0'; 2];
    for c in raw.chars() {
        let workflow_command = (c == '[' || c == 'v') && before == ['#', '#'];
        if super::terminal::is_control(c) && c != '\n' || super::terminal::is_invisible(c) || workflow_command {
            for unit in c.encode_utf16(&mut [0; 2]) {
                // Writing to a String cannot fail.
                let _ = write!(text, "\\u{unit:04x}");
            }
        } else {
            text.push(c);
        }
        before = [before[1], c];
    }
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_request_target_is_redacted_whatever_stands_in_it() {
        assert_eq!(redact_url("/cb?code=a b\"c&x=<1>&state"), format!("/cb?code={HIDDEN}&x=<1>&state"));
        assert_eq!(redact_url("https://j:p?w@h.example/x"), format!("https://{HIDDEN}@h.example/x"));
        assert_eq!(
            redact_url("http://127.0.0.1:7998/cb?error=access_denied#_=_"),
            format!("http://127.0.0.1:7998/cb?error=access_denied#{HIDDEN}")
        );
        assert_eq!(redact_form("code=word&redirect_uri=x"), format!("code={HIDDEN}&redirect_uri=x"));
    }

    #[test]
    fn a_key_in_a_pointer_is_redacted_as_it_was_written() {
        for (pointer, shown) in [
            ("/oauth/https:~1~1a.example~1t#S3cr3tVal9xQzKp7LmN2b", "/oauth/https:~1~1a.example~1t#‹hidden›"),
            ("/oauth/https:~1~1joe:a~1S3cr3t@a.example/x", "/oauth/https:~1~1‹hidden›@a.example/x"),
            ("/a~0b/c~1d/0", "/a~0b/c~1d/0"),
            ("", ""),
        ] {
            assert_eq!(redact_pointer(pointer), shown);
            assert_eq!(redact_pointer(shown), shown);
        }
    }

    #[test]
    fn headers_with_credentials_lose_their_values() {
        let headers =
            |list: &[(&str, &str)]| list.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect::<Vec<_>>();
        let shown = redact_headers(&headers(&[
            ("authorization", "PoP a.b.c"),
            ("set-cookie", "sid=1; Path=/"),
            ("location", "/cb?code=word"),
            ("server", "uvicorn"),
        ]));
        let expected = headers(&[
            ("authorization", "PoP ‹hidden›"),
            ("set-cookie", "‹hidden›"),
            ("location", "/cb?code=‹hidden›"),
            ("server", "uvicorn"),
        ]);
        assert_eq!(shown, expected);
    }

    #[test]
    fn json_is_redacted_by_key_at_every_depth_and_error_codes_stay() {
        let document = json!({
            "error": {"code": "invalid_grant", "state": "running", "number": {"code": 4709}},
            "tokens": [{"access_token": "abc", "token_type": "Bearer"}],
            "headers": [["Authorization", "Basic abc"], {"name": "client_secret", "value": "abc"}],
            "code": "x7Gq9", "password": 12345, "client_secret": null,
            "auth_url": "https://p.example/a?state=keepme1&code=x7Gq9",
        });
        let shown = json!({
            "error": {"code": "invalid_grant", "state": "running", "number": {"code": 4709}},
            "tokens": [{"access_token": HIDDEN, "token_type": "Bearer"}],
            "headers": [["Authorization", format!("Basic {HIDDEN}")], {"name": "client_secret", "value": HIDDEN}],
            "code": HIDDEN, "password": HIDDEN, "client_secret": null,
            "auth_url": format!("https://p.example/a?state=keepme1&code={HIDDEN}"),
        });
        assert_eq!(redact_json(&document), shown);
        assert_eq!(redact_json(&shown), shown);
    }

    #[test]
    fn a_json_text_holds_nothing_that_a_terminal_or_a_ci_log_acts_on_and_loses_nothing() {
        let document = json!({"a": "\u{80}31m\u{202e}\u{7f}", "b": "##[error]x ##vso[y] \u{8}"});
        let text = json_text(&document);
        assert!(text.chars().all(|c| c == '\n' || !c.is_control() && c != '\u{202e}'), "{text}");
        assert!(!text.contains("##[") && !text.contains("##v"), "{text}");
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), document);
    }
}
