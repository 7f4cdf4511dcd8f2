//! Every row of the table of exit codes in CONTRACT.md.

mod common;

use common::rules::{FREE, TAKEN, UNKNOWN, judged_by, rule};
use common::{Answer, World};

/// `doctor` over facts, by one rule of that severity.
fn doctor(severity: &str, facts: &str, more: &[&str]) -> Answer {
    let world = World::new();
    let judged = judged_by(&world, severity, facts);
    world.run(judged.iter().map(String::as_str).chain(more.to_vec()))
}

#[test]
fn nothing_found_is_0() {
    let answer = doctor("error", FREE, &[]).ends_with(0);
    assert_eq!(answer.status(), "healthy", "{answer}");
}

#[test]
fn a_problem_is_1_from_the_severity_that_is_named() {
    for (severity, fail_on, code, status) in [
        ("error", None, 1, "problems"),
        ("error", Some("error"), 1, "problems"),
        ("error", Some("warning"), 1, "problems"),
        ("error", Some("never"), 0, "problems"),
        ("warning", None, 0, "warnings"),
        ("warning", Some("warning"), 1, "warnings"),
        ("note", Some("warning"), 0, "healthy"),
    ] {
        let more: Vec<&str> = fail_on.into_iter().flat_map(|word| ["--fail-on", word]).collect();
        let answer = doctor(severity, TAKEN, &more);
        assert_eq!((answer.code, answer.status().as_str()), (code, status), "{severity} {fail_on:?}: {answer}");
    }
}

#[test]
fn an_unknown_that_could_hide_an_error_is_3() {
    let answer = doctor("error", UNKNOWN, &[]).ends_with(3);
    assert_eq!(answer.status(), "inconclusive", "{answer}");
    let open = &answer.document()["inconclusive"][0];
    assert_eq!(open["rule"], "own-port-taken", "{answer}");
    assert!(open["because"].as_str().is_some_and(|why| why.contains("cannot be read")), "{answer}");
    doctor("error", UNKNOWN, &["--fail-on", "never"]).ends_with(0);
}

#[test]
fn an_unknown_that_could_hide_only_a_warning_is_0() {
    doctor("warning", UNKNOWN, &[]).ends_with(0);
    doctor("note", UNKNOWN, &[]).ends_with(0);
}

#[test]
fn a_problem_that_is_seen_counts_more_than_one_that_could_hide() {
    let world = World::new();
    let seen = rule("own-port-taken", "error");
    let hidden = rule("own-home-locked", "error")
        .replace("port.free: false", "home.writable: false")
        .replace("port: {free: false}", "home: {writable: false}")
        .replace("port: {free: true}", "home: {writable: true}");
    world.file("rules/own.yaml", seen + &hidden);
    world.file("facts.json", r#"{"port": {"free": false}, "home": {"writable": {"$unknown": "not allowed"}}}"#);
    let own = ["--only", "own-port-taken", "--only", "own-home-locked", "--rules", "rules"];
    let answer = world.run(["doctor", "--facts", "facts.json"].iter().chain(&own)).ends_with(1);
    assert_eq!(answer.status(), "problems", "{answer}");
    assert_eq!(answer.document()["inconclusive"].as_array().map(Vec::len), Some(1), "{answer}");
}

#[test]
fn a_mistake_in_what_was_typed_is_2() {
    let world = World::new();
    for arguments in [
        &["doctor", "--no-such-option"][..],
        &["doctor", "--facts", "missing.json"],
        &["doctor", "--rules", "missing"],
        &["doctor", "--only", "no-such-rule"],
        &["doctor", "--dry-run"],
        &["doctor", "--facts", "x.json", "--fix"],
        &["check", "missing.json"],
        &["explain", "@missing.txt"],
        &["login", "practice", "--client-secret-file", "missing", "--provider-file", "missing"],
        &["rules", "lint", "missing.yaml"],
        &["rules", "show", "no-such-rule"],
        &["no-such-command"],
        &[],
    ] {
        let answer = world.run(arguments);
        assert_eq!(answer.code, 2, "{arguments:?}: {answer}");
    }
}

#[test]
fn a_login_is_0_or_1() {
    let world = World::new();
    world.practise(&[]).ends_with(0);
    world.practise(&["--fault", "access_denied_by_user"]).ends_with(1);
    world.practise(&["--fault", "insufficient_scope"]).ends_with(1);
}

#[test]
fn a_definition_that_does_not_parse_is_1_with_its_place() {
    let world = World::new();
    world.file("acme.json", "{\n  \"name\": \"acme\",\n  \"oauth\": [}\n}");
    let answer = world.run(["check", "acme.json", "--format", "json"]).ends_with(1);
    let finding = &answer.document()["findings"][0];
    assert_eq!((&finding["location"]["line"], &finding["cause"]), (&3.into(), &"provider_config_invalid".into()));
}

#[test]
fn explain_is_0_where_the_cause_is_named_or_it_is_no_login_matter_and_3_where_it_is_not_recognised() {
    let world = World::new();
    world.run(["explain", "{\"error\":\"redirect_uri_mismatch\"}"]).ends_with(0);
    world.run(["explain", "--text", "error: src/main.rs: expected one of `;` or `}`"]).ends_with(0);
    world.run(["explain", "{\"error\":\"wibble_wobble\",\"error_description\":\"wibble wobble\"}"]).ends_with(3);
}

#[cfg(unix)]
mod interrupted {
    use super::common::running::Running;
    use super::common::terminal::Terminal;
    use super::common::{World, callback_on, free_port};
    use std::net::TcpStream;
    use std::time::Duration;

    #[test]
    fn ctrl_c_while_a_login_waits_is_130_and_leaves_nothing_behind() {
        let world = World::new();
        let port = free_port();
        let login =
            Running::start(&world, &["login", "practice", "--no-browser", "--redirect-uri", &callback_on(port)]);
        let address = login.address_to_open();
        let provider = address.strip_prefix("http://").and_then(|rest| rest.split('/').next()).expect("a host");
        assert!(TcpStream::connect(("127.0.0.1", port)).is_ok(), "it does not listen");
        login.interrupt();
        login.end().ends_with(130);
        assert!(TcpStream::connect(("127.0.0.1", port)).is_err(), "it still listens");
        assert!(TcpStream::connect(provider).is_err(), "the practice provider still runs");
        // States are remembered as hashes, so that a stale tab can be told; nothing of the login is.
        assert_eq!(world.kept(), ["doctor/states.json", "doctor/states.lock"]);
    }

    #[test]
    fn ctrl_c_at_a_question_is_130_too() {
        let world = World::new();
        let redirect_uri = callback_on(free_port());
        let arguments = ["--fault", "invalid_client_credentials:github", "--redirect-uri", &redirect_uri];
        let all: Vec<&str> = ["login", "practice", "--auto-approve"].into_iter().chain(arguments).collect();
        let mut login = Terminal::start(&world, &all);
        login.shows("What now", Duration::from_secs(60));
        login.types("\u{3}");
        assert_eq!(login.end(Duration::from_secs(20)).0, 130);
    }

    #[test]
    fn ctrl_c_while_doctor_looks_is_130_and_one_document() {
        let world = World::new();
        // A server that never answers keeps the health request of the port probe waiting.
        let silent = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
        let redirect_uri = callback_on(silent.local_addr().expect("it is bound").port());
        let doctor = Running::start(&world, &["doctor", "--offline", "--redirect-uri", &redirect_uri]);
        silent.accept().expect("doctor asks who listens");
        doctor.interrupt();
        let answer = doctor.end().ends_with(130);
        assert_eq!(answer.document()["error"]["kind"], "interrupted", "{answer}");
    }
}
