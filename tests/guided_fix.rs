//! A person at a terminal: what failed is said, a way out is offered and taken, and the same run finishes the login.

#![cfg(unix)]

mod common;

use authsome_doctor::host::runtime;
use authsome_doctor::practice::person::{Press, act};
use common::provider::{Provider, Reply, browse};
use common::terminal::Terminal;
use common::{World, callback_on, free_port};
use serde::Deserialize;
use serde_json::Value;
use std::process::{Child, Stdio};
use std::time::Duration;

const SOON: Duration = Duration::from_secs(60);

/// A practice login with this fault, shown once, and a person who sees the terminal.
fn login(world: &World, fault: &str, more: &[&str]) -> Terminal {
    let redirect_uri = callback_on(free_port());
    let fixed = ["login", "practice", "--redirect-uri", &redirect_uri, "--fault", fault, "--fault-times", "1"];
    Terminal::start(world, &[&fixed, more].concat())
}

#[track_caller]
fn finishes(login: Terminal) -> String {
    let (code, screen) = login.end(SOON);
    assert_eq!(code, 0, "the screen:\n{screen}");
    assert!(screen.contains("Logged in to Practice provider"), "the screen:\n{screen}");
    screen
}

#[test]
fn a_rejected_secret_is_asked_for_again_and_the_login_finishes() {
    let world = World::new();
    let mut login = login(&world, "invalid_client_credentials:github", &["--auto-approve"]);
    login.shows("What now", SOON);
    login.chooses("new client secret");
    login.shows("client secret", SOON);
    // Nobody knows the practice client's secret, so Enter alone sends it once more.
    login.types("\r");
    finishes(login);
}

#[test]
fn the_right_secret_is_typed_in_place_of_a_wrong_one_unseen_and_the_login_finishes() {
    let world = World::new();
    let provider = PracticeProvider::start(&world);
    world.file("practice.json", provider.document["provider"].to_string());
    world.file("secret", "a-wrong-secret-canary");
    let redirect_uri = callback_on(free_port());
    let fixed = ["login", "practice", "--provider-file", "practice.json", "--client-id", "practice"];
    let rest = ["--client-secret-file", "secret", "--redirect-uri", &redirect_uri, "--no-browser"];
    let mut login = Terminal::start(&world, &[&fixed[..], &rest].concat());
    press_authorize(&mut login);
    login.shows("What now", SOON);
    login.chooses("new client secret");
    login.shows("client secret", SOON);
    let secret = provider.document["client_secret"].as_str().expect("a text");
    login.types(&format!("{secret}\r"));
    press_authorize(&mut login);
    let screen = finishes(login);
    assert!(!screen.contains(secret) && !screen.contains("a-wrong-secret-canary"), "a secret is shown:\n{screen}");
}

/// `authsome practice`, started by itself, and what it says of itself.
struct PracticeProvider {
    process: Child,
    document: Value,
}

impl PracticeProvider {
    fn start(world: &World) -> Self {
        let mut process = world.process();
        process
            .args(["practice", "--format", "json", "--exit-with-stdin"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        let mut process = process.spawn().expect("our program starts");
        let mut said = serde_json::Deserializer::from_reader(process.stdout.take().expect("is piped"));
        let document = Value::deserialize(&mut said).expect("it says that it is ready");
        Self { process, document }
    }
}

impl Drop for PracticeProvider {
    fn drop(&mut self) {
        // It may have ended.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Does in the browser what the person does.
fn press_authorize(login: &mut Terminal) {
    login.shows("/authorize?", SOON);
    login.shows("waiting for you", SOON);
    let text = login.text();
    let last = text.rfind("/authorize?").and_then(|at| text[..at].rfind("http://")).expect("an address");
    let address = text[last..].lines().next().expect("it is on a line").trim().to_owned();
    runtime().block_on(act(&address, Press::Authorize)).expect("the page is there");
}

#[test]
fn an_expired_code_starts_over_and_the_login_finishes() {
    let world = World::new();
    let mut login = login(&world, "invalid_or_expired_code", &["--auto-approve"]);
    login.shows("What now", SOON);
    login.types("\r");
    finishes(login);
}

#[test]
fn a_redirect_uri_that_is_not_registered_is_sent_with_the_other_known_path() {
    let world = World::new();
    let mut login = login(&world, "redirect_uri_mismatch", &["--auto-approve"]);
    login.shows("What now", SOON);
    login.chooses("/api/auth/callback/oauth");
    finishes(login);
}

#[test]
fn trying_again_is_always_offered() {
    let world = World::new();
    let mut login = login(&world, "provider_server_error", &["--auto-approve"]);
    login.shows("What now", SOON);
    login.chooses("try again");
    finishes(login);
}

#[test]
fn stopping_is_always_offered_and_ends_with_1() {
    let world = World::new();
    let mut login = login(&world, "access_denied_by_user", &["--auto-approve"]);
    login.shows("What now", SOON);
    login.chooses("stop here");
    assert_eq!(login.end(SOON).0, 1);
}

#[test]
fn when_nobody_comes_the_person_is_asked_what_the_page_says_and_a_pasted_address_finishes_the_login() {
    let world = World::new();
    let port = free_port();
    let redirect_uri = callback_on(port);
    let arguments = ["login", "practice", "--no-browser", "--redirect-uri", &redirect_uri];
    let mut login = Terminal::start(&world, &arguments);
    login.shows("/authorize?", SOON);
    login.shows("Nobody came back to", Duration::from_secs(40));
    login.shows("What does the page", SOON);
    // The browser of another machine shows this address, which it could not open.
    let state = text_between(&login.text(), "state=", "&");
    login.types(&format!("{redirect_uri}?error=access_denied&state={state}\n"));
    login.shows("What now", SOON);
    assert!(login.text().contains("access"), "{}", login.text());
    login.chooses("stop here");
    assert_eq!(login.end(SOON).0, 1);
}

#[test]
fn a_person_in_the_browser_is_waited_for_and_seen() {
    let world = World::new();
    let redirect_uri = callback_on(free_port());
    let mut login = Terminal::start(&world, &["login", "practice", "--no-browser", "--redirect-uri", &redirect_uri]);
    login.shows("/authorize?", SOON);
    login.shows("waiting for you", SOON);
    let address = format!("http://{}", text_between(&login.text(), "http://", "\n"));
    let page = browse(&address);
    assert!(page.contains("Authorize"), "{page}");
    let denied = format!("{redirect_uri}?error=access_denied&state={}", text_between(&address, "state=", "&"));
    browse(&denied);
    login.shows("What now", SOON);
    login.chooses("stop here");
    assert_eq!(login.end(SOON).0, 1);
}

#[test]
fn nobody_is_asked_under_ci_or_where_it_is_forbidden() {
    for (variable, arguments) in [(Some("CI"), &[][..]), (None, &["--no-input"]), (None, &["--format", "json"])] {
        let world = variable.into_iter().fold(World::new(), |world, name| world.set(name, "true"));
        let more: Vec<&str> = ["--auto-approve"].into_iter().chain(arguments.to_vec()).collect();
        let (code, screen) = login(&world, "access_denied_by_user", &more).end(SOON);
        assert_eq!(code, 1, "{arguments:?}: {screen}");
        assert!(!screen.contains("What now"), "{arguments:?}: {screen}");
    }
}

/// A server that has no use for PKCE refuses the challenge; a client with a secret can go without.
#[test]
fn a_provider_that_refuses_the_challenge_is_asked_without_one_where_a_secret_protects_the_code() {
    let world = World::new();
    let token = r#"{"access_token": "at-canary-41", "token_type": "bearer", "scope": "read"}"#;
    let provider = Provider::start(move |_| Reply(200, token.to_owned()));
    world.file("acme.json", provider.definition());
    world.file("secret", "s3cret-canary-41");
    let redirect_uri = callback_on(free_port());
    let fixed = ["login", "acme", "--provider-file", "acme.json", "--client-id", "x", "--client-secret-file", "secret"];
    let rest = ["--no-browser", "--redirect-uri", &redirect_uri];
    let mut login = Terminal::start(&world, &[&fixed[..], &rest].concat());
    let refused = "error=invalid_request&error_description=not+supported+value+of+code_challenge_method";
    let asked = answer_in_browser(&mut login, &redirect_uri, refused);
    assert!(asked.contains("code_challenge_method=S256"), "{asked}");
    login.shows("authsome explain pkce-not-as-the-provider-wants", SOON);
    login.shows("What now", SOON);
    login.chooses("without PKCE");
    let asked = answer_in_browser(&mut login, &redirect_uri, "code=code-canary-41");
    assert!(!asked.contains("code_challenge"), "{asked}");
    let (code, screen) = login.end(SOON);
    assert!(code == 0 && screen.contains("Logged in to Acme"), "the screen:\n{screen}");
    let sent = provider.token_requests().pop().expect("a token request");
    assert_eq!((sent.field("code").as_deref(), sent.field("code_verifier")), (Some("code-canary-41"), None));
}

/// GitHub sends the browser to the address that is registered, and uses that one where the request names none.
#[test]
fn a_provider_that_uses_the_registered_address_where_none_is_sent_is_asked_without_one() {
    let world = World::new();
    let token = r#"{"access_token": "at-canary-42", "token_type": "bearer", "scope": "read"}"#;
    let provider = Provider::start(move |_| Reply(200, token.to_owned()));
    world.file("github.json", provider.definition().replace("acme", "github"));
    world.file("secret", "s3cret-canary-42");
    let port = free_port();
    let registered = format!("http://127.0.0.1:{port}/api/auth/callback/oauth");
    let fixed =
        ["login", "github", "--provider-file", "github.json", "--client-id", "x", "--client-secret-file", "secret"];
    let rest = ["--no-browser", "--redirect-uri", &callback_on(port)];
    let mut login = Terminal::start(&world, &[&fixed[..], &rest].concat());
    answer_in_browser(&mut login, &registered, "error=redirect_uri_mismatch");
    login.shows("What now", SOON);
    login.chooses("Leave the parameter out");
    let asked = answer_in_browser(&mut login, &registered, "code=code-canary-42");
    assert!(!asked.contains("redirect_uri="), "{asked}");
    let (code, screen) = login.end(SOON);
    assert!(code == 0 && screen.contains("Logged in to"), "the screen:\n{screen}");
    assert_eq!(provider.token_requests().pop().expect("a token request").field("redirect_uri"), None);
}

/// Plays the provider and the browser: the address that was asked, and this answer with its state.
#[track_caller]
fn answer_in_browser(login: &mut Terminal, redirect_uri: &str, answer: &str) -> String {
    login.shows("/authorize?", SOON);
    login.shows("waiting for you", SOON);
    let text = login.text();
    let last = text.rfind("/authorize?").expect("an address");
    let asked = text[last..].lines().next().expect("it is on a line").trim().to_owned();
    browse(&format!("{redirect_uri}?{answer}&state={}", text_between(&asked, "state=", "&")));
    asked
}

#[track_caller]
fn text_between(text: &str, from: &str, to: &str) -> String {
    let rest = text.split_once(from).unwrap_or_else(|| panic!("no {from} in:\n{text}")).1;
    rest.split(to).next().expect("there is always a first").trim().to_owned()
}
