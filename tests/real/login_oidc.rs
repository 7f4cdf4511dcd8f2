//! Logins against npm's oidc-provider, the person's part played by headless Chromium.

use crate::support::browser::Browser;
use crate::support::port::{CallbackPort, free_port};
use crate::support::process::Running;
use crate::support::program::{World, end_of};
use crate::support::servers::{DOCUMENTED, SECRET, Server, authorization_url, login_arguments};

const SCOPES: &[&str] = &["openid", "repo", "read:user"];

/// Signs in and agrees, on oidc-provider's own pages; ends where the browser was sent back to.
pub fn sign_in_and_agree(browser: &Browser, url: &str, sent_back_to: &str) {
    browser.go(url);
    sign_in(browser);
    browser.comes_back_to(sent_back_to);
}

/// The same, from the page that asks for the name on.
pub fn sign_in(browser: &Browser) {
    browser.fill("input[name=login]", "ada");
    browser.fill("input[name=password]", "any");
    browser.press("input[value=login] ~ button");
    browser.press("input[value=consent] ~ button");
}

/// No authorization URL was printed: the person was never sent anywhere.
fn no_browser_was_needed(stderr: &str, server: &Server) -> bool {
    !stderr.contains(&server.authorization_url())
}

#[test]
fn a_login_completes_in_a_real_browser() {
    let _port = CallbackPort::take();
    let server = Server::oidc_provider(&[DOCUMENTED]);
    let world = World::new();
    let mut login = world.start(login_arguments(&world, &server, SCOPES, SECRET));
    let url = authorization_url(&mut login, &server);
    let browser = Browser::open();
    sign_in_and_agree(&browser, &url, DOCUMENTED);
    let page = browser.text();
    let answer = end_of(login);

    assert_eq!(answer.code, 0, "{answer}");
    assert_eq!(answer.document()["login"]["redirect_uri"], DOCUMENTED, "{answer}");
    for scope in SCOPES {
        assert!(answer.document()["login"]["granted_scopes"].to_string().contains(scope), "{scope}: {answer}");
    }
    assert!(!page.trim().is_empty(), "the browser shows an empty page");
    let everything = format!("{}{}{page}", answer.stdout, answer.stderr);
    assert!(!everything.contains(SECRET), "a secret came out: {answer}\npage:\n{page}");
}

#[test]
fn a_wrong_secret_is_named() {
    let _port = CallbackPort::take();
    let server = Server::oidc_provider(&[DOCUMENTED]);
    let world = World::new();
    let mut login = world.start(login_arguments(&world, &server, SCOPES, "not-the-secret"));
    let url = authorization_url(&mut login, &server);
    sign_in_and_agree(&Browser::open(), &url, DOCUMENTED);
    let answer = end_of(login);
    answer.expect(1, "invalid_client_credentials");
    assert!(!answer.stdout.contains("not-the-secret") && !answer.stderr.contains("not-the-secret"), "{answer}");
}

#[test]
fn refusing_on_the_consent_page_is_named_as_the_persons_choice() {
    let _port = CallbackPort::take();
    let server = Server::oidc_provider(&[DOCUMENTED]);
    let world = World::new();
    let mut login = world.start(login_arguments(&world, &server, SCOPES, SECRET));
    let url = authorization_url(&mut login, &server);
    let browser = Browser::open();
    browser.go(&url);
    browser.press("a[href$=abort]");
    browser.comes_back_to(DOCUMENTED);
    end_of(login).expect(1, "access_denied_by_user");
}

#[test]
fn an_unregistered_path_is_named_before_the_browser_opens() {
    let _port = CallbackPort::take();
    let registered = "http://127.0.0.1:7998/api/auth/callback/oauth";
    let server = Server::oidc_provider(&[registered]);
    let world = World::new();
    let answer = end_of(world.start(login_arguments(&world, &server, SCOPES, SECRET)));
    answer.expect(1, "redirect_uri_mismatch");
    assert!(answer.stdout.contains(DOCUMENTED), "the exact string to register is not named: {answer}");
    assert!(no_browser_was_needed(&answer.stderr, &server), "{answer}");
}

#[test]
fn an_unregistered_port_is_named_before_the_browser_opens() {
    let _port = CallbackPort::take();
    let server = Server::oidc_provider(&[DOCUMENTED]);
    let world = World::new();
    let elsewhere = format!("http://127.0.0.1:{}/auth/callback/oauth", free_port());
    let mut arguments = login_arguments(&world, &server, SCOPES, SECRET);
    arguments.extend(["--redirect-uri".to_owned(), elsewhere.clone()]);
    let answer = end_of(world.start(arguments));
    answer.expect(1, "redirect_uri_mismatch");
    assert!(answer.stdout.contains(&elsewhere), "{answer}");
    assert!(no_browser_was_needed(&answer.stderr, &server), "{answer}");
}

/// RFC 8252, 7.3: a native client may come back on any loopback port. oidc-provider permits it, so it is no mismatch.
#[test]
fn a_native_client_logs_in_on_a_port_of_its_own() {
    let server = Server::oidc_provider(&[DOCUMENTED]);
    let world = World::new();
    let own = format!("http://127.0.0.1:{}/auth/callback/oauth", free_port());
    let definition = world.file("acme.json", &server.definition(&["openid"]).to_string());
    let arguments = ["login", "acme", "--via", "standalone", "--format", "json", "--no-browser", "--wait", "60"];
    let mut command = world.command(env!("CARGO_BIN_EXE_authsome"));
    command.args(arguments).args(["--client-id", "public", "--redirect-uri", &own, "--provider-file"]).arg(definition);
    let mut login = Running::start(&mut command);
    let url = authorization_url(&mut login, &server);
    sign_in_and_agree(&Browser::open(), &url, &own);
    let answer = end_of(login);
    assert_eq!(answer.code, 0, "{answer}");
}
