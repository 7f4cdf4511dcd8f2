//! `--trace`: a HAR 1.2 file that other programs read, whatever becomes of the login.

#![cfg(unix)]

mod common;

use common::provider::{Provider, Reply};
use common::running::Running;
use common::{World, callback_on, free_port};
use regex::Regex;
use serde_json::{Value, json};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// The schema of HAR 1.2 that viewers hold files against (har-schema 2.0.0), as far as it uses JSON Schema.
fn faults(schema: &str, value: &Value, at: &str) -> Vec<String> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/har_schema").join(schema);
    let text = fs::read_to_string(&file).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
    against(&serde_json::from_str(&text).expect("a schema"), value, at)
}

fn against(schema: &Value, value: &Value, at: &str) -> Vec<String> {
    let mut found = Vec::new();
    if let Some(other) = schema["$ref"].as_str() {
        found.extend(faults(other.trim_end_matches('#'), value, at));
    }
    let fits = match schema["type"].as_str() {
        None => true,
        Some("object") => value.is_object(),
        Some("array") => value.is_array(),
        Some("string") => value.is_string(),
        Some("integer") => value.is_i64(),
        Some("number") => value.is_number(),
        Some("boolean") => value.is_boolean(),
        Some(other) => panic!("{at}: {other} is not known here"),
    };
    if !fits {
        found.push(format!("{at} is no {}: {value}", schema["type"]));
    }
    for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        // The standard asks it of objects alone.
        if value.is_object() && value.get(name).is_none() {
            found.push(format!("{at} has no {name}"));
        }
    }
    if let Some(pattern) = schema["pattern"].as_str()
        && !value.as_str().is_some_and(|text| Regex::new(pattern).expect("a pattern").is_match(text))
    {
        found.push(format!("{at} is not of the form {pattern}: {value}"));
    }
    if schema["format"] == "uri" && value.as_str().is_none_or(|text| url::Url::parse(text).is_err()) {
        found.push(format!("{at} is no URL: {value}"));
    }
    if let (Some(least), Some(number)) = (schema["min"].as_f64(), value.as_f64())
        && number < least
    {
        found.push(format!("{at} is below {least}: {value}"));
    }
    for (name, part) in schema["properties"].as_object().into_iter().flatten() {
        if let Some(value) = value.get(name) {
            found.extend(against(part, value, &format!("{at}.{name}")));
        }
    }
    if let Some(items) = schema.get("items") {
        for (index, value) in value.as_array().into_iter().flatten().enumerate() {
            found.extend(against(items, value, &format!("{at}[{index}]")));
        }
    }
    found
}

#[track_caller]
fn trace(world: &World) -> Value {
    let path = world.path("trace.har");
    let mode = fs::metadata(&path).expect("it is written").permissions().mode() & 0o777;
    assert_eq!(mode, 0o600, "{mode:o}");
    let har: Value = serde_json::from_slice(&fs::read(path).expect("it is there")).expect("JSON");
    assert_eq!(faults("har.json", &har, "har"), Vec::<String>::new());
    har
}

/// Method, path and status of every entry but those that go on beside the steps: the preflight's, and the discovery's.
fn told(har: &Value) -> Vec<String> {
    let entries = har["log"]["entries"].as_array().expect("entries");
    let beside = |entry: &Value| {
        let comment = entry["comment"].as_str().expect("words");
        comment.contains("preflight") || comment.contains("discovery")
    };
    let own = entries.iter().filter(|entry| !beside(entry));
    let path = |url: &Value| url::Url::parse(url.as_str().expect("a URL")).expect("a URL").path().to_owned();
    own.map(|entry| {
        let (request, status) = (&entry["request"], &entry["response"]["status"]);
        format!("{} {} {status}", request["method"].as_str().expect("a word"), path(&request["url"]))
    })
    .collect()
}

#[test]
fn the_schema_that_traces_are_held_against_finds_faults() {
    let broken = json!({"log": {"version": "1.2", "creator": {"name": "x"}, "entries": [{"time": -1}]}});
    let found = faults("har.json", &broken, "har");
    for fault in ["har.log.creator has no version", "entries[0] has no request", "entries[0].time is below 0"] {
        assert!(found.iter().any(|one| one.contains(fault)), "{fault}: {found:?}");
    }
}

#[test]
fn a_login_is_traced_from_the_browsers_request_to_the_token() {
    let world = World::new();
    world.practise(&["--trace", "trace.har"]).ends_with(0);
    let har = trace(&world);
    assert_eq!(told(&har), ["GET /authorize 0", "GET /auth/callback/oauth 303", "POST /token 200"]);
    assert_eq!(har["log"]["creator"]["name"], "authsome-doctor");
    let entries = har["log"]["entries"].as_array().expect("entries");
    assert!(
        entries.iter().any(|entry| entry["comment"] == "step discovery"),
        "what was asked beside is there too: {har}"
    );
}

#[test]
fn attempts_are_told_apart_in_the_trace_and_in_the_document() {
    let world = World::new();
    let fault = ["--fault", "invalid_or_expired_code", "--fault-times", "1", "--yes", "--trace", "trace.har"];
    let login = world.practise(&fault).ends_with(0).document()["login"].clone();
    let har = trace(&world);
    let pages = har["log"]["pages"].as_array().expect("pages").len();
    assert_eq!(pages, 2, "{har}");
    let entries = har["log"]["entries"].as_array().expect("entries");
    let tokens: Vec<&Value> =
        entries.iter().filter(|it| it["comment"] == "step token").map(|it| &it["pageref"]).collect();
    assert_eq!(tokens, ["attempt_1", "attempt_2"]);
    let steps = login["steps"].as_array().expect("steps");
    let swaps: Vec<_> =
        steps.iter().filter(|it| it["step"] == "token").map(|it| (&it["attempt"], &it["outcome"])).collect();
    assert_eq!(swaps, [(&json!(1), &json!("failed")), (&json!(2), &json!("done"))]);
    assert_eq!(login["timeline"].as_array().expect("a timeline").len(), steps.len());
}

#[test]
fn a_failed_login_is_traced_too() {
    let world = World::new();
    world.practise(&["--fault", "invalid_client_credentials:github", "--trace", "trace.har"]).ends_with(1);
    assert_eq!(told(&trace(&world)).last().map(String::as_str), Some("POST /token 200"));
}

#[test]
fn the_device_flow_is_traced_poll_by_poll() {
    let world = World::new();
    world.practise(&["--flow", "device_code", "--trace", "trace.har"]).ends_with(0);
    let told = told(&trace(&world));
    assert!(told.len() >= 2 && told.iter().all(|one| one.starts_with("POST ")), "{told:?}");
}

#[test]
fn an_interrupted_login_leaves_what_it_had() {
    let world = World::new();
    let provider = Provider::start(|_| Reply(500, String::new()));
    world.file("acme.json", provider.definition());
    let redirect_uri = callback_on(free_port());
    let fixed = ["login", "acme", "--provider-file", "acme.json", "--client-id", "x", "--no-browser"];
    let rest = ["--format", "json", "--trace", "trace.har", "--redirect-uri", &redirect_uri];
    let login = Running::start(&world, &[&fixed[..], &rest].concat());
    login.address_to_open();
    trace(&world);
    login.interrupt();
    login.end().ends_with(130);
    assert_eq!(told(&trace(&world)), ["GET /authorize 0"]);
}

#[test]
fn a_trace_that_cannot_be_written_is_told_before_anything_is_sent() {
    let world = World::new();
    let provider = Provider::start(|_| Reply(500, String::new()));
    world.file("acme.json", provider.definition());
    world.file("file", "");
    let fixed = ["login", "acme", "--provider-file", "acme.json", "--client-id", "x", "--no-browser"];
    let answer = world.run([&fixed[..], &["--trace", "file/trace.har"]].concat()).ends_with(2);
    assert!(answer.message().contains("file/trace.har"), "{answer}");
    assert!(provider.requests_to("/authorize").is_empty());
}

/// What a run proves is said with its reason, and what it does not prove is not said to be proved.
#[test]
fn a_login_says_what_it_proves_and_how_it_knows() {
    let login = World::new().practise(&[]).ends_with(0).document()["login"].clone();
    let proofs: Vec<_> = login["proofs"].as_array().expect("proofs").iter().map(|it| &it["what"]).collect();
    assert_eq!(proofs, ["redirect URI registered", "client id and secret accepted", "scopes granted"]);
    assert!(login["not_proved"].to_string().contains("code_verifier"), "{login}");
    let failed = World::new().practise(&["--fault", "invalid_client_credentials:github"]).ends_with(1);
    let proofs = failed.document()["login"]["proofs"].clone();
    assert_eq!(proofs.as_array().expect("proofs").len(), 1, "{proofs}");
    assert_eq!(proofs[0]["what"], "redirect URI registered");
}
