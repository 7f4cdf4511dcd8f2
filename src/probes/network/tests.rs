//! Hosts made of fakes, and one made of real sockets.

use super::*;
use crate::facts::{Fact, Looked, Value};
use crate::host::http::{Certificate, FailureKind};
use crate::host::{Answer, DnsFailure, FixedClock, Host, Http, HttpFailure, Request, Resolver};
use std::net::IpAddr;
use std::sync::{Arc, Mutex};

const NOW: &str = "2026-11-22T10:00:00Z";

struct Names {
    system: Result<Vec<IpAddr>, DnsFailure>,
    servers: Result<Vec<IpAddr>, DnsFailure>,
}

impl Resolver for Names {
    fn system(&self, _: &str, _: Duration) -> Result<Vec<IpAddr>, DnsFailure> {
        self.system.clone()
    }
    fn name_servers(&self, _: &str, _: Duration) -> Result<Vec<IpAddr>, DnsFailure> {
        self.servers.clone()
    }
}

struct Web {
    answer: Result<Answer, HttpFailure>,
    proxy: Option<String>,
    issuer: &'static str,
    asked: Mutex<Vec<String>>,
}

impl Http for Web {
    fn send(&self, request: &Request) -> Result<Answer, HttpFailure> {
        self.asked.lock().unwrap().push(request.url.to_string());
        self.answer.clone()
    }
    fn proxy_for(&self, _: &Url) -> Option<String> {
        self.proxy.clone()
    }
    fn certificate(&self, _: &Url, _: Duration) -> Result<Certificate, String> {
        Ok(Certificate { issuer: self.issuer.to_owned() })
    }
}

fn web(answer: Answer) -> Web {
    web_of(Ok(answer))
}

fn dead_web(failure: HttpFailure) -> Web {
    web_of(Err(failure))
}

fn web_of(answer: Result<Answer, HttpFailure>) -> Web {
    Web { answer, proxy: None, issuer: "", asked: Mutex::default() }
}

fn answered(status: u16, headers: &[(&str, &str)]) -> Answer {
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Answer { status, headers, body: Vec::new(), cut_off: false, took: Duration::ZERO }
}

fn failed(kind: FailureKind, text: &str, proxy_status: Option<u16>) -> HttpFailure {
    HttpFailure { kind, text: text.to_owned(), proxy_status }
}

fn address(text: &str) -> Vec<IpAddr> {
    vec![text.parse().unwrap()]
}

fn here() -> Names {
    Names { system: Ok(address("127.0.0.1")), servers: Ok(address("127.0.0.1")) }
}

fn provider(endpoints: &[(&str, &str)]) -> Facts {
    let mut facts = Facts::new();
    for (role, url) in endpoints {
        facts.set(&format!("provider.{role}"), *url);
    }
    facts
}

fn probed(names: Names, web: Web, endpoints: &[(&str, &str)]) -> (Facts, Arc<Web>) {
    let web = Arc::new(web);
    let clock = Arc::new(FixedClock(NOW.parse().unwrap()));
    let host = Host { clock, resolver: Arc::new(names), http: web.clone(), ..Host::real() };
    let context = Context { offline: false, limit: Duration::from_secs(2), ..Context::of(host) };
    (run(&context, &provider(endpoints)), web)
}

const ACME: &[(&str, &str)] = &[("authorization_endpoint", "https://login.acme.example/authorize")];

fn first<'a>(facts: &'a Facts, field: &str) -> Looked<'a> {
    facts.get(&format!("network.endpoints[0].{field}"))
}

fn text<'a>(facts: &'a Facts, field: &str) -> Option<&'a str> {
    if let Looked::Known(value) = first(facts, field) { value.as_text() } else { None }
}

fn truth(facts: &Facts, field: &str) -> Option<bool> {
    if let Looked::Known(value) = first(facts, field) { value.as_truth() } else { None }
}

#[test]
fn each_host_is_asked_once_whatever_endpoints_it_has() {
    let endpoints = &[
        ("authorization_endpoint", "https://login.acme.example/authorize"),
        ("token_endpoint", "https://login.acme.example/token"),
        ("device_authorization_endpoint", "https://device.acme.example/code"),
    ];
    let (facts, web) = probed(here(), web(answered(400, &[])), endpoints);
    assert_eq!(facts.list("network.endpoints").unwrap().len(), 3);
    assert_eq!(web.asked.lock().unwrap().len(), 2);
    assert_eq!(truth(&facts, "tls"), Some(true));
    let first: Vec<_> = (0..3).map(|at| facts.truth(&format!("network.endpoints[{at}].first_of_host"))).collect();
    assert_eq!(first, [Some(true), Some(false), Some(true)]);
    assert_eq!(facts.number("network.endpoints[1].http_status"), Some(400));
}

#[test]
fn offline_and_without_a_provider_nothing_is_asked() {
    let host = Host { http: Arc::new(web(answered(200, &[]))), ..Host::real() };
    assert_eq!(run(&Context::of(host.clone()), &provider(ACME)), Facts::new());
    let online = Context { offline: false, ..Context::of(host) };
    assert_eq!(run(&online, &Facts::new()), Facts::new());
}

#[test]
fn a_name_without_an_address_is_told_with_what_the_name_servers_say() {
    let names = Names { system: Err(DnsFailure::NoSuchName), servers: Ok(address("192.0.2.1")) };
    let (facts, _) = probed(names, dead_web(failed(FailureKind::Dns, "dns error", None)), ACME);
    assert_eq!(text(&facts, "dns_error"), Some("no_such_name"));
    assert_eq!(first(&facts, "addresses"), Looked::Unknown("there is no such name"));
    assert_eq!(first(&facts, "tcp"), Looked::NotAsked);
    assert!(matches!(first(&facts, "tls"), Looked::Unknown(_)));
    assert_eq!(facts.get("network.clock_offset"), Looked::NotAsked, "without an answer there is no clock to compare");
}

#[test]
fn only_a_private_address_on_one_side_makes_the_two_differ() {
    for (system, servers, differs) in [
        ("0.0.0.0", "192.0.2.1", true),
        ("127.0.0.1", "192.0.2.1", true),
        ("192.0.2.1", "192.0.2.2", false),
        ("10.0.0.1", "10.0.0.2", false),
        ("192.0.2.1", "192.0.2.1", false),
    ] {
        let names = Names { system: Ok(address(system)), servers: Ok(address(servers)) };
        let (facts, _) = probed(names, web(answered(200, &[])), ACME);
        assert_eq!(truth(&facts, "dns_differs"), Some(differs), "{system} {servers}");
    }
}

#[test]
fn behind_a_proxy_names_and_connection_are_not_asked() {
    let web = Web {
        proxy: Some("http://proxy.acme.example:3128".into()),
        ..dead_web(failed(FailureKind::Proxy, "the proxy wants a user name and a password (407)", Some(407)))
    };
    let (facts, _) = probed(Names { system: Err(DnsFailure::NoAnswer), servers: Err(DnsFailure::NoAnswer) }, web, ACME);
    assert_eq!(truth(&facts, "through_proxy"), Some(true));
    assert_eq!(first(&facts, "dns_error"), Looked::NotAsked);
    assert_eq!(first(&facts, "tcp"), Looked::NotAsked);
    assert_eq!(facts.number("network.endpoints[0].proxy_status"), Some(407));
}

#[test]
fn an_untrusted_certificate_names_who_opened_the_connection() {
    let web = Web {
        issuer: "Zscaler Inc., Zscaler Root CA",
        ..dead_web(failed(FailureKind::Tls, "the certificate is not trusted on this machine: UnknownIssuer", None))
    };
    let (facts, _) = probed(here(), web, ACME);
    assert_eq!(truth(&facts, "tls"), Some(false));
    assert_eq!(text(&facts, "tls_error_kind"), Some("untrusted"));
    assert_eq!(text(&facts, "tls_issuer"), Some("Zscaler Inc., Zscaler Root CA"));
    assert_eq!(text(&facts, "tls_interceptor"), Some("Zscaler"));
}

#[test]
fn the_clock_is_compared_with_the_date_of_an_answer_that_is_no_old_one() {
    let dated = |headers: &[(&str, &str)]| probed(here(), web(answered(200, headers)), ACME).0;
    let behind = dated(&[("date", "Sun, 22 Nov 2026 10:10:00 GMT")]);
    assert_eq!(behind.number("network.clock_offset"), Some(-600_000));
    assert_eq!(behind.number("network.clock_offset_size"), Some(600_000));
    for headers in [&[("date", "Sun, 22 Nov 2026 10:10:00 GMT"), ("age", "600")][..], &[("date", "yesterday")], &[]] {
        assert!(matches!(dated(headers).get("network.clock_offset"), Looked::Unknown(_)));
    }
}

#[test]
fn a_captive_portal_is_known_by_its_status_and_in_the_clear_by_its_page() {
    let html = [("content-type", "text/html")];
    let portal = [("location", "http://portal.hotel.example/")];
    let clear = &[("token_endpoint", "http://login.acme.example/token")];
    for (answer, endpoints, foreign) in [
        (answered(511, &html), ACME, true),
        (answered(200, &html), clear, true),
        (answered(302, &portal), clear, true),
        (answered(200, &html), ACME, false),
        (answered(302, &portal), ACME, false),
        (answered(404, &html), clear, false),
    ] {
        let (facts, _) = probed(here(), web(answer), endpoints);
        assert_eq!(truth(&facts, "html"), Some(foreign));
    }
}

#[test]
fn real_sockets_answer_refuse_and_stay_silent_within_the_limit() {
    use std::io::{Read, Write};
    let server = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let up = server.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for mut stream in server.incoming().flatten() {
            let _ = stream.read(&mut [0; 2048]);
            let _ = stream.write_all(b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n");
        }
    });
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let down = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let url = |port: u16| format!("http://127.0.0.1:{port}/");
    let (up, silent_url, down) = (url(up), url(silent.local_addr().unwrap().port()), url(down));
    let facts = provider(&[
        ("authorization_endpoint", &up),
        ("token_endpoint", &silent_url),
        ("device_authorization_endpoint", &down),
    ]);
    let context = Context { offline: false, limit: Duration::from_millis(1300), ..Context::of(Host::real()) };
    let begin = Instant::now();
    let facts = run(&context, &facts);
    assert!(begin.elapsed() < Duration::from_millis(1300), "{:?}", begin.elapsed());
    let field = |index: usize, name: &str| -> Option<Value> {
        let Looked::Known(Value::Record(fields)) = facts.get(&format!("network.endpoints[{index}]")) else {
            return None;
        };
        fields.get(name).and_then(|entry| if let Fact::Known(value) = &entry.fact { Some(value.clone()) } else { None })
    };
    assert_eq!(field(0, "http_status"), Some(404i64.into()));
    assert_eq!(field(1, "tcp"), Some(true.into()));
    assert_eq!(field(1, "http_error"), Some("no answer in time".into()));
    assert_eq!(field(2, "tcp"), Some(false.into()));
    assert_eq!(field(2, "tcp_error"), Some("127.0.0.1: connection refused".into()));
}
