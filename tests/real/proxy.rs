//! Logins from a network that has a proxy between it and the provider: a real one, tinyproxy.

use crate::support::browser::Browser;
use crate::support::port::{CallbackPort, free_port};
use crate::support::program::{Answer, World, end_of};
use crate::support::proxy::{Certificates, HOST, Tinyproxy};
use crate::support::servers::{DOCUMENTED, SECRET, Server, authorization_url, login_arguments};

/// A shell in that network: it trusts the provider's authority, and its proxy is this one.
fn world_behind(proxy: &str, certificates: &Certificates) -> World {
    World::new()
        .set("HTTPS_PROXY", proxy)
        .set("HTTP_PROXY", proxy)
        .set("NO_PROXY", "localhost,127.0.0.1")
        .set("SSL_CERT_FILE", certificates.path("ca.pem"))
}

/// A whole login, the person's browser going through the proxy as well.
fn log_in(world: &World, server: &Server, browser: &Browser) -> Answer {
    let mut login = world.start(login_arguments(world, server, &["openid"], SECRET));
    browser.go(&authorization_url(&mut login, server));
    browser.fill("input[name=login]", "ada");
    browser.fill("input[name=password]", "any");
    browser.press("input[value=login] ~ button");
    browser.press("input[value=consent] ~ button");
    browser.comes_back_to(DOCUMENTED);
    end_of(login)
}

#[test]
fn a_login_whose_provider_is_reached_through_the_proxy_alone_completes() {
    let _port = CallbackPort::take();
    let certificates = Certificates::new();
    let server = Server::hosted_oidc_provider(&certificates, &[DOCUMENTED]);
    let proxy = Tinyproxy::start(certificates.folder.path(), HOST, "");
    let world = world_behind(&proxy.url(), &certificates);
    let answer = log_in(&world, &server, &Browser::behind(&proxy.url()));
    assert_eq!(answer.code, 0, "{answer}\n{}", proxy.log());
    assert!(proxy.log().contains(HOST), "{}", proxy.log());
    assert!(!proxy.log().contains("CONNECT 127.0.0.1") && !proxy.log().contains("http://127.0.0.1"), "{}", proxy.log());
}

#[test]
fn a_proxy_that_wants_a_password_gets_the_one_in_its_address_and_nobody_else_does() {
    let _port = CallbackPort::take();
    let certificates = Certificates::new();
    let server = Server::hosted_oidc_provider(&certificates, &[DOCUMENTED]);
    let proxy = Tinyproxy::start(certificates.folder.path(), HOST, "BasicAuth ada hunter2-of-ada");
    let address = format!("http://ada:hunter2-of-ada@127.0.0.1:{}", proxy.port);
    let world = world_behind(&address, &certificates);
    // The person's browser has another way out: it would ask for the password in a dialogue.
    let open = tempfile::tempdir().expect("a temporary folder");
    let for_the_browser = Tinyproxy::start(open.path(), HOST, "");
    let answer = log_in(&world, &server, &Browser::behind(&for_the_browser.url()));
    assert_eq!(answer.code, 0, "{answer}\n{}", proxy.log());
    let everything = format!("{}{}", answer.stdout, answer.stderr);
    assert!(!everything.contains("hunter2-of-ada"), "{answer}");
}

#[test]
fn a_proxy_that_refuses_for_want_of_a_password_is_named() {
    let _port = CallbackPort::take();
    let certificates = Certificates::new();
    let server = Server::hosted_oidc_provider(&certificates, &[DOCUMENTED]);
    let proxy = Tinyproxy::start(certificates.folder.path(), HOST, "BasicAuth ada hunter2-of-ada");
    let world = world_behind(&proxy.url(), &certificates);
    end_of(world.start(login_arguments(&world, &server, &["openid"], SECRET))).expect(1, "proxy_failure");
}

#[test]
fn a_proxy_that_forbids_the_provider_is_named() {
    let _port = CallbackPort::take();
    let certificates = Certificates::new();
    let server = Server::hosted_oidc_provider(&certificates, &[DOCUMENTED]);
    let proxy = Tinyproxy::start(certificates.folder.path(), "intranet.example", "");
    let world = world_behind(&proxy.url(), &certificates);
    end_of(world.start(login_arguments(&world, &server, &["openid"], SECRET))).expect(1, "proxy_failure");
}

#[test]
fn a_proxy_that_is_not_there_is_named() {
    let _port = CallbackPort::take();
    let certificates = Certificates::new();
    let server = Server::hosted_oidc_provider(&certificates, &[DOCUMENTED]);
    let world = world_behind(&format!("http://127.0.0.1:{}", free_port()), &certificates);
    end_of(world.start(login_arguments(&world, &server, &["openid"], SECRET))).expect(1, "proxy_failure");
}

#[test]
fn without_the_proxy_the_providers_name_is_what_fails() {
    let _port = CallbackPort::take();
    let certificates = Certificates::new();
    let server = Server::hosted_oidc_provider(&certificates, &[DOCUMENTED]);
    let world = World::new().set("SSL_CERT_FILE", certificates.path("ca.pem"));
    end_of(world.start(login_arguments(&world, &server, &["openid"], SECRET))).expect(1, "dns_failure");
}
