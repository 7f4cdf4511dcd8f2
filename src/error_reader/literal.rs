//! Quoted values in the dialects that errors are pasted in: JSON, Python, Ruby, JavaScript, Go, and any of them inside a
//! string of another, where every quote and backslash has further backslashes before it.

use std::borrow::Cow;

/// A quoted value.
#[derive(Debug, PartialEq, Eq)]
pub struct Literal<'t> {
    /// As it stands between the quotes.
    pub raw: Cow<'t, str>,
    /// Backslashes before its quotes.
    depth: usize,
    /// Byte offset after the closing quote, or where the text was cut off.
    pub end: usize,
    pub closed: bool,
}

impl Literal<'_> {
    /// Escapes resolved.
    pub fn value(&self) -> Cow<'_, str> {
        unescape(&self.raw, self.depth)
    }
}

/// Finds literals in one text. Remembers where no closing quote follows, so that many opening ones stay linear.
pub struct Literals<'t> {
    text: &'t str,
    /// For `"`, `'` and a backtick, by the number of backslashes before: up to here no closing quote follows.
    hopeless: [[usize; DEEPEST + 1]; 3],
}

/// Backslashes before a quote: four levels of strings in strings.
const DEEPEST: usize = 15;
/// On how many further lines a value is looked for its end.
const MOST_LINES: usize = 4;
/// How much is taken of a value that is cut off.
const LONGEST_CUT_OFF: usize = 4096;

impl<'t> Literals<'t> {
    pub fn new(text: &'t str) -> Self {
        Self { text, hopeless: [[0; DEEPEST + 1]; 3] }
    }

    /// The literal whose opening quote, backslashes included, begins at `at`. One that is not closed on its line
    /// is taken up to the line's end when `or_cut_off`, and is none otherwise.
    pub fn at(&mut self, at: usize, or_cut_off: bool) -> Option<Literal<'t>> {
        let bytes = self.text.as_bytes();
        let depth = bytes[at..].iter().take(DEEPEST + 1).take_while(|b| **b == b'\\').count();
        if depth > DEEPEST {
            return None;
        }
        let quote = *bytes.get(at + depth)?;
        let kind = b"\"'`".iter().position(|q| *q == quote)?;
        let begin = at + depth + 1;
        if self.hopeless[kind][depth] <= begin {
            match self.close(begin, quote, depth) {
                Ok((close, end)) => {
                    let raw = Cow::Borrowed(&self.text[begin..close]);
                    return Some(Literal { raw, depth, end, closed: true });
                }
                Err(searched) => self.hopeless[kind][depth] = searched,
            }
        }
        or_cut_off.then(|| {
            let line = self.text[begin..].split('\n').next().unwrap_or_default();
            let line = &line[..line.floor_char_boundary(LONGEST_CUT_OFF)];
            Literal { raw: Cow::Borrowed(line), depth, end: begin + line.len(), closed: false }
        })
    }

    /// The same for the value of a name: where it is not closed on its line it may be on one of the next, as in a mail that
    /// was wrapped; only then is it taken as cut off.
    pub fn of_value(&mut self, at: usize, has_role: bool) -> Option<Literal<'t>> {
        if !has_role {
            return self.at(at, false);
        }
        let literal = self.at(at, true)?;
        if literal.closed || self.text.as_bytes()[at] == b'\\' {
            return Some(literal);
        }
        Some(self.wrapped(at, literal.end).unwrap_or(literal))
    }

    /// The literal that begins at `begin`, is not closed on the line that ends at `line_end`, and is on one of the next.
    fn wrapped(&self, begin: usize, line_end: usize) -> Option<Literal<'t>> {
        let bytes = self.text.as_bytes();
        let quote = bytes[begin];
        let mut raw = self.text[begin + 1..line_end].trim_end().to_owned();
        let mut at = line_end + 1;
        for _ in 0..MOST_LINES {
            let rest = self.text.get(at..).filter(|rest| !rest.is_empty())?;
            let line = rest.split('\n').next().unwrap_or_default();
            if line.len() > LONGEST_CUT_OFF || line.trim().is_empty() {
                return None;
            }
            let told = line.trim_start_matches(['>', '|', ' ', '\t']);
            let told_at = at + line.len() - told.len();
            raw.push(' ');
            let closing = told.match_indices(char::from(quote)).find(|(end, _)| {
                let escaped = told[..*end].ends_with('\\');
                !escaped && after_value(told[end + 1..].trim_start().bytes().next())
            });
            if let Some((end, _)) = closing {
                raw.push_str(&told[..end]);
                return Some(Literal { raw: Cow::Owned(raw), depth: 0, end: told_at + end + 1, closed: true });
            }
            raw.push_str(told.trim_end());
            at += line.len() + 1;
        }
        None
    }

    /// The offsets of the closing quote's first backslash and after the quote, or up to where there is none.
    fn close(&self, begin: usize, quote: u8, depth: usize) -> Result<(usize, usize), usize> {
        let bytes = self.text.as_bytes();
        let mut backslashes = 0;
        for (at, byte) in bytes.iter().enumerate().skip(begin) {
            match *byte {
                b'\\' => backslashes += 1,
                b'\n' => return Err(at),
                b if b == quote => {
                    let closes = if depth == 0 { backslashes % 2 == 0 } else { backslashes <= depth };
                    if closes && (quote == b'"' || ends_here(bytes.get(at + 1))) {
                        return Ok((at - backslashes.min(depth), at + 1));
                    }
                    backslashes = 0;
                }
                _ => backslashes = 0,
            }
        }
        Err(bytes.len())
    }
}

/// May this follow a value, at the end of its line or before?
fn after_value(next: Option<u8>) -> bool {
    next.is_none_or(|b| b",;}])>".contains(&b))
}

/// An apostrophe closes a value only where something follows that may follow a value.
fn ends_here(next: Option<&u8>) -> bool {
    next.is_none_or(|b| b.is_ascii_whitespace() || b",;:}]).=>\\\"".contains(b))
}

/// Resolves escapes; a literal inside strings has a level more for each doubling of its quotes' backslashes.
fn unescape(raw: &str, depth: usize) -> Cow<'_, str> {
    if !raw.contains('\\') {
        return Cow::Borrowed(raw);
    }
    let mut value = unescape_once(raw);
    let mut levels = (depth + 1).ilog2();
    while levels > 0 && value.contains('\\') {
        value = unescape_once(&value);
        levels -= 1;
    }
    Cow::Owned(value)
}

fn unescape_once(raw: &str) -> String {
    let mut value = String::with_capacity(raw.len());
    let mut chars = raw.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            value.push(c);
            continue;
        }
        match chars.next() {
            Some('n' | 'r' | 't') => value.push(' '),
            Some('u') => hex(&mut chars, 4, &mut value),
            Some('x') => hex(&mut chars, 2, &mut value),
            Some(other) => value.push(other),
            None => {}
        }
    }
    value
}

/// Resolves `\u0022` and `\x22` where they stand without a string around them.
pub fn unescape_hex(raw: &str) -> String {
    let mut value = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = rest.find('\\') {
        value.push_str(&rest[..at]);
        let run = rest[at..].bytes().take_while(|byte| *byte == b'\\').count();
        let mut chars = rest[at + run..].chars();
        let known = value.len();
        match chars.next() {
            Some('u') => hex(&mut chars, 4, &mut value),
            Some('x') => hex(&mut chars, 2, &mut value),
            _ => {}
        }
        if value.len() == known {
            value.push_str(&rest[at..at + run]);
            rest = &rest[at + run..];
        } else {
            rest = chars.as_str();
        }
    }
    value.push_str(rest);
    value
}

/// `\u0022`, `\x22`; control characters are left out; surrogate pairs come out as two replacement characters, which no error code needs.
fn hex(chars: &mut std::str::Chars<'_>, digits: usize, value: &mut String) {
    let rest = chars.as_str();
    let number = rest.get(..digits).and_then(|hex| u32::from_str_radix(hex, 16).ok());
    if let Some(number) = number {
        let c = char::from_u32(number).unwrap_or(char::REPLACEMENT_CHARACTER);
        if c.is_whitespace() {
            value.push(' ');
        } else if !c.is_control() {
            value.push(c);
        }
        *chars = rest[digits..].chars();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(text: &str) -> Option<Literal<'_>> {
        let at = text.find(['"', '\'', '`', '\\']).expect("a quote");
        Literals::new(text).at(at, false)
    }

    #[test]
    fn literals_of_each_dialect_come_out_unescaped() {
        assert_eq!(first(r#""a \"b\" \u0026 c""#).expect("closed").value(), "a \"b\" & c");
        assert_eq!(first("'it''s'").expect("closed").value(), "it''s");
        assert_eq!(first("'client's value'").expect("closed").value(), "client's value");
        assert_eq!(first(r#"\"invalid_grant\""#).expect("closed").value(), "invalid_grant");
        assert_eq!(first(r#"\\\"a b\\\""#).expect("closed").value(), "a b");
    }

    #[test]
    fn a_quote_behind_too_many_backslashes_is_none() {
        for count in 0..40 {
            let text = format!("{}\"x\"", "\\".repeat(count));
            let _ = Literals::new(&text).at(0, true);
        }
    }

    #[test]
    fn a_cut_off_literal_ends_with_its_line() {
        assert_eq!(first("\"no end\nnext"), None);
        let cut = Literals::new("\"no end\nnext").at(0, true).expect("cut off");
        assert_eq!((&*cut.value(), cut.closed), ("no end", false));
    }
}
