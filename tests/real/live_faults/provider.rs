//! Faults at npm's oidc-provider, the person's part in its pages played by headless Chromium.

use serde_json::json;

use super::Row;
use super::person::Login;
use crate::support::browser::Browser;
use crate::support::port::CallbackPort;
use crate::support::program::World;
use crate::support::servers::{CLIENT, DOCUMENTED, SECRET, Server, login_at_terminal};

const OTHER_PATH: &str = "http://127.0.0.1:7998/api/auth/callback/oauth";

pub fn rows() -> Vec<Row> {
    vec![
        Row::new(
            "invalid_client_credentials",
            "oidc-provider, a wrong client secret",
            "invalid-client",
            "the right secret, typed hidden",
            wrong_secret,
        ),
        Row::new(
            "client_not_found",
            "oidc-provider, an unknown client id",
            "client-id-unknown-at-provider",
            "client id and secret, typed",
            unknown_client,
        ),
        Row::new(
            "redirect_uri_mismatch",
            "oidc-provider, another version's path is registered",
            "registered-uri-of-another-version",
            "send what is registered",
            other_path,
        ),
        Row::new(
            "redirect_uri_mismatch",
            "oidc-provider, another version's path is registered",
            "registered-uri-of-another-version",
            "a new client registers itself",
            registered_anew,
        ),
        Row::new(
            "access_denied_by_user",
            "oidc-provider, refused on its page",
            "person-denied",
            "start over, and agree",
            denied,
        ),
    ]
}

/// Signs in and agrees on the server's own pages.
pub fn sign_in_and_agree(browser: &Browser, address: &str) {
    browser.go(address);
    browser.fill("input[name=login]", "ada");
    browser.fill("input[name=password]", "any");
    browser.press("input[value=login] ~ button");
    browser.press("input[value=consent] ~ button");
}

/// The same, and the browser comes back to the login.
pub fn agree(browser: &Browser, address: &str, back: &str) {
    sign_in_and_agree(browser, address);
    browser.comes_back_to(back);
}

#[track_caller]
fn wrong_secret(row: &Row) {
    let _port = CallbackPort::take();
    let (server, world) = (Server::oidc_provider(&[DOCUMENTED]), World::new());
    let mut login = Login::start(login_at_terminal(&world, &server, CLIENT, "not-the-secret"));
    let address = login.address(&server.authorization_url());
    agree(&Browser::open(), &address, DOCUMENTED);
    login.names(row);
    login.takes("new client secret");
    login.answers("client secret", SECRET);
    let address = login.address(&server.authorization_url());
    agree(&Browser::open(), &address, DOCUMENTED);
    let screen = login.completes();
    assert!(!screen.contains(SECRET) && !screen.contains("not-the-secret"), "a secret is shown:\n{screen}");
}

#[track_caller]
fn unknown_client(row: &Row) {
    let _port = CallbackPort::take();
    let (server, world) = (Server::oidc_provider(&[DOCUMENTED]), World::new());
    let mut login = Login::start(login_at_terminal(&world, &server, "nobody", SECRET));
    login.names(row);
    login.takes("client id and secret");
    login.answers("client id", CLIENT);
    login.answers("client secret", SECRET);
    let address = login.address(&server.authorization_url());
    agree(&Browser::open(), &address, DOCUMENTED);
    login.completes();
}

#[track_caller]
fn other_path(row: &Row) {
    let _port = CallbackPort::take();
    let (server, world) = (Server::oidc_provider(&[OTHER_PATH]), World::new());
    let mut login = Login::start(login_at_terminal(&world, &server, CLIENT, SECRET));
    login.names(row);
    login.takes("send what is registered");
    let address = login.address(&server.authorization_url());
    agree(&Browser::open(), &address, OTHER_PATH);
    login.completes();
}

#[track_caller]
fn registered_anew(row: &Row) {
    let _port = CallbackPort::take();
    let (server, world) = (Server::oidc_provider(&[OTHER_PATH]), World::new());
    let command = login_at_terminal(&world, &server, CLIENT, SECRET);
    let mut definition = server.definition(&["openid"]);
    definition["registration"] = json!({"registration_endpoint": format!("{}/reg", server.issuer)});
    world.file("acme.json", &definition.to_string());
    let mut login = Login::start(command);
    login.names(row);
    login.takes("register itself");
    let address = login.address(&server.authorization_url());
    agree(&Browser::open(), &address, DOCUMENTED);
    login.completes();
}

#[track_caller]
fn denied(row: &Row) {
    let _port = CallbackPort::take();
    let (server, world) = (Server::oidc_provider(&[DOCUMENTED]), World::new());
    let mut login = Login::start(login_at_terminal(&world, &server, CLIENT, SECRET));
    let address = login.address(&server.authorization_url());
    let browser = Browser::open();
    browser.go(&address);
    browser.press("a[href$=abort]");
    browser.comes_back_to(DOCUMENTED);
    login.names(row);
    login.takes("Start over");
    let address = login.address(&server.authorization_url());
    agree(&Browser::open(), &address, DOCUMENTED);
    login.completes();
}
