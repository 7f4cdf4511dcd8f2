//! What the definition's keys and values are against authsome's table of fields: missing, of the wrong type, not allowed,
//! unknown, of an older version, twice.

use super::item;
use crate::definition::document::{Document, Member, Node, Tree, below};
use crate::definition::model::AuthType;
use crate::definition::nearest::{is_certain, nearest};
use crate::definition::schema::{Field, ROOT, Section, Shape};
use crate::facts::{Entry, Facts, Place, Record};
use std::collections::HashMap;

pub fn write(document: &Document, facts: &mut Facts) {
    let mut found = Findings { file: &document.file, ..Findings::default() };
    if let Tree::Object(members) = &document.root.value {
        found.section(&ROOT, &document.root, &At::default());
        found.section_of_auth_type(&document.root, members);
    } else {
        found.wrong_type(&document.root, &At::default(), "an object");
    }
    facts.set("definition.missing", found.missing);
    facts.set("definition.wrong_types", found.wrong_types);
    facts.set("definition.invalid_values", found.invalid_values);
    facts.set("definition.unknown_keys", found.unknown_keys);
    facts.set("definition.old_keys", found.old_keys);
    facts.set("definition.duplicate_keys", found.duplicate_keys);
}

/// Where the walk is: `oauth.token_url` for people, `/oauth/token_url` for machines.
#[derive(Clone, Default)]
struct At {
    field: String,
    pointer: String,
}

impl At {
    fn key(&self, key: &str) -> Self {
        let field = if self.field.is_empty() { key.to_owned() } else { format!("{}.{key}", self.field) };
        Self { field, pointer: below(&self.pointer, key) }
    }

    fn index(&self, index: usize) -> Self {
        Self { field: format!("{}[{index}]", self.field), pointer: below(&self.pointer, &index.to_string()) }
    }
}

#[derive(Default)]
struct Findings<'a> {
    file: &'a str,
    missing: Vec<Entry>,
    wrong_types: Vec<Entry>,
    invalid_values: Vec<Entry>,
    unknown_keys: Vec<Entry>,
    old_keys: Vec<Entry>,
    duplicate_keys: Vec<Entry>,
}

impl Findings<'_> {
    /// Recursion is as deep as authsome's table.
    fn section(&mut self, section: &'static Section, node: &Node, at: &At) {
        self.duplicates(node, at);
        let strangers: Vec<(&str, String)> =
            node.members().iter().filter_map(|member| self.key(section, node, member, at)).collect();
        for field in section.fields {
            match node.get(field.key) {
                None if field.required => {
                    let misspelt = strangers.iter().find(|(_, nearest)| nearest == field.key).map(|(key, _)| *key);
                    self.missing(node, &at.key(field.key), misspelt);
                }
                None => {}
                Some(value) if value.is_null() && field.nullable => {}
                Some(value) => self.value(field, value, &at.key(field.key)),
            }
        }
    }

    fn value(&mut self, field: &Field, node: &Node, at: &At) {
        let expected = field.shape.in_words();
        match (&field.shape, &node.value) {
            (Shape::Text | Shape::Url | Shape::TextOrTexts, Tree::Text(_)) | (Shape::Anything, Tree::Object(_)) => {}
            (Shape::Truth, _) if node.as_truth().is_some() => {}
            (Shape::WholeNumber, _) if node.as_whole_number().is_some() => {}
            (Shape::Word(allowed), Tree::Text(word)) => {
                if !allowed.contains(&word.as_str()) {
                    self.invalid_value(node, at, word, allowed);
                }
            }
            (Shape::Texts | Shape::TextOrTexts, Tree::List(items)) => {
                for (index, item) in items.iter().enumerate().filter(|(_, item)| item.as_text().is_none()) {
                    self.wrong_type(item, &at.index(index), "a text");
                }
            }
            (Shape::TextMap, Tree::Object(members)) => {
                self.duplicates(node, at);
                for member in members.iter().filter(|member| member.value.as_text().is_none()) {
                    self.wrong_type(&member.value, &at.key(&member.key), "a text");
                }
            }
            (Shape::Section(inner), Tree::Object(_)) => self.section(inner, node, at),
            (Shape::Sections(inner), Tree::List(items)) => {
                for (index, item) in items.iter().enumerate() {
                    match item.value {
                        Tree::Object(_) => self.section(inner, item, &at.index(index)),
                        _ => self.wrong_type(item, &at.index(index), "an object"),
                    }
                }
            }
            _ => self.wrong_type(node, at, expected),
        }
    }

    /// An unknown key, with the key of the same section that it looks like, if it looks like one.
    fn key<'n>(
        &mut self,
        section: &'static Section,
        node: &Node,
        member: &'n Member,
        at: &At,
    ) -> Option<(&'n str, String)> {
        let key = member.key.as_str();
        if section.free || is_remark(key) || section.fields.iter().any(|field| field.key == key) {
            return None;
        }
        let here = at.key(key);
        let place = member.key_spot.place(self.file, &here.pointer);
        if let Some(old) = section.old.iter().find(|old| old.key == key) {
            let (home, new) = old.now.rsplit_once('.').unwrap_or(("", old.now));
            let new = Some(new).filter(|_| home == at.field);
            let record = Record::new()
                .with("key", here.field)
                .with("now", old.now)
                .with("new_key", new)
                .with("until", old.until);
            self.old_keys.push(item(record, place));
            return None;
        }
        let elsewhere = home_of(key);
        let similar = nearest(key, section.fields.iter().map(|field| field.key));
        let names = || section.fields.iter().map(|field| field.key);
        let certain = similar.as_deref().map(|similar| elsewhere.is_none() && is_certain(key, similar, names()));
        let record = Record::new()
            .with("key", key)
            .with("field", here.field)
            .with("pointer", here.pointer)
            .with("nearest", elsewhere.clone().or_else(|| similar.clone()))
            .with("nearest_is_certain", certain)
            .with("nearest_is_there", similar.as_deref().map(|similar| node.get(similar).is_some()))
            .with("belongs_elsewhere", elsewhere.is_some());
        self.unknown_keys.push(item(record, place));
        similar.map(|similar| (key, similar))
    }

    fn missing(&mut self, section: &Node, at: &At, misspelt: Option<&str>) {
        let record = Record::new()
            .with("field", at.field.as_str())
            .with("pointer", at.pointer.as_str())
            .with("misspelt", misspelt);
        // The place is the section's, the pointer names what is not there.
        self.missing.push(item(record, section.spot.place(self.file, &at.pointer)));
    }

    /// authsome wants the section that `auth_type` names.
    fn section_of_auth_type(&mut self, root: &Node, members: &[Member]) {
        let Some(auth_type) = root.get("auth_type").and_then(Node::as_text).and_then(AuthType::from_word) else {
            return;
        };
        let section = match auth_type {
            AuthType::OAuth2 => "oauth",
            AuthType::ApiKey => "api_key",
            AuthType::Browser => "browser",
        };
        if root.get(section).is_none_or(Node::is_null) {
            let misspelt = nearest(section, members.iter().map(|member| member.key.as_str()));
            self.missing(root, &At::default().key(section), misspelt.as_deref());
        }
    }

    fn wrong_type(&mut self, node: &Node, at: &At, expected: &str) {
        let field = if at.field.is_empty() { "the definition" } else { at.field.as_str() };
        let record = Record::new()
            .with("field", field)
            .with("pointer", at.pointer.as_str())
            .with("expected", expected)
            .with("found", node.kind_in_words());
        self.wrong_types.push(item(record, self.place(node, at)));
    }

    fn invalid_value(&mut self, node: &Node, at: &At, word: &str, allowed: &[&str]) {
        let nearest = nearest(word, allowed.iter().copied());
        let certain = nearest.as_deref().map(|right| is_certain(word, right, allowed.iter().copied()));
        let record = Record::new()
            .with("field", at.field.as_str())
            .with("pointer", at.pointer.as_str())
            .with("value", word)
            .with("allowed", allowed.join(", "))
            .with("nearest", nearest)
            .with("nearest_is_certain", certain);
        self.invalid_values.push(item(record, self.place(node, at)));
    }

    fn duplicates(&mut self, object: &Node, at: &At) {
        let mut first_lines = HashMap::new();
        for member in object.members() {
            let first = *first_lines.entry(member.key.as_str()).or_insert(member.key_spot);
            if first != member.key_spot {
                let here = at.key(&member.key);
                let place = member.key_spot.place(self.file, &here.pointer);
                let record =
                    Record::new().with("key", here.field).with("pointer", here.pointer).with("first_line", first.line);
                self.duplicate_keys.push(item(record, place));
            }
        }
    }

    fn place(&self, node: &Node, at: &At) -> Place {
        node.spot.place(self.file, &at.pointer)
    }
}

/// A remark in JSON that has no comments, or the name of a schema for an editor: nobody means authsome to read it.
fn is_remark(key: &str) -> bool {
    key.starts_with(['_', '$', '#']) || key.starts_with("//") || key.eq_ignore_ascii_case("comment")
}

/// Where a key that is right but stands in the wrong section belongs, as keys with dots between.
fn home_of(key: &str) -> Option<String> {
    if ROOT.fields.iter().any(|field| field.key == key) {
        return Some(format!("{key}, at the top level"));
    }
    ROOT.fields.iter().find_map(|field| match field.shape {
        Shape::Section(section) if section.fields.iter().any(|inner| inner.key == key) => {
            Some(format!("{}.{key}", field.key))
        }
        _ => None,
    })
}
