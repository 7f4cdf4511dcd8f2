//! Many phrases in one text at once: a table of them is made into one automaton, with which the text is walked once.

use aho_corasick::{AhoCorasick, MatchKind};
use std::sync::OnceLock;

/// A table of phrases in lower case. Each counts only where no letter stands before it; one that begins with a star counts
/// anywhere; after one that ends with a bar no letter may follow.
pub struct Phrases {
    table: &'static [&'static [&'static str]],
    automaton: OnceLock<Automaton>,
}

struct Automaton {
    finder: AhoCorasick,
    /// For each pattern: its group, and its text as it was written.
    patterns: Vec<(usize, &'static str)>,
}

impl Phrases {
    pub const fn new(table: &'static [&'static [&'static str]]) -> Self {
        Self { table, automaton: OnceLock::new() }
    }

    /// For each group of the table the first of its phrases that `text`, in lower case, holds.
    pub fn find(&self, text: &str) -> Vec<Option<&'static str>> {
        let automaton = self.automaton.get_or_init(|| Automaton::of(self.table));
        let mut found = vec![None; self.table.len()];
        for hit in automaton.finder.find_overlapping_iter(text) {
            let (group, phrase) = automaton.patterns[hit.pattern().as_usize()];
            if found[group].is_none() && stands_alone(text, phrase, hit.start(), hit.end()) {
                found[group] = Some(bare(phrase));
            }
        }
        found
    }
}

impl Automaton {
    fn of(table: &'static [&'static [&'static str]]) -> Self {
        let numbered = table.iter().enumerate();
        let patterns: Vec<_> =
            numbered.flat_map(|(group, phrases)| phrases.iter().map(move |phrase| (group, *phrase))).collect();
        let finder = AhoCorasick::builder()
            .match_kind(MatchKind::Standard)
            .build(patterns.iter().map(|(_, phrase)| bare(phrase)))
            .expect("the phrases are few");
        Self { finder, patterns }
    }
}

fn bare(phrase: &'static str) -> &'static str {
    phrase.trim_start_matches('*').trim_end_matches('|')
}

fn stands_alone(text: &str, phrase: &str, begin: usize, end: usize) -> bool {
    let bytes = text.as_bytes();
    let letter = |at: Option<&u8>| at.is_some_and(u8::is_ascii_lowercase);
    let first = bare_first(phrase);
    let before = phrase.starts_with('*') || !first || !letter(bytes[..begin].last());
    before && (!phrase.ends_with('|') || !letter(bytes.get(end)))
}

/// Does the phrase begin with a letter?
fn bare_first(phrase: &str) -> bool {
    phrase.as_bytes().first().is_some_and(u8::is_ascii_lowercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrases_are_found_where_they_are_words() {
        static PHRASES: Phrases = Phrases::new(&[&["sso|", "*err!"], &["token refresh"], &["unheard"]]);
        assert_eq!(PHRASES.find("the sso of us: token refresh"), [Some("sso"), Some("token refresh"), None]);
        assert_eq!(PHRASES.find("lessons ssort"), [None; 3]);
        assert_eq!(PHRASES.find("npmerr!"), [Some("err!"), None, None]);
    }
}
