//! A person at a terminal, in the flows that need one: a code to type or scan, an address that only the person knows.

#![cfg(unix)]

mod common;

use authsome_doctor::host::runtime;
use authsome_doctor::practice::person::{Press, act};
use common::provider::{Provider, Reply};
use common::terminal::Terminal;
use common::{World, callback_on, free_port};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::time::Duration;

const SOON: Duration = Duration::from_secs(60);
const DEVICE: &[&str] = &["login", "practice", "--flow", "device_code", "--no-browser"];

/// What Ctrl-C does at a terminal that belongs to the program.
fn interrupt(login: &Terminal) {
    let pid = i32::try_from(login.pid()).expect("the system numbers processes so");
    kill(Pid::from_raw(pid), Signal::SIGINT).expect("it is our child");
}

/// The line of the screen that holds nothing but this kind of word.
fn line_alone(screen: &str, is: impl Fn(&str) -> bool) -> String {
    let line = screen.lines().map(str::trim).find(|line| is(line));
    line.unwrap_or_else(|| panic!("no such line on the screen:\n{screen}")).to_owned()
}

fn is_user_code(line: &str) -> bool {
    line.len() == 9 && line.as_bytes()[4] == b'-' && line.chars().filter(char::is_ascii_uppercase).count() == 8
}

#[test]
fn the_code_and_the_address_stand_on_lines_of_their_own_beside_a_picture_and_the_time_left() {
    let world = World::new();
    let mut login = Terminal::start(&world, DEVICE);
    login.shows("waiting for you to approve", SOON);
    login.shows("4:5", SOON);
    let screen = login.text();
    let code = line_alone(&screen, is_user_code);
    let address = line_alone(&screen, |line| line.starts_with("http://") && line.ends_with("/device"));
    let picture = screen.lines().filter(|line| line.trim().starts_with("██")).count();
    assert!(picture > 12, "a picture to scan:\n{screen}");
    runtime().block_on(act(&format!("{address}?user_code={code}"), Press::Authorize)).expect("the page is there");
    let (exit, screen) = login.end(SOON);
    assert_eq!(exit, 0, "{screen}");
    assert!(screen.contains("Logged in to Practice provider"), "{screen}");
}

#[test]
fn a_terminal_of_ascii_and_a_file_get_no_picture() {
    let ascii = World::new().set("LANG", "C");
    let mut login = Terminal::start(&ascii, DEVICE);
    login.shows("waiting for you to approve", SOON);
    let screen = login.text();
    line_alone(&screen, is_user_code);
    assert!(!screen.contains('█') && !screen.contains("scan"), "{screen}");
    interrupt(&login);
    assert_eq!(login.end(SOON).0, 130);

    let file = World::new().practise(&["--flow", "device_code", "--format", "human"]).ends_with(0);
    assert!(!file.stderr.contains('█') && file.stderr.lines().any(|line| is_user_code(line.trim())), "{file}");
}

#[test]
fn ctrl_c_stops_while_the_provider_does_not_answer_a_poll() {
    let provider = Provider::serving(|origin, request| {
        if request.path() == "/token" {
            std::thread::sleep(Duration::from_secs(20));
        }
        let code =
            format!(r#"{{"device_code":"d","user_code":"WDJB-MJHT","verification_uri":"{origin}/a","interval":1}}"#);
        Some(Reply(200, code))
    });
    let world = World::new();
    let definition = provider.definition().replace(
        "\"token_url\"",
        &format!("\"device_authorization_url\": \"{}/device\", \"token_url\"", provider.origin),
    );
    world.file("acme.json", definition);
    let fixed = ["login", "acme", "--flow", "device_code", "--provider-file", "acme.json", "--client-id", "a"];
    let mut login = Terminal::start(&world, &[&fixed[..], &["--no-browser"]].concat());
    login.shows("waiting for you to approve", SOON);
    std::thread::sleep(Duration::from_secs(2));
    assert_eq!(provider.token_requests().len(), 1, "it is polling");
    interrupt(&login);
    assert_eq!(login.end(Duration::from_secs(5)).0, 130);
}

#[test]
fn the_base_url_is_asked_for_where_only_the_person_knows_it() {
    let provider = Provider::start(|_| Reply(200, r#"{"access_token":"t-canary","token_type":"bearer"}"#.to_owned()));
    let world = World::new();
    world.file("acme.json", provider.definition().replace(&provider.origin, "{base_url}"));
    let redirect_uri = callback_on(free_port());
    let fixed = ["login", "acme", "--provider-file", "acme.json", "--client-id", "a", "--no-browser"];
    let mut login = Terminal::start(&world, &[&fixed[..], &["--redirect-uri", &redirect_uri]].concat());
    login.shows("base URL of your Acme", SOON);
    login.types(&format!("{}\r", provider.origin));
    login.shows(&format!("{}/authorize?", provider.origin), SOON);
    login.shows("waiting for you", SOON);
    interrupt(&login);
    assert_eq!(login.end(SOON).0, 130);
}
