//! Real servers on loopback, asked with --allow-private: a healthy provider is silent, each fault is found at its place.

use super::site::{Reply, Request, Shown, Site, reply};
use super::world::{World, assert_found, definition, online, reasons, registering};
use serde_json::json;
use std::net::TcpListener;
use std::time::{Duration, Instant};

/// As a provider in order answers.
pub fn healthy(origin: &str, request: &Request) -> Reply {
    match (request.method.as_str(), request.path.as_str()) {
        ("GET", "/.well-known/oauth-authorization-server") => reply(200, metadata(origin).to_string()),
        (_, path) if path.contains(".well-known") => reply(404, "not here"),
        ("POST", "/oauth/device") => reply(401, r#"{"error": "invalid_client"}"#),
        ("POST", "/oauth/register") => reply(400, r#"{"error": "invalid_client_metadata"}"#),
        ("GET", "/docs") => reply(200, "<p>Documentation"),
        _ => reply(405, ""),
    }
}

pub fn metadata(origin: &str) -> serde_json::Value {
    json!({
        "issuer": origin,
        "authorization_endpoint": format!("{origin}/oauth/authorize"),
        "token_endpoint": format!("{origin}/oauth/token"),
        "revocation_endpoint": format!("{origin}/oauth/revoke"),
        "device_authorization_endpoint": format!("{origin}/oauth/device"),
        "registration_endpoint": format!("{origin}/oauth/register"),
        "code_challenge_methods_supported": ["plain", "S256"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic"],
        "grant_types_supported": ["authorization_code", "urn:ietf:params:oauth:grant-type:device_code"],
        "scopes_supported": ["contacts:read", "contacts:write"],
    })
}

/// A provider that is healthy but for what `different` answers.
fn but(different: impl Fn(&Request) -> Option<Reply> + Send + Sync + 'static) -> Site {
    Site::start(move |origin, request| different(request).unwrap_or_else(|| healthy(origin, request)))
}

#[test]
fn a_healthy_provider_is_silent_and_asked_little() {
    let site = Site::start(healthy);
    let world = World::trusting(&site);
    let (code, document) = world.asked(&definition(&site.origin()));
    assert_found(&document, &[]);
    // The provider of these tests is on this machine, and so is its page.
    let rules: Vec<_> =
        document["findings"].as_array().expect("findings").iter().filter_map(|found| found["rule"].as_str()).collect();
    assert_eq!((code, rules), (0, vec!["definition-docs-url-local"]), "{document:#}");
    let mut asked = site.asked();
    asked.sort();
    // The deepest folder that the endpoints share first, then the origin.
    assert_eq!(
        asked,
        [
            "GET /.well-known/oauth-authorization-server",
            "GET /.well-known/oauth-authorization-server/oauth",
            "GET /docs",
            "GET /oauth/.well-known/openid-configuration",
            "POST /oauth/device",
        ]
    );
    let human = world.run(&["--online", "--allow-private", "acme.json"]);
    assert!(human.stdout.ends_with("\n1 definition, 1 warning\n"), "{}", human.stdout);
}

#[test]
fn nothing_that_is_sent_says_who_asks_or_creates_anything() {
    let site = Site::start(healthy);
    World::trusting(&site).asked(&registering(&site.origin()));
    assert!(site.asked().contains(&"POST /oauth/register".to_owned()), "{:?}", site.asked());
    for request in site.requests() {
        for header in ["cookie:", "authorization:", "referer:", "origin:", "proxy-"] {
            assert!(!request.head.contains(header), "{request:?}");
        }
        match request.path.as_str() {
            // No client_id, which RFC 8628 requires; nothing that is JSON, which RFC 7591 requires.
            "/oauth/device" => assert_eq!(request.body, ""),
            "/oauth/register" => assert_eq!(request.body, "{"),
            _ => assert_eq!((request.method.as_str(), request.body.as_str()), ("GET", "")),
        }
    }
}

#[test]
fn a_device_endpoint_that_is_not_there_is_found() {
    for status in [404, 410] {
        let site = but(move |request| (request.path == "/oauth/device").then(|| reply(status, "nothing here")));
        let (code, document) = World::trusting(&site).asked(&definition(&site.origin()));
        assert_found(&document, &[("definition-online-device-endpoint-gone", "/oauth/device_authorization_url")]);
        assert_eq!(code, 1);
        assert!(site.requests().len() <= 7, "{:?}", site.asked());
    }
}

#[test]
fn a_registration_endpoint_that_is_not_there_is_found() {
    let site = but(|request| (request.path == "/oauth/register").then(|| reply(404, "<h1>Not found</h1>")));
    let (code, document) = World::trusting(&site).asked(&registering(&site.origin()));
    let place = ("definition-online-registration-endpoint-gone", "/registration/registration_endpoint");
    assert_found(&document, &[place]);
    assert_eq!(code, 1);
}

#[test]
fn an_endpoint_that_answers_anything_else_is_alive() {
    for (post, get, body) in [
        (400, 404, ""),
        (401, 404, ""),
        (403, 404, ""),
        (405, 404, ""),
        (415, 404, ""),
        (429, 404, ""),
        // Only POST is told that nothing is there.
        (404, 405, ""),
        (404, 200, ""),
        // Somebody speaks OAuth there.
        (404, 404, r#"{"error": "Not Found"}"#),
        (404, 404, "error=Not+Found"),
    ] {
        let site = but(move |request| {
            let endpoint = ["/oauth/device", "/oauth/register"].contains(&request.path.as_str());
            endpoint.then(|| reply(if request.method == "POST" { post } else { get }, body))
        });
        let (_, document) = World::trusting(&site).asked(&registering(&site.origin()));
        assert_found(&document, &[]);
        assert_eq!(reasons(&document), [""; 0], "POST {post}, GET {get}");
    }
}

#[test]
fn a_page_that_is_gone_is_a_warning_and_one_that_wants_a_login_is_none() {
    let site = but(|request| (request.path == "/docs").then(|| reply(404, "")));
    let (code, document) = World::trusting(&site).asked(&definition(&site.origin()));
    assert_found(&document, &[("definition-online-docs-unreachable", "/docs_url")]);
    assert_eq!(code, 0);
    let site = but(|request| (request.path == "/docs").then(|| reply(403, "")));
    assert_found(&World::trusting(&site).asked(&definition(&site.origin())).1, &[]);
}

#[test]
fn an_outage_is_a_note() {
    let site = but(|request| (request.path == "/oauth/device").then(|| reply(503, "")));
    let (code, document) = World::trusting(&site).asked(&definition(&site.origin()));
    assert_found(&document, &[("definition-online-server-error", "/oauth/device_authorization_url")]);
    let findings = document["findings"].as_array().expect("findings");
    let outage = findings.iter().find(|found| found["rule"] == "definition-online-server-error").expect("it is told");
    assert_eq!((code, outage["severity"].as_str()), (0, Some("note")));
}

#[test]
fn a_host_of_its_own_is_asked_whether_it_is_there() {
    let (site, token) = (Site::start(healthy), Site::start(|_, _| reply(403, "")));
    let mut definition = definition(&site.origin());
    // Another name of the same machine: its certificate is not trusted.
    definition["oauth"]["token_url"] = format!("https://127.0.0.1:{}/token", token.port).into();
    let (_, document) = World::trusting(&site).asked(&definition);
    assert!(
        online(&document).contains(&("definition-online-tls-not-trusted".to_owned(), "/oauth/token_url".to_owned()))
    );
    assert_eq!(token.requests().len(), 0);
    let (_, document) = World::trusting(&token).asked(&definition);
    let (rule, place) = ("definition-online-tls-not-trusted".to_owned(), "/oauth/authorization_url".to_owned());
    assert!(online(&document).contains(&(rule, place)), "{document:#}");
    assert_eq!(token.asked(), ["HEAD /token"]);
}

#[test]
fn wrong_certificates_are_told_from_each_other() {
    for (shown, trusted, rule, code) in [
        (Shown::OtherName, true, "definition-online-certificate-wrong", 1),
        (Shown::Expired, true, "definition-online-certificate-wrong", 1),
        (Shown::Good, false, "definition-online-tls-not-trusted", 0),
    ] {
        let site = Site::showing(shown, &["localhost"], healthy);
        let world = if trusted { World::trusting(&site) } else { World::new() };
        let mut definition = definition(&site.origin());
        definition["docs_url"] = serde_json::Value::Null;
        let (exit, document) = world.asked(&definition);
        assert_found(&document, &[(rule, "/oauth/authorization_url")]);
        assert_eq!((exit, site.requests().len()), (code, 0), "nothing is sent over it");
    }
}

#[test]
fn a_closed_port_is_a_warning_once_for_its_host() {
    let port = TcpListener::bind("127.0.0.1:0").expect("a free port").local_addr().expect("it is bound").port();
    let (code, document) = World::new().asked(&definition(&format!("https://127.0.0.1:{port}")));
    assert_found(&document, &[("definition-online-connection-refused", "/oauth/authorization_url")]);
    assert_eq!(code, 0);
}

#[test]
fn a_silent_host_is_neither_fine_nor_wrong() {
    let silent = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = silent.local_addr().expect("it is bound").port();
    let world = World::new();
    world.file("acme.json", &definition(&format!("https://127.0.0.1:{port}")));
    let begin = Instant::now();
    let (code, document) = world.json(&["--online", "--allow-private", "--timeout", "2", "acme.json"]);
    assert!(begin.elapsed() < Duration::from_secs(5), "{:?}", begin.elapsed());
    assert_found(&document, &[]);
    assert_eq!((code, document["verdict"]["status"].as_str()), (3, Some("inconclusive")), "{document:#}");
    let because = reasons(&document).join("\n");
    assert!(because.contains("did not answer in time (--timeout)") && because.contains("acme.json"), "{because}");
    let human = world.run(&["--online", "--allow-private", "--timeout", "1", "acme.json"]);
    assert!(human.stdout.contains("Could not tell") && !human.stdout.contains('✔'), "{}", human.stdout);
    drop(silent);
}

#[test]
fn a_slow_answer_costs_five_seconds_and_no_more() {
    let site = Site::start(|_, _| {
        std::thread::sleep(Duration::from_secs(15));
        reply(200, "")
    });
    let begin = Instant::now();
    let (code, document) = World::trusting(&site).asked(&definition(&site.origin()));
    assert!(begin.elapsed() < Duration::from_secs(9), "{:?}", begin.elapsed());
    assert_found(&document, &[]);
    assert_eq!(code, 3, "{document:#}");
    assert!(reasons(&document).join("\n").contains("did not answer in 5 s"), "{document:#}");
}

#[test]
fn one_endpoint_that_stays_silent_is_told_though_its_host_answers() {
    let site = but(|request| {
        (request.path == "/oauth/device").then(|| {
            std::thread::sleep(Duration::from_secs(4));
            reply(400, "")
        })
    });
    let world = World::trusting(&site);
    world.file("acme.json", &definition(&site.origin()));
    let (code, document) = world.json(&["--online", "--allow-private", "--timeout", "2", "acme.json"]);
    assert_found(&document, &[]);
    assert_eq!(code, 3, "{document:#}");
}

#[test]
fn only_what_is_asked_for_is_asked() {
    let site = Site::start(healthy);
    let world = World::trusting(&site);
    world.file("acme.json", &definition(&site.origin()));
    world.run(&["acme.json"]);
    assert_eq!(site.requests().len(), 0);
    for wrong in [&["--online", "--offline", "acme.json"][..], &["--allow-private", "acme.json"]] {
        let answer = world.run(wrong);
        assert_eq!(answer.code, 2, "{}{}", answer.stdout, answer.stderr);
    }
    assert_eq!(site.requests().len(), 0);
}
