//! HTTP outward: one bounded request, nothing followed, everything recorded as it was on the wire.

use std::sync::OnceLock;
use std::time::{Duration, Instant};
use url::Url;

/// One request. Bodies and headers can hold secrets: there is no `Debug`.
#[derive(Clone)]
pub struct Request {
    pub method: &'static str,
    pub url: Url,
    pub headers: Vec<(String, String)>,
    pub body: Option<Vec<u8>>,
    /// The whole exchange.
    pub limit: Duration,
    /// Answers are read up to this many bytes.
    pub max_body: usize,
    /// Use the proxies of the environment. Never for loopback, which is always direct.
    pub proxies: bool,
}

impl Request {
    /// A GET with the limits of a probe: 5 s, 256 KiB.
    pub fn get(url: Url) -> Self {
        Self {
            method: "GET",
            url,
            headers: Vec::new(),
            body: None,
            limit: Duration::from_secs(5),
            max_body: 256 * 1024,
            proxies: true,
        }
    }

    /// A POST of form fields (RFC 6749, appendix B).
    pub fn post_form(url: Url, fields: &[(&str, &str)]) -> Self {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        Self {
            method: "POST",
            headers: vec![("content-type".into(), "application/x-www-form-urlencoded".into())],
            body: Some(body.into_bytes()),
            ..Self::get(url)
        }
    }

    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_ascii_lowercase(), value.to_owned()));
        self
    }
}

/// What came back. The body can hold secrets: there is no `Debug`.
#[derive(Clone)]
pub struct Answer {
    pub status: u16,
    /// Names in lower case, in the order received.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    /// The body was longer than `max_body`.
    pub cut_off: bool,
    pub took: Duration,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v.as_str())
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// Why no answer came. `text` is the cause in words, without the URL.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text}")]
pub struct HttpFailure {
    pub kind: FailureKind,
    pub text: String,
    /// The proxy's own status, where a proxy refused.
    pub proxy_status: Option<u16>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailureKind {
    Dns,
    Refused,
    Timeout,
    Tls,
    Proxy,
    Other,
}

impl FailureKind {
    /// The value of the fact `login.transport_error`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Dns => "dns",
            Self::Refused => "refused",
            Self::Timeout => "timeout",
            Self::Tls => "tls",
            Self::Proxy => "proxy",
            Self::Other => "other",
        }
    }
}

pub trait Http: Send + Sync {
    /// Blocks; must not be called from inside the async runtime.
    fn send(&self, request: &Request) -> Result<Answer, HttpFailure>;
}

/// reqwest, without cookies and without following redirects.
pub struct RealHttp;

impl Http for RealHttp {
    fn send(&self, request: &Request) -> Result<Answer, HttpFailure> {
        let way = match request.url.scheme() {
            _ if request.proxies && !is_loopback(&request.url) => Way::Proxied,
            "http" => Way::Plain,
            _ => Way::Direct,
        };
        let client = client(way)?;
        super::runtime().block_on(exchange(client, request))
    }
}

/// 127/8, [`::1`], localhost and its subdomains: never sent to a proxy by us.
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
        Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        None => false,
    }
}

#[derive(Clone, Copy)]
enum Way {
    /// With the environment's proxies.
    Proxied,
    Direct,
    /// Without certificates too, so that a wrong `SSL_CERT_FILE` cannot keep us from our own daemon.
    Plain,
}

/// One client a way, made when first needed.
fn client(way: Way) -> Result<&'static reqwest::Client, HttpFailure> {
    static CLIENTS: [OnceLock<Result<reqwest::Client, String>>; 3] = [const { OnceLock::new() }; 3];
    CLIENTS[way as usize]
        .get_or_init(|| {
            // Fails only when a provider is installed already, which is as good.
            let _ = rustls::crypto::ring::default_provider().install_default();
            let builder = reqwest::Client::builder()
                .redirect(reqwest::redirect::Policy::none())
                .user_agent(concat!("authsome-doctor/", env!("CARGO_PKG_VERSION")))
                .connect_timeout(Duration::from_secs(3));
            let builder = match way {
                Way::Proxied => builder,
                Way::Direct => builder.no_proxy(),
                Way::Plain => builder.no_proxy().tls_certs_only([]),
            };
            builder.build().map_err(|e| chain(&e))
        })
        .as_ref()
        .map_err(|text| HttpFailure { kind: FailureKind::Other, text: text.clone(), proxy_status: None })
}

async fn exchange(client: &reqwest::Client, request: &Request) -> Result<Answer, HttpFailure> {
    let begin = Instant::now();
    let method = reqwest::Method::from_bytes(request.method.as_bytes()).map_err(|e| other(&e))?;
    let mut building = client.request(method, request.url.clone()).timeout(request.limit);
    for (name, value) in &request.headers {
        building = building.header(name, value);
    }
    if let Some(body) = &request.body {
        building = building.body(body.clone());
    }
    let mut response = building.send().await.map_err(|e| classify(&e))?;
    let headers = response
        .headers()
        .iter()
        .map(|(name, value)| (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
        .collect();
    let mut body = Vec::new();
    let mut cut_off = false;
    while let Some(chunk) = response.chunk().await.map_err(|e| classify(&e))? {
        let room = request.max_body.saturating_sub(body.len());
        body.extend_from_slice(&chunk[..chunk.len().min(room)]);
        if chunk.len() > room {
            cut_off = true;
            break;
        }
    }
    Ok(Answer { status: response.status().as_u16(), headers, body, cut_off, took: begin.elapsed() })
}

fn other(error: &dyn std::error::Error) -> HttpFailure {
    HttpFailure { kind: FailureKind::Other, text: chain(error), proxy_status: None }
}

/// The kind of a failure, from the types where there are some, else from the words of the chain.
fn classify(error: &reqwest::Error) -> HttpFailure {
    // The outermost text names the URL, which can hold a code: begin with its cause.
    let text = std::error::Error::source(error).map_or_else(|| "no answer".to_owned(), chain);
    let words = text.to_lowercase();
    let proxy_status = words
        .contains("tunnel")
        .then(|| words.split(|c: char| !c.is_ascii_digit()).find_map(|n| (n.len() == 3).then(|| n.parse().ok())?))
        .flatten();
    let kind = if error.is_timeout() {
        FailureKind::Timeout
    } else if words.contains("tunnel") || words.contains("proxy") || words.contains("socks") {
        FailureKind::Proxy
    } else if words.contains("certificate") || words.contains("tls") || words.contains("handshake") {
        FailureKind::Tls
    } else if words.contains("dns") || words.contains("lookup") || words.contains("resolve") {
        FailureKind::Dns
    } else if words.contains("refused") {
        FailureKind::Refused
    } else {
        FailureKind::Other
    };
    HttpFailure { kind, text, proxy_status }
}

/// An error and its causes in one line, without saying the same twice.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        let words = cause.to_string();
        if !text.contains(&words) {
            text = format!("{text}: {words}");
        }
        next = cause.source();
    }
    text
}
