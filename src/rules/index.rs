//! Which of many rules can hold over what was said: by the signs that each needs.

use super::compiled::Rule;
use super::triggers::{self, FACTS, Trigger};
use crate::facts::{Fact, Facts, Looked, Value};
use crate::phrases::Phrases;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Rules are named by their place in the list that the index was made from.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Index {
    /// The sections of facts that any of the rules tests.
    pub sections: Vec<String>,
    /// For each rule, which of those it tests: one bit each.
    pub tested: Vec<u32>,
    /// Rules that need no sign, or test no text.
    unbound: Vec<u16>,
    phrases: Phrases,
    by_phrase: Vec<Vec<u16>>,
    /// By code, number, status or provider; sorted.
    by_word: Vec<(String, Vec<u16>)>,
}

impl Index {
    pub fn new<'r>(rules: impl IntoIterator<Item = &'r Rule>) -> Self {
        let mut index = Self::default();
        let mut phrases: BTreeMap<String, Vec<u16>> = BTreeMap::new();
        let mut words: BTreeMap<String, Vec<u16>> = BTreeMap::new();
        for (number, rule) in (0u16..).zip(rules) {
            let bits = rule.sections.iter().map(|section| 1 << index.section(section)).fold(0, |a, b| a | b);
            index.tested.push(bits);
            match triggers::of(&rule.when).filter(|_| rule.for_each.is_none()) {
                None => index.unbound.push(number),
                Some(signs) => {
                    for sign in signs {
                        match sign {
                            Trigger::Phrase(text) => phrases.entry(text).or_default().push(number),
                            other => words.entry(word(&other)).or_default().push(number),
                        }
                    }
                }
            }
        }
        index.phrases = Phrases::new(phrases.keys().map(String::as_str));
        index.by_phrase = phrases.into_values().collect();
        index.by_word = words.into_iter().collect();
        index
    }

    /// The rules that can take part over these facts, in order.
    pub fn candidates(&self, facts: &Facts) -> Vec<usize> {
        let there = |bit: &usize| facts.root.get(&self.sections[*bit]).is_some();
        let there: u32 = (0..self.sections.len()).filter(there).map(|bit| 1 << bit).fold(0, |a, b| a | b);
        let signed: Vec<usize> = if facts.root.get("error").is_none() {
            Vec::new()
        } else if FACTS.iter().any(|name| matches!(facts.get(name), Looked::Unknown(_))) {
            (0..self.tested.len()).collect()
        } else {
            self.signed(facts)
        };
        let all: BTreeSet<usize> = self.unbound.iter().map(|number| usize::from(*number)).chain(signed).collect();
        all.into_iter().filter(|number| self.tested[*number] & there != 0).collect()
    }

    /// The rules that test this section and no other.
    pub fn only(&self, section: &str) -> Vec<usize> {
        let Some(bit) = self.sections.iter().position(|known| known == section) else { return Vec::new() };
        (0..self.tested.len()).filter(|number| self.tested[*number] == 1 << bit).collect()
    }

    fn signed(&self, facts: &Facts) -> Vec<usize> {
        let mut words: Vec<String> = Vec::new();
        for list in ["error.codes", "error.numbers"] {
            for item in facts.list(list).unwrap_or_default() {
                if let Fact::Known(Value::Text(text)) = &item.fact {
                    words.push(text.clone());
                }
            }
        }
        words.extend(facts.text("error.code").map(str::to_owned));
        words.extend(facts.number("error.status").map(|status| word(&Trigger::Status(status))));
        words.extend(facts.text("error.provider").map(|name| word(&Trigger::Provider(name.to_owned()))));
        let by_word = words.iter().filter_map(|word| {
            let at = self.by_word.binary_search_by(|(known, _)| known.cmp(word)).ok()?;
            Some(&self.by_word[at].1)
        });
        let phrases = facts.text("error.text").map(|text| self.phrases.in_text(text)).unwrap_or_default();
        let by_phrase = phrases.into_iter().map(|phrase| &self.by_phrase[phrase as usize]);
        by_word.chain(by_phrase).flatten().map(|number| usize::from(*number)).collect()
    }

    fn section(&mut self, name: &str) -> usize {
        self.sections.iter().position(|known| known == name).unwrap_or_else(|| {
            assert!(self.sections.len() < 32, "a bit for each section");
            self.sections.push(name.to_owned());
            self.sections.len() - 1
        })
    }
}

/// A sign as one word; the signs of different kinds never meet.
fn word(sign: &Trigger) -> String {
    match sign {
        Trigger::Phrase(text) | Trigger::Code(text) => text.clone(),
        Trigger::Status(status) => format!("#{status}"),
        Trigger::Provider(name) => format!("@{name}"),
    }
}
