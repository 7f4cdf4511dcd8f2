//! Definitions as the records of vendors want them, and such as are spoiled in one way.

use crate::world::World;
use authsome_doctor::vendors::{self, Endpoints, Kind, LoopbackRule, Offered, Pattern, Vendor};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Rules of this subject; others have tests of their own.
fn is_ours(rule: &str) -> bool {
    rule.starts_with("definition-vendor-")
}

pub type Finding = (String, String, String);

/// What is found in each of many definitions, by file, in one run.
pub fn found_in(definitions: &BTreeMap<String, Value>) -> BTreeMap<String, BTreeSet<Finding>> {
    let world = World::new();
    for (name, definition) in definitions {
        world.file(&format!("p/{name}.json"), serde_json::to_string_pretty(definition).expect("JSON"));
    }
    let (_, document) = world.json(&["p"]);
    let mut found: BTreeMap<String, BTreeSet<Finding>> =
        definitions.keys().map(|name| (name.clone(), BTreeSet::new())).collect();
    for finding in document["findings"].as_array().expect("findings") {
        let word = |pointer: &str| finding.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned();
        let file = word("/location/file");
        let name = file.rsplit('/').next().and_then(|file| file.strip_suffix(".json")).expect("a file of ours");
        if is_ours(&word("/rule")) {
            let findings = found.get_mut(name).expect("a file of ours");
            findings.insert((word("/rule"), word("/severity"), word("/location/pointer")));
        }
    }
    found
}

pub fn found(definition: &Value) -> BTreeSet<Finding> {
    let name = definition["name"].as_str().expect("a name").to_owned();
    found_in(&BTreeMap::from([(name, definition.clone())])).into_values().next().expect("one definition")
}

pub fn finding(rule: &str, severity: &str, pointer: &str) -> Finding {
    (rule.to_owned(), severity.to_owned(), pointer.to_owned())
}

/// An address of that pattern at one customer's.
pub fn at(vendor: &Vendor, pattern: &Pattern) -> String {
    let below = || vendor.hosts.first().map_or_else(|| "login.acme.example".to_owned(), |host| format!("acme.{host}"));
    let host = vendor.whole_hosts.first().cloned().unwrap_or_else(below);
    let filled = pattern.filled(&[("host", &host), ("tenant", "organizations"), ("domain", "eu")]);
    filled.replace('{', "acme").replace('}', "")
}

pub fn endpoints(vendor: &Vendor) -> Option<&Endpoints> {
    vendor.endpoints.as_ref().filter(|known| !known.authorization.is_empty() && !known.token.is_empty())
}

pub fn known() -> impl Iterator<Item = &'static Vendor> {
    vendors::all().filter(|vendor| endpoints(vendor).is_some())
}

/// A definition as the vendor's record wants it.
pub fn sound(vendor: &Vendor) -> Value {
    let known = endpoints(vendor).expect("addresses");
    let first = |kind: Kind| known.of(kind).first().map(|pattern| at(vendor, pattern));
    let mut scopes: Vec<String> = vendor.offline.iter().filter_map(|it| it.scopes.first()).cloned().collect();
    if scopes.is_empty() {
        scopes.push("acme:read".to_owned());
    }
    let mut params = BTreeMap::new();
    for param in vendor.offline.iter().filter_map(|it| it.param.as_ref()) {
        params.insert(param.name.clone(), param.value.clone());
    }
    for wanted in vendor.authorization_params.iter().flat_map(|it| [&it.required, &it.shown]) {
        params.extend(wanted.clone());
    }
    let way = vendor.client_authentication.as_ref().and_then(|it| it.documented.first());
    json!({
        "name": vendor.names.first().map(|name| name.trim_end_matches('*')),
        "display_name": vendor.title,
        "auth_type": "oauth2",
        "flow": "pkce",
        "docs_url": "https://acme.example/docs",
        "api_url": format!("api.{}.example", vendor.id),
        "oauth": {
            "authorization_url": first(Kind::Authorization),
            "token_url": first(Kind::Token),
            "revocation_url": first(Kind::Revocation),
            "device_authorization_url": first(Kind::Device),
            "scopes": scopes,
            "authorization_params": params,
            "authorization_method": way.map_or("body", |way| way.word()),
            "supports_device_code": false,
        },
    })
}

/// What no definition can avoid: the vendor itself is so.
pub fn unavoidable(vendor: &Vendor) -> BTreeSet<Finding> {
    let mut found = BTreeSet::new();
    let url = "/oauth/authorization_url";
    match vendor.loopback_rule {
        Some(LoopbackRule::HttpsOnly | LoopbackRule::LocalhostOnly) => {
            found.insert(finding("definition-vendor-redirect-refused", "warning", url));
        }
        _ if vendor.loopback.as_ref().is_some_and(|it| it.not_in_the_form) => {
            found.insert(finding("definition-vendor-redirect-not-in-the-form", "note", url));
        }
        _ => {}
    }
    let first = endpoints(vendor).and_then(|known| known.of(Kind::Authorization).first());
    let first = first.map(|pattern| at(vendor, pattern));
    let host = first.as_deref().and_then(|url| url.split('/').nth(2));
    if vendor.self_hosted && vendor.hosts.iter().any(|known| Some(known.as_str()) == host) {
        found.insert(finding("definition-vendor-own-host-alone", "note", url));
    }
    // The sound one asks for no scope that is taken there.
    if vendor.device_flow.as_ref().is_some_and(|it| it.offered == Offered::Limited) {
        let url = "/oauth/device_authorization_url";
        found.insert(finding("definition-vendor-device-flow-scopes-claimed", "note", url));
    }
    if vendor.incompatible.is_some() {
        found.insert(finding("definition-vendor-incompatible", "error", "/oauth/token_url"));
    }
    found
}

/// The spoiled definitions: each with its name, and what is to be found in it beside the unavoidable.
#[derive(Default)]
pub struct Spoiled {
    pub definitions: BTreeMap<String, Value>,
    pub wanted: BTreeMap<String, Finding>,
}

impl Spoiled {
    pub fn add(
        &mut self,
        vendor: &Vendor,
        how: &str,
        spoil: impl FnOnce(&mut Value),
        rule: &str,
        severity: &str,
        at: &str,
    ) {
        let mut definition = sound(vendor);
        spoil(&mut definition);
        let name = format!("{}-{how}", vendor.id);
        let before = self.definitions.insert(name.clone(), definition);
        assert_eq!(before, None, "{name} twice");
        self.wanted.insert(name, finding(&format!("definition-vendor-{rule}"), severity, at));
    }

    pub fn check(self) {
        let found = found_in(&self.definitions);
        for (name, wanted) in self.wanted {
            assert!(found[&name].contains(&wanted), "{name}: {wanted:?}, not {:?}", found[&name]);
        }
    }
}
