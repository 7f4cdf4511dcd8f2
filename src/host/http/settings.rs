//! Where proxies and authorities come from: this process's environment, or one that a person changed for this run only.

use super::tunnel::Proxy;
use super::{Way, is_loopback};
use crate::host::Env;
use hyper_util::client::proxy::matcher::Matcher;
use reqwest::{Certificate, ClientBuilder, NoProxy};
use url::Url;

/// Where distributions keep their bundle: read when `SSL_CERT_FILE` was taken away, which the system's own loader would
/// still follow.
const SYSTEM_BUNDLES: &[&str] =
    &["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem"];

pub(super) enum Settings {
    /// As the process was started, the system's own proxy settings included.
    Process,
    Changed(Box<Changed>),
}

/// As reqwest reads the variables (the capital spelling first), for an environment that is not the process's.
pub(super) struct Changed {
    all: String,
    http: String,
    https: String,
    no: String,
    /// PEM files whose authorities are trusted beside the system's.
    authorities: Vec<String>,
}

impl Settings {
    pub(super) fn of(env: &Env) -> Self {
        let first = |names: [&str; 2]| names.iter().find_map(|name| env.get(name)).unwrap_or_default().to_owned();
        let file = env.filled("SSL_CERT_FILE").map(str::to_owned);
        let taken_away = file.is_none() && std::env::var_os("SSL_CERT_FILE").is_some();
        let system = SYSTEM_BUNDLES.iter().filter(|_| taken_away).map(|path| (*path).to_owned());
        Self::Changed(Box::new(Changed {
            all: first(["ALL_PROXY", "all_proxy"]),
            http: first(["HTTP_PROXY", "http_proxy"]),
            https: first(["HTTPS_PROXY", "https_proxy"]),
            no: first(["NO_PROXY", "no_proxy"]),
            authorities: file.into_iter().chain(system).collect(),
        }))
    }

    /// The proxy of a request, by reqwest's own rules; none for loopback, which is always direct.
    pub(super) fn proxy_for(&self, url: &Url) -> Option<Proxy> {
        if is_loopback(url) {
            return None;
        }
        let matcher = match self {
            Self::Process => Matcher::from_system(),
            Self::Changed(it) => Matcher::builder()
                .all(it.all.clone())
                .http(it.http.clone())
                .https(it.https.clone())
                .no(it.no.clone())
                .build(),
        };
        Proxy::of(&matcher.intercept(&url.as_str().parse().ok()?)?)
    }

    pub(super) fn apply(&self, way: Way, building: ClientBuilder) -> Result<ClientBuilder, String> {
        let building = match way {
            Way::Plain => return Ok(building.no_proxy().tls_certs_only([])),
            Way::Direct | Way::Pinned => building.no_proxy(),
            Way::Proxied => building,
        };
        let Self::Changed(it) = self else { return Ok(building) };
        let mut building = building.no_proxy();
        if let Way::Proxied = way {
            let text = |error: reqwest::Error| error.to_string();
            let without = || NoProxy::from_string(&it.no);
            let or_all = |value: &str| if value.is_empty() { it.all.clone() } else { value.to_owned() };
            for (proxy, make) in [
                (or_all(&it.http), reqwest::Proxy::http as fn(String) -> reqwest::Result<reqwest::Proxy>),
                (or_all(&it.https), reqwest::Proxy::https),
            ] {
                if !proxy.is_empty() {
                    building = building.proxy(make(proxy).map_err(text)?.no_proxy(without()));
                }
            }
        }
        let bundles = it.authorities.iter().filter_map(|path| std::fs::read(path).ok());
        let trusted: Vec<Certificate> =
            bundles.filter_map(|pem| Certificate::from_pem_bundle(&pem).ok()).flatten().collect();
        Ok(if trusted.is_empty() { building } else { building.tls_certs_merge(trusted) })
    }
}
