//! Addresses of a definition whose hosts are none of a vendor's and look like one. Who copies from a page of a stranger does
//! not see the difference.

use crate::definition::{Document, host_of};
use crate::facts::{Entry, Fact, Facts, Record};
use crate::vendors;

/// Section, key, JSON pointer.
const ADDRESSES: &[(&str, &str, &str)] = &[
    ("oauth", "base_url", "/oauth/base_url"),
    ("oauth", "authorization_url", "/oauth/authorization_url"),
    ("oauth", "token_url", "/oauth/token_url"),
    ("oauth", "revocation_url", "/oauth/revocation_url"),
    ("oauth", "device_authorization_url", "/oauth/device_authorization_url"),
    ("registration", "registration_endpoint", "/registration/registration_endpoint"),
    ("browser", "entry_url", "/browser/entry_url"),
    ("browser", "validate_url", "/browser/validate_url"),
];

pub fn write(document: &Document, facts: &mut Facts) {
    let mut found: Vec<Entry> = Vec::new();
    // Most addresses of a definition have the same host.
    let (mut last, mut told) = ("", None);
    for (section, key, pointer) in ADDRESSES {
        let Some(node) = document.root.get(section).and_then(|section| section.get(key)) else { continue };
        let Some((value, host)) = node.as_text().and_then(|value| Some((value, host_of(value)?))) else { continue };
        if host != last {
            (last, told) = (host, vendors::imitated(host));
        }
        if let Some((how, like)) = &told {
            let record = Record::new()
                .with("key", *key)
                .with("value", value)
                .with("like", like.as_str())
                .with("how", how.word());
            found.push(Fact::from(record).at(node.spot.place(&document.file, *pointer)));
        }
    }
    if !found.is_empty() {
        facts.set("definition.look_alikes", found);
    }
}
