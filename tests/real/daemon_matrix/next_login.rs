//! The next login, as the person makes it: through the daemon, in Chromium, until the credential is in authsome's vault.

use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::scene::Scene;
use crate::support::browser::Browser;
use crate::support::process::Running;
use crate::support::program::{Answer, end_of};
use crate::support::servers::{CLIENT, SECRET};
use crate::support::{installed, server_script};

/// What the person knows and wants on the pages: authsome's form and the provider's.
#[derive(Clone)]
pub struct Person {
    pub client: String,
    pub secret: String,
    pub agrees: bool,
}

impl Person {
    pub fn with_the_right_secret() -> Self {
        Self { client: CLIENT.to_owned(), secret: SECRET.to_owned(), agrees: true }
    }
}

/// A whole login with our own command that ends well: `--yes` lets it start the daemon.
#[track_caller]
pub fn completes(scene: &Scene) {
    let (login, url) = begin(scene, "60");
    let browser = Browser::open();
    let page = scene.person.finishes(&browser, &url);
    let answer = end_of(login);
    let login = &answer.document()["login"];
    assert!(
        answer.code == 0 && login["outcome"] == "logged_in",
        "the next login did not end well: {}\nthe browser was at {} with\n{page}",
        answer.gist(),
        browser.url()
    );
    is_in_the_vault(scene);
}

/// The login, not yet started.
pub fn login(scene: &Scene, wait: &str) -> Command {
    let mut command = scene.world.process();
    command.args(["login", "acme", "--via", "daemon", "--wait", wait, "--format", "json", "--force", "--yes"]);
    command.args(&scene.given);
    command
}

/// Starts a login that waits for so many seconds, and gives the address that the browser is sent to.
#[track_caller]
pub fn begin(scene: &Scene, wait: &str) -> (Running, String) {
    scene.opened.clear();
    let mut login = Running::start(&mut login(scene, wait));
    let until = Instant::now() + Duration::from_secs(40);
    loop {
        if let Some(url) = scene.opened.addresses().into_iter().next() {
            return (login, url);
        }
        if !login.is_running() || Instant::now() > until {
            let answer = end_of(login);
            panic!("no browser was opened: {}", answer.gist());
        }
        thread::sleep(Duration::from_millis(30));
    }
}

/// A login that must not go well: what our own command says of it.
#[track_caller]
pub fn played_by(scene: &Scene, person: &Person) -> Answer {
    let (login, url) = begin(scene, "60");
    let browser = Browser::open();
    person.finishes(&browser, &url);
    end_of(login)
}

/// authsome's own command; gives the address that it sent the browser to.
#[track_caller]
pub fn begin_with_authsomes_own(scene: &Scene, provider: &str) -> String {
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
                browser.fill("input[name=client_id]", &self.client);
                browser.fill("input[name=client_secret]", &self.secret);
                browser.press("form button[type=submit], form input[type=submit]");
            } else if browser.has("input[name=login]") {
                browser.fill("input[name=login]", "ada");
                browser.fill("input[name=password]", "any");
                browser.press("input[value=login] ~ button");
            } else if browser.has("input[value=consent]") {
                browser.press(if self.agrees { "input[value=consent] ~ button" } else { "a[href$=abort]" });
            } else if browser.has("button[name=decision]") {
                browser.press(if self.agrees { "button[value=authorize]" } else { "button[value=deny]" });
            }
            assert!(Instant::now() < until, "stuck at {} with\n{page}", browser.url());
            thread::sleep(Duration::from_millis(100));
        }
    }
}

/// The provider takes the access token that authsome's vault has; where it has no address that would say so, the token
/// is there.
#[track_caller]
fn is_in_the_vault(scene: &Scene) {
    let mut command = scene.world.command(installed(&format!("authsome-{}/bin/python", scene.version)));
    command.arg(server_script("authsome_vault.py")).arg("acme").arg(&scene.userinfo);
    let answer = end_of(Running::start(&mut command));
    let wanted = if scene.userinfo.is_empty() { Value::Null } else { 200.into() };
    assert!(answer.code == 0 && answer.document()["status"] == wanted, "no good credential in the vault: {answer}");
}
