//! Logins that a real authsome 0.7.2 daemon makes by itself, in a real browser, and what `doctor` then says of them:
//! authsome's own terminal says "started" and exit 0 whatever happens.

use std::process::Command;
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::browser::Browser;
use crate::support::daemon::Daemon;
use crate::support::http;
use crate::support::port::{CALLBACK_PORT, CallbackPort};
use crate::support::process::Running;
use crate::support::program::{World, end_of, read};
use crate::support::servers::{CLIENT, SECRET, Server};
use crate::support::{installed, server_script};

const VERSION: &str = "0.7.2";
const SENT: &str = "http://127.0.0.1:7998/api/auth/callback/oauth";

/// One run of a command of the released authsome, or of its interpreter.
fn released(world: &World, program: &str, arguments: &[&str]) -> Value {
    let program = installed(&format!("authsome-{VERSION}/bin/{program}"));
    let answer = end_of(Running::start(world.command(program).args(arguments)));
    assert_eq!(answer.code, 0, "{answer}");
    answer.document()
}

/// Starts a login in the daemon as `CLIENT` with `secret`; answers with the provider's authorization URL.
fn start_login(world: &World, server: &Server, secret: &str) -> String {
    let definition = world.file("acme.json", &server.definition(&["openid"]).to_string());
    let script = server_script("authsome_setup.py");
    released(world, "python", &[&script.to_string_lossy(), &definition.to_string_lossy()]);
    let started = released(world, "authsome", &["login", "acme"]);
    let session = started["session_id"].as_str().unwrap_or_else(|| panic!("no session: {started}"));
    // The form that authsome's page shows, sent as the page sends it.
    let form = json!({"client_id": CLIENT, "client_secret": secret, "scopes": "openid"});
    http::submit(CALLBACK_PORT, &format!("/api/auth/sessions/{session}/input"), &form)
}

fn sign_in_and_agree(url: &str) -> Browser {
    let browser = Browser::open();
    browser.go(url);
    browser.fill("input[name=login]", "ada");
    browser.fill("input[name=password]", "any");
    browser.press("input[value=login] ~ button");
    browser.press("input[value=consent] ~ button");
    browser.arrives_at("http://127.0.0.1:7998/auth/success");
    // authsome writes its audit events in batches, up to a second late.
    thread::sleep(Duration::from_millis(1500));
    browser
}

#[test]
fn a_login_that_failed_for_a_wrong_secret_is_what_doctor_speaks_of() {
    let port = CallbackPort::take();
    let server = Server::oidc_provider(&[SENT]);
    let world = World::with_authsome(VERSION).set("BROWSER", "true");
    let _daemon = Daemon::start(&port, &world, VERSION);
    let _browser = sign_in_and_agree(&start_login(&world, &server, "not-the-secret"));
    let answer = world.doctor(&["--offline"]);
    answer.expect(1, "invalid_client_credentials");
    assert!(answer.stdout.contains("acme"), "the provider is not named: {answer}");
    assert!(!answer.stdout.contains("not-the-secret"), "{answer}");
}

#[test]
fn a_login_that_the_person_refused_is_what_doctor_speaks_of() {
    let port = CallbackPort::take();
    let server = Server::oidc_provider(&[SENT]);
    let world = World::with_authsome(VERSION).set("BROWSER", "true");
    let _daemon = Daemon::start(&port, &world, VERSION);
    let browser = Browser::open();
    browser.go(&start_login(&world, &server, SECRET));
    browser.press("a[href$=abort]");
    browser.arrives_at("http://127.0.0.1:7998/auth/success");
    thread::sleep(Duration::from_millis(1500));
    assert!(!world.doctor(&["--offline"]).findings("access_denied_by_user").is_empty());
}

#[test]
fn after_a_login_that_went_well_there_is_nothing_to_say() {
    let port = CallbackPort::take();
    let server = Server::oidc_provider(&[SENT]);
    let world = World::with_authsome(VERSION).set("BROWSER", "true");
    let _daemon = Daemon::start(&port, &world, VERSION);
    let _browser = sign_in_and_agree(&start_login(&world, &server, SECRET));
    let answer = world.doctor(&["--offline"]);
    answer.expect_no_problem();
    // What the look left behind: the daemon is the same, and still answers its own command.
    assert_eq!(released(&world, "authsome", &["daemon", "status"])["running"], true);
}

/// The client at the provider has the documented path; 0.7.2 sends another. `doctor` asks the provider.
#[test]
fn a_client_registered_with_the_documented_path_is_found_by_asking_the_provider() {
    let port = CallbackPort::take();
    let server = Server::oidc_provider(&["http://127.0.0.1:7998/auth/callback/oauth"]);
    let world = World::with_authsome(VERSION).set("BROWSER", "true");
    let _daemon = Daemon::start(&port, &world, VERSION);
    let url = start_login(&world, &server, SECRET);
    let sent = Command::new("curl").args(["-s", "--noproxy", "*", &url]).output().expect("curl runs");
    assert!(String::from_utf8_lossy(&sent.stdout).contains("redirect_uri did not match"), "the fault is not there");
    let page = "error: invalid_redirect_uri redirect_uri did not match any of the client's registered redirect_uris";
    let answer = world.doctor(&["acme", "--error", page]);
    answer.expect(1, "redirect_uri_mismatch");
    assert!(answer.stdout.contains(SENT), "the URI that is sent is not told: {answer}");
}

/// authsome 0.7.2 tries the code again, is refused, and calls the good login failed.
#[test]
fn a_tab_that_is_loaded_again_after_a_good_login_is_explained_and_is_no_failure() {
    let port = CallbackPort::take();
    let server = Server::oidc_provider(&[SENT]);
    let world = World::with_authsome(VERSION).set("BROWSER", "true");
    let _daemon = Daemon::start(&port, &world, VERSION);
    let _browser = sign_in_and_agree(&start_login(&world, &server, SECRET));
    let log = read(&world.authsome_home().join("server/daemon/daemon.log"));
    let tab = log.split(['"', ' ']).find(|word| word.contains("/callback/oauth?")).expect("the browser came back");
    http::request(CALLBACK_PORT, "GET", tab, None).expect("an answer");
    thread::sleep(Duration::from_millis(1500));

    let answer = world.doctor(&["--offline"]);
    answer.expect_no_problem();
    assert_eq!(answer.document()["verdict"]["rule"], "callback-replayed", "{answer}");
    let brought = url::Url::parse(&format!("http://127.0.0.1{tab}")).expect("an address");
    for (name, value) in brought.query_pairs().filter(|(name, _)| name != "iss") {
        assert!(!answer.stdout.contains(&*value), "{name} is shown: {answer}");
    }
    // Whoever brings authsome's own words is told the same first.
    let said = "[acme] Authentication failed: Token exchange failed: 400 Client Error: Bad Request for url: x";
    let answer = world.doctor(&["--offline", "--error", said]);
    assert_eq!(answer.document()["verdict"]["rule"], "callback-replayed", "{answer}");
}
