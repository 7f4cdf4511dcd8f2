//! Two thousand connections a second that are no browser: silent, slow, oversized, of the wrong method or for another
//! host. The login that waits at the same address ends well, and stays small.

#![cfg(target_os = "linux")]

mod common;

use authsome_doctor::host::runtime;
use authsome_doctor::practice::person::{Press, act};
use common::running::Running;
use common::{World, callback_on, free_port};
use std::collections::VecDeque;
use std::io::Write;
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

const A_SECOND: u32 = 2_000;
const THREADS: u32 = 4;
/// Before the person presses Authorize.
const BEFORE: Duration = Duration::from_secs(2);
/// At the very most, whatever happens.
const LIMIT: Duration = Duration::from_secs(20);
const MOST_MEMORY_KB: u64 = 60 * 1024;

/// What does the damage, in turn.
fn junk(number: u32, port: u16) -> Vec<u8> {
    let path = "/auth/callback/oauth";
    match number % 6 {
        // Says nothing.
        0 => Vec::new(),
        // Begins, and does not go on.
        1 => format!("GET {path}?code=abc").into_bytes(),
        2 => format!("GET {path}?code={} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n", "a".repeat(60_000)).into_bytes(),
        3 => format!("POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Length: 100000\r\n\r\n").into_bytes(),
        4 => format!("GET {path}?code=abc&state=x HTTP/1.1\r\nHost: evil.example\r\n\r\n").into_bytes(),
        _ => format!("GET {path}?code=abc&state=x HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n").into_bytes(),
    }
}

struct Flood {
    stop: Arc<AtomicBool>,
    made: Arc<AtomicU32>,
    threads: Vec<thread::JoinHandle<()>>,
}

impl Flood {
    fn begin(port: u16) -> Self {
        let (stop, made) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU32::new(0)));
        let threads = (0..THREADS).map(|_| {
            let (stop, made) = (Arc::clone(&stop), Arc::clone(&made));
            thread::spawn(move || connect_and_spoil(port, &stop, &made))
        });
        Self { threads: threads.collect(), stop, made }
    }

    fn end(self) -> u32 {
        self.stop.store(true, Ordering::SeqCst);
        for thread in self.threads {
            thread.join().expect("it only connects");
        }
        self.made.load(Ordering::SeqCst)
    }
}

/// Keeps to its share of the pace, and holds its last hundred connections open.
fn connect_and_spoil(port: u16, stop: &AtomicBool, made: &AtomicU32) {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let mut held = VecDeque::new();
    let began = Instant::now();
    for number in 0.. {
        let due = began + Duration::from_secs(1) * number * THREADS / A_SECOND;
        thread::sleep(due.saturating_duration_since(Instant::now()));
        if stop.load(Ordering::SeqCst) || began.elapsed() > LIMIT {
            return;
        }
        let Ok(mut stream) = TcpStream::connect_timeout(&address, Duration::from_secs(1)) else { continue };
        made.fetch_add(1, Ordering::SeqCst);
        // What does not fit is not waited for; the listener may have hung up.
        let _ = stream.set_nonblocking(true).and_then(|()| stream.write_all(&junk(number, port)));
        held.push_back(stream);
        if held.len() > 100 {
            held.pop_front();
        }
    }
}

/// The most memory that the process ever held.
fn peak_kb(pid: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?.split_whitespace().next()?.parse().ok()
}

#[test]
fn a_login_ends_well_and_stays_small_while_two_thousand_connections_a_second_are_junk() {
    let world = World::new();
    let port = free_port();
    let redirect_uri = callback_on(port);
    let login = Running::start(&world, &["login", "practice", "--no-browser", "--redirect-uri", &redirect_uri]);
    let address = login.address_to_open();

    let began = Instant::now();
    let flood = Flood::begin(port);
    thread::sleep(BEFORE);
    runtime().block_on(act(&address, Press::Authorize)).expect("the page is there");
    let mut peak = 0;
    while let Some(now) = peak_kb(login.pid()).filter(|_| began.elapsed() < LIMIT) {
        peak = peak.max(now);
        thread::sleep(Duration::from_millis(5));
    }
    let took = began.elapsed();
    let made = flood.end();

    login.end().ends_with(0);
    assert!(peak > 0 && peak < MOST_MEMORY_KB, "the login held {peak} kB");
    let wanted = u32::try_from(BEFORE.as_millis()).expect("is short") * A_SECOND / 1000;
    assert!(made > wanted * 8 / 10, "only {made} connections were made in {took:?}");
}
