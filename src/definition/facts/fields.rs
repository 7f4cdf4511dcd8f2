//! Every field that rules may test, as written, with its place.

use super::item;
use crate::definition::document::{Document, Node, Tree, below};
use crate::definition::model::BASE_URL;
use crate::facts::{Entry, Fact, Record, Value};
use std::collections::HashMap;

/// Fields that hold one text: section, key, JSON pointer.
const TEXTS: &[(&str, &str, &str)] = &[
    ("", "name", "/name"),
    ("", "display_name", "/display_name"),
    ("", "auth_type", "/auth_type"),
    ("", "flow", "/flow"),
    ("", "docs_url", "/docs_url"),
    ("oauth", "authorization_url", "/oauth/authorization_url"),
    ("oauth", "token_url", "/oauth/token_url"),
    ("oauth", "revocation_url", "/oauth/revocation_url"),
    ("oauth", "device_authorization_url", "/oauth/device_authorization_url"),
    ("oauth", "device_token_request", "/oauth/device_token_request"),
    ("oauth", "base_url", "/oauth/base_url"),
    ("oauth", "authorization_method", "/oauth/authorization_method"),
    ("registration", "registration_endpoint", "/registration/registration_endpoint"),
];
const TRUTHS: &[(&str, &str, &str)] = &[
    ("oauth", "pkce", "/oauth/pkce"),
    ("oauth", "supports_device_code", "/oauth/supports_device_code"),
    ("oauth", "supports_dcr", "/oauth/supports_dcr"),
];

/// Parameters of the authorization request that authsome sets itself, whatever the definition says.
const RESERVED: &[&str] =
    &["response_type", "client_id", "redirect_uri", "state", "code_challenge", "code_challenge_method"];

pub fn write(document: &Document, facts: &mut Record) {
    let (mut oauth, mut registration) = (Record::new(), Record::new());
    let section = |name: &str| if name.is_empty() { Some(&document.root) } else { document.root.get(name) };
    let mut put = |field: &(&'static str, &'static str, &'static str), read: &dyn Fn(&Node) -> Option<Value>| {
        let (name, key, pointer) = *field;
        let written = section(name).and_then(|section| section.get(key));
        let entry = match written.and_then(|node| Some((node.spot, read(node)?))) {
            Some((spot, value)) => Fact::Known(value).at(spot.place(&document.file, pointer)),
            // A value of another type is told of itself, and is not missing.
            None if written.is_some_and(|node| !node.is_null()) => return,
            // What is missing has the place of the section that should hold it; what is null, its own.
            None => {
                let node = written.or_else(|| section(name));
                Entry { fact: Fact::Absent, place: node.map(|node| node.spot.place(&document.file, pointer)) }
            }
        };
        match name {
            "oauth" => oauth.add(key, entry),
            "registration" => registration.add(key, entry),
            _ => facts.add(key, entry),
        }
    };
    for field in TEXTS {
        put(field, &|node| node.as_text().map(Value::from));
    }
    for field in TRUTHS {
        put(field, &|node| node.as_truth().map(Value::from));
    }
    let written = section("oauth");
    scopes(document, written, facts, &mut oauth);
    params(document, written, &mut oauth);
    facts.add("oauth", oauth);
    facts.add("registration", registration);
}

fn scopes(document: &Document, written: Option<&Node>, facts: &mut Record, oauth: &mut Record) {
    let list = written.and_then(|section| section.get("scopes")).filter(|node| matches!(node.value, Tree::List(_)));
    let mut texts = Vec::new();
    let mut records = Vec::new();
    let mut first_lines = HashMap::new();
    for (at, node) in list.map(Node::items).unwrap_or_default().iter().enumerate() {
        let Some(scope) = node.as_text() else { continue };
        let place = node.spot.place(&document.file, format!("/oauth/scopes/{at}"));
        let record = Record::new()
            .with("value", scope)
            .with("blank", scope.trim().is_empty())
            .with("has_white_space", scope.contains(char::is_whitespace))
            .with("has_comma", scope.contains(','))
            .with("invalid", !scope.is_empty() && !scope.chars().all(is_scope_character))
            .with("first_line", first_lines.get(scope).copied())
            .with("slip", scope_slip(scope));
        first_lines.entry(scope).or_insert(node.spot.line);
        texts.push(Fact::from(scope).at(place.clone()));
        records.push(item(record, place));
    }
    let whole = list.map(|list| list.spot.place(&document.file, "/oauth/scopes"));
    let fact = if list.is_some() { Fact::Known(Value::List(texts)) } else { Fact::Absent };
    oauth.add("scopes", Entry { fact, place: whole });
    facts.add("scopes", records);
}

/// RFC 6749, section 3.3; blanks and commas between scopes are told of themselves.
fn is_scope_character(c: char) -> bool {
    matches!(c, '!' | '#'..='[' | ']'..='~') || c.is_whitespace()
}

/// What no provider has a scope for.
fn scope_slip(scope: &str) -> Option<&'static str> {
    const STAND_INS: &[&str] = &["todo", "fixme", "tbd", "changeme", "your-scope", "your_scope"];
    if is_encoded(scope) {
        Some("encoded")
    } else if is_gap(scope) || STAND_INS.iter().any(|word| scope.eq_ignore_ascii_case(word)) {
        Some("stand_in")
    } else {
        None
    }
}

/// Parameters whose value a login cannot have.
fn param_slip(name: &str, value: &str) -> Option<&'static str> {
    match name {
        "prompt" if value == "none" => Some("no_questions"),
        "response_mode" if value != "query" => Some("not_in_query"),
        _ if is_gap(value) => Some("stand_in"),
        _ if is_encoded(value) || value.split_once('&').is_some_and(|(_, behind)| behind.contains('=')) => {
            Some("encoded")
        }
        _ => None,
    }
}

/// `{base_url}/read`, `{tenant}`, `<tenant>`: nobody fills it in.
fn is_gap(text: &str) -> bool {
    let whole = |opens: char, closes: char| text.starts_with(opens) && text.ends_with(closes) && !text.contains('"');
    text.contains(BASE_URL) || whole('{', '}') || whole('<', '>')
}

/// What authsome encodes is not encoded by whoever writes it.
fn is_encoded(text: &str) -> bool {
    let is_digit = |at: usize| text.as_bytes().get(at).is_some_and(u8::is_ascii_hexdigit);
    text.contains('%') && text.match_indices('%').any(|(at, _)| is_digit(at + 1) && is_digit(at + 2))
}

fn params(document: &Document, written: Option<&Node>, oauth: &mut Record) {
    let section = written.and_then(|section| section.get("authorization_params"));
    let records: Vec<Entry> = section
        .into_iter()
        .flat_map(Node::members)
        .filter_map(|member| {
            let value = member.value.as_text()?;
            let record = Record::new()
                .with("name", member.key.as_str())
                .with("value", value)
                .with("slip", param_slip(&member.key, value))
                .with("reserved", RESERVED.contains(&member.key.as_str()))
                .with("is_scope", member.key == "scope")
                .with("blank", member.key.trim().is_empty())
                .with("has_white_space", member.key.contains(char::is_whitespace));
            let pointer = below("/oauth/authorization_params", &member.key);
            Some(item(record, member.key_spot.place(&document.file, pointer)))
        })
        .collect();
    oauth.add("authorization_params", records);
}
