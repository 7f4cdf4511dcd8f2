//! A first look at the text, before anything recursive touches it: depth, number of values, and the characters that
//! Python's JSON refuses and the JSONC parser lets pass. A loop over the bytes, so no input can exhaust the stack.

use std::ops::Range;

/// Deeper than any definition, far from what a stack bears.
pub const MAX_DEPTH: usize = 64;
/// The largest bundled definition has about 60.
pub const MAX_VALUES: usize = 1_000;

/// The longest that authsome knows has 24 bytes. A finding names every key that leads to its place.
pub const LONGEST_KEY: usize = 256;

/// Why a text is not even parsed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TooMuch {
    Depth,
    Values,
}

/// What the text has that Python's JSON refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Offence {
    /// A string that is still open at the end of its line; the place is where it opens.
    StringNotClosed,
    /// U+0000 to U+001F as such inside a string.
    ControlCharacter(char),
    /// Between the tokens stands what Unicode calls white space and JSON does not.
    WhiteSpace(char),
}

/// What the first look found, with byte offsets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Looked {
    pub offence: Option<(usize, Offence)>,
    pub comments: Vec<Range<usize>>,
    /// The first key that is too long.
    pub long_key: Option<usize>,
}

/// The first offence and the comments; an error where the text is too much to be parsed.
pub fn look(text: &str) -> Result<Looked, (usize, TooMuch)> {
    let bytes = text.as_bytes();
    let mut scan = Scan::default();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => {
                let opens = at;
                at = scan.string(bytes, opens);
                if at - opens > LONGEST_KEY && is_key(bytes, at) {
                    scan.found.long_key.get_or_insert(opens);
                }
            }
            b'/' if bytes.get(at + 1) == Some(&b'/') => {
                let len = bytes[at..].iter().take_while(|byte| !matches!(byte, b'\n' | b'\r')).count();
                scan.found.comments.push(at..at + len);
                at += len - 1;
            }
            b'/' if bytes.get(at + 1) == Some(&b'*') => {
                let end = text[at + 2..].find("*/").map_or(bytes.len(), |closes| at + closes + 4);
                scan.found.comments.push(at..end);
                at = end - 1;
            }
            b'{' | b'[' => {
                scan.depth += 1;
                scan.values += 1;
            }
            b'}' | b']' => scan.depth = scan.depth.saturating_sub(1),
            b',' => scan.values += 1,
            b' ' | b'\t' | b'\n' | b'\r' | b'!'..=b'~' => {}
            // What is left is rare: control characters, and the first byte of what is not ASCII.
            _ => {
                if let Some(c) = text.get(at..).and_then(|rest| rest.chars().next()).filter(|c| c.is_whitespace()) {
                    scan.note(at, Offence::WhiteSpace(c));
                }
            }
        }
        if scan.depth > MAX_DEPTH {
            return Err((at, TooMuch::Depth));
        }
        if scan.values > MAX_VALUES {
            return Err((at, TooMuch::Values));
        }
        at += 1;
    }
    Ok(scan.found)
}

/// Whether the string that ends at `closes` is a key.
fn is_key(bytes: &[u8], closes: usize) -> bool {
    bytes[closes..].iter().skip(1).find(|byte| !byte.is_ascii_whitespace()) == Some(&b':')
}

#[derive(Default)]
struct Scan {
    depth: usize,
    values: usize,
    found: Looked,
}

impl Scan {
    fn note(&mut self, at: usize, offence: Offence) {
        self.found.offence.get_or_insert((at, offence));
    }

    /// Where the string that opens at `opens` ends.
    fn string(&mut self, bytes: &[u8], opens: usize) -> usize {
        let mut at = opens + 1;
        while let Some(byte) = bytes.get(at) {
            match byte {
                b'"' => return at,
                b'\\' => at += 1,
                b'\n' | b'\r' => self.note(opens, Offence::StringNotClosed),
                0..b' ' => self.note(at, Offence::ControlCharacter(char::from(*byte))),
                _ => {}
            }
            at += 1;
        }
        at
    }
}
