//! What stands in a text without names around it: known error codes ("token exchange failed: `invalid_client`") with the
//! words that follow them, vendors' numbers, and texts in base64.

use super::codes::{self, Code};
use super::reading::{Reading, Said};
use super::{Origin, encoded, numbers};

/// The longest description that is taken from the words after a code.
const LONGEST_AFTER: usize = 500;

pub fn read(text: &str, origin: Origin, reading: &mut Reading) {
    let bytes = text.as_bytes();
    let mut at = 0;
    // Each code once, but for its first description.
    let mut met: Vec<(&'static str, bool)> = Vec::new();
    while at < bytes.len() {
        if !is_word(bytes[at]) {
            at += 1;
            continue;
        }
        let begin = at;
        while at < bytes.len() && is_word(bytes[at]) {
            at += 1;
        }
        let len = at - begin;
        if len < 6 {
            continue;
        }
        let word = &text[begin..at];
        if let Some(number) = numbers::of(word) {
            reading.number(number);
        } else if (8..=48).contains(&len) {
            if let Some(code) = codes::find(word).filter(|code| !code.is_ordinary()) {
                note(code, (begin, at), text, origin, &mut met, reading);
            } else if bytes[begin].is_ascii_uppercase()
                && let Some(code) = codes::find_camel(word)
            {
                let said = Said { code: Some(code.name.to_owned()), found_in: "name", ..Said::default() };
                reading.push(Said { at: origin.of(begin), ..said });
            }
        }
        if let Some((end, decoded)) = encoded::base64(text, begin) {
            if let Some(inner) = origin.within(begin) {
                reading.look_at_decoded(&decoded, inner);
            }
            at = end.max(at);
        }
    }
    numbers::read_in_brackets(text, reading);
}

fn is_word(byte: u8) -> bool {
    const WORD: [bool; 256] = {
        let mut word = [false; 256];
        let mut byte = 0_u8;
        while byte < 128 {
            word[byte as usize] = byte == b'_' || byte.is_ascii_alphanumeric();
            byte += 1;
        }
        word
    };
    WORD[usize::from(byte)]
}

fn note(
    code: &'static Code,
    (begin, end): (usize, usize),
    text: &str,
    origin: Origin,
    met: &mut Vec<(&'static str, bool)>,
    reading: &mut Reading,
) {
    // The table's names are each there once.
    let place = met.iter().position(|(name, _)| std::ptr::eq(*name, code.name));
    if place.is_some_and(|place| met[place].1) {
        return;
    }
    let description = after(text, begin, end);
    // Found in a structure already, or without words before.
    if description.is_none() && (place.is_some() || reading.says(code.name)) {
        return;
    }
    match place {
        Some(place) => met[place].1 = description.is_some(),
        None => met.push((code.name, description.is_some())),
    }
    let code = Some(code.name.to_owned());
    reading.push(Said { code, description, found_in: "text", at: origin.of(begin), ..Said::default() });
}

/// The words that follow a code as its description: `invalid_grant: …`, `(invalid_grant) …`, `[invalid_grant] …`,
/// `invalid_grant (…)`, `"invalid_grant" "…"`, `PlatformException(invalid_grant, …, null)`.
fn after(text: &str, begin: usize, end: usize) -> Option<String> {
    let before = text[..begin].bytes().next_back();
    let rest = &text[end..];
    let (sign, ends): (&str, &[&str]) = match rest.as_bytes() {
        [b':', b' ', ..] => (": ", &["{", "\"", " at /", "\\n", "', "]),
        [b' ', b'-', b' ', ..] => (" - ", &["{", "\"", " at /", "\\n", "', "]),
        [b')', b' ', ..] if before == Some(b'(') => (") ", &["{", "\\n", "\", "]),
        [b']', b' ', ..] if before == Some(b'[') => ("] ", &["{", "\\n", "\", "]),
        [b' ', b'(', ..] => (" (", &[")"]),
        [b'"', b' ', b'"', ..] => ("\" \"", &["\""]),
        [b'\\', b'"', b' ', b'\\', b'"', ..] => ("\\\" \\\"", &["\\\""]),
        [b';', b'D', ..] if rest.starts_with(";Description=") => (";Description=", &[";"]),
        [b',', b' ', ..] if before == Some(b'(') => (", ", &[", null", ", {", ")"]),
        _ => return None,
    };
    let told = &rest[sign.len()..];
    let told = &told[..told.floor_char_boundary(LONGEST_AFTER)];
    let told = until(told.split('\n').next().unwrap_or_default(), ends);
    let told = told.trim_matches(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '`'));
    let is_sentence = told.contains(' ') && told.starts_with(|c: char| c.is_alphanumeric() || c == '\'');
    // Said again inside, where its words are nearer.
    if told.contains(&text[begin..end]) {
        return None;
    }
    let names_a_part = told.split([':', '=']).next().is_some_and(|name| super::keys::role(name).is_some());
    (is_sentence && !names_a_part).then(|| told.to_owned())
}

fn until<'t>(text: &'t str, ends: &[&str]) -> &'t str {
    let end = ends.iter().filter_map(|end| text.find(end)).min().unwrap_or(text.len());
    &text[..end]
}

#[cfg(test)]
mod tests {
    use super::super::reading::said_by;
    use super::*;

    fn said(text: &str) -> Vec<(Option<String>, Option<String>)> {
        said_by(read, text)
    }

    #[test]
    fn a_code_in_a_sentence_is_found_with_its_place() {
        let mut reading = Reading::default();
        read("Error: token exchange failed: invalid_client (not_invalid_client_at_all)", Origin::top(), &mut reading);
        let said: Vec<_> = reading.said().collect();
        assert_eq!(said.len(), 1);
        assert_eq!((said[0].code.as_deref(), said[0].at), (Some("invalid_client"), 30));
    }

    #[test]
    fn the_words_after_a_code_are_its_description() {
        let expected = [(Some("invalid_grant".to_owned()), Some("Token has been revoked.".to_owned()))];
        for text in [
            "errors.OAuthError: invalid_grant: Token has been revoked.",
            "InvalidGrantErr: (invalid_grant) Token has been revoked.",
            "OAuth2AuthorizationException: [invalid_grant] Token has been revoked.\n\tat org.x",
            "OPError: invalid_grant (Token has been revoked.)",
            "oauth2: \"invalid_grant\" \"Token has been revoked.\" \"https://x\"",
            "PlatformException(invalid_grant, Token has been revoked., null, null)",
            "token endpoint failure: invalid_grant;Description=Token has been revoked.;Uri=x",
        ] {
            assert_eq!(said(text), expected, "{text}");
        }
    }

    #[test]
    fn what_only_stands_near_a_code_is_no_description() {
        for text in
            ["invalid_grant: x", "(invalid_grant)", "invalid_grant, see the page of it", "'invalid_grant': 'a b'"]
        {
            assert_eq!(said(text), [(Some("invalid_grant".to_owned()), None)], "{text}");
        }
    }
}
