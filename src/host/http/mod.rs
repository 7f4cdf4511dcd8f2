//! HTTP outward: one bounded request, nothing followed, everything recorded as it was on the wire.

mod certificate;
mod failure;
mod pinned;
mod settings;
mod tunnel;

#[cfg(test)]
mod tests;

pub use certificate::Certificate;
pub use failure::{FailureKind, HttpFailure, TlsFault};

use crate::host::Env;
use failure::{chain, classify};
use pinned::Pins;
use settings::Settings;
use std::net::IpAddr;
use std::sync::{Arc, OnceLock};
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

pub trait Http: Send + Sync {
    /// Blocks; must not be called from inside the async runtime.
    fn send(&self, request: &Request) -> Result<Answer, HttpFailure>;

    /// The same over https only, to these addresses of the URL's host and no others, and never through a proxy.
    fn send_pinned(&self, _: &Request, _: &[IpAddr]) -> Result<Answer, HttpFailure> {
        Err(HttpFailure::other("not asked".to_owned()))
    }

    /// The proxy that a request to this URL goes through, without user info.
    fn proxy_for(&self, _: &Url) -> Option<String> {
        None
    }

    /// The same, with the proxies and authorities of another environment; `None`: this one has none.
    fn in_environment(&self, _: &Env) -> Option<Arc<dyn Http>> {
        None
    }

    /// The certificate that is shown at this https URL, on the way that a request would take, trusted or not.
    fn certificate(&self, _: &Url, _: Duration) -> Result<Certificate, String> {
        Err("not asked".to_owned())
    }
}

type Built = OnceLock<Result<reqwest::Client, String>>;

/// reqwest, without cookies and without following redirects. One client a way, made when first needed.
pub struct RealHttp {
    settings: Settings,
    clients: [Built; 4],
    pins: Pins,
}

impl Default for RealHttp {
    fn default() -> Self {
        Self::with(Settings::Process)
    }
}

impl Http for RealHttp {
    fn send(&self, request: &Request) -> Result<Answer, HttpFailure> {
        let proxy = request.proxies.then(|| self.settings.proxy_for(&request.url)).flatten();
        let way = match request.url.scheme() {
            _ if request.proxies && !is_loopback(&request.url) => Way::Proxied,
            "http" => Way::Plain,
            _ => Way::Direct,
        };
        let client = self.client(way)?;
        match (super::runtime().block_on(exchange(client, request)), proxy) {
            // A request in the clear is answered by the proxy itself where it wants to be told a password first.
            (Ok(answer), Some(_)) if answer.status == 407 => Err(HttpFailure::of_proxy(Some(407))),
            (Ok(answer), _) => Ok(answer),
            (Err(error), None) => Err(error.into_failure(false)),
            (Err(error), Some(proxy)) => {
                Err(error.into_failure(true).with_proxy_status(|| proxy.status(&request.url, ASK_PROXY)))
            }
        }
    }

    fn send_pinned(&self, request: &Request, addresses: &[IpAddr]) -> Result<Answer, HttpFailure> {
        self.pins.set(&request.url, addresses)?;
        let client = self.client(Way::Pinned)?;
        super::runtime().block_on(exchange(client, request)).map_err(|error| error.into_failure(false))
    }

    fn proxy_for(&self, url: &Url) -> Option<String> {
        self.settings.proxy_for(url).map(|proxy| proxy.shown())
    }

    fn certificate(&self, url: &Url, limit: Duration) -> Result<Certificate, String> {
        let stream = tunnel::open(url, self.settings.proxy_for(url).as_ref(), limit)?;
        certificate::shown(stream, url.host_str().unwrap_or_default(), limit)
    }

    fn in_environment(&self, env: &Env) -> Option<Arc<dyn Http>> {
        Some(Arc::new(Self::with(Settings::of(env))))
    }
}

/// For one more question to a proxy that refused.
const ASK_PROXY: Duration = Duration::from_secs(2);

/// No answer, before it is known whether a proxy stood in between.
enum NoAnswer {
    Reqwest(reqwest::Error),
    Other(String),
}

impl NoAnswer {
    fn into_failure(self, proxied: bool) -> HttpFailure {
        match self {
            Self::Reqwest(error) => classify(&error, proxied),
            Self::Other(text) => HttpFailure::other(text),
        }
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

#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    /// With the environment's proxies.
    Proxied,
    Direct,
    /// Without certificates too, so that a wrong `SSL_CERT_FILE` cannot keep us from our own daemon.
    Plain,
    /// Https to addresses that were checked, without proxies.
    Pinned,
}

impl RealHttp {
    fn with(settings: Settings) -> Self {
        Self { settings, clients: [const { OnceLock::new() }; 4], pins: Pins::default() }
    }

    fn client(&self, way: Way) -> Result<&reqwest::Client, HttpFailure> {
        self.clients[way as usize]
            .get_or_init(|| {
                // Fails only when a provider is installed already, which is as good.
                let _ = rustls::crypto::ring::default_provider().install_default();
                let building = reqwest::Client::builder()
                    .redirect(reqwest::redirect::Policy::none())
                    .user_agent(concat!("authsome-doctor/", env!("CARGO_PKG_VERSION")))
                    .connect_timeout(Duration::from_secs(3));
                let building = match way {
                    Way::Pinned => building.https_only(true).referer(false).dns_resolver(self.pins.clone()),
                    _ => building,
                };
                self.settings.apply(way, building)?.build().map_err(|e| chain(&e))
            })
            .as_ref()
            .map_err(|text| HttpFailure::other(text.clone()))
    }
}

async fn exchange(client: &reqwest::Client, request: &Request) -> Result<Answer, NoAnswer> {
    let begin = Instant::now();
    let method = reqwest::Method::from_bytes(request.method.as_bytes()).map_err(|e| NoAnswer::Other(chain(&e)))?;
    let mut building = client.request(method, request.url.clone()).timeout(request.limit);
    for (name, value) in &request.headers {
        building = building.header(name, value);
    }
    if let Some(body) = &request.body {
        building = building.body(body.clone());
    }
    let mut response = building.send().await.map_err(NoAnswer::Reqwest)?;
    let headers = response
        .headers()
        .iter()
        .map(|(name, value)| (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
        .collect();
    let mut body = Vec::new();
    let mut cut_off = false;
    while let Some(chunk) = response.chunk().await.map_err(NoAnswer::Reqwest)? {
        let room = request.max_body.saturating_sub(body.len());
        body.extend_from_slice(&chunk[..chunk.len().min(room)]);
        if chunk.len() > room {
            cut_off = true;
            break;
        }
    }
    Ok(Answer { status: response.status().as_u16(), headers, body, cut_off, took: begin.elapsed() })
}
