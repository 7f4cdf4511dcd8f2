//! Secrets in a JSON text as somebody wrote it, whole or broken, with comments or without: by the key above a value, on
//! whatever line the value stands and however it is spelt.

use super::names::{Name, announces, is_placeholder, is_plain_word};
use super::redact_text;
use std::ops::Range;

pub fn find(text: &str, found: &mut Vec<Range<usize>>) {
    let mut walk = Walk { text, open: Vec::new(), key: None, found };
    let mut at = 0;
    while let Some(start) = next_token(text, at) {
        at = walk.token(start);
    }
}

/// What a key says of the values below it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Says {
    /// Each is a secret.
    Secret,
    /// Each is one that is no plain word.
    Perhaps,
    /// A secret, or the name of a variable. It is also a section of definitions, of which it says nothing.
    Variable,
}

fn says(key: &str) -> Option<Says> {
    let plain: String = key.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    match announces(key)? {
        _ if matches!(plain.as_str(), "accesstoken" | "refreshtoken" | "apikey") => Some(Says::Variable),
        Name::Always => Some(Says::Secret),
        Name::Unless if plain.ends_with("secret") => Some(Says::Secret),
        Name::Unless => Some(Says::Perhaps),
        Name::Header => None,
    }
}

impl Says {
    fn of(self, value: &str) -> bool {
        let is_variable =
            || value.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_');
        !value.trim().is_empty()
            && !is_placeholder(value)
            && match self {
                Self::Secret => true,
                Self::Perhaps => !is_plain_word(value) && !value.contains("://"),
                Self::Variable => !is_variable(),
            }
    }
}

/// A list or an object that is not closed yet.
struct Open {
    /// What is said of a value without a key of its own.
    items: Option<Says>,
    /// What the keys above say.
    above: Option<Says>,
}

struct Walk<'a> {
    text: &'a str,
    open: Vec<Open>,
    key: Option<Says>,
    found: &'a mut Vec<Range<usize>>,
}

impl Walk<'_> {
    /// Takes the token that begins here, and gives its end.
    fn token(&mut self, start: usize) -> usize {
        let rest = &self.text[start..];
        let end = match rest.as_bytes()[0] {
            sign @ (b'{' | b'[') => {
                let above = self.above().or(self.key.filter(|says| *says != Says::Variable));
                self.open.push(Open { items: self.key.filter(|_| sign == b'['), above });
                self.key = self.key.filter(|_| sign == b'[');
                return start + 1;
            }
            b'}' | b']' => {
                self.open.pop();
                self.key = None;
                return start + 1;
            }
            b',' => {
                self.key = self.open.last().and_then(|open| open.items);
                return start + 1;
            }
            b':' => return start + 1,
            b'"' => {
                let end = start + string_len(rest);
                let closed = end > start + 1 && self.text[..end].ends_with('"');
                let inside = start + 1..if closed { end - 1 } else { end };
                self.word(inside, end);
                end
            }
            _ => {
                let end = start + word_len(rest);
                self.word(start..end, end);
                end
            }
        };
        end.max(start + 1)
    }

    /// A key or a value; `end` is behind its quote.
    fn word(&mut self, inside: Range<usize>, end: usize) {
        let raw = &self.text[inside.clone()];
        let escaped = raw.contains('\\');
        let unescaped = if escaped { serde_json::from_str(&format!("\"{raw}\"")).ok() } else { None };
        let word: String = unescaped.unwrap_or_else(|| raw.to_owned());
        // What is written without escapes is looked through with all of the text.
        let hides = escaped && redact_text(&word) != word;
        if next_token(self.text, end).is_some_and(|next| self.text[next..].starts_with(':')) {
            self.key = says(&word);
        } else if !hides && !matches!(raw, "true" | "false" | "null") {
            if self.key.into_iter().chain(self.above()).any(|says| says.of(&word)) {
                self.found.push(inside);
            }
            return;
        }
        if hides {
            self.found.push(inside);
        }
    }

    fn above(&self) -> Option<Says> {
        self.open.last().and_then(|open| open.above)
    }
}

/// Behind blanks and comments.
fn next_token(text: &str, from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        let rest = &text[at..];
        let blanks = rest.len() - rest.trim_start().len();
        let rest = &rest[blanks..];
        let comment = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else {
            return (!rest.is_empty()).then_some(at + blanks);
        };
        at += blanks + comment;
    }
}

/// With its quotes. One that is not closed ends with its line.
fn string_len(text: &str) -> usize {
    let mut escaped = false;
    let end = text.bytes().enumerate().skip(1).find(|(_, byte)| {
        let ends = *byte == b'\n' || *byte == b'"' && !escaped;
        escaped = *byte == b'\\' && !escaped;
        ends
    });
    end.map_or(text.len(), |(at, byte)| at + usize::from(byte == b'"'))
}

/// What stands without quotes.
fn word_len(text: &str) -> usize {
    text.find(|c: char| c.is_whitespace() || "\"{}[],:".contains(c)).unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hidden(text: &str) -> Vec<&str> {
        let mut found = Vec::new();
        find(text, &mut found);
        found.into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn a_value_is_found_by_the_key_above_it_wherever_it_stands() {
        for (text, values) in [
            ("{\"client_secret\":\n  // why\n  \"hunter2\"}", vec!["hunter2"]),
            (r#"{"client_secret": ["a-1", "b-2"], "name": "c-3"}"#, vec!["a-1", "b-2"]),
            (r#"{"client_secret": {"v": ["a-1"], "w": {"x": "b-2"}}, "name": "c-3"}"#, vec!["a-1", "b-2"]),
            (r#"{"client_\u0073ecret": "a-1"}"#, vec!["a-1"]),
            (r#"{"x": "\u0067hp_0123456789abcdefghij"}"#, vec![r"\u0067hp_0123456789abcdefghij"]),
            (r#"{"x": "https:\/\/Tok3n@a.example"}"#, vec![r"https:\/\/Tok3n@a.example"]),
            ("{\"password\": S3cr3t,", vec!["S3cr3t"]),
            ("{\"password\": \"never closed\n \"a\": \"b\"}", vec!["never closed"]),
        ] {
            assert_eq!(hidden(text), values, "{text}");
        }
    }

    #[test]
    fn what_a_definition_says_of_secrets_is_none() {
        let text = r#"{"api_key": {"header_name": "X-Key", "key_pattern": "^k9-.*$"}, "client_secret": null,
            "token": {"url": "https:\/\/a.example\/t"}, "export": {"access_token": "A_TOKEN", "secret": ""}}"#;
        assert_eq!(hidden(text), Vec::<&str>::new());
    }
}
