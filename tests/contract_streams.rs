//! The report goes to stdout, everything else to stderr; with `--format json` stdout is one JSON document, whatever happens.

mod common;

use common::rules::{FREE, TAKEN, judged_by};
use common::running::Running;
use common::{Answer, World, callback_on, free_port};
use serde_json::Value;
use std::io::Write;
use std::process::Stdio;

/// Fails unless stdout is one document of ours that says so.
#[track_caller]
fn is_document(answer: &Answer, command: &str, status: &str) -> Value {
    let document = answer.document();
    assert_eq!(document["schema_version"], "1", "{answer}");
    assert_eq!(document["tool"]["name"], "authsome-doctor", "{answer}");
    assert_eq!(document["command"], command, "{answer}");
    assert_eq!(document["verdict"]["status"], status, "{answer}");
    let keys = document["verdict"].as_object().expect("a verdict");
    assert!(keys.contains_key("cause") && keys.contains_key("rule"), "{answer}");
    assert!(!answer.stdout.contains('\u{1b}'), "{answer}");
    document
}

#[test]
fn every_command_answers_in_one_document() {
    let world = World::new();
    let definition = world.file("acme.json", r#"{"name": "acme", "auth_type": "oauth2", "flow": "pkce"}"#);
    let definition = definition.to_str().expect("it is text");
    for arguments in [
        &["doctor", "--offline"][..],
        &["explain", "{\"error\":\"access_denied\"}"],
        &["check", definition],
        &["rules", "list"],
        &["rules", "facts"],
        &["rules", "lint"],
        &["rules", "test"],
        &["rules", "show", "home-not-writable"],
        &["practice", "--list-faults"],
        &["inspect", "acme", "--provider-file", definition],
    ] {
        let answer = world.run(arguments.iter().chain(&["--format", "json"]));
        let document = answer.document();
        assert_eq!(document["schema_version"], "1", "{arguments:?}: {answer}");
        assert!(document["command"].as_str().is_some_and(|name| name.starts_with(arguments[0])), "{answer}");
        assert!(answer.stderr.is_empty(), "{arguments:?}: {answer}");
    }
}

#[test]
fn a_login_answers_in_one_document_whether_it_succeeds_or_fails() {
    let world = World::new();
    let well = world.practise(&["--format", "json"]).ends_with(0);
    let document = is_document(&well, "login", "healthy");
    for key in ["v", "status", "provider", "connection", "record_status", "login", "timings_ms"] {
        assert!(document.get(key).is_some(), "{key}: {well}");
    }
    assert_eq!((&document["status"], &document["record_status"]), (&"success".into(), &"completed".into()));
    let failed = world.practise(&["--format", "json", "--fault", "non_json_response"]).ends_with(1);
    let document = is_document(&failed, "login", "problems");
    assert_eq!((&document["status"], &document["record_status"]), (&"failed".into(), &"failed".into()));
}

#[test]
fn every_usage_error_is_a_document_too() {
    let world = World::new();
    for arguments in [
        &["doctor", "--no-such-option"][..],
        &["doctor", "--timeout", "soon"],
        &["doctor", "--only", "no-such-rule"],
        &["login"],
        &["login", "practice", "--fault", "no_such_fault"],
        &["login", "github", "--auto-approve"],
        &["login", "no-such-provider"],
        &["explain", "--no-such-option"],
        &["check", "--no-such-option"],
        &["rules"],
        &["rules", "show", "no-such-rule"],
        &["practice", "--fault", "no_such_fault"],
        &["inspect", "no-such-provider"],
        &["get", "no-such-provider"],
        &["revoke", "no-such-provider"],
        &["no-such-command"],
        &[],
    ] {
        let answer = world.run(["--format", "json"].iter().chain(arguments));
        assert_eq!(answer.code, 2, "{arguments:?}: {answer}");
        assert_eq!(answer.status(), "error", "{arguments:?}: {answer}");
        assert!(!answer.message().is_empty(), "{arguments:?}: {answer}");
        assert!(answer.stderr.is_empty(), "{arguments:?}: {answer}");
    }
}

#[test]
fn an_input_that_cannot_be_read_is_a_document_that_names_it() {
    let world = World::new();
    let broken = world.file("broken.json", "{\n  \"port\": {\n    \"free\": maybe}}");
    let folder = world.file("rules/broken.yaml", "- id: x\n  severty: error\n");
    let folder = folder.parent().expect("it is in a folder").to_str().expect("it is text");
    let (broken, missing) = (broken.to_str().expect("it is text"), "missing.json");
    for (arguments, kind, words) in [
        (&["--facts", missing][..], "unreadable_input", missing),
        (&["--facts", broken], "unreadable_input", "broken.json"),
        (&["--error", "@missing.json"], "unreadable_input", missing),
        (&["--rules", "missing"], "unreadable_input", "missing"),
        (&["--rules", folder], "invalid_rules", "severity"),
    ] {
        let answer = world.run(["doctor", "--format", "json"].iter().chain(arguments)).ends_with(2);
        let document = is_document(&answer, "doctor", "error");
        assert_eq!(document["error"]["kind"], kind, "{answer}");
        assert!(answer.message().contains(words), "{answer}");
    }
    let answer = world.run(["doctor", "--format", "json", "--facts", broken]);
    let location = &answer.document()["error"]["location"];
    assert_eq!((&location["line"], &location["column"]), (&3.into(), &13.into()), "{answer}");
}

#[cfg(unix)]
#[test]
fn an_interrupted_login_is_a_document_too() {
    let world = World::new();
    let redirect_uri = callback_on(free_port());
    let login = Running::start(&world, &["login", "practice", "--no-browser", "--redirect-uri", &redirect_uri]);
    login.address_to_open();
    login.interrupt();
    let answer = login.end().ends_with(130);
    assert_eq!(is_document(&answer, "login", "error")["status"], "interrupted");
}

#[test]
fn what_authsome_owns_answers_in_json_in_a_pipe_and_for_people_where_asked() {
    let world = World::new();
    let judged = judged_by(&world, "error", TAKEN);
    let piped = world.run(&judged);
    is_document(&piped, "doctor", "problems");
    for arguments in [&["login", "no-such-provider"][..], &["inspect", "x"], &["get", "x"], &["revoke", "x"]] {
        is_document(&world.run(arguments), arguments[0], "error");
    }
    // A mistake in the words of such a command is answered as the command would answer.
    assert_eq!(world.run(["doctor", "--no-such-option"]).status(), "error");
    let human = world.run(judged.iter().map(String::as_str).chain(["--format", "human"]));
    assert!(human.stdout.contains("The port is taken") && !human.stdout.trim_start().starts_with('{'), "{human}");
}

#[test]
fn the_other_commands_are_for_people_unless_asked() {
    let world = World::new();
    for arguments in [&["rules", "list"][..], &["explain", "access_denied"], &["practice", "--list-faults"]] {
        let answer = world.run(arguments);
        assert!(!answer.stdout.is_empty() && !answer.stdout.starts_with('{'), "{answer}");
    }
}

#[test]
fn the_answer_goes_to_the_file_that_is_named() {
    let world = World::new();
    let judged = judged_by(&world, "error", TAKEN);
    let judged = || judged.iter().map(String::as_str);
    let file = world.file("answer.json", "of last time");
    let answer = world.run(judged().chain(["--output", "answer.json"])).ends_with(1);
    assert!(answer.stdout.is_empty() && answer.stderr.is_empty(), "{answer}");
    let read = || std::fs::read_to_string(&file).expect("it was written");
    let document: Value = serde_json::from_str(&read()).expect("owned commands write JSON into files");
    assert_eq!(document["verdict"]["status"], "problems");
    world.run(judged().chain(["--output", "answer.json", "--format", "human", "--color", "always"])).ends_with(1);
    assert!(read().contains("The port is taken") && !read().contains('\u{1b}'), "{}", read());
    world.run(["doctor", "--facts", "missing.json", "--output", "answer.json"]).ends_with(2);
    let document: Value = serde_json::from_str(&read()).expect("a failed run is a document too");
    assert_eq!(document["verdict"]["status"], "error");
}

#[test]
fn a_file_that_cannot_be_written_is_said() {
    let world = World::new();
    let judged = judged_by(&world, "error", FREE);
    let answer = world.run(judged.iter().map(String::as_str).chain(["--output", "."])).ends_with(2);
    assert!(answer.message().contains("cannot be written"), "{answer}");
}

#[cfg(unix)]
#[test]
fn an_output_that_is_no_plain_file_is_written_to_and_not_replaced() {
    let world = World::new();
    let judged = judged_by(&world, "error", FREE);
    let judged = || judged.iter().map(String::as_str);
    let target = world.file("target.json", "");
    std::os::unix::fs::symlink(&target, world.path("link.json")).expect("a link of ours");
    world.run(judged().chain(["--output", "link.json"])).ends_with(0);
    assert!(std::fs::read_to_string(target).expect("it is there").contains("healthy"));
    let answer = world.run(judged().chain(["--output", "/dev/stdout"])).ends_with(0);
    is_document(&answer, "doctor", "healthy");
}

#[test]
fn colour_follows_the_flag_then_the_environment_then_the_terminal() {
    let coloured = |variables: &[(&str, &str)], arguments: &[&str]| {
        let world = variables.iter().fold(World::new(), |world, (name, value)| world.set(name, value));
        let judged = judged_by(&world, "error", TAKEN);
        let answer =
            world.run(judged.iter().map(String::as_str).chain(["--format", "human"]).chain(arguments.to_vec()));
        answer.ends_with(1).stdout.contains("\u{1b}[")
    };
    assert!(!coloured(&[], &[]), "a pipe gets no colours");
    assert!(coloured(&[], &["--color", "always"]));
    assert!(coloured(&[("NO_COLOR", "1")], &["--color", "always"]));
    assert!(coloured(&[("CLICOLOR_FORCE", "1")], &[]));
    assert!(!coloured(&[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")], &[]));
    assert!(!coloured(&[("CLICOLOR_FORCE", "1")], &["--color", "never"]));
    assert!(!coloured(&[("CLICOLOR_FORCE", "1")], &["--no-color"]), "authsome's own option means the same");
}

#[test]
fn quiet_says_only_the_problems() {
    let world = World::new();
    let run = |facts: &str, quiet: &[&str]| {
        let judged = judged_by(&world, "error", facts);
        world.run(judged.iter().map(String::as_str).chain(["--format", "human"]).chain(quiet.to_vec()))
    };
    let (loud, quiet) = (run(TAKEN, &[]), run(TAKEN, &["-q"]));
    assert!(quiet.stdout.contains("The port is taken"), "{quiet}");
    assert!(quiet.stdout.len() <= loud.stdout.len(), "{quiet}");
    let healthy = run(FREE, &["--quiet"]).ends_with(0);
    assert!(healthy.stdout.lines().count() <= 1, "{healthy}");
}

#[test]
fn help_and_version_are_answers() {
    let world = World::new();
    for arguments in [&["--help"][..], &["-h"], &["doctor", "--help"], &["login", "-h"], &["rules", "list", "--help"]] {
        let answer = world.run(arguments).ends_with(0);
        assert!(answer.stdout.contains("Usage: authsome") && answer.stderr.is_empty(), "{answer}");
    }
    let version = world.run(["--version"]).ends_with(0);
    assert_eq!(version.stdout, format!("authsome {}\n", env!("CARGO_PKG_VERSION")), "{version}");
}

#[test]
fn completions_and_the_manual_page_are_what_they_are_named_for() {
    let world = World::new();
    for (shell, words) in [("bash", "complete -F"), ("zsh", "#compdef authsome"), ("fish", "complete -c authsome")] {
        let answer = world.run(["completions", shell]).ends_with(0);
        assert!(answer.stdout.contains(words), "{answer}");
    }
    assert!(world.run(["man"]).ends_with(0).stdout.contains(".TH authsome"));
    assert!(world.run(["completions", "no-such-shell"]).ends_with(2).stdout.is_empty());
}

#[test]
fn a_reader_that_has_seen_enough_is_no_error() {
    let world = World::new();
    for arguments in [&["rules", "list"][..], &["rules", "facts", "--format", "json"], &["practice", "--list-faults"]] {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        let mut process = world.process();
        process.args(arguments).stdout(writer).stderr(Stdio::piped());
        let output = process.output().expect("our program starts");
        assert!(output.stderr.is_empty(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        assert_ne!(output.status.code(), Some(101), "{arguments:?}");
    }
}

#[test]
fn what_is_piped_in_is_read() {
    let world = World::new();
    let judged = judged_by(&world, "error", FREE);
    let mut process = world.process();
    process.args(["doctor", "--error", "-", "--offline", "--only", "own-port-taken", "--rules", &judged[4]]);
    process.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = process.spawn().expect("our program starts");
    child.stdin.take().expect("is piped").write_all(b"{\"error\":\"access_denied\"}").expect("it reads");
    let answer = Answer::of(child.wait_with_output().expect("it ends"));
    assert_eq!(answer.document()["facts"]["error"]["code"], "access_denied", "{answer}");
}
