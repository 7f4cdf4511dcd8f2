//! The line of a file that a finding is about, with the place under it. The line is foreign: it is made safe and cut.

use crate::facts::Place;
use crate::sink::{Source, safe_line};
use std::ops::Range;

/// Characters that are shown before the place, of the place itself, and after it.
const BEFORE: usize = 60;
const WITHIN: usize = 100;
const AFTER: usize = 40;
/// Bytes, of which that many characters are left whatever is hidden in them.
const NEAR: usize = 2048;

/// One line as it can be shown.
#[derive(Debug, PartialEq, Eq)]
pub struct Excerpt {
    pub line: String,
    /// What in it the finding is about, in bytes.
    pub span: Range<usize>,
}

/// None where the text has no such line.
pub fn of(source: &Source, place: &Place) -> Option<Excerpt> {
    let text = source.text();
    let line = text.split('\n').nth(usize::try_from(place.line).ok()?.checked_sub(1)?)?;
    let begin = line.as_ptr() as usize - text.as_ptr() as usize;
    let line = line.trim_end_matches('\r');
    let column = usize::try_from(place.column).ok()?.checked_sub(1)?;
    let at = line.char_indices().nth(column).map_or(line.len(), |(at, _)| at);
    let behind = at + token_len(&line[at..]);
    // What may be seen is decided before anything is cut; of a very long line only what is near is looked at.
    let shown = |part: Range<usize>| source.shown(begin + part.start..begin + part.end);
    let near = |end: usize, from: usize| line.floor_char_boundary(end.min(from + NEAR));
    let first_near = line.floor_char_boundary(at.saturating_sub(NEAR));
    let (before, token, after) =
        (shown(first_near..at), shown(at..near(behind, at)), shown(behind..near(line.len(), behind)));

    let cut = before.chars().count().saturating_sub(BEFORE).max(usize::from(first_near > 0));
    let mut shown = if cut > 0 { "…".to_owned() } else { String::new() };
    shown.push_str(&safe_line(&before.chars().skip(cut).collect::<String>()));
    let start = shown.len();
    shown.push_str(&safe_line(&first(&token, WITHIN)));
    let end = shown.len();
    shown.push_str(&safe_line(&first(&after, AFTER)));
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
        let excerpt = of(&Source::new(text), &place).unwrap();
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
        assert_eq!(of(&Source::new("{}"), &place), None);
        assert_eq!(of(&Source::new("{}"), &Place { line: 0, ..place }), None);
    }

    #[test]
    fn nothing_of_a_secret_is_seen_however_it_is_written_and_wherever_the_line_is_cut() {
        let secret = "S3cr3tVal9xQzKp7LmN2bV5cR8tY1uI4oP6aS0dF3gH7jK9lS3cr3tVal9xQzKp7LmN2bV5cR8tY1uI4oP6";
        for text in [
            format!("{{\"client_secret\":\n\"{secret}\", \"a\": 1}}"),
            format!("{{\"client_secret\":[\n\"{secret}\", \"a\"]}}"),
            format!("{{\"client_secret\":{{\"v\":\n\"{secret}\"}}, \"a\": 1}}"),
            format!("\n{{\"client_\\u0073ecret\": \"{secret}\", \"a\": 1}}"),
            format!("\n{{\"u\": \"https:\\/\\/{secret}@a.example\", \"a\": 1}}"),
            format!("\n{{\"client_secret\": \"{secret}\", \"a\": 1}}"),
        ] {
            let line = text.split('\n').nth(1).expect("a second line");
            for column in 1..=line.len() {
                let (shown, _) = excerpt(&text, 2, u32::try_from(column).expect("it is short"));
                assert!(
                    !secret
                        .as_bytes()
                        .windows(6)
                        .any(|some| { shown.contains(std::str::from_utf8(some).expect("letters")) }),
                    "{column}: {shown}"
                );
            }
        }
    }
}
