//! Every text of a definition, wherever it stands: what nobody sees in it, and what nobody should.

use super::item;
use crate::definition::document::{Document, Node, Tree, below};
use crate::facts::{Entry, Record};
use crate::sink::{HIDDEN, redact_text};

/// Keys under which secrets stand (RFC 6749, 2.3.1 and 4.1.4, and what programs call them).
const SECRET_KEYS: &[&str] = &[
    "client_secret",
    "clientsecret",
    "access_token",
    "refresh_token",
    "id_token",
    "api_secret",
    "secret",
    "secret_key",
    "private_key",
    "password",
    "passwd",
    "code_verifier",
    "device_code",
    "assertion",
    "client_assertion",
];

/// Shorter texts are no tokens.
const SHORTEST: usize = 20;

pub fn write(document: &Document, facts: &mut Record) {
    let mut walk = Walk { document, hidden: Vec::new(), secrets: Vec::new() };
    for member in document.root.members() {
        walk.key(&member.key, member.key_spot, || below("", &member.key));
        walk.node(&member.value, &member.key, &|| below("", &member.key));
    }
    facts.add("hidden", walk.hidden);
    facts.add("secrets", walk.secrets);
}

struct Walk<'a> {
    document: &'a Document,
    hidden: Vec<Entry>,
    secrets: Vec<Entry>,
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

    fn key(&mut self, key: &str, spot: crate::definition::Spot, pointer: impl FnOnce() -> String) {
        if let Some(character) = hidden_in(key) {
            let pointer = pointer();
            let record = Record::new().with("pointer", pointer.as_str()).with("character", name_of(character));
            self.hidden.push(item(record, spot.place(&self.document.file, pointer)));
        }
    }

    fn text(&mut self, node: &Node, text: &str, key: &str, pointer: &dyn Fn() -> String) {
        if let Some(character) = hidden_in(text) {
            let pointer = pointer();
            let record = Record::new().with("pointer", pointer.as_str()).with("character", name_of(character));
            self.hidden.push(item(record, node.spot.place(&self.document.file, pointer)));
        }
        let named =
            || is_secret_key(key) && !is_field_of_authsome(key) && !text.trim().is_empty() && !is_reference(text);
        let shaped = || {
            text.len() >= SHORTEST
                && text.bytes().any(|byte| byte.is_ascii_digit())
                && !text.contains("://")
                && redact_text(text).contains(HIDDEN)
        };
        if named() || (!matches!(key, "key_pattern" | "key_pattern_hint") && shaped()) {
            let pointer = pointer();
            let record = Record::new().with("pointer", pointer.as_str()).with("key", key);
            self.secrets.push(item(record, node.spot.place(&self.document.file, pointer)));
        }
    }
}

fn is_secret_key(key: &str) -> bool {
    let same = |(a, b): (u8, u8)| a.to_ascii_lowercase() == b || (a == b'-' && b == b'_');
    SECRET_KEYS.iter().any(|known| known.len() == key.len() && key.bytes().zip(known.bytes()).all(same))
}

/// `export.env` has the words of tokens as keys, and names of variables beside them.
fn is_field_of_authsome(key: &str) -> bool {
    matches!(key, "access_token" | "refresh_token" | "api_key")
}

/// A place holder for what is filled in elsewhere: `${SECRET}`, `<secret>`, `env:SECRET`, a variable's name.
fn is_reference(text: &str) -> bool {
    let text = text.trim();
    text.starts_with(['$', '<', '{', '%'])
        || text.starts_with("env:")
        || text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
}

/// Nearly every text is plain.
fn hidden_in(text: &str) -> Option<char> {
    let plain = text.bytes().all(|byte| (b' '..=b'~').contains(&byte));
    if plain { None } else { text.chars().find(|c| is_hidden(*c)) }
}

/// What no screen shows, or what turns the order of what it shows (Unicode TR9, TR36).
fn is_hidden(c: char) -> bool {
    (c.is_control() && c != '\n' && c != '\t')
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}

fn name_of(character: char) -> String {
    format!("U+{:04X}", u32::from(character))
}
