//! A person at a terminal whose login waits: keys count at once, a pasted address finishes the login unseen, and the
//! terminal is left as it was, whatever ends the waiting.

#![cfg(unix)]

mod common;

use common::provider::{Provider, Reply, browse};
use common::terminal::Terminal;
use common::{World, callback_on, free_port};
use nix::sys::signal::Signal;
use std::time::{Duration, Instant};

const SOON: Duration = Duration::from_secs(30);
const CODE: &str = "a-code-canary-31415926535";

/// A login of Acme that waits for its person, and where it is called back.
struct Waiting {
    terminal: Terminal,
    redirect_uri: String,
    provider: Provider,
}

impl Waiting {
    fn start(world: &World, more: &[&str]) -> Self {
        let provider = Provider::start(|_| {
            Reply(200, r#"{"access_token":"a-token-canary-271828","token_type":"bearer","expires_in":3600}"#.to_owned())
        });
        world.file("acme.json", provider.definition());
        let redirect_uri = callback_on(free_port());
        let fixed = ["login", "acme", "--provider-file", "acme.json", "--client-id", "acme-id"];
        let mut terminal = Terminal::start(world, &[&fixed[..], &["--redirect-uri", &redirect_uri], more].concat());
        terminal.shows("waiting for you", SOON);
        Self { terminal, redirect_uri, provider }
    }

    fn by_hand(world: &World) -> Self {
        Self::start(world, &["--no-browser"])
    }

    fn state(&self) -> String {
        let text = self.terminal.text();
        let rest = text.split("state=").nth(1).expect("the address is shown");
        rest.split('&').next().expect("there is always a first").to_owned()
    }

    fn callback(&self) -> String {
        format!("{}?code={CODE}&state={}", self.redirect_uri, self.state())
    }

    #[track_caller]
    fn finishes(self) -> String {
        let (code, screen) = self.terminal.end(SOON);
        assert!(code == 0 && screen.contains("Logged in to Acme"), "exit {code}; the screen:\n{screen}");
        assert!(self.provider.token_requests()[0].body.contains(CODE), "another code was sent");
        assert!(!screen.contains(CODE), "the code is on the screen:\n{screen}");
        screen
    }
}

#[test]
fn what_is_waited_for_and_what_the_keys_do_is_said_in_80_columns() {
    let world = World::new();
    let login = Waiting::by_hand(&world);
    let text = login.terminal.text();
    let line = text.lines().rev().find(|line| line.contains("waiting for you")).expect("it is shown");
    for words in ["4:5", "o open again", "p paste the address", "q stop"] {
        assert!(line.contains(words), "{line}");
    }
    assert!(line.rsplit("    waiting").next().is_some_and(|last| last.len() + 11 < 80), "{line}");
}

#[test]
fn an_address_pasted_at_any_time_finishes_the_login_and_is_never_shown() {
    let world = World::new();
    let mut login = Waiting::by_hand(&world);
    login.terminal.types(&login.callback());
    login.terminal.shows("address received", SOON);
    login.finishes();
}

#[test]
fn an_address_that_was_wrapped_finishes_the_login_too_and_so_does_its_query() {
    let world = World::new();
    let mut login = Waiting::by_hand(&world);
    let callback = login.callback();
    let (first, second) = callback.split_at(callback.len() / 2);
    login.terminal.types(&format!("\u{1b}[200~  {first}\n    {second}\n\u{1b}[201~"));
    login.finishes();

    let mut login = Waiting::by_hand(&world);
    let query = login.callback().split_once('?').expect("it has a query").1.to_owned();
    login.terminal.types("p");
    login.terminal.shows("Paste the address", SOON);
    login.terminal.types(&format!("?{query}\n"));
    login.finishes();
}

#[test]
fn a_paste_that_comes_in_pieces_over_a_slow_line_is_one() {
    let world = World::new();
    let mut login = Waiting::by_hand(&world);
    let callback = login.callback();
    let (first, second) = callback.split_at(callback.len() - 20);
    login.terminal.types(&format!("\u{1b}[200~{first}"));
    std::thread::sleep(Duration::from_millis(400));
    login.terminal.types(&format!("{second}\u{1b}[201~"));
    login.finishes();
}

#[test]
fn an_address_without_a_state_or_with_one_that_nobody_issued_is_named_and_the_login_goes_on() {
    let world = World::new();
    let mut login = Waiting::by_hand(&world);
    login.terminal.types(&format!("{}?code={CODE}", login.redirect_uri));
    login.terminal.shows("without a state", SOON);
    login.terminal.types(&format!("{}?code={CODE}&state=forged", login.redirect_uri));
    login.terminal.shows("no login here issued", SOON);
    login.terminal.types(&login.callback());
    login.finishes();
}

#[test]
fn an_address_of_a_login_that_runs_in_another_terminal_is_named_and_not_used() {
    let world = World::new();
    let other = Waiting::by_hand(&world);
    let mut login = Waiting::by_hand(&world);
    login.terminal.types(&other.callback());
    login.terminal.shows(&format!("another login that runs now, pid {}: acme", other.terminal.pid()), SOON);
    assert!(login.provider.token_requests().is_empty());
    login.terminal.types(&login.callback());
    login.finishes();
}

#[test]
fn a_tab_of_a_login_that_is_over_is_named_while_the_new_one_waits() {
    let world = World::new();
    let mut earlier = Waiting::by_hand(&world);
    let tab = earlier.callback();
    earlier.terminal.types("q");
    assert_eq!(earlier.terminal.end(SOON).0, 130);
    let mut login = Waiting::by_hand(&world);
    let query = tab.split_once('?').expect("it has a query").1;
    browse(&format!("{}?{query}", login.redirect_uri));
    login.terminal.shows("an earlier login, a stale tab: acme (connection default)", SOON);
    browse(&login.callback());
    login.finishes();
}

#[test]
fn a_stale_tab_alone_ends_in_a_diagnosis_that_says_whose_it_is() {
    let world = World::new();
    let mut earlier = Waiting::by_hand(&world);
    let tab = earlier.callback();
    earlier.terminal.types("q");
    assert_eq!(earlier.terminal.end(SOON).0, 130);
    let mut login = Waiting::start(&world, &["--no-browser", "--wait", "3"]);
    let query = tab.split_once('?').expect("it has a query").1;
    browse(&format!("{}?{query}", login.redirect_uri));
    login.terminal.shows("A tab of an earlier login to acme came back", SOON);
    login.terminal.shows("What now", SOON);
    login.terminal.chooses("stop here");
    assert_eq!(login.terminal.end(SOON).0, 1);
}

#[test]
fn what_the_page_says_is_read_when_it_is_pasted() {
    let world = World::new();
    let mut login = Waiting::by_hand(&world);
    login
        .terminal
        .types("Error 400: redirect_uri_mismatch\nYou can't sign in because this app sent an invalid request.\n");
    login.terminal.shows("What now", SOON);
    assert!(login.terminal.text().contains("redirect URI"), "{}", login.terminal.text());
    login.terminal.chooses("stop here");
    assert_eq!(login.terminal.end(SOON).0, 1);
}

#[test]
fn the_browser_is_opened_again_on_a_key() {
    let world = World::new();
    let log = world.path("opened");
    let script = world.script("bin/browser", &format!("echo \"$1\" >> {}", log.display()));
    let world = world.set("BROWSER", &script);
    let mut login = Waiting::start(&world, &[]);
    let opened = || std::fs::read_to_string(&log).unwrap_or_default().lines().count();
    let until = Instant::now() + SOON;
    login.terminal.types("o");
    while opened() < 2 {
        assert!(Instant::now() < until, "opened {} times; the screen:\n{}", opened(), login.terminal.text());
        std::thread::sleep(Duration::from_millis(50));
    }
    browse(&login.callback());
    login.finishes();
}

#[test]
fn the_terminal_is_left_as_it_was_whatever_ends_the_waiting() {
    let world = World::new();
    let ends: [(i32, fn(&mut Waiting)); 3] = [
        (130, |login| login.terminal.types("q")),
        (130, |login| login.terminal.signal(Signal::SIGINT)),
        (143, |login| login.terminal.signal(Signal::SIGTERM)),
    ];
    for (number, (code, end)) in ends.into_iter().enumerate() {
        let mut login = Waiting::by_hand(&world);
        assert!(!login.terminal.is_as_a_shell_leaves_it(), "what is pasted would be shown");
        end(&mut login);
        assert_eq!(login.terminal.end_and_modes(SOON), (code, true), "end {number}");
    }
    let mut login = Waiting::by_hand(&world);
    login.terminal.types(&login.callback());
    assert_eq!(login.terminal.end_and_modes(SOON), (0, true));
}

#[test]
fn over_ssh_the_exact_line_that_leads_back_is_said_beside_the_address() {
    let world = World::new().set("SSH_CONNECTION", "198.51.100.7 50722 192.0.2.10 2222");
    let login = Waiting::by_hand(&world);
    let port = login.redirect_uri.split([':', '/']).nth(4).expect("it has a port");
    let text = login.terminal.text();
    assert!(text.contains(&format!("ssh -p 2222 -L {port}:127.0.0.1:{port} ")), "{text}");
    assert!(text.contains("@192.0.2.10") && text.contains("paste it here"), "{text}");
}
