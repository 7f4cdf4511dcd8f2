//! Which texts of a definition are secrets. Names of secrets, place holders and public client ids are none.

use crate::sink::{HIDDEN, redact_text, tokens_in};

/// Keys under which secrets stand, whatever they look like (RFC 6749, 2.3.1 and 4.1.4, and what programs call them).
const KEYS: &[&str] = &[
    "client_secret",
    "clientsecret",
    "access_token",
    "refresh_token",
    "id_token",
    "api_secret",
    "secret",
    "secret_key",
    "private_key",
    "password",
    "passwd",
    "code_verifier",
    "device_code",
    "assertion",
    "client_assertion",
];

/// How further names end, in small letters alone; what stands there must look like chance, too.
const ENDINGS: &[&str] = &[
    "secret",
    "token",
    "password",
    "passphrase",
    "apikey",
    "secretkey",
    "privatekey",
    "accesskey",
    "signingkey",
    "encryptionkey",
    "masterkey",
    "authkey",
    "apikeyvalue",
    "secretvalue",
    "tokenvalue",
    "credential",
    "credentials",
    "authorization",
];

/// Shorter texts are no tokens.
const SHORTEST: usize = 16;
/// Shorter ones have no shape that tells them.
const SHAPED: usize = 20;

/// Is what stands under this key a secret?
pub fn stands_under(key: &str, text: &str) -> bool {
    let named = || is_key(key) && !is_field_of_authsome(key) && !text.trim().is_empty() && !is_reference(text);
    if text.len() < SHORTEST || !text.bytes().any(|byte| byte.is_ascii_digit()) {
        return named() || is_private_key(text);
    }
    match key {
        // Patterns and words about keys, unless a whole one stands there.
        "key_pattern" | "key_pattern_hint" => is_inside(text),
        // A password before a host has a rule of its own, where the field is an address.
        _ if text.contains("://") => {
            is_inside(text) || !(key.ends_with("url") && text.starts_with("http")) && has_password(text)
        }
        _ => {
            let by_chance = || text.bytes().all(is_of_token) && is_secret_behind(key, text);
            let is_cookie = || key.eq_ignore_ascii_case("cookie") && text.split(['=', ';', ' ']).any(is_chance);
            // What has a shape is behind a name, or long and in one piece.
            let can_have = || text.contains([':', '=']) || text.split(' ').any(|word| word.len() >= SHORTEST);
            let shaped = || text.len() >= SHAPED && can_have() && redact_text(text).contains(HIDDEN);
            named() || by_chance() || is_cookie() || is_private_key(text) || shaped()
        }
    }
}

/// Does a comment tell one?
pub fn stands_in_comment(comment: &str) -> bool {
    // No token is without a digit.
    let digits = || comment.bytes().any(|byte| byte.is_ascii_digit());
    is_private_key(comment) || digits() && (is_inside(comment) || has_password(comment))
}

/// A token by its shape, or one behind the name of a secret, in a text of any kind.
fn is_inside(text: &str) -> bool {
    let bytes = text.as_bytes();
    let (mut before, mut long, mut at) = ("", false, 0);
    while at < bytes.len() {
        let (begin, mut digits) = (at, false);
        while bytes.get(at).is_some_and(|byte| IN_WORD[usize::from(*byte)]) {
            digits |= bytes[at].is_ascii_digit();
            at += 1;
        }
        let end = at;
        at += 1;
        // It may be inside a character, in which no word begins.
        if end == begin {
            continue;
        }
        let word = &text[begin..end];
        if digits && word.len() >= SHORTEST {
            if is_secret_behind(before, word) {
                return true;
            }
            long |= word.split(['/', '.']).any(|part| part.len() >= SHORTEST);
        }
        before = word;
    }
    long && tokens_in(text).into_iter().any(|range| is_chance(&text[range]))
}

/// The bytes of tokens, but for what stands between a name and its value.
const IN_WORD: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0_u8;
    while byte < 128 {
        table[byte as usize] = is_of_token(byte) && byte != b'=';
        byte += 1;
    }
    table
};

/// A password between a user and a host that looks like chance: `postgres://user:…@host`.
fn has_password(text: &str) -> bool {
    text.split("://").skip(1).any(|rest| {
        let authority = rest.split(['/', '?', '#', ' ', '"', '\n']).next().unwrap_or_default();
        let password =
            authority.rsplit_once('@').and_then(|(user, _)| user.split_once(':')).map(|(_, password)| password);
        password.is_some_and(|password| {
            password.len() >= 8
                && !is_reference(password)
                && password.bytes().any(|byte| byte.is_ascii_digit())
                && password.bytes().any(|byte| byte.is_ascii_alphabetic())
        })
    })
}

fn is_private_key(text: &str) -> bool {
    text.starts_with("-----BEGIN ") && text.contains("PRIVATE KEY-----")
}

fn is_key(key: &str) -> bool {
    let same = |(a, b): (u8, u8)| a.to_ascii_lowercase() == b || (a == b'-' && b == b'_');
    let first = key.bytes().next().map(|first| first.to_ascii_lowercase());
    let mut alike = KEYS.iter().filter(|known| known.len() == key.len() && known.bytes().next() == first);
    alike.any(|known| key.bytes().zip(known.bytes()).all(same))
}

/// `pk_…` is a key for the public, by its name.
fn is_secret_behind(name: &str, text: &str) -> bool {
    ends_like_secret(name) && !text.starts_with("pk_") && is_chance(text)
}

fn ends_like_secret(name: &str) -> bool {
    // Nearly every name is ruled out by its last letter.
    let last = name.bytes().rev().find(u8::is_ascii_alphanumeric).map(|last| last.to_ascii_lowercase());
    ENDINGS.iter().filter(|ending| ending.bytes().next_back() == last).any(|ending| {
        let mut letters = name.bytes().rev().filter(u8::is_ascii_alphanumeric);
        ending.bytes().rev().all(|wanted| letters.next().is_some_and(|letter| letter.to_ascii_lowercase() == wanted))
    })
}

/// `export.env` has the words of tokens as keys, and names of variables beside them.
fn is_field_of_authsome(key: &str) -> bool {
    matches!(key, "access_token" | "refresh_token" | "api_key")
}

/// A place holder for what is filled in elsewhere: `${SECRET}`, `<secret>`, `env:SECRET`, `xxxx`, a variable's name.
fn is_reference(text: &str) -> bool {
    let text = text.trim();
    text.starts_with(['$', '<', '{', '%'])
        || text.starts_with("env:")
        || text.get(..4).is_some_and(|begin| begin.eq_ignore_ascii_case("your"))
        || text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
        || text.chars().all(|c| matches!(c, 'x' | 'X' | '*' | '.' | '•' | '…' | '-'))
}

const fn is_of_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'~' | b'+' | b'/' | b'=')
}

/// No word is like it: letters of both cases and digits change at every turn, and mostly not in the order of the alphabet.
fn is_chance(text: &str) -> bool {
    let (mut last, mut letter, mut letters, mut changes, mut digits, mut in_order) = (0, 0, 0, 0, 0, 0);
    for byte in text.bytes() {
        let kind = match byte {
            b'a'..=b'z' => 1,
            b'A'..=b'Z' => 2,
            b'0'..=b'9' => 3,
            _ => continue,
        };
        changes += usize::from(kind != last);
        last = kind;
        if kind == 3 {
            digits += 1;
        } else {
            let small = byte.to_ascii_lowercase();
            letters += 1;
            in_order += usize::from(small == letter + 1);
            letter = small;
        }
    }
    text.len() >= SHORTEST && digits > 0 && changes * 4 >= text.len() && in_order * 2 <= letters
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEX: &str = "f3a9c1d27b6e4f508a1c9d3e7b2f6a40";

    #[test]
    fn a_text_in_any_language_is_looked_through() {
        assert!(!stands_in_comment("// \u{202e} 7 Schlüssel für die Prüfung: 密钥 1234567890123456"));
        assert!(stands_in_comment(&format!("// Schlüssel für 密钥token: {HEX}")));
    }

    #[test]
    fn secrets_are_told_by_their_key_or_their_shape() {
        for key in
            ["consumer_secret", "signingSecret", "bot_token", "api_key_value", "aws_secret_access_key", "X-Api-Key"]
        {
            assert!(stands_under(key, HEX), "{key}");
            assert!(!stands_under(key, "ACCESS_TOKEN") && !stands_under(key, "the-value-of-version-2"), "{key}");
        }
        for (key, text) in [
            ("token_url", format!("https://acme.example/token?client_secret={HEX}")),
            ("note", "postgres://admin:xPmzUzn8aB5kBh0f@db.acme.example/prod".to_owned()),
            ("note", "-----BEGIN RSA PRIVATE KEY-----\nMIIEow\n-----END RSA PRIVATE KEY-----".to_owned()),
            ("Cookie", format!("sid={HEX}")),
            ("key_pattern_hint", "such as sk-proj-zDzV8fUkkibjL5DZPjN0MEQ7wjJJibaZUPgHV7iB".to_owned()),
            ("password", "hunter2".to_owned()),
        ] {
            assert!(stands_under(key, &text), "{key}: {text}");
        }
        assert!(stands_in_comment(&format!("// client_secret: {HEX}")));
    }

    #[test]
    fn names_place_holders_patterns_and_addresses_are_none() {
        for (key, text) in [
            ("ACME_ACCESS_TOKEN", "ACCESS_TOKEN"),
            ("access_token", "ACME_TOKEN"),
            ("client_secret", "xxxxxxxx"),
            ("client_secret", "<your secret>"),
            ("client_secret", "your-client-secret"),
            ("client_id", "407408718192-abc1d2e3f4.apps.googleusercontent.com"),
            ("key_pattern", "^sk-[A-Za-z0-9]{20,}$"),
            ("key_pattern_hint", "such as sk-a1b2c3d4e5f6g7h8i9j0k1l2"),
            ("token_url", "https://oauth2.acme.example/v2/token?api-version=2024-01-01"),
            ("logo", "https://img.logo.dev/acme.example?size=64&token=pk_X1a2b3c4d5e6f7"),
            ("note", "postgres://user:password@db.acme.example/prod"),
            ("commit", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b"),
        ] {
            assert!(!stands_under(key, text), "{key}: {text}");
        }
        assert!(!stands_in_comment(
            "// see https://acme.example/docs/2024-01-01/access-tokens#v2, tokens begin with ghp_"
        ));
    }
}
