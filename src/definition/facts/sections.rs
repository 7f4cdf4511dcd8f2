//! What sections hold beside addresses: headers, key patterns, cookies; and which of them nobody reads.

use super::export::is_variable;
use super::item;
use crate::definition::document::{Document, Node, below};
use crate::definition::model::AuthType;
use crate::definition::python_re;
use crate::facts::{Entry, Fact, Record};

/// Headers that a client or a connection sets itself (RFC 9110, 7.2 and 7.6.1).
const OF_THE_CONNECTION: &[&str] =
    &["host", "content-length", "transfer-encoding", "connection", "upgrade", "te", "trailer", "keep-alive"];

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
        facts.add("browser", browser(document, section));
    }
}

fn at(fact: impl Into<Fact>, node: Option<&Node>, document: &Document, pointer: &'static str) -> Entry {
    Entry { fact: fact.into(), place: node.map(|node| node.spot.place(&document.file, pointer)) }
}

fn api_key(document: &Document, section: &Node) -> Record {
    let text = |key: &str| section.get(key).and_then(Node::as_text);
    let pattern = section.get("key_pattern");
    let refused = pattern.and_then(Node::as_text).and_then(|pattern| python_re::check(pattern).err());
    let prefix = text("header_prefix").filter(|prefix| prefix.ends_with([' ', ':']) || prefix.starts_with(' '));
    let variable = text("env_var").filter(|name| !name.is_empty() && !is_variable(name));
    Record::new()
        .with("pattern_error", at(refused.map(|it| it.message), pattern, document, "/api_key/key_pattern"))
        .with("prefix_padded", at(prefix, section.get("header_prefix"), document, "/api_key/header_prefix"))
        .with("variable_invalid", at(variable, section.get("env_var"), document, "/api_key/env_var"))
}

fn browser(document: &Document, section: &Node) -> Record {
    let list = |key: &str| section.get(key).map(Node::items).unwrap_or_default();
    let empty = |key: &str| section.get(key).is_some_and(|node| node.as_text().is_none() && node.items().is_empty());
    let hours = section.get("ttl_hours");
    let over = hours.is_some_and(|node| node.as_whole_number().is_some_and(|number| number < 1));
    let domains = list("domains").iter().enumerate().filter_map(|(index, node)| {
        let domain = node.as_text()?;
        let wrong =
            domain.trim().is_empty() || domain.contains(['/', ':', '*']) || domain.contains(char::is_whitespace);
        let place = node.spot.place(&document.file, format!("/browser/domains/{index}"));
        wrong.then(|| item(Record::new().with("value", domain), place))
    });
    Record::new()
        .with("no_domains", at(empty("domains"), section.get("domains"), document, "/browser/domains"))
        .with("no_cookies", at(empty("auth_cookies"), section.get("auth_cookies"), document, "/browser/auth_cookies"))
        .with("expired_at_once", at(over, hours, document, "/browser/ttl_hours"))
        .with("wrong_domains", domains.collect::<Vec<_>>())
}

/// Every header that the definition names.
fn headers(document: &Document) -> Vec<Entry> {
    let mut found = Vec::new();
    let mut push = |name: &str, spot: crate::definition::Spot, pointer: String| {
        let record = Record::new()
            .with("name", name)
            .with("valid", is_token(name))
            .with("of_the_connection", OF_THE_CONNECTION.iter().any(|known| known.eq_ignore_ascii_case(name)));
        found.push(item(record, spot.place(&document.file, pointer)));
    };
    if let Some(node) = document.root.get("api_key").and_then(|section| section.get("header_name"))
        && let Some(name) = node.as_text()
    {
        push(name, node.spot, "/api_key/header_name".to_owned());
    }
    let Some(browser) = document.root.get("browser") else { return found };
    for member in browser.get("extra_headers").map(Node::members).unwrap_or_default() {
        push(&member.key, member.key_spot, below("/browser/extra_headers", &member.key));
    }
    for (index, rule) in browser.get("extract").map(Node::items).unwrap_or_default().iter().enumerate() {
        if let Some(node) = rule.get("header")
            && let Some(name) = node.as_text()
        {
            push(name, node.spot, format!("/browser/extract/{index}/header"));
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
