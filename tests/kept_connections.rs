//! A connection that is kept: shown, renewed, taken back, and never lost or told.

#![cfg(unix)]

mod common;

use common::provider::{Provider, Reply, Request, browse};
use common::running::Running;
use common::terminal::Terminal;
use common::{Answer, World, callback_on, free_port};
use serde_json::{Value, json};
use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

const SECRET: &str = "client-secret-of-acme";
const SOON: Duration = Duration::from_secs(30);
/// What the tokens of these tests have in common.
const TOKEN: &str = "token-of-acme";

/// A provider whose first access token ends after `first` seconds; each renewal rotates the refresh token.
fn rotating(first: u64) -> Provider {
    Provider::start(move |request| match request.field("grant_type").as_deref() {
        Some("refresh_token") => tokens("second", 3600),
        _ => tokens("first", first),
    })
}

fn tokens(name: &str, expires_in: u64) -> Reply {
    let body = json!({
        "access_token": format!("{name}-access-{TOKEN}"),
        "refresh_token": format!("{name}-refresh-{TOKEN}"),
        "token_type": "Bearer",
        "expires_in": expires_in,
    });
    Reply(200, body.to_string())
}

fn refused(status: u16, code: &str) -> Reply {
    Reply(status, json!({"error": code}).to_string())
}

/// A login that is kept, the test being its browser.
fn log_in(world: &World, provider: &Provider, more: &[&str]) -> Answer {
    world.file("acme.json", provider.definition());
    world.file("secret", SECRET);
    let client = ["--client-id", "acme-id", "--client-secret-file", "secret", "--store"];
    come_back(world, &[&client, more].concat())
}

/// A login in which the browser is needed.
fn come_back(world: &World, more: &[&str]) -> Answer {
    let redirect_uri = callback_on(free_port());
    let fixed = ["login", "acme", "--provider-file", "acme.json", "--no-browser", "--redirect-uri", &redirect_uri];
    let login = Running::start(world, &[&fixed[..], &["--format", "json"], more].concat());
    let address = login.address_to_open();
    let state = address.split("state=").nth(1).and_then(|rest| rest.split('&').next()).expect("a state");
    browse(&format!("{redirect_uri}?code=code-of-acme-1&state={state}"));
    login.end()
}

/// A login in which it is not.
fn log_in_again(world: &World, more: &[&str]) -> Answer {
    let fixed = ["login", "acme", "--provider-file", "acme.json", "--no-browser", "--format", "json", "--wait", "1"];
    let redirect_uri = callback_on(free_port());
    world.run([&fixed[..], &["--redirect-uri", &redirect_uri], more].concat())
}

/// What the file holds.
fn on_disk(world: &World) -> Value {
    let text = fs::read_to_string(world.authsome_home().join("doctor/connections/acme.default.json"));
    serde_json::from_str(&text.expect("it is kept")).expect("JSON")
}

fn outcome(answer: &Answer) -> String {
    answer.document()["login"]["outcome"].as_str().unwrap_or_default().to_owned()
}

#[test]
fn what_is_still_good_needs_no_login() {
    let (world, provider) = (World::new(), rotating(3600));
    log_in(&world, &provider, &[]).ends_with(0);
    let answer = log_in_again(&world, &[]).ends_with(0);
    let document = answer.document();
    assert_eq!(outcome(&answer), "already_connected", "{answer}");
    assert_eq!((&document["status"], &document["record_status"]), (&"success".into(), &"completed".into()));
    assert_eq!(document["login"]["steps"][0]["step"], "stored", "{answer}");
    assert_eq!(provider.token_requests().len(), 1, "nothing was sent");
}

#[test]
fn what_ends_soon_is_renewed_with_the_client_that_is_kept_and_the_rotated_token_is_kept_at_once() {
    let (world, provider) = (World::new(), rotating(300));
    // The login itself shows that a token born in authsome's refresh window can be renewed only below 300 s.
    log_in(&world, &provider, &[]).ends_with(0);
    assert_eq!(on_disk(&world)["refresh_token"], format!("first-refresh-{TOKEN}"));
    let answer = log_in_again(&world, &[]).ends_with(0);
    assert_eq!(outcome(&answer), "refreshed", "{answer}");
    let sent = provider.token_requests().pop().expect("a refresh");
    assert_eq!(sent.field("refresh_token"), Some(format!("first-refresh-{TOKEN}")));
    assert_eq!((sent.field("client_id"), sent.field("client_secret")), (Some("acme-id".into()), Some(SECRET.into())));
    assert_eq!(on_disk(&world)["refresh_token"], format!("second-refresh-{TOKEN}"));
    assert_eq!(on_disk(&world)["access_token"], format!("second-access-{TOKEN}"));
    assert!(!answer.to_string().contains(TOKEN), "{answer}");
    let steps = answer.document()["login"]["steps"].clone();
    let names: Vec<&str> = steps.as_array().expect("a list").iter().filter_map(|it| it["step"].as_str()).collect();
    assert_eq!(names, ["stored", "refresh", "scopes"]);
}

/// A provider that refuses to renew until told otherwise.
fn that_refuses_to_renew() -> Provider {
    Provider::start(|request| match request.field("grant_type").as_deref() {
        Some("refresh_token") => refused(400, "invalid_grant"),
        _ => tokens("first", 300),
    })
}

#[test]
fn a_refused_renewal_is_diagnosed_and_nothing_is_lost() {
    let (world, provider) = (World::new(), that_refuses_to_renew());
    log_in(&world, &provider, &[]).ends_with(0);
    let answer = log_in_again(&world, &[]).ends_with(1);
    assert_eq!(answer.document()["verdict"]["cause"], "refresh_token_invalid", "{answer}");
    assert_eq!(on_disk(&world)["refresh_token"], format!("first-refresh-{TOKEN}"));
}

#[test]
fn with_yes_a_refused_renewal_ends_in_a_new_login_in_the_same_run() {
    let (world, provider) = (World::new(), that_refuses_to_renew());
    log_in(&world, &provider, &[]).ends_with(0);
    // Neither --client-id nor --store: what is kept says both.
    let answer = come_back(&world, &["--yes"]).ends_with(0);
    assert_eq!(outcome(&answer), "logged_in", "{answer}");
    let sent: Vec<_> =
        provider.token_requests().iter().map(|it| it.field("grant_type").expect("it is named")).collect();
    assert_eq!(sent, ["authorization_code", "refresh_token", "authorization_code"]);
    let login = answer.document()["login"].clone();
    assert_eq!(login["credential"], "kept", "{answer}");
    assert!(login["file"].as_str().is_some_and(|it| it.ends_with("connections/acme.default.json")), "{answer}");
}

#[test]
fn a_person_is_asked_after_a_refused_renewal_and_logs_in_anew_in_the_same_run() {
    let (world, provider) = (World::new(), that_refuses_to_renew());
    log_in(&world, &provider, &[]).ends_with(0);
    let redirect_uri = callback_on(free_port());
    let fixed = ["login", "acme", "--provider-file", "acme.json", "--no-browser", "--redirect-uri", &redirect_uri];
    let mut login = Terminal::start(&world, &fixed);
    login.shows("does not accept the refresh token any more", SOON);
    login.shows("What now", SOON);
    login.chooses("Start over");
    come_back_to(&mut login, &redirect_uri);
    let (code, screen) = login.end(SOON);
    assert_eq!(code, 0, "{screen}");
    assert!(screen.contains("Logged in to Acme") && !screen.contains(TOKEN), "{screen}");
}

#[test]
fn a_person_enters_the_rotated_client_secret_and_the_renewal_goes_on_from_there() {
    let world = World::new();
    let provider = Provider::start(|request| {
        let renewal = request.field("grant_type").as_deref() == Some("refresh_token");
        match request.field("client_secret").as_deref() {
            Some(SECRET) if renewal => refused(401, "invalid_client"),
            _ if renewal => tokens("second", 3600),
            _ => tokens("first", 300),
        }
    });
    log_in(&world, &provider, &[]).ends_with(0);
    let redirect_uri = callback_on(free_port());
    let fixed = ["login", "acme", "--provider-file", "acme.json", "--no-browser", "--redirect-uri", &redirect_uri];
    let mut login = Terminal::start(&world, &fixed);
    login.shows("What now", SOON);
    login.chooses("new client secret");
    login.shows("client secret", SOON);
    login.types("rotated-secret-of-acme\r");
    let (code, screen) = login.end(SOON);
    assert_eq!(code, 0, "{screen}");
    assert!(screen.contains("Renewed the connection to Acme"), "{screen}");
    assert_eq!(on_disk(&world)["client_secret"], "rotated-secret-of-acme");
    assert_eq!(on_disk(&world)["access_token"], format!("second-access-{TOKEN}"));
}

#[test]
fn ctrl_c_after_a_grant_with_fewer_scopes_loses_no_credential() {
    let world = World::new();
    let provider = Provider::start(|_| {
        let body = json!({"access_token": format!("few-{TOKEN}"), "token_type": "Bearer", "scope": "read"});
        Reply(200, body.to_string())
    });
    world.file("acme.json", provider.definition());
    let redirect_uri = callback_on(free_port());
    let fixed = ["login", "acme", "--provider-file", "acme.json", "--no-browser", "--redirect-uri", &redirect_uri];
    let rest = ["--client-id", "acme-id", "--store", "--scopes", "read,write"];
    let mut login = Terminal::start(&world, &[&fixed[..], &rest].concat());
    come_back_to(&mut login, &redirect_uri);
    login.shows("What now", SOON);
    login.types("\u{3}");
    let (code, screen) = login.end(SOON);
    assert_eq!(code, 130, "{screen}");
    assert!(screen.contains("What was granted is kept in"), "{screen}");
    assert_eq!(on_disk(&world)["access_token"], format!("few-{TOKEN}"));
}

/// The test is the browser of a login at a terminal.
fn come_back_to(login: &mut Terminal, redirect_uri: &str) {
    login.shows("&state=", SOON);
    login.shows("code_challenge_method", SOON);
    let text = login.text();
    let state = text.split("&state=").nth(1).and_then(|rest| rest.split('&').next()).expect("a state");
    browse(&format!("{redirect_uri}?code=code-of-acme-2&state={state}"));
}

#[test]
fn force_logs_in_anew_however_good_it_is() {
    let (world, provider) = (World::new(), rotating(3600));
    log_in(&world, &provider, &[]).ends_with(0);
    let answer = come_back(&world, &["--force"]).ends_with(0);
    assert_eq!(outcome(&answer), "logged_in", "{answer}");
}

#[test]
fn scopes_that_are_not_granted_need_a_new_login() {
    let (world, provider) = (World::new(), rotating(3600));
    log_in(&world, &provider, &[]).ends_with(0);
    let answer = come_back(&world, &["--scopes", "read,write"]).ends_with(0);
    assert_eq!(outcome(&answer), "logged_in", "{answer}");
    assert!(answer.document()["login"]["steps"][0]["decision"].as_str().expect("words").contains("it lacks write"));
}

#[test]
fn what_one_server_issued_is_not_sent_to_another() {
    let (world, provider, other) = (World::new(), rotating(300), rotating(3600));
    log_in(&world, &provider, &[]).ends_with(0);
    world.file("acme.json", other.definition());
    come_back(&world, &[]).ends_with(0);
    assert!(other.token_requests().iter().all(|sent| !sent.body.contains(TOKEN)));
}

#[test]
fn what_could_not_be_kept_is_not_renewed() {
    let (world, provider) = (World::new(), rotating(300));
    log_in(&world, &provider, &[]).ends_with(0);
    // A full disk, for root too: no file may grow beyond nothing.
    let limited = world.script("limited", &format!("ulimit -f 0\ntrap '' XFSZ\nexec {} \"$@\"", common::PROGRAM));
    let mut process = std::process::Command::new(limited);
    let ours = world.process();
    process.env_clear().current_dir(ours.get_current_dir().expect("the home"));
    process.envs(ours.get_envs().filter_map(|(name, value)| Some((name, value?))));
    process.args(["login", "acme", "--provider-file", "acme.json", "--no-browser", "--format", "json"]);
    let answer = Answer::of(process.output().expect("a shell")).ends_with(2);
    assert!(answer.message().contains("be kept"), "{answer}");
    assert_eq!(provider.token_requests().len(), 1, "no renewal was asked for");
}

#[test]
fn a_second_login_at_the_same_time_is_told_who_holds_the_connection() {
    let (world, provider) = (World::new(), rotating(3600));
    world.file("acme.json", provider.definition());
    let redirect_uri = callback_on(free_port());
    let fixed = ["login", "acme", "--provider-file", "acme.json", "--no-browser", "--client-id", "acme-id", "--store"];
    let first = Running::start(&world, &[&fixed[..], &["--format", "json", "--redirect-uri", &redirect_uri]].concat());
    first.address_to_open();
    let second = world.run(&fixed[..]).ends_with(1);
    assert!(second.message().contains(&format!("process {}", first.pid())), "{second}");
    world.run(["get", "acme"]).ends_with(2);
    first.interrupt();
    first.end().ends_with(130);
    assert_eq!(world.kept(), ["doctor/connections/acme.default.lock", "doctor/states.json", "doctor/states.lock"]);
    let third = Running::start(&world, &[&fixed[..], &["--format", "json", "--redirect-uri", &redirect_uri]].concat());
    third.address_to_open();
}

#[test]
fn get_shows_granted_beside_asked_and_no_secret_and_show_secret_shows_it() {
    let (world, provider) = (World::new(), rotating(3600));
    log_in(&world, &provider, &[]).ends_with(0);
    let get = |more: &[&str]| world.run([&["get", "acme"], more].concat()).ends_with(0);
    let words = get(&["--format", "human"]);
    for part in ["scopes asked", "scopes granted", "good for 59 min", "acme.default.json", "acme-id"] {
        assert!(words.stdout.contains(part), "{part}: {words}");
    }
    for more in [&["--format", "human"][..], &[], &["--field", "access_token"], &["--field", "client_secret"]] {
        let answer = get(more);
        assert!(!answer.to_string().contains(TOKEN) && !answer.to_string().contains(SECRET), "{answer}");
    }
    let token = format!("first-access-{TOKEN}");
    let just = ["--field", "access_token", "--show-secret"];
    assert_eq!(get(&[&just[..], &["--format", "human"]].concat()).stdout, format!("{token}\n"));
    let document = get(&just).document();
    assert_eq!(document["access_token"], token);
    assert!(!document.to_string().contains(SECRET) && !document.to_string().contains("refresh-"), "{document}");
    let all = get(&["--show-secret"]).document()["connection"].clone();
    assert_eq!((&all["access_token"], &all["client_secret"]), (&token.clone().into(), &SECRET.into()));
    let all = get(&["--show-secret", "--format", "human"]).stdout;
    assert!(all.contains(&token) && all.contains(SECRET) && all.contains(&format!("first-refresh-{TOKEN}")), "{all}");
}

#[test]
fn a_person_is_told_that_a_secret_follows() {
    let (world, provider) = (World::new(), rotating(3600));
    log_in(&world, &provider, &[]).ends_with(0);
    let (code, screen) = Terminal::start(&world, &["get", "acme", "--show-secret"]).end(SOON);
    assert_eq!(code, 0);
    assert!(screen.contains("What follows is secret") && screen.contains(SECRET), "{screen}");
}

#[test]
fn inspect_shows_the_definition_and_what_is_kept() {
    let (world, provider) = (World::new(), rotating(3600));
    log_in(&world, &provider, &[]).ends_with(0);
    let answer = world.run(["inspect", "acme", "--provider-file", "acme.json"]).ends_with(0);
    assert_eq!(answer.document()["definition"]["name"], "acme", "{answer}");
    assert_eq!(answer.document()["connections"][0]["client_id"], "acme-id", "{answer}");
    assert!(!answer.to_string().contains(TOKEN) && !answer.to_string().contains(SECRET), "{answer}");
}

/// A provider that takes tokens back as `revoke` says; its metadata names where, if `named`.
fn revoking(named: bool, revoke: impl Fn(&Request) -> Reply + Send + 'static) -> Provider {
    Provider::serving(move |origin, request| match request.path() {
        "/token" => Some(tokens("first", 3600)),
        "/revoke" => Some(revoke(request)),
        "/.well-known/oauth-authorization-server" if named => {
            let metadata = json!({"issuer": origin, "revocation_endpoint": format!("{origin}/revoke")});
            Some(Reply(200, metadata.to_string()))
        }
        _ => None,
    })
}

#[test]
fn revoke_takes_the_refresh_token_back_first_as_the_client_that_logged_in_and_then_forgets() {
    let (world, provider) = (World::new(), revoking(true, |_| Reply(200, String::new())));
    log_in(&world, &provider, &[]).ends_with(0);
    let answer = world.run(["revoke", "acme"]).ends_with(0);
    assert_eq!(answer.document()["revoked"]["at_provider"], true, "{answer}");
    let sent = provider.requests_to("/revoke");
    let tokens: Vec<_> = sent.iter().map(|it| it.field("token").expect("a token")).collect();
    assert_eq!(tokens, [format!("first-refresh-{TOKEN}"), format!("first-access-{TOKEN}")]);
    assert_eq!(sent[0].field("token_type_hint").as_deref(), Some("refresh_token"));
    assert_eq!(sent[0].field("client_secret").as_deref(), Some(SECRET));
    assert!(!answer.to_string().contains(TOKEN), "{answer}");
    world.run(["get", "acme"]).ends_with(2);
}

#[test]
fn a_refused_revocation_keeps_the_connection_unless_told_otherwise() {
    let (world, provider) = (World::new(), revoking(true, |_| refused(401, "invalid_client")));
    log_in(&world, &provider, &[]).ends_with(0);
    let answer = world.run(["revoke", "acme"]).ends_with(1);
    assert!(answer.stdout.contains("401") && answer.stdout.contains("invalid_client"), "{answer}");
    world.run(["get", "acme"]).ends_with(0);
    let anyway = world.run(["revoke", "acme", "--yes"]).ends_with(1);
    assert_eq!(anyway.document()["revoked"]["forgotten"], true, "{anyway}");
    world.run(["get", "acme"]).ends_with(2);
}

#[test]
fn a_person_decides_what_becomes_of_a_connection_that_was_not_revoked() {
    let (world, provider) = (World::new(), revoking(true, |_| refused(503, "temporarily_unavailable")));
    log_in(&world, &provider, &[]).ends_with(0);
    for (word, kept) in [("n\r", 0), ("y\r", 2)] {
        let mut revoke = Terminal::start(&world, &["revoke", "acme"]);
        revoke.shows("503 temporarily_unavailable", SOON);
        revoke.shows("Forget it here all the same", SOON);
        revoke.types(word);
        let (code, screen) = revoke.end(SOON);
        assert_eq!(code, 1, "{screen}");
        world.run(["get", "acme"]).ends_with(kept);
    }
}

#[test]
fn without_an_endpoint_the_person_is_told_where_to_take_it_back() {
    let (world, provider) = (World::new(), revoking(false, |_| Reply(500, String::new())));
    log_in(&world, &provider, &[]).ends_with(0);
    let answer = world.run(["revoke", "acme", "--format", "human"]).ends_with(0);
    let words = answer.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("metadata names a revocation endpoint): take it back on"), "{answer}");
    assert!(provider.requests_to("/revoke").is_empty());
    world.run(["get", "acme"]).ends_with(2);
}

#[test]
fn offline_only_forgets() {
    let asked = std::sync::Arc::new(AtomicBool::new(false));
    let noted = std::sync::Arc::clone(&asked);
    let (world, provider) = (
        World::new(),
        revoking(true, move |_| {
            noted.store(true, Ordering::SeqCst);
            Reply(200, String::new())
        }),
    );
    log_in(&world, &provider, &[]).ends_with(0);
    let answer = world.run(["revoke", "acme", "--offline"]).ends_with(0);
    assert_eq!(answer.document()["revoked"]["at_provider"], false, "{answer}");
    assert!(!asked.load(Ordering::SeqCst));
    world.run(["get", "acme"]).ends_with(2);
}

#[test]
fn github_takes_nothing_back_by_the_standard_so_nothing_is_sent() {
    let (world, provider) = (World::new(), revoking(true, |_| Reply(200, String::new())));
    log_in(&world, &provider, &[]).ends_with(0);
    // The same connection as GitHub's.
    let kept = fs::read_to_string(world.authsome_home().join("doctor/connections/acme.default.json")).expect("kept");
    let kept = kept.replace(r#""provider": "acme""#, r#""provider": "github""#);
    world.file(".authsome/doctor/connections/github.default.json", kept);
    let answer = world.run(["revoke", "github"]).ends_with(0);
    assert!(answer.stdout.contains("not by RFC 7009"), "{answer}");
    assert!(answer.stdout.contains("https://github.com/settings/applications"), "{answer}");
    assert!(provider.requests_to("/revoke").is_empty());
}
