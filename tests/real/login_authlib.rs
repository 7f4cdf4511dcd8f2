//! Logins against Authlib's server in Flask: other words for the same mistakes.

use crate::support::browser::Browser;
use crate::support::port::CallbackPort;
use crate::support::program::{World, end_of};
use crate::support::servers::{DOCUMENTED, SECRET, Server, authorization_url, login_arguments};

fn sign_in_and_agree(url: &str) {
    let browser = Browser::open();
    browser.go(url);
    browser.fill("input[name=login]", "ada");
    browser.press("form button");
    browser.press("button[name=consent]");
    browser.comes_back_to(DOCUMENTED);
}

#[test]
fn a_login_completes() {
    let _port = CallbackPort::take();
    let server = Server::authlib(&[DOCUMENTED]);
    let world = World::new();
    let mut login = world.start(login_arguments(&world, &server, &["repo"], SECRET));
    sign_in_and_agree(&authorization_url(&mut login, &server));
    let answer = end_of(login);
    assert_eq!(answer.code, 0, "{answer}");
}

#[test]
fn a_wrong_secret_is_named() {
    let _port = CallbackPort::take();
    let server = Server::authlib(&[DOCUMENTED]);
    let world = World::new();
    let mut login = world.start(login_arguments(&world, &server, &["repo"], "not-the-secret"));
    sign_in_and_agree(&authorization_url(&mut login, &server));
    end_of(login).expect(1, "invalid_client_credentials");
}

#[test]
fn an_unregistered_path_is_named_before_the_browser_opens() {
    let _port = CallbackPort::take();
    let server = Server::authlib(&["http://127.0.0.1:7998/callback"]);
    let world = World::new();
    let answer = end_of(world.start(login_arguments(&world, &server, &["repo"], SECRET)));
    answer.expect(1, "redirect_uri_mismatch");
    assert!(!answer.stderr.contains(&server.authorization_url()), "{answer}");
}
