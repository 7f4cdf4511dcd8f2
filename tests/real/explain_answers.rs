//! `explain` reads the answers of other people's servers, just as curl prints them.

use std::process::Command;

use crate::support::program::World;
use crate::support::servers::{CLIENT, DOCUMENTED, SECRET, Server};

const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

/// What curl prints of this request, head and body.
fn curl(arguments: &[&str]) -> String {
    let output = Command::new("curl").args(["-si", "--noproxy", "*"]).args(arguments).output().expect("curl runs");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn authorize(server: &Server, client: &str, redirect_uri: &str, more: &str) -> String {
    let url = format!(
        "{}response_type=code&client_id={client}&redirect_uri={redirect_uri}&scope=openid&state=s{more}",
        server.authorization_url()
    );
    curl(&[&url])
}

fn exchange(server: &Server, secret: &str) -> String {
    let client = format!("client_id={CLIENT}&client_secret={secret}");
    let rest = format!("grant_type=authorization_code&code=bogus&redirect_uri={DOCUMENTED}&code_verifier={VERIFIER}");
    curl(&["-d", &client, "-d", &rest, &format!("{}/token", server.issuer)])
}

#[track_caller]
fn is_named(answer: &str, cause: &str) {
    let world = World::new();
    let file = world.file("answer.txt", answer);
    let explained = world.run(["explain", "--format", "json", &format!("@{}", file.display())]);
    let first = &explained.document()["findings"][0];
    let among_the_others = || first["alternatives"].as_array().is_some_and(|others| others.iter().any(|o| o == cause));
    let named = first["cause"] == cause || among_the_others();
    assert!(explained.code == 0 && named, "wanted {cause} for\n{answer}\n{explained}");
}

#[test]
fn the_answers_of_oidc_provider_are_named() {
    let server = Server::oidc_provider(&[DOCUMENTED]);
    let challenge = format!("&code_challenge={CHALLENGE}&code_challenge_method=S256");
    is_named(&authorize(&server, CLIENT, "http://127.0.0.1:7998/other", &challenge), "redirect_uri_mismatch");
    is_named(&authorize(&server, "nobody", DOCUMENTED, &challenge), "client_not_found");
    is_named(&authorize(&server, CLIENT, DOCUMENTED, ""), "pkce_failure");
    is_named(
        &authorize(&server, CLIENT, DOCUMENTED, &format!("{challenge}&prompt=none")),
        "interaction_or_login_required",
    );
    is_named(&exchange(&server, "not-the-secret"), "invalid_client_credentials");
    is_named(&exchange(&server, SECRET), "invalid_or_expired_code");
}

#[test]
fn the_answers_of_authlib_are_named() {
    let server = Server::authlib(&[DOCUMENTED]);
    let challenge = format!("&code_challenge={CHALLENGE}&code_challenge_method=S256");
    is_named(&authorize(&server, CLIENT, "http://127.0.0.1:7998/other", &challenge), "redirect_uri_mismatch");
    is_named(&authorize(&server, "nobody", DOCUMENTED, &challenge), "client_not_found");
    is_named(&exchange(&server, "not-the-secret"), "invalid_client_credentials");
    is_named(&exchange(&server, SECRET), "invalid_or_expired_code");
}
