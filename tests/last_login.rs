//! A failed login leaves what it saw, redacted, for a day; the next doctor begins with it and says so.

#![cfg(unix)]

mod common;

use common::provider::{Provider, Reply, Request, browse};
use common::running::Running;
use common::{Answer, World, callback_on, free_port};
use serde_json::Value;

/// A login at a provider of our own that a person approves at once.
fn log_in(world: &World, token: impl Fn(&Request) -> Reply + Send + 'static) -> Answer {
    let provider = Provider::start(token);
    world.file("acme.json", provider.definition());
    let redirect_uri = callback_on(free_port());
    let fixed = ["login", "acme", "--provider-file", "acme.json", "--client-id", "acme-id", "--no-browser"];
    let login = Running::start(world, &[&fixed[..], &["--redirect-uri", &redirect_uri]].concat());
    let address = login.address_to_open();
    let state = address.split("state=").nth(1).and_then(|rest| rest.split('&').next()).expect("it has a state");
    browse(&format!("{redirect_uri}?code=a-code&state={state}"));
    login.end()
}

fn unverified(_: &Request) -> Reply {
    let body =
        r#"{"error":"unverified_user_email","error_description":"The user must have a verified primary email."}"#;
    Reply(200, body.to_owned())
}

fn granted(_: &Request) -> Reply {
    Reply(200, r#"{"access_token":"a-token-of-tests","token_type":"bearer"}"#.to_owned())
}

/// On a callback port that nobody holds, so that the login is all that there is to tell.
fn look(world: &World, arguments: &[&str]) -> Answer {
    let redirect_uri = callback_on(free_port());
    world.run(["doctor", "--offline", "--redirect-uri", &redirect_uri].iter().chain(arguments))
}

const ACME: [&str; 3] = ["acme", "--provider-file", "acme.json"];

fn cause(answer: &Answer) -> Value {
    answer.document()["verdict"]["cause"].clone()
}

#[test]
fn the_next_doctor_begins_with_what_a_failed_login_left() {
    let world = World::new();
    let failed = log_in(&world, unverified).ends_with(1);
    assert_eq!(cause(&failed), "unverified_email", "{failed}");
    let doctor = look(&world, &ACME).ends_with(1);
    assert_eq!(cause(&doctor), "unverified_email", "{doctor}");
    assert_eq!(doctor.document()["facts"]["error"]["source"], "last_login", "{doctor}");
    let human = look(&world, &["--format", "human"]).ends_with(1);
    assert!(human.stdout.contains("last login") && human.stdout.contains("acme"), "{human}");
}

#[test]
fn another_providers_failed_login_is_none_of_this_ones() {
    let world = World::new();
    log_in(&world, unverified).ends_with(1);
    let other = look(&world, &["github"]);
    assert_ne!(cause(&other), "unverified_email", "{other}");
}

#[test]
fn what_is_said_goes_before_what_was_left() {
    let world = World::new();
    log_in(&world, unverified).ends_with(1);
    let said = look(&world, &["--error", "{\"error\":\"access_denied\"}"]).ends_with(1);
    assert_eq!(cause(&said), "access_denied_by_user", "{said}");
}

#[test]
fn a_login_that_goes_well_ends_the_matter() {
    let world = World::new();
    log_in(&world, unverified).ends_with(1);
    log_in(&world, granted).ends_with(0);
    assert!(!world.kept().contains(&"doctor/last-login.json".to_owned()), "{:?}", world.kept());
    assert_ne!(cause(&look(&world, &ACME)), "unverified_email");
}

#[test]
fn after_a_day_it_is_forgotten() {
    let world = World::new();
    log_in(&world, unverified).ends_with(1);
    let file = world.authsome_home().join("doctor/last-login.json");
    let mut left: Value = serde_json::from_str(&std::fs::read_to_string(&file).expect("it was left")).expect("JSON");
    left["at"] = (jiff::Timestamp::now() - jiff::SignedDuration::from_hours(25)).to_string().into();
    std::fs::write(&file, left.to_string()).expect("a file of ours");
    assert_ne!(cause(&look(&world, &ACME)), "unverified_email");
}

#[test]
fn a_practice_login_leaves_nothing() {
    let world = World::new();
    world.practise(&["--fault", "unverified_email"]).ends_with(1);
    assert!(!world.kept().contains(&"doctor/last-login.json".to_owned()), "{:?}", world.kept());
}
