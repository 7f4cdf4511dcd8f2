//! The line of a file that a finding is about, with the place under it. The line is foreign: it is made safe and cut.

use crate::facts::Place;
use crate::sink::safe_line;
use std::ops::Range;

/// Characters that are shown before the place, of the place itself, and after it.
const BEFORE: usize = 60;
const WITHIN: usize = 100;
const AFTER: usize = 40;

/// One line as it can be shown.
#[derive(Debug, PartialEq, Eq)]
pub struct Excerpt {
    pub line: String,
    /// What in it the finding is about, in bytes.
    pub span: Range<usize>,
}

/// None where the text has no such line.
pub fn of(text: &str, place: &Place) -> Option<Excerpt> {
    let line = text.split('\n').nth(usize::try_from(place.line).ok()?.checked_sub(1)?)?;
    let line = line.trim_end_matches('\r');
    let column = usize::try_from(place.column).ok()?.checked_sub(1)?;
    let at = line.char_indices().nth(column).map_or(line.len(), |(at, _)| at);
    let (before, rest) = line.split_at(at);
    let (token, after) = rest.split_at(token_len(rest));

    let cut = before.chars().count().saturating_sub(BEFORE);
    let mut shown = if cut > 0 { "…".to_owned() } else { String::new() };
    shown.push_str(&safe_line(&before.chars().skip(cut).collect::<String>()));
    let start = shown.len();
    shown.push_str(&safe_line(&first(token, WITHIN)));
    let end = shown.len();
    shown.push_str(&safe_line(&first(after, AFTER)));
    Some(Excerpt { line: shown, span: start..end.max(start) })
}

fn first(text: &str, number: usize) -> String {
    let mut shown: String = text.chars().take(number).collect();
    if text.chars().nth(number).is_some() {
        shown.push('…');
    }
    shown
}

/// Bytes of the token that begins here: a comment, a string with its quotes, a word or number, else one character.
fn token_len(rest: &str) -> usize {
    if rest.starts_with("//") {
        return rest.trim_end().len();
    }
    if rest.starts_with("/*") {
        return rest.find("*/").map_or(rest.trim_end().len(), |end| end + 2);
    }
    if rest.starts_with('"') {
        let mut escaped = false;
        let closes = rest.char_indices().skip(1).find(|(_, c)| {
            let closes = *c == '"' && !escaped;
            escaped = *c == '\\' && !escaped;
            closes
        });
        return closes.map_or(rest.len(), |(at, _)| at + 1);
    }
    let word = rest.find(|c: char| !(c.is_alphanumeric() || matches!(c, '.' | '-' | '+' | '_')));
    match word.unwrap_or(rest.len()) {
        0 => rest.chars().next().map_or(0, char::len_utf8),
        length => length,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn excerpt(text: &str, line: u32, column: u32) -> (String, String) {
        let place = Place { file: "f".into(), line, column, pointer: "".into() };
        let excerpt = of(text, &place).unwrap();
        (excerpt.line.clone(), excerpt.line[excerpt.span].to_owned())
    }

    #[test]
    fn the_token_at_the_place_is_pointed_at() {
        let text = "{\r\n  \"ü\": \" https://a\\\"b\", \"pkce\": false}\r\n";
        assert_eq!(excerpt(text, 2, 3).1, "\"ü\"");
        assert_eq!(excerpt(text, 2, 8).1, "\" https://a\\\"b\"");
        assert_eq!(excerpt(text, 2, 33).1, "false");
        assert_eq!(excerpt(text, 2, 38).1, "}");
        assert_eq!(excerpt(text, 2, 99).1, "");
        assert_eq!(excerpt("\"open", 1, 1).1, "\"open");
        assert_eq!(excerpt("1 // why \r\n", 1, 3).1, "// why");
        assert_eq!(excerpt("/* why */ 1", 1, 1).1, "/* why */");
    }

    #[test]
    fn a_line_without_end_is_cut_around_the_place() {
        let text = format!("{}\"{}\"{}", "a".repeat(500_000), "b".repeat(500_000), "c".repeat(1000));
        let (line, token) = excerpt(&text, 1, 500_001);
        assert!(line.chars().count() < 300, "{}", line.chars().count());
        assert!(line.starts_with("…aaa") && token.starts_with("\"bbb") && token.ends_with('…'));
    }

    #[test]
    fn what_a_terminal_would_obey_is_taken_out_and_the_place_still_fits() {
        let (line, token) = excerpt("\u{1b}[2J\t\"\u{1b}]0;x\u{7}y\u{202e}z\"", 1, 6);
        assert!(!line.contains('\u{1b}') && !line.contains('\u{202e}'), "{line:?}");
        assert_eq!(token, "\"y<U+202E>z\"");
    }

    #[test]
    fn a_line_that_is_not_there_has_no_excerpt() {
        let place = Place { file: "f".into(), line: 9, column: 1, pointer: "".into() };
        assert_eq!(of("{}", &place), None);
        assert_eq!(of("{}", &Place { line: 0, ..place }), None);
    }
}
