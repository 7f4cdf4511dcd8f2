//! Logins at providers that do what the test says: who is registered, who answers, how a client proves itself, and where the
//! provider is.

#![cfg(unix)]

mod common;

use common::provider::{Provider, Reply, Request, browse};
use common::running::Running;
use common::terminal::Terminal;
use common::{Answer, World, callback_on, free_port};
use serde_json::{Value, json};
use std::os::unix::fs::PermissionsExt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

const SOON: Duration = Duration::from_secs(60);
const TOKENS: &str = r#"{"access_token":"access-canary-9f31","token_type":"bearer","expires_in":3600,"scope":"read"}"#;
const CLIENT_SECRET: &str = "client-canary-51aa";
const REGISTRATION_TOKEN: &str = "registration-canary-7c02";

fn tokens() -> Reply {
    Reply(200, TOKENS.to_owned())
}

fn refused(code: &str) -> Reply {
    Reply(400, json!({"error": code}).to_string())
}

/// The metadata of RFC 8414 with `more` in it.
fn metadata(origin: &str, more: &Value) -> Reply {
    let mut metadata = json!({
        "issuer": origin,
        "authorization_endpoint": format!("{origin}/authorize"),
        "token_endpoint": format!("{origin}/token"),
    });
    let fields = metadata.as_object_mut().expect("an object");
    fields.extend(more.as_object().expect("an object").clone());
    Reply(200, metadata.to_string())
}

const METADATA: &str = "/.well-known/oauth-authorization-server";

/// A world with this provider's definition in it, by `flow`.
fn world(provider: &Provider, flow: &str) -> World {
    let world = World::new();
    let mut definition: Value = serde_json::from_str(&provider.definition()).expect("JSON");
    definition["flow"] = json!(flow);
    world.file("acme.json", definition.to_string());
    world.file("secret", CLIENT_SECRET);
    world
}

const FIXED: &[&str] = &["login", "acme", "--provider-file", "acme.json", "--no-browser", "--format", "json"];
const AS_CLIENT: &[&str] = &["--client-id", "acme-id", "--client-secret-file", "secret"];

/// A login whose browser is the test: it comes back with `answer` beside the state, as often as it is sent out.
fn log_in(world: &World, arguments: &[&str], redirect_uri: &str, answer: &str) -> Answer {
    let mut login = Running::start(world, &[FIXED, arguments, &["--redirect-uri", redirect_uri]].concat());
    let mut came_back = 0;
    while login.is_running() {
        let text = login.stderr();
        let sent = text.lines().filter_map(|line| line.split_once("&state=")).nth(came_back);
        if let Some(state) = sent.and_then(|(_, rest)| rest.split(['&', '"']).next()) {
            came_back += 1;
            browse(&format!("{redirect_uri}?{answer}&state={state}"));
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    login.end()
}

#[track_caller]
fn rule(answer: &Answer) -> String {
    answer.document()["verdict"]["rule"].as_str().unwrap_or("none").to_owned()
}

#[track_caller]
fn logged_in(answer: &Answer) -> Value {
    assert_eq!(answer.code, 0, "{answer}");
    answer.document()["login"].clone()
}

/// What was decided about the client.
fn decisions(login: &Value) -> Vec<String> {
    let steps = login["steps"].as_array().into_iter().flatten();
    steps
        .filter(|step| step["step"] == "registration")
        .map(|step| step["decision"].as_str().unwrap_or_default().to_owned())
        .collect()
}

// How a client proves itself.

/// A provider that takes the secret in a Basic header only, and says so in its metadata.
fn basic_only() -> Provider {
    Provider::serving(|origin, request| match request.path() {
        METADATA => Some(metadata(origin, &json!({"token_endpoint_auth_methods_supported": ["client_secret_basic"]}))),
        "/token" if request.head.to_ascii_lowercase().contains("authorization: basic ") => Some(tokens()),
        "/token" => Some(Reply(401, json!({"error": "invalid_client"}).to_string())),
        _ => None,
    })
}

#[test]
fn a_secret_in_the_wrong_place_is_sent_in_the_right_one_by_a_new_authorization() {
    let provider = basic_only();
    let world = world(&provider, "pkce");
    let arguments = [AS_CLIENT, &["--yes"]].concat();
    let answer = log_in(&world, &arguments, &callback_on(free_port()), "code=code-canary-1");
    let login = logged_in(&answer);
    assert_eq!(login["attempts"], 2, "{answer}");
    let [first, second] = &provider.token_requests()[..] else { panic!("two attempts: {answer}") };
    assert!(first.body.contains(CLIENT_SECRET) && !second.body.contains(CLIENT_SECRET), "{answer}");
    let verifier = |request: &Request| request.body.split("code_verifier=").nth(1).map(str::to_owned);
    assert_ne!(verifier(first), verifier(second), "the second one is a new authorization");
    assert!(!format!("{answer}").contains(CLIENT_SECRET), "{answer}");
}

#[test]
fn the_other_way_is_suggested_with_what_to_write_down() {
    let provider = basic_only();
    let answer = log_in(&world(&provider, "pkce"), AS_CLIENT, &callback_on(free_port()), "code=code-canary-2");
    assert_eq!((answer.code, rule(&answer).as_str()), (1, "secret-wanted-in-header"), "{answer}");
    assert!(answer.stdout.contains(r#"\"authorization_method\": \"basic\""#), "{answer}");
}

// Who answers (RFC 9207).

fn naming_itself(promise: bool) -> Provider {
    Provider::serving(move |origin, request| match request.path() {
        METADATA => Some(metadata(origin, &json!({"authorization_response_iss_parameter_supported": promise}))),
        "/token" => Some(tokens()),
        _ => None,
    })
}

#[test]
fn an_answer_of_another_issuer_is_not_used() {
    for promise in [true, false] {
        let provider = naming_itself(promise);
        let answer = log_in(
            &world(&provider, "pkce"),
            AS_CLIENT,
            &callback_on(free_port()),
            "code=code-canary-3&iss=https%3A%2F%2Fevil.example",
        );
        assert_eq!((answer.code, rule(&answer).as_str()), (1, "answer-of-another-issuer"), "{answer}");
        assert!(provider.token_requests().is_empty(), "the code was handed on");
        let evidence = answer.document()["findings"][0]["evidence"].to_string();
        assert!(evidence.contains("https://evil.example") && evidence.contains(&provider.origin), "{evidence}");
    }
}

#[test]
fn an_answer_that_names_nobody_where_that_was_promised_is_not_used() {
    let provider = naming_itself(true);
    let answer = log_in(&world(&provider, "pkce"), AS_CLIENT, &callback_on(free_port()), "code=code-canary-4");
    assert_eq!((answer.code, rule(&answer).as_str()), (1, "answer-names-no-issuer"), "{answer}");
    assert!(provider.token_requests().is_empty(), "the code was handed on");
}

#[test]
fn the_right_issuer_and_one_that_nothing_is_known_of_both_log_in() {
    let promising = naming_itself(true);
    let own = format!("code=code-canary-5&iss={}", promising.origin);
    let silent = Provider::start(|_| tokens());
    for (provider, came_back) in
        [(&promising, own.as_str()), (&silent, "code=code-canary-5&iss=https%3A%2F%2Facme.example")]
    {
        logged_in(&log_in(&world(provider, "pkce"), AS_CLIENT, &callback_on(free_port()), came_back));
    }
    assert_eq!(promising.requests_to(METADATA).len(), 1, "the metadata is asked for once");
}

// Registration.

/// A provider that registers clients by number, lets them be read back (RFC 7592), and knows those from `known` on.
fn registering(manage: bool, known: &'static AtomicUsize) -> Provider {
    let count = AtomicUsize::new(0);
    Provider::serving(move |origin, request| {
        let number = request.path().strip_prefix("/register/").and_then(|text| text.parse::<usize>().ok());
        match (request.path(), number) {
            (METADATA, _) => Some(metadata(
                origin,
                &json!({
                    "registration_endpoint": format!("{origin}/register"),
                    "token_endpoint_auth_methods_supported": ["client_secret_post"],
                }),
            )),
            ("/register", _) => {
                let number = count.fetch_add(1, Ordering::SeqCst) + 1;
                Some(Reply(201, client(origin, number, &request.body, manage).to_string()))
            }
            (_, Some(number)) if number >= known.load(Ordering::SeqCst) => {
                assert!(request.head.contains(&format!("Bearer {REGISTRATION_TOKEN}-{number}")), "{}", request.head);
                let mut body = client(origin, number, "{}", manage);
                body.as_object_mut().expect("an object").remove("redirect_uris");
                Some(Reply(200, body.to_string()))
            }
            (_, Some(_)) => Some(Reply(401, json!({"error": "invalid_token"}).to_string())),
            ("/token", _) => {
                let number = request.body.split("client_id=client-").nth(1).and_then(|rest| rest.split('&').next());
                let number: usize = number.and_then(|text| text.parse().ok()).unwrap_or_default();
                Some(if number >= known.load(Ordering::SeqCst) { tokens() } else { refused("invalid_client") })
            }
            _ => None,
        }
    })
}

fn client(origin: &str, number: usize, sent: &str, manage: bool) -> Value {
    let mut client: Value = serde_json::from_str(sent).expect("JSON");
    client["client_id"] = json!(format!("client-{number}"));
    client["client_secret"] = json!(CLIENT_SECRET);
    // As glewlwyd writes it.
    client["token_endpoint_auth_method"] = json!(["client_secret_post"]);
    if manage {
        client["registration_client_uri"] = json!(format!("{origin}/register/{number}"));
        client["registration_access_token"] = json!(format!("{REGISTRATION_TOKEN}-{number}"));
    }
    client
}

const KEPT: &str = "doctor/clients/acme.default.json";

#[test]
fn a_registered_client_is_kept_where_that_is_asked_for_and_used_again() {
    static KNOWN: AtomicUsize = AtomicUsize::new(1);
    let provider = registering(true, &KNOWN);
    let world = world(&provider, "dcr_pkce");
    let (here, code) = (callback_on(free_port()), "code=code-canary-6");

    let without = log_in(&world, &[], &here, code);
    assert_eq!(decisions(&logged_in(&without)), ["a client of our own, with exactly our redirect URI"]);
    assert!(!world.kept().iter().any(|file| file.contains("clients")), "nothing is kept unasked");

    logged_in(&log_in(&world, &["--store"], &here, code));
    assert!(world.kept().contains(&KEPT.to_owned()), "{:?}", world.kept());
    let file = world.authsome_home().join(KEPT);
    assert_eq!(std::fs::metadata(&file).expect("it is there").permissions().mode() & 0o777, 0o600);

    let again = log_in(&world, &["--store", "--explain"], &here, code);
    let said = decisions(&logged_in(&again));
    assert_eq!(said, ["used again: the provider has it with exactly our redirect URI"], "{again}");
    assert_eq!(provider.requests_to("/register").len(), 2);
    assert_eq!(provider.requests_to("/register/2").len(), 1, "read at its own address, once");
    let sent = provider.token_requests().pop().expect("it was asked");
    assert!(
        sent.body.contains("client_id=client-2") && sent.body.contains(CLIENT_SECRET),
        "as glewlwyd said: in the body"
    );
    for answer in [&without, &again] {
        for secret in [CLIENT_SECRET, REGISTRATION_TOKEN] {
            assert!(!format!("{answer}").contains(secret), "{secret} is seen in:\n{answer}");
        }
    }
}

#[test]
fn another_redirect_uri_takes_another_registration() {
    static KNOWN: AtomicUsize = AtomicUsize::new(1);
    let provider = registering(true, &KNOWN);
    let world = world(&provider, "dcr_pkce");
    let code = "code=code-canary-7";
    logged_in(&log_in(&world, &["--store"], &callback_on(free_port()), code));
    let there = callback_on(free_port());
    let said = decisions(&logged_in(&log_in(&world, &["--store"], &there, code)));
    assert!(said[0].contains("this login listens on") && said[0].ends_with("register anew"), "{said:?}");
    assert!(provider.requests_to("/register/1").is_empty(), "what the file says is enough");
    let kept = std::fs::read_to_string(world.authsome_home().join(KEPT)).expect("it is kept");
    assert!(kept.contains(&there) && kept.contains("client-2"), "{kept}");
}

#[test]
fn a_client_that_the_provider_forgot_is_registered_anew() {
    static KNOWN: AtomicUsize = AtomicUsize::new(1);
    let provider = registering(true, &KNOWN);
    let world = world(&provider, "dcr_pkce");
    let (here, code) = (callback_on(free_port()), "code=code-canary-8");
    logged_in(&log_in(&world, &["--store"], &here, code));
    KNOWN.store(2, Ordering::SeqCst);
    let said = decisions(&logged_in(&log_in(&world, &["--store"], &here, code)));
    assert_eq!(said[0], "the provider does not know it any more: register anew");
}

#[test]
fn a_forgotten_client_that_cannot_be_looked_at_is_found_at_the_token_endpoint_and_registered_anew() {
    static KNOWN: AtomicUsize = AtomicUsize::new(1);
    let provider = registering(false, &KNOWN);
    let world = world(&provider, "dcr_pkce");
    let (here, code) = (callback_on(free_port()), "code=code-canary-9");
    logged_in(&log_in(&world, &["--store"], &here, code));
    KNOWN.store(2, Ordering::SeqCst);
    let alone = log_in(&world, &["--store"], &here, code);
    assert_eq!((alone.code, rule(&alone).as_str()), (1, "registered-client-forgotten"), "{alone}");
    let login = logged_in(&log_in(&world, &["--store", "--yes"], &here, code));
    assert_eq!(login["attempts"], 2, "{login}");
}

#[test]
fn metadata_of_somebody_else_is_named_and_its_registration_endpoint_not_used() {
    let provider = Provider::serving(|origin, request| match request.path() {
        METADATA => Some(metadata(
            origin,
            &json!({"issuer": "https://evil.example", "registration_endpoint": format!("{origin}/register")}),
        )),
        _ => None,
    });
    let answer = log_in(&world(&provider, "dcr_pkce"), &[], &callback_on(free_port()), "code=code-canary-10");
    assert_eq!((answer.code, rule(&answer).as_str()), (1, "metadata-of-another-issuer"), "{answer}");
    assert!(answer.stdout.contains("https://evil.example"), "{answer}");
    assert!(provider.requests_to("/register").is_empty());
}

// Templates.

fn templates(provider: &Provider) -> World {
    let world = world(provider, "pkce");
    let text = std::fs::read_to_string(world.path("acme.json")).expect("a file of ours");
    world.file("acme.json", text.replace(&provider.origin, "{base_url}"));
    world
}

#[test]
fn a_definition_for_any_server_says_that_it_needs_to_know_which() {
    let provider = Provider::start(|_| tokens());
    let world = templates(&provider);
    let answer = world.run([FIXED, AS_CLIENT].concat());
    assert_eq!(answer.code, 2, "{answer}");
    assert!(answer.message().contains("authsome login acme --base-url https://"), "{answer}");
    let wrong = world.run([FIXED, AS_CLIENT, &["--base-url", "git.example"]].concat());
    assert_eq!(wrong.code, 2, "{wrong}");
}

#[test]
fn the_base_url_is_filled_into_every_address() {
    let provider = Provider::start(|_| tokens());
    let base = format!("{}/", provider.origin);
    let arguments = [AS_CLIENT, &["--base-url", &base]].concat();
    logged_in(&log_in(&templates(&provider), &arguments, &callback_on(free_port()), "code=code-canary-11"));
    assert_eq!(provider.token_requests().len(), 1);
}

#[test]
fn the_base_url_is_asked_for_where_only_the_person_knows_it() {
    let provider = Provider::start(|_| Reply(200, r#"{"access_token":"t-canary","token_type":"bearer"}"#.to_owned()));
    let world = World::new();
    world.file("acme.json", provider.definition().replace(&provider.origin, "{base_url}"));
    let redirect_uri = callback_on(free_port());
    let fixed = ["login", "acme", "--provider-file", "acme.json", "--client-id", "a", "--no-browser"];
    let mut login = Terminal::start(&world, &[&fixed[..], &["--redirect-uri", &redirect_uri]].concat());
    login.shows("base URL of your Acme", SOON);
    login.types(&format!("{}\r", provider.origin));
    login.shows(&format!("{}/authorize?", provider.origin), SOON);
    login.shows("waiting for you", SOON);
}
