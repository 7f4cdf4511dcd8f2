//! `export`: the environment variables that authsome fills. Two layouts: `{"ACME_TOKEN": "ACCESS_TOKEN"}`, as the bundled ones
//! have it, and `env` with `{"access_token": "ACME_TOKEN"}`, as the documentation shows it.

use super::item;
use crate::definition::document::{Document, Member, Node, below};
use crate::facts::{Entry, Record};

/// What a flat entry can be filled with; letter case does not matter.
const FLAT: &[&str] = &["ACCESS_TOKEN", "API_TOKEN", "BASE_URL", "API_URL"];
/// What an entry of `env` can be filled with, by auth_type; of a browser's any cookie.
const BY_AUTH_TYPE: &[(&str, &[&str])] = &[("oauth2", &["access_token", "refresh_token"]), ("api_key", &["api_key"])];

pub fn write(document: &Document, facts: &mut Record) {
    let auth_type = document.root.get("auth_type").and_then(|node| node.as_text()).unwrap_or_default();
    let mut exports: Vec<(String, u32, Entry)> = Vec::new();
    let members = document.root.get("export").map(Node::members).unwrap_or_default();
    for member in members {
        if member.key == "env" && member.value.as_text().is_none() {
            for inner in member.value.members() {
                let Some(variable) = inner.value.as_text() else { continue };
                let sources = BY_AUTH_TYPE.iter().find(|(kind, _)| *kind == auth_type).map(|(_, sources)| *sources);
                let known = sources.is_none_or(|sources| sources.contains(&inner.key.as_str()));
                let turned = match sources {
                    Some(sources) => !known && sources.contains(&variable),
                    None => cookies(document).any(|it| it == variable) && !cookies(document).any(|it| it == inner.key),
                };
                let record = record(variable, Some(&inner.key), known, sources).with("turned_around", turned);
                push(&mut exports, variable, document, inner, "/export/env", record);
            }
        } else if !super::keys::is_remark(&member.key)
            || is_variable(member.key.trim_start_matches('$')) && member.key != "$schema"
        {
            let source = member.value.as_text();
            let known = source.is_some_and(|source| FLAT.contains(&source.to_ascii_uppercase().as_str()));
            let mut record = record(&member.key, source, known, Some(FLAT)).with("turned_around", false);
            if let Some(missing) = source.and_then(|source| never_filled(document, source)) {
                record.add("field_missing", missing);
            }
            push(&mut exports, &member.key, document, member, "/export", record);
        }
    }
    let entries: Vec<Entry> = exports.into_iter().map(|(_, _, entry)| entry).collect();
    facts.add("exports", entries);
}

/// The cookies that a browser's definition knows by name.
fn cookies(document: &Document) -> impl Iterator<Item = &str> {
    let section = document.root.get("browser");
    let list = move |key| section.and_then(|section| section.get(key)).map(Node::items).unwrap_or_default().iter();
    list("auth_cookies").chain(list("extract").filter_map(|rule| rule.get("cookie"))).filter_map(Node::as_text)
}

/// The field that the value is taken from, where the definition does not have it.
fn never_filled(document: &Document, source: &str) -> Option<&'static str> {
    let root = &document.root;
    let has = |node: Option<&Node>| node.is_some_and(|node| node.as_text() != Some("") && !node.is_null());
    if has(root.get("oauth").and_then(|section| section.get("base_url"))) {
        return None;
    }
    if source.eq_ignore_ascii_case("BASE_URL") {
        return Some("oauth.base_url");
    }
    (source.eq_ignore_ascii_case("API_URL") && !has(root.get("api_url"))).then_some("api_url")
}

fn push(
    exports: &mut Vec<(String, u32, Entry)>,
    variable: &str,
    document: &Document,
    member: &Member,
    above: &str,
    record: Record,
) {
    let first_line = exports.iter().find(|(known, ..)| known == variable).map(|(_, line, _)| *line);
    let place = member.key_spot.place(&document.file, below(above, &member.key));
    let entry = item(record.with("first_line", first_line), place);
    exports.push((variable.to_owned(), member.key_spot.line, entry));
}

fn record(variable: &str, source: Option<&str>, known: bool, sources: Option<&[&str]>) -> Record {
    Record::new()
        .with("variable", variable)
        .with("variable_valid", is_variable(variable))
        .with("of_the_system", super::system_variables::has(variable))
        .with("source", source)
        .with("source_known", known)
        .with("sources", sources.map(|sources| sources.join(", ")))
}

/// POSIX, section 8.1; shells take no other.
pub fn is_variable(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}
