use super::*;
use crate::vendors::{LoopbackRule, Vendor, all};

fn sources(vendor: &Vendor) -> Vec<&Url> {
    let mut found: Vec<&Url> = Vec::new();
    found.extend(vendor.endpoints.iter().map(|it| &it.source));
    found.extend(vendor.endpoints.iter().flat_map(|it| &it.conditions).map(|it| &it.source));
    found.extend(vendor.offline.iter().map(|it| &it.source));
    found.extend(vendor.device_flow.iter().map(|it| &it.source));
    found.extend(vendor.client_authentication.iter().map(|it| &it.source));
    found.extend(vendor.authorization_params.iter().map(|it| &it.source));
    found.extend(vendor.scope_advice.iter().map(|it| &it.source));
    found.extend(vendor.incompatible.iter().map(|it| &it.source));
    found.extend(vendor.loopback.iter().map(|it| &it.source));
    found
}

fn patterns(endpoints: &Endpoints) -> impl Iterator<Item = &Pattern> {
    let kinds = Kind::ALL.into_iter().flat_map(|kind| endpoints.of(kind));
    let legacy = endpoints.legacy.iter().flat_map(|one| [&one.was, &one.now]);
    kinds.chain(legacy).chain(&endpoints.other_revocation).chain(endpoints.conditions.iter().map(|one| &one.url))
}

#[test]
fn fifty_vendors_and_more_have_their_addresses() {
    let known = all().filter_map(|vendor| vendor.endpoints.as_ref());
    let both = known.filter(|it| !it.authorization.is_empty() && !it.token.is_empty()).count();
    assert!(both >= 50, "{both}");
}

#[test]
fn every_statement_names_its_page() {
    for vendor in all() {
        for source in sources(vendor) {
            assert_eq!(source.scheme(), "https", "{}", vendor.id);
            assert!(source.path().len() > 1 || source.fragment().is_some(), "{}: {source} is no page", vendor.id);
        }
        let refuses =
            [Some(LoopbackRule::HttpsOnly), Some(LoopbackRule::LocalhostOnly)].contains(&vendor.loopback_rule);
        assert!(!refuses || vendor.loopback.is_some(), "{}: who says what it takes of loopback?", vendor.id);
        let has_separator = vendor.scopes.separator != " ";
        assert!(!has_separator || vendor.scope_advice.is_some(), "{}: who says what is between scopes?", vendor.id);
        let by_hand = vendor.loopback.as_ref().is_some_and(|it| it.not_in_the_form);
        assert!(!by_hand || vendor.settings_hint.is_some(), "{}: which way is there?", vendor.id);
    }
}

#[test]
fn every_address_is_an_https_url_of_the_vendor_itself() {
    for vendor in all() {
        for pattern in vendor.endpoints.iter().flat_map(patterns) {
            let filled = pattern.filled(&[]).replace(['{', '}'], "");
            let url = Url::parse(&filled).unwrap_or_else(|why| panic!("{}: {}: {why}", vendor.id, pattern.text()));
            assert_eq!((url.query(), url.fragment(), url.as_str()), (None, None, with_path(&filled).as_str()));
            let on_any_host = pattern.text().starts_with("https://{host}/");
            assert!(!on_any_host || vendor.self_hosted, "{}: {}", vendor.id, pattern.text());
            let gap_in_domain = pattern.text().split('/').nth(2).is_some_and(|host| host.contains('{'));
            let owned = url.host_str().is_some_and(|host| vendor.owns(host));
            assert!(owned || gap_in_domain, "{}: {} is not on one of its hosts", vendor.id, pattern.text());
        }
    }
}

/// As the `url` crate writes it, a slash after a bare host added.
fn with_path(url: &str) -> String {
    if url.matches('/').count() == 2 { format!("{url}/") } else { url.to_owned() }
}

#[test]
fn what_an_address_gave_way_to_is_listed_and_the_old_one_is_not() {
    for vendor in all() {
        let Some(known) = &vendor.endpoints else { continue };
        let is_listed = |pattern: &Pattern| Kind::ALL.iter().any(|kind| known.of(*kind).contains(pattern));
        for one in &known.legacy {
            let is_api = one.now.is_whole() && !one.now.text().contains("oauth");
            assert!(is_listed(&one.now) || is_api, "{}: {}", vendor.id, one.now.text());
            assert!(known.kind_of(&one.was.filled(&[])).is_none(), "{}: {}", vendor.id, one.was.text());
        }
    }
}

#[test]
fn what_is_asked_for_can_be_written_in_a_definition() {
    const RESERVED: &[&str] = &["response_type", "client_id", "redirect_uri", "state", "code_challenge", "scope"];
    for vendor in all() {
        if let Some(offline) = &vendor.offline {
            assert_eq!(offline.param.is_some(), offline.scopes.is_empty(), "{}: one way it is", vendor.id);
        }
        if let Some(params) = &vendor.authorization_params {
            let names: Vec<&String> = params.required.keys().chain(params.shown.keys()).collect();
            assert!(!names.is_empty() && !names.iter().any(|name| RESERVED.contains(&name.as_str())), "{}", vendor.id);
        }
        if let Some(client) = &vendor.client_authentication {
            assert!(!client.documented.is_empty(), "{}", vendor.id);
            assert!(!client.refused.iter().any(|way| client.documented.contains(way)), "{}", vendor.id);
        }
        if let Some(device) = &vendor.device_flow {
            assert_eq!(device.offered == Offered::Limited, !device.scopes.is_empty(), "{}", vendor.id);
            let has_url = vendor.endpoints.as_ref().is_some_and(|known| !known.device.is_empty());
            assert!(device.offered != Offered::No || !has_url, "{}: it has none, and here is its address", vendor.id);
        }
    }
}
