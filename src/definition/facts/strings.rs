//! Every text of a definition, wherever it stands, and its comments: what nobody sees in it, what nobody should, and letters
//! where ASCII alone is read.

use super::{item, keys, secrets, unseen};
use crate::definition::Spot;
use crate::definition::document::{Document, Node, Ruler, Tree, below};
use crate::facts::{Entry, Record};

/// Texts for people, in any language.
const PROSE: &[&str] = &["display_name", "description", "key_pattern_hint"];
/// What is compared or sent byte by byte, and has ASCII alone.
const ASCII: &[&str] = &["domains", "header_prefix", "auth_cookies", "cookie", "ttl_from_cookie"];

pub fn write(document: &Document, facts: &mut Record) {
    let mut walk = Walk { document, hidden: Vec::new(), secrets: Vec::new(), not_ascii: Vec::new() };
    for member in document.root.members() {
        walk.key(&member.key, member.key_spot, || below("", &member.key));
        walk.node(&member.value, &member.key, &|| below("", &member.key));
    }
    walk.comments();
    facts.add("hidden", walk.hidden);
    facts.add("secrets", walk.secrets);
    if !walk.not_ascii.is_empty() {
        facts.add("not_ascii", walk.not_ascii);
    }
}

struct Walk<'a> {
    document: &'a Document,
    hidden: Vec<Entry>,
    secrets: Vec<Entry>,
    not_ascii: Vec<Entry>,
}

impl Walk<'_> {
    /// The pointer is made only where something is found. Recursion is bounded by the reader.
    fn node(&mut self, node: &Node, key: &str, pointer: &dyn Fn() -> String) {
        match &node.value {
            Tree::Text(text) => self.text(node, text, key, pointer),
            Tree::List(items) => {
                for (at, item) in items.iter().enumerate() {
                    self.node(item, key, &|| below(&pointer(), &at.to_string()));
                }
            }
            Tree::Object(members) => {
                for member in members {
                    let inside = || below(&pointer(), &member.key);
                    self.key(&member.key, member.key_spot, inside);
                    self.node(&member.value, &member.key, &inside);
                }
            }
            _ => {}
        }
    }

    fn key(&mut self, key: &str, spot: Spot, pointer: impl FnOnce() -> String) {
        if let Some(character) = unseen::first(key, || false) {
            self.hide(character, spot, pointer());
        }
    }

    fn text(&mut self, node: &Node, text: &str, key: &str, pointer: &dyn Fn() -> String) {
        if !unseen::is_plain(text) {
            let is_prose = || PROSE.contains(&key) || keys::is_remark(key) || pointer().starts_with("/metadata/");
            match unseen::first(text, is_prose) {
                Some(character) => self.hide(character, node.spot, pointer()),
                None => self.not_ascii(node, text, key, pointer),
            }
        }
        if secrets::stands_under(key, text) {
            self.tell_secret(key, node.spot, pointer());
        }
    }

    fn not_ascii(&mut self, node: &Node, text: &str, key: &str, pointer: &dyn Fn() -> String) {
        let in_path = key != "docs_url" && key != "api_url" && key.ends_with("_url") || key == "registration_endpoint";
        if !in_path && !ASCII.contains(&key) {
            return;
        }
        // A host has rules of its own.
        let behind_host =
            || text.split_once("://").map_or(text, |(_, rest)| rest.split_once('/').map_or("", |(_, it)| it));
        let judged = if in_path { behind_host() } else { text };
        if let Some(character) = judged.chars().find(|c| !c.is_ascii() && !c.is_whitespace()) {
            let pointer = pointer();
            let record = Record::new()
                .with("pointer", pointer.as_str())
                .with("key", key)
                .with("character", format!("{character} ({})", unseen::name_of(character)))
                .with("in_path", in_path);
            self.not_ascii.push(item(record, node.spot.place(&self.document.file, pointer)));
        }
    }

    fn comments(&mut self) {
        let document = self.document;
        let mut ruler = Ruler::new(&document.text);
        for range in &document.comments {
            let comment = &document.text[range.clone()];
            let hidden = comment.lines().find_map(|line| unseen::first(line, || true));
            let secret = secrets::stands_in_comment(comment);
            if hidden.is_none() && !secret {
                continue;
            }
            let spot = ruler.spot(range.start, range.end);
            if let Some(character) = hidden {
                self.hide(character, spot, String::new());
            }
            if secret {
                self.tell_secret("a comment", spot, String::new());
            }
        }
    }

    fn hide(&mut self, character: char, spot: Spot, pointer: String) {
        let record = Record::new()
            .with("pointer", pointer.as_str())
            .with("character", unseen::name_of(character))
            .with("lost", character == unseen::LOST);
        self.hidden.push(item(record, spot.place(&self.document.file, pointer)));
    }

    fn tell_secret(&mut self, key: &str, spot: Spot, pointer: String) {
        let record = Record::new().with("pointer", pointer.as_str()).with("key", key);
        self.secrets.push(item(record, spot.place(&self.document.file, pointer)));
    }
}
