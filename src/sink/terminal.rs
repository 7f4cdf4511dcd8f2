//! Foreign text made safe for a terminal: no control characters, escape sequences, direction overrides or hidden
//! characters reach it, and no text is without end.

use std::borrow::Cow;
use std::fmt::Write;
use std::str::Chars;

/// Longest piece in one line, in characters.
const LINE_CAP: usize = 4096;
/// Longest block.
const BLOCK_CAP: usize = 65536;
/// An escape sequence longer than this is no sequence.
const SEQUENCE_CAP: usize = 2048;
/// What stands for a control character.
const REPLACED: char = '\u{fffd}';

/// One line of foreign text: line breaks become blanks, so it cannot forge a line of ours.
pub fn safe_line(text: &str) -> String {
    clean(text, LINE_CAP).replace('\n', " ")
}

/// Foreign text of several lines.
pub fn safe_block(text: &str) -> String {
    clean(text, BLOCK_CAP)
}

fn clean(text: &str, cap: usize) -> String {
    let mut out = String::with_capacity(text.len().min(cap));
    let text = without_sequences(text);
    let mut chars = text.chars().peekable();
    let mut written = 0;
    while let Some(c) = chars.next() {
        if written >= cap {
            // Writing to a String cannot fail.
            let _ = write!(out, "… ({} more characters)", chars.count() + 1);
            break;
        }
        written += 1;
        match c {
            '\r' if chars.peek() == Some(&'\n') => {}
            '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' => out.push('\n'),
            '\t' => out.push_str("    "),
            _ if is_control(c) => out.push(REPLACED),
            // Ways of drawing the character before; alone they are nothing.
            '\u{fe00}'..='\u{fe0f}' => {}
            _ if is_invisible(c) => {
                let _ = write!(out, "<U+{:04X}>", c as u32);
            }
            _ => out.push(c),
        }
    }
    out
}

/// Takes out every complete escape sequence, and what begins one that never ends.
pub fn without_sequences(text: &str) -> Cow<'_, str> {
    if !text.contains(introduces) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if !introduces(c) {
            out.push(c);
        } else if let Some(len) = sequence_len(c, &chars) {
            chars.nth(len.saturating_sub(1));
        } else {
            out.push(REPLACED);
        }
    }
    Cow::Owned(out)
}

fn introduces(c: char) -> bool {
    matches!(c, '\u{1b}' | '\u{90}' | '\u{98}' | '\u{9b}' | '\u{9d}'..='\u{9f}')
}

/// Characters behind the introducer of a complete escape sequence, at least one.
fn sequence_len(introducer: char, rest: &Chars<'_>) -> Option<usize> {
    let mut rest = rest.clone().take(SEQUENCE_CAP).enumerate();
    let kind = match introducer {
        '\u{1b}' => rest.next()?.1,
        '\u{9b}' => '[',
        _ => ']',
    };
    match kind {
        '[' => {
            let (last, end) = rest.find(|(_, c)| !('\u{20}'..='\u{3f}').contains(c))?;
            ('\u{40}'..='\u{7e}').contains(&end).then_some(last + 1)
        }
        ']' | 'P' | 'X' | '^' | '_' => {
            let mut escaped = false;
            for (at, c) in rest {
                match c {
                    '\u{7}' | '\u{9c}' => return Some(at + 1),
                    '\\' if escaped => return Some(at + 1),
                    // A string that runs over a line would hide what stands there, and the next sequence ends it.
                    '\n' => return None,
                    _ if escaped || introduces(c) && c != '\u{1b}' => return None,
                    _ => escaped = c == '\u{1b}',
                }
            }
            None
        }
        _ => None,
    }
}

/// C0, C1 and DEL.
pub fn is_control(c: char) -> bool {
    c.is_control()
}

/// Direction overrides, zero-width and other characters that show nothing, and those that XML 1.0 forbids.
pub fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180e}'
        | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}' | '\u{fffe}' | '\u{ffff}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escape_sequences_vanish_and_what_they_wrap_stays() {
        assert_eq!(safe_line("a\u{1b}[31mred\u{1b}[0m b"), "ared b");
        assert_eq!(safe_line("\u{1b}]0;title\u{7}text"), "text");
        assert_eq!(safe_line("\u{1b}]8;;https://evil.example\u{1b}\\link\u{1b}]8;;\u{1b}\\"), "link");
        assert_eq!(safe_line("\u{9b}2Jx"), "x");
    }

    #[test]
    fn an_unfinished_sequence_hides_nothing_behind_it() {
        assert_eq!(safe_block("\u{1b}]0;never\nended"), "\u{fffd}]0;never\nended");
        assert_eq!(safe_line("\u{1b}["), "\u{fffd}[");
        assert_eq!(safe_line("\u{1b}"), "\u{fffd}");
    }

    #[test]
    fn hidden_characters_are_shown_by_their_number() {
        assert_eq!(safe_line("http://a\u{200b}b"), "http://a<U+200B>b");
        assert_eq!(safe_line("\u{202e}txt"), "<U+202E>txt");
        assert_eq!(safe_line("a\u{fffe}b\u{ffff}"), "a<U+FFFE>b<U+FFFF>");
    }

    #[test]
    fn a_line_stays_one_line_and_everything_has_an_end() {
        assert_eq!(safe_line("a\r\nb\rc\u{2028}d\te"), "a b c d    e");
        let long = safe_line(&"x".repeat(5000));
        assert!(long.ends_with("… (904 more characters)"), "{}", &long[4090..]);
    }
}
