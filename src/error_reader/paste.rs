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

/// Drops escape sequences, control characters and characters that only steer the display.
fn clean(text: &str, out: &mut String) {
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\u{1b}' => skip_escape(&mut chars),
            '\r' if chars.peek() == Some(&'\n') => {}
            '\r' => out.push('\n'),
            '\n' | '\t' => out.push(c),
            '\u{a0}' => out.push(' '),
            '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' => {}
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
}

/// One escape sequence (ECMA-48). One that is not closed ends with its line, or after 256 characters.
fn skip_escape(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) {
    match chars.peek() {
        Some('[') => {
            chars.next();
            for _ in 0..256 {
                match chars.peek() {
                    Some('\u{20}'..='\u{3f}') => chars.next(),
                    Some('\u{40}'..='\u{7e}') => {
                        chars.next();
                        break;
                    }
                    _ => break,
                };
            }
        }
        Some(']' | 'P' | 'X' | '^' | '_') => {
            for _ in 0..256 {
                match chars.peek() {
                    None | Some('\n') => break,
                    Some('\u{7}' | '\u{9c}') => {
                        chars.next();
                        break;
                    }
                    // The two characters of ST; its second half is dropped with it.
                    Some('\u{1b}') => {
                        chars.next();
                        chars.next_if_eq(&'\\');
                        break;
                    }
                    Some(_) => chars.next(),
                };
            }
        }
        Some('\u{20}'..='\u{7e}') => {
            chars.next();
        }
        _ => {}
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
