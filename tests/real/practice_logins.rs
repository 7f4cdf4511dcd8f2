//! Logins at the practice provider through the program alone: its faults one after the other, and a real browser on its page.

use std::time::Duration;

use crate::support::browser::Browser;
use crate::support::port::CallbackPort;
use crate::support::process::Running;
use crate::support::program::{Answer, World, end_of};
use crate::support::servers::{DOCUMENTED, printed_url};

/// Whether the answer names this cause first, or says that it may be this one.
fn names(answer: &Answer, cause: &str) -> bool {
    let first = &answer.document()["findings"][0];
    let among_the_others = || first["alternatives"].as_array().is_some_and(|others| others.iter().any(|o| o == cause));
    first["cause"] == cause || among_the_others()
}

#[test]
fn every_fault_of_the_practice_provider_is_named() {
    let _port = CallbackPort::take();
    let world = World::new();
    let list = world.run(["practice", "--list-faults", "--format", "json"]).document();
    let faults = list["faults"].as_array().expect("a list of faults");
    assert!(faults.len() >= 24, "{list}");
    let mut wrong = Vec::new();
    for fault in faults {
        let [name, cause, flow] = ["name", "cause", "flow"].map(|key| fault[key].as_str().expect("a text"));
        let login = ["login", "practice", "--auto-approve", "--format", "json", "--wait", "10"];
        let answer = world.run(login.into_iter().chain(["--fault", name, "--flow", flow]));
        if answer.code != 1 || !names(&answer, cause) {
            wrong.push(format!("{name} should be {cause}; {}", answer.gist()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_login_that_approves_itself_ends_well_on_the_documented_address() {
    let _port = CallbackPort::take();
    let answer = World::new().run(["login", "practice", "--explain", "--auto-approve", "--format", "json"]);
    assert_eq!(answer.code, 0, "{answer}");
    assert_eq!(answer.document()["login"]["redirect_uri"], DOCUMENTED, "{answer}");
}

/// Starts a login whose page is left to the person, and opens that page.
fn open_the_page(world: &World) -> (Running, Browser) {
    let mut login = world.start(["login", "practice", "--format", "json", "--no-browser", "--wait", "60"]);
    let url = printed_url(&mut login, "/authorize?");
    let browser = Browser::open();
    browser.go(&url);
    (login, browser)
}

#[test]
fn pressing_authorize_on_its_page_logs_in() {
    let _port = CallbackPort::take();
    let (login, browser) = open_the_page(&World::new());
    browser.press("button[value=authorize]");
    browser.comes_back_to(DOCUMENTED);
    assert!(!browser.text().trim().is_empty(), "the browser shows an empty page");
    let answer = end_of(login);
    assert_eq!(answer.code, 0, "{answer}");
}

#[test]
fn pressing_deny_on_its_page_is_named_as_the_persons_choice() {
    let _port = CallbackPort::take();
    let (login, browser) = open_the_page(&World::new());
    browser.press("button[value=deny]");
    end_of(login).expect(1, "access_denied_by_user");
}

#[test]
fn closing_the_page_without_an_answer_is_a_callback_that_never_came() {
    let _port = CallbackPort::take();
    let world = World::new();
    let mut login = world.start(["login", "practice", "--format", "json", "--no-browser", "--wait", "3"]);
    printed_url(&mut login, "/authorize?");
    assert!(login.wait(Duration::from_secs(30)).is_some(), "it waits on: {}", login.stderr());
    end_of(login).expect(1, "callback_timeout");
}
