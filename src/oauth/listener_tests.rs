//! The listener, as a browser and as others find it.

use super::*;
use crate::sink::Secret;
use std::io::{Read, Write};
use std::net::TcpStream;

const STATE: &str = "state-of-the-listener-test";

fn listening() -> (Listener, u16) {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let expected = Expected {
        path: "/auth/callback/oauth".into(),
        other_paths: vec![("/api/auth/callback/oauth".into(), "0.6 and later".into())],
        hosts: vec![format!("127.0.0.1:{port}")],
        state: Secret::new(STATE),
    };
    let pages = Pages {
        headers: vec![("cache-control", "no-store".into())],
        nothing_here: "nothing here".into(),
        foreign: "foreign".into(),
        waiting: "waiting".into(),
    };
    let uri = Url::parse(&format!("http://127.0.0.1:{port}/auth/callback/oauth")).unwrap();
    (listen(&uri, expected, pages).unwrap(), port)
}

fn send(port: u16, raw: &str) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.write_all(raw.as_bytes()).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(8))).unwrap();
    let mut answer = Vec::new();
    let mut part = [0; 4096];
    while let Ok(n) = stream.read(&mut part) {
        answer.extend_from_slice(&part[..n]);
        let text = String::from_utf8_lossy(&answer);
        if n == 0
            || text.starts_with("HTTP/1.1 204")
            || text.contains("content-length: 0")
            || text.split("\r\n\r\n").nth(1).is_some_and(|b| !b.is_empty())
        {
            break;
        }
    }
    String::from_utf8_lossy(&answer).into_owned()
}

fn get(port: u16, target: &str) -> String {
    send(port, &format!("GET {target} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n"))
}

fn next(listener: &Listener) -> Arrival {
    listener.arrivals.recv_timeout(Duration::from_secs(5)).unwrap()
}

#[test]
fn junk_is_answered_and_the_callback_still_counts() {
    let (listener, port) = listening();
    assert!(get(port, "/favicon.ico").starts_with("HTTP/1.1 204"));
    assert!(get(port, "/somewhere").starts_with("HTTP/1.1 404"));
    assert!(
        send(
            port,
            &format!("POST /auth/callback/oauth HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\ncontent-length: 0\r\n\r\n")
        )
        .starts_with("HTTP/1.1 405")
    );
    assert!(
        send(port, "GET /auth/callback/oauth?code=abc HTTP/1.1\r\nHost: evil.example\r\n\r\n")
            .starts_with("HTTP/1.1 421")
    );
    assert!(get(port, &format!("/auth/callback/oauth?code={}", "a".repeat(20_000))).starts_with("HTTP/1.1 414"));
    assert!(send(port, "\u{0}\u{1}junk\r\n\r\n").starts_with("HTTP/1.1 400"));
    for query in ["code=abcdefghij", "code=abcdefghij&state=other"] {
        let answer = get(port, &format!("/auth/callback/oauth?{query}"));
        assert!(answer.starts_with("HTTP/1.1 303") && answer.contains(NOT_THIS_LOGIN), "{answer}");
    }
    for _ in 0..4 {
        assert!(matches!(next(&listener), Arrival::Junk(_)));
    }
    assert!(matches!(next(&listener), Arrival::NoState { .. }));
    assert!(matches!(next(&listener), Arrival::ForeignState { .. }));
    let answer = get(port, &format!("/auth/callback/oauth?code=abcdefghij&state={STATE}"));
    assert!(answer.starts_with("HTTP/1.1 303") && answer.contains("/ending/") && !answer.contains("abcdefghij"));
    assert!(matches!(next(&listener), Arrival::Code { .. }));
}

#[test]
fn a_second_time_changes_nothing() {
    let (listener, port) = listening();
    for _ in 0..2 {
        get(port, &format!("/auth/callback/oauth?code=abcdefghij&state={STATE}"));
    }
    assert!(matches!(next(&listener), Arrival::Code { .. }));
    assert!(matches!(next(&listener), Arrival::Again));
}

/// Brings the code, and gives the address of the page that the browser is sent to.
fn sent_to(port: u16) -> String {
    let answer = get(port, &format!("/auth/callback/oauth?code=abcdefghij&state={STATE}"));
    let at = answer.find("location: ").expect("the browser is sent on") + "location: ".len();
    answer[at..].lines().next().unwrap().to_owned()
}

#[test]
fn the_page_waits_for_the_ending_and_shows_it_to_nobody_else() {
    let (listener, port) = listening();
    let ending = sent_to(port);
    let page = std::thread::spawn(move || get(port, &ending));
    std::thread::sleep(Duration::from_millis(100));
    listener.end("it is done".to_owned());
    let page = page.join().unwrap();
    assert!(page.contains("it is done") && page.contains("cache-control: no-store"), "{page}");
    assert!(!get(port, "/authsome-doctor/ending/guessed").contains("it is done"));
}

#[test]
fn a_browser_that_looks_ahead_changes_nothing() {
    let (listener, port) = listening();
    for header in ["Sec-Purpose: prefetch", "Sec-Purpose: prefetch;prerender", "Purpose: prefetch"] {
        let answer = send(
            port,
            &format!(
                "GET /auth/callback/oauth?code=abcdefghij&state={STATE} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n{header}\r\n\r\n"
            ),
        );
        assert!(answer.starts_with("HTTP/1.1 204"), "{answer}");
        assert!(matches!(next(&listener), Arrival::Junk(_)));
    }
    sent_to(port);
    assert!(matches!(next(&listener), Arrival::Code { .. }));
}

#[test]
fn silent_connections_do_not_keep_the_browser_out() {
    let (listener, port) = listening();
    let silent: Vec<TcpStream> =
        (0..2 * crate::oauth::crowd::MOST).map(|_| TcpStream::connect(("127.0.0.1", port)).unwrap()).collect();
    get(port, &format!("/api/auth/callback/oauth?error=redirect_uri_mismatch&state={STATE}"));
    assert!(matches!(next(&listener), Arrival::Refusal { path, .. } if path == "/api/auth/callback/oauth"));
    drop(silent);
}

#[test]
fn a_flood_is_counted_and_not_told_one_by_one() {
    let (listener, port) = listening();
    for _ in 0..MOST_TOLD + 50 {
        get(port, "/somewhere");
    }
    sent_to(port);
    assert_eq!(listener.requests(), MOST_TOLD + 51);
    let told: Vec<Arrival> = listener.arrivals.try_iter().collect();
    assert_eq!(told.len(), MOST_TOLD as usize + 1);
    assert!(matches!(told.last(), Some(Arrival::Code { .. })));
}

#[test]
fn a_dropped_listener_frees_its_port() {
    let (listener, port) = listening();
    drop(listener);
    std::thread::sleep(Duration::from_millis(100));
    assert!(std::net::TcpListener::bind(("127.0.0.1", port)).is_ok());
}
