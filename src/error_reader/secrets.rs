//! Takes secrets out of a text before anything of it is kept: by the name before a value, by the shape of a token, and
//! by looking random. Names stay, so that a reader still sees what was there.

use super::secret_names::{HEADERS, NAMES, PLAIN, PREFIXES};
use super::{codes, html, literal};
use percent_encoding::percent_decode_str;
use std::borrow::Cow;

/// What stands where a secret stood.
pub const HIDDEN: &str = "‹hidden›";

/// The text without secrets; a line is decoded where only then it is seen that it holds one.
pub fn remove(text: &str) -> String {
    let kept = remove_plain(text);
    let references = kept.contains("&quot;") || kept.contains("&#") || kept.contains("&amp;");
    if !references && !kept.contains("%3") && !kept.contains("%2") && !kept.contains("\\u00") {
        return kept;
    }
    let mut lines = String::with_capacity(kept.len());
    for line in kept.split_inclusive('\n') {
        lines.push_str(&without_hidden(line));
    }
    lines
}

/// As often as it may have been encoded, in one way or in several.
const MOST_CODINGS: usize = 6;

fn without_hidden(line: &str) -> Cow<'_, str> {
    let mut shown = Cow::Borrowed(line);
    let mut decoded = Cow::Borrowed(line);
    for _ in 0..MOST_CODINGS {
        let ways = [decode_percent, decode_references, decode_escapes];
        let Some(next) = ways.iter().find_map(|decode| decode(&decoded)) else { break };
        let kept = remove_plain(&next);
        // What is hidden here says nothing of what lies below a further coding.
        if kept != next {
            shown = Cow::Owned(kept.clone());
        }
        decoded = Cow::Owned(kept);
    }
    shown
}

fn decode_percent(line: &str) -> Option<String> {
    if !line.contains('%') {
        return None;
    }
    let decoded = percent_decode_str(line).decode_utf8_lossy();
    (decoded != line).then(|| decoded.into_owned())
}

fn decode_references(line: &str) -> Option<String> {
    let decoded = html::entities(line);
    (decoded != line).then(|| decoded.into_owned())
}

fn decode_escapes(line: &str) -> Option<String> {
    line.contains('\\').then(|| literal::unescape_hex(line)).filter(|decoded| decoded != line)
}

fn remove_plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let bytes = text.as_bytes();
    let mut at = 0;
    // Up to here the text stands in `out`, or was left out.
    let mut kept = 0;
    while at < bytes.len() {
        let begin = at;
        // Whatever stands before it: the scheme may have been taken for a name.
        if bytes[at..].starts_with(b"//") {
            at += 2;
            if let Some(user_info) = user_info(&text[at..]) {
                out.push_str(&text[kept..at]);
                out.push_str(HIDDEN);
                at += user_info;
                kept = at;
            }
            continue;
        }
        if !is_word(bytes[at]) {
            at += 1;
            continue;
        }
        at += bytes[at..].iter().take_while(|b| is_word(**b)).count();
        let escaped = match begin.checked_sub(1).map(|before| bytes[before]) {
            Some(b'%') => escape_len(&bytes[begin..at]),
            Some(b'[' | b';') => colour_len(&bytes[begin..at]),
            _ => 0,
        };
        let begin = begin + escaped;
        let word = &text[begin..at];
        // The `n` of a line break that stands as `\n`.
        let after_break = begin > 0 && bytes[begin - 1] == b'\\' && matches!(bytes[begin], b'n' | b'r' | b't');
        let named = named_secret(text, word, at)
            .or_else(|| if after_break { named_secret(text, &word[1..], at) } else { None });
        if let Some((from, to)) = named {
            out.push_str(&text[kept..from]);
            out.push_str(HIDDEN);
            at = to;
            kept = to;
        } else if looks_random(word) || has_prefix(word) {
            out.push_str(&text[kept..begin]);
            out.push_str(HIDDEN);
            kept = at;
        }
    }
    out.push_str(&text[kept..]);
    out
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'+' | b'~')
}

/// The length of the `3F` or `253F` that a percent sign before a word makes part of an escape.
fn escape_len(word: &[u8]) -> usize {
    let doubled = word.chunks(2).take_while(|pair| *pair == b"25").count() * 2;
    let hex = word[doubled..].iter().take(2).take_while(|b| b.is_ascii_hexdigit()).count();
    if hex == 2 { doubled + 2 } else { 0 }
}

/// The length of the `31m` that ends a terminal's colour.
fn colour_len(word: &[u8]) -> usize {
    let digits = word.iter().take_while(|b| b.is_ascii_digit()).count();
    if digits > 0 && word.get(digits) == Some(&b'm') { digits + 1 } else { 0 }
}

/// The length of `user:password` before an `@` in a URL's authority.
fn user_info(rest: &str) -> Option<usize> {
    let rest = &rest[..rest.floor_char_boundary(256)];
    let authority = &rest[..rest.find(|c: char| c.is_whitespace() || "/?#\"'<>\\".contains(c)).unwrap_or(rest.len())];
    authority.rfind('@')
}

/// Names that are no part of another word.
const GLUED: &[&str] = &["accesstoken", "clientsecret", "codeverifier", "password", "refreshtoken"];

/// The value to hide after a name that ends at `after`.
fn named_secret(text: &str, name: &str, after: usize) -> Option<(usize, usize)> {
    if name.len() > 32 || name.len() < 3 {
        return None;
    }
    if name.eq_ignore_ascii_case("bearer") {
        return bearer(text, after);
    }
    let value = separator(text, after - name.len(), after)?;
    let squeezed: String = name.chars().filter(|c| !matches!(c, '_' | '-')).map(|c| c.to_ascii_lowercase()).collect();
    // The last part of an address, and what failed there: `Get "https://a.example/token": EOF`.
    let of_address = text[..after - name.len()].ends_with('/') && !value.tight;
    let is_header = HEADERS.contains(&squeezed.as_str());
    // A name that ran into the word before it is one still.
    let glued = || GLUED.iter().any(|own| squeezed.ends_with(own)) || follows_code(name);
    if of_address || !is_header && NAMES.binary_search(&squeezed.as_str()).is_err() && !glued() {
        return None;
    }
    let rest = &text[value.at..];
    if is_header {
        return header(rest, value.at);
    }
    let end = if value.quoted {
        rest.find(['"', '\'', '\\', '\n', '`']).unwrap_or(rest.len())
    } else {
        let ends = |c: char| c.is_whitespace() || "&,;\"'<>)}]\\|".contains(c);
        rest.find(ends).unwrap_or(rest.len())
    };
    let secret = &rest[..end];
    is_secret(&squeezed, secret, &value, &rest[end..]).then_some((value.at, value.at + end))
}

/// `invalid_grantcode`: a line that ended with an error code, and the next one.
fn follows_code(name: &str) -> bool {
    let is_secret = |rest: &str| {
        let squeezed = rest.replace(['_', '-'], "").to_ascii_lowercase();
        NAMES.binary_search(&squeezed.as_str()).is_ok()
    };
    let mut splits = name.char_indices().skip(4).map(|(at, _)| name.split_at(at));
    splits.any(|(code, rest)| is_secret(rest) && codes::find(code).is_some())
}

/// Backslashes and quotes between a name and its value: a JSON string in a string in a string has 15 of them.
const MOST_SIGNS: usize = 64;

struct Value {
    at: usize,
    quoted: bool,
    /// After `=` or `%3D` without blanks, as in a URL.
    tight: bool,
}

/// Where the value of a name begins: after quotes, blanks and `:`, `=`, `=>` or `%3D`; inside of what a language writes
/// around it (Python's `b'…'`, a list, Rust's `Some("…")`, PHP's `string(8) "…"`); in an element after `>`.
fn separator(text: &str, begin: usize, after: usize) -> Option<Value> {
    let bytes = text.as_bytes();
    let rest = &bytes[after..];
    let skip = |from: usize, signs: &[u8]| {
        from + rest[from..].iter().take(MOST_SIGNS).take_while(|b| signs.contains(b)).count()
    };
    let sign = skip(0, b" \t\"'\\`]*");
    let (sign_len, equals) = match &rest[sign..] {
        [b'=', b'>', ..] => (2, false),
        [b'>', ..] if begin > 0 && bytes[begin - 1] == b'<' => (1, false),
        [b'%', b'3', b'D' | b'd', ..] => (3, true),
        [b'%', b'2', b'5', b'3', b'D' | b'd', ..] => (5, true),
        [b'=', ..] => (1, true),
        [b':', b':' | b'/', ..] => return None,
        [b':', ..] => (1, false),
        [0xef, 0xbc, 0x9a, ..] => (3, false),
        // `('password', '…')`
        [b',', b' ', b'\'' | b'"', ..] if sign == 1 && begin > 1 && matches!(bytes[begin - 2], b'(' | b'{') => {
            (1, false)
        }
        _ => return None,
    };
    let quoted_name = sign > 0;
    let signs: &[u8] = if quoted_name { b" \t\"'\\`\n*" } else { b" \t\"'\\`*" };
    let mut value = skip(sign + sign_len, signs);
    for around in [&b"string("[..], b"Some(", b"Optional("] {
        if rest[value..].starts_with(around) {
            let end = rest[value..].iter().take(24).position(|b| matches!(b, b'"' | b'\\'));
            value = end.map_or(value, |end| skip(value + end, b"\"\\"));
        }
    }
    if matches!(rest.get(value..value + 2), Some([b'b' | b'u' | b'[', b'"' | b'\''])) {
        value += 2;
    }
    let quoted = matches!(rest[value.saturating_sub(1)], b'"' | b'\'' | b'\\' | b'`');
    Some(Value { at: after + value, quoted, tight: equals && sign == 0 && value == sign_len })
}

fn is_secret(name: &str, value: &str, place: &Value, rest: &str) -> bool {
    // The rest of it, where a line was broken.
    if value.len() > HIDDEN.len() && value.starts_with(HIDDEN) {
        return true;
    }
    let lower = value.to_ascii_lowercase();
    let bare = lower.trim_end_matches(['.', ',', ':', '!']);
    if bare.is_empty() || PLAIN.contains(&bare) || codes::find(bare).is_some() || value.starts_with(['{', '[', '‹']) {
        return false;
    }
    let is_number = bare.bytes().all(|b| b.is_ascii_digit());
    match name {
        "code" if is_number && !place.quoted && (7..=10).contains(&bare.len()) => false,
        "code" | "key" | "pin" | "session" if !place.tight => is_authorization_code(value),
        // `cannot fetch token: 401 Unauthorized`, `failed to get token: oauth2: …`
        _ if !place.quoted && !place.tight && (is_number && bare.len() < 4 || value.ends_with(':')) => false,
        // In a sentence ("client_secret: is missing from the request") a word is hidden only if it looks like one.
        _ if !place.quoted && !place.tight => {
            let line = rest.split('\n').next().unwrap_or_default();
            let line = &line[..line.floor_char_boundary(40)];
            line.trim().is_empty() || !line.starts_with(' ') || value.bytes().any(|b| b.is_ascii_digit())
        }
        _ => true,
    }
}

/// Under the name `code`, and not in a URL, a short number or a word is an error code.
pub fn is_authorization_code(value: &str) -> bool {
    let short_number = value.len() <= 5 && value.bytes().all(|b| b.is_ascii_digit());
    let digits = value.bytes().any(|b| b.is_ascii_digit()) && !value.contains(' ');
    let word = value.bytes().all(|b| b.is_ascii_alphabetic());
    codes::find(value).is_none()
        && (!short_number && digits || looks_random(value) || value.len() >= 20 && word && mixed(value))
}

/// Capitals after small letters, as in no word, and more of them than where words are put together.
fn mixed(value: &str) -> bool {
    let capitals = value.bytes().filter(u8::is_ascii_uppercase).count();
    capitals * 4 > value.len()
        && value.bytes().zip(value.bytes().skip(1)).any(|(a, b)| a.is_ascii_lowercase() && b.is_ascii_uppercase())
}

/// `Authorization: Bearer …`: everything after the scheme's name, to the end of the line or of the literal.
fn header(rest: &str, at: usize) -> Option<(usize, usize)> {
    let end = rest.find(['\n', '"', '`']).unwrap_or(rest.len());
    let value = &rest[..end];
    let scheme = value.split(' ').next().unwrap_or_default();
    let known = ["bearer", "basic", "token", "pop", "dpop", "digest", "negotiate"];
    let from = if known.iter().any(|k| scheme.eq_ignore_ascii_case(k)) { scheme.len() + 1 } else { 0 };
    let secret = value.get(from..)?;
    (!secret.trim().is_empty()).then_some((at + from, at + end))
}

/// `Bearer …` without its header: a word that is no parameter and no word of a sentence.
fn bearer(text: &str, after: usize) -> Option<(usize, usize)> {
    let rest = text[after..].strip_prefix(' ')?;
    let end = rest.find(|c: char| c.is_whitespace() || "\"'`,;<>".contains(c)).unwrap_or(rest.len());
    let value = &rest[..end];
    let secret = value.len() >= 8 && !value.contains('=') && value.bytes().any(|b| b.is_ascii_digit());
    secret.then_some((after + 1, after + 1 + end))
}

fn has_prefix(word: &str) -> bool {
    word.len() >= 12
        && PREFIXES.iter().any(|prefix| word.starts_with(prefix))
        && word.bytes().any(|b| b.is_ascii_digit())
}

/// Long, and mixed as no word or name is. A UUID is none: it names requests, tenants and applications.
pub fn looks_random(word: &str) -> bool {
    if word.len() < 20 || is_uuid(word) || is_name(word) {
        return false;
    }
    let has = |test: fn(&u8) -> bool| word.as_bytes().iter().any(test);
    let digits = has(u8::is_ascii_digit);
    let (lower, upper) = (has(u8::is_ascii_lowercase), has(u8::is_ascii_uppercase));
    digits && lower && upper
        || word.len() >= 32 && digits && (lower || upper)
        || word.len() >= 40 && lower && upper && mixed(word)
}

/// The name of a class or a function of this trade: `OAuth2DeviceCodeError`.
fn is_name(word: &str) -> bool {
    const PARTS: &[&str] = &["OAuth", "Error", "Exception", "Token", "Client", "Grant", "Authoriz", "Authent"];
    let digits = word.bytes().filter(u8::is_ascii_digit).count();
    let letters = word.bytes().all(|b| b.is_ascii_alphanumeric());
    word.len() <= 60 && digits <= 2 && letters && PARTS.iter().any(|part| word.contains(part))
}

pub fn is_uuid(word: &str) -> bool {
    word.len() == 36
        && word.bytes().enumerate().all(|(at, b)| match at {
            8 | 13 | 18 | 23 => b == b'-',
            _ => b.is_ascii_hexdigit(),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_secret_of_any_dialect_is_left() {
        for text in [
            "http://127.0.0.1:7998/cb?code=hunter2x&state=hunter2x&iss=x",
            "http://127.0.0.1:7998/cb#access_token=hunter2x&token_type=bearer",
            r#"{"access_token":"hunter2x","token_type":"bearer"}"#,
            r#"{"access_token": "hunter2x"}"#,
            r"{'refresh_token': 'hunter2x'}",
            r#"{:client_secret=>"hunter2x"}"#,
            r#"{\"client_secret\":\"hunter2x\"}"#,
            "client_secret: hunter2x",
            "client_secret = hunter2x",
            "client_id=a&client_secret=hunter2x&code_verifier=hunter2x",
            "next=%3Fcode%3Dhunter2x%26state%3Dhunter2x",
            "next=%253Fx%253D1%2526code%253Dhunter2x%2526state%253Dhunter2x",
            "Authorization: Bearer hunter2x",
            "authorization: Basic hunter2x",
            "-H 'Authorization: token hunter2x'",
            "Cookie: a=hunter2x; b=hunter2x",
            "https://user:hunter2x@proxy.example:3128/",
            "//user:hunter2x@proxy.example:3128/ said error",
            "error=invalid_grantpassword=hunter2x error=invalid_grant",
            "error=invalid_grantcode=hunter2x error=invalid_grant",
            "code=‹hidden›hunter2x error=invalid_grant",
            "said \u{1b}[1;31mstate=hunter2x\u{1b}[0m",
            "sent Bearer hunter2x to it",
            "password=hunter2x",
            r#""code": "hunter2x""#,
            "Array ( [password] => hunter2x )",
            "[\"password\"]=>\n  string(8) \"hunter2x\"",
            "<access_token>hunter2x</access_token>",
            "Token { secret: Some(\"hunter2x\") }",
            "[('password', 'hunter2x')]",
            "password：hunter2x",
            "said:\\npassword: hunter2x\\n",
            "password%3A%20hunter2x%0A",
            "&quot;password&quot;:&quot;hunter2x&quot;",
            "b'code': b'hunter2x'",
        ] {
            let kept = remove(text);
            assert!(!kept.contains("hunter2x"), "{text} -> {kept}");
            assert!(kept.contains(HIDDEN), "{text} -> {kept}");
        }
    }

    #[test]
    fn tokens_are_known_by_their_shape_alone() {
        for token in [
            "gho_16C7e42F292c6912E7710c838347Ae178B4a",
            "eyJhbGciOiJIUzI1NiJ9",
            "4/0AX4XfWhTbnGkqZ0pPr9lQvL2s1N3m5",
            "f9e8d7c6b5a4f9e8d7c6b5a4f9e8d7c6b5a4f9e8",
            "sess_610db3c357df",
        ] {
            assert!(remove(&format!("saw {token} here")).contains(HIDDEN), "{token}");
        }
    }

    #[test]
    fn words_that_say_what_is_wrong_stay() {
        for text in [
            "error=invalid_grant&error_description=Bad+Request",
            "The client_id and/or client_secret passed are incorrect.",
            r#"{"error":"invalid_request","error_description":"Missing parameter: `code`"}"#,
            r#"{"code":"invalid_grant","message":"x"}"#,
            r#"{"code":50025}"#,
            r#"{"code":99991677,"msg":"Authentication token expired"}"#,
            "cannot fetch token: 401 Unauthorized",
            "failed to get token: oauth2: cannot fetch",
            "Post \"https://a.example/token\": EOF",
            r#"{"code":"InvalidAuthenticationTokenFormat"}"#,
            "refresh_token: invalid_grant",
            "client_secret: is missing from the request",
            "Authorization code expired. State parameter does not match.",
            "trace 6f9619ff-8b86-d011-b42d-00cf4fc964ff",
            "urn:ietf:params:oauth:grant-type:device_code is not allowed for this client",
        ] {
            assert_eq!(remove(text), text);
        }
    }
}
