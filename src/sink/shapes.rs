//! Secrets by their shape: tokens of known make, whatever stands before them.

use super::names::is_plain_word;
use super::private_key;
use super::terminal::is_invisible;
use std::ops::Range;

/// How a token begins (lower case), and how many characters follow at least. A digit must be among them, so that
/// hyphenated words are left alone.
const BEGINNINGS: &[(&str, usize)] = &[
    ("eyj", 20), // a JSON object in base64url: JWT, JWE
    ("ghp_", 20),
    ("gho_", 20),
    ("ghu_", 20),
    ("ghs_", 20),
    ("ghr_", 20),
    ("github_pat_", 20),
    ("glpat-", 16),
    ("gloas-", 20),
    ("xoxa-", 10),
    ("xoxb-", 10),
    ("xoxe-", 10),
    ("xoxe.", 10),
    ("xoxo-", 10),
    ("xoxp-", 10),
    ("xoxr-", 10),
    ("xoxs-", 10),
    ("xapp-", 10),
    ("ya29.", 20),
    ("1//0", 20),
    ("4/0", 20),
    ("aiza", 30),
    ("gocspx-", 20),
    ("sk-", 20),
    ("sk_live_", 16),
    ("sk_test_", 16),
    ("rk_live_", 16),
    ("whsec_", 16),
    ("npm_", 30),
    ("pypi-", 30),
    ("hf_", 30),
    ("dop_v1_", 30),
    ("doo_v1_", 30),
    ("lin_oauth_", 20),
    ("lin_api_", 20),
    ("ntn_", 30),
    ("secret_", 30),
    ("shpat_", 20),
    ("shpss_", 20),
    ("shpca_", 20),
    ("figd_", 20),
    ("sg.", 40),
    ("atatt3", 30),
    ("dapi", 30),
    ("claim_", 16),
];

/// What precedes a credential in a header or a curl line.
const SCHEMES: &[&str] = &["bearer", "basic", "pop", "dpop", "negotiate"];

pub fn find(text: &str, found: &mut Vec<Range<usize>>) {
    // ASCII lower case keeps every byte position.
    let lower = text.to_ascii_lowercase();
    private_key::find(&lower, found);
    // Up to here a token was found, or a run of its characters without a digit: nothing begins inside.
    let mut judged_until = 0;
    for at in word_starts(&lower) {
        let rest = &lower[at..];
        // Nearly every word is told apart by its first letter.
        let begins = |word: &str| word.as_bytes()[0] == rest.as_bytes()[0] && rest.starts_with(word);
        if let Some((beginning, shortest)) = BEGINNINGS.iter().find(|(word, _)| begins(word))
            && at >= judged_until
        {
            let body = &rest[beginning.len()..];
            let len = token_len(body);
            let end = at + beginning.len() + len;
            let has_digit = body[..len].bytes().any(|b| b.is_ascii_digit());
            if len >= *shortest && has_digit {
                found.push(at..end);
            }
            if len >= *shortest || !has_digit {
                judged_until = end;
            }
        }
        if let Some(range) = credential(text, &lower, at) {
            found.push(range);
        }
    }
}

/// What stands behind `Bearer`, unless it is prose.
fn credential(text: &str, lower: &str, at: usize) -> Option<Range<usize>> {
    let first = lower.as_bytes()[at];
    let scheme = SCHEMES.iter().find(|scheme| scheme.as_bytes()[0] == first && lower[at..].starts_with(**scheme))?;
    let after = &lower[at + scheme.len()..];
    let blanks = after.len() - after.trim_start_matches([' ', '\t']).len();
    if blanks == 0 {
        return None;
    }
    let start = at + scheme.len() + blanks;
    let len = token_len(&lower[start..]);
    // In the original case: capitals are half of what tells a word from a credential.
    (len >= 6 && !is_plain_word(&text[start..start + len])).then_some(start..start + len)
}

/// Positions where a word begins; a percent-escape before it (`%3D`) is no part of it.
fn word_starts(text: &str) -> impl Iterator<Item = usize> {
    let bytes = text.as_bytes();
    (0..bytes.len()).filter(move |&at| {
        let part_of_word = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
        bytes[at].is_ascii_alphanumeric()
            && (at == 0
                || !part_of_word(bytes[at - 1])
                || at >= 3 && bytes[at - 3] == b'%' && bytes[at - 2..at].iter().all(u8::is_ascii_hexdigit))
    })
}

/// Characters of a token, among which something invisible may have been pasted.
fn token_len(text: &str) -> usize {
    let end = text
        .char_indices()
        .find(|(_, c)| !(c.is_ascii_alphanumeric() || "_-.~+/=".contains(*c) || is_invisible(*c)))
        .map_or(text.len(), |(at, _)| at);
    text[..end].trim_end_matches(['.', '/']).len()
}

#[cfg(test)]
mod tests {
    use crate::sink::{HIDDEN, redact_text};

    #[test]
    fn tokens_are_hidden_by_their_shape() {
        for token in [
            "gho_16C7e42F292c6912E7710c838347Ae178B4a",
            "github_pat_11ABCDEFG0aBcDeFgHiJkL_mNoPqRsTuVwXyZ0123456789",
            "xoxb-1234567890-abcdefghij",
            "ya29.a0AfB_byC1234567890abcdefghijkl",
            "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U",
            "GOCSPX-abc123DEF456ghi789JKL0",
        ] {
            assert_eq!(redact_text(&format!("got {token}.")), format!("got {HIDDEN}."));
            assert_eq!(redact_text(&format!("x%3D{token}")), format!("x%3D{HIDDEN}"));
            assert_eq!(redact_text(&token.to_lowercase()), HIDDEN);
        }
    }

    #[test]
    fn a_credential_behind_its_scheme_is_hidden_and_the_scheme_kept() {
        assert_eq!(redact_text("Bearer 8f7aQ2x-91"), format!("Bearer {HIDDEN}"));
        assert_eq!(redact_text("curl -H 'X: PoP abc123.def'"), format!("curl -H 'X: PoP {HIDDEN}'"));
    }

    #[test]
    fn prose_that_only_sounds_like_a_token_is_left() {
        for text in [
            "Basic authentication, Bearer token",
            "Bearer error=\"invalid_token\", resource_metadata=\"https://x.example/a\"",
            "the sk-learn-package-is-not-a-secret-token",
            "Missing PoP authorization header",
            "code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
        ] {
            assert_eq!(redact_text(text), text);
        }
    }
}
