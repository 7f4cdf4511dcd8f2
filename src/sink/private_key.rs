//! Private keys as PEM has them (RFC 7468). What is hidden ends with the key, also where its last line is missing: a
//! first line alone must not hide what a text says after it.

use super::terminal::is_invisible;
use std::ops::Range;

const BEGIN: &str = "-----begin";
const END: &str = "-----end";
const DASHES: &str = "-----";
/// Longer labels are none.
const LONGEST_LABEL: usize = 64;
/// A key of 16,384 bits has 12,700 characters.
const LONGEST_KEY: usize = 16 * 1024;
/// A line of a key, but for its last, has 64 or more.
const WHOLE_LINE: usize = 16;

/// `lower` is in lower case.
pub fn find(lower: &str, found: &mut Vec<Range<usize>>) {
    let mut begins = lower.match_indices(BEGIN).map(|(at, _)| at).peekable();
    while let Some(at) = begins.next() {
        let next = begins.peek().copied().unwrap_or(lower.len());
        let Some(body) = body_of(&lower[..next], at + BEGIN.len()) else { continue };
        let rest = &lower[body..next];
        let len = match rest.find(END) {
            Some(end) if end <= LONGEST_KEY => end,
            _ => key_len(rest),
        };
        found.push(body..body + len);
    }
}

/// Where the line ends that begins a private key. Its blanks may have been taken out.
fn body_of(text: &str, label: usize) -> Option<usize> {
    let len = text[label..].bytes().take(LONGEST_LABEL).take_while(|byte| *byte != b'-').count();
    let is_key = text.get(label..label + len).is_some_and(|label| {
        let words: String = label.split_whitespace().collect();
        words.ends_with("privatekey")
    });
    (is_key && text[label + len..].starts_with(DASHES)).then_some(label + len + DASHES.len())
}

/// How much of a text looks like a key that was cut off: words of its alphabet, each as long as a line. A short one can
/// only be the last, or the first where it stands in the line of the label.
fn key_len(text: &str) -> usize {
    let mut end = 0;
    while end <= LONGEST_KEY {
        let start = end + between_lines(&text[end..]);
        let line = &text[start..start + line_len(&text[start..])];
        let in_first_line = end == 0 && !text[..start].contains(['\n', '\\']);
        let is_like_chance = line.bytes().any(|byte| byte.is_ascii_digit() || byte == b'=');
        let is_whole = line.len() >= WHOLE_LINE && is_like_chance;
        if line.is_empty() || !(is_whole || in_first_line || end > 0 && is_like_chance) {
            break;
        }
        end = start + line.len();
        if !is_whole {
            break;
        }
    }
    end
}

/// Line breaks, also as escapes, what stands around a line in a list, a comment or a diff, and the headers of old keys
/// (RFC 1421).
fn between_lines(text: &str) -> usize {
    let mut at = 0;
    loop {
        let rest = &text[at..];
        let header = ["proc-type:", "dek-info:"].iter().find(|header| rest.starts_with(**header));
        let escape = ["\\n", "\\r", "\\t", "+ "].iter().find(|escape| rest.starts_with(**escape));
        at += match (header, escape, rest.chars().next()) {
            (Some(_), ..) => rest.find(['\n', '\\', '"']).unwrap_or(rest.len()),
            (_, Some(escape), _) => escape.len(),
            (.., Some(c)) if c.is_whitespace() || "\"',-*#\\".contains(c) => c.len_utf8(),
            _ => return at,
        };
    }
}

/// Characters of base64, among which something invisible may have been pasted.
fn line_len(text: &str) -> usize {
    let is_part = |c: char| c.is_ascii_alphanumeric() || "+/=".contains(c) || is_invisible(c);
    text.find(|c| !is_part(c)).unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use crate::sink::{HIDDEN, redact_text};

    #[test]
    fn a_private_key_is_hidden_also_when_it_is_cut_off() {
        let text = "-----BEGIN PRIVATE KEY-----\nMC4CAQAw\n-----END PRIVATE KEY-----\nrest";
        assert_eq!(redact_text(text), format!("-----BEGIN PRIVATE KEY-----{HIDDEN}-----END PRIVATE KEY-----\nrest"));
        assert_eq!(
            redact_text("-----BEGIN EC PRIVATE KEY----- MC4C"),
            format!("-----BEGIN EC PRIVATE KEY-----{HIDDEN}")
        );
        let line = "lQdGBGabcdefgh1234567890ABCDEFG";
        for (between, around) in [("\n", ""), ("\\n", "\""), ("\n+ ", "\n"), ("\",\n  \"", "\"")] {
            let text = format!("{around}-----BEGIN PRIVATE KEY-----{between}{line}{between}{line}{between}Zm9=");
            assert_eq!(redact_text(&text), format!("{around}-----BEGIN PRIVATE KEY-----{HIDDEN}"));
        }
        let squeezed = format!("-----BEGINPRIVATEKEY-----{line}-----ENDPRIVATEKEY-----");
        assert_eq!(redact_text(&squeezed), format!("-----BEGINPRIVATEKEY-----{HIDDEN}-----ENDPRIVATEKEY-----"));
        let old = format!("-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES,00\n\n{line}\n");
        assert_eq!(redact_text(&old), format!("-----BEGIN RSA PRIVATE KEY-----{HIDDEN}\n"));
    }

    #[test]
    fn a_first_line_alone_hides_nothing_that_follows() {
        let text = "// -----BEGIN PRIVATE KEY-----\n\"authorization_url\": \"https://a.example\",\n-----BEGIN \
                    PRIVATE KEY-----\n\"tokenendpointaddress\": 1";
        assert_eq!(redact_text(text), text);
    }
}
