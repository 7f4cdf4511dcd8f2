//! Slips of the pen in URLs: what is left in one of a sentence, of a query, of a template. Most definitions have none, and then
//! no fact is made.

use super::item;
use super::urls::Parts;
use crate::definition::authority::is_loopback;
use crate::definition::document::Spot;
use crate::definition::model::BASE_URL;
use crate::facts::{Entry, Record};
use std::borrow::Cow;
use std::sync::Arc;

pub struct Slips<'a> {
    file: &'a Arc<str>,
    found: Vec<Entry>,
}

/// The field that a URL stands in.
#[derive(Clone)]
pub struct At {
    pub key: &'static str,
    pub pointer: Cow<'static, str>,
    pub spot: Spot,
}

impl<'a> Slips<'a> {
    pub fn new(file: &'a Arc<str>) -> Self {
        Self { file, found: Vec::new() }
    }

    pub fn write(self, facts: &mut Record) {
        if !self.found.is_empty() {
            facts.add("url_slips", self.found);
        }
    }

    /// `kind` is a word of the registry, `part` what is wrong in the URL, `expected` what to write, where that is sure.
    pub fn add(&mut self, at: &At, url: &str, kind: &'static str, part: &str, expected: Option<String>) {
        let record = Record::new()
            .with("kind", kind)
            .with("key", at.key)
            .with("value", url)
            .with("part", part)
            .with("expected", expected);
        self.found.push(item(record, at.spot.place(self.file, at.pointer.clone())));
    }

    /// Of an address that programs ask.
    pub fn endpoint(&mut self, at: &At, url: &str, parts: &Parts) {
        let host = parts.host.as_deref().unwrap_or_default();
        if parts.scheme_twice {
            let expected = url.trim().split_once("://").map(|(_, rest)| rest.to_owned());
            self.add(at, url, "scheme_twice", "://", expected.filter(|rest| rest.starts_with("https://")));
        }
        if host.ends_with('.') {
            self.add(at, url, "host_dot", host, None);
        }
        if host.contains('_') && !host.contains('{') {
            self.add(at, url, "host_underscore", host, None);
        }
        if host.ends_with(".localhost") {
            self.add(at, url, "below_localhost", host, None);
        }
        if parts.port_empty {
            let expected = url.replacen(&format!("{host}:"), host, 1);
            self.add(at, url, "port_empty", ":", Some(expected).filter(|url_now| url_now != url));
        }
        if url.contains('%')
            && let Some(part) = half_escape(url)
        {
            self.add(at, url, "percent", part, None);
        }
        if !parts.path_missing && !url.contains(['?', '#']) {
            self.path(at, url);
        }
    }

    fn path(&mut self, at: &At, url: &str) {
        let whole = url.trim_end_matches([',', ';', '.', ')', '\'', '"', '’', '”', '|']);
        if whole.len() < url.len() && !url.contains('(') {
            self.add(at, url, "tail", &url[whole.len()..], Some(whole.to_owned()));
        }
        if let Some((_, behind)) = url.split_once('&')
            && behind.contains('=')
        {
            self.add(at, url, "ampersand", behind, None);
        }
    }

    /// What stands where `{base_url}` does.
    pub fn template(&mut self, at: &At, url: &str) {
        let Some(behind) = url.trim().strip_prefix(BASE_URL) else { return };
        // A port may follow.
        if behind.starts_with(|c: char| !matches!(c, '/' | '?' | '#' | ':' | '{') && !c.is_whitespace()) {
            let expected = behind.starts_with(char::is_alphanumeric).then(|| format!("{BASE_URL}/{behind}"));
            let part = behind.split('/').next().unwrap_or_default();
            self.add(at, url, "base_url_joined", part, expected);
        }
    }

    /// Of the page of documentation, which a browser opens.
    pub fn page(&mut self, at: &At, url: &str, host: Option<&str>) {
        if host.is_some_and(is_loopback) {
            self.add(at, url, "page_local", host.unwrap_or_default(), None);
        }
        let inside = url.trim();
        if inside.contains(char::is_whitespace) {
            let sure = !inside.contains(['\n', '\r', '\t']);
            self.add(at, url, "space", "", sure.then(|| inside.replace(' ', "%20")));
        } else {
            self.around(at, url);
        }
    }

    /// White space around it, which whoever reads it takes off.
    pub fn around(&mut self, at: &At, url: &str) {
        let inside = url.trim();
        if !inside.is_empty() && inside.len() < url.len() && !inside.contains(char::is_whitespace) {
            self.add(at, url, "space", "", Some(inside.to_owned()));
        }
    }
}

/// A percent sign that no two digits follow (RFC 3986, section 2.1).
fn half_escape(url: &str) -> Option<&str> {
    let is_escape = |rest: &[u8]| rest.len() > 2 && rest[1].is_ascii_hexdigit() && rest[2].is_ascii_hexdigit();
    let (at, _) = url.match_indices('%').find(|(at, _)| !is_escape(&url.as_bytes()[*at..]))?;
    let rest = &url[at..];
    Some(rest.char_indices().nth(3).map_or(rest, |(end, _)| &rest[..end]))
}
