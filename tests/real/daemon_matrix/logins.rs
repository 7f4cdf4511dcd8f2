//! Logins that the provider or the person ends, each named by the login itself; authsome's own says "started" and no more.

use std::fs;

use serde_json::Value;

use super::next_login::{self, Person};
use super::scene::{Scene, redirect_uri, register};
use super::{Row, VERSIONS};
use crate::support::browser::Browser;
use crate::support::port::CallbackPort;
use crate::support::process::Running;
use crate::support::program::end_of;
use crate::support::servers::{CLIENT, SECRET, Server};

pub const ROWS: &[Row] = &[
    Row {
        cause: "invalid_client_credentials",
        fault: "oidc-provider, a wrong client secret: 401",
        rule: "exchange-refused-body-lost-401",
        fix: "`login --client-secret-file`",
        versions: &VERSIONS,
        play: wrong_secret,
    },
    Row {
        cause: "invalid_client_credentials",
        fault: "Authlib, a wrong client secret: 400",
        rule: "invalid-client",
        fix: "`login --client-secret-file`",
        versions: &VERSIONS,
        play: wrong_secret_at_authlib,
    },
    Row {
        cause: "invalid_client_credentials",
        fault: "practice, GitHub's refusal of a client: 200",
        rule: "github-client-credentials-rejected",
        fix: "`login --client-secret-file`",
        versions: &VERSIONS,
        play: |row, scene, port| shown_once(row, scene, port, "invalid_client_credentials:github"),
    },
    Row {
        cause: "invalid_or_expired_code",
        fault: "practice, a code that is refused: 200",
        rule: "authorization-code-refused",
        fix: "log in again",
        versions: &VERSIONS,
        play: |row, scene, port| shown_once(row, scene, port, "invalid_or_expired_code"),
    },
    Row {
        cause: "invalid_or_expired_code",
        fault: "practice, a code that is refused: 400",
        rule: "exchange-refused-body-lost-400",
        fix: "log in again",
        versions: &VERSIONS,
        play: |row, scene, port| shown_once(row, scene, port, "invalid_or_expired_code:bare"),
    },
    Row {
        cause: "insufficient_scope",
        fault: "practice, fewer scopes granted",
        rule: "scopes-not-granted",
        fix: "log in again",
        versions: &VERSIONS,
        play: |row, scene, port| shown_once(row, scene, port, "insufficient_scope"),
    },
    Row {
        cause: "client_not_found",
        fault: "no client id is kept, no terminal, no browser",
        rule: "no-client-and-nobody-to-ask",
        fix: "`login --client-id --client-secret-file`",
        versions: &VERSIONS,
        play: no_client,
    },
    Row {
        cause: "access_denied_by_user",
        fault: "oidc-provider, refused on its page",
        rule: "person-denied",
        fix: "log in again, and agree",
        versions: &VERSIONS,
        play: denied,
    },
    Row {
        cause: "state_mismatch",
        fault: "a browser that brings another state",
        rule: "state-unknown-to-the-daemon",
        fix: "log in again",
        versions: &VERSIONS,
        play: |row, scene, port| comes_back_with(row, scene, port, "?code=any&state=of-another-login"),
    },
    Row {
        cause: "state_mismatch",
        fault: "a browser that brings no state",
        rule: "callback-without-state",
        fix: "log in again",
        versions: &VERSIONS,
        play: |row, scene, port| comes_back_with(row, scene, port, "?code=any"),
    },
    Row {
        cause: "callback_timeout",
        fault: "nobody opens the page",
        rule: "nobody-came-back*",
        fix: "log in again",
        versions: &VERSIONS,
        play: nobody_came,
    },
    Row {
        cause: "stale_daemon",
        fault: "the daemon is replaced while it waits",
        rule: "daemon-left-the-login",
        fix: "log in again",
        versions: &VERSIONS,
        play: replaced,
    },
    Row {
        cause: "redirect_uri_mismatch",
        fault: "oidc-provider, the other version's path is registered",
        rule: "registered-uri-of-another-version",
        fix: "register what is sent",
        versions: &VERSIONS,
        play: other_path,
    },
    Row {
        cause: "identity_problem",
        fault: "an identity that nobody has claimed",
        rule: "identity-waits-for-its-claim",
        fix: "claim it in the browser",
        versions: &VERSIONS,
        play: unclaimed,
    },
];

/// Another secret than the one that the daemon keeps, as the person types it into a file.
fn give_client(scene: &mut Scene, id: &str, secret: &str) {
    let file = scene.world.file("secret", secret);
    scene.given = ["--client-id", id, "--client-secret-file"].map(str::to_owned).to_vec();
    scene.given.push(file.to_string_lossy().into_owned());
}

fn with_wrong_secret() -> Person {
    Person { secret: "not-the-secret".to_owned(), ..Person::with_the_right_secret() }
}

fn wrong_secret<'a>(row: &Row, scene: &mut Scene<'a>, port: &'a CallbackPort) {
    let daemon = scene.daemon(port);
    let said = row.is_first_in(next_login::played_by(scene, &with_wrong_secret()));
    assert!(!said.stdout.contains("not-the-secret"), "the secret is shown: {said}");
    give_client(scene, CLIENT, SECRET);
    scene.keep(daemon);
}

fn wrong_secret_at_authlib<'a>(row: &Row, scene: &mut Scene<'a>, port: &'a CallbackPort) {
    let daemon = scene.daemon(port);
    let server = Server::authlib(&[redirect_uri(scene.version)]);
    register(&scene.world, scene.version, &server.definition(&["profile"]));
    row.is_first_in(next_login::played_by(scene, &with_wrong_secret()));
    give_client(scene, CLIENT, SECRET);
    scene.userinfo = String::new();
    scene.keep((daemon, server));
}

/// The practice provider, which shows `fault` once and then lets all go well.
fn shown_once<'a>(row: &Row, scene: &mut Scene<'a>, port: &'a CallbackPort, fault: &str) {
    let daemon = scene.daemon(port);
    let mut practice = scene.world.command(env!("CARGO_BIN_EXE_authsome"));
    practice.args(["practice", "--format", "json", "--fault", fault, "--fault-times", "1"]);
    practice.args(["--registered-uri", redirect_uri(scene.version)]);
    let mut practice = Running::start(&mut practice);
    let described: Value = practice
        .wait_for("its description", std::time::Duration::from_secs(20), |said, _| serde_json::from_str(said).ok());
    let mut definition = described["provider"].clone();
    definition["name"] = "acme".into();
    register(&scene.world, scene.version, &definition);
    let text = |key: &str| described[key].as_str().expect("a text").to_owned();
    scene.person = Person { client: text("client_id"), secret: text("client_secret"), agrees: true };
    scene.userinfo = format!("{}/me", text("issuer"));
    row.is_first_in(next_login::played_by(scene, &scene.person));
    if row.cause == "invalid_client_credentials" {
        give_client(scene, &text("client_id"), &text("client_secret"));
    }
    scene.keep((daemon, practice));
}

fn no_client<'a>(row: &Row, scene: &mut Scene<'a>, port: &'a CallbackPort) {
    let daemon = scene.daemon(port);
    let mut login = next_login::login(scene, "20");
    row.is_first_in(end_of(Running::start(login.arg("--no-browser"))));
    give_client(scene, CLIENT, SECRET);
    scene.keep(daemon);
}

fn denied<'a>(row: &Row, scene: &mut Scene<'a>, port: &'a CallbackPort) {
    let daemon = scene.daemon(port);
    row.is_first_in(next_login::played_by(scene, &Person { agrees: false, ..Person::with_the_right_secret() }));
    scene.keep(daemon);
}

fn comes_back_with<'a>(row: &Row, scene: &mut Scene<'a>, port: &'a CallbackPort, query: &str) {
    let daemon = scene.daemon(port);
    give_client(scene, CLIENT, SECRET);
    let (login, _) = next_login::begin(scene, "4");
    let browser = Browser::open();
    browser.go(&format!("{}{query}", redirect_uri(scene.version)));
    row.is_first_in(end_of(login));
    scene.keep(daemon);
}

fn nobody_came<'a>(row: &Row, scene: &mut Scene<'a>, port: &'a CallbackPort) {
    let daemon = scene.daemon(port);
    give_client(scene, CLIENT, SECRET);
    let (login, _) = next_login::begin(scene, "3");
    row.is_first_in(end_of(login));
    scene.keep(daemon);
}

fn replaced<'a>(row: &Row, scene: &mut Scene<'a>, port: &'a CallbackPort) {
    let daemon = scene.daemon(port);
    give_client(scene, CLIENT, SECRET);
    let (login, url) = next_login::begin(scene, "30");
    drop(daemon);
    let daemon = scene.daemon(port);
    let browser = Browser::open();
    scene.person.finishes(&browser, &url);
    row.is_first_in(end_of(login));
    scene.keep(daemon);
}

fn other_path<'a>(row: &Row, scene: &mut Scene<'a>, port: &'a CallbackPort) {
    let daemon = scene.daemon(port);
    let other = if scene.version == "0.5.0" { redirect_uri("0.7.2") } else { redirect_uri("0.5.0") };
    let mut server = Server::oidc_provider(&[other]);
    register(&scene.world, scene.version, &server.definition(&["openid"]));
    give_client(scene, CLIENT, SECRET);
    row.is_first_in(end_of(Running::start(&mut next_login::login(scene, "20"))));
    assert!(scene.opened.addresses().is_empty(), "the person was sent to a page that can only refuse");
    server.registers(&[redirect_uri(scene.version)]);
    scene.userinfo = format!("{}/me", server.issuer);
    scene.keep((daemon, server));
}

fn unclaimed<'a>(row: &Row, scene: &mut Scene<'a>, port: &'a CallbackPort) {
    let home = scene.world.authsome_home();
    fs::remove_dir_all(home.join("client")).expect("our own home");
    fs::remove_dir_all(home.join("server")).expect("our own home");
    let daemon = scene.daemon(port);
    let mut login = next_login::login(scene, "5");
    row.is_first_in(end_of(Running::start(&mut login)));
    register(&scene.world, scene.version, &scene.stage.server.definition(&["openid"]));
    scene.keep(daemon);
}
