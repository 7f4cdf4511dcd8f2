//! How a vendor is found without reading the records of all: by name, host, or words of its own. Made when this is built.

use crate::phrases::Phrases;
use serde::{Deserialize, Serialize};

/// One vendor, as far as it takes to find it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Card {
    pub id: String,
    /// Its record, in YAML.
    pub record: String,
}

#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Index {
    pub cards: Vec<Card>,
    /// Hosts and whose they are, sorted.
    pub hosts: Vec<(String, u16)>,
    /// Whole names of definitions and whose they are, sorted.
    pub names: Vec<(String, u16)>,
    /// How further names begin, the longest first.
    pub beginnings: Vec<(String, u16)>,
    /// What only one vendor says, and whose each phrase is.
    pub says: Phrases,
    pub sayers: Vec<u16>,
}

impl Index {
    pub fn by_host(&self, host: &str) -> Option<usize> {
        self.known_host(host).map(|(_, whose)| (*whose).into())
    }

    /// The host itself, or the one that it is below.
    pub fn known_host(&self, host: &str) -> Option<&(String, u16)> {
        let host = host.trim_end_matches('.').to_ascii_lowercase();
        let mut rest = host.as_str();
        loop {
            if let Ok(at) = self.hosts.binary_search_by(|(own, _)| own.as_str().cmp(rest)) {
                return Some(&self.hosts[at]);
            }
            rest = rest.split_once('.')?.1;
        }
    }

    /// The vendor whose own rule this is: its id begins with the vendor's.
    pub fn of_rule(&self, rule: &str) -> Option<&str> {
        let begins = |card: &&Card| rule.strip_prefix(card.id.as_str()).is_some_and(|rest| rest.starts_with('-'));
        self.cards.iter().filter(begins).map(|card| card.id.as_str()).max_by_key(|card| card.len())
    }

    pub fn by_name(&self, name: &str) -> Option<usize> {
        if let Ok(at) = self.names.binary_search_by(|(known, _)| known.as_str().cmp(name)) {
            return Some(self.names[at].1.into());
        }
        let (_, whose) = self.beginnings.iter().find(|(begin, _)| name.starts_with(begin.as_str()))?;
        Some((*whose).into())
    }

    /// The vendor that alone says something that stands in this text, which is in lower case; with its words. The longest
    /// words decide.
    pub fn by_words<'t>(&self, text: &'t str) -> Option<(usize, &'t str)> {
        let said = self.says.in_text(text).into_iter().map(|number| (number, self.says.phrase(number as usize)));
        let (number, words) = said.max_by_key(|(_, words)| words.len())?;
        let at = text.find(words)?;
        Some((self.sayers[number as usize].into(), &text[at..at + words.len()]))
    }
}
