//! Daemons on other machines, made of fakes. The recorded ones are in fixtures/machines/hosted-*.json.

use super::*;
use crate::facts::Looked;
use crate::host::{DnsFailure, FixedClock, Http, Resolver};
use std::net::IpAddr;
use std::sync::{Arc, Mutex};

/// Every name is this machine, where nobody listens on these ports.
struct Here;

impl Resolver for Here {
    fn system(&self, _: &str, _: Duration) -> Result<Vec<IpAddr>, DnsFailure> {
        Ok(vec!["127.0.0.1".parse().unwrap()])
    }
    fn name_servers(&self, _: &str, _: Duration) -> Result<Vec<IpAddr>, DnsFailure> {
        self.system("", Duration::ZERO)
    }
}

/// Answers by address; anything else is 404.
#[derive(Default)]
struct Web {
    answers: Vec<(&'static str, u16, &'static str, &'static [(&'static str, &'static str)])>,
    asked: Mutex<Vec<String>>,
}

impl Http for Web {
    fn send(&self, request: &Request) -> Result<Answer, HttpFailure> {
        let url = request.url.to_string();
        self.asked.lock().unwrap().push(url.clone());
        let found = self.answers.iter().find(|(address, ..)| *address == url);
        let (status, body, headers) = found.map_or((404, "", &[][..]), |it| (it.1, it.2, it.3));
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Ok(Answer { status, headers, body: body.as_bytes().to_vec(), cut_off: false, took: Duration::ZERO })
    }
}

const HEALTH: &str = r#"{"status":"ok","version":"0.7.2","store_backend":"sqlite"}"#;
const OLD: &str = r#"{"status":"ok","version":"0.5.0","store_backend":"sqlite"}"#;

fn probed(base: &str, web: Web, offline: bool) -> (Facts, Arc<Web>) {
    let web = Arc::new(web);
    let clock = Arc::new(FixedClock("2026-11-22T10:00:00Z".parse().unwrap()));
    let host = Host { clock, resolver: Arc::new(Here), http: web.clone(), ..Host::real() };
    let context = Context { offline, limit: Duration::from_secs(2), ..Context::of(host) };
    let mut known = Facts::new();
    known.set("daemon.base_url", base);
    known.set("authsome.version", "0.7.2");
    (run(&context, &known), web)
}

fn web(answers: &[(&'static str, u16, &'static str, &'static [(&'static str, &'static str)])]) -> Web {
    Web { answers: answers.to_vec(), ..Web::default() }
}

#[test]
fn a_daemon_of_this_machine_is_not_asked_a_second_time() {
    let (facts, web) = probed("http://127.0.0.1:7998", Web::default(), false);
    assert_eq!(facts.get("daemon.hosted"), Looked::Absent);
    assert!(web.asked.lock().unwrap().is_empty());
}

#[test]
fn offline_nothing_is_sent_and_that_is_the_reason() {
    let (facts, web) = probed("https://authsome.example", Web::default(), true);
    assert!(matches!(facts.get("daemon.hosted.answers"), Looked::Unknown(why) if why.contains("--offline")));
    assert_eq!(facts.text("daemon.hosted.url"), Some("https://authsome.example/api/health"));
    assert!(web.asked.lock().unwrap().is_empty());
}

#[test]
fn who_answers_its_version_and_the_clock_are_told_by_one_question() {
    let date = &[("date", "Sun, 22 Nov 2026 10:00:30 GMT")][..];
    let there = web(&[("https://authsome.example/api/health", 200, HEALTH, date)]);
    let (facts, web) = probed("https://authsome.example", there, false);
    assert_eq!(facts.text("daemon.hosted.answers"), Some("authsome"));
    assert_eq!(facts.text("daemon.hosted.version"), Some("0.7.2"));
    assert_eq!(facts.truth("daemon.hosted.same_paths"), Some(true));
    assert_eq!(facts.number("daemon.hosted.clock_offset"), Some(-30_000));
    let sent = "https://authsome.example/api/auth/callback/oauth";
    assert_eq!(facts.text("daemon.hosted.redirect_uri"), Some(sent));
    assert_eq!(web.asked.lock().unwrap().len(), 1);
}

#[test]
fn a_daemon_under_another_path_of_that_host_is_found() {
    // 0.7 answers /health too: under a base URL that ends in /api that is its /api/health.
    let there: &[_] = &[
        ("https://authsome.example/api/health", 200, HEALTH, &[][..]),
        ("https://authsome.example/health", 200, HEALTH, &[]),
    ];
    for base in ["https://authsome.example/api", "https://authsome.example/connections"] {
        let (facts, _) = probed(base, web(there), false);
        assert_eq!(facts.text("daemon.hosted.answers"), Some("authsome_elsewhere"), "{base}");
        assert_eq!(facts.text("daemon.hosted.found_at"), Some("https://authsome.example"), "{base}");
    }
}

#[test]
fn a_daemon_of_a_version_with_other_paths_is_told_as_such() {
    let there = web(&[("https://authsome.example/health", 200, OLD, &[])]);
    let (facts, _) = probed("https://authsome.example", there, false);
    assert_eq!(facts.text("daemon.hosted.answers"), Some("authsome"));
    assert_eq!(facts.truth("daemon.hosted.same_paths"), Some(false));
    assert_eq!(facts.text("daemon.hosted.redirect_uri"), Some("https://authsome.example/auth/callback/oauth"));
}

#[test]
fn what_is_no_authsome_is_told_from_a_redirection() {
    let (facts, _) = probed("https://authsome.example", Web::default(), false);
    assert_eq!(facts.text("daemon.hosted.answers"), Some("other"));
    let location = &[("location", "https://login.example/?next=secret")][..];
    let there = web(&[("https://authsome.example/api/health", 302, "", location)]);
    let (facts, _) = probed("https://authsome.example", there, false);
    assert_eq!(facts.text("daemon.hosted.answers"), Some("redirect"));
    assert_eq!(facts.text("daemon.hosted.redirected_to"), Some("https://login.example/"));
}

#[test]
fn the_way_is_the_one_that_authsomes_own_client_takes() {
    let host = |pairs: &[(&str, &str)]| Host { env: Arc::new(pairs.iter().copied().collect()), ..Host::real() };
    let hop = |record: Record| {
        let mut known = Facts::new();
        let record = record.with("hop", "cli_to_daemon").with("client", "httpx").with("loopback", false);
        known.set("proxy.hops", vec![record.with("url", "https://authsome.example/").with("why", "w")]);
        known
    };
    let set = [("all_proxy", "http://me:pass@proxy:8080"), ("NO_PROXY", "x")];
    let through = hop(Record::new().with("route", "proxy").with("variable", "all_proxy"));
    let changed = route(&host(&set), &through).unwrap_or_else(|why| panic!("{why}"));
    assert_eq!(changed.env.get("HTTPS_PROXY"), Some("http://me:pass@proxy:8080"), "with what the proxy wants");
    assert_eq!((changed.env.get("all_proxy"), changed.env.get("NO_PROXY")), (None, None));
    let direct = route(&host(&set), &hop(Record::new().with("route", "direct"))).unwrap_or_else(|why| panic!("{why}"));
    assert_eq!(direct.env.get("HTTPS_PROXY"), None);
    let breaks = hop(Record::new().with("route", "breaks").with("variable", "ALL_PROXY"));
    assert!(route(&host(&set), &breaks).is_err());
}
