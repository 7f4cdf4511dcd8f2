use super::*;
use crate::host::http::FailureKind;
use crate::host::{Answer, Http, HttpFailure};
use std::collections::BTreeSet;
use std::sync::Arc;

fn answered(status: u16, body: &str) -> Answer {
    Answer { status, headers: vec![], body: body.as_bytes().to_vec(), cut_off: false, took: Duration::ZERO }
}

fn verdict(status: u16, body: &str) -> Verdict {
    read(&Ok(answered(status, body))).verdict
}

struct Says(u16, &'static str);

impl Http for Says {
    fn send(&self, _: &Request) -> Result<Answer, HttpFailure> {
        Ok(answered(self.0, self.1))
    }
}

fn client(authentication: Authentication) -> Client {
    Client { id: "the app".into(), secret: Some(Secret::new("s3cr3t:of/the+app")), authentication }
}

fn url(text: &str) -> Url {
    Url::parse(text).unwrap()
}

const CALLBACK: &str = "http://127.0.0.1:7998/api/auth/callback/oauth";

/// The one request that is sent.
fn sent(client: &Client) -> Request {
    let recorder = Recorder::new(Arc::new(Says(400, r#"{"error":"invalid_grant"}"#)));
    let probe = TokenProbe::new(&url("https://acme.example/token"), client, &url(CALLBACK), false).unwrap();
    let told = probe.ask(&recorder);
    assert_eq!(told.reading.verdict, Verdict::ClientAccepted);
    assert_eq!(recorder.all().len(), 1, "once");
    recorder.all()[0].request.clone()
}

fn form(request: &Request) -> Vec<(String, String)> {
    url::form_urlencoded::parse(request.body.as_ref().unwrap()).into_owned().collect()
}

fn header(request: &Request, name: &str) -> Option<String> {
    request.headers.iter().find(|(found, _)| found == name).map(|(_, value)| value.clone())
}

#[test]
fn it_is_authsomes_own_request_with_another_code() {
    let request = sent(&client(Authentication::Body));
    let fields = form(&request);
    let names: Vec<_> = fields.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["grant_type", "code", "redirect_uri", "code_verifier", "client_id", "client_secret"]);
    assert_eq!((fields[0].1.as_str(), fields[2].1.as_str()), ("authorization_code", CALLBACK));
    assert_eq!((fields[4].1.as_str(), fields[5].1.as_str()), ("the app", "s3cr3t:of/the+app"));
    assert_eq!((request.method, request.url.as_str()), ("POST", "https://acme.example/token"));
    assert_eq!(header(&request, "accept").as_deref(), Some("application/json"));
    assert_eq!(header(&request, "authorization"), None);
}

#[test]
fn basic_is_sent_as_authsome_sends_it_without_encoding_first_and_without_a_secret_too() {
    let decoded = |client: &Client| {
        let request = sent(client);
        assert!(!form(&request).iter().any(|(name, _)| name.starts_with("client_")), "never both ways");
        let value = header(&request, "authorization").unwrap();
        let bytes = base64::engine::general_purpose::STANDARD.decode(value.strip_prefix("Basic ").unwrap()).unwrap();
        String::from_utf8(bytes).unwrap()
    };
    assert_eq!(decoded(&client(Authentication::Basic)), "the app:s3cr3t:of/the+app");
    assert_eq!(decoded(&Client { secret: None, ..client(Authentication::Basic) }), "the app:");
}

#[test]
fn a_public_client_sends_no_secret() {
    let fields = form(&sent(&client(Authentication::None)));
    assert!(!fields.iter().any(|(name, _)| name == "client_secret"));
}

#[test]
fn the_code_cannot_be_valid_and_is_another_each_time() {
    let codes: BTreeSet<String> = (0..20).map(|_| form(&sent(&client(Authentication::Body)))[1].1.clone()).collect();
    assert_eq!(codes.len(), 20);
    assert!(codes.iter().all(|code| code.len() >= 20 && code.chars().all(|c| c.is_ascii_alphanumeric())));
    let verifier = form(&sent(&client(Authentication::Body)))[3].1.clone();
    let unreserved = |c: char| c.is_ascii_alphanumeric() || "-._~".contains(c);
    assert!((43..=128).contains(&verifier.len()) && verifier.chars().all(unreserved), "RFC 7636, 4.1: {verifier}");
}

#[test]
fn it_is_not_sent_offline_nor_in_the_clear_but_to_this_machine_it_is() {
    let new = |token_url: &str, offline| {
        TokenProbe::new(&url(token_url), &client(Authentication::Body), &url(CALLBACK), offline).err()
    };
    assert_eq!(new("https://acme.example/token", true), Some(NotAsked::Offline));
    assert_eq!(new("http://acme.example/token", false), Some(NotAsked::InTheClear));
    assert_eq!(new("http://127.0.0.1:9100/token", false), None);
}

/// Servers, what was wrong in the request, and what the answer means.
const MEANT: &[(&[&str], &[&str], Verdict)] = &[
    (
        &["oidc", "authlib", "eoauth"],
        &[
            "bogus code, basic right",
            "bogus code, public none",
            "bogus code, native none",
            "bogus code, post client via post right",
            "bogus code, wrong redirect_uri, right creds",
        ],
        Verdict::ClientAccepted,
    ),
    (
        &["oidc", "authlib", "eoauth"],
        &[
            "bogus code, basic wrong secret",
            "bogus code, post wrong secret",
            "bogus code, basic unknown client",
            "bogus code, post unknown client",
            "bogus code, post client via post wrong",
        ],
        Verdict::ClientRefused,
    ),
    // The right secret in the way that this client may not use.
    (&["authlib"], &["bogus code, post client via basic right"], Verdict::ClientRefused),
    (&["oidc", "authlib"], &["bogus code, public with a secret in body"], Verdict::ClientRefused),
    (&["oidc"], &["basic AND post", "empty secret basic"], Verdict::Unclear),
    (
        &["oidc", "authlib", "eoauth"],
        &["bogus grant_type, right", "no grant_type", "GET on token endpoint"],
        Verdict::Unclear,
    ),
    // It checks nothing: that must never pass for a client that is accepted.
    (
        &["mock"],
        &[
            "bogus code, basic right",
            "bogus code, basic wrong secret",
            "bogus code, post unknown client",
            "bogus code, public none",
            "bogus code, no verifier, right creds",
        ],
        Verdict::Unclear,
    ),
];

/// What four servers answered (`fixtures/oauth-servers`), by what was wrong in the request.
#[test]
fn every_recorded_answer_reads_as_it_was_meant() {
    let mut read_so_far = BTreeSet::new();
    for (server, text) in [
        ("oidc", include_str!("../../../fixtures/oauth-servers/oidc.json")),
        ("authlib", include_str!("../../../fixtures/oauth-servers/authlib.json")),
        ("eoauth", include_str!("../../../fixtures/oauth-servers/eoauth.json")),
        ("mock", include_str!("../../../fixtures/oauth-servers/mock.json")),
    ] {
        let all: serde_json::Value = serde_json::from_str(text).unwrap();
        for one in all.as_array().unwrap().iter().filter(|one| one["group"] == "token") {
            let (case, body) = (one["case"].as_str().unwrap(), one["body"].as_str().unwrap());
            let status = u16::try_from(one["status"].as_u64().unwrap()).unwrap();
            let row = MEANT.iter().find(|(of, cases, _)| of.contains(&server) && cases.contains(&case));
            let Some((_, _, expected)) = row else { continue };
            assert_eq!(verdict(status, body), *expected, "{server}: {case}: {status} {body}");
            read_so_far.insert((server, case.to_owned()));
        }
    }
    assert!(read_so_far.len() > 30, "{}", read_so_far.len());
}

/// What hosted providers are documented or reported to answer (facts of the rule files `rules/provider`).
#[test]
fn hosted_providers_read_as_they_are_documented() {
    for (status, body, expected) in [
        (
            200,
            r#"{"error":"bad_verification_code","error_description":"The code passed is incorrect or expired."}"#,
            Verdict::ClientAccepted,
        ),
        (200, "error=bad_verification_code&error_description=The+code+passed+is+incorrect", Verdict::ClientAccepted),
        (200, r#"{"error":"incorrect_client_credentials"}"#, Verdict::ClientRefused),
        (
            200,
            r#"{"error":"redirect_uri_mismatch","error_description":"The redirect_uri MUST match the registered callback URL for this application."}"#,
            Verdict::RedirectRefused,
        ),
        (404, r#"{"error":"Not Found"}"#, Verdict::ClientRefused),
        (400, r#"{"error":"invalid_grant","error_description":"Malformed auth code."}"#, Verdict::ClientAccepted),
        (401, r#"{"error":"invalid_client","error_description":"Unauthorized"}"#, Verdict::ClientRefused),
        (400, r#"{"error":"redirect_uri_mismatch","error_description":"Bad Request"}"#, Verdict::RedirectRefused),
        (200, r#"{"ok":false,"error":"invalid_code"}"#, Verdict::ClientAccepted),
        (200, r#"{"ok":false,"error":"bad_client_secret"}"#, Verdict::ClientRefused),
        (200, r#"{"ok":false,"error":"invalid_client_id"}"#, Verdict::ClientRefused),
        (200, r#"{"ok":false,"error":"bad_redirect_uri"}"#, Verdict::RedirectRefused),
        (
            401,
            r#"{"error":"invalid_client","error_description":"AADSTS7000215: Invalid client secret provided."}"#,
            Verdict::ClientRefused,
        ),
        (
            400,
            r#"{"error":"unauthorized_client","error_description":"AADSTS700016: Application was not found."}"#,
            Verdict::ClientRefused,
        ),
        (
            400,
            r#"{"error":"unauthorized_client","error_description":"Missing valid authorization header"}"#,
            Verdict::Unclear,
        ),
        (401, r#"{"error":"unauthorized_client"}"#, Verdict::ClientRefused),
        (403, r#"{"error":"invalid_grant","error_description":"Invalid authorization code"}"#, Verdict::ClientAccepted),
        (
            400,
            r#"{"error":"invalid_request","error_description":"Invalid \"code\" in request."}"#,
            Verdict::ClientAccepted,
        ),
        (
            400,
            r#"{"error":"invalid_request","error_description":"Invalid \"redirect_uri\" in request."}"#,
            Verdict::RedirectRefused,
        ),
        (
            400,
            r#"{"error":"invalid_request","error_description":"Value passed for the authorization code was invalid."}"#,
            Verdict::ClientAccepted,
        ),
        (400, r#"{"status":"BAD_AUTH_CODE","message":"missing or unknown auth code"}"#, Verdict::ClientAccepted),
        (
            400,
            r#"{"error":"invalid_grant","error_description":"The provided authorization grant is invalid, expired, revoked, does not match the redirection URI, or was issued to another client."}"#,
            Verdict::ClientAccepted,
        ),
        (
            400,
            r#"{"error":"invalid_request","error_description":"Invalid request: `redirect_uri` is invalid"}"#,
            Verdict::RedirectRefused,
        ),
        (400, r#"{"error":"invalid_grant","error_description":"Incorrect redirect_uri"}"#, Verdict::RedirectRefused),
    ] {
        assert_eq!(verdict(status, body), expected, "{status} {body}");
    }
}

#[test]
fn what_says_nothing_of_the_client_is_unclear() {
    for (status, body) in [
        (403, ""),
        (400, ""),
        (401, "<html>log in first</html>"),
        (403, "<html>are you a robot?</html>"),
        (429, r#"{"error":"invalid_client"}"#),
        (503, r#"{"error":"invalid_grant"}"#),
        (200, r#"{"access_token":"t","token_type":"Bearer"}"#),
        (400, r#"{"error":"invalid_request","error_description":"code_challenge required"}"#),
        (400, r#"{"error":"unsupported_grant_type"}"#),
    ] {
        assert_eq!(verdict(status, body), Verdict::Unclear, "{status} {body}");
    }
    let silent = HttpFailure { kind: FailureKind::Refused, text: "connection refused".into(), proxy_status: None };
    let reading = read(&Err(silent));
    assert_eq!(reading.verdict, Verdict::Unclear);
    assert!(reading.why.contains("connection refused"));
}

#[test]
fn nothing_that_was_sent_stands_in_the_reading() {
    let recorder = Recorder::new(Arc::new(Says(401, r#"{"error":"invalid_client"}"#)));
    let probe =
        TokenProbe::new(&url("https://acme.example/token"), &client(Authentication::Body), &url(CALLBACK), false);
    let told = probe.unwrap().ask(&recorder);
    let code = form(&told.exchange.request)[1].1.clone();
    assert!(!told.reading.why.contains(&code) && !told.reading.why.contains("s3cr3t"));
}
