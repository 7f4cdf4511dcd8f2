//! A provider of a test's own: answers what the test says, and keeps every request as it came.

use serde_json::json;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// Method, target, headers and body as they came.
#[derive(Clone, Debug)]
pub struct Request {
    pub line: String,
    pub head: String,
    pub body: String,
}

impl Request {
    pub fn path(&self) -> &str {
        self.line.split([' ', '?']).nth(1).unwrap_or_default()
    }

    /// A field of the form that was sent, decoded.
    pub fn field(&self, name: &str) -> Option<String> {
        let mut fields = url::form_urlencoded::parse(self.body.as_bytes());
        fields.find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
    }
}

/// Status and body; JSON where it begins with a brace.
pub struct Reply(pub u16, pub String);

pub struct Provider {
    pub origin: String,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl Provider {
    /// Its login page is always there; `token` answers requests to the token endpoint.
    pub fn start(token: impl Fn(&Request) -> Reply + Send + 'static) -> Self {
        Self::serving(move |_, request| (request.path() == "/token").then(|| token(request)))
    }

    /// `answer`, told its origin, answers what it knows; everything else is its login page, or not there.
    pub fn serving(answer: impl Fn(&str, &Request) -> Option<Reply> + Send + 'static) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let origin = format!("http://{}", listener.local_addr().expect("it is bound"));
        let requests = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&requests);
        let own = origin.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let Some(request) = read(&stream) else { continue };
                kept.lock().expect("nobody panics while holding it").push(request.clone());
                let reply = answer(&own, &request).unwrap_or_else(|| match request.path() {
                    path if path.contains("/.well-known/") => Reply(404, "nothing is here".to_owned()),
                    _ => Reply(200, "<!doctype html><title>Sign in</title><p>Sign in".to_owned()),
                });
                write(&stream, &reply);
            }
        });
        Self { origin, requests }
    }

    /// Its definition, in authsome's format.
    pub fn definition(&self) -> String {
        let origin = &self.origin;
        json!({
            "schema_version": 1,
            "name": "acme",
            "display_name": "Acme",
            "auth_type": "oauth2",
            "flow": "pkce",
            "oauth": {
                "authorization_url": format!("{origin}/authorize"),
                "token_url": format!("{origin}/token"),
                "scopes": ["read"],
                "pkce": true,
                "authorization_method": "body",
            },
        })
        .to_string()
    }

    /// The requests to the token endpoint.
    pub fn token_requests(&self) -> Vec<Request> {
        self.requests_to("/token")
    }

    pub fn requests_to(&self, path: &str) -> Vec<Request> {
        let requests = self.requests.lock().expect("nobody panics while holding it");
        requests.iter().filter(|request| request.path() == path).cloned().collect()
    }
}

/// A request of a browser to an address on this machine; the status line and all that follows it.
pub fn browse(address: &str) -> String {
    let rest = address.strip_prefix("http://").expect("an address on this machine");
    let (host, target) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let mut stream = TcpStream::connect(host).unwrap_or_else(|error| panic!("{address}: {error}"));
    stream.set_read_timeout(Some(Duration::from_secs(20))).expect("it takes a limit");
    write!(stream, "GET {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").expect("it listens");
    let mut answer = String::new();
    // What came before the connection broke is the answer.
    let _ = stream.read_to_string(&mut answer);
    answer
}

fn read(stream: &TcpStream) -> Option<Request> {
    stream.set_read_timeout(Some(Duration::from_secs(5))).ok()?;
    let mut lines = BufReader::new(stream);
    let mut line = String::new();
    lines.read_line(&mut line).ok()?;
    let mut head = String::new();
    loop {
        let mut header = String::new();
        if lines.read_line(&mut header).ok()? <= 2 {
            break;
        }
        head.push_str(&header);
    }
    let length = head.lines().find_map(|h| h.to_ascii_lowercase().strip_prefix("content-length:")?.trim().parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    lines.read_exact(&mut body).ok()?;
    Some(Request { line, head, body: String::from_utf8_lossy(&body).into_owned() })
}

fn write(mut stream: &TcpStream, Reply(status, body): &Reply) {
    let kind = if body.starts_with('{') { "application/json" } else { "text/html" };
    let length = body.len();
    // A client that went away needs no answer.
    let _ = write!(
        stream,
        "HTTP/1.1 {status} As asked\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    );
}
