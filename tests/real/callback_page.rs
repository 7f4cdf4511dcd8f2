//! The page in the browser at the end of a login, in Chromium: what it says, what it keeps, and what people do with it.

use std::sync::mpsc::{Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use crate::support::browser::Browser;
use crate::support::port::free_port;
use crate::support::process::Running;
use crate::support::program::{World, end_of};
use crate::support::provider::{Provider, Reply};
use crate::support::servers::printed_url;

const CODE: &str = "a-code-canary-31415926535";
const TOKEN: &str =
    r#"{"access_token":"a-token-canary-271828","token_type":"bearer","expires_in":3600,"scope":"read"}"#;

/// A login at the practice provider, with its page in the browser.
fn practice(more: &[&str]) -> (Running, Browser) {
    let redirect_uri = format!("http://127.0.0.1:{}/auth/callback/oauth", free_port());
    let fixed =
        ["login", "practice", "--format", "json", "--no-browser", "--wait", "60", "--redirect-uri", &redirect_uri];
    let mut login = World::new().start(fixed.iter().chain(more));
    let url = printed_url(&mut login, "/authorize?");
    let browser = Browser::open();
    browser.go(&url);
    (login, browser)
}

/// A login at Acme, whose token endpoint answers only when it is told to: until then the login has the code, and its page
/// waits for the ending.
struct Acme {
    _world: World,
    provider: Provider,
    login: Running,
    browser: Browser,
    callback: String,
    answer: Sender<()>,
}

impl Acme {
    fn begin() -> Self {
        let (answer, told) = channel();
        let provider = Provider::start(move |_| {
            // Whatever happens, the test ends.
            let _ = told.recv_timeout(Duration::from_secs(60));
            Reply(200, TOKEN.to_owned())
        });
        let world = World::new();
        world.file("acme.json", &provider.definition());
        let redirect_uri = format!("http://127.0.0.1:{}/auth/callback/oauth", free_port());
        let fixed = ["login", "acme", "--provider-file", "acme.json", "--client-id", "acme-id", "--format", "json"];
        let rest = ["--no-browser", "--wait", "60", "--redirect-uri", &redirect_uri];
        let mut login = world.start(fixed.iter().chain(&rest));
        let url = printed_url(&mut login, "/authorize?");
        let state = url.split("state=").nth(1).and_then(|rest| rest.split('&').next()).expect("it has a state");
        let callback = format!("{redirect_uri}?code={CODE}&state={state}");
        let browser = Browser::open();
        browser.go(&url);
        Self { _world: world, provider, login, browser, callback, answer }
    }

    fn wait_for_the_code(&self) {
        while self.provider.token_requests().is_empty() {
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// Lets the login end while its pages wait, and looks at each of them.
    #[track_caller]
    fn ends_well_in_tabs(self, number: usize) {
        self.wait_for_the_code();
        // What was done to the tabs last is on its way.
        thread::sleep(Duration::from_millis(500));
        self.answer.send(()).expect("it waits");
        let answer = end_of(self.login);
        assert_eq!(answer.code, 0, "{answer}");
        // The page that opened the others is the provider's own.
        self.browser.script("document.body.innerText += ' Logged in to Acme'");
        assert_eq!(self.browser.every_tab_says("Logged in to Acme"), number + 1);
        self.browser.keeps_no_code_and_no_error();
        assert_eq!(self.provider.token_requests().len(), 1, "the code was sent more than once");
    }
}

#[test]
fn success_says_what_was_connected_and_keeps_no_code() {
    let (login, browser) = practice(&[]);
    browser.press("button[value=authorize]");
    assert_eq!(end_of(login).code, 0);
    browser.every_tab_says("Logged in to Practice provider");
    let text = browser.text();
    for words in ["default", "read", "write", "This tab can be closed"] {
        assert!(text.contains(words), "no {words:?} in\n{text}");
    }
    browser.keeps_no_code_and_no_error();
    browser.back();
    assert!(browser.url().contains("/authorize"), "{}", browser.url());
    browser.keeps_no_code_and_no_error();
}

#[test]
fn failure_says_what_the_terminal_says() {
    let (login, browser) = practice(&["--fault", "invalid_client_credentials:github"]);
    browser.press("button[value=authorize]");
    let answer = end_of(login);
    answer.expect(1, "invalid_client_credentials");
    let title = answer.document()["findings"][0]["title"].as_str().expect("a text").to_owned();
    browser.every_tab_says(&title);
    let text = browser.text();
    for words in ["did not finish", "How we know", "What to do", "authsome login practice"] {
        assert!(text.contains(words), "no {words:?} in\n{text}");
    }
    browser.keeps_no_code_and_no_error();
}

#[test]
fn deny_is_said_to_be_the_persons_choice() {
    let (login, browser) = practice(&[]);
    browser.press("button[value=deny]");
    end_of(login).expect(1, "access_denied_by_user");
    browser.every_tab_says("denied");
    browser.keeps_no_code_and_no_error();
}

#[test]
fn a_double_click_on_authorize_logs_in_once() {
    let (login, browser) = practice(&[]);
    browser.script("const b = document.querySelector('button[value=authorize]'); b.click(); b.click(); return true");
    let answer = end_of(login);
    assert_eq!(answer.code, 0, "{answer}");
    browser.every_tab_says("Logged in to Practice provider");
    browser.keeps_no_code_and_no_error();
}

#[test]
fn a_person_who_goes_away_and_back_can_still_authorize() {
    let (login, browser) = practice(&[]);
    browser.go("about:blank");
    browser.back();
    browser.press("button[value=authorize]");
    assert_eq!(end_of(login).code, 0);
    browser.every_tab_says("Logged in to Practice provider");
    browser.keeps_no_code_and_no_error();
}

#[test]
fn the_callback_loaded_again_shows_the_same_ending_and_sends_the_code_once() {
    let acme = Acme::begin();
    acme.browser.script(&format!("window.tab = window.open('{}')", acme.callback));
    acme.wait_for_the_code();
    acme.browser.script(&format!("window.tab.location = '{}'", acme.callback));
    acme.ends_well_in_tabs(1);
}

#[test]
fn two_tabs_that_come_back_both_show_the_ending() {
    let acme = Acme::begin();
    for code in [CODE, "another-code-of-the-second-tab"] {
        acme.browser.script(&format!("window.open('{}')", acme.callback.replace(CODE, code)));
        acme.wait_for_the_code();
    }
    acme.ends_well_in_tabs(2);
}

#[test]
fn a_browser_that_fetches_the_callback_ahead_uses_nothing_up() {
    let acme = Acme::begin();
    acme.browser.script(&format!(
        "const link = document.createElement('link'); link.rel = 'prefetch'; link.href = '{}'; document.head.append(link)",
        acme.callback
    ));
    let origin = acme.callback.split("/auth/").next().expect("there is always a first");
    acme.browser.script(&format!("fetch('{origin}/favicon.ico', {{mode: 'no-cors'}})"));
    let until = Instant::now() + Duration::from_secs(20);
    while !acme.login.stderr().contains("only looks ahead") {
        assert!(Instant::now() < until, "Chromium fetched nothing ahead: {}", acme.login.stderr());
        thread::sleep(Duration::from_millis(50));
    }
    assert!(acme.provider.token_requests().is_empty(), "the code was used by a fetch ahead");
    acme.browser.script(&format!("window.open('{}')", acme.callback));
    acme.ends_well_in_tabs(1);
}

#[test]
fn a_tab_of_another_login_keeps_no_code_and_is_told_that_it_is_not_this_one() {
    let acme = Acme::begin();
    let foreign =
        acme.callback.split("&state=").next().expect("there is always a first").to_owned() + "&state=of-another";
    acme.browser.go(&foreign);
    acme.browser.every_tab_says("Not this login");
    acme.browser.keeps_no_code_and_no_error();
    acme.browser.go("about:blank");
    acme.browser.script(&format!("window.open('{}')", acme.callback));
    acme.ends_well_in_tabs(1);
}
