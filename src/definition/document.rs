//! A definition as it was written: every key and value with its spot in the text. Knows nothing of authsome's fields.

use crate::facts::Place;
use std::borrow::Cow;
use std::num::{IntErrorKind, ParseIntError};
use std::ops::Range;
use std::sync::Arc;

/// A definition's text and what was read out of it.
#[derive(Clone, Debug)]
pub struct Document {
    /// The file's name as it is shown: a path, or the database and the name in it.
    pub file: Arc<str>,
    pub text: String,
    pub root: Node,
    pub first_comment: Option<Spot>,
    /// All of them, in bytes of the text.
    pub comments: Vec<Range<usize>>,
}

/// A value and its spot.
#[derive(Clone, Debug)]
pub struct Node {
    pub value: Tree,
    pub spot: Spot,
}

#[derive(Clone, Debug)]
pub enum Tree {
    Null,
    Truth(bool),
    /// As written: `1`, `1.0`, `-2e3`, `NaN`.
    Number(String),
    Text(String),
    List(Vec<Node>),
    /// In the order of the file; a key can stand twice, and then the last one counts, as in Python.
    Object(Vec<Member>),
}

#[derive(Clone, Debug)]
pub struct Member {
    pub key: String,
    pub key_spot: Spot,
    pub value: Node,
}

/// A stretch of the text: bytes from `start` to `end`; line and column of its start count from 1, in characters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spot {
    pub start: usize,
    pub end: usize,
    pub line: u32,
    pub column: u32,
}

impl Spot {
    pub fn place(self, file: &Arc<str>, pointer: impl Into<Cow<'static, str>>) -> Place {
        Place { file: Arc::clone(file), line: self.line, column: self.column, pointer: pointer.into() }
    }
}

impl Node {
    pub fn members(&self) -> &[Member] {
        if let Tree::Object(members) = &self.value { members } else { &[] }
    }

    pub fn items(&self) -> &[Node] {
        if let Tree::List(items) = &self.value { items } else { &[] }
    }

    /// The member that counts: the last one of that name.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.members().iter().rev().find(|member| member.key == key).map(|member| &member.value)
    }

    pub fn as_text(&self) -> Option<&str> {
        if let Tree::Text(text) = &self.value { Some(text) } else { None }
    }

    /// True or false in every way in which authsome (pydantic) takes it: `true`, `"yes"`, `1` …
    pub fn as_truth(&self) -> Option<bool> {
        let word = match &self.value {
            Tree::Truth(truth) => return Some(*truth),
            Tree::Number(_) => return self.as_whole_number().filter(|n| matches!(n, 0 | 1)).map(|n| n == 1),
            Tree::Text(text) => text.to_ascii_lowercase(),
            _ => return None,
        };
        match word.as_str() {
            "1" | "on" | "t" | "true" | "y" | "yes" => Some(true),
            "0" | "off" | "f" | "false" | "n" | "no" => Some(false),
            _ => None,
        }
    }

    /// A whole number in every way in which authsome (pydantic) takes it: `1`, `1.0`, `"1"`, `true`.
    pub fn as_whole_number(&self) -> Option<i64> {
        let digits = match &self.value {
            Tree::Truth(truth) => return Some(i64::from(*truth)),
            Tree::Number(digits) | Tree::Text(digits) => digits.trim(),
            _ => return None,
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        if fraction.bytes().any(|digit| digit != b'0') {
            return None;
        }
        // Python's have no end: what is too large here is the largest there is.
        whole.parse().map_or_else(
            |error: ParseIntError| match error.kind() {
                IntErrorKind::PosOverflow => Some(i64::MAX),
                IntErrorKind::NegOverflow => Some(i64::MIN),
                _ => None,
            },
            Some,
        )
    }

    pub fn is_null(&self) -> bool {
        matches!(self.value, Tree::Null)
    }

    /// The value without its places; a number that JSON does not know (`NaN`) becomes null, of a key that stands twice
    /// the last counts.
    pub fn to_json(&self) -> serde_json::Value {
        use serde_json::Value as Json;
        match &self.value {
            Tree::Object(members) => {
                Json::Object(members.iter().map(|member| (member.key.clone(), member.value.to_json())).collect())
            }
            Tree::List(items) => items.iter().map(Node::to_json).collect(),
            Tree::Text(text) => Json::String(text.clone()),
            Tree::Number(text) => text.parse::<serde_json::Number>().map_or(Json::Null, Json::Number),
            Tree::Truth(truth) => Json::Bool(*truth),
            Tree::Null => Json::Null,
        }
    }

    /// As it stands in "expected a text, found …".
    pub fn kind_in_words(&self) -> &'static str {
        match self.value {
            Tree::Null => "null",
            Tree::Truth(_) => "true or false",
            Tree::Number(_) => "a number",
            Tree::Text(_) => "a text",
            Tree::List(_) => "a list",
            Tree::Object(_) => "an object",
        }
    }
}

/// `pointer` extended by one member or item (RFC 6901, 3).
pub fn below(pointer: &str, step: &str) -> String {
    let mut below = String::with_capacity(pointer.len() + step.len() + 1);
    below.push_str(pointer);
    below.push('/');
    for character in step.chars() {
        match character {
            '~' => below.push_str("~0"),
            '/' => below.push_str("~1"),
            other => below.push(other),
        }
    }
    below
}

/// Turns byte offsets, asked for in rising order, into lines and columns in one walk over the text.
pub struct Ruler<'a> {
    text: &'a str,
    at: usize,
    line: u32,
    column: u32,
}

impl<'a> Ruler<'a> {
    pub fn new(text: &'a str) -> Self {
        Self { text, at: 0, line: 1, column: 1 }
    }

    /// The spot from `start` to `end`. An offset before the last one asked for starts the walk anew.
    pub fn spot(&mut self, start: usize, end: usize) -> Spot {
        if start < self.at {
            *self = Self::new(self.text);
        }
        for byte in self.text.as_bytes().get(self.at..start).unwrap_or_default() {
            match byte {
                b'\n' => {
                    self.line += 1;
                    self.column = 1;
                }
                // A byte within a character counts as nothing.
                0x80..=0xBF => {}
                _ => self.column += 1,
            }
        }
        self.at = start;
        Spot { start, end, line: self.line, column: self.column }
    }
}
