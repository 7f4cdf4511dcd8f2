//! The token endpoint asked with a code that cannot be valid, at the practice provider in every dialect that it has for a
//! refused client: what authsome threw away is read back.

mod common;

use authsome_doctor::error_reader;
use authsome_doctor::host::Host;
use authsome_doctor::oauth::record::Recorder;
use authsome_doctor::oauth::token_probe::{TokenProbe, Told, Verdict};
use authsome_doctor::oauth::{Authentication, Client};
use authsome_doctor::sink::Secret;
use common::World;
use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};
use url::Url;

/// A practice provider that runs, and what it says of itself.
struct Practice {
    process: Child,
    about: Value,
}

impl Practice {
    fn start(world: &World, fault: Option<&str>) -> Self {
        let mut command = world.process();
        command.args(["practice", "--format", "json"]).args(fault.map(|fault| format!("--fault={fault}")));
        let mut process = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().expect("our program starts");
        let mut text = String::new();
        let mut lines = BufReader::new(process.stdout.take().expect("is piped")).lines();
        let about = loop {
            text.push_str(&lines.next().expect("it says where it listens").expect("text"));
            if let Ok(about) = serde_json::from_str(&text) {
                break about;
            }
        };
        Self { process, about }
    }

    fn text(&self, pointer: &str) -> &str {
        self.about.pointer(pointer).and_then(Value::as_str).unwrap_or_else(|| panic!("{pointer}: {}", self.about))
    }

    fn asked(&self, client: &Client) -> Told {
        let recorder = Recorder::new(Host::real().http);
        let token_url = Url::parse(self.text("/provider/oauth/token_url")).expect("a URL");
        let callback = Url::parse("http://127.0.0.1:7998/api/auth/callback/oauth").expect("a URL");
        TokenProbe::new(&token_url, client, &callback, false).expect("on this machine").ask(&recorder)
    }

    fn client(&self, secret: &str, authentication: Authentication) -> Client {
        Client { id: self.text("/client_id").to_owned(), secret: Some(Secret::new(secret)), authentication }
    }
}

impl Drop for Practice {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn with_fault(fault: &str) -> Told {
    let world = World::new();
    let practice = Practice::start(&world, Some(fault));
    practice.asked(&practice.client(practice.text("/client_secret"), Authentication::Body))
}

#[test]
fn a_healthy_provider_accepts_the_right_client_and_refuses_a_wrong_secret_in_both_ways_of_sending_it() {
    let world = World::new();
    let practice = Practice::start(&world, None);
    for authentication in [Authentication::Body, Authentication::Basic] {
        let right = practice.asked(&practice.client(practice.text("/client_secret"), authentication));
        assert_eq!(right.reading.verdict, Verdict::ClientAccepted, "{authentication:?}: {:?}", right.reading);
        let wrong = practice.asked(&practice.client("not-the-secret", authentication));
        assert_eq!(wrong.reading.verdict, Verdict::ClientRefused, "{authentication:?}: {:?}", wrong.reading);
    }
    let id = practice.text("/public_client_id").to_owned();
    let public = practice.asked(&Client { id, secret: None, authentication: Authentication::None });
    assert_eq!(public.reading.verdict, Verdict::ClientAccepted, "{:?}", public.reading);
}

/// The dialects of a refused code and of a refused redirect URI arise with a real code only; unit tests read those.
#[test]
fn a_client_that_is_refused_is_known_in_every_dialect() {
    for fault in [
        "invalid_client_credentials",
        "invalid_client_credentials:github",
        "invalid_client_credentials:bare",
        "invalid_client_credentials:entra",
        "invalid_client_credentials:entra-missing",
        "invalid_client_credentials:google",
        "invalid_client_credentials:slack",
        "invalid_client_credentials:authlib",
        "invalid_client_credentials:gitlab",
        "invalid_client_credentials:express",
        "invalid_client_credentials:glewlwyd",
        "client_not_found:token",
        "client_not_found:token-github",
        "client_not_found:token-slack",
        "client_not_found:token-entra",
    ] {
        let told = with_fault(fault);
        assert_eq!(told.reading.verdict, Verdict::ClientRefused, "{fault}: {:?}", told.reading);
    }
}

/// What authsome turned into "401 Client Error" is there again for the reader of errors.
#[test]
fn the_providers_own_words_are_in_the_exchange() {
    let told = with_fault("invalid_client_credentials:entra");
    let answer = told.exchange.outcome.as_ref().expect("an answer");
    let facts = error_reader::read(answer.text(), "login");
    assert_eq!(facts.text("error.code"), Some("invalid_client"));
    assert!(facts.text("error.description").expect("words").contains("AADSTS7000215"));
}
