//! A connection at npm's oidc-provider that is kept: renewed, rotated, taken back by RFC 7009, and then dead for good. Its
//! secrets are in its file alone.

use crate::support::browser::Browser;
use crate::support::port::CallbackPort;
use crate::support::program::{Answer, World, end_of};
use crate::support::servers::{DOCUMENTED, SECRET, Server, authorization_url, login_arguments};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

const SCOPES: &[&str] = &["openid", "offline_access"];

/// The file of `--store`.
fn file(world: &World) -> PathBuf {
    world.authsome_home().join("doctor/connections/acme.default.json")
}

fn on_disk(world: &World) -> Value {
    serde_json::from_str(&std::fs::read_to_string(file(world)).expect("it is kept")).expect("JSON")
}

fn secrets(world: &World) -> Vec<String> {
    let kept = on_disk(world);
    ["access_token", "refresh_token"].map(|name| kept[name].as_str().expect("a token").to_owned()).to_vec()
}

/// As though its access token had ended.
fn ends(world: &World) {
    let mut kept = on_disk(world);
    kept["expires_at"] = json!("2020-01-01T00:00:00Z");
    std::fs::write(file(world), kept.to_string()).expect("ours");
}

/// Signs in and agrees in a real browser; the arguments that log in, the answer, and the page.
fn log_in(world: &World, server: &Server) -> (Vec<String>, Answer, String) {
    let mut arguments = login_arguments(world, server, SCOPES, SECRET);
    let mut definition = server.definition(SCOPES);
    // OpenID Connect Core, 11: offline access is granted only where the person is asked.
    definition["oauth"]["authorization_params"] = json!({"prompt": "consent"});
    world.file("acme.json", &definition.to_string());
    arguments.extend(["--store", "--explain", "--trace", "trace.har"].map(str::to_owned));
    let mut login = world.start(&arguments);
    let url = authorization_url(&mut login, server);
    let browser = Browser::open();
    browser.go(&url);
    browser.fill("input[name=login]", "ada");
    browser.fill("input[name=password]", "any");
    browser.press("input[value=login] ~ button");
    browser.press("input[value=consent] ~ button");
    browser.comes_back_to(DOCUMENTED);
    let page = browser.text();
    (arguments, end_of(login), page)
}

fn holds_none(secrets: &[String], what: &str, text: &str) {
    for secret in secrets.iter().map(String::as_str).chain([SECRET]) {
        assert!(!text.contains(secret), "{secret} is seen in {what}:\n{text}");
    }
}

fn files_below(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("ours").flatten() {
        if entry.path().is_dir() { files_below(&entry.path(), files) } else { files.push(entry.path()) }
    }
}

#[test]
fn a_connection_is_kept_renewed_and_taken_back_and_its_secrets_are_in_its_file_alone() {
    let _port = CallbackPort::take();
    let server = Server::oidc_provider(&[DOCUMENTED]);
    let world = World::new();
    let (arguments, answer, page) = log_in(&world, &server);
    assert_eq!(answer.code, 0, "{answer}");
    let first = secrets(&world);
    let mut said = vec![format!("{answer}{page}")];

    let again = end_of(world.start(&arguments));
    assert_eq!((again.code, &again.document()["login"]["outcome"]), (0, &json!("already_connected")), "{again}");

    ends(&world);
    let renewed = end_of(world.start(&arguments));
    assert_eq!((renewed.code, &renewed.document()["login"]["outcome"]), (0, &json!("refreshed")), "{renewed}");
    let second = secrets(&world);
    assert_ne!(first[0], second[0], "the access token is a fresh one");
    let all = [first, second].concat();

    let before = std::fs::read(file(&world)).expect("it is kept");
    said.extend([&again, &renewed, &world.run(["get", "acme"])].map(ToString::to_string));
    let revoked = world.run(["revoke", "acme", "--format", "json"]);
    assert_eq!((revoked.code, &revoked.document()["revoked"]["at_provider"]), (0, &json!(true)), "{revoked}");
    assert!(!file(&world).exists());
    said.push(revoked.to_string());

    let mut files = Vec::new();
    files_below(world.authsome_home().parent().expect("the home"), &mut files);
    for path in files.iter().filter(|path| !path.ends_with("secret")) {
        let text = String::from_utf8_lossy(&std::fs::read(path).expect("ours")).into_owned();
        holds_none(&all, &path.to_string_lossy(), &text);
    }
    for text in &said {
        holds_none(&all, "what was said", text);
    }

    // The provider really took it back: what was kept before is good for nothing now.
    std::fs::write(file(&world), before).expect("ours");
    ends(&world);
    let dead = end_of(world.start(&arguments));
    dead.expect(1, "refresh_token_invalid");
    holds_none(&all, "the diagnosis", &dead.to_string());
}
