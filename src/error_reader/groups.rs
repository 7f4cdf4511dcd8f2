//! Groups of words, in which each group tells something of a text that holds one of its words. Made of `data/error_words/` when
//! this is built.

use crate::phrases::Phrases;
use serde::{Deserialize, Serialize};

/// All that is made, as the binary holds it.
#[derive(Debug, Serialize, Deserialize)]
pub struct ErrorWords {
    /// Of each group of `steps`: a word of `error.step`, and how sure it is.
    pub named: Vec<(String, String)>,
    pub steps: Groups,
    /// Strong and weak words of logins, words of builds, and of tools.
    pub subjects: Groups,
}

/// Words in lower case. Each counts only where no letter stands before it, and no digit before a digit; one that is written with a
/// star before it counts anywhere; after one that is written with a bar behind it no letter and no digit may follow: `:3306|` is no
/// part of `:33060`.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Groups {
    words: Phrases,
    marks: Vec<Mark>,
    count: usize,
}

/// What is known of a word.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Mark {
    group: usize,
    /// Whatever stands before it.
    anywhere: bool,
    /// It begins with a digit: no digit stands before it.
    number: bool,
    whole: bool,
}

impl Groups {
    #[allow(dead_code, reason = "build.rs makes them")]
    pub fn new(groups: &[impl AsRef<[String]>]) -> Self {
        let mut bare: Vec<&str> = Vec::new();
        let mut made = Self { count: groups.len(), ..Self::default() };
        for (group, words) in groups.iter().enumerate() {
            for word in words.as_ref() {
                let plain = word.trim_start_matches('*').trim_end_matches('|');
                let begins_with_letter = plain.starts_with(|c: char| c.is_ascii_lowercase());
                let anywhere = word.starts_with('*') || !begins_with_letter;
                let number = plain.starts_with(|c: char| c.is_ascii_digit());
                made.marks.push(Mark { group, anywhere, number, whole: word.ends_with('|') });
                bare.push(plain);
            }
        }
        made.words = Phrases::new(bare);
        made
    }

    /// For each group the first of its words that ends in `text`, which is in lower case.
    pub fn find(&self, text: &str) -> Vec<Option<&str>> {
        let letter = |at: Option<&u8>| at.is_some_and(u8::is_ascii_lowercase);
        let goes_on = |at: Option<&u8>| letter(at) || at.is_some_and(u8::is_ascii_digit);
        let bytes = text.as_bytes();
        let mut first: Vec<Option<(usize, usize, u32)>> = vec![None; self.count];
        self.words.each(text, |number, begin| {
            let mark = self.marks[number as usize];
            let end = begin + self.words.phrase(number as usize).len();
            let before = bytes[..begin].last();
            let stands = (mark.anywhere || !letter(before)) && !(mark.number && before.is_some_and(u8::is_ascii_digit));
            let place = (end, begin, number);
            if stands && !(mark.whole && goes_on(bytes.get(end))) && first[mark.group].is_none_or(|best| place < best) {
                first[mark.group] = Some(place);
            }
        });
        first.into_iter().map(|first| first.map(|(_, _, number)| self.words.phrase(number as usize))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_where_they_are_words() {
        let groups = [&["sso|", "*err!", ":3306|", "25565"][..], &["token refresh"], &["unheard"]];
        let groups = groups.map(|words| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>());
        let groups = Groups::new(&groups);
        assert_eq!(groups.find("the sso of us: token refresh"), [Some("sso"), Some("token refresh"), None]);
        assert_eq!(groups.find("lessons ssort"), [None; 3]);
        assert_eq!(groups.find("npmerr!"), [Some("err!"), None, None]);
        assert_eq!(groups.find("tcp 127.0.0.1:3306: refused"), [Some(":3306"), None, None]);
        assert_eq!(groups.find("http://127.0.0.1:33060/consent at 1750425565"), [None; 3]);
    }
}
