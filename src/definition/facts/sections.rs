//! What sections hold beside addresses: headers, key patterns, and which of them nobody reads.

use super::export::is_variable;
use super::item;
use super::patterns::{glob, meant, never};
use crate::definition::document::{Document, Node, below};
use crate::definition::model::AuthType;
use crate::definition::python_re::{Never, Subject, read};
use crate::facts::{Entry, Fact, Record};

/// Headers that a client or a connection sets itself (RFC 9110, 7.2 and 7.6.1).
const OF_THE_CONNECTION: &[&str] =
    &["host", "content-length", "transfer-encoding", "connection", "upgrade", "te", "trailer", "keep-alive"];

/// Before a token or a key in Authorization (RFC 6750, RFC 7617).
const SCHEMES: &[&str] = &["Bearer", "Basic"];

pub fn write(document: &Document, facts: &mut Record) {
    let root = &document.root;
    facts.add("headers", headers(document));
    facts.add("unused_sections", unused(document));
    let version = root.get("schema_version");
    let of_another = version.is_some_and(|node| node.as_whole_number().is_some_and(|number| number != 1));
    facts.add("schema_version_other", at(of_another, version, document, "/schema_version"));
    let shown = root.get("display_name");
    let padded = shown.and_then(Node::as_text).is_some_and(|text| text.trim() != text || text.is_empty());
    facts.add("display_name_padded", at(padded, shown, document, "/display_name"));
    if let Some(section) = root.get("api_key") {
        facts.add("api_key", api_key(document, section));
    }
    if let Some(section) = root.get("browser") {
        facts.add("browser", super::browser::of(document, section));
    }
}

pub(super) fn at(fact: impl Into<Fact>, node: Option<&Node>, document: &Document, pointer: &'static str) -> Entry {
    Entry { fact: fact.into(), place: node.map(|node| node.spot.place(&document.file, pointer)) }
}

fn api_key(document: &Document, section: &Node) -> Record {
    let pattern = section.get("key_pattern");
    let (refused, told) = match pattern.and_then(Node::as_text) {
        Some(pattern) => match read(pattern, Subject::Key, 0) {
            Ok(it) => (None, key_never(pattern, it.never)),
            Err(refused) => (Some(refused.message), None),
        },
        None => (None, None),
    };
    let prefix = section.get("header_prefix");
    let written = prefix.and_then(Node::as_text);
    let padded = written.filter(|prefix| prefix.ends_with([' ', ':', '=']) || prefix.starts_with(' '));
    let template = written.filter(|prefix| prefix.contains(['{', '<', '$', '%']));
    let meant = written.filter(|_| padded.or(template).is_none()).and_then(|prefix| slip_of(prefix, SCHEMES, 1));
    let name = section.get("header_name");
    // authsome's own default is Bearer.
    let has_bearer = prefix.is_none() || written.is_some_and(|prefix| prefix.eq_ignore_ascii_case("bearer"));
    let key_alone = name.and_then(Node::as_text).filter(|name| has_bearer && takes_the_key_alone(name));
    let variable = section.get("env_var").filter(|node| !node.is_null());
    let invalid = variable.and_then(|node| match node.as_text() {
        Some(name) => Some(name).filter(|name| !name.trim().is_empty() && !is_variable(name.trim())),
        None => Some(node.kind_in_words()),
    });
    let mut record = Record::new()
        .with("pattern_error", at(refused, pattern, document, "/api_key/key_pattern"))
        .with("prefix_padded", at(padded, prefix, document, "/api_key/header_prefix"))
        .with("variable_invalid", at(invalid, variable, document, "/api_key/env_var"));
    if let Some((never, right)) = told {
        record.add("pattern_never", at(never, pattern, document, "/api_key/key_pattern"));
        record.add("pattern_right", right);
    }
    let hint = section.get("key_pattern_hint").filter(|_| pattern.is_none_or(Node::is_null));
    if hint.and_then(Node::as_text).is_some_and(tells_how_keys_begin) {
        record.add("hint_unused", at(true, hint, document, "/api_key/key_pattern_hint"));
    }
    for (fact, value) in [("prefix_template", template), ("prefix_meant", meant)] {
        if value.is_some() {
            record.add(fact, at(value, prefix, document, "/api_key/header_prefix"));
        }
    }
    if key_alone.is_some() {
        let (node, pointer) =
            if prefix.is_some() { (prefix, "/api_key/header_prefix") } else { (name, "/api_key/header_name") };
        record.add("prefix_needless", at(key_alone, node, document, pointer));
    }
    record
}

/// The one of `words` that is `slips` slips of the pen away, and not another spelling of one of them.
fn slip_of(written: &str, words: &[&'static str], slips: usize) -> Option<&'static str> {
    if words.iter().any(|word| word.eq_ignore_ascii_case(written)) {
        return None;
    }
    let lower = written.to_ascii_lowercase();
    let near = |word: &&str| {
        lower.len().abs_diff(word.len()) <= slips && strsim::osa_distance(&lower, &word.to_ascii_lowercase()) <= slips
    };
    words.iter().copied().find(near)
}

/// A header that was made for keys: no scheme stands before them.
fn takes_the_key_alone(header: &str) -> bool {
    ["X-API-Key", "X-APIKey", "API-Key"].iter().any(|known| known.eq_ignore_ascii_case(header))
}

/// Why no key fits, and the pattern that was meant.
fn key_never(pattern: &str, said: Option<Never>) -> Option<(String, Option<String>)> {
    if glob(pattern) {
        return Some(("a star repeats the one character before it".to_owned(), None));
    }
    Some((never(pattern, Subject::Key, said)?, meant(pattern, Subject::Key)))
}

/// "Keys start with 'ak_'", a quotation close behind the word.
fn tells_how_keys_begin(hint: &str) -> bool {
    let behind = |word: &str| hint.find(word).map(|at| &hint[at + word.len()..]);
    let rest = behind("start").or_else(|| behind("begin")).or_else(|| behind("prefix"));
    rest.is_some_and(|rest| rest.chars().take(10).any(|c| matches!(c, '\'' | '"' | '`' | '\u{2018}' | '\u{201c}')))
}

/// Every header that the definition names.
fn headers(document: &Document) -> Vec<Entry> {
    let mut found = Vec::new();
    let mut push =
        |name: &str, node: crate::definition::Spot, pointer: String, more: Option<(&'static str, &'static str)>| {
            let mut record = Record::new()
                .with("name", name)
                .with("valid", is_token(name))
                .with("of_the_connection", OF_THE_CONNECTION.iter().any(|known| known.eq_ignore_ascii_case(name)));
            if let Some((fact, value)) = more {
                record.add(fact, value);
            }
            found.push(item(record, node.place(&document.file, pointer)));
        };
    if let Some(node) = document.root.get("api_key").and_then(|section| section.get("header_name"))
        && let Some(name) = node.as_text()
    {
        let meant = slip_of(name.trim(), &["Authorization"], 2);
        push(name, node.spot, "/api_key/header_name".to_owned(), meant.map(|meant| ("meant", meant)));
    }
    let Some(browser) = document.root.get("browser") else { return found };
    let own = |name: &str| name.eq_ignore_ascii_case("cookie").then_some("the cookies of the session");
    let extra = browser.get("extra_headers").map(Node::members).unwrap_or_default();
    for member in extra {
        let by = own(&member.key).map(|by| ("overwritten_by", by));
        push(&member.key, member.key_spot, below("/browser/extra_headers", &member.key), by);
    }
    let rules = browser.get("extract").map(Node::items).unwrap_or_default();
    for (index, rule) in rules.iter().enumerate() {
        if let Some(node) = rule.get("header")
            && let Some(name) = node.as_text()
        {
            let same = |other: &str| other.eq_ignore_ascii_case(name);
            let by = own(name)
                .or_else(|| extra.iter().any(|member| same(&member.key)).then_some("extra_headers"))
                .or_else(|| {
                    let later = &rules[index + 1..];
                    let later = later.iter().any(|rule| rule.get("header").and_then(Node::as_text).is_some_and(same));
                    later.then_some("a later rule of extract")
                });
            let pointer = format!("/browser/extract/{index}/header");
            push(name, node.spot, pointer, by.map(|by| ("overwritten_by", by)));
        }
    }
    found
}

/// RFC 9110, section 5.6.2.
fn is_token(name: &str) -> bool {
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !name.is_empty() && name.bytes().all(is_token)
}

/// Sections that go with another auth_type.
fn unused(document: &Document) -> Vec<Entry> {
    let word = document.root.get("auth_type").and_then(Node::as_text);
    let Some(auth_type) = word.and_then(AuthType::from_word) else { return Vec::new() };
    let of = [
        ("oauth", AuthType::OAuth2),
        ("registration", AuthType::OAuth2),
        ("api_key", AuthType::ApiKey),
        ("browser", AuthType::Browser),
    ];
    let there = document.root.members().iter().filter(|member| !member.value.is_null());
    let unused = there.filter(|member| of.iter().any(|(key, whose)| *key == member.key && *whose != auth_type));
    unused
        .map(|member| {
            let record = Record::new().with("key", member.key.as_str());
            item(record, member.key_spot.place(&document.file, below("", &member.key)))
        })
        .collect()
}
