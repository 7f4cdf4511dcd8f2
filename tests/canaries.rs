//! Planted secrets are searched for, in every form that they are sent in, in everything that logins of every flow give out:
//! terminal, JSON, trace, page, files. They are in the file of `--store`, and behind `--show-secret`, and nowhere else.

#![cfg(unix)]

mod common;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use common::provider::{Provider, Reply, Request, browse};
use common::running::Running;
use common::terminal::Terminal;
use common::{World, callback_on, free_port};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::json;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

const CLIENT: &str = "acme-id";
/// With signs that are encoded in a URL, a form and a JSON text.
const CLIENT_SECRET: &str = "canary/client+secret \"4711\"";
const REGISTERED_SECRET: &str = "canary-registered=secret-4712";
const REGISTRATION_TOKEN: &str = "canary.registration/token+4713";
const CODE: &str = "canary/code+4714";
const DEVICE_CODE: &str = "canary=device&code-4715";
const ACCESS: &str = "canary.access/token+4716";
const REFRESH: &str = "canary.refresh/token+4717";
const RENEWED: &str = "canary.renewed/token+4718";
const PROXY_PASSWORD: &str = "canary-proxy-password-4719";
const ALL: &[&str] = &[
    CLIENT_SECRET,
    REGISTERED_SECRET,
    REGISTRATION_TOKEN,
    CODE,
    DEVICE_CODE,
    ACCESS,
    REFRESH,
    RENEWED,
    PROXY_PASSWORD,
];

/// A literal as it may stand in a URL, a form, a JSON text, a header.
fn forms(literal: &str) -> Vec<String> {
    let in_a_form: String = url::form_urlencoded::byte_serialize(literal.as_bytes()).collect();
    let pair = |secret: &str| format!("{CLIENT}:{secret}");
    vec![
        literal.to_owned(),
        utf8_percent_encode(literal, NON_ALPHANUMERIC).to_string(),
        json!(literal).to_string().trim_matches('"').to_owned(),
        STANDARD.encode(literal),
        URL_SAFE_NO_PAD.encode(literal),
        STANDARD.encode(pair(literal)),
        STANDARD.encode(pair(&in_a_form)),
        in_a_form,
    ]
}

#[track_caller]
fn holds_none(what: &str, text: &str, verifiers: &[String]) {
    for literal in ALL.iter().copied().chain(verifiers.iter().map(String::as_str)) {
        for form in forms(literal) {
            assert!(!text.contains(&form), "{literal}, as {form}, is seen in {what}:\n{text}");
        }
    }
}

/// A provider that gives canaries out and, where `blabs`, repeats all that it was sent in a refusal.
fn provider(flow: &str, method: &str, blabs: bool) -> (Provider, String) {
    let provider = Provider::serving(move |_, request| match request.path() {
        "/token" if blabs => Some(repeat(request)),
        "/token" => Some(grant(request)),
        "/device" => Some(Reply(
            200,
            json!({"device_code": DEVICE_CODE, "user_code": "WDJB-MJHT", "verification_uri": "http://127.0.0.1/d",
                   "expires_in": 60, "interval": 1})
            .to_string(),
        )),
        "/register" => Some(Reply(
            201,
            json!({"client_id": CLIENT, "client_secret": REGISTERED_SECRET,
                   "token_endpoint_auth_method": "client_secret_basic",
                   "registration_access_token": REGISTRATION_TOKEN,
                   "registration_client_uri": "http://127.0.0.1/register/acme-id"})
            .to_string(),
        )),
        "/revoke" => Some(Reply(200, String::new())),
        _ => None,
    });
    let origin = &provider.origin;
    let mut definition: serde_json::Value = serde_json::from_str(&provider.definition()).expect("JSON");
    definition["flow"] = flow.into();
    definition["oauth"]["authorization_method"] = method.into();
    definition["oauth"]["revocation_url"] = format!("{origin}/revoke").into();
    definition["oauth"]["device_authorization_url"] = format!("{origin}/device").into();
    definition["registration"] = json!({"registration_endpoint": format!("{origin}/register")});
    (provider, definition.to_string())
}

fn grant(request: &Request) -> Reply {
    let renewed = request.field("grant_type").as_deref() == Some("refresh_token");
    let (access, refresh) = if renewed { (RENEWED, RENEWED) } else { (ACCESS, REFRESH) };
    // Within authsome's refresh window, so that the next login renews it.
    let body = json!({"access_token": access, "refresh_token": refresh, "token_type": "Bearer", "expires_in": 300});
    Reply(200, body.to_string())
}

/// What was sent: as it came, decoded, and the credentials of a basic header without its name.
fn repeat(request: &Request) -> Reply {
    let basic = request.head.lines().find_map(|line| line.split_once("Basic ")).map_or("none", |(_, pair)| pair);
    let fields = url::form_urlencoded::parse(request.body.as_bytes());
    let values: Vec<_> = fields.map(|(_, value)| value.into_owned()).collect();
    let said = format!("{} {} pair {basic} values {}", request.head, request.body, values.join(" "));
    Reply(400, json!({"error": "invalid_grant", "error_description": said, "you": {"sent": request.body}}).to_string())
}

struct Login {
    world: World,
    provider: Provider,
    redirect_uri: String,
    arguments: Vec<String>,
}

impl Login {
    fn new(flow: &str, method: &str, blabs: bool) -> Self {
        let (provider, definition) = provider(flow, method, blabs);
        let world = World::new().set("HTTPS_PROXY", format!("http://user:{PROXY_PASSWORD}@proxy.example:3128"));
        world.file("acme.json", definition);
        let redirect_uri = callback_on(free_port());
        let fixed = ["login", "acme", "--provider-file", "acme.json", "--redirect-uri", &redirect_uri, "--no-browser"];
        let rest = ["--explain", "--store", "--trace", "trace.har", "-v", "--wait", "20"];
        let mut arguments: Vec<String> = fixed.iter().chain(&rest).map(|word| (*word).to_owned()).collect();
        if flow != "dcr_pkce" {
            let file = world.file("secret", CLIENT_SECRET).to_string_lossy().into_owned();
            arguments.extend(["--client-id", CLIENT, "--client-secret-file", &file].map(str::to_owned));
        }
        Self { world, provider, redirect_uri, arguments }
    }

    fn words<'a>(&'a self, more: &[&'a str]) -> Vec<&'a str> {
        self.arguments.iter().map(String::as_str).chain(more.iter().copied()).collect()
    }

    /// In JSON; what was said, and the page that the browser shows.
    fn in_pipes(&self, needs_browser: bool) -> (i32, String) {
        let login = Running::start(&self.world, &self.words(&["--format", "json"]));
        let page = if needs_browser { self.come_back(&|| login.stderr()) } else { String::new() };
        let answer = login.end();
        (answer.code, format!("{answer}\n{page}"))
    }

    /// At a terminal, where a person reads.
    fn at_a_terminal(&self, needs_browser: bool) -> (i32, String) {
        let login = Terminal::start(&self.world, &self.words(&["--no-input"]));
        let page = if needs_browser { self.come_back(&|| login.text()) } else { String::new() };
        let (code, screen) = login.end(Duration::from_secs(60));
        (code, format!("{screen}\n{page}"))
    }

    /// The browser comes back with the code to the state that was printed.
    fn come_back(&self, printed: &dyn Fn() -> String) -> String {
        let until = Instant::now() + Duration::from_secs(60);
        loop {
            let text = printed();
            if let Some((_, rest)) = text.split_once("&state=")
                && let Some((state, _)) = rest.split_once('&')
            {
                let code = utf8_percent_encode(CODE, NON_ALPHANUMERIC);
                let first = browse(&format!("{}?code={code}&state={state}", self.redirect_uri));
                // Where the page is.
                let next =
                    first.lines().find_map(|line| line.strip_prefix("location: ")).unwrap_or_default().to_owned();
                let host = self.redirect_uri.split("/auth").next().expect("there is always a first");
                let page = if next.starts_with('/') { browse(&format!("{host}{next}")) } else { String::new() };
                return format!("{first}\n{page}");
            }
            assert!(Instant::now() < until, "no address was printed:\n{text}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Every code_verifier that was sent.
    fn verifiers(&self) -> Vec<String> {
        self.provider.token_requests().iter().filter_map(|sent| sent.field("code_verifier")).collect()
    }

    #[track_caller]
    fn leaves_none(&self, said: &str) {
        let verifiers = self.verifiers();
        holds_none("what was said", said, &verifiers);
        for file in files_below(&self.world.path("")) {
            let path = file.to_string_lossy();
            // What the test itself put there, and the one place for secrets.
            let meant = ["/doctor/connections/", "/doctor/clients/"].iter().any(|folder| path.contains(folder));
            let meant = meant || path.ends_with("/secret");
            if !meant && let Ok(text) = fs::read(&file) {
                holds_none(&path, &String::from_utf8_lossy(&text), &verifiers);
            }
        }
        for more in [
            &["doctor", "acme", "--provider-file", "acme.json", "--offline", "-v", "--save-facts", "facts.json"][..],
            &["doctor", "acme", "--provider-file", "acme.json", "--offline", "--report", "report.html"],
            &["get", "acme"],
            &["get", "acme", "--format", "human"],
            &["inspect", "acme", "--provider-file", "acme.json"],
        ] {
            holds_none(&more.join(" "), &self.world.run(more).to_string(), &verifiers);
        }
        for file in ["facts.json", "report.html"] {
            let text = fs::read_to_string(self.world.path(file)).expect("it was asked for");
            holds_none(file, &text, &verifiers);
        }
    }

    fn file(&self) -> String {
        let path = self.world.authsome_home().join("doctor/connections/acme.default.json");
        fs::read_to_string(path).expect("it is kept")
    }
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() { files.extend(files_below(&path)) } else { files.push(path) }
    }
    files
}

#[test]
fn a_login_of_any_flow_shows_no_secret_in_pipes_or_at_a_terminal() {
    for (flow, method) in [("pkce", "body"), ("pkce", "basic"), ("dcr_pkce", "body"), ("device_code", "basic")] {
        let needs_browser = flow != "device_code";
        for terminal in [false, true] {
            let login = Login::new(flow, method, false);
            let run = |browser| if terminal { login.at_a_terminal(browser) } else { login.in_pipes(browser) };
            let (code, said) = run(needs_browser);
            assert_eq!(code, 0, "{flow} {method}: {said}");
            assert!(!login.provider.token_requests().is_empty() && login.file().contains(ACCESS));
            login.leaves_none(&said);
            // The same connection again: it is renewed.
            let (code, said) = run(false);
            assert_eq!(code, 0, "{flow} {method}: {said}");
            assert!(login.file().contains(RENEWED), "{flow} {method}: {said}");
            login.leaves_none(&said);
        }
    }
}

#[test]
fn a_provider_that_repeats_everything_is_not_repeated() {
    for (flow, method) in [("pkce", "body"), ("pkce", "basic"), ("dcr_pkce", "body"), ("device_code", "basic")] {
        for terminal in [false, true] {
            let login = Login::new(flow, method, true);
            let needs_browser = flow != "device_code";
            let (code, said) =
                if terminal { login.at_a_terminal(needs_browser) } else { login.in_pipes(needs_browser) };
            assert_eq!(code, 1, "{flow} {method}: {said}");
            assert!(!login.provider.token_requests().is_empty());
            login.leaves_none(&said);
        }
    }
}

#[test]
fn a_revocation_shows_none_and_show_secret_shows_what_was_asked_for() {
    let login = Login::new("pkce", "basic", false);
    assert_eq!(login.in_pipes(true).0, 0);
    let shown = login.world.run(["get", "acme", "--field", "access_token", "--show-secret"]).ends_with(0);
    assert_eq!(shown.document()["access_token"], ACCESS);
    let others = shown.to_string().replace(ACCESS, "");
    holds_none("get of one secret", &others, &login.verifiers());
    let revoked = login.world.run(["revoke", "acme", "-v"]).ends_with(0);
    assert_eq!(login.provider.requests_to("/revoke").len(), 2, "{revoked}");
    login.leaves_none(&revoked.to_string());
}

#[test]
fn the_search_finds_a_secret_in_every_form() {
    for form in forms(CLIENT_SECRET) {
        let found = std::panic::catch_unwind(|| holds_none("a text", &format!("before {form} after"), &[]));
        assert!(found.is_err(), "{form} is not found");
    }
}
