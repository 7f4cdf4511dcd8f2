//! Which of many phrases stand in a text, in one walk over it: thousands of phrases cost little more than ten. Stands on nothing.

use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// Phrases, by their place in the list that they were made from.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Phrases {
    /// All phrases, one after the other.
    all: String,
    ends: Vec<u32>,
    /// A phrase is looked for by the four of its bytes that the fewest other phrases have. Sorted by them.
    keys: Vec<Key>,
    /// Those that are too short for that.
    short: Vec<u32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct Key {
    bytes: u32,
    /// Where in the phrase they stand.
    offset: u16,
    phrase: u32,
}

impl Phrases {
    pub fn new<'p>(phrases: impl IntoIterator<Item = &'p str>) -> Self {
        let list: Vec<&str> = phrases.into_iter().collect();
        let mut common: HashMap<u32, u32> = HashMap::new();
        for bytes in list.iter().flat_map(|phrase| runs(phrase.as_bytes())) {
            *common.entry(bytes).or_default() += 1;
        }
        let mut made = Self::default();
        for (number, phrase) in (0u32..).zip(list) {
            made.all.push_str(phrase);
            made.ends.push(u32::try_from(made.all.len()).expect("phrases are short"));
            match (0u16..).zip(runs(phrase.as_bytes())).min_by_key(|(_, bytes)| common[bytes]) {
                Some((offset, bytes)) => made.keys.push(Key { bytes, offset, phrase: number }),
                None => made.short.push(number),
            }
        }
        made.keys.sort_unstable();
        made
    }

    /// The phrases that stand in the text, each once, in order.
    pub fn in_text(&self, text: &str) -> Vec<u32> {
        let mut known = vec![false; self.ends.len()];
        let mut found = Vec::new();
        self.each(text, |number, _| {
            if !std::mem::replace(&mut known[number as usize], true) {
                found.push(number);
            }
        });
        found.sort_unstable();
        found
    }

    /// Calls for every phrase wherever it stands in the text, with its first byte there.
    pub fn each(&self, text: &str, mut call: impl FnMut(u32, usize)) {
        for number in &self.short {
            let phrase = self.phrase(*number as usize);
            text.match_indices(phrase).for_each(|(at, _)| call(*number, at));
        }
        let mut possible = [0u64; 1024];
        for key in &self.keys {
            let (word, bit) = slot(key.bytes);
            possible[word] |= bit;
        }
        let text = text.as_bytes();
        for (at, bytes) in runs(text).enumerate() {
            let (word, bit) = slot(bytes);
            if possible[word] & bit == 0 {
                continue;
            }
            let first = self.keys.partition_point(|key| key.bytes < bytes);
            for key in self.keys[first..].iter().take_while(|key| key.bytes == bytes) {
                let Some(begin) = at.checked_sub(key.offset.into()) else { continue };
                if text[begin..].starts_with(self.phrase(key.phrase as usize).as_bytes()) {
                    call(key.phrase, begin);
                }
            }
        }
    }

    pub fn phrase(&self, number: usize) -> &str {
        let begin = number.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.all[begin as usize..self.ends[number] as usize]
    }
}

/// The four-byte runs of a text, roughly: what may stand in it is told without reading it again.
pub struct Runs(Box<[u64]>);

impl Runs {
    const BITS: u32 = 18;

    pub fn of(text: &str) -> Self {
        let mut bits = vec![0u64; 1 << (Self::BITS - 6)].into_boxed_slice();
        for run in runs(text.as_bytes()) {
            let (word, bit) = Self::slot(run);
            bits[word] |= bit;
        }
        Self(bits)
    }

    /// False: the phrase does not stand in the text. True: it may.
    pub fn may_hold(&self, phrase: &str) -> bool {
        runs(phrase.as_bytes()).all(|run| {
            let (word, bit) = Self::slot(run);
            self.0[word] & bit != 0
        })
    }

    fn slot(run: u32) -> (usize, u64) {
        let hash = run.wrapping_mul(0x9E37_79B1) >> (32 - Self::BITS);
        ((hash >> 6) as usize, 1 << (hash & 63))
    }
}

fn runs(text: &[u8]) -> impl Iterator<Item = u32> {
    text.windows(4).map(|four| u32::from_le_bytes(four.try_into().expect("four bytes")))
}

/// A bit for some bytes.
fn slot(bytes: u32) -> (usize, u64) {
    let hash = bytes.wrapping_mul(0x9E37_79B1) >> 16;
    ((hash >> 6) as usize, 1 << (hash & 63))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_phrase_that_stands_in_the_text_is_found_once_and_no_other() {
        let phrases =
            Phrases::new(["redirect_uri", "mismatch", "uri_mismatch", "ähnlich", "bad verification code", "sso"]);
        assert_eq!(phrases.in_text("error redirect_uri_mismatch: mismatch"), [0, 1, 2]);
        assert_eq!(phrases.in_text("nicht ähnlich"), [3]);
        assert_eq!(phrases.in_text("verification code bad"), [0u32; 0]);
        assert_eq!(phrases.in_text("bad"), [0u32; 0]);
        assert_eq!(phrases.in_text(""), [0u32; 0]);
        assert_eq!(phrases.in_text("an sso"), [5]);
    }

    #[test]
    fn each_place_of_a_phrase_is_told() {
        let mut places = Vec::new();
        Phrases::new(["code", "id"]).each("code: id, code", |number, at| places.push((number, at)));
        places.sort_unstable();
        assert_eq!(places, [(0, 0), (0, 10), (1, 6)]);
    }

    #[test]
    fn what_stands_in_a_text_may_always_be_held_by_it_and_what_does_not_mostly_not() {
        let text = "token exchange failed: invalid_client (the secret was rotated)";
        let runs = Runs::of(text);
        for begin in 0..text.len() {
            assert!(runs.may_hold(&text[begin..]));
        }
        assert!(runs.may_hold("abc"), "too short to tell");
        assert!(!runs.may_hold("redirect_uri_mismatch"));
    }

    #[test]
    fn the_ends_of_the_text_are_part_of_it() {
        let phrases = Phrases::new(["abcd", "bcde"]);
        assert_eq!(phrases.in_text("abcde"), [0, 1]);
        assert_eq!(phrases.in_text("bcd"), [0u32; 0]);
    }
}
