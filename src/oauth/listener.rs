//! The callback listener on loopback (RFC 8252, 7.3): takes the browser back, tells what arrived, and serves the page
//! that says how it ended. Whatever else connects is answered and changes nothing.

use super::callback::{Arrival, Expected, MAX_TARGET, read};
use super::crowd::{Asked, Crowd};
use crate::host::runtime;
use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, header};
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use oauth2::CsrfToken;
use std::convert::Infallible;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::watch;
use url::Url;

const HEADER_LIMIT: Duration = Duration::from_secs(5);
const CONNECTION_LIMIT: Duration = Duration::from_mins(1);
/// Of what is not of this login, so much is told one by one; the rest is only counted.
const MOST_TOLD: u32 = 200;
/// Our own pages, without a query: the browser is sent there at once, so that no code stays in its address bar or history.
const PAGES: &str = "/authsome-doctor/";
const NOT_THIS_LOGIN: &str = "/authsome-doctor/not-this-login";

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
    told: AtomicU32,
    ending: watch::Sender<Option<String>>,
    /// Where the ending of this attempt is shown. Only the browser that brought our state is told it.
    ending_path: Mutex<String>,
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
        told: AtomicU32::new(0),
        ending,
        ending_path: Mutex::new(new_ending_path()),
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
        *self.shared.ending_path.lock().expect("nobody panics while holding it") = new_ending_path();
        self.shared.taken.store(false, Ordering::SeqCst);
        self.shared.told.store(0, Ordering::SeqCst);
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

fn new_ending_path() -> String {
    format!("{PAGES}ending/{}", CsrfToken::new_random().secret())
}

async fn serve(socket: TcpListener, shared: Arc<Shared>) {
    let mut crowd = Crowd::default();
    loop {
        let Ok((stream, _)) = socket.accept().await else {
            tokio::time::sleep(Duration::from_millis(20)).await;
            continue;
        };
        let (asked, shared) = (Asked::default(), Arc::clone(&shared));
        let service = {
            let asked = asked.clone();
            service_fn(move |request: Request<hyper::body::Incoming>| {
                asked.note();
                let shared = Arc::clone(&shared);
                async move { Ok::<_, Infallible>(answer(&shared, &request).await) }
            })
        };
        crowd.admit(asked, async move {
            let mut http = hyper::server::conn::http1::Builder::new();
            http.timer(TokioTimer::new())
                .header_read_timeout(HEADER_LIMIT)
                .max_buf_size(2 * MAX_TARGET)
                .keep_alive(false);
            // A browser that goes away, or sends no HTTP, is no concern of the login.
            let _ = tokio::time::timeout(CONNECTION_LIMIT, http.serve_connection(TokioIo::new(stream), service)).await;
        });
    }
}

async fn answer<B>(shared: &Shared, request: &Request<B>) -> Response<Body> {
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
    if path == "/favicon.ico" {
        // A browser asks for it by itself; nothing is missing.
        return shared.page(StatusCode::NO_CONTENT, "");
    }
    if path.starts_with(PAGES) {
        let ending = path == *shared.ending_path.lock().expect("nobody panics while holding it");
        return shared.page(StatusCode::OK, &if ending { shared.ending().await } else { shared.pages.foreign.clone() });
    }
    let known = path == expected.path || expected.other_paths.iter().any(|(other, _)| other == path);
    if !known {
        return junk(StatusCode::NOT_FOUND, "a request for another path");
    }
    if path.len() + query.len() > MAX_TARGET {
        return junk(StatusCode::URI_TOO_LONG, "a request that is too long");
    }
    if is_prefetch(request.headers()) {
        // Nobody has gone there yet. The browser comes again when somebody does.
        shared.tell(Arrival::Junk("a browser that only looks ahead"));
        return shared.page(StatusCode::NO_CONTENT, "");
    }
    match read(&expected, path, query) {
        ours @ (Arrival::Code { .. } | Arrival::Refusal { .. } | Arrival::Empty { .. }) => {
            let again = shared.taken.swap(true, Ordering::SeqCst);
            shared.tell(if again { Arrival::Again } else { ours });
            let path = shared.ending_path.lock().expect("nobody panics while holding it").clone();
            shared.go_on_to(&path)
        }
        other => {
            shared.tell(other);
            shared.go_on_to(NOT_THIS_LOGIN)
        }
    }
}

/// Fetched ahead of need: `Sec-Purpose` of the Fetch standard, and what browsers sent before it.
fn is_prefetch(headers: &HeaderMap) -> bool {
    ["sec-purpose", "purpose", "x-purpose", "x-moz"].iter().any(|name| {
        headers.get(*name).and_then(|value| value.to_str().ok()).is_some_and(|value| value.starts_with("prefetch"))
    })
}

impl Shared {
    fn tell(&self, arrival: Arrival) {
        let ours = matches!(arrival, Arrival::Code { .. } | Arrival::Refusal { .. } | Arrival::Empty { .. });
        if !ours && self.told.fetch_add(1, Ordering::SeqCst) >= MOST_TOLD {
            return;
        }
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

    fn go_on_to(&self, path: &str) -> Response<Body> {
        let mut response = self.page(StatusCode::SEE_OTHER, "");
        let path = HeaderValue::from_str(path).expect("our paths are plain");
        response.headers_mut().insert(header::LOCATION, path);
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
#[path = "listener_tests.rs"]
mod tests;
