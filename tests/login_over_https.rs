//! A provider with an authority of its own: named for what it is, trusted by its file, and then logged in to.

mod common;

use authsome_doctor::host::runtime;
use authsome_doctor::practice::person::{Press, act};
use common::running::Running;
use common::{World, callback_on, free_port};
use serde::Deserialize;
use serde_json::Value;
use std::process::{Child, Stdio};

/// `authsome practice` over https, and what it says of itself.
struct Https {
    process: Child,
    document: Value,
}

impl Https {
    fn start(arguments: &[&str]) -> Self {
        let mut process = World::new().process();
        process.args(["practice", "--format", "json", "--exit-with-stdin"]).args(arguments).current_dir("/");
        let mut process = process.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("our program starts");
        let mut said = serde_json::Deserializer::from_reader(process.stdout.take().expect("is piped"));
        let document = Value::deserialize(&mut said).expect("it says that it is ready");
        Self { process, document }
    }

    fn authority(&self) -> &str {
        self.document["authority"].as_str().expect("it has one")
    }

    /// A login at it from this world, by a person who opens the page somewhere.
    fn log_in(&self, world: &World) -> Running {
        world.file("practice.json", self.document["provider"].to_string());
        world.file("secret", self.document["client_secret"].as_str().expect("a text"));
        let redirect_uri = callback_on(free_port());
        let fixed = ["login", "practice", "--provider-file", "practice.json", "--client-id", "practice"];
        let rest = ["--client-secret-file", "secret", "--redirect-uri", &redirect_uri, "--no-browser"];
        Running::start(world, &[&fixed[..], &rest, &["--format", "json", "--wait", "20"]].concat())
    }
}

impl Drop for Https {
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        // It ends by itself, and its file with it.
        let _ = self.process.wait();
    }
}

#[test]
fn a_login_completes_over_https_once_the_authority_is_trusted() {
    let provider = Https::start(&["--tls"]);
    assert!(provider.document["issuer"].as_str().is_some_and(|issuer| issuer.starts_with("https://")));
    let world = World::new().set("SSL_CERT_FILE", provider.authority());
    let login = provider.log_in(&world);
    let seen = runtime().block_on(act(&login.address_to_open(), Press::Authorize)).expect("a page");
    assert!(seen.pressed, "{seen:?}");
    let answer = login.end().ends_with(0);
    assert_eq!(answer.document()["login"]["outcome"], "logged_in", "{answer}");
}

#[test]
fn an_authority_that_nobody_knows_stops_the_login_before_a_browser_opens() {
    let answer = Https::start(&["--tls"]).log_in(&World::new()).end().ends_with(1);
    assert_eq!(answer.document()["verdict"]["rule"], "tls-certificate-untrusted", "{answer}");
    assert!(answer.stdout.contains("Practice Company Root CA"), "the issuer is named: {answer}");
    assert!(!answer.stderr.contains("open_url"), "{answer}");
}

#[test]
fn each_wrong_certificate_is_told_from_the_others() {
    for (fault, trusted, rule) in [
        ("tls_failure:interceptor", false, "tls-opened-on-the-way"),
        ("tls_failure:expired", false, "tls-certificate-out-of-date"),
        ("tls_failure:expired", true, "tls-certificate-out-of-date"),
        ("tls_failure:other-name", true, "tls-certificate-of-another-name"),
    ] {
        let provider = Https::start(&["--fault", fault]);
        let world = if trusted { World::new().set("SSL_CERT_FILE", provider.authority()) } else { World::new() };
        let answer = provider.log_in(&world).end().ends_with(1);
        assert_eq!(answer.document()["verdict"]["rule"], rule, "{fault}: {answer}");
    }
}

#[test]
fn the_authority_s_file_is_gone_when_the_provider_is() {
    let provider = Https::start(&["--tls"]);
    let file = provider.authority().to_owned();
    let pem = std::fs::read_to_string(&file).expect("it is there while the provider runs");
    assert!(pem.starts_with("-----BEGIN CERTIFICATE-----") && !pem.contains("KEY"), "{pem}");
    drop(provider);
    assert!(!std::path::Path::new(&file).exists());
}

#[cfg(unix)]
#[test]
fn a_person_names_the_authority_and_the_same_run_logs_in() {
    use common::terminal::Terminal;
    let soon = std::time::Duration::from_secs(60);
    for fault in ["tls_failure", "tls_failure:interceptor"] {
        let redirect_uri = callback_on(free_port());
        let world = World::new();
        let arguments = ["login", "practice", "--redirect-uri", &redirect_uri, "--fault", fault, "--auto-approve"];
        let mut login = Terminal::start(&world, &arguments);
        login.shows("What now", soon);
        let text = login.text();
        let named = text.split_whitespace().find(|word| word.contains("authsome-practice-ca-"));
        let file = named.expect("the file is named").to_owned();
        login.chooses("Name the file");
        login.shows("SSL_CERT_FILE", soon);
        login.types(&format!("{file}\r"));
        let (code, screen) = login.end(soon);
        assert_eq!(code, 0, "{fault}: the screen:\n{screen}");
        assert!(screen.contains("Logged in to Practice provider"), "{fault}: the screen:\n{screen}");
    }
}
