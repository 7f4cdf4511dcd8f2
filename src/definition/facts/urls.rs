//! The URLs of a definition, taken apart the way authsome's own check (Python's `urlparse`) does: no scheme and no host are
//! facts here, not errors.

use super::hosts::{self, Remarks};
use super::item;
use super::slips::{At, Slips};
use crate::definition::authority::{Authority, host_of, is_loopback};
use crate::definition::document::{Document, Node};
use crate::definition::model::BASE_URL;
use crate::definition::schema::{Field, ROOT, Section, Shape};
use crate::facts::{Entry, Record};
use std::net::IpAddr;

pub fn write<'a>(document: &'a Document, base_is_known: bool, slips: &mut Slips<'a>, facts: &mut Record) {
    let has_template = document.text.contains(BASE_URL);
    let mut walk = Walk { document, base_is_known, has_template, slips, urls: Vec::new(), host: None };
    walk.section(&ROOT, &document.root);
    facts.add("urls", walk.urls);
    facts.add("equal_endpoints", equal(document));
    let base = document.root.get("oauth").and_then(|section| section.get("base_url")).filter(|node| !node.is_null());
    let unused = base.is_some() && !has_template;
    if has_template {
        half_templated(document, slips);
    }
    let place = base.map(|node| node.spot.place(&document.file, "/oauth/base_url"));
    facts.add("base_url_unused", Entry { fact: unused.into(), place });
}

/// Endpoints that have the address of another one, each told once.
fn equal(document: &Document) -> Vec<Entry> {
    const ENDPOINTS: &[(&str, &str)] = &[
        ("authorization_url", "/oauth/authorization_url"),
        ("token_url", "/oauth/token_url"),
        ("device_authorization_url", "/oauth/device_authorization_url"),
        ("revocation_url", "/oauth/revocation_url"),
    ];
    let Some(oauth) = document.root.get("oauth") else { return Vec::new() };
    let text = |key: &str| oauth.get(key).filter(|node| node.as_text().is_some_and(|url| !url.trim().is_empty()));
    let mut found = Vec::new();
    for (number, (key, pointer)) in ENDPOINTS.iter().enumerate() {
        let Some(node) = text(key) else { continue };
        let mut before = ENDPOINTS[..number].iter().filter_map(|(other, _)| Some((*other, text(other)?)));
        // Salesforce takes device requests at its token endpoint.
        let documented = |other: &str| (*key, other) == ("device_authorization_url", "token_url");
        if let Some((other, _)) = before.find(|(key, other)| other.as_text() == node.as_text() && !documented(key)) {
            let record = Record::new().with("key", *key).with("other", other);
            found.push(item(record, node.spot.place(&document.file, *pointer)));
        }
    }
    found
}

/// A code that one host gave is sent to another, where only one of the two endpoints goes wherever the base URL says.
fn half_templated(document: &Document, slips: &mut Slips) {
    const PAIR: [(&str, &str); 2] =
        [("authorization_url", "/oauth/authorization_url"), ("token_url", "/oauth/token_url")];
    let text = |key: &str| document.root.get("oauth")?.get(key);
    let url = |key: &str| text(key).and_then(Node::as_text);
    let Some(base) = url("base_url").and_then(host_of) else { return };
    for (at, other) in [(PAIR[0], PAIR[1].0), (PAIR[1], PAIR[0].0)] {
        let (Some(node), Some(fixed)) = (text(at.0), url(at.0)) else { continue };
        let is_fixed = host_of(fixed).is_some_and(|host| !host.contains('{') && !host.eq_ignore_ascii_case(base));
        if is_fixed && url(other).is_some_and(|other| other.starts_with(BASE_URL)) {
            slips.add(&At { key: at.0, pointer: at.1.into(), spot: node.spot }, fixed, "half_templated", other, None);
        }
    }
}

/// Through the sections in authsome's order.
struct Walk<'a, 's> {
    document: &'a Document,
    base_is_known: bool,
    /// `{base_url}` stands somewhere.
    has_template: bool,
    slips: &'s mut Slips<'a>,
    urls: Vec<Entry>,
    /// The last host: most URLs of a definition have the same.
    host: Option<(String, Remarks)>,
}

impl Walk<'_, '_> {
    fn section(&mut self, section: &Section, node: &Node) {
        for known in section.fields {
            let inner = match known.shape {
                Shape::Url => None,
                Shape::Section(inner) => Some(inner),
                _ => continue,
            };
            let Some(value) = node.get(known.key) else { continue };
            match (inner, value.as_text()) {
                (Some(inner), _) => self.section(inner, value),
                (None, Some(url)) => {
                    let parts = Parts::of(url);
                    let remarks = parts.host.as_deref().map(|host| self.remarks(host)).unwrap_or_default();
                    let at = At { key: known.key, pointer: known.pointer.into(), spot: value.spot };
                    self.slips(&at, url, &parts);
                    let place = value.spot.place(&self.document.file, known.pointer);
                    self.urls.push(item(record(known, url, &parts, remarks, self.base_is_known), place));
                }
                (None, None) => {}
            }
        }
    }

    fn slips(&mut self, at: &At, url: &str, parts: &Parts) {
        match at.key {
            "docs_url" => self.slips.page(at, url, parts.host.as_deref()),
            "base_url" if url.contains(BASE_URL) => self.slips.add(at, url, "base_url_itself", BASE_URL, None),
            "base_url" if url.is_empty() && self.has_template => self.slips.add(at, url, "base_url_empty", "", None),
            _ => self.slips.endpoint(at, url, parts),
        }
        if self.has_template {
            self.slips.template(at, url);
        }
    }

    fn remarks(&mut self, host: &str) -> Remarks {
        match &self.host {
            Some((last, remarks)) if last == host => remarks.clone(),
            _ => {
                let remarks = hosts::remarks(host);
                self.host = Some((host.to_owned(), remarks.clone()));
                remarks
            }
        }
    }
}

fn record(field: &Field, url: &str, parts: &Parts, remarks: Remarks, base_is_known: bool) -> Record {
    let uses_base_url = url.contains(BASE_URL);
    let host = parts.host.as_deref();
    let plain = url.bytes().all(|byte| (b'!'..=b'~').contains(&byte));
    let has_white_space = !plain && url.contains(char::is_whitespace);
    let record = Record::sized(29)
        .with("field", field.name)
        .with("key", field.key)
        .with("value", url)
        .with("blank", url.trim().is_empty())
        .with("without_white_space", has_white_space.then(|| url.split_whitespace().collect::<String>()))
        .with("has_white_space", has_white_space)
        .with("uses_base_url", uses_base_url)
        .with("base_url_unknown", uses_base_url && !base_is_known)
        .with("other_placeholder", placeholder(url))
        .with("scheme", parts.scheme.as_deref())
        .with("host", host)
        .with("host_is_loopback", host.map(is_loopback))
        .with("host_is_ip", host.map(|host| host.parse::<IpAddr>().is_ok()))
        .with("has_user_info", parts.has_user_info)
        .with("has_query", url.contains('?'))
        .with("has_fragment", url.contains('#'))
        .with("has_backslash", url.contains('\\'))
        .with("base_url_inside", url.rfind(BASE_URL).is_some_and(|at| at > 0))
        .with("path_missing", host.is_some() && parts.path_missing)
        .with("port_invalid", parts.port_invalid)
        .with("stands_for", stand_in(url))
        .with("host_ascii", remarks.ascii)
        .with("host_looks_like", remarks.looks_like)
        .with("host_hides", remarks.hidden_address)
        .with("host_fault", remarks.fault)
        .with("host_private", remarks.private)
        .with("host_nobodys", remarks.nobodys);
    match remarks.anybodys {
        Some(what) => record.with("host_anybodys", what),
        None => record,
    }
}

/// `{tenant}` and the like: authsome fills in `{base_url}` and nothing else.
pub(super) fn placeholder(url: &str) -> Option<String> {
    let opens = url.find('{')?;
    let others = url[opens..].replace(BASE_URL, "");
    let inside = &others[others.find('{')?..];
    inside.find('}').map(|closes| inside[..=closes].to_owned())
}

/// What is written where somebody is to fill in something.
pub(super) fn stand_in(url: &str) -> Option<&str> {
    const WORDS: &[&str] = &[
        "<",
        "${",
        "$(",
        "your-",
        "your_",
        "yourdomain",
        "yourcompany",
        "changeme",
        "change-me",
        "replace-me",
        "xxxx",
    ];
    // Nearly every place is ruled out by its letter.
    let begins = |byte: u8| matches!(byte, b'<' | b'$') || matches!(byte | 0x20, b'y' | b'c' | b'r' | b'x');
    // The second letter of a word, where it has one.
    let goes_on =
        |from: usize| match (url.as_bytes()[from] | 0x20, url.as_bytes().get(from + 1).map(|byte| byte | 0x20)) {
            (b'y', next) => next == Some(b'o'),
            (b'c', next) => next == Some(b'h'),
            (b'r', next) => next == Some(b'e'),
            (b'x', next) => next == Some(b'x'),
            _ => true,
        };
    let at = |from: usize, word: &str| {
        url.as_bytes().get(from..from + word.len()).is_some_and(|there| there.eq_ignore_ascii_case(word.as_bytes()))
    };
    let mut places =
        url.bytes().enumerate().filter(|(from, byte)| begins(*byte) && goes_on(*from)).map(|(from, _)| from);
    places.find_map(|from| WORDS.iter().copied().find(|word| at(from, word))).or_else(|| route(url))
}

/// `/:tenant/`, as programs that serve addresses write a gap.
fn route(url: &str) -> Option<&str> {
    let step = url[url.find("/:")? + 1..].split(['/', '?', '#']).next()?;
    step[1..].starts_with(|c: char| c.is_ascii_alphabetic()).then_some(step)
}

#[derive(Debug, Default, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "each is one thing that is so or not")]
pub struct Parts {
    /// In lower case.
    scheme: Option<String>,
    /// In lower case, without brackets and port.
    pub host: Option<String>,
    has_user_info: bool,
    /// Nothing stands behind the host.
    pub path_missing: bool,
    port_invalid: bool,
    /// A colon, and nothing behind it.
    pub port_empty: bool,
    /// `https://https://`: the rest is that of what follows the first.
    pub scheme_twice: bool,
}

impl Parts {
    fn of(url: &str) -> Self {
        let url = url.trim();
        let Some((scheme, rest)) = url.split_once(':') else {
            return Self::default();
        };
        let is_scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'));
        let Some(rest) = rest.strip_prefix("//").filter(|_| is_scheme) else {
            return Self::default();
        };
        if rest.starts_with("https://") || rest.starts_with("http://") {
            return Self { scheme_twice: true, ..Self::of(rest) };
        }
        let (Authority { user_info, host, port }, behind) = Authority::split(rest);
        Self {
            scheme: Some(scheme.to_ascii_lowercase()),
            host: Some(host.to_ascii_lowercase()).filter(|host| !host.is_empty()),
            has_user_info: user_info.is_some(),
            path_missing: matches!(behind, "" | "/"),
            port_invalid: port
                .is_some_and(|port| !port.is_empty() && port.parse::<u16>().map_or(true, |port| port == 0)),
            port_empty: port == Some(""),
            scheme_twice: false,
        }
    }
}
