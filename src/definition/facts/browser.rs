//! `browser`: whose cookies authsome reads out of Chrome, which of them the login waits for, and where they are sent.

use super::api::Claim;
use super::item;
use super::sections::at;
use crate::definition::authority::host_of;
use crate::definition::document::{Document, Node, below};
use crate::definition::public_suffix::{is_public, site};
use crate::facts::{Entry, Record};

/// So many hours from now is the year 9999, behind which Python's dates end.
const LAST_HOUR: i64 = 69_000_000;

pub fn of(document: &Document, section: &Node) -> Record {
    let empty = |key: &str| section.get(key).is_some_and(|node| node.as_text().is_none() && node.items().is_empty());
    let hours = section.get("ttl_hours");
    let counted = hours.and_then(Node::as_whole_number);
    let mut record = Record::new()
        .with("no_domains", at(empty("domains"), section.get("domains"), document, "/browser/domains"))
        .with("no_cookies", at(empty("auth_cookies"), section.get("auth_cookies"), document, "/browser/auth_cookies"))
        .with("expired_at_once", at(counted.is_some_and(|it| it < 1), hours, document, "/browser/ttl_hours"))
        .with("never_expired", at(counted.is_some_and(|it| it > LAST_HOUR), hours, document, "/browser/ttl_hours"));
    domains(document, section, &mut record);
    let cookies = impossible_cookies(document, section);
    if !cookies.is_empty() {
        record.add("impossible_cookies", cookies);
    }
    record
}

/// The domains against the site that is logged in to and the API that the cookies are sent to.
fn domains(document: &Document, section: &Node, record: &mut Record) {
    let entry = section.get("entry_url").and_then(Node::as_text).and_then(host_of).map(str::to_ascii_lowercase);
    let entry = entry.as_deref().filter(|host| !host.contains('{'));
    let api = document.root.get("api_url");
    let one = api.filter(|node| node.as_text().is_some()).map(|node| ("/api_url".to_owned(), node));
    let many = api.map(Node::items).unwrap_or_default().iter().enumerate();
    let many = many.map(|(index, node)| (format!("/api_url/{index}"), node));
    let targets: Vec<_> = one.into_iter().chain(many).collect();
    let claims: Vec<Claim> = targets
        .iter()
        .filter_map(|(_, node)| node.as_text())
        .filter(|it| !it.contains('{'))
        .filter_map(Claim::of)
        .collect();
    let (mut wrong, mut cased, mut wide, mut foreign) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut names = Vec::new();
    for (index, node) in section.get("domains").map(Node::items).unwrap_or_default().iter().enumerate() {
        let Some(domain) = node.as_text() else { continue };
        let place = || node.spot.place(&document.file, format!("/browser/domains/{index}"));
        let written = Record::new().with("value", domain);
        let name = domain.trim_start_matches('.').to_ascii_lowercase();
        if name.is_empty() || !domain.is_ascii() || domain.contains(['/', ':', '*', ' ', '\t', '\n', '\r']) {
            wrong.push(item(written, place()));
            continue;
        }
        let is_meant = entry == Some(&*name);
        if !is_meant && name != "localhost" && is_public(&name) {
            wide.push(item(written.with("site", entry.map(site)), place()));
        } else if let Some(entry) = entry.filter(|entry| site(entry) != site(&name))
            && !claims.iter().any(|claim| belongs(claim, &name))
        {
            // What is of no use for this login says nothing of where its cookies go.
            foreign.push(item(written.with("entry", site(entry)), place()));
            continue;
        } else if domain.bytes().any(|byte| byte.is_ascii_uppercase()) {
            cased.push(item(written.with("lower", domain.to_ascii_lowercase()), place()));
        }
        names.push(name);
    }
    let mut elsewhere = Vec::new();
    for (pointer, node) in targets.into_iter().filter(|_| !names.is_empty()) {
        let Some(claim) = node.as_text().filter(|it| !it.contains('{')).and_then(Claim::of) else { continue };
        if !names.iter().any(|name| belongs(&claim, name)) {
            let record = Record::new().with("value", claim.host());
            elsewhere.push(item(record, node.spot.place(&document.file, pointer)));
        }
    }
    record.add("wrong_domains", wrong);
    for (key, list) in
        [("cased_domains", cased), ("wide_domains", wide), ("foreign_domains", foreign), ("api_elsewhere", elsewhere)]
    {
        if !list.is_empty() {
            record.add(key, list);
        }
    }
}

/// The API is of the domain's site. Of a pattern it is enough that it has the site's name in it.
fn belongs(claim: &Claim, domain: &str) -> bool {
    let site_of_domain = site(domain);
    match claim {
        Claim::Host(host, _) => site(host) == site_of_domain || host.ends_with(&format!(".{domain}")),
        Claim::Pattern(pattern) => {
            let name = if is_public(domain) { domain } else { site_of_domain.split('.').next().unwrap_or_default() };
            pattern.to_ascii_lowercase().contains(name)
        }
    }
}

/// Names that no browser keeps a cookie under: empty, with blanks, or with what ends a name or a value.
fn impossible_cookies(document: &Document, section: &Node) -> Vec<Entry> {
    let mut found = Vec::new();
    let mut look = |node: &Node, pointer: String, awaited: bool| {
        let Some(name) = node.as_text() else { return };
        if name.is_empty() || name.contains(['=', ';']) || name.contains(|c: char| c.is_whitespace() || c.is_control())
        {
            let record = Record::new().with("value", name).with("awaited", awaited);
            found.push(item(record, node.spot.place(&document.file, pointer)));
        }
    };
    let list = |key: &str| section.get(key).map(Node::items).unwrap_or_default().iter().enumerate();
    for (index, node) in list("auth_cookies") {
        look(node, format!("/browser/auth_cookies/{index}"), true);
    }
    for (index, rule) in list("extract") {
        if let Some(node) = rule.get("cookie") {
            look(node, format!("/browser/extract/{index}/cookie"), false);
        }
    }
    // An empty one is none.
    if let Some(node) = section.get("ttl_from_cookie").filter(|node| node.as_text() != Some("")) {
        look(node, below("/browser", "ttl_from_cookie"), false);
    }
    found
}
