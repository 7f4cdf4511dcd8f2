//! Secrets whose make is exact: so many characters of one kind, letter case and all. Where a word only begins like one,
//! nothing is hidden.

use std::ops::Range;

/// No secret of these makes is shorter.
const SHORTEST: usize = 20;

/// How it begins, what follows, and how many of it; then the word is at its end.
const EXACT: &[(&str, fn(u8) -> bool, usize)] = &[
    ("AKIA", is_upper, 16), // AWS: a lasting key's id, and a passing one's
    ("ASIA", is_upper, 16),
    ("SK", is_hex, 32),    // Twilio
    ("key-", is_hex, 32),  // Mailgun
    ("PMAK-", is_hex, 59), // Postman
];

/// Addresses whose rest is the secret.
const HOOKS: &[&str] = &["hooks.slack.com/services/", "/api/webhooks/"];

pub fn find(text: &str, found: &mut Vec<Range<usize>>) {
    let mut start = 0;
    for end in text.bytes().enumerate().filter(|(_, byte)| !is_of_word(*byte)).map(|(at, _)| at).chain([text.len()]) {
        if end - start >= SHORTEST {
            word(text, start..end, found);
        }
        start = end + 1;
    }
}

fn word(text: &str, whole: Range<usize>, found: &mut Vec<Range<usize>>) {
    let (start, word) = (whole.start, &text[whole]);
    let mut hide = |from: usize, len: usize| found.push(start + from..start + from + len);
    let run = |from: usize, of: fn(u8) -> bool| word.as_bytes()[from..].iter().take_while(|byte| of(**byte)).count();
    for (beginning, of, len) in EXACT {
        for (at, _) in word.match_indices(beginning) {
            let from = at + beginning.len();
            let stands_alone = at == 0 || !is_token(word.as_bytes()[at - 1]);
            if stands_alone && run(from, *of) == *len && run(from, is_token) == *len {
                hide(at, beginning.len() + len);
            }
        }
    }
    for hook in HOOKS {
        if let Some(at) = word.find(hook)
            && word.len() - at - hook.len() >= SHORTEST
        {
            hide(at + hook.len(), word.len() - at - hook.len());
        }
    }
    // Telegram: the bot's number, then the token.
    if let Some(at) = word.find(":AA") {
        let digits = word[..at].bytes().rev().take_while(u8::is_ascii_digit).count();
        if (8..=10).contains(&digits) && run(at + 1, is_token) == 35 {
            hide(at - digits, digits + 36);
        }
    }
    // Entra: three characters and a digit before the mark.
    if let Some(at) = word.find("Q~").filter(|at| *at >= 4 && word.as_bytes()[at - 1].is_ascii_digit()) {
        let len = word.len() - at;
        if (33..=40).contains(&len) {
            hide(at - 4, len + 4);
        }
    }
    // Discord: the bot's number in base64, the time, the signature.
    if word.starts_with(['M', 'N', 'O']) {
        let mut parts = word.split('.').map(str::len);
        if let (Some(24..=28), Some(6), Some(27..=38), None) = (parts.next(), parts.next(), parts.next(), parts.next())
        {
            hide(0, word.len());
        }
    }
}

fn is_of_word(byte: u8) -> bool {
    is_token(byte) || matches!(byte, b':' | b'.' | b'/' | b'~')
}

fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')
}

fn is_upper(byte: u8) -> bool {
    byte.is_ascii_uppercase() || byte.is_ascii_digit()
}

fn is_hex(byte: u8) -> bool {
    byte.is_ascii_digit() || matches!(byte, b'a'..=b'f' | b'-')
}

#[cfg(test)]
mod tests {
    use crate::sink::{HIDDEN, redact_text};

    #[test]
    fn a_secret_of_an_exact_make_is_hidden() {
        for secret in [
            "AKIA3U55XTPLPFT7V4SE",
            "SK35526f7eaed46725a2a7b860dcd6c8a1",
            "key-f8b46287cced9041dff02cee737443e2",
            "8753767626:AAauWv1zh87mTa5Vsqxezy3Lex7BWr2drgd",
            "M1QsO7jprBGumXxY9B4bZWOz.648JJn.Ufd7UACNWiP3sFd67JikEAvstqVVPqzPptEJQz",
            "FJE8Q~eAgYzQJjOIfPkzSrAsQtA9dtVK4wAAb3XZ",
        ] {
            assert_eq!(redact_text(&format!("got {secret}, and")), format!("got {HIDDEN}, and"));
        }
        let hook = "https://hooks.slack.com/services/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";
        assert_eq!(redact_text(hook), format!("https://hooks.slack.com/services/{HIDDEN}"));
    }

    #[test]
    fn what_only_begins_like_one_is_left() {
        for text in [
            "asia-southeast1-docker.pkg.dev/acme/image",
            "key-pattern-of-the-definition-is-right",
            "https://hooks.slack.com/services/T000/B000",
            "AKIAIOSFODNN7EXAMPLEANDMORE",
            "/home/me/SKIPPED-32-tests-of-the-whole",
        ] {
            assert_eq!(redact_text(text), text);
        }
    }
}
