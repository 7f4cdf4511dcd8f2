//! What authsome throws away, asked of OAuth servers of other people: the scopes of a token by RFC 7662, and what the token
//! endpoint says to a client.

use crate::support::browser::Browser;
use crate::support::port::CallbackPort;
use crate::support::program::{World, end_of};
use crate::support::servers::{CLIENT, DOCUMENTED, SECRET, Server, authorization_url, login_arguments};
use authsome_doctor::host::Host;
use authsome_doctor::login::granted::{self, Asked};
use authsome_doctor::oauth::discovery::{Metadata, discover};
use authsome_doctor::oauth::introspection::{Granted, Untold};
use authsome_doctor::oauth::record::Recorder;
use authsome_doctor::oauth::token_probe::{TokenProbe, Verdict};
use authsome_doctor::oauth::{Authentication, Client};
use authsome_doctor::sink::Secret;
use serde_json::Value;
use url::Url;

fn url(text: &str) -> Url {
    Url::parse(text).expect("a URL")
}

fn client(secret: &str, authentication: Authentication) -> Client {
    Client { id: CLIENT.to_owned(), secret: Some(Secret::new(secret)), authentication }
}

/// An access token that the server gave out for these scopes, in a real browser.
fn token(world: &World, server: &Server, scopes: &[&str]) -> String {
    let mut arguments = login_arguments(world, server, scopes, SECRET);
    arguments.push("--store".to_owned());
    let mut login = world.start(&arguments);
    let browser = Browser::open();
    browser.go(&authorization_url(&mut login, server));
    browser.fill("input[name=login]", "ada");
    browser.fill("input[name=password]", "any");
    browser.press("input[value=login] ~ button");
    browser.press("input[value=consent] ~ button");
    browser.comes_back_to(DOCUMENTED);
    let answer = end_of(login);
    assert_eq!(answer.code, 0, "{answer}");
    let kept = std::fs::read(world.authsome_home().join("doctor/connections/acme.default.json")).expect("it is kept");
    let kept: Value = serde_json::from_slice(&kept).expect("JSON");
    kept["access_token"].as_str().expect("a token").to_owned()
}

fn asked(server: &Server, metadata: &Metadata, client: &Client, token: &str) -> (Granted, Recorder) {
    let recorder = Recorder::new(Host::real().http);
    let (token_url, access_token) = (url(&format!("{}/token", server.issuer)), Secret::new(token));
    let granted = granted::ask(
        &recorder,
        &Asked {
            vendor: None,
            token_url: &token_url,
            metadata: Some(metadata),
            client: Some(client),
            access_token: &access_token,
            offline: false,
        },
    );
    (granted, recorder)
}

#[test]
fn the_scopes_of_a_token_are_told_by_introspection() {
    let _port = CallbackPort::take();
    let server = Server::oidc_provider(&[DOCUMENTED]);
    let world = World::new();
    let token = token(&world, &server, &["openid", "repo"]);
    let recorder = Recorder::new(Host::real().http);
    let metadata = discover(&recorder, &[url(&server.issuer)]).metadata.expect("it describes itself");

    for authentication in [Authentication::Body, Authentication::Basic] {
        let (granted, sent) = asked(&server, &metadata, &client(SECRET, authentication), &token);
        assert_eq!(granted, Granted::Scopes(vec!["openid".into(), "repo".into()]), "{authentication:?}");
        assert_eq!(sent.all().len(), 1, "one request");
    }
    let (wrong, _) = asked(&server, &metadata, &client("not-the-secret", Authentication::Body), &token);
    assert_eq!(wrong, Granted::Untold(Untold::Refused(401)));
    let (unknown, _) = asked(&server, &metadata, &client(SECRET, Authentication::Body), "no-token-of-this-server");
    assert_eq!(unknown, Granted::Untold(Untold::Inactive));
}

#[test]
fn the_token_endpoint_tells_a_right_client_from_a_wrong_secret_without_a_login() {
    for server in [Server::oidc_provider(&[DOCUMENTED]), Server::authlib(&[DOCUMENTED])] {
        let token_url = url(&format!("{}/token", server.issuer));
        let verdict = |secret: &str| {
            let client = client(secret, Authentication::Body);
            let probe = TokenProbe::new(&token_url, &client, &url(DOCUMENTED), false).expect("on this machine");
            probe.ask(&Recorder::new(Host::real().http)).reading
        };
        let (right, wrong) = (verdict(SECRET), verdict("not-the-secret"));
        assert_eq!(right.verdict, Verdict::ClientAccepted, "{}: {right:?}", server.issuer);
        assert_eq!(wrong.verdict, Verdict::ClientRefused, "{}: {wrong:?}", server.issuer);
    }
}
