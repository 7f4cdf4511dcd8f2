//! Every field that rules may test, as written, with its place.

use super::item;
use crate::definition::document::{Document, Node, Tree, below};
use crate::facts::{Entry, Fact, Facts, Record, Value};
use std::collections::HashMap;

/// Fields that hold one text, as keys with dots between.
const TEXTS: &[&str] = &[
    "name",
    "display_name",
    "auth_type",
    "flow",
    "docs_url",
    "oauth.authorization_url",
    "oauth.token_url",
    "oauth.revocation_url",
    "oauth.device_authorization_url",
    "oauth.device_token_request",
    "oauth.base_url",
    "oauth.authorization_method",
    "registration.registration_endpoint",
];
const TRUTHS: &[&str] = &["oauth.pkce", "oauth.supports_device_code", "oauth.supports_dcr"];

/// Parameters of the authorization request that authsome sets itself, whatever the definition says.
const RESERVED: &[&str] =
    &["response_type", "client_id", "redirect_uri", "state", "code_challenge", "code_challenge_method"];

pub fn write(document: &Document, facts: &mut Facts) {
    for field in TEXTS {
        set(document, facts, field, |node| node.as_text().map(Value::from));
    }
    for field in TRUTHS {
        set(document, facts, field, |node| node.as_truth().map(Value::from));
    }
    let oauth = document.root.get("oauth");
    scopes(document, oauth, facts);
    params(document, oauth, facts);
    api_urls(document, facts);
}

fn set(document: &Document, facts: &mut Facts, field: &str, read: impl Fn(&Node) -> Option<Value>) {
    let mut found = Some(&document.root);
    let mut pointer = String::new();
    for key in field.split('.') {
        found = found.and_then(|section| section.get(key));
        pointer = below(&pointer, key);
    }
    let value = found.and_then(|node| Some((node.spot, read(node)?)));
    let entry = match value {
        Some((spot, value)) => Fact::Known(value).at(spot.place(&document.file, &pointer)),
        None => Fact::Absent.into(),
    };
    facts.set(&format!("definition.{field}"), entry);
}

fn scopes(document: &Document, oauth: Option<&Node>, facts: &mut Facts) {
    let list = oauth.and_then(|section| section.get("scopes")).filter(|node| matches!(node.value, Tree::List(_)));
    let mut texts = Vec::new();
    let mut records = Vec::new();
    let mut first_lines = HashMap::new();
    for (at, node) in list.map(Node::items).unwrap_or_default().iter().enumerate() {
        let Some(scope) = node.as_text() else { continue };
        let place = node.spot.place(&document.file, &format!("/oauth/scopes/{at}"));
        let record = Record::new()
            .with("value", scope)
            .with("blank", scope.trim().is_empty())
            .with("has_white_space", scope.contains(char::is_whitespace))
            .with("has_comma", scope.contains(','))
            .with("first_line", first_lines.get(scope).copied());
        first_lines.entry(scope).or_insert(node.spot.line);
        texts.push(Fact::from(scope).at(place.clone()));
        records.push(item(record, place));
    }
    let whole = list.map(|list| list.spot.place(&document.file, "/oauth/scopes"));
    let fact = if list.is_some() { Fact::Known(Value::List(texts)) } else { Fact::Absent };
    facts.set("definition.oauth.scopes", Entry { fact, place: whole });
    facts.set("definition.scopes", records);
}

fn params(document: &Document, oauth: Option<&Node>, facts: &mut Facts) {
    let section = oauth.and_then(|section| section.get("authorization_params"));
    let records: Vec<Entry> = section
        .into_iter()
        .flat_map(Node::members)
        .filter_map(|member| {
            let record = Record::new()
                .with("name", member.key.as_str())
                .with("value", member.value.as_text()?)
                .with("reserved", RESERVED.contains(&member.key.as_str()));
            let pointer = below("/oauth/authorization_params", &member.key);
            Some(item(record, member.key_spot.place(&document.file, &pointer)))
        })
        .collect();
    facts.set("definition.oauth.authorization_params", records);
}

/// `api_url`: one text or a list of them, each a host, a URL or `regex:` and a pattern.
fn api_urls(document: &Document, facts: &mut Facts) {
    let Some(written) = document.root.get("api_url") else {
        return facts.set("definition.api_urls", Vec::<Entry>::new());
    };
    let one = [("/api_url".to_owned(), written)];
    let many = written.items().iter().enumerate().map(|(at, node)| (format!("/api_url/{at}"), node));
    let records: Vec<Entry> = one
        .into_iter()
        .chain(many)
        .filter_map(|(pointer, node)| {
            let value = node.as_text()?;
            let record = Record::new()
                .with("value", value)
                .with("blank", value.trim().is_empty())
                .with("has_white_space", value.trim().contains(char::is_whitespace));
            Some(item(record, node.spot.place(&document.file, &pointer)))
        })
        .collect();
    facts.set("definition.api_urls", records);
}
