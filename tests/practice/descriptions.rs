//! What the provider says of itself, pushed requests, and registrations after they were made.

use authsome_doctor::practice::Options;
use serde_json::{Value, json};

use crate::support::{DOCUMENTED, Got, Provider, VERIFIER, healthy, options, request, start};

const WELL_KNOWN: [&str; 2] = ["/.well-known/oauth-authorization-server", "/.well-known/openid-configuration"];

impl Provider {
    async fn described(&self) -> Value {
        self.get(WELL_KNOWN[0]).await.json()
    }

    /// Pushes a good request (RFC 9126); tests change what they are about.
    async fn push(&self, changes: &[(&str, &str)]) -> Got {
        let form = request(changes);
        let own = [("client_secret", self.secret.as_str())];
        let secret = own.into_iter().filter(|(name, _)| form.iter().all(|(changed, _)| changed != name));
        self.post("/par", form.iter().map(|(name, value)| (*name, value.as_str())).chain(secret)).await
    }

    /// Opens the page with nothing but the name of the request.
    async fn authorize_pushed(&self, client: &str, name: &str) -> Got {
        let query = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs([("client_id", client), ("request_uri", name)])
            .finish();
        self.get(&format!("/authorize?{query}")).await
    }

    async fn manage(&self, method: &str, client: &str, token: &str, body: Option<Value>) -> Got {
        let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        let mut request = self.http.request(method, format!("{}/register/{client}", self.origin)).bearer_auth(token);
        if let Some(body) = body {
            request = request.body(body.to_string()).header("content-type", "application/json");
        }
        Got::from(request.send().await.unwrap()).await
    }

    async fn registered(&self, redirect_uri: &str) -> Value {
        let got = self.register(&json!({"redirect_uris": [redirect_uri]}).to_string()).await;
        assert_eq!(got.status, 201);
        got.json()
    }
}

fn text<'a>(document: &'a Value, name: &str) -> &'a str {
    document[name].as_str().unwrap_or_else(|| panic!("no {name} in {document}"))
}

#[tokio::test]
async fn both_descriptions_say_the_same_and_leave_nothing_out() {
    let provider = healthy().await;
    let [oauth, openid] = [provider.get(WELL_KNOWN[0]).await.json(), provider.get(WELL_KNOWN[1]).await.json()];
    assert_eq!(oauth, openid);
    for name in ["revocation", "device_authorization", "registration", "pushed_authorization_request"] {
        assert!(text(&oauth, &format!("{name}_endpoint")).starts_with(&provider.origin), "{name}");
    }
    assert_eq!(oauth["authorization_response_iss_parameter_supported"], true);
    assert_eq!(oauth["code_challenge_methods_supported"], json!(["S256"]));
    assert!(oauth["token_endpoint_auth_methods_supported"].as_array().unwrap().contains(&json!("none")));
}

#[tokio::test]
async fn a_description_can_be_missing_or_untrue() {
    let missing = start(options("dcr_not_supported_or_rejected:no-description")).await;
    for path in WELL_KNOWN {
        assert_eq!(missing.get(path).await.status, 404);
    }
    let other = start(options("dcr_not_supported_or_rejected:other-issuer")).await.described().await;
    assert_eq!(other["issuer"], "https://login.other.example");
    let dead = start(options("dcr_not_supported_or_rejected:dead-endpoints")).await;
    let endpoint = text(&dead.described().await, "registration_endpoint").to_owned();
    assert_eq!(dead.get(endpoint.strip_prefix(&dead.origin).unwrap()).await.status, 404);
    let promised = start(options("pkce_failure:promised")).await;
    assert_eq!(promised.described().await["code_challenge_methods_supported"], json!(["S256"]));
    assert_eq!(promised.authorize(&[]).await.redirect().1["error"], "invalid_request");
}

#[tokio::test]
async fn where_only_the_description_names_the_registration_endpoint_the_definition_does_not() {
    for name in ["absent", "no-description", "dead-endpoints", "other-issuer"] {
        let provider = start(options(&format!("dcr_not_supported_or_rejected:{name}"))).await;
        assert!(provider.definition.get("registration").is_none(), "{name}");
    }
    assert!(healthy().await.definition["registration"]["registration_endpoint"].is_string());
}

#[tokio::test]
async fn a_description_that_misled_once_is_right_the_second_time() {
    for name in ["absent", "no-description", "dead-endpoints", "other-issuer"] {
        let fault = format!("dcr_not_supported_or_rejected:{name}");
        let provider = start(Options { fault_times: Some(1), ..options(&fault) }).await;
        // As a client does: both descriptions, then what they name.
        for path in WELL_KNOWN {
            provider.get(path).await;
        }
        let described = provider.described().await;
        assert_eq!(text(&described, "registration_endpoint"), format!("{}/register", provider.origin), "{name}");
        provider.registered("http://127.0.0.1:1/cb").await;
    }
}

#[tokio::test]
async fn a_server_that_knows_plain_only_takes_a_plain_challenge() {
    let provider = start(options("pkce_failure:plain-only")).await;
    assert_eq!(provider.described().await["code_challenge_methods_supported"], json!(["plain"]));
    assert_eq!(provider.authorize(&[]).await.redirect().1["error"], "invalid_request");
    let plain = [("code_challenge", VERIFIER), ("code_challenge_method", "plain")];
    let code = provider.code(&plain).await;
    assert_eq!(provider.exchange(&code, &[("code_verifier", &VERIFIER.replace('d', "e"))]).await.status, 400);
    let code = provider.code(&plain).await;
    assert_eq!(provider.exchange(&code, &[]).await.status, 200);
}

#[tokio::test]
async fn a_pushed_request_is_judged_when_it_is_pushed_and_named_by_its_client_only() {
    let provider = healthy().await;
    let pushed = provider.push(&[]).await;
    assert_eq!(pushed.status, 201);
    let name = text(&pushed.json(), "request_uri").to_owned();
    assert!(name.starts_with("urn:ietf:params:oauth:request_uri:"));
    let page = provider.authorize_pushed("practice", &name).await;
    assert_eq!(page.status, 200);
    let code = provider.press(&crate::support::transaction(&page.body), "authorize").await.redirect().1["code"].clone();
    assert_eq!(provider.exchange(&code, &[]).await.status, 200);
    assert_eq!(provider.authorize_pushed("practice-public", &name).await.status, 400);
    assert_eq!(provider.authorize_pushed("practice", "urn:ietf:params:oauth:request_uri:made-up").await.status, 400);
    for (changes, status, error) in [
        (("redirect_uri", "http://127.0.0.1:7998/elsewhere"), 400, "invalid_request"),
        (("client_secret", "wrong"), 401, "invalid_client"),
        (("client_id", "nobody"), 401, "invalid_client"),
        (("code_challenge", ""), 400, "invalid_request"),
        (("response_type", "bogus"), 400, "unsupported_response_type"),
        (("request_uri", &name), 400, "invalid_request"),
    ] {
        let got = provider.push(&[changes]).await;
        assert_eq!((got.status, got.error().as_str()), (status, error), "{changes:?}");
    }
    assert_eq!(DOCUMENTED, request(&[])[2].1, "what is pushed is what is registered");
}

#[tokio::test]
async fn where_requests_must_be_pushed_only_a_pushed_one_goes_on() {
    let provider = start(options("invalid_request_malformed:pushed")).await;
    assert_eq!(provider.described().await["require_pushed_authorization_requests"], true);
    let (_, query) = provider.authorize(&[]).await.redirect();
    assert_eq!(query["error_description"], "Pushed Authorization Request must be used");
    let name = text(&provider.push(&[]).await.json(), "request_uri").to_owned();
    assert_eq!(provider.authorize_pushed("practice", &name).await.status, 200);
}

#[tokio::test]
async fn a_registration_is_read_changed_and_removed_with_its_own_token() {
    let provider = healthy().await;
    let made = provider.registered("http://127.0.0.1:1/cb").await;
    let (id, token) = (text(&made, "client_id"), text(&made, "registration_access_token"));
    assert_eq!(made["registration_client_uri"], format!("{}/register/{id}", provider.origin));
    for _ in 0..2 {
        let read = provider.manage("GET", id, token, None).await;
        assert_eq!((read.status, &read.json()["redirect_uris"]), (200, &made["redirect_uris"]));
    }
    let wanted = json!({"client_id": id, "redirect_uris": ["http://127.0.0.1:2/cb"]});
    assert_eq!(provider.manage("PUT", id, token, Some(wanted.clone())).await.status, 200);
    let other = json!({"client_id": "practice", "redirect_uris": ["http://127.0.0.1:2/cb"]});
    assert_eq!(provider.manage("PUT", id, token, Some(other)).await.error(), "invalid_request");
    let sent = ("redirect_uri", "http://127.0.0.1:2/cb");
    let code = provider.code(&[("client_id", id), sent]).await;
    let secret = ("client_secret", text(&made, "client_secret"));
    assert_eq!(provider.exchange(&code, &[("client_id", id), secret, sent]).await.status, 200, "the secret stays");
    assert_eq!(provider.manage("DELETE", id, token, None).await.status, 204);
    assert_eq!(provider.manage("GET", id, token, None).await.status, 401);
    assert_eq!(provider.authorize(&[("client_id", id), sent]).await.status, 400);
}

#[tokio::test]
async fn a_registration_token_dies_when_it_is_used_at_another_client() {
    let provider = healthy().await;
    let (one, other) =
        (provider.registered("http://127.0.0.1:1/cb").await, provider.registered("http://127.0.0.1:1/cb").await);
    let (id, token) = (text(&one, "client_id"), text(&one, "registration_access_token"));
    let wrong = provider.manage("GET", id, "made-up", None).await;
    assert_eq!((wrong.status, wrong.error().as_str()), (401, "invalid_token"));
    assert_eq!(provider.manage("GET", id, token, None).await.status, 200, "a wrong token does no harm");
    assert_eq!(provider.manage("GET", text(&other, "client_id"), token, None).await.status, 401);
    assert_eq!(provider.manage("GET", id, token, None).await.status, 401, "and from now on");
    let none = provider.get(&format!("/register/{id}")).await;
    assert_eq!((none.status, none.header("www-authenticate")), (401, r#"Bearer realm="practice""#));
}
