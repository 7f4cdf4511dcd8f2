//! The device flow (RFC 8628): a code to type or scan, and the waiting for it, as slowly as the provider says.

#![cfg(unix)]

mod common;

use authsome_doctor::host::runtime;
use authsome_doctor::practice::person::{Press, act};
use common::provider::{Provider, Reply, Request};
use common::terminal::Terminal;
use common::{Answer, World, free_port};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener};
use std::sync::atomic::{AtomicUsize, Ordering};
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

const TOKENS: &str = r#"{"access_token":"access-canary-9f31","token_type":"bearer","expires_in":3600,"scope":"read"}"#;

fn tokens() -> Reply {
    Reply(200, TOKENS.to_owned())
}

fn refused(code: &str) -> Reply {
    Reply(400, json!({"error": code}).to_string())
}

/// A world with this provider's definition in it.
fn world(provider: &Provider) -> World {
    let world = World::new();
    let mut definition: Value = serde_json::from_str(&provider.definition()).expect("JSON");
    definition["flow"] = json!("device_code");
    definition["oauth"]["device_authorization_url"] = json!(format!("{}/device", provider.origin));
    world.file("acme.json", definition.to_string());
    world.file("secret", "client-canary-51aa");
    world
}

#[track_caller]
fn cause(answer: &Answer) -> String {
    answer.document()["verdict"]["cause"].as_str().unwrap_or("none").to_owned()
}

#[track_caller]
fn logged_in(answer: &Answer) -> Value {
    assert_eq!(answer.code, 0, "{answer}");
    answer.document()["login"].clone()
}

/// A provider whose polls are answered by number.
fn device(code: Value, poll: impl Fn(usize, &Request) -> Reply + Send + 'static) -> Provider {
    let polls = AtomicUsize::new(0);
    Provider::serving(move |origin, request| match request.path() {
        "/device" => {
            let mut body = json!({
                "device_code": "device-canary-0b7e",
                "user_code": "WDJB-MJHT",
                "verification_uri": format!("{origin}/activate"),
                "interval": 1,
            });
            body.as_object_mut().expect("an object").extend(code.as_object().expect("an object").clone());
            Some(Reply(200, body.to_string()))
        }
        "/token" => Some(poll(polls.fetch_add(1, Ordering::SeqCst) + 1, request)),
        _ => None,
    })
}

fn by_device(world: &World, wait: &str) -> Answer {
    let fixed =
        ["login", "acme", "--provider-file", "acme.json", "--client-id", "acme-id", "--client-secret-file", "secret"];
    world.run([&fixed[..], &["--no-browser", "--format", "json", "--wait", wait]].concat())
}

#[test]
fn authsomes_own_way_of_polling_with_json_and_answers_with_200_works() {
    let provider = device(json!({}), |poll, _| match poll {
        1 => Reply(200, json!({"error": "authorization_pending"}).to_string()),
        _ => tokens(),
    });
    let world = world(&provider);
    let mut definition: Value = serde_json::from_slice(&std::fs::read(world.path("acme.json")).unwrap()).unwrap();
    definition["oauth"]["device_token_request"] = json!("json");
    world.file("acme.json", definition.to_string());
    let answer = by_device(&world, "30");
    logged_in(&answer);
    let polls = provider.token_requests();
    assert_eq!(polls.len(), 2, "{answer}");
    for poll in polls {
        assert_eq!(poll.body, r#"{"device_code":"device-canary-0b7e"}"#);
        assert!(poll.head.to_ascii_lowercase().contains("content-type: application/json"), "{}", poll.head);
    }
    assert!(!format!("{answer}").contains("device-canary-0b7e"), "{answer}");
}

#[test]
fn slow_down_is_heeded() {
    let provider = device(json!({}), |poll, _| if poll == 1 { refused("slow_down") } else { tokens() });
    let began = std::time::Instant::now();
    let answer = by_device(&world(&provider), "60");
    let login = logged_in(&answer);
    assert!(began.elapsed() >= Duration::from_secs(7), "one second, then six: {:?}", began.elapsed());
    assert!(login["steps"].to_string().contains("slow_down: every 6.0 s from now on"), "{answer}");
}

#[test]
fn a_code_that_nobody_approves_is_pending_at_the_end_of_the_waiting_and_expired_at_the_end_of_its_life() {
    let provider = device(json!({}), |_, _| refused("authorization_pending"));
    assert_eq!(cause(&by_device(&world(&provider), "2")), "device_code_pending");
    let short = device(json!({"expires_in": 2}), |_, _| refused("authorization_pending"));
    assert_eq!(cause(&by_device(&world(&short), "60")), "device_code_expired");
}

#[test]
fn a_provider_that_is_away_for_a_while_is_asked_again_more_slowly() {
    let port = free_port();
    let provider = device(json!({}), |_, _| tokens());
    let world = world(&provider);
    let mut definition: Value = serde_json::from_slice(&std::fs::read(world.path("acme.json")).unwrap()).unwrap();
    definition["oauth"]["token_url"] = json!(format!("http://127.0.0.1:{port}/token"));
    world.file("acme.json", definition.to_string());
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).expect("it is free");
    std::thread::spawn(move || {
        let mut polls = 0;
        for mut stream in listener.incoming().flatten() {
            let mut request = [0; 4096];
            let read = stream.read(&mut request).unwrap_or_default();
            polls += usize::from(request[..read].starts_with(b"POST /token"));
            // The first poll is hung up on.
            if polls != 1 {
                let length = TOKENS.len();
                let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n");
                // The look before the login may be gone by now.
                let _ = stream.write_all(format!("{head}{TOKENS}").as_bytes());
            }
        }
    });
    let answer = by_device(&world, "60");
    let login = logged_in(&answer);
    assert!(login["steps"].to_string().contains("no answer: in 2.0 s again"), "{answer}");
}
