//! A file of which parts are shown. What is secret in it is looked for in all of it, before anything is cut out: a part
//! alone may hold a secret without its beginning, or without the name before it.

use super::{HIDDEN, find, merged, written};
use std::ops::Range;
use std::sync::OnceLock;

/// The text of a JSON file. What is hidden in it is found once, when a part is asked for.
#[derive(Debug, Default)]
pub struct Source {
    text: String,
    hidden: OnceLock<Vec<Range<usize>>>,
}

impl Source {
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), hidden: OnceLock::new() }
    }

    /// All of it, secrets too: to find a place in.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// A stretch of it, in bytes, as it may be seen.
    pub fn shown(&self, part: Range<usize>) -> String {
        let hidden = self.hidden();
        let first = hidden.partition_point(|range| range.end <= part.start);
        let mut out = String::new();
        let mut at = part.start;
        for range in hidden[first..].iter().take_while(|range| range.start < part.end) {
            out.push_str(&self.text[at..range.start.max(at)]);
            out.push_str(HIDDEN);
            at = range.end.min(part.end);
        }
        out.push_str(&self.text[at..part.end]);
        out
    }

    fn hidden(&self) -> &[Range<usize>] {
        self.hidden.get_or_init(|| {
            let mut found = find(&self.text);
            written::find(&self.text, &mut found);
            merged(&self.text, found)
        })
    }
}

impl From<String> for Source {
    fn from(text: String) -> Self {
        Self::new(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_without_the_beginning_of_a_secret_shows_nothing_of_it() {
        let text = "{\"client_secret\": \"S3cr3t-and-long\", \"a\": 1}";
        let source = Source::new(text);
        assert_eq!(source.shown(0..text.len()), "{\"client_secret\": \"‹hidden›\", \"a\": 1}");
        let within = text.find("and").expect("it is there");
        assert_eq!(source.shown(within..text.len()), "‹hidden›\", \"a\": 1}");
        assert_eq!(source.shown(0..within), "{\"client_secret\": \"‹hidden›");
        assert_eq!(source.shown(within..within + 2), "‹hidden›");
        assert_eq!(source.shown(0..0), "");
    }

    #[test]
    fn a_line_of_a_key_is_hidden_without_its_first_line() {
        let text = "x\n-----BEGIN PRIVATE KEY-----\nlQdGBGabcdefgh1234567890ABCDEFG\nZZdGBGabcdefgh1234567890ABCDEFG\n";
        let second = text.find("ZZd").expect("it is there");
        assert_eq!(Source::new(text).shown(second..text.len() - 1), "‹hidden›");
    }
}
