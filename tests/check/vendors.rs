//! What is known of vendors: a sound definition for each is silent, and one that is spoiled in one way is found. All of them
//! are made of the records, so that none is forgotten.

use crate::vendor_definitions::{Spoiled, at, endpoints, finding, found, found_in, known, sound, unavoidable};
use crate::world::World;
use authsome_doctor::vendors::{self, Kind, Offered, Vendor, Way, Without};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

#[test]
fn a_definition_as_the_vendor_wants_it_is_silent() {
    let definitions: BTreeMap<String, Value> = known().map(|vendor| (vendor.id.to_owned(), sound(vendor))).collect();
    assert!(definitions.len() >= 50, "{}", definitions.len());
    let found = found_in(&definitions);
    for vendor in known() {
        assert_eq!(found[vendor.id], unavoidable(vendor), "{}", vendor.id);
    }
}

fn another_vendor(vendor: &Vendor) -> (&'static str, &'static str) {
    match vendor.id {
        "google" => ("https://slack.com/oauth/v2/authorize", "https://slack.com/api/oauth.v2.access"),
        _ => ("https://accounts.google.com/o/oauth2/v2/auth", "https://oauth2.googleapis.com/token"),
    }
}

#[test]
fn a_wrong_address_is_found_at_every_vendor() {
    let mut spoiled = Spoiled::default();
    for vendor in known() {
        let known = endpoints(vendor).expect("addresses");
        let misspelt = |key: &'static str| {
            move |it: &mut Value| {
                let url = it["oauth"][key].as_str().expect("a URL").to_owned();
                it["oauth"][key] = format!("{}z", url.trim_end_matches('/')).into();
            }
        };
        for kind in [Kind::Authorization, Kind::Token, Kind::Revocation, Kind::Device] {
            let ends_in_a_gap = known.of(kind).iter().any(|pattern| pattern.text().ends_with('}'));
            if known.of(kind).is_empty() || ends_in_a_gap {
                continue;
            }
            let how = format!("misspelt-{}", kind.key());
            let at = format!("/oauth/{}", kind.key());
            spoiled.add(vendor, &how, misspelt(kind.key()), "endpoint-not-documented", "warning", &at);
        }
        let exchanged = |it: &mut Value| {
            let token = it["oauth"]["token_url"].take();
            let authorization = std::mem::replace(&mut it["oauth"]["authorization_url"], token);
            it["oauth"]["token_url"] = authorization;
        };
        spoiled.add(vendor, "exchanged-a", exchanged, "endpoint-wrong", "error", "/oauth/authorization_url");
        spoiled.add(vendor, "exchanged-b", exchanged, "endpoint-wrong", "error", "/oauth/token_url");
        let (_, token) = another_vendor(vendor);
        let foreign = |it: &mut Value| it["oauth"]["token_url"] = token.into();
        if vendor.hosts.is_empty() {
            // Known by its name alone, it is the other vendor's then, with an address that is not.
            let at = "/oauth/authorization_url";
            spoiled.add(vendor, "foreign", foreign, "endpoint-not-documented", "warning", at);
        } else {
            spoiled.add(vendor, "foreign", foreign, "endpoint-wrong", "error", "/oauth/token_url");
        }
        if !vendor.self_hosted {
            let elsewhere = |it: &mut Value| it["oauth"]["authorization_url"] = "https://sso.acme.example/a".into();
            let at = "/oauth/authorization_url";
            spoiled.add(vendor, "elsewhere", elsewhere, "endpoint-not-documented", "warning", at);
        }
    }
    spoiled.check();
}

#[test]
fn an_old_address_is_found_with_the_new_one() {
    let mut spoiled = Spoiled::default();
    for vendor in known() {
        let known = endpoints(vendor).expect("addresses");
        for (number, one) in known.legacy.iter().enumerate() {
            let kind = Kind::ALL.into_iter().find(|kind| known.of(*kind).contains(&one.now));
            let (old, how) = (at(vendor, &one.was), format!("legacy-{number}"));
            if let Some(kind) = kind {
                let spoil = |it: &mut Value| it["oauth"][kind.key()] = old.into();
                let at = format!("/oauth/{}", kind.key());
                let (rule, severity) = match (one.gone, kind) {
                    (false, _) => ("endpoint-legacy", "note"),
                    (true, Kind::Authorization | Kind::Token) => ("endpoint-gone", "error"),
                    (true, _) => ("endpoint-gone-unused", "warning"),
                };
                spoiled.add(vendor, &how, spoil, rule, severity, &at);
            } else {
                let spoil = |it: &mut Value| it["api_url"] = json!(["api.acme.example", old]);
                spoiled.add(vendor, &how, spoil, "endpoint-legacy", "note", "/api_url/1");
            }
        }
        for (number, other) in known.other_revocation.iter().enumerate() {
            let url = at(vendor, other);
            let spoil = |it: &mut Value| it["oauth"]["revocation_url"] = url.into();
            let how = format!("revocation-{number}");
            spoiled.add(vendor, &how, spoil, "revocation-another-way", "note", "/oauth/revocation_url");
        }
        for (number, condition) in known.conditions.iter().enumerate() {
            let url = at(vendor, &condition.url);
            let kind = known.kind_of(&url).expect("a known address");
            let spoil = |it: &mut Value| it["oauth"][kind.key()] = url.into();
            let at = format!("/oauth/{}", kind.key());
            spoiled.add(vendor, &format!("condition-{number}"), spoil, "endpoint-for-some-apps", "note", &at);
        }
    }
    assert!(spoiled.wanted.len() > 30, "{}", spoiled.wanted.len());
    spoiled.check();
}

#[test]
fn what_a_request_lacks_is_found() {
    let mut spoiled = Spoiled::default();
    for vendor in known() {
        if let Some(offline) = &vendor.offline {
            let (rule, severity) = match offline.without {
                Without::Never => ("no-refresh-token", "warning"),
                Without::Depends => ("refresh-token-depends", "note"),
            };
            if let Some(param) = &offline.param {
                let spoil = |it: &mut Value| {
                    it["oauth"]["authorization_params"].as_object_mut().expect("an object").remove(&param.name);
                };
                spoiled.add(vendor, "online", spoil, rule, severity, "/oauth/authorization_params");
            } else {
                let spoil = |it: &mut Value| it["oauth"]["scopes"] = json!(["acme:read"]);
                spoiled.add(vendor, "online", spoil, rule, severity, "/oauth/scopes");
            }
        }
        let params = vendor.authorization_params.as_ref();
        let required =
            params.iter().flat_map(|it| &it.required).map(|(name, _)| (name, "parameter-missing", "warning"));
        let shown = params.iter().flat_map(|it| &it.shown).map(|(name, _)| (name, "parameter-shown", "note"));
        for (name, rule, severity) in required.chain(shown) {
            let spoil = |it: &mut Value| it["oauth"]["authorization_params"] = json!({});
            spoiled.add(vendor, &format!("no-{name}"), spoil, rule, severity, "/oauth/authorization_params");
            let spoil = |it: &mut Value| it["oauth"]["authorization_params"][name] = "other".into();
            let at = format!("/oauth/authorization_params/{name}");
            spoiled.add(vendor, &format!("other-{name}"), spoil, rule, severity, &at);
        }
        for way in [Way::Basic, Way::Body] {
            let Some(client) = vendor.client_authentication.as_ref().filter(|it| !it.documented.contains(&way)) else {
                continue;
            };
            let (rule, severity) = if client.refused.contains(&way) {
                ("client-authentication-refused", "error")
            } else {
                ("client-authentication-not-documented", "note")
            };
            let spoil = |it: &mut Value| it["oauth"]["authorization_method"] = way.word().into();
            spoiled.add(vendor, way.word(), spoil, rule, severity, "/oauth/authorization_method");
        }
    }
    spoiled.check();
}

#[test]
fn scopes_that_a_vendor_does_not_take_are_found() {
    let mut spoiled = Spoiled::default();
    for vendor in known() {
        let two = |it: &mut Value| it["oauth"]["scopes"] = json!(["acme:read", "acme:write"]);
        let advice = vendor.scope_advice.as_ref();
        if vendor.scopes.separator != " " {
            let refused = advice.is_some_and(|it| it.refuses_blanks);
            let (rule, severity) =
                if refused { ("scopes-separator-refused", "warning") } else { ("scopes-separator", "note") };
            spoiled.add(vendor, "separator", two, rule, severity, "/oauth/scopes");
        }
        let Some(advice) = advice else { continue };
        if advice.required {
            let spoil = |it: &mut Value| it["oauth"]["scopes"] = json!([]);
            spoiled.add(vendor, "no-scopes", spoil, "scopes-missing", "warning", "/oauth/scopes");
        }
        let broad = advice.broad.keys().map(|scope| (scope, "scope-broad", "note"));
        let retired = advice.retired.keys().map(|scope| (scope, "scope-retired", "warning"));
        for (number, (scope, rule, severity)) in broad.chain(retired).enumerate() {
            let spoil = |it: &mut Value| it["oauth"]["scopes"] = json!(["acme:read", scope]);
            spoiled.add(vendor, &format!("scope-{number}"), spoil, rule, severity, "/oauth/scopes/1");
        }
    }
    let contained =
        [("github", "repo", "repo:status"), ("todoist", "data:read_write", "task:add"), ("gitlab", "api", "read_user")];
    for (vendor, outer, inner) in contained {
        let vendor = vendors::find(vendor).expect("a vendor");
        let spoil = |it: &mut Value| it["oauth"]["scopes"] = json!([inner, outer]);
        spoiled.add(vendor, "contained", spoil, "scope-contained", "note", "/oauth/scopes/0");
    }
    spoiled.check();
}

#[test]
fn a_device_flow_that_the_vendor_does_not_keep_is_found() {
    let mut spoiled = Spoiled::default();
    let claim = |it: &mut Value| it["oauth"]["supports_device_code"] = true.into();
    let choose = |it: &mut Value| it["flow"] = "device_code".into();
    for vendor in known() {
        let Some(device) = &vendor.device_flow else { continue };
        let (used, claimed, severity) = match device.offered {
            Offered::Yes => continue,
            Offered::No => ("no-device-flow", "device-flow-claimed", "warning"),
            Offered::Limited => ("device-flow-scopes", "device-flow-scopes-claimed", "note"),
        };
        spoiled.add(vendor, "device-claimed", claim, claimed, severity, "/oauth/supports_device_code");
        spoiled.add(vendor, "device-used", choose, used, "error", "/flow");
    }
    assert!(spoiled.wanted.len() > 10);
    spoiled.check();
}

#[test]
fn the_scopes_that_a_device_flow_takes_are_not_complained_about() {
    let mut google = sound(vendors::find("google").expect("a vendor"));
    google["flow"] = "device_code".into();
    google["oauth"]["scopes"] = json!(["openid", "https://www.googleapis.com/auth/youtube"]);
    google["oauth"]["authorization_params"] = json!({});
    assert_eq!(found(&google), BTreeSet::new());
}

#[test]
fn a_host_of_ones_own_is_judged_by_its_own_addresses() {
    let mut gitlab = sound(vendors::find("gitlab").expect("a vendor"));
    for (key, path) in
        [("authorization_url", "oauth/authorize"), ("token_url", "oauth/token"), ("revocation_url", "oauth/revoke")]
    {
        gitlab["oauth"][key] = format!("https://git.acme.example:8443/gitlab/{path}").into();
    }
    gitlab["oauth"]["device_authorization_url"] = Value::Null;
    assert_eq!(found(&gitlab), BTreeSet::new());
    gitlab["oauth"]["token_url"] = "https://git.acme.example:8443/gitlab/oauth/tokn".into();
    let wanted = finding("definition-vendor-endpoint-not-documented", "warning", "/oauth/token_url");
    assert_eq!(found(&gitlab), BTreeSet::from([wanted]));
}

#[test]
fn the_base_url_is_filled_in_before_anything_is_compared() {
    let mut github = sound(vendors::find("github").expect("a vendor"));
    github["oauth"]["base_url"] = "https://github.acme.example/".into();
    github["oauth"]["authorization_url"] = "{base_url}/login/oauth/authorize".into();
    github["oauth"]["token_url"] = "{base_url}/login/oauth/access_token".into();
    github["oauth"]["device_authorization_url"] = "{base_url}/login/device/code".into();
    assert_eq!(found(&github), BTreeSet::new());
    github["oauth"]["token_url"] = "{base_url}/login/oauth/authorize".into();
    let wanted = finding("definition-vendor-endpoint-wrong", "error", "/oauth/token_url");
    assert_eq!(found(&github), BTreeSet::from([wanted]));
}

#[test]
fn whoever_only_shares_a_name_is_left_alone() {
    for name in ["github", "slack", "keycloak", "google-own", "x"] {
        let stranger = json!({
            "name": name, "display_name": "Ours", "auth_type": "oauth2", "flow": "device_code",
            "oauth": {
                "authorization_url": "https://sso.acme.example/a", "token_url": "https://sso.acme.example/t",
                "device_authorization_url": "https://sso.acme.example/d", "scopes": ["a", "b"],
            },
        });
        assert_eq!(found(&stranger), BTreeSet::new(), "{name}");
    }
}

#[test]
fn a_vendors_mcp_server_is_another_authorization_server() {
    let linear = json!({
        "name": "linear-mcp", "display_name": "Linear MCP", "auth_type": "oauth2", "flow": "dcr_pkce",
        "oauth": {"authorization_url": "https://mcp.linear.app/authorize", "token_url": "https://mcp.linear.app/token", "scopes": ["a", "b"]},
        "registration": {"registration_endpoint": "https://mcp.linear.app/register"},
    });
    assert_eq!(found(&linear), BTreeSet::new());
}

#[test]
fn what_authsome_does_not_send_is_not_asked_for() {
    let mut atlassian = sound(vendors::find("atlassian").expect("a vendor"));
    atlassian["flow"] = "dcr_pkce".into();
    atlassian["oauth"]["authorization_params"] = json!({});
    assert_eq!(found(&atlassian), BTreeSet::new(), "dynamic registration sends no parameters");
}

#[test]
fn the_page_that_says_so_is_part_of_the_evidence() {
    let world = World::new();
    let mut atlassian = sound(vendors::find("atlassian").expect("a vendor"));
    atlassian["name"] = "our-jira".into();
    atlassian["oauth"]["scopes"] = json!(["read:jira-work"]);
    world.file("our-jira.json", atlassian.to_string());
    let (code, document) = world.json(&["our-jira.json"]);
    assert_eq!((code, document["verdict"]["rule"].as_str()), (0, Some("definition-vendor-no-refresh-token")));
    let evidence = document["findings"][0]["evidence"].as_array().expect("evidence");
    let page = evidence.iter().find(|one| one["fact"] == "definition.vendor.offline.source").expect("its page");
    assert!(page["value"].as_str().is_some_and(|page| page.starts_with("https://developer.atlassian.com/")), "{page}");
    assert!(document["findings"][0]["title"].as_str().is_some_and(|title| title.contains("offline_access")));
}
