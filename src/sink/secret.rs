//! Secrets by type, and the list of the literals that this run has seen.

use secrecy::{ExposeSecret, SecretString};
use std::ops::Range;
use std::sync::{PoisonError, RwLock};

/// A token, code, verifier, client secret, key or password. It has no `Debug`, `Display` or `Serialize`, and is wiped
/// when dropped. Making one [`remember`]s it.
#[derive(Clone)]
pub struct Secret(SecretString);

impl Secret {
    pub fn new(literal: impl Into<String>) -> Self {
        let literal = literal.into();
        remember(&literal);
        Self(SecretString::from(literal))
    }

    /// The literal, for the request that needs it and nothing else.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    pub fn is_empty(&self) -> bool {
        self.expose().is_empty()
    }
}

impl From<String> for Secret {
    fn from(literal: String) -> Self {
        Self::new(literal)
    }
}

/// Shorter literals are ordinary words too often: they are hidden by their names and places alone.
const SHORTEST: usize = 8;
/// From here on a literal is hidden inside longer words too.
const TELLING: usize = 16;

/// Lower case, and as they look in a URL, a form and a JSON text.
static SEEN: RwLock<Vec<SecretString>> = RwLock::new(Vec::new());

/// Literals have been seen in this run, so that what a text shows may depend on when it is asked.
pub fn knows_secrets() -> bool {
    !SEEN.read().unwrap_or_else(PoisonError::into_inner).is_empty()
}

/// Hides this literal from now on wherever it turns up, in any case, also percent-encoded or escaped. Literals of fewer
/// than 8 characters are not remembered; those of fewer than 16 are hidden only as whole words.
pub fn remember(literal: &str) {
    let literal = literal.trim();
    if literal.chars().count() < SHORTEST {
        return;
    }
    let json = serde_json::Value::from(literal).to_string();
    let mut forms = vec![
        literal.to_ascii_lowercase(),
        percent_encoding::utf8_percent_encode(literal, percent_encoding::NON_ALPHANUMERIC)
            .to_string()
            .to_ascii_lowercase(),
        url::form_urlencoded::byte_serialize(literal.as_bytes()).collect::<String>().to_ascii_lowercase(),
        json.trim_matches('"').to_ascii_lowercase(),
    ];
    forms.sort();
    forms.dedup();
    let mut seen = SEEN.write().unwrap_or_else(PoisonError::into_inner);
    for form in forms {
        if !seen.iter().any(|known| known.expose_secret() == form) {
            seen.push(SecretString::from(form));
        }
    }
}

pub fn find(text: &str, found: &mut Vec<Range<usize>>) {
    let seen = SEEN.read().unwrap_or_else(PoisonError::into_inner);
    if seen.is_empty() {
        return;
    }
    // ASCII lower case keeps every byte position.
    let lower = text.to_ascii_lowercase();
    for literal in seen.iter() {
        let literal = literal.expose_secret();
        let whole_word = literal.len() < TELLING;
        for (at, _) in lower.match_indices(literal) {
            let end = at + literal.len();
            let inside = lower[..at].ends_with(is_word_char) || lower[end..].starts_with(is_word_char);
            if !(whole_word && inside) {
                found.push(at..end);
            }
        }
    }
}

fn is_word_char(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sink::{HIDDEN, redact_text};

    #[test]
    fn a_secret_is_hidden_wherever_it_turns_up_afterwards() {
        let secret = Secret::new("Zq7 literal/secret+one");
        assert_eq!(secret.expose(), "Zq7 literal/secret+one");
        for form in [
            "Zq7 literal/secret+one",
            "zq7 LITERAL/secret+one",
            "Zq7%20literal%2Fsecret%2Bone",
            "Zq7+literal%2Fsecret%2Bone",
        ] {
            assert_eq!(redact_text(&format!("they said {form}, twice")), format!("they said {HIDDEN}, twice"));
        }
    }

    #[test]
    fn a_short_literal_is_hidden_only_as_a_whole_word_and_a_tiny_one_not_at_all() {
        remember("shortish-9");
        assert_eq!(redact_text("x shortish-9 y"), format!("x {HIDDEN} y"));
        assert_eq!(redact_text("x shortish-99 y"), "x shortish-99 y");
        remember("tiny7");
        assert_eq!(redact_text("a tiny7 word"), "a tiny7 word");
    }

    /// Compiles only while `Secret` has none of the traits: with one, the name is ambiguous.
    #[test]
    fn a_secret_cannot_be_printed_or_serialised() {
        struct Has;
        trait Ambiguous<A> {
            fn ok() {}
        }
        impl<T> Ambiguous<()> for T {}
        macro_rules! lacks {
            ($($name:ident: $bound:path),*) => {$({
                struct $name;
                impl<T: $bound> Ambiguous<($name, Has)> for T {}
                <Secret as Ambiguous<_>>::ok();
            })*};
        }
        lacks!(D: std::fmt::Debug, P: std::fmt::Display, S: serde::Serialize);
    }
}
