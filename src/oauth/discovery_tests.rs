use super::*;
use crate::host::http::FailureKind;
use crate::host::{Http, HttpFailure};
use serde_json::json;
use std::collections::BTreeMap;

/// A web with these documents, by address.
struct Web(BTreeMap<String, Value>);

impl Http for Web {
    fn send(&self, request: &Request) -> Result<Answer, HttpFailure> {
        if request.url.host_str() == Some("silent.example") {
            return Err(HttpFailure { kind: FailureKind::Timeout, text: "no answer".into(), proxy_status: None });
        }
        let document = self.0.get(request.url.as_str());
        Ok(Answer {
            status: if document.is_some() { 200 } else { 404 },
            headers: Vec::new(),
            body: document.map(Value::to_string).unwrap_or_default().into_bytes(),
            cut_off: false,
            took: Duration::ZERO,
        })
    }
}

fn url(text: &str) -> Url {
    Url::parse(text).unwrap()
}

fn texts(urls: &[Url]) -> Vec<&str> {
    urls.iter().map(Url::as_str).collect()
}

fn asked(documents: &[(&str, &str)], issuers: &[&str]) -> (Found, Vec<String>) {
    let documents = documents.iter().map(|(at, issuer)| {
        ((*at).to_owned(), json!({"issuer": issuer, "registration_endpoint": "https://acme.example/register"}))
    });
    let recorder = Recorder::new(Arc::new(Web(documents.collect())));
    let found = discover(&recorder, &issuers.iter().map(|issuer| url(issuer)).collect::<Vec<_>>());
    (found, recorder.all().iter().map(|exchange| exchange.request.url.to_string()).collect())
}

#[test]
fn the_places_are_asked_in_the_order_of_the_specifications() {
    let (found, order) = asked(&[], &["https://acme.example/tenant/7/"]);
    assert_eq!(found, Found::default());
    assert_eq!(
        order,
        [
            "https://acme.example/.well-known/oauth-authorization-server/tenant/7",
            "https://acme.example/tenant/7/.well-known/openid-configuration",
            "https://acme.example/tenant/7/.well-known/oauth-authorization-server",
        ]
    );
    let (_, order) = asked(&[], &["https://acme.example"]);
    assert_eq!(order.len(), 2, "without a path the first and the last are one: {order:?}");
}

#[test]
fn a_document_that_names_another_issuer_is_named_and_not_used() {
    let lying = ("https://acme.example/.well-known/oauth-authorization-server", "https://evil.example");
    let (found, _) = asked(&[lying], &["https://acme.example"]);
    assert_eq!(found.metadata, None);
    assert_eq!(found.foreign.unwrap().issuer, "https://evil.example");

    let honest = ("https://acme.example/.well-known/openid-configuration", "https://acme.example");
    let (found, _) = asked(&[lying, honest], &["https://acme.example"]);
    assert_eq!(found.metadata.unwrap().at.as_str(), honest.0, "the next one is honest");
}

#[test]
fn a_slash_at_the_end_of_the_issuer_is_no_lie() {
    let document = ("https://acme.example/.well-known/openid-configuration", "https://acme.example/");
    let (found, _) = asked(&[document], &["https://acme.example"]);
    assert_eq!(found.metadata.unwrap().issuer, "https://acme.example/");
}

#[test]
fn the_issuer_is_looked_for_in_the_folders_that_both_endpoints_lie_in() {
    let at = |authorization: &str, token: &str| issuers(None, &url(authorization), Some(&url(token)));
    let github = at("https://git.example/login/oauth/authorize", "https://git.example/login/oauth/access_token");
    assert_eq!(
        texts(&github),
        ["https://git.example/login/oauth", "https://git.example/login", "https://git.example/"]
    );
    let toolkit = at("https://acme.example/o/authorize/", "https://acme.example/o/token/");
    assert_eq!(texts(&toolkit), ["https://acme.example/o", "https://acme.example/"]);
    let two_hosts = at("https://accounts.acme.example/o/auth?x=1", "https://tokens.acme.example/o/token");
    assert_eq!(texts(&two_hosts), ["https://accounts.acme.example/"]);
    let deep = at("https://acme.example/a/b/c/d/auth", "https://acme.example/a/b/c/d/token");
    assert_eq!(texts(&deep), ["https://acme.example/a/b/c/d", "https://acme.example/a/b/c", "https://acme.example/"]);
    let written = issuers(Some(&url("https://id.example/x")), &url("https://acme.example/auth"), None);
    assert_eq!(texts(&written), ["https://id.example/x"]);
}

#[test]
fn a_login_asks_once_and_never_where_it_may_not() {
    let recorder = Recorder::new(Arc::new(Web(BTreeMap::new())));
    let discovery = Discovery::new(&recorder, vec![url("https://acme.example")]);
    assert_eq!(discovery.known(), None);
    discovery.begin();
    for _ in 0..3 {
        assert_eq!(discovery.within(Duration::from_secs(5)), Some(&Found::default()));
    }
    assert_eq!(recorder.all().len(), 2);

    let offline = Discovery::new(&recorder, Vec::new());
    assert_eq!(offline.within(Duration::from_secs(5)), None);
    assert_eq!(recorder.all().len(), 2);
}

#[test]
fn a_host_that_gives_no_answer_is_not_asked_again() {
    let (found, order) = asked(&[], &["https://silent.example"]);
    assert_eq!((found.metadata, found.silent, order.len()), (None, true, 1));
}
