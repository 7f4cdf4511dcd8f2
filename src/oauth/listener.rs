//! The callback listener on loopback (RFC 8252, 7.3): takes the browser back, tells what arrived, and serves the page
//! that says how it ended. Whatever else connects is answered and changes nothing.

use super::callback::{Arrival, Expected, MAX_TARGET, read};
use crate::host::runtime;
use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{Method, Request, Response, StatusCode, header};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};
use url::Url;

/// Browsers open a handful; more are a mistake or an attack.
const MAX_CONNECTIONS: usize = 64;
const HEADER_LIMIT: Duration = Duration::from_secs(5);
const CONNECTION_LIMIT: Duration = Duration::from_mins(1);
/// The page without a query to which the browser is sent at once, so that the code leaves the address bar.
const ENDING_PATH: &str = "/authsome-doctor/ending";

/// What the browser is shown, rendered beforehand; what the ending says is handed in when it is known.
#[derive(Clone)]
pub struct Pages {
    pub headers: Vec<(&'static str, String)>,
    /// Another path, another method.
    pub nothing_here: String,
    /// A callback that is not of this login.
    pub foreign: String,
    /// The login has not ended yet.
    pub waiting: String,
}

/// A listener that is bound. Dropping it ends it.
pub struct Listener {
    pub arrivals: mpsc::Receiver<Arrival>,
    pub addresses: Vec<SocketAddr>,
    shared: Arc<Shared>,
    tasks: Vec<tokio::task::JoinHandle<()>>,
}

struct Shared {
    expected: Mutex<Expected>,
    arrivals: Mutex<mpsc::Sender<Arrival>>,
    taken: AtomicBool,
    requests: AtomicU32,
    ending: watch::Sender<Option<String>>,
    pages: Pages,
}

/// The addresses to bind for a redirect URI: its own; both families where it says localhost.
pub fn addresses(redirect_uri: &Url) -> Vec<SocketAddr> {
    let port = redirect_uri.port_or_known_default().unwrap_or(80);
    let ips: Vec<IpAddr> = match redirect_uri.host() {
        Some(url::Host::Ipv4(ip)) if ip.is_loopback() => vec![ip.into()],
        Some(url::Host::Ipv6(ip)) if ip.is_loopback() => vec![ip.into()],
        Some(url::Host::Domain("localhost")) => vec![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()],
        _ => Vec::new(),
    };
    ips.into_iter().map(|ip| SocketAddr::new(ip, port)).collect()
}

/// Binds and serves. The first address must be had; of `localhost` the second family may be missing.
pub fn listen(redirect_uri: &Url, expected: Expected, pages: Pages) -> io::Result<Listener> {
    let wanted = addresses(redirect_uri);
    if wanted.is_empty() {
        let message = format!("{redirect_uri} is not on this machine: only loopback can be listened on");
        return Err(io::Error::new(io::ErrorKind::AddrNotAvailable, message));
    }
    let (send, arrivals) = mpsc::channel();
    let (ending, _) = watch::channel(None);
    let shared = Arc::new(Shared {
        expected: Mutex::new(expected),
        arrivals: Mutex::new(send),
        taken: AtomicBool::new(false),
        requests: AtomicU32::new(0),
        ending,
        pages,
    });
    let mut tasks = Vec::new();
    let mut bound = Vec::new();
    for address in wanted {
        match runtime().block_on(TcpListener::bind(address)) {
            Ok(socket) => {
                bound.push(socket.local_addr()?);
                tasks.push(runtime().spawn(serve(socket, Arc::clone(&shared))));
            }
            Err(_) if !bound.is_empty() => {}
            Err(error) => return Err(error),
        }
    }
    Ok(Listener { arrivals, addresses: bound, shared, tasks })
}

impl Listener {
    /// A new attempt: another state is expected now, and the page waits for another ending.
    pub fn expect(&self, expected: Expected) {
        *self.shared.expected.lock().expect("nobody panics while holding it") = expected;
        self.shared.taken.store(false, Ordering::SeqCst);
        self.shared.ending.send_replace(None);
    }

    /// What the page in the browser shows.
    pub fn end(&self, html: String) {
        self.shared.ending.send_replace(Some(html));
    }

    /// How many requests reached us.
    pub fn requests(&self) -> u32 {
        self.shared.requests.load(Ordering::SeqCst)
    }

    /// Gives a page that is being loaded the time to arrive.
    pub fn linger(&self) {
        if self.shared.taken.load(Ordering::SeqCst) {
            std::thread::sleep(Duration::from_millis(300));
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

async fn serve(socket: TcpListener, shared: Arc<Shared>) {
    let router = Router::new().fallback(answer).with_state(shared);
    let room = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    loop {
        let Ok(permit) = Arc::clone(&room).acquire_owned().await else { return };
        let Ok((stream, _)) = socket.accept().await else {
            tokio::time::sleep(Duration::from_millis(20)).await;
            continue;
        };
        let service = TowerToHyperService::new(router.clone());
        tokio::spawn(async move {
            let mut http = hyper::server::conn::http1::Builder::new();
            http.timer(TokioTimer::new()).header_read_timeout(HEADER_LIMIT).max_buf_size(4 * MAX_TARGET);
            // A browser that goes away, or sends no HTTP, is no concern of the login.
            let _ = tokio::time::timeout(CONNECTION_LIMIT, http.serve_connection(TokioIo::new(stream), service)).await;
            drop(permit);
        });
    }
}

async fn answer(State(shared): State<Arc<Shared>>, request: Request<Body>) -> Response<Body> {
    shared.requests.fetch_add(1, Ordering::SeqCst);
    let expected = shared.expected.lock().expect("nobody panics while holding it").clone();
    let (path, query) = (request.uri().path(), request.uri().query().unwrap_or_default());
    let host = request.headers().get(header::HOST).and_then(|h| h.to_str().ok()).unwrap_or_default();
    let junk = |status: StatusCode, why: &'static str| {
        shared.tell(Arrival::Junk(why));
        shared.page(status, &shared.pages.nothing_here)
    };
    if !expected.hosts.iter().any(|known| known.eq_ignore_ascii_case(host)) {
        // A page elsewhere whose name was made to point here (DNS rebinding).
        return junk(StatusCode::MISDIRECTED_REQUEST, "a request for another host");
    }
    if request.method() != Method::GET {
        return junk(StatusCode::METHOD_NOT_ALLOWED, "a request that is no GET");
    }
    if path == ENDING_PATH {
        return shared.page(StatusCode::OK, &shared.ending().await);
    }
    let known = path == expected.path || expected.other_paths.iter().any(|(other, _)| other == path);
    if !known {
        return junk(StatusCode::NOT_FOUND, "a request for another path");
    }
    if path.len() + query.len() > MAX_TARGET {
        return junk(StatusCode::URI_TOO_LONG, "a request that is too long");
    }
    match read(&expected, path, query) {
        ours @ (Arrival::Code { .. } | Arrival::Refusal { .. } | Arrival::Empty { .. }) => {
            let again = shared.taken.swap(true, Ordering::SeqCst);
            shared.tell(if again { Arrival::Again } else { ours });
            shared.see_ending()
        }
        other => {
            shared.tell(other);
            shared.page(StatusCode::BAD_REQUEST, &shared.pages.foreign)
        }
    }
}

impl Shared {
    fn tell(&self, arrival: Arrival) {
        // Nobody listens any more when the login has ended.
        let _ = self.arrivals.lock().expect("nobody panics while holding it").send(arrival);
    }

    /// The page that says how it ended, as soon as that is known.
    async fn ending(&self) -> String {
        let mut ending = self.ending.subscribe();
        let known = tokio::time::timeout(Duration::from_secs(40), ending.wait_for(Option::is_some)).await;
        match known {
            Ok(Ok(ending)) => ending.clone().unwrap_or_default(),
            _ => self.pages.waiting.clone(),
        }
    }

    fn see_ending(&self) -> Response<Body> {
        let mut response = self.page(StatusCode::SEE_OTHER, "");
        response.headers_mut().insert(header::LOCATION, header::HeaderValue::from_static(ENDING_PATH));
        response
    }

    fn page(&self, status: StatusCode, html: &str) -> Response<Body> {
        let mut building = Response::builder().status(status).header(header::CONTENT_TYPE, "text/html; charset=utf-8");
        for (name, value) in &self.pages.headers {
            building = building.header(*name, value);
        }
        building.body(Body::from(html.to_owned())).expect("fixed headers are valid")
    }
}

#[cfg(test)]
mod tests {
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
        assert!(get(port, "/favicon.ico").starts_with("HTTP/1.1 404"));
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
        assert!(get(port, "/auth/callback/oauth?code=abcdefghij").starts_with("HTTP/1.1 400"));
        assert!(get(port, "/auth/callback/oauth?code=abcdefghij&state=other").starts_with("HTTP/1.1 400"));
        for _ in 0..4 {
            assert!(matches!(next(&listener), Arrival::Junk(_)));
        }
        assert!(matches!(next(&listener), Arrival::NoState { .. }));
        assert!(matches!(next(&listener), Arrival::ForeignState { .. }));
        let answer = get(port, &format!("/auth/callback/oauth?code=abcdefghij&state={STATE}"));
        assert!(answer.starts_with("HTTP/1.1 303") && answer.contains(ENDING_PATH) && !answer.contains("abcdefghij"));
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

    #[test]
    fn the_page_waits_for_the_ending_and_shows_it() {
        let (listener, port) = listening();
        get(port, &format!("/auth/callback/oauth?code=abcdefghij&state={STATE}"));
        let page = std::thread::spawn(move || get(port, ENDING_PATH));
        std::thread::sleep(Duration::from_millis(100));
        listener.end("it is done".to_owned());
        let page = page.join().unwrap();
        assert!(page.contains("it is done") && page.contains("cache-control: no-store"), "{page}");
    }

    #[test]
    fn silent_connections_do_not_keep_the_browser_out() {
        let (listener, port) = listening();
        let silent: Vec<TcpStream> =
            (0..MAX_CONNECTIONS - 4).map(|_| TcpStream::connect(("127.0.0.1", port)).unwrap()).collect();
        get(port, &format!("/api/auth/callback/oauth?error=redirect_uri_mismatch&state={STATE}"));
        assert!(matches!(next(&listener), Arrival::Refusal { path, .. } if path == "/api/auth/callback/oauth"));
        drop(silent);
    }

    #[test]
    fn a_dropped_listener_frees_its_port() {
        let (listener, port) = listening();
        drop(listener);
        std::thread::sleep(Duration::from_millis(100));
        assert!(std::net::TcpListener::bind(("127.0.0.1", port)).is_ok());
    }
}
