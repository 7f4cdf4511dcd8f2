//! Any machine can be recorded and judged again: `--save-facts` writes it redacted, `--facts` finds the same.

mod common;

use common::{Answer, World};
use serde_json::Value;
use std::path::Path;

fn findings(answer: &Answer) -> String {
    let document = answer.document();
    let kept = ["verdict", "findings", "inconclusive"].map(|key| document[key].to_string());
    kept.join("\n")
}

/// A machine on which much is wrong: a stranger on the callback port, a home that everybody may read, proxies.
fn troubled() -> (World, std::net::TcpListener) {
    let world = World::new()
        .set("HTTPS_PROXY", "http://user:proxy-password-canary@proxy.example:8080")
        .set("HTTP_PROXY", "http://proxy.example:8080")
        .set("NO_PROXY", "localhost");
    world.file(".authsome/config.json", "{ this is no JSON");
    let stranger = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    (world, stranger)
}

#[test]
fn a_recorded_machine_is_judged_as_it_was() {
    let (world, stranger) = troubled();
    let redirect_uri = common::callback_on(stranger.local_addr().expect("it is bound").port());
    let said = "{\"error\":\"redirect_uri_mismatch\"}";
    let look = ["doctor", "github", "--offline", "--redirect-uri", &redirect_uri, "--error", said];
    let there = world.run(look.iter().chain(&["--save-facts", "machine.json"]));
    let document = there.document();
    assert!(document["findings"].as_array().is_some_and(|found| found.len() > 1), "too little is wrong: {there}");
    for home in [&world, &World::new()] {
        let file = world.path("machine.json");
        let again = home.run([Path::new("doctor"), Path::new("--facts"), &file]);
        assert_eq!(findings(&again), findings(&there));
        assert_eq!(again.code, there.code, "{again}");
        assert_eq!(again.document()["facts"], document["facts"]);
    }
}

#[test]
fn the_same_facts_give_the_same_bytes() {
    let (world, _stranger) = troubled();
    world.run(["doctor", "--offline", "--save-facts", "machine.json"]);
    let bytes = |answer: &Answer| {
        let mut document = answer.document();
        document["timings_ms"] = Value::Null;
        document.to_string()
    };
    let first = world.run(["doctor", "--facts", "machine.json"]);
    for _ in 0..5 {
        assert_eq!(bytes(&world.run(["doctor", "--facts", "machine.json"])), bytes(&first));
    }
    let human = || world.run(["doctor", "--facts", "machine.json", "--format", "markdown"]).stdout;
    let without_time = |text: String| text.lines().filter(|l| !l.contains(" ms")).collect::<Vec<_>>().join("\n");
    assert_eq!(without_time(human()), without_time(human()));
}

#[test]
fn what_is_recorded_holds_no_secret_and_is_readable_by_its_owner_alone() {
    let (world, _stranger) = troubled();
    world.run([
        "doctor",
        "--offline",
        "--error",
        "access_token=gho_16C7e42F292c6912E7710c838347Ae178B4a",
        "--save-facts",
        "m.json",
    ]);
    let text = std::fs::read_to_string(world.path("m.json")).expect("it was written");
    for secret in ["proxy-password-canary", "gho_16C7e42F292c6912E7710c838347Ae178B4a"] {
        assert!(!text.contains(secret), "{text}");
    }
    assert!(!text.contains(&*world.path("").to_string_lossy()), "the home folder stands in it: {text}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(world.path("m.json")).expect("it is there").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}

#[test]
fn what_was_recorded_can_be_recorded_by_nobody_twice() {
    let world = World::new();
    world.file("m.json", "{}");
    for word in ["--save-facts", "--fix"] {
        world.run(["doctor", "--facts", "m.json", word, "again.json"]).ends_with(2);
    }
}

#[test]
fn every_recorded_machine_of_the_repository_can_be_judged() {
    let world = World::new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/machines");
    let files: Vec<_> =
        std::fs::read_dir(&folder).expect("recorded machines").map(|f| f.expect("a file").path()).collect();
    assert!(!files.is_empty());
    for file in files.iter().filter(|file| file.extension().is_some_and(|end| end == "json")) {
        let answer = world.run([Path::new("doctor"), Path::new("--facts"), file]);
        assert_ne!(answer.code, 2, "{}: {answer}", file.display());
        let again = world.run([Path::new("doctor"), Path::new("--facts"), file]);
        assert_eq!(findings(&answer), findings(&again), "{}", file.display());
    }
}

#[test]
fn a_facts_file_with_a_mistake_is_refused_with_its_place() {
    let world = World::new();
    for (text, words) in [
        (r#"{"port": {"nummer": 7998}}"#, &["/port/nummer", "port.number"][..]),
        (r#"{"port": {"number": "7998"}}"#, &["/port/number", "number"]),
        (r#"{"prot": {}}"#, &["/prot", "nearest is port"]),
        (r#"{"port": {"free": {"$unknown": 1}}}"#, &["/port/free", "reason"]),
        ("[]", &["mapping"]),
        ("{\"port\": {\"free\": true", &["line 1 column 22"]),
    ] {
        world.file("m.json", text);
        let answer = world.run(["doctor", "--facts", "m.json"]).ends_with(2);
        let message = answer.message();
        assert!(words.iter().all(|word| message.contains(word)) && message.contains("m.json"), "{text}: {answer}");
    }
}

/// Two of the rules that fire on it explain each other by their causes: that must not let a mere note come before them.
#[test]
fn an_error_comes_before_a_note_also_where_causes_go_round_in_a_circle() {
    let recorded = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/machines/login-refused-with-401.json");
    let answer = World::new().run(["doctor", "--facts", recorded, "--format", "json"]).ends_with(1);
    let document = answer.document();
    let severities: Vec<_> =
        document["findings"].as_array().expect("a list").iter().map(|it| &it["severity"]).collect();
    assert_eq!(severities, ["error", "note"], "{answer}");
    assert_eq!(document["verdict"]["cause"], "invalid_client_credentials");
}
