//! The URLs of a definition, taken apart the way authsome's own check (Python's `urlparse`) does: no scheme and no host are
//! facts here, not errors.

use super::item;
use crate::definition::document::{Document, Node, below};
use crate::definition::model::{BASE_URL, ProviderDefinition};
use crate::definition::schema::{ROOT, Section, Shape};
use crate::facts::{Entry, Facts, Record};
use std::net::IpAddr;

pub fn write(document: &Document, used: &ProviderDefinition, facts: &mut Facts) {
    let mut walk = Walk { document, base_is_known: used.is_resolved(), urls: Vec::new() };
    walk.section(&ROOT, &document.root, "", "");
    facts.set("definition.urls", walk.urls);
}

struct Walk<'a> {
    document: &'a Document,
    base_is_known: bool,
    urls: Vec<Entry>,
}

impl Walk<'_> {
    fn section(&mut self, section: &Section, node: &Node, field: &str, pointer: &str) {
        for known in section.fields {
            let Some(value) = node.get(known.key) else { continue };
            let name = if field.is_empty() { known.key.to_owned() } else { format!("{field}.{}", known.key) };
            let pointer = below(pointer, known.key);
            match (&known.shape, value.as_text()) {
                (Shape::Url, Some(url)) => {
                    let place = value.spot.place(&self.document.file, &pointer);
                    self.urls.push(item(record(&name, known.key, url, self.base_is_known), place));
                }
                (Shape::Section(inner), _) => self.section(inner, value, &name, &pointer),
                _ => {}
            }
        }
    }
}

fn record(field: &str, key: &str, url: &str, base_is_known: bool) -> Record {
    let parts = Parts::of(url);
    let uses_base_url = url.contains(BASE_URL);
    let host = parts.host.as_deref();
    Record::new()
        .with("field", field)
        .with("key", key)
        .with("value", url)
        .with("blank", url.trim().is_empty())
        .with("without_white_space", url.chars().filter(|c| !c.is_whitespace()).collect::<String>())
        .with("has_white_space", url.contains(char::is_whitespace))
        .with("uses_base_url", uses_base_url)
        .with("base_url_unknown", uses_base_url && !base_is_known)
        .with("other_placeholder", placeholder(&url.replace(BASE_URL, "")))
        .with("scheme", parts.scheme.as_deref())
        .with("host", host)
        .with("host_is_loopback", host.map(is_loopback))
        .with("host_is_ip", host.map(|host| host.parse::<IpAddr>().is_ok()))
        .with("has_user_info", parts.has_user_info)
        .with("has_query", url.contains('?'))
        .with("has_fragment", url.contains('#'))
}

/// `{tenant}` and the like: authsome fills in `{base_url}` and nothing else.
fn placeholder(url: &str) -> Option<&str> {
    let opens = url.find('{')?;
    let inside = &url[opens..];
    inside.find('}').map(|closes| &inside[..=closes])
}

fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[derive(Debug, Default, PartialEq)]
struct Parts {
    /// In lower case.
    scheme: Option<String>,
    /// In lower case, without brackets and port.
    host: Option<String>,
    has_user_info: bool,
}

impl Parts {
    fn of(url: &str) -> Self {
        let url = url.trim();
        let Some((scheme, rest)) = url.split_once(':') else {
            return Self::default();
        };
        let is_scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'));
        let Some(authority) = rest.strip_prefix("//").filter(|_| is_scheme) else {
            return Self::default();
        };
        let authority = &authority[..authority.find(['/', '?', '#']).unwrap_or(authority.len())];
        let (user_info, host) = authority.rsplit_once('@').map_or((None, authority), |(user, host)| (Some(user), host));
        let host = match host.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            Some((address, _)) => address,
            None => host.split_once(':').map_or(host, |(host, _)| host),
        };
        Self {
            scheme: Some(scheme.to_ascii_lowercase()),
            host: Some(host.to_ascii_lowercase()).filter(|host| !host.is_empty()),
            has_user_info: user_info.is_some(),
        }
    }
}
