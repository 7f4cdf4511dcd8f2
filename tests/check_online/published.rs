//! What a provider publishes of itself, against the definition: contradictions only, and only of whom it may speak for.

use super::endpoints::{healthy, metadata};
use super::site::{Site, reply};
use super::world::{World, assert_found, definition, registering};
use serde_json::{Value, json};

const OAUTH: &str = "/.well-known/oauth-authorization-server";
const OPENID: &str = "/.well-known/openid-configuration";

/// A healthy provider whose document at `place` is changed.
fn publishing(place: &'static str, change: impl Fn(&str, &mut Value) + Send + Sync + 'static) -> Site {
    Site::start(move |origin, request| {
        if request.path == place {
            let mut document = metadata(origin);
            change(origin, &mut document);
            return reply(200, document.to_string());
        }
        if request.path.contains(".well-known") {
            return reply(404, "");
        }
        healthy(origin, request)
    })
}

#[track_caller]
fn found(site: &Site, wanted: &[(&str, &str)]) -> i32 {
    let (code, document) = World::trusting(site).asked(&definition(&site.origin()));
    assert_found(&document, wanted);
    assert!(site.requests().len() <= 9, "{:?}", site.asked());
    code
}

#[test]
fn a_token_endpoint_elsewhere_is_a_contradiction_wherever_it_is_published() {
    for place in [OAUTH, OPENID] {
        let site =
            publishing(place, |origin, document| document["token_endpoint"] = format!("{origin}/v2/token").into());
        let code = found(&site, &[("definition-online-endpoint-differs", "/oauth/token_url")]);
        assert_eq!(code, 0, "the old address may still work");
    }
}

#[test]
fn each_endpoint_is_compared_at_its_place() {
    for (name, pointer) in [
        ("authorization_endpoint", "/oauth/authorization_url"),
        ("revocation_endpoint", "/oauth/revocation_url"),
        ("device_authorization_endpoint", "/oauth/device_authorization_url"),
        ("registration_endpoint", "/registration/registration_endpoint"),
    ] {
        let site = publishing(OAUTH, move |_, document| document[name] = "https://elsewhere.example/x".into());
        let (_, document) = World::trusting(&site).asked(&registering(&site.origin()));
        assert_found(&document, &[("definition-online-endpoint-differs", pointer)]);
    }
}

#[test]
fn an_issuer_with_a_path_is_found_in_both_orders() {
    for place in ["/.well-known/oauth-authorization-server/oauth", "/oauth/.well-known/openid-configuration"] {
        let site = publishing(place, |origin, document| {
            document["issuer"] = format!("{origin}/oauth").into();
            document["token_endpoint"] = format!("{origin}/v2/token").into();
        });
        found(&site, &[("definition-online-endpoint-differs", "/oauth/token_url")]);
    }
}

#[test]
fn a_document_whose_issuer_does_not_fit_the_place_is_not_believed() {
    for issuer in [json!("https://evil.example"), json!("https://localhost"), json!(null), json!(["x"]), json!("")] {
        let site = publishing(OAUTH, move |_, document| {
            document["issuer"] = issuer.clone();
            document["token_endpoint"] = "https://evil.example/token".into();
            document["code_challenge_methods_supported"] = json!(["plain"]);
        });
        assert_eq!(found(&site, &[]), 0);
    }
}

#[test]
fn what_is_not_published_proves_nothing() {
    for missing in
        ["code_challenge_methods_supported", "token_endpoint_auth_methods_supported", "grant_types_supported"]
    {
        let site = publishing(OAUTH, move |_, document| {
            document.as_object_mut().expect("an object").remove(missing);
            for name in ["revocation_endpoint", "device_authorization_endpoint", "registration_endpoint"] {
                document.as_object_mut().expect("an object").remove(name);
            }
        });
        assert_eq!(found(&site, &[]), 0);
    }
    // No document at all.
    assert_eq!(found(&publishing("/nowhere", |_, _| ()), &[]), 0);
}

#[test]
fn what_is_published_in_the_wrong_type_proves_nothing() {
    for wrong in [json!("plain"), json!([]), json!([1, "plain"]), json!({"plain": true}), json!(null)] {
        let site = publishing(OAUTH, move |_, document| {
            for name in
                ["code_challenge_methods_supported", "token_endpoint_auth_methods_supported", "scopes_supported"]
            {
                document[name] = wrong.clone();
            }
            document["revocation_endpoint"] = wrong.clone();
        });
        assert_eq!(found(&site, &[]), 0);
    }
    let site = Site::start(|origin, request| match request.path.as_str() {
        OAUTH => reply(200, "[".repeat(50_000)),
        OPENID => reply(200, "<html>"),
        _ => healthy(origin, request),
    });
    assert_eq!(found(&site, &[]), 0);
}

#[test]
fn pkce_without_s256_is_an_error() {
    let site = publishing(OAUTH, |_, document| document["code_challenge_methods_supported"] = json!(["plain"]));
    assert_eq!(found(&site, &[("definition-online-s256-not-offered", "/oauth/authorization_url")]), 1);
}

#[test]
fn the_other_way_to_send_the_secret_alone_is_told() {
    let site = publishing(OAUTH, |_, document| {
        document["token_endpoint_auth_methods_supported"] = json!(["client_secret_post", "private_key_jwt"]);
    });
    found(&site, &[("definition-online-authentication-not-offered", "/oauth/token_url")]);
    // A public client sends none.
    let site = publishing(OAUTH, |_, document| document["token_endpoint_auth_methods_supported"] = json!(["none"]));
    found(&site, &[]);
}

#[test]
fn a_device_flow_that_is_claimed_and_not_listed_is_told() {
    let site = publishing(OAUTH, |_, document| document["grant_types_supported"] = json!(["authorization_code"]));
    found(&site, &[("definition-online-device-flow-not-offered", "/oauth/device_authorization_url")]);
}

#[test]
fn scopes_are_a_note_at_most() {
    let site = publishing(OAUTH, |_, document| document["scopes_supported"] = json!(["contacts.read"]));
    assert_eq!(found(&site, &[("definition-online-scopes-not-listed", "/oauth/scopes")]), 0);
    // OpenID's own scopes alone do not speak of the API's.
    let site = publishing(OAUTH, |_, document| document["scopes_supported"] = json!(["openid", "email"]));
    found(&site, &[]);
}

#[test]
fn a_document_of_another_service_on_the_host_contradicts_nothing() {
    let others = |origin: &str, document: &mut Value| {
        document["authorization_endpoint"] = format!("{origin}/openid/connect/authorize").into();
        document["token_endpoint"] = format!("{origin}/api/openid.connect.token").into();
        document["code_challenge_methods_supported"] = json!(["plain"]);
    };
    // As Slack has it: OpenID Connect beside an OAuth of its own.
    found(&publishing(OPENID, others), &[]);
    let both = [("definition-online-other-endpoints-published", "/oauth/authorization_url")];
    found(&publishing(OAUTH, others), &both);
}

#[test]
fn an_answer_that_is_too_large_is_cut_off_and_not_believed() {
    let site = publishing(OAUTH, |origin, document| {
        document["token_endpoint"] = format!("{origin}/v2/token").into();
        document["padding"] = "x".repeat(8 * 1024 * 1024).into();
    });
    let begin = std::time::Instant::now();
    assert_eq!(found(&site, &[]), 0);
    assert!(begin.elapsed() < std::time::Duration::from_secs(5), "{:?}", begin.elapsed());
}

#[test]
fn text_out_of_a_document_stays_text() {
    let site = publishing(OAUTH, |_, document| {
        document["token_endpoint"] = "https://x.example/\u{1b}[2J?token=hunter2secret&a=\n::error::forged".into();
        document["scopes_supported"] = json!(["\u{1b}]0;owned\u{7}\u{202e}", "\n::error::forged"]);
    });
    let world = World::trusting(&site);
    world.file("acme.json", &definition(&site.origin()));
    for format in ["human", "github", "json"] {
        let answer = world.run(&["--online", "--allow-private", "--format", format, "acme.json"]);
        assert!(
            answer.stdout.contains("definition-online-endpoint-differs") || format == "github",
            "{}",
            answer.stdout
        );
        assert!(
            !answer.stdout.contains('\u{1b}') && !answer.stdout.contains('\u{202e}'),
            "{format}: {}",
            answer.stdout
        );
        assert!(answer.stdout.lines().all(|line| !line.starts_with("::error::forged")), "{}", answer.stdout);
        assert!(!answer.stdout.contains("hunter2"), "{format}: {}", answer.stdout);
    }
}
