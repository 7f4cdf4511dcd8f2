use super::*;
use crate::host::{Answer, Http, HttpFailure, Request};
use crate::oauth::Authentication;
use crate::vendors::{all, find};
use std::sync::Arc;
use std::time::Duration;

const TOKEN: &str = "gho_16C7e42F292c6912E7710c838347Ae178B4a";

/// A provider with one answer for everybody.
struct Says(u16, &'static [(&'static str, &'static str)], &'static str);

impl Http for Says {
    fn send(&self, request: &Request) -> Result<Answer, HttpFailure> {
        assert!(request.limit <= Duration::from_secs(5), "bounded");
        Ok(Answer {
            status: self.0,
            headers: self.1.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
            body: self.2.as_bytes().to_vec(),
            cut_off: false,
            took: Duration::ZERO,
        })
    }
}

fn metadata(introspection: &str) -> Metadata {
    Metadata {
        at: Url::parse("https://acme.example/.well-known/oauth-authorization-server").unwrap(),
        issuer: "https://acme.example".into(),
        authorization_endpoint: None,
        registration_endpoint: None,
        revocation_endpoint: None,
        introspection_endpoint: Url::parse(introspection).ok(),
        token_endpoint_auth_methods_supported: None,
        promises_iss: false,
    }
}

fn client() -> Client {
    Client { id: "app".into(), secret: Some(Secret::new("s3cr3t-of-the-app")), authentication: Authentication::Body }
}

/// The answer, and every request that was sent.
fn told(provider: Says, vendor: Option<&str>, token_url: &str, token: &str) -> (Granted, Vec<Request>) {
    let recorder = Recorder::new(Arc::new(provider));
    let (token_url, client, token) = (Url::parse(token_url).unwrap(), client(), Secret::new(token));
    let metadata = metadata("https://acme.example/introspect");
    let asked = Asked {
        vendor: vendor.and_then(find),
        token_url: &token_url,
        metadata: Some(&metadata),
        client: Some(&client),
        access_token: &token,
        offline: false,
    };
    let granted = ask(&recorder, &asked);
    (granted, recorder.all().iter().map(|exchange| exchange.request.clone()).collect())
}

fn scopes_of(names: &[&str]) -> Granted {
    Granted::Scopes(names.iter().map(|name| (*name).to_owned()).collect())
}

#[test]
fn each_vendor_is_asked_in_its_own_way() {
    type Case = (&'static str, &'static str, Says, &'static [&'static str], &'static str);
    let cases: [Case; 7] = [
        (
            "github",
            "https://github.com/login/oauth/access_token",
            Says(200, &[("x-oauth-scopes", "repo, read:user")], r#"{"login":"ada"}"#),
            &["repo", "read:user"],
            "GET https://api.github.com/user",
        ),
        (
            "slack",
            "https://slack.com/api/oauth.v2.access",
            Says(200, &[("x-oauth-scopes", "identify,chat:write")], r#"{"ok":true}"#),
            &["identify", "chat:write"],
            "POST https://slack.com/api/auth.test",
        ),
        (
            "google",
            "https://oauth2.googleapis.com/token",
            Says(200, &[], r#"{"scope":"openid https://www.googleapis.com/auth/drive","expires_in":"3000"}"#),
            &["openid", "https://www.googleapis.com/auth/drive"],
            "POST https://oauth2.googleapis.com/tokeninfo",
        ),
        (
            "gitlab",
            "https://git.acme.example/oauth/token",
            Says(200, &[], r#"{"scope":["api","read_user"],"expires_in":7200}"#),
            &["api", "read_user"],
            "GET https://git.acme.example/oauth/token/info",
        ),
        (
            "discord",
            "https://discord.com/api/oauth2/token",
            Says(200, &[], r#"{"application":{},"scopes":["identify","guilds"]}"#),
            &["identify", "guilds"],
            "GET https://discord.com/api/oauth2/@me",
        ),
        (
            "jira",
            "https://auth.atlassian.com/oauth/token",
            Says(200, &[], r#"[{"scopes":["read:jira-work"]},{"scopes":["read:jira-work","write:jira-work"]}]"#),
            &["read:jira-work", "write:jira-work"],
            "GET https://api.atlassian.com/oauth/token/accessible-resources",
        ),
        (
            "hubspot",
            "https://api.hubapi.com/oauth/v1/token",
            Says(200, &[], r#"{"active":true,"scopes":["oauth","crm.objects.contacts.read"]}"#),
            &["oauth", "crm.objects.contacts.read"],
            "POST https://api.hubapi.com/oauth/v3/token/introspect",
        ),
    ];
    for (name, token_url, provider, scopes, line) in cases {
        let (granted, sent) = told(provider, Some(name), token_url, TOKEN);
        assert_eq!(granted, scopes_of(scopes), "{name}");
        assert_eq!(sent.len(), 1, "{name}");
        assert_eq!(format!("{} {}", sent[0].method, sent[0].url), line);
    }
}

/// Over the whole table, and by RFC 7662.
#[test]
fn a_token_travels_in_a_header_or_in_the_body_and_never_in_an_address() {
    let asked_at = |vendor: &Vendor| {
        format!("https://{}/token", vendor.hosts.first().map_or("server.acme.example", String::as_str))
    };
    let mut ways = 0;
    for vendor in all().map(Some).chain([None]) {
        let name = vendor.map(|vendor| vendor.id);
        let token_url = vendor.map_or("https://acme.example/token".to_owned(), asked_at);
        let (_, sent) = told(Says(200, &[], "{}"), name, &token_url, TOKEN);
        for request in &sent {
            ways += 1;
            assert!(
                !request.url.as_str().contains(TOKEN) && request.url.query().is_none(),
                "{name:?}: {}",
                request.url
            );
            let body = String::from_utf8(request.body.clone().unwrap_or_default()).unwrap();
            let in_header = request.headers.iter().any(|(_, value)| *value == format!("Bearer {TOKEN}"));
            assert!(in_header != body.contains(TOKEN), "{name:?}: in exactly one of the two");
        }
    }
    let table = all().filter(|vendor| vendor.granted_scopes.is_some()).count();
    assert!(ways > table && table >= 7, "{ways} requests for {table} vendors of the table and the standard's way");
}

#[test]
fn whoever_is_no_known_vendor_is_asked_by_the_standard_with_the_clients_proof() {
    let (granted, sent) =
        told(Says(200, &[], r#"{"active":true,"scope":"read write"}"#), None, "https://acme.example/token", TOKEN);
    assert_eq!(granted, scopes_of(&["read", "write"]));
    let body = String::from_utf8(sent[0].body.clone().unwrap()).unwrap();
    assert_eq!(
        body,
        format!("token={TOKEN}&token_type_hint=access_token&client_id=app&client_secret=s3cr3t-of-the-app")
    );
}

#[test]
fn a_stranger_under_a_known_name_gets_no_token_sent_elsewhere() {
    // `of_provider` would not even say that it is Slack.
    let (_, sent) = told(Says(404, &[], ""), Some("slack"), "https://acme.example/token", TOKEN);
    let hosts: Vec<_> = sent.iter().map(|request| request.url.host_str().unwrap().to_owned()).collect();
    assert_eq!(hosts, ["acme.example"]);
}

#[test]
fn a_token_that_has_no_scopes_by_its_nature_is_not_sent_at_all() {
    let github = "https://github.com/login/oauth/access_token";
    let (granted, sent) = told(Says(200, &[("x-oauth-scopes", "")], "{}"), Some("github"), github, "ghu_abcdefgh");
    assert_eq!((granted, sent.len()), (Granted::Untold(Untold::HasNone), 0));
    let (granted, _) = told(Says(200, &[("x-oauth-scopes", "")], "{}"), Some("github"), github, TOKEN);
    assert_eq!(granted, scopes_of(&[]), "an OAuth app's token without any scope");
}

#[test]
fn where_nobody_can_be_asked_it_is_said() {
    let recorder = Recorder::new(Arc::new(Says(500, &[], "")));
    let (token_url, client, token) =
        (Url::parse("https://acme.example/token").unwrap(), client(), Secret::new("a-token-of-acme"));
    let metadata = metadata("http://acme.example/introspect");
    let mut asked = Asked {
        vendor: None,
        token_url: &token_url,
        metadata: None,
        client: Some(&client),
        access_token: &token,
        offline: false,
    };
    assert_eq!(ask(&recorder, &asked), Granted::Untold(Untold::NowhereToAsk));
    asked.metadata = Some(&metadata);
    assert_eq!(ask(&recorder, &asked), Granted::Untold(Untold::InTheClear));
    asked.client = None;
    assert_eq!(ask(&recorder, &asked), Granted::Untold(Untold::NoClient));
    asked.offline = true;
    assert_eq!(ask(&recorder, &asked), Granted::Untold(Untold::Offline));
    assert_eq!(recorder.all().len(), 0);
}

#[test]
fn what_an_answer_never_lists_is_not_missing() {
    let token_url = Url::parse("https://auth.atlassian.com/oauth/token").unwrap();
    let token = Secret::new("a-token-of-jira");
    let asked = Asked {
        vendor: find("jira"),
        token_url: &token_url,
        metadata: None,
        client: None,
        access_token: &token,
        offline: false,
    };
    let wanted = ["read:me", "offline_access", "read:jira-work", "write:jira-work"].map(str::to_owned);
    assert_eq!(missing(&asked, &wanted, &scopes_of(&["read:jira-work"])), ["write:jira-work"]);
    let untold = Granted::Untold(Untold::NowhereToAsk);
    assert!(missing(&asked, &wanted, &untold).is_empty(), "what cannot be told is not held against anybody");
}
