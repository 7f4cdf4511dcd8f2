//! An author's mistake, with its place: what `rules lint` and `build.rs` print.

use super::yaml::{Node, Raw, Spot};
use std::fmt;

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    pub file: String,
    pub spot: Spot,
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}: {}", self.file, self.spot.line, self.spot.column, self.message)
    }
}

/// Collects the mistakes of one file, so that an author sees them all at once.
pub struct Desk {
    pub file: String,
    pub problems: Vec<Problem>,
    /// The rules come from outside: fewer rights.
    pub outside: bool,
    pub causes: Vec<String>,
}

impl Desk {
    pub fn new(file: &str, outside: bool, causes: &[String]) -> Self {
        Self { file: file.to_owned(), problems: Vec::new(), outside, causes: causes.to_vec() }
    }

    pub fn say(&mut self, spot: Spot, message: impl Into<String>) {
        self.problems.push(Problem { file: self.file.clone(), spot, message: message.into() });
    }

    /// A wrong word, with the nearest right one.
    pub fn wrong_word<'a>(&mut self, spot: Spot, what: &str, word: &str, among: impl IntoIterator<Item = &'a str>) {
        let hint =
            super::names::nearest(word, among).map_or_else(String::new, |near| format!("; did you mean {near}?"));
        self.say(spot, format!("unknown {what} {word}{hint}"));
    }

    /// The text of a node; says so when it is none.
    pub fn text<'n>(&mut self, what: &str, node: &'n Node) -> Option<&'n str> {
        if let Raw::Text(text) = &node.value {
            return Some(text);
        }
        self.say(node.spot, format!("{what} must be a text, not {}{}", node.kind(), quoting_hint(node)));
        None
    }

    /// The items of a list; one text alone is a list of one.
    pub fn texts(&mut self, what: &str, node: &Node) -> Vec<(String, Spot)> {
        match &node.value {
            Raw::Text(text) => vec![(text.clone(), node.spot)],
            Raw::List(items) => {
                items.iter().filter_map(|item| Some((self.text(what, item)?.to_owned(), item.spot))).collect()
            }
            _ => {
                self.say(node.spot, format!("{what} must be a list of texts, not {}", node.kind()));
                Vec::new()
            }
        }
    }

    /// The entries of a mapping whose keys are all among `known`.
    pub fn entries<'n>(&mut self, what: &str, node: &'n Node, known: &[&str]) -> Fields<'n> {
        let Raw::Map(map) = &node.value else {
            self.say(node.spot, format!("{what} must be a mapping, not {}", node.kind()));
            return Fields { entries: Vec::new() };
        };
        let mut entries = Vec::new();
        for (key, value) in map {
            if known.contains(&key.name.as_str()) {
                entries.push((key.name.as_str(), value));
            } else {
                self.wrong_word(key.spot, "key", &key.name, known.iter().copied());
            }
        }
        Fields { entries }
    }
}

/// A bare `{x}` in YAML is a mapping: the usual reason for a text that is none.
fn quoting_hint(node: &Node) -> &'static str {
    if matches!(node.value, Raw::Map(_)) { "; quote texts that hold braces" } else { "" }
}

/// The known entries of a mapping.
pub struct Fields<'n> {
    entries: Vec<(&'n str, &'n Node)>,
}

impl<'n> Fields<'n> {
    pub fn get(&self, name: &str) -> Option<&'n Node> {
        self.entries.iter().find(|(key, _)| *key == name).map(|(_, node)| *node)
    }
}
