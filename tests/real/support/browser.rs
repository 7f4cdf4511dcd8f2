//! Headless Chromium with a fresh profile, driven over the `WebDriver` protocol by Debian's chromedriver.

use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

use super::http;
use super::port::free_port;
use super::process::Running;

const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// Fonts and update servers are not part of these tests.
const NOTHING_ELSE: &str = "MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost";

pub struct Browser {
    port: u16,
    session: String,
    _driver: Running,
    _profile: TempDir,
}

impl Browser {
    pub fn open() -> Self {
        Self::with(&[])
    }

    /// A browser whose settings name a proxy, as those of a company's machines do.
    pub fn behind(proxy: &str) -> Self {
        Self::with(&[&format!("--proxy-server={proxy}")])
    }

    /// A browser that finds this name on this machine.
    pub fn knowing(host: &str) -> Self {
        Self::resolving(&format!("MAP {host} 127.0.0.1, {NOTHING_ELSE}"), &[])
    }

    /// A browser for which nobody listens at this redirect URI: that of another machine, with a 127.0.0.1 of its own.
    pub fn on_another_machine(redirect_uri: &str) -> Self {
        let here = redirect_uri.split('/').nth(2).expect("a host and a port");
        Self::resolving(&format!("MAP {here} 127.0.0.1:1"), &[])
    }

    fn with(more_flags: &[&str]) -> Self {
        Self::resolving(NOTHING_ELSE, more_flags)
    }

    fn resolving(names: &str, more_flags: &[&str]) -> Self {
        let profile = tempfile::tempdir().expect("a temporary folder");
        let (driver, port) = driver(&profile);
        let flags = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--disable-dev-shm-usage",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
        ];
        let names = format!("--host-resolver-rules={names}");
        let profile_flag = format!("--user-data-dir={}", profile.path().join("profile").display());
        let arguments: Vec<_> =
            flags.into_iter().chain([&*profile_flag, &*names]).chain(more_flags.iter().copied()).collect();
        // "eager": the pages of oidc-provider import a font from a host that is not reached here.
        let wanted = json!({"capabilities": {"alwaysMatch": {
            "browserName": "chrome", "pageLoadStrategy": "eager", "acceptInsecureCerts": true,
            "goog:loggingPrefs": {"browser": "ALL"}, "goog:chromeOptions": {"args": arguments}
        }}});
        let created = http::request(port, "POST", "/session", Some(&wanted)).expect("chromedriver answers").json();
        let session = created["value"]["sessionId"].as_str().unwrap_or_else(|| panic!("no session: {created}"));
        Self { port, session: session.to_owned(), _driver: driver, _profile: profile }
    }

    pub fn go(&self, url: &str) {
        self.ask("POST", "url", Some(&json!({"url": url}))).unwrap_or_else(|error| panic!("{url}: {error}"));
    }

    pub fn url(&self) -> String {
        self.ask("GET", "url", None).map_or_else(|error| error, |url| url.as_str().unwrap_or_default().to_owned())
    }

    /// What a person reads on the page.
    pub fn text(&self) -> String {
        let script = json!({"script": "return document.body ? document.body.innerText : ''", "args": []});
        self.ask("POST", "execute/sync", Some(&script))
            .map_or_else(|error| error, |text| text.as_str().unwrap_or_default().to_owned())
    }

    /// Types into the field that `selector` finds.
    pub fn fill(&self, selector: &str, text: &str) {
        self.until(selector, |element| {
            self.ask("POST", &format!("element/{element}/value"), Some(&json!({"text": text})))
        });
    }

    /// Whether the page has such an element now.
    pub fn has(&self, selector: &str) -> bool {
        self.ask("POST", "element", Some(&json!({"using": "css selector", "value": selector}))).is_ok()
    }

    pub fn press(&self, selector: &str) {
        self.until(selector, |element| self.ask("POST", &format!("element/{element}/click"), Some(&json!({}))));
    }

    /// Waits until the browser is at an address that begins so.
    pub fn arrives_at(&self, beginning: &str) {
        let until = Instant::now() + Duration::from_secs(20);
        while !self.url().starts_with(beginning) {
            assert!(Instant::now() < until, "still at {} with\n{}", self.url(), self.text());
            thread::sleep(Duration::from_millis(50));
        }
    }

    /// Waits until the browser is back where this redirect URI leads, and shows a page: the login takes the code out of the
    /// address bar at once, so only host and port stay.
    pub fn comes_back_to(&self, redirect_uri: &str) {
        let host = redirect_uri.split('/').take(3).collect::<Vec<_>>().join("/");
        self.arrives_at(&format!("{host}/"));
        let until = Instant::now() + Duration::from_secs(20);
        while self.text().trim().is_empty() {
            assert!(Instant::now() < until, "an empty page at {}", self.url());
            thread::sleep(Duration::from_millis(50));
        }
        assert!(!self.url().contains("code="), "the code stayed in the address bar");
    }

    /// The address that the browser was sent to and could not open, as the person copies it.
    pub fn could_not_open(&self, beginning: &str) -> String {
        let until = Instant::now() + Duration::from_secs(20);
        loop {
            if let Some(found) = self.history().into_iter().find(|url| url.starts_with(beginning)) {
                return found;
            }
            assert!(Instant::now() < until, "never sent to {beginning}; at {} with\n{}", self.url(), self.text());
            thread::sleep(Duration::from_millis(50));
        }
    }

    /// Does `act` on the element once it is there and takes it; pages are replaced while they are looked at.
    fn until(&self, selector: &str, act: impl Fn(&str) -> Result<Value, String>) {
        let until = Instant::now() + Duration::from_secs(20);
        loop {
            let query = json!({"using": "css selector", "value": selector});
            let done = self
                .ask("POST", "element", Some(&query))
                .and_then(|found| act(found[ELEMENT].as_str().unwrap_or_default()));
            match done {
                Ok(_) => return,
                Err(error) => {
                    assert!(Instant::now() < until, "{selector}: {error}; at {} with\n{}", self.url(), self.text());
                }
            }
            thread::sleep(Duration::from_millis(50));
        }
    }

    pub(super) fn ask(&self, method: &str, verb: &str, body: Option<&Value>) -> Result<Value, String> {
        let path = format!("/session/{}/{verb}", self.session);
        let reply = http::request(self.port, method, &path, body).map_err(|error| error.to_string())?;
        let value = reply.json()["value"].take();
        if reply.status == 200 { Ok(value) } else { Err(value["message"].as_str().unwrap_or_default().to_owned()) }
    }
}

/// Chromedriver on a port of its own. Left to choose one it looks at IPv6 alone, and ends where IPv4 has that number in use.
fn driver(profile: &TempDir) -> (Running, u16) {
    let until = Instant::now() + Duration::from_secs(60);
    loop {
        let port = free_port();
        let mut driver = Running::start(
            Command::new("chromedriver")
                .arg(format!("--port={port}"))
                .env_clear()
                .env("PATH", "/usr/local/bin:/usr/bin:/bin")
                .env("HOME", profile.path())
                .env("LANG", "C.UTF-8"),
        );
        while driver.is_running() {
            assert!(Instant::now() < until, "chromedriver is not ready; {}{}", driver.stdout(), driver.stderr());
            if driver.stdout().contains("started successfully") {
                return (driver, port);
            }
            thread::sleep(Duration::from_millis(20));
        }
        assert!(Instant::now() < until, "chromedriver ends; {}{}", driver.stdout(), driver.stderr());
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // Ends Chromium, which is in no process group of ours.
        let _ = http::request(self.port, "DELETE", &format!("/session/{}", self.session), None);
    }
}
