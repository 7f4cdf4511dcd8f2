//! The callback port: one for the whole machine, so one test at a time has it.

use std::fs::File;
use std::io::ErrorKind;
use std::net::{Ipv4Addr, Ipv6Addr, TcpListener, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

pub const CALLBACK_PORT: u16 = 7998;

/// While this lives, nobody else who asks for it uses port 7998.
pub struct CallbackPort {
    _lock: File,
}

impl CallbackPort {
    pub fn take() -> Self {
        let path = std::env::temp_dir().join("port7998.lock");
        let lock = File::options()
            .create(true)
            .append(true)
            .open(&path)
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        lock.lock().expect("the lock of the callback port");
        let until = Instant::now() + Duration::from_secs(10);
        while is_held(CALLBACK_PORT) {
            assert!(
                Instant::now() < until,
                "port 7998 is held by a program that these tests did not start: end it, then run them again"
            );
            thread::sleep(Duration::from_millis(50));
        }
        Self { _lock: lock }
    }
}

/// A port that nobody listens on now. Another program could take it before it is used; the kernel deals ports in turn,
/// so that is rare.
pub fn free_port() -> u16 {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|listener| listener.local_addr()).expect("a free port").port()
}

pub fn is_held(port: u16) -> bool {
    let refused = |error: &std::io::Error| error.kind() == ErrorKind::AddrInUse;
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).as_ref().is_err_and(refused)
        || TcpListener::bind((Ipv6Addr::LOCALHOST, port)).as_ref().is_err_and(refused)
}

/// Waits until somebody accepts connections on 127.0.0.1.
pub fn wait_until_held(port: u16) {
    let until = Instant::now() + Duration::from_secs(20);
    while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
        assert!(Instant::now() < until, "nobody listens on port {port} after 20 s");
        thread::sleep(Duration::from_millis(30));
    }
}
