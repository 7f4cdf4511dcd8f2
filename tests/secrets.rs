//! No secret leaves: planted ones are looked for in everything that a login, a doctor and a report give out.

#![cfg(unix)]

mod common;

use common::provider::{Provider, Reply, Request, browse};
use common::running::Running;
use common::{Answer, World, callback_on, free_port};
use std::fmt::Write;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

const CLIENT_SECRET: &str = "Zm9yLXRoZS1jbGllbnQ-canary-4711";
const CODE: &str = "4e7a1c0d-code-canary";
const ACCESS_TOKEN: &str = "access.token.canary.b81f";
const REFRESH_TOKEN: &str = "refresh.token.canary.77aa";
const PROXY_PASSWORD: &str = "proxy-password-canary";

/// A login at a provider of our own, the test being its browser. Everything that anybody could see is in `seen`.
struct Login {
    world: World,
    answer: Answer,
    seen: String,
    code_verifier: String,
}

fn log_in(token: impl Fn(&Request) -> Reply + Send + 'static, arguments: &[&str]) -> Login {
    let provider = Provider::start(token);
    let world = World::new().set("HTTPS_PROXY", format!("http://user:{PROXY_PASSWORD}@proxy.example:3128"));
    world.file("acme.json", provider.definition());
    world.file("secret", format!("{CLIENT_SECRET}\n"));
    let redirect_uri = callback_on(free_port());
    let fixed = ["login", "acme", "--provider-file", "acme.json", "--client-id", "acme-id", "--client-secret-file"];
    let rest = ["secret", "--redirect-uri", &redirect_uri, "--no-browser", "--explain"];
    let login = Running::start(&world, &[&fixed[..], &rest, arguments].concat());
    let state = state_of(&login);
    let page = browse(&format!("{redirect_uri}?code={CODE}&state={state}"));
    let answer = login.end();
    let mut seen = format!("{answer}\n{page}");
    let sent = provider.token_requests();
    let code_verifier = field(&sent.first().expect("a token request").body, "code_verifier");
    assert!(sent[0].body.contains(CODE) && sent[0].body.contains(CLIENT_SECRET), "{sent:?}");
    for file in world.kept().iter().filter(|file| !file.starts_with("doctor/connections/")) {
        write!(seen, "\n{file}:\n{}", read(&world.authsome_home().join(file))).expect("memory takes it");
    }
    Login { world, answer, seen, code_verifier }
}

/// The address stands on stderr, as an event or in words.
fn state_of(login: &Running) -> String {
    for _ in 0..3000 {
        let text = login.stderr();
        if let Some((_, rest)) = text.split_once("&state=").filter(|(_, rest)| rest.contains('\n')) {
            return rest.split(['&', '"', '\n', ' ']).next().expect("there is always a first").to_owned();
        }
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    panic!("no address was printed:\n{}", login.stderr());
}

fn field(form: &str, name: &str) -> String {
    let value = form.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
    value.unwrap_or_else(|| panic!("no {name} in {form}")).to_owned()
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

impl Login {
    #[track_caller]
    fn holds_no_secret_in(&self, text: &str) {
        let all = [CLIENT_SECRET, CODE, ACCESS_TOKEN, REFRESH_TOKEN, PROXY_PASSWORD, &self.code_verifier];
        for secret in all {
            assert!(!text.contains(secret), "{secret} is seen in:\n{text}");
        }
    }

    /// The same for what the next doctor says, saves and reports of it.
    #[track_caller]
    fn leaves_no_secret(&self) {
        self.holds_no_secret_in(&self.seen);
        let look = ["doctor", "acme", "--provider-file", "acme.json", "--offline", "-v"];
        for more in [
            &["--format", "human", "--save-facts", "facts.json"][..],
            &["--format", "json", "--report", "report.md"],
            &["--format", "markdown", "--report", "report.html"],
        ] {
            let answer = self.world.run([&look[..], more].concat());
            self.holds_no_secret_in(&answer.to_string());
        }
        for file in ["facts.json", "report.md", "report.html"] {
            self.holds_no_secret_in(&read(&self.world.path(file)));
        }
    }
}

fn granted(_: &Request) -> Reply {
    let body = format!(
        r#"{{"access_token":"{ACCESS_TOKEN}","refresh_token":"{REFRESH_TOKEN}","token_type":"bearer","expires_in":3600}}"#
    );
    Reply(200, body)
}

#[test]
fn a_login_that_goes_well_shows_none() {
    for format in ["human", "json"] {
        let login = log_in(granted, &["--format", format, "-v"]);
        assert_eq!(login.answer.code, 0, "{}", login.answer);
        login.leaves_no_secret();
        assert_eq!(
            login.world.kept(),
            ["doctor/states.json", "doctor/states.lock"],
            "tokens are kept only where that was asked for"
        );
    }
}

#[test]
fn tokens_that_were_asked_to_be_kept_are_in_one_file_for_the_owner_alone() {
    let login = log_in(granted, &["--store"]);
    assert_eq!(login.answer.code, 0, "{}", login.answer);
    login.leaves_no_secret();
    let folder = login.world.authsome_home().join("doctor/connections");
    let file = folder.join("acme.default.json");
    let text = read(&file);
    assert!(text.contains(ACCESS_TOKEN) && text.contains(REFRESH_TOKEN), "{text}");
    for (path, mode) in [(folder.parent().expect("it is below"), 0o700), (&folder, 0o700), (&file, 0o600)] {
        let found = fs::metadata(path).expect("it is there").permissions().mode() & 0o777;
        assert_eq!(found, mode, "{}: {found:o}", path.display());
    }
    let shown = login.world.run(["get", "acme"]).ends_with(0);
    assert_eq!(shown.document()["connection"]["scopes"][0], "read", "{shown}");
    login.holds_no_secret_in(&shown.to_string());
    for name in ["access_token", "refresh_token", "client_secret"] {
        login.holds_no_secret_in(&login.world.run(["get", "acme", "--field", name]).to_string());
    }
    let revoked = login.world.run(["revoke", "acme"]).ends_with(0);
    login.holds_no_secret_in(&revoked.to_string());
    assert!(!file.exists());
}

/// A provider that tells everybody what it was sent, in every shape that a body can have.
fn blabs(shape: &'static str) -> impl Fn(&Request) -> Reply + Send + 'static {
    move |request| {
        let (said, code, verifier) =
            (&request.body, field(&request.body, "code"), field(&request.body, "code_verifier"));
        let all = format!("{code} {verifier} {CLIENT_SECRET} {ACCESS_TOKEN}");
        match shape {
            "json" => Reply(400, format!(r#"{{"error":"invalid_grant","error_description":"not good: {all}"}}"#)),
            "json with fields" => Reply(
                401,
                format!(
                    r#"{{"error":"invalid_client","sent":{{"code":"{code}","client_secret":"{CLIENT_SECRET}","access_token":"{ACCESS_TOKEN}"}},"form":"{said}"}}"#
                ),
            ),
            "form" => {
                Reply(400, format!("error=invalid_grant&error_description=no&{said}&access_token={ACCESS_TOKEN}"))
            }
            "page" => Reply(
                500,
                format!(
                    "<html><title>500</title><pre>{said}\naccess_token={ACCESS_TOKEN}\n{code} {verifier} {CLIENT_SECRET}"
                ),
            ),
            _ => Reply(200, format!("access_token: {ACCESS_TOKEN} for {code} {verifier} {CLIENT_SECRET} in {said}")),
        }
    }
}

#[test]
fn a_provider_that_repeats_what_it_was_sent_is_not_repeated() {
    for shape in ["json", "json with fields", "form", "page", "text"] {
        for format in ["human", "json"] {
            let login = log_in(blabs(shape), &["--format", format]);
            assert_eq!(login.answer.code, 1, "{}", login.answer);
            assert!(login.world.kept().contains(&"doctor/last-login.json".to_owned()));
            // A token that this login never got is foreign text: only where its name stands beside it is it known.
            let seen = login.seen.replace(ACCESS_TOKEN, "");
            login.holds_no_secret_in(&seen);
        }
    }
}

#[test]
fn a_token_beside_its_name_is_hidden_even_in_a_failure() {
    for shape in ["json with fields", "form", "page", "text"] {
        log_in(blabs(shape), &["--format", "json"]).leaves_no_secret();
    }
}

#[test]
fn what_a_person_hands_in_is_not_repeated() {
    let world = World::new();
    let said = format!(
        "POST /token code={CODE}&client_secret={CLIENT_SECRET} -> {{\"access_token\":\"{ACCESS_TOKEN}\",\"error\":\"invalid_grant\"}}"
    );
    for arguments in [
        &["doctor", "--offline", "--error", &said, "--format", "human", "-v"][..],
        &["doctor", "--offline", "--error", &said, "--format", "json"],
        &["explain", "--text", &said, "-v"],
        &["explain", "--text", &said, "--format", "json"],
    ] {
        let answer = world.run(arguments);
        for secret in [CODE, CLIENT_SECRET, ACCESS_TOKEN] {
            assert!(!answer.to_string().contains(secret), "{secret} is seen in: {answer}");
        }
    }
}

#[test]
fn the_files_of_a_login_are_for_the_owner_alone() {
    let login = log_in(blabs("json"), &[]);
    for file in login.world.kept() {
        let mode = fs::metadata(login.world.authsome_home().join(&file)).expect("it is there").permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{file}");
    }
}
