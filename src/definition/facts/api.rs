//! `api_url`: the hosts of the API that the credential is for, as authsome's proxy reads them: a host, a URL with a path, or
//! `regex:` and a pattern over the whole host.

use super::item;
use crate::definition::authority::{Authority, is_loopback};
use crate::definition::document::{Document, Tree};
use crate::definition::model::BASE_URL;
use crate::definition::python_re;
use crate::facts::{Fact, Record, Value};

pub fn write(document: &Document, base_is_known: bool, facts: &mut Record) {
    let Some(written) = document.root.get("api_url").or_else(|| document.root.get("host_url")) else {
        let place = document.root.spot.place(&document.file, "/api_url");
        return facts.add("api_urls", Fact::Known(Value::List(Vec::new())).at(place));
    };
    let mut records = Vec::new();
    let mut seen: Vec<(Claim, u32)> = Vec::new();
    let one = matches!(written.value, Tree::Text(_)).then_some(("/api_url".to_owned(), written));
    let many = written.items().iter().enumerate().map(|(at, node)| (format!("/api_url/{at}"), node));
    for (pointer, node) in one.into_iter().chain(many) {
        let Some(value) = node.as_text() else { continue };
        let claim = Claim::of(value);
        let first_line = claim.as_ref().and_then(|claim| seen.iter().find(|(other, _)| other == claim));
        let record = record(value, claim.as_ref(), base_is_known).with("first_line", first_line.map(|(_, line)| *line));
        seen.extend(claim.map(|claim| (claim, node.spot.line)));
        records.push(item(record, node.spot.place(&document.file, pointer)));
    }
    facts.add("api_urls", Fact::Known(Value::List(records)).at(written.spot.place(&document.file, "/api_url")));
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

fn record(value: &str, claim: Option<&Claim>, base_is_known: bool) -> Record {
    let target = value.trim();
    let record = Record::new()
        .with("value", value)
        .with("blank", target.is_empty())
        .with("has_white_space", target.contains(char::is_whitespace))
        .with("base_url_unknown", target.contains(BASE_URL) && !base_is_known);
    if let Some(pattern) = pattern_of(target) {
        let refused = python_re::check(pattern).err();
        let strangers = refused.is_none().then(|| strangers(pattern)).flatten();
        return record
            .with("pattern_blank", pattern.is_empty())
            .with("pattern_error", refused.map(|refused| refused.message))
            .with("pattern_takes", strangers);
    }
    let host = if let Some(Claim::Host(host, _)) = claim { host.as_str() } else { "" };
    record
        .with("has_http", target.starts_with("http://"))
        .with("has_user_info", target.contains('@'))
        .with("has_query", target.contains(['?', '#']))
        .with("wildcard", host.contains('*'))
        .with("loopback", is_loopback(host))
        .with("host_missing", !target.is_empty() && host.is_empty())
}

/// A host of somebody else that the pattern takes, too: the proxy would send the credential there.
fn strangers(pattern: &str) -> Option<&'static str> {
    let body = pattern.trim_start_matches('^').trim_end_matches('$');
    let open = |end: &str| matches!(end, ".*" | ".+");
    if open(body) {
        return Some("every host there is");
    }
    if body.ends_with(".*") || body.ends_with(".+") {
        return Some("hosts of others that begin like it");
    }
    let behind = body.strip_prefix(".*").or_else(|| body.strip_prefix(".+"))?;
    behind.starts_with(|c: char| c.is_ascii_alphanumeric()).then_some("hosts of others that end like it")
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

    #[test]
    fn a_pattern_that_takes_hosts_of_others_is_told() {
        assert_eq!(strangers(".*"), Some("every host there is"));
        assert_eq!(strangers(".*googleapis.*"), Some("hosts of others that begin like it"));
        assert_eq!(strangers(".*githubusercontent\\.com$"), Some("hosts of others that end like it"));
        assert_eq!(strangers(".*\\.linear\\.app"), None);
        assert_eq!(strangers("^(www\\.linkedin\\.com|linkedin\\.com)"), None);
    }
}
