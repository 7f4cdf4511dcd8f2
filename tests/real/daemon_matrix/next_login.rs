//! The next login, as the person makes it: through the daemon, in Chromium, until the credential is in authsome's vault.

use std::thread;
use std::time::{Duration, Instant};

use super::scene::Scene;
use crate::support::browser::Browser;
use crate::support::process::Running;
use crate::support::program::end_of;
use crate::support::servers::{CLIENT, SECRET};
use crate::support::{installed, server_script};

/// What the person does on the pages: authsome's form and the provider's.
pub struct Person {
    pub client: &'static str,
    pub secret: &'static str,
    pub agrees: bool,
}

impl Person {
    pub const WITH_THE_RIGHT_SECRET: Self = Self { client: CLIENT, secret: SECRET, agrees: true };
}

/// A whole login that ends well.
#[track_caller]
pub fn completes(scene: &Scene) {
    let url = begin(scene, "acme");
    let browser = Browser::open();
    let page = Person::WITH_THE_RIGHT_SECRET.finishes(&browser, &url);
    let well = page.contains("Login complete") || page.contains("Authentication successful");
    assert!(well, "the login did not end well; the browser is at {} with\n{page}", browser.url());
    is_in_the_vault(scene, "acme");
}

/// Starts a login and gives the address that the browser was sent to.
#[track_caller]
pub fn begin(scene: &Scene, provider: &str) -> String {
    scene.opened.clear();
    let answer = scene.released(&["login", provider, "--force"]);
    assert!(answer.code == 0 && answer.document()["status"] == "started", "no login was started: {answer}");
    scene.opened.first(Duration::from_secs(5))
}

impl Person {
    /// Does what each page asks for, from `url` to the page that says how it ended; gives what that page says.
    #[track_caller]
    pub fn finishes(&self, browser: &Browser, url: &str) -> String {
        browser.go(url);
        let until = Instant::now() + Duration::from_secs(40);
        loop {
            let page = browser.text();
            if ["Login complete", "Login failed", "Login could not finish", "Authentication "]
                .iter()
                .any(|end| page.contains(end))
            {
                return page;
            }
            if browser.has("input[name=client_id]") {
                browser.fill("input[name=client_id]", self.client);
                browser.fill("input[name=client_secret]", self.secret);
                browser.press("form button[type=submit], form input[type=submit]");
            } else if browser.has("input[name=login]") {
                browser.fill("input[name=login]", "ada");
                browser.fill("input[name=password]", "any");
                browser.press("input[value=login] ~ button");
            } else if browser.has("input[value=consent]") {
                browser.press(if self.agrees { "input[value=consent] ~ button" } else { "a[href$=abort]" });
            }
            assert!(Instant::now() < until, "stuck at {} with\n{page}", browser.url());
            thread::sleep(Duration::from_millis(100));
        }
    }
}

/// The provider takes the access token that authsome's vault has.
#[track_caller]
pub fn is_in_the_vault(scene: &Scene, provider: &str) {
    let mut command = scene.world.command(installed(&format!("authsome-{}/bin/python", scene.version)));
    command.arg(server_script("authsome_vault.py")).arg(provider).arg(format!("{}/me", scene.stage.server.issuer));
    let answer = end_of(Running::start(&mut command));
    assert!(answer.code == 0 && answer.document()["status"] == 200, "no good credential in the vault: {answer}");
}
