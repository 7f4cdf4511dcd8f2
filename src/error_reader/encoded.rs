//! Texts that stand in the paste in another form: character references, escapes of strings that are left over, base64. What
//! is decoded is read like any other text, and its words are there for the rules.

use super::Origin;
use super::html;
use super::literal;
use super::reading::Reading;
use base64::alphabet;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use base64::engine::{DecodePaddingMode, Engine as _};
use std::borrow::Cow;

/// How base64 of a JSON object begins: `{"`, `{\n`, `{ `, `{\r\n`.
const BEGINNINGS: &[&str] = &["eyJ", "ewo", "eyA", "ew0K"];
/// Shorter runs hold no error.
const SHORTEST: usize = 24;
const LONGEST: usize = 64 << 10;

/// Reads the runs of lines that hold character references, or escapes that no string is around.
pub fn read(text: &str, origin: Origin, reading: &mut Reading) {
    let referenced = text.contains("&quot;") || text.contains("&#") || text.contains("&amp;");
    if referenced {
        each_run(
            text,
            |line| line.contains('&'),
            |at, run| {
                let mut decoded = html::entities(run);
                // Encoded twice.
                if decoded.contains("&quot;") || decoded.contains("&#") {
                    decoded = Cow::Owned(html::entities(&decoded).into_owned());
                }
                look(run, &decoded, at, origin, reading);
            },
        );
    }
    if text.contains("\\u0022") || text.contains("\\x22") || text.contains("\\u005f") || text.contains("\\u005F") {
        each_run(
            text,
            |line| line.contains('\\'),
            |at, run| look(run, &literal::unescape_hex(run), at, origin, reading),
        );
    }
}

fn look(run: &str, decoded: &str, at: usize, origin: Origin, reading: &mut Reading) {
    if decoded != run
        && let Some(inner) = origin.within(at)
    {
        reading.look_at_decoded(decoded, inner);
    }
}

/// Calls for each run of lines of which every one is wanted, with its offset.
fn each_run(text: &str, wanted: impl Fn(&str) -> bool, mut call: impl FnMut(usize, &str)) {
    let (mut begin, mut at) = (None, 0);
    for line in text.split_inclusive('\n') {
        match (wanted(line), begin) {
            (true, None) => begin = Some(at),
            (false, Some(from)) => {
                call(from, &text[from..at]);
                begin = None;
            }
            _ => {}
        }
        at += line.len();
    }
    if let Some(from) = begin {
        call(from, &text[from..]);
    }
}

/// The JSON text in base64 that begins at `begin`, and where it ends. A part of a JWT is none: what it holds is a secret.
pub fn base64(text: &str, begin: usize) -> Option<(usize, String)> {
    let bytes = text.as_bytes();
    if bytes[begin] != b'e' || !BEGINNINGS.iter().any(|beginning| text[begin..].starts_with(beginning)) {
        return None;
    }
    let is_base64 = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_');
    let len = bytes[begin..].iter().take(LONGEST).take_while(|byte| is_base64(byte)).count();
    let end = begin + len;
    let of_jwt = bytes.get(end) == Some(&b'.') || begin > 0 && bytes[begin - 1] == b'.';
    if len < SHORTEST || of_jwt {
        return None;
    }
    let for_urls = bytes[begin..end].iter().any(|byte| matches!(byte, b'-' | b'_'));
    let alphabet = if for_urls { &alphabet::URL_SAFE } else { &alphabet::STANDARD };
    let lenient = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true);
    // What was cut off in the middle of a group is left out.
    let whole = len - usize::from(len % 4 == 1);
    let decoded = GeneralPurpose::new(alphabet, lenient).decode(&bytes[begin..begin + whole]).ok()?;
    let decoded = String::from_utf8(decoded).ok().filter(|decoded| decoded.contains("error"))?;
    Some((end, decoded))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ::base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

    const JSON: &str = r#"{"error":"invalid_grant","error_description":"Token?>~"}"#;

    fn codes(text: &str) -> Vec<Option<String>> {
        let mut reading = Reading::default();
        super::super::look(text, Origin::top(), &mut reading);
        reading.said().filter(|said| said.description.is_some()).map(|said| said.code).collect()
    }

    #[test]
    fn json_is_read_in_every_coat() {
        let referenced = JSON.replace('"', "&quot;");
        for text in [
            STANDARD.encode(JSON),
            format!("see details={}", URL_SAFE_NO_PAD.encode(JSON)),
            referenced.clone(),
            referenced.replace('&', "&amp;"),
            JSON.replace('"', "&#34;"),
            JSON.replace('"', "\\u0022"),
        ] {
            assert_eq!(codes(&text), [Some("invalid_grant".to_owned())], "{text}");
        }
    }

    #[test]
    fn a_jwt_is_not_opened() {
        assert_eq!(base64(&format!("{}.x", URL_SAFE_NO_PAD.encode(JSON)), 0), None);
        assert_eq!(base64(&format!("x.{}", STANDARD.encode(JSON)), 2), None);
    }

    #[test]
    fn what_is_cut_off_is_read_as_far_as_it_goes() {
        let cut = &STANDARD.encode(JSON)[..41];
        let (end, decoded) = base64(cut, 0).expect("decoded");
        assert_eq!(end, 41);
        assert!(JSON.starts_with(&decoded), "{decoded}");
    }
}
