//! Hiding takes time in proportion to the length of the text, whatever stands in it.

use super::{redact_text, safe_block};
use std::time::{Duration, Instant};

/// What would make a careless walk look through the rest of the text again at each of them; and an end that a search
/// looks for, which the rest of the text does not have.
const PARTS: &[(&str, &str)] = &[
    ("://", ""),
    ("://a", "@#"),
    ("://a:b?", "@"),
    ("a=", ""),
    ("code=", ""),
    ("code=\"\\", ""),
    ("x=%25", ""),
    ("@", ""),
    ("a:b@", ""),
    ("authorization: ", ""),
    ("eyj.", ""),
    ("sk-a.", ""),
    ("\"code\":\"", ""),
    ("#", ""),
    ("bearer ", ""),
    ("bearer.", ""),
    ("-", " x"),
    ("--token ", ""),
    ("--token", " x"),
    ("--token \"-x ", ""),
    ("token: ‹", ""),
    ("%3Dgho_", ""),
    ("-----begin ", ""),
    ("-----begin private key-----", ""),
    ("-----begin private key-----a1", "-----end"),
    ("\u{1b}]", ""),
    ("\u{9d}x", ""),
];

/// Quadratic time is some thousands of times as much for such a text.
const LEN: usize = 1 << 18;

fn time_of(text: &str) -> Duration {
    let begin = Instant::now();
    assert!(!safe_block(&redact_text(text)).is_empty());
    begin.elapsed()
}

#[test]
fn a_long_text_of_any_kind_takes_no_more_than_its_share() {
    let plain = time_of(&"A plain text, of words. ".repeat(LEN / 24));
    for (part, end) in PARTS {
        let time = time_of(&(part.repeat(LEN / part.len()) + end));
        assert!(time < plain * 60 + Duration::from_secs(3), "{part:?}: {time:?}, plain text {plain:?}");
    }
}
