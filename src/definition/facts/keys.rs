//! What the definition's keys and values are against authsome's table of fields: missing, of the wrong type, not allowed,
//! unknown, of an older version, twice, or remarks.

use super::item;
use crate::definition::document::{Document, Member, Node, Tree, below};
use crate::definition::model::AuthType;
use crate::definition::nearest::{is_certain, nearest};
use crate::definition::schema::{Field, ROOT, Section, Shape};
use crate::definition::target::Target;
use crate::facts::{Entry, Fact, Place, Record};
use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

const FEW: usize = 32;

pub fn write(document: &Document, target: Target, facts: &mut Record) {
    let mut found = Findings::new(document, target);
    if let Some(member) = wrapping(&document.root) {
        let place = member.key_spot.place(&document.file, below("", &member.key));
        facts.add("wrapped_in", Fact::from(member.key.as_str()).at(place));
    } else if let Tree::Object(members) = &document.root.value {
        found.section(&ROOT, &document.root, &At::default());
        found.section_of_auth_type(&document.root, members);
    } else {
        found.wrong_type(&document.root, &At::default(), "an object");
    }
    facts.add("missing", found.missing);
    facts.add("wrong_types", found.wrong_types);
    facts.add("invalid_values", found.invalid_values);
    facts.add("unknown_keys", found.unknown_keys);
    facts.add("old_keys", found.old_keys);
    facts.add("newer_keys", found.newer_keys);
    facts.add("duplicate_keys", found.duplicate_keys);
    facts.add("remarks", found.remarks);
}

/// The one key of the file, where the definition stands below it.
fn wrapping(root: &Node) -> Option<&Member> {
    let mut members = root.members().iter().filter(|member| !is_remark(&member.key));
    let (only, None) = (members.next()?, members.next()) else { return None };
    let required = || ROOT.fields.iter().filter(|field| field.required);
    let is_whole = required().filter(|field| only.value.get(field.key).is_some()).count() > 1;
    Some(only).filter(|_| is_whole && ROOT.field(&only.key).is_none())
}

/// Where the walk is: `oauth.token_url` for people, `/oauth/token_url` for machines.
#[derive(Clone)]
struct At {
    field: Cow<'static, str>,
    pointer: Cow<'static, str>,
    /// Inside an item of a list, where the table cannot know the whole pointer.
    in_list: bool,
}

impl Default for At {
    fn default() -> Self {
        Self { field: Cow::Borrowed(""), pointer: Cow::Borrowed(""), in_list: false }
    }
}

impl At {
    fn key(&self, key: &str) -> Self {
        let field = if self.field.is_empty() { key.to_owned() } else { format!("{}.{key}", self.field) };
        Self { field: field.into(), pointer: below(&self.pointer, key).into(), in_list: self.in_list }
    }

    fn known(&self, field: &Field) -> Self {
        if self.in_list {
            return self.key(field.key);
        }
        Self { field: field.name.into(), pointer: field.pointer.into(), in_list: false }
    }

    fn index(&self, index: usize) -> Self {
        let pointer = below(&self.pointer, &index.to_string());
        Self { field: format!("{}[{index}]", self.field).into(), pointer: pointer.into(), in_list: true }
    }
}

struct Findings<'a> {
    file: &'a Arc<str>,
    root: &'a Node,
    target: Target,
    missing: Vec<Entry>,
    wrong_types: Vec<Entry>,
    invalid_values: Vec<Entry>,
    unknown_keys: Vec<Entry>,
    old_keys: Vec<Entry>,
    newer_keys: Vec<Entry>,
    duplicate_keys: Vec<Entry>,
    remarks: Vec<Entry>,
}

impl<'a> Findings<'a> {
    fn new(document: &'a Document, target: Target) -> Self {
        Self {
            file: &document.file,
            root: &document.root,
            target,
            missing: Vec::new(),
            wrong_types: Vec::new(),
            invalid_values: Vec::new(),
            unknown_keys: Vec::new(),
            old_keys: Vec::new(),
            newer_keys: Vec::new(),
            duplicate_keys: Vec::new(),
            remarks: Vec::new(),
        }
    }

    /// Recursion is as deep as authsome's table.
    fn section(&mut self, section: &'static Section, node: &Node, at: &At) {
        self.duplicates(node, at);
        let mut strangers: Vec<(&str, String)> = Vec::new();
        for member in node.members() {
            match section.field(&member.key) {
                Some(field) => self.of_another_version(field, member, at),
                None => strangers.extend(self.stranger(section, node, member, at)),
            }
        }
        for field in section.fields {
            match node.get(field.key) {
                None if field.required => {
                    let misspelt = strangers.iter().find(|(_, nearest)| nearest == field.key).map(|(key, _)| *key);
                    self.missing(node, &at.known(field), misspelt, None);
                }
                None => {}
                Some(value) if value.is_null() && field.nullable => {}
                Some(value) => self.value(field, value, &at.known(field)),
            }
        }
    }

    fn value(&mut self, field: &Field, node: &Node, at: &At) {
        let expected = field.shape.in_words();
        match (&field.shape, &node.value) {
            (Shape::Text | Shape::Url | Shape::TextOrTexts, Tree::Text(_))
            | (Shape::Anything, Tree::Object(_))
            | (Shape::Unchecked, _) => {}
            (Shape::Truth, _) if node.as_truth().is_some() => {}
            (Shape::WholeNumber, _) if node.as_whole_number().is_some() => {}
            (Shape::Word(allowed), Tree::Text(word)) => {
                if !(allowed.contains(&word.as_str()) && self.target.takes(word)) {
                    self.invalid_value(node, at, word, allowed);
                }
            }
            (Shape::TextOrTexts, Tree::List(_)) if !self.target.reads_api_url_lists() => {
                self.wrong_type(node, at, "one text");
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

    /// A field of the newest model that the version aimed at does not have, or has under another name.
    fn of_another_version(&mut self, field: &Field, member: &Member, at: &At) {
        let called = self.target.calls(field.name);
        if called.is_none() && !self.target.lacks(field.name) {
            return;
        }
        let here = at.known(field);
        let place = member.key_spot.place(self.file, here.pointer.clone());
        let record = Record::new()
            .with("key", here.field.into_owned())
            .with("pointer", here.pointer.into_owned())
            .with("called", called)
            .with("since", Target::since(field.name).unwrap_or_default());
        self.newer_keys.push(item(record, place));
    }

    /// An unknown key, with the key of the same section that it looks like, if it looks like one.
    fn stranger<'n>(
        &mut self,
        section: &'static Section,
        node: &Node,
        member: &'n Member,
        at: &At,
    ) -> Option<(&'n str, String)> {
        let key = member.key.as_str();
        if section.free {
            return None;
        }
        let here = at.key(key);
        let place = member.key_spot.place(self.file, here.pointer.clone());
        if is_remark(key) {
            // The name of a schema is for editors, and older versions read no comments.
            if self.target.reads_comments() && !key.starts_with('$') {
                let record = Record::new().with("key", key).with("field", here.field.into_owned());
                self.remarks.push(item(record, place));
            }
            return None;
        }
        if let Some(old) = section.old.iter().find(|old| old.key == key) {
            if self.target.means(&here.field) != Some(old.now) {
                let field = here.field.into_owned();
                let (home, new) = old.now.rsplit_once('.').unwrap_or(("", old.now));
                let new = Some(new).filter(|_| home == at.field && !self.target.lacks(old.now));
                let record = Record::new().with("key", field).with("now", old.now).with("new_key", new);
                self.old_keys.push(item(record.with("until", old.until), place));
            }
            return None;
        }
        let home = home_of(key);
        let taken = home.is_some_and(|(section, key)| {
            if section.is_empty() { Some(self.root) } else { self.root.get(section) }
                .is_some_and(|section| section.get(key).is_some())
        });
        // Where its own place is taken, what is missing beside it is meant.
        let mut missing =
            section.fields.iter().filter(|field| taken && field.required && node.get(field.key).is_none());
        let instead = missing.next().filter(|_| missing.next().is_none()).map(|field| field.key.to_owned());
        let home = home.filter(|_| instead.is_none());
        let elsewhere = home.map(|(section, key)| match section {
            "" => format!("{key}, at the top level"),
            _ => format!("{section}.{key}"),
        });
        let similar = instead.or_else(|| nearest(key, section.fields.iter().map(|field| field.key)));
        let names = || section.fields.iter().map(|field| field.key);
        let certain = similar.as_deref().map(|similar| {
            let field = at.key(similar).field;
            let has = !self.target.lacks(&field) && self.target.calls(&field).is_none();
            has && elsewhere.is_none() && is_certain(key, similar, names())
        });
        let record = Record::new()
            .with("key", key)
            .with("field", here.field.into_owned())
            .with("pointer", here.pointer.into_owned())
            .with("nearest", elsewhere.clone().or_else(|| similar.clone()))
            .with("nearest_is_certain", certain)
            .with(
                "nearest_is_there",
                match home {
                    Some(_) => Some(taken),
                    None => similar.as_deref().map(|similar| node.get(similar).is_some()),
                },
            )
            .with("belongs_elsewhere", elsewhere.is_some());
        self.unknown_keys.push(item(record, place));
        similar.map(|similar| (key, similar))
    }

    /// `answer`: what authsome says, where that is not "Field required".
    fn missing(&mut self, section: &Node, at: &At, misspelt: Option<&str>, answer: Option<String>) {
        let mut record =
            Record::new().with("field", &*at.field).with("pointer", &*at.pointer).with("misspelt", misspelt);
        if answer.is_some() {
            record.add("answer", answer);
        }
        // The place is the section's, the pointer names what is not there.
        self.missing.push(item(record, section.spot.place(self.file, at.pointer.clone())));
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
        let written = root.get(section);
        if written.is_none_or(Node::is_null) {
            let others = members.iter().map(|member| member.key.as_str()).filter(|key| ROOT.field(key).is_none());
            let misspelt = nearest(section, others);
            let article = if section == "browser" { "a" } else { "an" };
            let answer =
                format!("auth_type '{}' requires {article} '{section}' configuration section", auth_type.word());
            let at = At::default().key(section);
            self.missing(written.unwrap_or(root), &at, misspelt.as_deref(), Some(answer));
        }
    }

    fn wrong_type(&mut self, node: &Node, at: &At, expected: &str) {
        let field = if at.field.is_empty() { "the definition" } else { &*at.field };
        // Of a number it is the number that is wrong, not that it is one.
        let found = match &node.value {
            Tree::Number(digits) if expected == Shape::WholeNumber.in_words() && digits.len() <= 20 => digits,
            _ => node.kind_in_words(),
        };
        let record = Record::new()
            .with("field", field)
            .with("pointer", &*at.pointer)
            .with("expected", expected)
            .with("found", found);
        self.wrong_types.push(item(record, self.place(node, at)));
    }

    fn invalid_value(&mut self, node: &Node, at: &At, word: &str, allowed: &[&str]) {
        let allowed: Vec<&str> = allowed.iter().copied().filter(|word| self.target.takes(word)).collect();
        let nearest = nearest(word, allowed.iter().copied());
        let certain = nearest.as_deref().map(|right| is_certain(word, right, allowed.iter().copied()));
        let record = Record::new()
            .with("field", &*at.field)
            .with("pointer", &*at.pointer)
            .with("value", word)
            .with("allowed", allowed.join(", "))
            .with("nearest", nearest)
            .with("nearest_is_certain", certain);
        self.invalid_values.push(item(record, self.place(node, at)));
    }

    fn duplicates(&mut self, object: &Node, at: &At) {
        let members = object.members();
        let mut first_spots = HashMap::new();
        for (number, member) in members.iter().enumerate() {
            // Few keys are compared, many are looked up.
            let first = if members.len() <= FEW {
                members[..number].iter().find(|other| other.key == member.key).map(|first| first.key_spot)
            } else {
                let first = *first_spots.entry(member.key.as_str()).or_insert(member.key_spot);
                Some(first).filter(|first| *first != member.key_spot)
            };
            let Some(first) = first else { continue };
            let here = at.key(&member.key);
            let place = member.key_spot.place(self.file, here.pointer.clone());
            let record = Record::new()
                .with("key", here.field.into_owned())
                .with("pointer", here.pointer.into_owned())
                .with("first_line", first.line);
            self.duplicate_keys.push(item(record, place));
        }
    }

    fn place(&self, node: &Node, at: &At) -> Place {
        node.spot.place(self.file, at.pointer.clone())
    }
}

/// A remark in JSON that has no comments, or the name of a schema for an editor: nobody means authsome to read it.
pub(super) fn is_remark(key: &str) -> bool {
    key.starts_with(['_', '$', '#']) || key.starts_with("//") || key.eq_ignore_ascii_case("comment")
}

/// The section, empty for the top level, where a key that is right but stands in the wrong one belongs.
fn home_of(key: &str) -> Option<(&'static str, &'static str)> {
    if let Some(field) = ROOT.field(key) {
        return Some(("", field.key));
    }
    ROOT.fields.iter().find_map(|field| match field.shape {
        Shape::Section(section) => section.field(key).map(|inner| (field.key, inner.key)),
        _ => None,
    })
}
