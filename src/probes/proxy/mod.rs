//! Which client sends a URL to a proxy, judged by each client's own rules from a set of environment variables.
//!
//! Pure (the probe apart): reads no environment, no file and no network, so that the daemon's environment and a recorded
//! machine are judged by the same code as this shell. A client is asked how it behaves, never how it should. What a system keeps
//! outside the environment (macOS and Windows settings, a desktop's own) is not seen here.

mod chromium;
mod cure;
mod curl;
mod env;
mod httpx;
mod paths;
mod probe;
mod python;
mod requests;
mod reqwest;

use url::Url;

pub use chromium::bypasses as chromium_bypasses;
pub use cure::{Change, cure};
pub use env::{Certificates, ProxyEnv, Socks, VARIABLES, without_userinfo};
pub use probe::PROBE;

/// A client whose rules are known, at the version that was measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Client {
    /// 0.28.1: the authsome command since 0.6.
    Httpx,
    /// 2.34.2 with urllib3 2.8: the authsome daemon, and the authsome command up to 0.5.
    Requests,
    /// 7.88.1.
    Curl,
    /// 0.13: ourselves.
    Reqwest,
    /// 156 on Linux, where no desktop brings proxy settings of its own.
    Chromium,
}

/// Where a client sends a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Route {
    Direct,
    Proxy {
        /// The proxy, without userinfo.
        url: String,
        /// The variable that names the proxy.
        from: &'static str,
        /// What about the exceptions lets the request through to the proxy, as half a sentence.
        why: String,
    },
    /// The client raises an error instead of asking anybody.
    Breaks {
        /// The client's own error, in its words, without userinfo.
        why: String,
        variable: &'static str,
        /// The part of the variable's value that does it, without userinfo.
        value: String,
    },
}

impl Client {
    pub fn name(self) -> &'static str {
        match self {
            Self::Httpx => "httpx",
            Self::Requests => "requests",
            Self::Curl => "curl",
            Self::Reqwest => "reqwest",
            Self::Chromium => "chromium",
        }
    }

    /// Where this client, started with `env`, would send a request for `url` (http or https).
    pub fn route(self, env: &ProxyEnv, url: &Url) -> Route {
        match self {
            Self::Httpx => httpx::route(env, url),
            Self::Requests => requests::route(env, url),
            Self::Curl => curl::route(env, url),
            Self::Reqwest => reqwest::route(env, url),
            Self::Chromium => chromium::route(env, url),
        }
    }

    /// The variable whose exceptions this client follows, with its value where it has one.
    fn exceptions(self, env: &ProxyEnv) -> (&'static str, Option<&str>) {
        let (first, second) = if self == Self::Reqwest { ("NO_PROXY", "no_proxy") } else { ("no_proxy", "NO_PROXY") };
        // An empty value hides the other spelling from those that ask "is it set", not from those that ask "does it say anything".
        let empty_counts = !matches!(self, Self::Requests | Self::Curl);
        match (env.get(first), env.get(second)) {
            (Some(value), _) if empty_counts || !value.is_empty() => (first, Some(value)),
            (_, Some(value)) => (second, Some(value)),
            (Some(value), None) => (first, Some(value)),
            (None, None) => ("NO_PROXY", None),
        }
    }

    fn through(self, env: &ProxyEnv, url: &Url, proxy: String, from: &'static str) -> Route {
        let why = match self.exceptions(env) {
            (_, None) => "NO_PROXY is not set".to_owned(),
            (name, Some(value)) if value.trim().is_empty() => format!("{name} is empty"),
            (name, Some(value)) => {
                format!("{name}={} does not cover {}", without_userinfo(value), url.host_str().unwrap_or_default())
            }
        };
        Route::Proxy { url: proxy, from, why }
    }
}
