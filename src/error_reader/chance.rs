//! Identifiers of requests, traces and applications: what stands in them is chance, and no word that a rule may look for. `2fa`
//! and `503` stand in one of a hundred.

use super::secrets::is_uuid;
use std::borrow::Cow;

/// What stands in its place: a word that may be a name, as the identifier was.
pub const ID: &str = "some-id";
/// A shorter one could be a word: `facade`, `decade2`.
const SHORTEST: usize = 12;

/// The word with each identifier in it replaced.
pub fn without(word: &str) -> Cow<'_, str> {
    if word.len() < SHORTEST || !word.bytes().any(|byte| byte.is_ascii_digit()) {
        return Cow::Borrowed(word);
    }
    let apart = |c: char| !(c.is_ascii_alphanumeric() || c == '-');
    if !word.split(apart).any(is_id) {
        return Cow::Borrowed(word);
    }
    let mut kept = String::with_capacity(word.len());
    for part in word.split_inclusive(apart) {
        let run = part.trim_end_matches(apart);
        kept.push_str(if is_id(run) { ID } else { run });
        kept.push_str(&part[run.len()..]);
    }
    Cow::Owned(kept)
}

fn is_id(run: &str) -> bool {
    let has = |test: fn(&u8) -> bool| run.as_bytes().iter().any(test);
    let is_hex = || run.len() >= SHORTEST && run.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_uuid(run) || is_hex() && has(u8::is_ascii_digit) && has(u8::is_ascii_alphabetic)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_are_left_out_and_words_stay() {
        assert_eq!(without("id=bd187273-d7a8-f0f3-503d-9dc1720983a3,"), "id=some-id,");
        assert_eq!(without("(8f2a503b4c2d1e0f/23220899-9527-42fa-695b-913dbbc4667a)"), "(some-id/some-id)");
        for word in
            ["aadsts7000215", "127.0.0.1:7998", "OAuth2Error", "2026-11-29T10:00:00Z", "facade", "1234567890123456"]
        {
            assert_eq!(without(word), word);
        }
    }
}
