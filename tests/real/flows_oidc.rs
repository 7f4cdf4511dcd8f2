//! The flows beside the plain one, each complete at npm's oidc-provider: a device, a client that registers itself, a token
//! that is renewed. The person's part is played by headless Chromium.

use std::path::PathBuf;
use std::time::Duration;

use authsome_doctor::host::http::RealHttp;
use authsome_doctor::host::{Http, Request};
use serde_json::{Value, json};

use crate::login_oidc::{sign_in, sign_in_and_agree};
use crate::support::browser::Browser;
use crate::support::port::free_port;
use crate::support::process::Running;
use crate::support::program::{Answer, World, end_of};
use crate::support::servers::{Server, authorization_url};

const FIXED: &[&str] = &["login", "acme", "--via", "standalone", "--format", "json", "--no-browser", "--wait", "60"];

/// Starts a login by this definition.
fn log_in(world: &World, definition: &Value, more: &[&str]) -> Running {
    let file = world.file("acme.json", &definition.to_string());
    let mut arguments: Vec<&str> = FIXED.to_vec();
    let file = file.to_string_lossy();
    arguments.extend(["--provider-file", &file]);
    arguments.extend(more);
    world.start(arguments)
}

fn callback_of_our_own() -> String {
    format!("http://127.0.0.1:{}/auth/callback/oauth", free_port())
}

#[track_caller]
fn logged_in(answer: &Answer) -> Value {
    assert_eq!(answer.code, 0, "{answer}");
    answer.document()["login"].clone()
}

fn steps<'a>(login: &'a Value, name: &str) -> Vec<&'a Value> {
    login["steps"].as_array().into_iter().flatten().filter(|step| step["step"] == name).collect()
}

// The device flow.

fn by_device(server: &Server) -> Value {
    let mut definition = server.definition(&["openid", "repo"]);
    definition["flow"] = json!("device_code");
    definition["oauth"]["device_authorization_url"] = json!(format!("{}/device/auth", server.issuer));
    definition
}

/// The event that tells another program what the person has to do.
fn device_code(login: &mut Running) -> Value {
    login.wait_for("the device code", Duration::from_secs(30), |_, stderr| {
        let events = stderr.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        events.into_iter().find(|event| event["event"] == "device_code")
    })
}

#[test]
fn a_device_is_approved_in_a_real_browser() {
    let server = Server::oidc_provider(&[]);
    let world = World::new();
    let mut login = log_in(&world, &by_device(&server), &["--client-id", "device"]);
    let code = device_code(&mut login);
    let browser = Browser::open();
    browser.go(code["verification_uri"].as_str().expect("an address"));
    browser.fill("input[name=user_code]", code["user_code"].as_str().expect("a code"));
    browser.press("button[type=submit]");
    browser.press("button[autofocus]");
    sign_in(&browser);
    let answer = end_of(login);
    let login = logged_in(&answer);
    assert_eq!(login["flow"], "device_code", "{answer}");
    assert!(login["granted_scopes"].to_string().contains("repo"), "{answer}");
}

#[test]
fn a_device_that_is_refused_in_a_real_browser_is_named_as_the_persons_choice() {
    let server = Server::oidc_provider(&[]);
    let world = World::new();
    let mut login = log_in(&world, &by_device(&server), &["--client-id", "device"]);
    let code = device_code(&mut login);
    let browser = Browser::open();
    browser.go(code["verification_uri_complete"].as_str().expect("an address"));
    browser.press("button[name=abort]");
    end_of(login).expect(1, "access_denied_by_user");
}

#[test]
fn a_client_without_the_device_grant_is_told_so() {
    let server = Server::oidc_provider(&["http://127.0.0.1:7998/auth/callback/oauth"]);
    let world = World::new();
    end_of(log_in(&world, &by_device(&server), &["--client-id", "public"])).expect(1, "device_flow_disabled");
}

// Registration.

fn by_registration(server: &Server) -> Value {
    let mut definition = server.definition(&["openid", "repo"]);
    definition["flow"] = json!("dcr_pkce");
    definition
}

/// One login with a client of its own, at this redirect URI.
fn register_and_log_in(world: &World, server: &Server, browser: &Browser, redirect_uri: &str) -> Answer {
    let mut login = log_in(world, &by_registration(server), &["--store", "--redirect-uri", redirect_uri]);
    let url = authorization_url(&mut login, server);
    sign_in_and_agree(browser, &url, redirect_uri);
    end_of(login)
}

fn kept_file(world: &World) -> PathBuf {
    world.authsome_home().join("doctor/clients/acme.default.json")
}

fn kept(world: &World) -> Value {
    let text = std::fs::read_to_string(kept_file(world)).expect("a client was kept");
    serde_json::from_str(&text).expect("JSON")
}

fn decisions(answer: &Answer) -> Vec<String> {
    let login = logged_in(answer);
    steps(&login, "registration").iter().map(|step| step["decision"].as_str().unwrap_or_default().to_owned()).collect()
}

#[test]
fn a_client_is_registered_once_read_back_and_registered_anew_when_it_has_to_be() {
    let server = Server::oidc_provider(&[]);
    let world = World::new();
    let here = callback_of_our_own();

    let first = register_and_log_in(&world, &server, &Browser::open(), &here);
    assert_eq!(decisions(&first), ["a client of our own, with exactly our redirect URI"], "{first}");
    let client = kept(&world);
    assert_eq!(client["redirect_uris"], json!([here]));

    // The same again: read back at its own address (RFC 7592), with its own token, and found good.
    let again = register_and_log_in(&world, &server, &Browser::open(), &here);
    assert_eq!(decisions(&again), ["used again: the provider has it with exactly our redirect URI"], "{again}");
    assert_eq!(kept(&world)["client_id"], client["client_id"]);

    // Another redirect URI: what is registered does not fit.
    let there = callback_of_our_own().replace("/auth/", "/api/auth/");
    let other = register_and_log_in(&world, &server, &Browser::open(), &there);
    let said = decisions(&other);
    assert!(said.len() == 2 && said[0].ends_with("register anew"), "{said:?}");
    let second = kept(&world);
    assert_ne!(second["client_id"], client["client_id"]);

    // The provider takes the client away (RFC 7592, 2.3).
    let text = |name: &str| second[name].as_str().expect("a text").to_owned();
    let bearer = format!("Bearer {}", text("registration_access_token"));
    let uri = text("registration_client_uri").parse().expect("an address");
    let away = Request { method: "DELETE", ..Request::get(uri).header("authorization", &bearer) };
    let status = RealHttp::default().send(&away).map(|answer| answer.status);
    assert!(matches!(status, Ok(204)), "the client is gone");
    let gone = register_and_log_in(&world, &server, &Browser::open(), &there);
    assert_eq!(decisions(&gone)[0], "the provider does not know it any more: register anew", "{gone}");

    for answer in [first, again, other, gone] {
        for secret in [&client, &second].map(|kept| kept["registration_access_token"].as_str().expect("a text")) {
            assert!(!format!("{answer}").contains(secret), "the registration token came out: {answer}");
        }
    }
}

// Refresh.

#[test]
fn a_token_that_is_born_at_its_end_is_renewed_at_once() {
    let own = callback_of_our_own();
    let server = Server::oidc_provider_with_tokens_of(60, &[&own]);
    let world = World::new();
    let mut definition = server.definition(&["openid", "offline_access", "repo"]);
    // OpenID Connect Core, 11: offline_access takes consent.
    definition["oauth"]["authorization_params"] = json!({"prompt": "consent"});
    let mut login = log_in(&world, &definition, &["--store", "--client-id", "public", "--redirect-uri", &own]);
    let url = authorization_url(&mut login, &server);
    sign_in_and_agree(&Browser::open(), &url, &own);
    let answer = end_of(login);
    let login = logged_in(&answer);
    let [refresh] = steps(&login, "refresh")[..] else { panic!("it was not renewed: {answer}") };
    assert_eq!(
        (&refresh["outcome"], &refresh["exchange"]["answer"]["status"]),
        (&json!("done"), &json!(200)),
        "{answer}"
    );

    // The token that is kept is the renewed one: the provider changes the refresh token of a public client at each use.
    let file = world.authsome_home().join("doctor/connections/acme.default.json");
    let kept: Value = serde_json::from_str(&std::fs::read_to_string(file).expect("it is kept")).expect("JSON");
    let form = [
        ("grant_type", "refresh_token"),
        ("client_id", "public"),
        ("refresh_token", kept["refresh_token"].as_str().expect("a refresh token")),
    ];
    let token_url = format!("{}/token", server.issuer).parse().expect("an address");
    let once_more = RealHttp::default().send(&Request::post_form(token_url, &form)).map(|answer| answer.status);
    assert!(matches!(once_more, Ok(200)), "the refresh token that is kept does not work");
    for name in ["access_token", "refresh_token"] {
        let secret = kept[name].as_str().expect("a text");
        assert!(!format!("{answer}").contains(secret), "{name} came out: {answer}");
    }
}
