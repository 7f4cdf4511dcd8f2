//! URLs and forms: `error` and its companions as parameters of a query, a fragment or a form-encoded body, wherever such
//! a run of characters stands.

use super::keys::{self, Role};
use super::reading::{MOST_PARTS, Part, Reading, fold};
use super::{Origin, google, step};
use percent_encoding::percent_decode_str;
use std::borrow::Cow;

pub fn read(text: &str, origin: Origin, reading: &mut Reading) {
    let bytes = text.as_bytes();
    // Up to here all runs were read.
    let mut done = 0;
    while let Some(ahead) = bytes[done..].iter().position(|b| matches!(b, b'=' | b'%')) {
        let sign = done + ahead;
        let begin = sign - bytes[done..sign].iter().rev().take_while(|b| !ends_run(**b)).count();
        let end = sign + bytes[sign..].iter().take_while(|b| !ends_run(**b)).count();
        let run = &text[begin..end];
        if run.contains('=') {
            if run.bytes().any(begins_parameter) || run.starts_with("error") {
                read_run(run, begin, origin, reading);
            }
        } else {
            read_encoded(run, begin, origin, reading);
        }
        done = end;
    }
}

#[inline]
fn ends_run(byte: u8) -> bool {
    matches!(byte, b'\t'..=b'\r' | b' ' | b'"' | b'\'' | b'<' | b'>' | b'`' | b'\\' | b'|')
}

#[inline]
fn begins_parameter(byte: u8) -> bool {
    matches!(byte, b'?' | b'#' | b'&')
}

/// A whole URL, or JSON text, that is percent-encoded.
fn read_encoded(run: &str, from: usize, origin: Origin, reading: &mut Reading) {
    let holds_one =
        run.contains("rror") && ["%3D", "%3d", "%253D", "%22", "%2522"].iter().any(|sign| run.contains(sign));
    if holds_one && let Some(inner) = origin.within(from) {
        reading.look_at_decoded(&decode_once(run), inner);
    }
}

fn read_run(run: &str, from: usize, origin: Origin, reading: &mut Reading) {
    let begin = run.bytes().position(|b| matches!(b, b'?' | b'#'));
    let path = &run[..begin.unwrap_or(0)];
    let mut parts = Vec::new();
    let mut came = step::Came::default();
    let mut at = begin.map_or(0, |begin| begin + 1);
    while at < run.len() {
        let end = run.bytes().skip(at).position(begins_parameter).map_or(run.len(), |len| at + len);
        let piece = &run[at..end];
        let here = from + at;
        at += piece.len() + 1;
        let Some((name, value)) = piece.split_once('=').filter(|_| parts.len() < MOST_PARTS) else {
            continue;
        };
        let name = decode(name.strip_prefix("amp;").unwrap_or(name));
        came.back |= matches!(&*name, "code" | "error");
        came.with_error |= name == "error";
        came.to_visit |= name == "response_type";
        if name == "authError" {
            google::read(value, here, origin, reading);
            continue;
        }
        let encoded = is_encoded(value);
        let role = keys::parameter(&name);
        if role.is_none() && value.len() <= 8 {
            continue;
        }
        let value = if role.is_some() { decode(value) } else { decode_once(value) };
        match role {
            Some(Role::RedirectUri) => reading.note_redirect_uri(&value),
            Some(role) => {
                let value = if role == Role::Code { code_of(&value) } else { &*value };
                if encoded && role == Role::Description {
                    reading.note_decoded(value);
                }
                parts.push(Part { role, value: value.to_owned(), at: origin.of(here), object: 0, exact: true });
            }
            None => reading.look_into(&value, here, origin),
        }
    }
    if path.contains("://") || path.starts_with('/') {
        step::from_path(path, came, reading);
        if came.back && reading.redirect_uri.is_none() && (step::is_callback(path) || step::is_loopback(path)) {
            reading.note_redirect_uri(path);
        }
    }
    if parts.iter().any(|part| part.role == Role::Code || part.role == Role::Description) {
        let found_in = match () {
            () if begin.is_none() => "form",
            () if step::is_callback(path) || step::is_loopback(path) => "callback",
            () => "url",
        };
        reading.add(&mut parts, found_in);
    }
}

/// A code at the end of a URL keeps no punctuation of the sentence around it.
fn code_of(value: &str) -> &str {
    value.trim_end_matches(|c: char| !c.is_ascii_alphanumeric())
}

/// Decoded as often as it was encoded, which proxies and frameworks do twice.
fn decode(value: &str) -> Cow<'_, str> {
    let mut decoded = decode_once(value);
    for _ in 0..2 {
        if !encoded_again(&decoded) {
            break;
        }
        decoded = Cow::Owned(fold(&percent_decode_str(&decoded).decode_utf8_lossy()));
    }
    decoded
}

fn is_encoded(value: &str) -> bool {
    value.bytes().any(|b| matches!(b, b'%' | b'+'))
}

fn decode_once(value: &str) -> Cow<'_, str> {
    if !is_encoded(value) {
        return Cow::Borrowed(value);
    }
    let spaced = value.replace('+', " ");
    Cow::Owned(fold(&percent_decode_str(&spaced).decode_utf8_lossy()))
}

/// Does it hold no blank, but the escape of one or of a character of URLs?
fn encoded_again(value: &str) -> bool {
    value.contains('%')
        && !value.contains(' ')
        && ["%20", "%3D", "%3d", "%2F", "%2f", "%25"].iter().any(|escape| value.contains(escape))
}

#[cfg(test)]
mod tests {
    use super::super::reading::Said;
    use super::*;
    use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

    fn first(reading: &mut Reading) -> Said {
        reading.said().next().expect("an error")
    }

    fn read_all(text: &str) -> Reading {
        let mut reading = Reading::default();
        read(text, Origin::top(), &mut reading);
        reading
    }

    #[test]
    fn a_callback_url_gives_its_error_and_never_its_code() {
        let mut reading = read_all(
            "http://127.0.0.1:7998/auth/callback/oauth?error=access_denied&error_description=The+user%20has+denied&state=s3cr3t",
        );
        let said = first(&mut reading);
        assert_eq!(said.code.as_deref(), Some("access_denied"));
        assert_eq!(said.description.as_deref(), Some("The user has denied"));
        assert_eq!(said.found_in, "callback");
        assert_eq!(reading.redirect_uri.as_deref(), Some("http://127.0.0.1:7998/auth/callback/oauth"));
        assert!(!format!("{:?}", read_all("http://127.0.0.1:7998/cb?code=4%2F0AbCdEf&state=x")).contains("0AbCdEf"));
    }

    #[test]
    fn fragments_forms_and_access_log_lines_are_read_too() {
        for (text, found_in) in [
            ("https://app.example/x#error=invalid_scope&state=1", "url"),
            ("error=invalid_scope&error_description=no", "form"),
            ("127.0.0.1:1 - \"GET /api/auth/callback/oauth?error=invalid_scope&state=1 HTTP/1.1\" 303", "callback"),
            ("<a href=\"/login?x=1&amp;error=invalid_scope\">", "url"),
        ] {
            let said = first(&mut read_all(text));
            assert_eq!(said.code.as_deref(), Some("invalid_scope"), "{text}");
            assert_eq!(said.found_in, found_in, "{text}");
        }
    }

    #[test]
    fn an_error_is_found_however_often_it_was_encoded() {
        let inner = "https://b.example/?error=consent_required&error_description=go%20on";
        let encode = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
        let once = encode(inner);
        for text in [
            format!("https://a.example/login?next={once}"),
            format!("https://a.example/login?next={}", encode(&once)),
            format!("https://a.example/?u={}", encode(&format!("https://a.example/login?next={}", encode(&once)))),
            once.clone(),
            "https://b.example/?error=consent_required&error_description=go%2520on".to_owned(),
        ] {
            let said = first(&mut read_all(&text));
            assert_eq!(said.code.as_deref(), Some("consent_required"), "{text}");
            assert_eq!(said.description.as_deref(), Some("go on"), "{text}");
        }
    }
}
