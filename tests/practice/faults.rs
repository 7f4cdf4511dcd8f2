//! Every row of the table of faults, produced over the wire and held against what it declares.

use std::time::{Duration, Instant};

use authsome_doctor::practice::Options;
use authsome_doctor::practice::faults::{Answer, Place, Row, all, table};
use authsome_doctor::practice::person::{Press, act};

use crate::support::{DOCUMENTED, Got, OTHER_VERSION, Provider, STATE, options, start};

/// Does what a client and a person do until the fault shows.
async fn meet(provider: &Provider, place: Place) -> Got {
    match place {
        Place::Door | Place::Redirect | Place::Ask | Place::NotPushed | Place::Challenge => {
            provider.authorize(&[]).await
        }
        Place::AfterLogin | Place::Consent => provider.consent(&[], "authorize").await,
        Place::Token | Place::Exchange => provider.exchange(&provider.code(&[]).await, &[]).await,
        Place::Refresh => {
            let tokens = provider.tokens(&[]).await;
            assert_eq!(tokens["expires_in"], 30);
            provider.refresh(tokens["refresh_token"].as_str().unwrap()).await
        }
        Place::DeviceStart => provider.start_device().await,
        Place::DevicePoll | Place::DeviceHaste => {
            let begun = provider.start_device().await.json();
            act(begun["verification_uri_complete"].as_str().unwrap(), Press::Authorize).await.unwrap();
            provider.poll(begun["device_code"].as_str().unwrap()).await
        }
        Place::DeviceExpiry => {
            let begun = provider.start_device().await.json();
            assert_eq!(begun["expires_in"], 3);
            let seen = act(begun["verification_uri_complete"].as_str().unwrap(), Press::Authorize).await.unwrap();
            assert!(!seen.pressed, "nobody can approve it in time");
            assert_eq!(provider.poll(begun["device_code"].as_str().unwrap()).await.error(), "authorization_pending");
            tokio::time::sleep(Duration::from_millis(3100)).await;
            provider.poll(begun["device_code"].as_str().unwrap()).await
        }
        Place::Registration | Place::Discovery => {
            provider.register(r#"{"redirect_uris":["http://127.0.0.1:1/cb"]}"#).await
        }
        Place::Connection => panic!("no request gets as far"),
    }
}

/// The words of a row as this request gets them.
fn said(provider: &Provider, words: &str) -> String {
    words.replace("{origin}", &provider.origin).replace("{redirect_uri}", DOCUMENTED).replace("{client_id}", "practice")
}

/// A page's text as it is written there.
fn escaped(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
    text.replace('\'', "&#x27;").replace('/', "&#x2f;")
}

fn check_back(row: &Row, got: &Got, expected: &str, parameters: &[(&str, &str)], provider: &Provider) {
    let (address, query) = got.redirect();
    assert_eq!(address, expected, "{}", row.name());
    assert_eq!(query["state"], STATE, "{}", row.name());
    assert!(!query.contains_key("code"), "{}", row.name());
    for (name, value) in parameters {
        let words = value.replace("{client_id}", "practice").replace("{origin}", &provider.origin);
        assert_eq!(query[*name], words, "{}", row.name());
    }
}

/// These are not answers: `wire` holds them against what they declare.
fn is_no_answer(row: &Row) -> bool {
    matches!(row.answer, Answer::Torn { .. } | Answer::Reset | Answer::Certificate(_))
}

async fn check(row: &Row) {
    let provider = start(options(&row.name())).await;
    let begun = Instant::now();
    let got = meet(&provider, row.place).await;
    let answer = match row.answer {
        Answer::Late(seconds, later) => {
            assert!(begun.elapsed() >= Duration::from_secs(seconds), "{}", row.name());
            *later
        }
        answer => answer,
    };
    match answer {
        Answer::Page { status, title, words } => {
            assert_eq!(got.status, status, "{}", row.name());
            assert!(got.body.contains(&format!("<h1>{}</h1>", escaped(title))), "{}: {}", row.name(), got.body);
            for line in words {
                let line = line.replace("{redirect_uri}", DOCUMENTED).replace("{client_id}", "practice");
                assert!(got.body.contains(&escaped(&line)), "{}: {}", row.name(), got.body);
            }
        }
        Answer::Body { status, media, headers, text } => {
            assert_eq!((got.status, got.header("content-type")), (status, media), "{}", row.name());
            assert_eq!(got.body, said(&provider, text), "{}", row.name());
            for (name, value) in headers.iter().filter(|(_, value)| !value.starts_with("{now")) {
                assert_eq!(got.header(name), *value, "{}", row.name());
            }
        }
        Answer::Back(parameters) => check_back(row, &got, DOCUMENTED, parameters, &provider),
        Answer::BackToRegistered(parameters) => check_back(row, &got, OTHER_VERSION, parameters, &provider),
        Answer::OtherState => {
            let (_, query) = got.redirect();
            assert!(query.contains_key("code"));
            assert_ne!(query["state"], STATE);
        }
        Answer::NoState => assert!(!got.redirect().1.contains_key("state")),
        Answer::OtherIssuer(issuer) => assert_eq!(got.redirect().1["iss"], issuer),
        Answer::NoIssuer => assert!(!got.redirect().1.contains_key("iss")),
        Answer::Granted(scopes) => assert_eq!(got.json()["scope"], scopes, "{}", row.name()),
        Answer::Late(..) | Answer::Torn { .. } | Answer::Reset | Answer::Certificate(_) => {
            panic!("{} is no answer", row.name())
        }
    }
}

#[tokio::test]
async fn every_fault_says_exactly_what_it_declares() {
    let takes_time = |row: &Row| row.place == Place::DeviceExpiry || matches!(row.answer, Answer::Late(..));
    for row in table().filter(|row| !takes_time(row) && !is_no_answer(row)) {
        check(row).await;
    }
}

#[tokio::test]
async fn every_device_code_that_must_expire_does_and_every_late_answer_is_late() {
    let takes_time = |row: &&Row| row.place == Place::DeviceExpiry || matches!(row.answer, Answer::Late(..));
    let rows: Vec<_> = table().filter(takes_time).map(|row| tokio::spawn(check(row))).collect();
    assert!(!rows.is_empty());
    for row in rows {
        row.await.unwrap();
    }
}

#[tokio::test]
async fn a_fault_with_a_count_lets_the_next_attempt_through() {
    let takes_time = |row: &Row| row.place == Place::DeviceExpiry || matches!(row.answer, Answer::Late(..));
    for fault in all().filter(|fault| !takes_time(fault.row()) && !is_no_answer(fault.row())) {
        let provider = start(Options { fault: Some(fault), fault_times: Some(1), ..Options::default() }).await;
        let place = fault.row().place;
        meet(&provider, place).await;
        match place {
            Place::DeviceStart | Place::DevicePoll | Place::DeviceHaste => {
                let begun = provider.start_device().await.json();
                act(begun["verification_uri_complete"].as_str().unwrap(), Press::Authorize).await.unwrap();
                let granted = provider.poll(begun["device_code"].as_str().unwrap()).await;
                assert_eq!(granted.json()["scope"], "read", "{fault:?}");
            }
            Place::Registration | Place::Discovery => {
                let described = provider.get("/.well-known/oauth-authorization-server").await.json();
                assert_eq!(described["registration_endpoint"], format!("{}/register", provider.origin), "{fault:?}");
                let got = provider.register(r#"{"redirect_uris":["http://127.0.0.1:1/cb"]}"#).await;
                assert_eq!(got.status, 201, "{fault:?}");
            }
            Place::Refresh => {
                let tokens = provider.tokens(&[]).await;
                let got = provider.refresh(tokens["refresh_token"].as_str().unwrap()).await;
                assert_eq!(got.status, 200, "{fault:?}");
            }
            _ => assert_eq!(provider.tokens(&[]).await["scope"], "read write", "{fault:?}"),
        }
    }
}

#[tokio::test]
async fn a_server_that_says_slow_down_means_it() {
    let provider = start(Options { fault_times: Some(1), ..options("rate_limited:device-bare") }).await;
    let begun = provider.start_device().await.json();
    assert_eq!(begun["interval"], 1);
    let code = begun["device_code"].as_str().unwrap();
    assert_eq!(provider.poll(code).await.error(), "slow_down");
    // The old interval is not enough any more, though the fault is used up.
    tokio::time::sleep(Duration::from_millis(1200)).await;
    let got = provider.poll(code).await;
    assert_eq!((got.error().as_str(), got.body.contains("interval")), ("slow_down", true), "{}", got.body);
}

#[tokio::test]
async fn looking_from_outside_uses_up_no_fault() {
    let once = |name: &str| Options { fault_times: Some(1), ..options(name) };
    let control = ("redirect_uri", "http://127.0.0.1:7998/auth/callback/oauth/doctor-control");
    for name in ["client_not_found", "redirect_uri_mismatch", "invalid_scope", "access_denied_by_user"] {
        let provider = start(once(name)).await;
        assert_eq!(provider.authorize(&[control]).await.header("location"), "", "{name}");
        let got = meet(&provider, authsome_doctor::practice::parse_fault(name).unwrap().row().place).await;
        assert_ne!(got.status, 200, "{name} was used up by the control request");
    }
    let provider = start(once("invalid_client_credentials")).await;
    assert_eq!(provider.exchange("a-made-up-code-of-a-probe", &[]).await.error(), "invalid_client");
    assert_eq!(provider.exchange(&provider.code(&[]).await, &[]).await.error(), "invalid_client");
}

#[tokio::test]
async fn under_a_redirect_mismatch_the_path_of_the_other_version_is_the_registered_one() {
    for name in ["redirect_uri_mismatch", "redirect_uri_mismatch:empty", "redirect_uri_mismatch:oidc"] {
        let provider = start(options(name)).await;
        assert!(provider.authorize(&[]).await.status >= 400, "{name}");
        assert_eq!(provider.authorize(&[("redirect_uri", OTHER_VERSION)]).await.status, 200, "{name}");
        assert!(provider.authorize(&[]).await.status >= 400, "{name}");
        // Without the parameter the registered one is used.
        let (address, _) = provider.consent(&[("redirect_uri", "")], "authorize").await.redirect();
        assert_eq!(address, OTHER_VERSION, "{name}");
    }
    let provider = start(options("redirect_uri_mismatch")).await;
    assert!(provider.authorize(&[("redirect_uri", OTHER_VERSION)]).await.status >= 400);
    assert_eq!(provider.authorize(&[]).await.status, 200);
}

#[tokio::test]
async fn a_provider_that_asks_for_the_login_first_tells_nothing_from_outside() {
    let provider = start(options("redirect_uri_mismatch:github")).await;
    for uri in [DOCUMENTED, "http://127.0.0.1:7998/zzz", "http://127.0.0.1:7999/auth/callback/oauth"] {
        for also in [("prompt", "none"), ("response_type", "bogus"), ("scope", "read")] {
            let got = provider.authorize(&[("redirect_uri", uri), also]).await;
            assert_eq!((got.status, got.header("location")), (200, ""), "{uri}");
        }
    }
    let denied = provider.consent(&[], "deny").await;
    assert_eq!((denied.status, denied.header("location")), (200, ""));
    let elsewhere = provider.consent(&[("redirect_uri", "https://evil.example/cb")], "authorize").await;
    assert!(elsewhere.redirect().0.starts_with("http://127.0.0.1:"), "no open redirect");
}

#[tokio::test]
async fn registering_oneself_is_a_way_out_of_a_redirect_mismatch() {
    let provider = start(options("redirect_uri_mismatch")).await;
    assert_eq!(provider.authorize(&[]).await.status, 400);
    let client = provider
        .register(&format!(r#"{{"redirect_uris":["{DOCUMENTED}"],"token_endpoint_auth_method":"none"}}"#))
        .await
        .json();
    assert_eq!(provider.authorize(&[("client_id", client["client_id"].as_str().unwrap())]).await.status, 200);
}

#[tokio::test]
async fn where_registration_is_absent_the_metadata_does_not_offer_it() {
    let provider = start(options("dcr_not_supported_or_rejected:absent")).await;
    let metadata = provider.get("/.well-known/oauth-authorization-server").await.json();
    assert!(metadata["token_endpoint"].is_string());
    assert!(metadata.get("registration_endpoint").is_none());
}

#[tokio::test]
async fn a_denial_is_a_denial_under_any_fault() {
    let provider = start(options("app_suspended_or_blocked")).await;
    assert_eq!(provider.consent(&[], "deny").await.redirect().1["error"], "access_denied");
}

#[tokio::test]
async fn the_definition_says_nothing_of_the_fault() {
    let broken = start(options("redirect_uri_mismatch:github")).await;
    let healthy = start(options("")).await;
    let ports_aside = |provider: &Provider| provider.definition.to_string().replace(&provider.origin, "");
    assert_eq!(ports_aside(&broken), ports_aside(&healthy));
}
