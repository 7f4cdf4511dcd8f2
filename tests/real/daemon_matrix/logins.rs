//! Logins that the provider or the person ends, each named by the login itself; authsome's own says "started" and no more.

use std::fs;
use std::thread;
use std::time::Duration;

use serde_json::Value;

use super::next_login::{self, Person};
use super::scene::{Scene, redirect_uri, register};
use super::{NEWER, Row, VERSIONS};
use crate::support::browser::Browser;
use crate::support::port::CallbackPort;
use crate::support::process::Running;
use crate::support::program::{end_of, read};
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
        fault: "oidc-provider, a scope that it leaves out",
        rule: "scopes-not-granted",
        fix: "`login --scopes`, without it",
        versions: &VERSIONS,
        play: fewer_scopes,
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
        cause: "callback_timeout",
        fault: "the session ran out, after 300 s",
        rule: "session-ran-out",
        fix: "log in again",
        versions: &VERSIONS,
        play: ran_out,
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
        cause: "state_mismatch",
        fault: "the tab of a login that went well is loaded again",
        rule: "callback-replayed",
        fix: "log in again",
        versions: &VERSIONS,
        play: replayed,
    },
    Row {
        cause: "redirect_uri_mismatch",
        fault: "the browser comes back on the path of 0.5",
        rule: "browser-came-back-on-other-versions-path",
        fix: "log in again",
        versions: NEWER,
        play: other_path_in_the_log,
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
    // authsome keeps the status alone. With the person's consent, and the client that the person gave, the provider is asked.
    give_client(scene, CLIENT, "not-the-secret");
    scene.given.push("--yes".to_owned());
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
    let described: Value =
        practice.wait_for("its description", Duration::from_secs(20), |said, _| serde_json::from_str(said).ok());
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

fn fewer_scopes<'a>(row: &Row, scene: &mut Scene<'a>, port: &'a CallbackPort) {
    let daemon = scene.daemon(port);
    register(&scene.world, scene.version, &scene.stage.server.definition(&["openid", "billing"]));
    give_client(scene, CLIENT, SECRET);
    let answer = row.is_first_in(next_login::played_by(scene, &scene.person));
    assert_eq!(answer.document()["login"]["missing_scopes"], serde_json::json!(["billing"]), "{answer}");
    scene.given.extend(["--scopes", "openid"].map(str::to_owned));
    scene.keep(daemon);
}

fn no_client<'a>(row: &Row, scene: &mut Scene<'a>, port: &'a CallbackPort) {
    let daemon = scene.daemon(port);
    row.is_first_in(end_of(next_login::login(scene, "20", &["--no-browser"])));
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

/// Five minutes are too long for every run: the whole matrix alone has this row.
fn ran_out<'a>(row: &Row, scene: &mut Scene<'a>, port: &'a CallbackPort) {
    let daemon = scene.daemon(port);
    give_client(scene, CLIENT, SECRET);
    let (mut login, _) = next_login::begin(scene, "310");
    assert!(login.wait(Duration::from_secs(330)).is_some(), "it still waits for a session that is over");
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

/// authsome exchanges the code once more, and calls the good login failed.
fn replayed<'a>(row: &Row, scene: &mut Scene<'a>, port: &'a CallbackPort) {
    let daemon = scene.daemon(port);
    next_login::completes(scene);
    let log = read(&scene.world.authsome_home().join("server/daemon/daemon.log"));
    let path = log.lines().filter_map(|line| line.split("GET ").nth(1)?.split(' ').next());
    let mut path = path.filter(|path| path.contains("/auth/callback/oauth?"));
    let path = path.next_back().expect("the callback is in the log");
    Browser::open().go(&format!("http://127.0.0.1:7998{path}"));
    // authsome writes its audit events in batches, up to a second late.
    thread::sleep(Duration::from_millis(1500));
    row.is_named(scene, &["--offline"]);
    scene.keep(daemon);
}

fn other_path_in_the_log<'a>(row: &Row, scene: &mut Scene<'a>, port: &'a CallbackPort) {
    let daemon = scene.daemon(port);
    let url = next_login::begin_with_authsomes_own(scene, "acme");
    assert!(url.contains("session="), "{url}");
    Browser::open().go(&format!("{}?code=any&state=any", redirect_uri("0.5.0")));
    row.is_named(scene, &["--offline"]);
    scene.keep(daemon);
}

fn other_path<'a>(row: &Row, scene: &mut Scene<'a>, port: &'a CallbackPort) {
    let daemon = scene.daemon(port);
    let other = if scene.version == "0.5.0" { redirect_uri("0.7.2") } else { redirect_uri("0.5.0") };
    let mut server = Server::oidc_provider(&[other]);
    register(&scene.world, scene.version, &server.definition(&["openid"]));
    give_client(scene, CLIENT, SECRET);
    row.is_first_in(end_of(next_login::login(scene, "20", &[])));
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
    // authsome makes its identity, with our consent; nobody claims it.
    row.is_first_in(end_of(next_login::login(scene, "5", &["--yes"])));
    register(&scene.world, scene.version, &scene.stage.server.definition(&["openid"]));
    scene.keep(daemon);
}
