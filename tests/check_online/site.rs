//! Servers of the tests' own: one that speaks https and keeps what it was asked, one that only counts who came.

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv6Addr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;
use tempfile::NamedTempFile;

/// A request as it came.
#[derive(Clone, Debug)]
pub struct Request {
    pub method: String,
    pub path: String,
    /// All header lines, in lower case.
    pub head: String,
    pub body: String,
}

pub struct Reply {
    pub status: u16,
    pub headers: Vec<(&'static str, String)>,
    pub body: Vec<u8>,
}

pub fn reply(status: u16, body: impl Into<Vec<u8>>) -> Reply {
    Reply { status, headers: Vec::new(), body: body.into() }
}

pub fn leading_to(location: impl Into<String>) -> Reply {
    Reply { status: 302, headers: vec![("Location", location.into())], body: Vec::new() }
}

/// Whose certificate is shown.
#[derive(Clone, Copy, PartialEq)]
pub enum Shown {
    Good,
    OtherName,
    Expired,
}

/// An https server on loopback for these names, its authority in a file.
pub struct Site {
    pub port: u16,
    authority: NamedTempFile,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl Site {
    /// `answer` is told the server's own origin.
    pub fn start(answer: impl Fn(&str, &Request) -> Reply + Send + Sync + 'static) -> Self {
        Self::showing(Shown::Good, &["localhost", "127.0.0.1"], answer)
    }

    pub fn showing(
        shown: Shown,
        names: &[&str],
        answer: impl Fn(&str, &Request) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let (config, pem) = certificate(shown, names);
        let mut authority = tempfile::Builder::new().suffix(".pem").tempfile().expect("a file");
        authority.write_all(pem.as_bytes()).expect("a file");
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
        let port = listener.local_addr().expect("it is bound").port();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let (kept, answer, config) = (Arc::clone(&requests), Arc::new(answer), Arc::new(config));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (kept, answer, config) = (Arc::clone(&kept), Arc::clone(&answer), Arc::clone(&config));
                thread::spawn(move || serve(stream, config, &format!("https://localhost:{port}"), &kept, &*answer));
            }
        });
        Self { port, authority, requests }
    }

    pub fn origin(&self) -> String {
        format!("https://localhost:{}", self.port)
    }

    pub fn authority(&self) -> &Path {
        self.authority.path()
    }

    pub fn requests(&self) -> Vec<Request> {
        self.requests.lock().expect("nobody panics while holding it").clone()
    }

    /// Method and path of each request.
    pub fn asked(&self) -> Vec<String> {
        self.requests().iter().map(|request| format!("{} {}", request.method, request.path)).collect()
    }
}

fn serve(
    stream: TcpStream,
    config: Arc<ServerConfig>,
    origin: &str,
    kept: &Mutex<Vec<Request>>,
    answer: &dyn Fn(&str, &Request) -> Reply,
) {
    let _ = stream.set_read_timeout(Some(Duration::from_secs(20)));
    let Ok(connection) = ServerConnection::new(config) else { return };
    let mut stream = BufReader::new(StreamOwned::new(connection, stream));
    while let Some(request) = read(&mut stream) {
        kept.lock().expect("nobody panics while holding it").push(request.clone());
        let Reply { status, headers, body } = answer(origin, &request);
        let headers: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        let head = format!("HTTP/1.1 {status} Said\r\n{headers}Content-Length: {}\r\n\r\n", body.len());
        let body = if request.method == "HEAD" { &[][..] } else { &body[..] };
        let out = stream.get_mut();
        if out.write_all(head.as_bytes()).and_then(|()| out.write_all(body)).and_then(|()| out.flush()).is_err() {
            return;
        }
    }
}

fn read(stream: &mut impl BufRead) -> Option<Request> {
    let mut line = String::new();
    stream.read_line(&mut line).ok()?;
    let (method, path) = line.split_once(' ')?;
    let mut request = Request {
        method: method.to_owned(),
        path: path.split(' ').next()?.to_owned(),
        head: String::new(),
        body: String::new(),
    };
    let mut length = 0;
    loop {
        let mut header = String::new();
        if stream.read_line(&mut header).ok()? == 0 {
            return None;
        }
        if header.trim().is_empty() {
            break;
        }
        let header = header.to_ascii_lowercase();
        if let Some(value) = header.strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
        request.head.push_str(&header);
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).ok()?;
    request.body = String::from_utf8_lossy(&body).into_owned();
    Some(request)
}

fn certificate(shown: Shown, names: &[&str]) -> (ServerConfig, String) {
    let mut authority = CertificateParams::new(Vec::new()).expect("no names");
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority_key = KeyPair::generate().expect("a key");
    let pem = authority.self_signed(&authority_key).expect("a certificate").pem();
    let names: Vec<String> = match shown {
        Shown::OtherName => vec!["elsewhere.example".to_owned()],
        _ => names.iter().map(|name| (*name).to_owned()).collect(),
    };
    let mut own = CertificateParams::new(names).expect("names");
    if shown == Shown::Expired {
        (own.not_before, own.not_after) = (date_time_ymd(2020, 1, 1), date_time_ymd(2021, 1, 1));
    }
    let own_key = KeyPair::generate().expect("a key");
    let signed = own.signed_by(&own_key, &Issuer::new(authority, authority_key)).expect("a certificate");
    let key = PrivateKeyDer::try_from(own_key.serialize_der()).expect("a key");
    let config = ServerConfig::builder_with_provider(rustls::crypto::ring::default_provider().into())
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![signed.der().clone()], key)
        .expect("a pair");
    (config, pem)
}

/// What must not be reached: listens on every address of this machine and counts who came.
pub struct Victim {
    pub port: u16,
    visits: Arc<AtomicUsize>,
}

impl Victim {
    pub fn start() -> Self {
        let listener = TcpListener::bind((Ipv6Addr::UNSPECIFIED, 0)).or_else(|_| TcpListener::bind(("0.0.0.0", 0)));
        let listener = listener.expect("a free port");
        let port = listener.local_addr().expect("it is bound").port();
        let visits = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&visits);
        thread::spawn(move || {
            for _ in listener.incoming() {
                counted.fetch_add(1, Ordering::SeqCst);
            }
        });
        Self { port, visits }
    }

    pub fn visits(&self) -> usize {
        // A connection that was made is accepted a moment later.
        thread::sleep(Duration::from_millis(50));
        self.visits.load(Ordering::SeqCst)
    }
}
