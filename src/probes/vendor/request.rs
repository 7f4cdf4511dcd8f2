//! What a definition asks of its vendor, and how: scopes, parameters, proof of the client, the device flow.

use super::Look;
use crate::definition::{AuthorizationMethod, Flow, OAuth, nearest};
use crate::facts::{Entry, Fact, Facts, Record};
use crate::vendors::{Offered, Way, Without};

pub fn write(look: &Look, facts: &mut Facts) {
    let Some(oauth) = &look.used.oauth else { return };
    offline(look, oauth, facts);
    params(look, oauth, facts);
    scopes(look, oauth, facts);
    client_authentication(look, oauth, facts);
    device(look, oauth, facts);
}

/// Does the request ask for a refresh token?
fn offline(look: &Look, oauth: &OAuth, facts: &mut Facts) {
    let Some(known) = &look.vendor.offline else { return };
    if oauth.scopes.is_empty() && known.not_without_scopes {
        return;
    }
    let asked = known.scopes.iter().any(|scope| has_scope(oauth, scope))
        || known.param.as_ref().is_some_and(|wanted| param(oauth, &wanted.name) == Some(&wanted.value));
    // The device flow has no authorization request, and dynamic registration sends no parameters in it.
    let by_param = known.param.as_ref().filter(|_| sends_params(look));
    let (wanted, field) = match (known.scopes.first(), by_param) {
        _ if asked => return,
        (Some(scope), _) => (format!("the scope {scope}"), "oauth.scopes".to_owned()),
        (None, Some(wanted)) => (
            format!("{}={} in authorization_params", wanted.name, wanted.value),
            "oauth.authorization_params".to_owned(),
        ),
        (None, None) => return,
    };
    let instead = by_param.filter(|_| known.scopes.is_empty()).and_then(|wanted| meant(oauth, &wanted.name));
    let field = instead.map_or(field, |(name, _)| format!("oauth.authorization_params.{name}"));
    if let Some(wanted) = by_param.filter(|_| instead.is_some()) {
        facts.set("definition.vendor.offline.instead", in_words(instead, &wanted.name));
    }
    facts.set("definition.vendor.offline.wanted", look.at(&field, wanted.into()));
    facts.set("definition.vendor.offline.never_without", known.without == Without::Never);
    facts.set("definition.vendor.offline.note", known.note.as_deref());
    facts.set("definition.vendor.offline.source", known.source.as_str());
}

fn params(look: &Look, oauth: &OAuth, facts: &mut Facts) {
    let Some(known) = look.vendor.authorization_params.as_ref().filter(|_| sends_params(look)) else { return };
    let required = known.required.iter().map(|(name, value)| (name, value, true));
    let shown = known.shown.iter().map(|(name, value)| (name, value, false));
    let missing = required.chain(shown).filter(|(name, value, _)| param(oauth, name) != Some(value));
    let records: Vec<Entry> = missing
        .map(|(name, value, required)| {
            let there = meant(oauth, name);
            let record = Record::new()
                .with("name", name.as_str())
                .with("value", value.as_str())
                .with("instead", in_words(there, name))
                .with("required", required)
                .with("source", known.source.as_str());
            let below = there.map(|(name, _)| format!(".{name}")).unwrap_or_default();
            look.at(&format!("oauth.authorization_params{below}"), record.into())
        })
        .collect();
    facts.set("definition.vendor.params", records);
}

fn scopes(look: &Look, oauth: &OAuth, facts: &mut Facts) {
    let habits = &look.vendor.scopes;
    let advice = look.vendor.scope_advice.as_ref();
    if oauth.scopes.len() > 1 && habits.separator != " " {
        facts.set("definition.vendor.separator.wanted", look.at("oauth.scopes", habits.separator.as_str().into()));
        facts.set("definition.vendor.separator.blanks_refused", advice.is_some_and(|known| known.refuses_blanks));
        facts.set("definition.vendor.separator.source", advice.map(|known| known.source.as_str()));
    }
    let Some(known) = advice else { return };
    if known.required && oauth.scopes.is_empty() {
        facts.set("definition.vendor.no_scopes.source", look.at("oauth.scopes", known.source.as_str().into()));
    }
    let outer = |scope: &String| oauth.scopes.iter().find(|outer| habits.contains(outer, scope));
    let found = oauth.scopes.iter().enumerate().filter_map(|(at, scope)| {
        let right = known.written_wrong(scope).filter(|_| !known.unknown.contains_key(scope));
        let (fault, note) = if let Some(why) = known.retired.get(scope) {
            ("retired", why.clone())
        } else if let Some(why) = known.unknown.get(scope) {
            (if known.unknown_refused { "refused" } else { "unknown" }, why.clone())
        } else if let Some(right) = &right {
            ("refused", format!("It is written {right}."))
        } else if let Some(outer) = outer(scope).filter(|_| known.contained_is_needless) {
            ("contained", outer.clone())
        } else {
            ("broad", known.broad.get(scope)?.clone())
        };
        let record = Record::new()
            .with("value", scope.as_str())
            .with("fault", fault)
            .with("note", note)
            .with("expected", right)
            .with("source", known.source.as_str());
        Some(look.at(&format!("oauth.scopes.{at}"), record.into()))
    });
    facts.set("definition.vendor.scopes", found.collect::<Vec<Entry>>());
}

fn client_authentication(look: &Look, oauth: &OAuth, facts: &mut Facts) {
    let Some(known) = &look.vendor.client_authentication else { return };
    let way = match oauth.authorization_method {
        AuthorizationMethod::Basic => Way::Basic,
        AuthorizationMethod::Body => Way::Body,
    };
    // A client that registers itself is told there how to prove itself.
    if known.documented.contains(&way) || !look.has_flow(Flow::Pkce) {
        return;
    }
    let used = look.at("oauth.authorization_method", way.word().into());
    facts.set("definition.vendor.client_authentication.used", used);
    let takes = known.documented.first().map(|way| way.word());
    facts.set("definition.vendor.client_authentication.takes", takes);
    facts.set("definition.vendor.client_authentication.refused", known.refused.contains(&way));
    facts.set("definition.vendor.client_authentication.source", known.source.as_str());
}

fn device(look: &Look, oauth: &OAuth, facts: &mut Facts) {
    let Some(known) = &look.vendor.device_flow else { return };
    let in_use = look.has_flow(Flow::DeviceCode);
    // authsome reads supports_device_code nowhere: where there is an address, --flow device_code goes there.
    let has_url = oauth.device_authorization_url.as_ref().is_some_and(|url| !url.is_empty());
    if !in_use && !oauth.supports_device_code && !has_url {
        return;
    }
    let refused: Vec<String> = match known.offered {
        Offered::Limited => oauth.scopes.iter().filter(|scope| !known.scopes.contains(scope)).cloned().collect(),
        Offered::Yes | Offered::No => Vec::new(),
    };
    let fault: Fact = match known.offered {
        Offered::No => "not_offered".into(),
        Offered::Limited if !refused.is_empty() => "scopes_refused".into(),
        Offered::Limited | Offered::Yes => return,
    };
    let field = match (in_use, oauth.supports_device_code) {
        (true, _) => "flow",
        (false, true) => "oauth.supports_device_code",
        (false, false) => "oauth.device_authorization_url",
    };
    facts.set("definition.vendor.device.fault", look.at(field, fault));
    facts.set("definition.vendor.device.in_use", in_use);
    facts.set("definition.vendor.device.refused", refused);
    facts.set("definition.vendor.device.taken", known.scopes.clone());
    facts.set("definition.vendor.device.source", known.source.as_str());
}

/// authsome sends `authorization_params` with a client that it was given; not with one that it registered.
fn sends_params(look: &Look) -> bool {
    !look.has_flow(Flow::DeviceCode) && !look.has_flow(Flow::DcrPkce)
}

fn param<'o>(oauth: &'o OAuth, name: &str) -> Option<&'o String> {
    oauth.authorization_params.iter().find(|(key, _)| key == name).map(|(_, value)| value)
}

fn in_words(there: Option<(&str, &str)>, wanted: &str) -> Option<String> {
    there.map(|(name, value)| format!("{name}={value}{}", if name == wanted { "" } else { " (misspelt)" }))
}

/// The parameter of that name, or the one that is its name misspelt.
fn meant<'o>(oauth: &'o OAuth, name: &str) -> Option<(&'o str, &'o str)> {
    let all = || oauth.authorization_params.iter().map(|(key, value)| (key.as_str(), value.as_str()));
    all().find(|(key, _)| *key == name).or_else(|| all().find(|(key, _)| nearest(key, [name]).is_some()))
}

/// As an item of its own, or joined with others in one.
fn has_scope(oauth: &OAuth, wanted: &str) -> bool {
    let apart = |scope: &String| scope.split([' ', ',']).any(|one| one.eq_ignore_ascii_case(wanted));
    oauth.scopes.iter().any(apart)
}
