//! `api_url`: the hosts of the API that the credential is for, as authsome's proxy reads them: a host, a URL with a path, or
//! `regex:` and a pattern over the whole host.

#[path = "api_told.rs"]
mod told;

use super::item;
use super::slips::{At, Slips};
use crate::definition::authority::Authority;
use crate::definition::document::{Document, Node, Tree};
use crate::definition::model::BASE_URL;
use crate::facts::{Fact, Record, Value};

pub fn write(document: &Document, base_is_known: bool, slips: &mut Slips, facts: &mut Record) {
    let Some(written) = document.root.get("api_url").or_else(|| document.root.get("host_url")) else {
        let place = document.root.spot.place(&document.file, "/api_url");
        return facts.add("api_urls", Fact::Known(Value::List(Vec::new())).at(place));
    };
    let one = matches!(written.value, Tree::Text(_)).then_some(("/api_url".to_owned(), written));
    let alone = one.is_some();
    let many = written.items().iter().enumerate().map(|(at, node)| (format!("/api_url/{at}"), node));
    let mut targets = Vec::new();
    for (pointer, node) in one.into_iter().chain(many) {
        let Some(value) = node.as_text() else { continue };
        if value.starts_with(BASE_URL) || value.starts_with(char::is_whitespace) || value.ends_with(char::is_whitespace)
        {
            let at = At { key: "api_url", pointer: pointer.clone().into(), spot: node.spot };
            slips.template(&at, value);
            slips.around(&at, value);
        }
        let claim = Claim::of(value);
        targets.push(Target { value, claim, node, pointer, pattern: None });
    }
    let mut records = Vec::with_capacity(targets.len());
    for at in 0..targets.len() {
        let target = &targets[at];
        let same = |other: &&Target| target.claim.is_some() && other.claim == target.claim;
        let first_line = targets[..at].iter().find(same).map(|first| first.node.spot.line);
        let mut record = Record::sized(12)
            .with("value", target.value)
            .with("blank", alone && target.value.trim().is_empty())
            .with("has_white_space", target.value.trim().contains(char::is_whitespace))
            .with("base_url_unknown", target.value.contains(BASE_URL) && !base_is_known)
            .with("first_line", first_line);
        if let Some(pattern) = pattern_of(target.value.trim()) {
            targets[at].pattern = told::pattern(&targets, at, pattern, &mut record);
        } else {
            told::host(document, target, alone, &mut record);
        }
        records.push(item(record, targets[at].node.spot.place(&document.file, targets[at].pointer.clone())));
    }
    facts.add("api_urls", Fact::Known(Value::List(records)).at(written.spot.place(&document.file, "/api_url")));
}

/// One entry of `api_url`.
struct Target<'a> {
    value: &'a str,
    claim: Option<Claim>,
    node: &'a Node,
    pointer: String,
    /// Where it is one that was told already.
    pattern: Option<told::Pattern>,
}

/// What of the API a target claims; of two that are equal authsome's proxy takes neither.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Claim {
    /// In lower case, and the path without the slash at its end.
    Host(String, String),
    Pattern(String),
}

impl Claim {
    /// None of what names no host.
    pub fn of(target: &str) -> Option<Self> {
        let target = target.trim();
        if let Some(pattern) = pattern_of(target) {
            return Some(Self::Pattern(pattern.to_owned())).filter(|_| !pattern.is_empty());
        }
        let rest = target.split_once("://").map_or(target, |(_, rest)| rest);
        let (Authority { host, .. }, path) = Authority::split(rest);
        let path = path.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/');
        (!host.is_empty()).then(|| Self::Host(host.to_ascii_lowercase(), path.to_owned()))
    }

    /// Of a pattern the whole of it.
    pub fn host(&self) -> &str {
        match self {
            Self::Host(host, _) | Self::Pattern(host) => host,
        }
    }
}

fn pattern_of(target: &str) -> Option<&str> {
    let (word, pattern) = target.split_at_checked("regex:".len())?;
    word.eq_ignore_ascii_case("regex:").then_some(pattern.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_claims_a_host_with_a_path_or_a_pattern() {
        let host = |host: &str, path: &str| Some(Claim::Host(host.to_owned(), path.to_owned()));
        for (target, claim) in [
            ("api.acme.example", host("api.acme.example", "")),
            (" https://API.acme.example/v1/ ", host("api.acme.example", "/v1")),
            ("https://api.acme.example:8443?x=1", host("api.acme.example", "")),
            ("https://me@api.acme.example", host("api.acme.example", "")),
            ("[::1]:80", host("::1", "")),
            ("Regex: .*\\.acme\\.example", Some(Claim::Pattern(".*\\.acme\\.example".to_owned()))),
            ("regex:", None),
            ("", None),
            ("https:///x", None),
        ] {
            assert_eq!(Claim::of(target), claim, "{target}");
        }
    }
}
