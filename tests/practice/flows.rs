//! The provider without a fault: what it must do, and what it must refuse.

use std::time::Duration;

use authsome_doctor::practice::Options;
use authsome_doctor::practice::person::{Press, act};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use url::Url;

use crate::support::{DOCUMENTED, Got, OTHER_VERSION, STATE, healthy, s256, start, transaction};

#[tokio::test]
async fn a_login_with_pkce_ends_with_a_token_that_works() {
    let provider = healthy().await;
    let (address, query) = provider.consent(&[], "authorize").await.redirect();
    assert_eq!(address, DOCUMENTED);
    assert_eq!(query["state"], STATE);
    assert_eq!(query["iss"], provider.origin);
    let got = provider.exchange(&query["code"], &[]).await;
    assert_eq!(got.header("cache-control"), "no-store");
    let tokens = got.json();
    assert_eq!((tokens["token_type"].as_str(), tokens["scope"].as_str()), (Some("Bearer"), Some("read write")));
    let me = provider.me(tokens["access_token"].as_str().unwrap()).await;
    assert_eq!((me.status, me.json()["sub"].as_str()), (200, Some("kim")));
}

#[tokio::test]
async fn a_client_may_prove_itself_by_body_by_basic_or_not_at_all_if_it_is_public() {
    let provider = healthy().await;
    let code = provider.code(&[]).await;
    let form = [("grant_type", "authorization_code"), ("code", &code), ("redirect_uri", DOCUMENTED)];
    let request =
        provider.http.post(format!("{}/token", provider.origin)).basic_auth("practice", Some(&provider.secret));
    let form: Vec<_> = form.into_iter().chain([("code_verifier", crate::support::VERIFIER)]).collect();
    assert_eq!(Got::from(request.form(&form).send().await.unwrap()).await.status, 200);
    let public = [("client_id", "practice-public")];
    let code = provider.code(&public).await;
    let got = provider.exchange(&code, &[("client_id", "practice-public"), ("client_secret", "")]).await;
    assert_eq!(got.status, 200, "{}", got.body);
}

#[tokio::test]
async fn wrong_credentials_are_401_with_a_challenge_and_leave_the_code_alone() {
    let provider = healthy().await;
    let code = provider.code(&[]).await;
    let wrong: [&[(&str, &str)]; 4] = [
        &[("client_secret", "wrong")],
        &[("client_secret", "")],
        &[("client_id", "nobody")],
        &[("client_id", "practice-public"), ("client_secret", "a-public-client-has-none")],
    ];
    for changes in wrong {
        let got = provider.exchange(&code, changes).await;
        assert_eq!((got.status, got.error().as_str()), (401, "invalid_client"), "{changes:?}");
        assert!(got.header("www-authenticate").starts_with("Basic "));
    }
    let both = provider.http.post(format!("{}/token", provider.origin)).basic_auth("practice", Some(&provider.secret));
    let both = both.form(&[("client_secret", provider.secret.as_str()), ("grant_type", "authorization_code")]);
    assert_eq!(Got::from(both.send().await.unwrap()).await.error(), "invalid_request");
    assert_eq!(provider.exchange(&code, &[]).await.status, 200);
}

#[tokio::test]
async fn a_code_is_good_for_one_exchange_with_its_own_client_redirect_uri_and_verifier() {
    let provider = healthy().await;
    for wrong in [
        ("code_verifier", "another-verifier-of-43-characters-or-more-000"),
        ("redirect_uri", OTHER_VERSION),
        ("redirect_uri", ""),
    ] {
        let code = provider.code(&[]).await;
        let got = provider.exchange(&code, &[wrong]).await;
        assert_eq!((got.status, got.error().as_str()), (400, "invalid_grant"), "{wrong:?}");
        assert_eq!(provider.exchange(&code, &[]).await.error(), "invalid_grant", "{wrong:?} did not use up the code");
    }
    let code = provider.code(&[]).await;
    assert_eq!(provider.exchange(&code, &[("code_verifier", "")]).await.error(), "invalid_request");
    let code = provider.code(&[]).await;
    let stolen = provider.exchange(&code, &[("client_id", "practice-public"), ("client_secret", "")]).await;
    assert_eq!(stolen.error(), "invalid_grant");
    assert_eq!(provider.exchange("made-up", &[]).await.error(), "invalid_grant");
}

#[tokio::test]
async fn a_code_used_twice_takes_its_tokens_with_it() {
    let provider = healthy().await;
    let code = provider.code(&[]).await;
    let access = provider.exchange(&code, &[]).await.json()["access_token"].as_str().unwrap().to_owned();
    assert_eq!(provider.me(&access).await.status, 200);
    assert_eq!(provider.exchange(&code, &[]).await.error(), "invalid_grant");
    assert_eq!(provider.me(&access).await.status, 401);
}

#[tokio::test]
async fn refresh_tokens_rotate_and_a_replay_ends_everything() {
    let provider = healthy().await;
    let first = provider.tokens(&[]).await;
    let second = provider.refresh(first["refresh_token"].as_str().unwrap()).await.json();
    assert_ne!(first["refresh_token"], second["refresh_token"]);
    assert_eq!(provider.me(second["access_token"].as_str().unwrap()).await.status, 200);
    assert_eq!(provider.refresh(first["refresh_token"].as_str().unwrap()).await.error(), "invalid_grant");
    assert_eq!(provider.refresh(second["refresh_token"].as_str().unwrap()).await.error(), "invalid_grant");
    assert_eq!(provider.me(second["access_token"].as_str().unwrap()).await.status, 401);
}

#[tokio::test]
async fn revoking_either_token_ends_both() {
    let provider = healthy().await;
    let tokens = provider.tokens(&[]).await;
    let (access, refresh) = (tokens["access_token"].as_str().unwrap(), tokens["refresh_token"].as_str().unwrap());
    let client = [("client_id", "practice"), ("client_secret", provider.secret.as_str())];
    let revoke = |token| provider.post("/revoke", client.into_iter().chain([("token", token)]));
    assert_eq!(revoke("never-issued").await.status, 200);
    assert_eq!(revoke(access).await.status, 200);
    assert_eq!(provider.me(access).await.status, 401);
    assert_eq!(provider.refresh(refresh).await.error(), "invalid_grant");
}

#[tokio::test]
async fn a_redirect_uri_that_is_not_registered_is_refused_on_a_page_and_never_followed() {
    let provider = healthy().await;
    assert_eq!(provider.authorize(&[("redirect_uri", OTHER_VERSION)]).await.status, 200);
    assert_eq!(provider.authorize(&[("redirect_uri", "http://127.0.0.1:50123/auth/callback/oauth")]).await.status, 200);
    for wrong in [
        "http://127.0.0.1:7998/auth/callback/oauth/",
        "http://localhost:7998/auth/callback/oauth",
        "https://evil.example/",
        "",
    ] {
        // Whatever else is wrong with the request, this comes first.
        for also in [("scope", "read"), ("prompt", "none"), ("response_type", "bogus"), ("code_challenge", "")] {
            let got = provider.authorize(&[("redirect_uri", wrong), also]).await;
            assert_eq!((got.status, got.header("location")), (400, ""), "{wrong}");
            assert!(got.body.contains("redirect_uri"));
        }
    }
    let unknown = provider.authorize(&[("client_id", "nobody")]).await;
    assert_eq!((unknown.status, unknown.header("location")), (400, ""));
}

#[tokio::test]
async fn the_only_registered_redirect_uri_need_not_be_sent() {
    let provider =
        start(Options { redirect_uris: vec![DOCUMENTED.to_owned()], exact_port: true, ..Options::default() }).await;
    let (address, query) = provider.consent(&[("redirect_uri", "")], "authorize").await.redirect();
    assert_eq!(address, DOCUMENTED);
    assert_eq!(provider.exchange(&query["code"], &[("redirect_uri", "")]).await.status, 200);
    assert_eq!(provider.authorize(&[("redirect_uri", "http://127.0.0.1:50123/auth/callback/oauth")]).await.status, 400);
}

#[tokio::test]
async fn other_mistakes_are_sent_back_to_the_client_with_its_state() {
    let provider = healthy().await;
    let cases: [(&[(&str, &str)], &str); 8] = [
        (&[("code_challenge", "")], "invalid_request"),
        (&[("code_challenge_method", "plain")], "invalid_request"),
        (&[("code_challenge_method", "")], "invalid_request"),
        (&[("code_challenge", "too-short")], "invalid_request"),
        (&[("response_type", "token")], "unsupported_response_type"),
        (&[("response_type", "")], "invalid_request"),
        (&[("scope", "read nonsense")], "invalid_scope"),
        (&[("prompt", "none")], "login_required"),
    ];
    for (changes, error) in cases {
        let (address, query) = provider.authorize(changes).await.redirect();
        assert_eq!(
            (address.as_str(), query["error"].as_str(), query["state"].as_str()),
            (DOCUMENTED, error, STATE),
            "{changes:?}"
        );
    }
}

#[tokio::test]
async fn denying_is_answered_with_access_denied() {
    let (address, query) = healthy().await.consent(&[], "deny").await.redirect();
    assert_eq!((address.as_str(), query["error"].as_str()), (DOCUMENTED, "access_denied"));
    assert!(!query.contains_key("code"));
}

#[tokio::test]
async fn a_double_click_goes_where_the_first_click_went() {
    let provider = healthy().await;
    let transaction = transaction(&provider.authorize(&[]).await.body);
    let first = provider.press(&transaction, "authorize").await;
    assert_eq!(provider.press(&transaction, "authorize").await.header("location"), first.header("location"));
    assert_eq!(provider.press(&transaction, "deny").await.header("location"), first.header("location"));
    assert_eq!(provider.press("made-up", "authorize").await.status, 400);
}

#[tokio::test]
async fn admin_is_never_granted_and_a_token_without_read_is_refused_by_the_resource() {
    let provider = healthy().await;
    assert_eq!(provider.tokens(&[("scope", "read admin")]).await["scope"], "read");
    let tokens = provider.tokens(&[("scope", "write")]).await;
    let got = provider.me(tokens["access_token"].as_str().unwrap()).await;
    assert_eq!(got.status, 403);
    assert!(got.header("www-authenticate").contains(r#"error="insufficient_scope""#));
    let without = provider.get("/me").await;
    assert_eq!((without.status, without.header("www-authenticate")), (401, r#"Bearer realm="practice""#));
}

#[tokio::test]
async fn the_consent_page_is_kept_nowhere_and_loads_nothing() {
    let page = healthy().await.authorize(&[]).await;
    assert_eq!(page.header("cache-control"), "no-store");
    assert_eq!(page.header("referrer-policy"), "no-referrer");
    assert_eq!(page.header("x-frame-options"), "DENY");
    let policy = page.header("content-security-policy");
    assert!(policy.starts_with("default-src 'none'; style-src 'sha256-") && !policy.contains("unsafe"), "{policy}");
}

#[tokio::test]
async fn the_metadata_leads_to_endpoints_that_answer() {
    let provider = healthy().await;
    let metadata = provider.get("/.well-known/oauth-authorization-server").await.json();
    assert_eq!(metadata["issuer"], provider.origin);
    assert_eq!(metadata["token_endpoint"], provider.definition["oauth"]["token_url"]);
    assert_eq!(metadata["registration_endpoint"], provider.definition["registration"]["registration_endpoint"]);
    for (name, endpoint) in metadata.as_object().unwrap().iter().filter(|(name, _)| name.ends_with("_endpoint")) {
        let path = endpoint.as_str().unwrap().strip_prefix(&provider.origin).unwrap();
        assert_ne!(provider.get(path).await.status, 404, "{name}");
    }
}

#[tokio::test]
async fn a_client_that_registers_itself_can_log_in_with_its_redirect_uri_and_no_other() {
    let provider = healthy().await;
    let registered = provider.register(&json!({"redirect_uris": ["http://127.0.0.1:50001/cb"]}).to_string()).await;
    assert_eq!(registered.status, 201);
    let client = registered.json();
    let (id, secret) = (client["client_id"].as_str().unwrap(), client["client_secret"].as_str().unwrap());
    let sent = ("redirect_uri", "http://127.0.0.1:50001/cb");
    assert_eq!(provider.authorize(&[("client_id", id)]).await.status, 400);
    let code = provider.code(&[("client_id", id), sent]).await;
    assert_eq!(provider.exchange(&code, &[("client_id", id), ("client_secret", secret), sent]).await.status, 200);
    assert_eq!(provider.register("{}").await.error(), "invalid_redirect_uri");
}

#[tokio::test]
async fn the_device_flow_waits_slows_down_and_ends_with_a_token() {
    let provider = healthy().await;
    let begun = provider.start_device().await.json();
    let code = begun["device_code"].as_str().unwrap();
    assert_eq!(provider.poll(code).await.error(), "authorization_pending");
    assert_eq!(provider.poll(code).await.error(), "slow_down");
    let begun = provider.start_device().await.json();
    let code = begun["device_code"].as_str().unwrap();
    let seen = act(begun["verification_uri_complete"].as_str().unwrap(), Press::Authorize).await.unwrap();
    assert!(seen.pressed && seen.text.contains("Connected"), "{seen:?}");
    let tokens = provider.poll(code).await.json();
    assert_eq!(provider.me(tokens["access_token"].as_str().unwrap()).await.status, 200);
    assert_eq!(provider.poll(code).await.error(), "invalid_grant");
}

#[tokio::test]
async fn a_denied_device_is_told_so_and_a_made_up_one_is_not_known() {
    let provider = healthy().await;
    let begun = provider.start_device().await.json();
    act(begun["verification_uri_complete"].as_str().unwrap(), Press::Deny).await.unwrap();
    assert_eq!(provider.poll(begun["device_code"].as_str().unwrap()).await.error(), "access_denied");
    assert_eq!(provider.poll("made-up").await.error(), "invalid_grant");
    let page = provider.get("/device?user_code=AAAA-AAAA").await;
    assert!(page.body.contains("wrong, has expired"));
}

#[tokio::test]
async fn the_robot_person_follows_to_the_client_and_tells_no_code() {
    let provider = healthy().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let callback = format!("http://{}/auth/callback/oauth", listener.local_addr().unwrap());
    let client = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut request = vec![0; 4096];
        let length = stream.read(&mut request).await.unwrap();
        let page = "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-type: text/html\r\n\r\n<h1>Logged in</h1>";
        stream.write_all(page.as_bytes()).await.unwrap();
        String::from_utf8_lossy(&request[..length]).into_owned()
    });
    let seen = act(&provider.authorization_url(&[("redirect_uri", &callback)]), Press::Authorize).await.unwrap();
    assert_eq!((seen.address.as_str(), seen.status, seen.text.as_str()), (callback.as_str(), Some(200), "Logged in"));
    let request = tokio::time::timeout(Duration::from_secs(5), client).await.unwrap().unwrap();
    let target = request.split(' ').nth(1).unwrap();
    let address = Url::parse("http://x").unwrap().join(target).unwrap();
    let code = address.query_pairs().find(|(name, _)| name == "code").unwrap().1.into_owned();
    assert!(!format!("{seen:?}").contains(&code));
    assert_eq!(provider.exchange(&code, &[("redirect_uri", &callback)]).await.status, 200);
}

#[tokio::test]
async fn two_providers_have_two_secrets() {
    let (one, other) = (healthy().await, healthy().await);
    assert_ne!(one.secret, other.secret);
    assert!(!one.definition.to_string().contains(&one.secret));
    assert_eq!(s256(crate::support::VERIFIER).len(), 43);
}
