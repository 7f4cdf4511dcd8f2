//! What is asked, how often, and what is never sent.

use super::{Certainty, Outcome, Verdict, ask, compared, record};
use crate::facts::{Facts, Looked};
use crate::host::http::FailureKind;
use crate::host::{Answer, Http, HttpFailure, Request};
use crate::vendors;
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Duration;
use url::Url;

const SENT: &str = "http://127.0.0.1:7998/api/auth/callback/oauth";
const LIMIT: Duration = Duration::from_secs(2);

/// A provider made of one function, that remembers what it was asked.
struct Provider<F> {
    answers: F,
    asked: Mutex<Vec<Request>>,
}

type Parameters = BTreeMap<String, String>;
type Answered = (u16, Option<String>, &'static str);

impl<F: Fn(&Parameters) -> Answered + Send + Sync> Http for Provider<F> {
    fn send(&self, request: &Request) -> Result<Answer, HttpFailure> {
        let parameters = request.url.query_pairs().into_owned().collect();
        self.asked.lock().unwrap().push(request.clone());
        let (status, location, body) = (self.answers)(&parameters);
        let headers = location.map(|location| vec![("location".to_owned(), location)]).unwrap_or_default();
        Ok(Answer { status, headers, body: body.into(), cut_off: false, took: Duration::ZERO })
    }
}

fn request() -> Url {
    let mut url = Url::parse("https://login.acme.example/authorize").unwrap();
    url.query_pairs_mut()
        .append_pair("audience", "api")
        .append_pair("response_type", "code")
        .append_pair("client_id", "acme-cli")
        .append_pair("redirect_uri", SENT)
        .append_pair("state", "STATE-OF-THE-LOGIN")
        .append_pair("code_challenge", "CHALLENGE-OF-THE-LOGIN")
        .append_pair("code_challenge_method", "S256")
        .append_pair("scope", "openid read");
    url
}

fn asked(answers: impl Fn(&Parameters) -> Answered + Send + Sync, vendor: Option<&str>) -> (Outcome, Vec<Request>) {
    let provider = Provider { answers, asked: Mutex::default() };
    let vendor = vendor.and_then(vendors::find);
    let outcome = ask(&provider, &request(), vendor, LIMIT);
    (outcome, provider.asked.into_inner().unwrap())
}

const MISMATCH: &str = r#"{"error":"invalid_redirect_uri"}"#;

fn login() -> Answered {
    (302, Some("/login".to_owned()), "")
}

fn refused(body: &'static str) -> Answered {
    (400, None, body)
}

#[test]
fn one_pair_is_enough_where_the_provider_answers_before_the_login() {
    let (outcome, requests) =
        asked(|sent| if sent["redirect_uri"] == SENT { login() } else { refused(MISMATCH) }, None);
    assert_eq!(outcome.verdict, Ok((Verdict::Registered, Certainty::Likely)));
    assert_eq!(outcome.method, Some("authorize_pair"));
    assert_eq!(requests.len(), 2);
}

#[test]
fn the_login_first_is_said_after_three_pairs_and_no_more() {
    let (outcome, requests) = asked(|_| login(), None);
    assert_eq!(outcome.verdict, Err("the provider asks for the login first".to_owned()));
    assert_eq!(requests.len(), 6);
}

#[test]
fn prompt_none_is_asked_second_and_without_openid() {
    let (outcome, requests) = asked(
        |sent| match (sent.get("prompt").map(String::as_str), sent["redirect_uri"] == SENT) {
            (Some("none"), true) => (302, Some(format!("{SENT}?error=login_required&state={}", sent["state"])), ""),
            (Some("none"), false) => refused("<p>Mismatching redirect URI.</p>"),
            _ => login(),
        },
        None,
    );
    assert_eq!(outcome.verdict, Ok((Verdict::Registered, Certainty::Certain)));
    assert_eq!(outcome.method, Some("authorize_pair_prompt_none"));
    assert_eq!(requests.len(), 4);
    let last = requests.last().unwrap();
    assert!(last.url.query_pairs().any(|(name, value)| name == "scope" && value == "read"));
}

#[test]
fn an_unknown_client_is_told_from_an_unregistered_redirect_uri_by_asking_as_a_stranger() {
    let (outcome, requests) = asked(|_| refused(r#"{"error":"invalid_client"}"#), None);
    assert_eq!(outcome.verdict, Ok((Verdict::ClientUnknown, Certainty::Likely)));
    assert_eq!(requests.len(), 3);
    let silent = |sent: &Parameters| match sent["client_id"].as_str() {
        "acme-cli" => (403, None, ""),
        _ => refused(r#"{"error":"invalid_client"}"#),
    };
    assert_eq!(asked(silent, None).0.verdict, Ok((Verdict::NotRegistered, Certainty::Likely)));
    assert_eq!(asked(|_| (403, None, ""), None).0.verdict, Ok((Verdict::Refused, Certainty::Possible)));
}

#[test]
fn an_app_that_was_set_up_for_another_version_is_found_with_one_more_question() {
    let documented = "http://127.0.0.1:7998/auth/callback/oauth";
    let (outcome, requests) =
        asked(|sent| if sent["redirect_uri"] == documented { login() } else { refused(MISMATCH) }, None);
    assert_eq!(outcome.verdict, Ok((Verdict::NotRegistered, Certainty::Likely)));
    assert_eq!(outcome.registered_uri.as_deref(), Some(documented));
    assert_eq!(requests.len(), 3);
    let silent = |sent: &Parameters| if sent["redirect_uri"] == documented { login() } else { (403, None, "") };
    assert_eq!(asked(silent, None).0.verdict, Ok((Verdict::NotRegistered, Certainty::Possible)));
    let (outcome, _) = asked(|_| refused(MISMATCH), None);
    assert_eq!((outcome.verdict, outcome.registered_uri), (Ok((Verdict::NotRegistered, Certainty::Likely)), None));
}

#[test]
fn githubs_404_is_an_unknown_client() {
    assert_eq!(asked(|_| (404, None, ""), Some("github")).0.verdict, Ok((Verdict::ClientUnknown, Certainty::Likely)));
    assert!(asked(|_| (404, None, ""), None).0.verdict.is_err());
}

#[test]
fn the_request_is_the_real_one_but_for_state_challenge_and_redirect_uri() {
    let (_, requests) = asked(|_| login(), None);
    for request in &requests {
        let text = request.url.as_str();
        assert!(!text.contains("OF-THE-LOGIN"), "{text}");
        let sent: Parameters = request.url.query_pairs().into_owned().collect();
        assert_eq!(sent["audience"], "api");
        assert_eq!(sent["client_id"], "acme-cli");
        assert_eq!(sent["code_challenge"].len(), 43, "an S256 challenge (RFC 7636, 4.2)");
        assert_eq!(request.method, "GET");
        assert!(request.headers.iter().all(|(name, _)| name == "accept"), "no cookie, no authorization");
    }
    let control = requests.iter().find(|request| !request.url.as_str().contains("oauth&")).unwrap();
    let sent: Parameters = control.url.query_pairs().into_owned().collect();
    let control = Url::parse(&sent["redirect_uri"]).unwrap();
    assert_eq!((control.host_str(), control.port()), (Some("127.0.0.1"), Some(7998)));
    assert!(!control.path().starts_with("/api"), "another first segment: {control}");
}

#[test]
fn a_provider_that_cannot_be_reached_is_asked_once_and_the_reason_is_kept() {
    struct Unreachable(Mutex<u32>);
    impl Http for Unreachable {
        fn send(&self, _: &Request) -> Result<Answer, HttpFailure> {
            *self.0.lock().unwrap() += 1;
            let text = "connection refused".to_owned();
            Err(HttpFailure { kind: FailureKind::Refused, text, proxy_status: None })
        }
    }
    let provider = Unreachable(Mutex::default());
    assert_eq!(ask(&provider, &request(), None, LIMIT).verdict, Err("connection refused".to_owned()));
    assert_eq!(*provider.0.lock().unwrap(), 2);
}

#[test]
fn without_the_parameter_there_is_nothing_to_ask() {
    let provider = Provider { answers: |_: &Parameters| login(), asked: Mutex::default() };
    let request = Url::parse("https://login.acme.example/authorize?client_id=acme-cli").unwrap();
    assert!(ask(&provider, &request, None, LIMIT).verdict.is_err());
    assert!(provider.asked.into_inner().unwrap().is_empty());
}

#[test]
fn the_flag_is_compared_and_the_difference_goes_into_the_facts() {
    let registered = "http://127.0.0.1:7998/auth/callback/oauth";
    let outcome = compared(SENT, registered, vendors::find("github"));
    let mut facts = Facts::new();
    facts.set("callback.registered", record(&outcome, SENT, vendors::find("github")));
    assert_eq!(facts.text("callback.registered.verdict"), Some("not_registered"));
    assert_eq!(facts.text("callback.registered.certainty"), Some("certain"));
    assert_eq!(facts.text("callback.registered.difference"), Some("path"));
    assert_eq!(facts.text("callback.registered.difference_text"), Some("no /api"));
    assert_eq!(facts.text("callback.registered.is_other_version"), Some("0.2.4 to 0.5.0"));
    let outcome = compared(SENT, "http://127.0.0.1/api", vendors::find("github"));
    assert_eq!(outcome.verdict, Ok((Verdict::Registered, Certainty::Certain)));
}

#[test]
fn what_cannot_be_told_is_unknown_with_its_reason() {
    let (outcome, _) = asked(|_| login(), None);
    let mut facts = Facts::new();
    facts.set("callback.registered", record(&outcome, SENT, None));
    assert_eq!(facts.get("callback.registered.verdict"), Looked::Unknown("the provider asks for the login first"));
    assert_eq!(facts.text("callback.registered.answer"), Some("sent to login.acme.example/login"));
}
