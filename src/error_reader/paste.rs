//! The text as people hand it in: any bytes, any length. Bounded in memory, cleaned of what a terminal would obey.

use std::io::{self, Read};

/// As much as is kept of a text.
const LIMIT: usize = 1 << 20;
/// A stream that goes on for longer is left there.
const LONGEST: u64 = 256 << 20;

/// A text that is safe to read: UTF-8, no escape sequences, no control or direction characters, at most 1 MiB.
#[derive(Clone, Debug, Default)]
pub struct Paste {
    pub text: String,
    /// Bytes in the middle of a longer text that were not read.
    pub skipped: u64,
}

impl Paste {
    pub fn new(bytes: &[u8]) -> Self {
        Self::from_reader(bytes).unwrap_or_default()
    }

    /// Reads to the end (256 MiB at most) and keeps the first and the last half MiB of what is longer than 1 MiB.
    pub fn from_reader(reader: impl Read) -> io::Result<Self> {
        let mut reader = reader.take(LONGEST);
        let mut head = Vec::new();
        reader.by_ref().take(LIMIT as u64).read_to_end(&mut head)?;
        let (mut tail, mut skipped) = (Vec::new(), 0);
        let mut chunk = vec![0; 1 << 16];
        loop {
            let read = match reader.read(&mut chunk) {
                Ok(0) => break,
                Ok(read) => read,
                Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
                Err(e) => return Err(e),
            };
            if tail.is_empty() && skipped == 0 {
                tail = head.split_off(LIMIT / 2);
            }
            tail.extend_from_slice(&chunk[..read]);
            if tail.len() > LIMIT {
                skipped += drop_front(&mut tail);
            }
        }
        if tail.len() > LIMIT / 2 {
            skipped += drop_front(&mut tail);
        }
        let wide = wide_order(&head);
        let mut text = String::with_capacity(head.len() + tail.len());
        clean(&decode(&head, wide), &mut text);
        if !tail.is_empty() {
            let end = decode(&tail, wide);
            text.push('\n');
            clean(whole_words(&end), &mut text);
        }
        Ok(Self { text, skipped })
    }
}

/// Leaves the last half MiB; an even number of bytes goes, so that UTF-16 stays in step.
fn drop_front(tail: &mut Vec<u8>) -> u64 {
    let gone = (tail.len() - LIMIT / 2) & !1;
    tail.drain(..gone);
    gone as u64
}

/// What follows the first word: that one may be the end of a secret whose name was not read.
fn whole_words(end: &str) -> &str {
    let begin = end.find(|c: char| c.is_whitespace() || "\"'&,;".contains(c));
    begin.map_or("", |begin| &end[begin..])
}

/// The byte order of a text in UTF-16, which is what Windows' shells write into files.
fn wide_order(head: &[u8]) -> Option<fn([u8; 2]) -> u16> {
    match head {
        [0xFF, 0xFE, ..] => Some(u16::from_le_bytes),
        [0xFE, 0xFF, ..] => Some(u16::from_be_bytes),
        _ => None,
    }
}

fn decode(bytes: &[u8], wide: Option<fn([u8; 2]) -> u16>) -> String {
    match wide {
        None => String::from_utf8_lossy(bytes).into_owned(),
        Some(order) => {
            let units = bytes.chunks_exact(2).map(|pair| order([pair[0], pair[1]]));
            char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
        }
    }
}

/// Drops escape sequences, control characters and characters that only steer the display; makes typographic quotes plain and
/// the frames that terminals draw around a text blank.
fn clean(text: &str, out: &mut String) {
    let mut from = 0;
    while let Some(at) = next_special(text.as_bytes(), from) {
        out.push_str(&text[from..at]);
        let Some(c) = text[at..].chars().next() else { break };
        let rest = &text[at + c.len_utf8()..];
        from = text.len() - rest.len();
        match c {
            '\u{1b}' => from += escape_len(rest.as_bytes()),
            '[' => match bare_colour_len(rest.as_bytes()) {
                Some(len) => {
                    from += len;
                    drop_written_escape(out);
                }
                None => out.push(c),
            },
            '\r' if rest.starts_with('\n') => {}
            '\r' => out.push('\n'),
            '\u{a0}' | '\u{2500}'..='\u{259f}' => out.push(' '),
            '\u{2018}' | '\u{2019}' | '\u{201b}' => out.push('\''),
            '\u{201c}' | '\u{201d}' | '\u{201e}' | '\u{201f}' => out.push('"'),
            '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' => {}
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out.push_str(&text[from..]);
}

/// The next offset at which a character begins that may not stay as it is.
fn next_special(bytes: &[u8], from: usize) -> Option<usize> {
    let next = |at: usize| bytes.get(at + 1).copied().unwrap_or_default();
    bytes[from..].iter().zip(from..).find_map(|(byte, at)| {
        let special = match byte {
            b'\n' | b'\t' => false,
            b'[' => next(at).is_ascii_digit(),
            0..0x20 | 0x7f => true,
            0xc2 => next(at) <= 0xa0,
            0xe2 => matches!(next(at), 0x80 | 0x81 | 0x94..=0x96),
            0xef => next(at) == 0xbb,
            _ => false,
        };
        special.then_some(at)
    })
}

/// The length of what follows the escape character (ECMA-48). A sequence that is not closed ends with its line, or after 256
/// bytes.
fn escape_len(rest: &[u8]) -> usize {
    let rest = &rest[..rest.len().min(256)];
    match rest.first() {
        Some(b'[') => {
            let parameters = rest[1..].iter().take_while(|byte| matches!(byte, 0x20..=0x3f)).count();
            1 + parameters + usize::from(matches!(rest.get(1 + parameters), Some(0x40..=0x7e)))
        }
        Some(b']' | b'P' | b'X' | b'^' | b'_') => {
            let end = rest.iter().position(|byte| matches!(byte, b'\n' | 0x07 | 0x1b)).unwrap_or_else(|| whole(rest));
            match rest.get(end) {
                Some(0x07) => end + 1,
                // The two characters of ST; its second half is dropped with it.
                Some(0x1b) => end + 1 + usize::from(rest.get(end + 1) == Some(&b'\\')),
                _ => end,
            }
        }
        Some(0x20..=0x7e) => 1,
        _ => 0,
    }
}

/// As much of a cut text as holds whole characters.
fn whole(rest: &[u8]) -> usize {
    match std::str::from_utf8(rest) {
        Ok(_) => rest.len(),
        Err(e) => e.valid_up_to(),
    }
}

/// `[31m` without its escape character, as it is left where that did not come along.
fn bare_colour_len(rest: &[u8]) -> Option<usize> {
    let digits = rest.iter().take(12).take_while(|byte| byte.is_ascii_digit() || **byte == b';').count();
    (digits > 0 && rest.get(digits) == Some(&b'm')).then_some(digits + 1)
}

/// The escape character as programs write it where they show it: it goes with its colour.
fn drop_written_escape(out: &mut String) {
    let written = ["\\u001b", "\\u001B", "\\x1b", "\\x1B", "\\033", "\\e", "^["];
    if let Some(form) = written.iter().find(|form| out.ends_with(**form)) {
        out.truncate(out.len() - form.len());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escape_sequences_and_direction_marks_are_gone() {
        let paste =
            Paste::new("\u{1b}[31merror\u{1b}[0m: \u{1b}]8;;https://x\u{7}invalid\u{202e}_grant\r\n".as_bytes());
        assert_eq!(paste.text, "error: invalid_grant\n");
    }

    #[test]
    fn an_unclosed_escape_sequence_does_not_swallow_the_rest() {
        assert_eq!(Paste::new(b"\x1b]0;title\nerror: invalid_grant").text, "\nerror: invalid_grant");
    }

    #[test]
    fn quotes_of_word_processors_and_frames_of_terminals_are_plain() {
        assert_eq!(Paste::new("\u{201c}error\u{201d}: client\u{2019}s".as_bytes()).text, "\"error\": client's");
        assert_eq!(Paste::new("│ a │\n└──┘".as_bytes()).text, "  a  \n    ");
    }

    #[test]
    fn colours_that_lost_their_escape_character_are_gone_and_other_brackets_stay() {
        assert_eq!(Paste::new(b"\\u001b[31ma\\x1b[0m ^[[1mb").text, "a b");
        assert_eq!(Paste::new(b"[31merror[0;1m: a[1] [error] [m").text, "error: a[1] [error] [m");
    }

    #[test]
    fn utf_16_and_bytes_that_are_no_text_are_read_as_far_as_they_go() {
        let wide: Vec<u8> = [0xFF, 0xFE].into_iter().chain("invalid_grant".bytes().flat_map(|b| [b, 0])).collect();
        assert_eq!(Paste::new(&wide).text, "invalid_grant");
        assert_eq!(Paste::new(b"\xff invalid_grant").text, "\u{fffd} invalid_grant");
    }

    #[test]
    fn of_a_long_text_both_ends_are_kept_and_the_rest_is_counted() {
        let mut long = b"first ".to_vec();
        long.resize(4_000_000, b'.');
        long.resize(5_000_000, b' ');
        long.extend_from_slice(b" last");
        let paste = Paste::new(&long);
        assert!(paste.text.starts_with("first ") && paste.text.ends_with(" last"));
        assert!(paste.text.len() <= LIMIT + 2);
        assert!(paste.skipped > 3_900_000);
        let just = vec![b'.'; LIMIT];
        assert_eq!(Paste::new(&just).skipped, 0);
        assert_eq!(Paste::new(&just).text.len(), LIMIT);
    }
}
