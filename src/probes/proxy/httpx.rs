//! httpx 0.28.1. Everything is parsed when a client is made, so that one bad value breaks every request.
//!
//! Follows `httpx/_utils.py`, `_client.py` and `_urlparse.py`. httpx makes a pattern of every proxy and of every exception and
//! takes the first that matches, the most exact first.

use std::cmp::Reverse;
use std::net::{Ipv4Addr, Ipv6Addr};

use url::Url;

use super::env::{Certificates, ProxyEnv, without_userinfo};
use super::python::{proxy, repr};
use super::{Client, Route};

pub(super) fn route(env: &ProxyEnv, url: &Url) -> Route {
    decide(env, url).unwrap_or_else(|broken| broken)
}

fn decide(env: &ProxyEnv, url: &Url) -> Result<Route, Route> {
    let (list_name, list) = proxy(env, "no").unwrap_or(("NO_PROXY", ""));
    let entries: Vec<&str> = list.split(',').map(str::trim).filter(|entry| !entry.is_empty()).collect();
    if entries.contains(&"*") {
        return certificates(env).map(|()| Route::Direct);
    }
    // An entry that is spelled like a proxy's own pattern takes that proxy away before anybody looks at it.
    let asked = ["http", "https", "all"].into_iter().filter(|key| !entries.contains(&format!("{key}://").as_str()));
    let proxies = asked.filter_map(|key| Proxy::find(env, key)).collect::<Result<Vec<_>, _>>()?;
    certificates(env)?;
    if let Some(proxy) = proxies.iter().find(|proxy| proxy.socks && !env.socks.httpx) {
        return Err(proxy.breaks("Using SOCKS proxy, but the 'socksio' package is not installed.".to_owned()));
    }

    let mut mounts: Vec<(Pattern, Option<&Proxy>)> = Vec::new();
    for proxy in &proxies {
        mounts.push((Pattern::scheme(proxy.key), Some(proxy)));
    }
    for entry in entries {
        let pattern = Pattern::parse(&exception(entry)).map_err(|why| Route::Breaks {
            why: careful(&why, entry),
            variable: list_name,
            value: without_userinfo(entry),
        })?;
        mounts.push((pattern, None));
    }
    mounts.sort_by_key(|(pattern, _)| pattern.priority());
    Ok(match mounts.into_iter().find(|(pattern, _)| pattern.matches(url)) {
        Some((_, Some(proxy))) => Client::Httpx.through(env, url, without_userinfo(&proxy.url), proxy.variable),
        _ => Route::Direct,
    })
}

/// Whether this entry of `NO_PROXY` breaks httpx by itself.
pub(super) fn refuses(entry: &str) -> bool {
    Pattern::parse(&exception(entry.trim())).is_err()
}

/// A certificate file is opened for plain http too.
fn certificates(env: &ProxyEnv) -> Result<(), Route> {
    let Some(file) = env.filled("SSL_CERT_FILE") else { return Ok(()) };
    let why = match env.certificates("SSL_CERT_FILE") {
        Certificates::Here => return Ok(()),
        Certificates::Nowhere => "[Errno 2] No such file or directory",
        Certificates::Folder => "[Errno 21] Is a directory",
        Certificates::NotThese => "[X509: NO_CERTIFICATE_OR_CRL_FOUND] no certificate or crl found",
    };
    Err(Route::Breaks { why: why.to_owned(), variable: "SSL_CERT_FILE", value: file.to_owned() })
}

/// An error quotes the part that it stumbled over, which of a URL with userinfo may be the password.
fn careful(why: &str, value: &str) -> String {
    match why.split_once(": ") {
        Some((what, _)) if value.contains('@') => what.to_owned(),
        _ => why.to_owned(),
    }
}

struct Proxy {
    /// For which scheme: `http`, `https` or `all`.
    key: &'static str,
    variable: &'static str,
    url: String,
    socks: bool,
}

impl Proxy {
    fn find(env: &ProxyEnv, key: &'static str) -> Option<Result<Self, Route>> {
        let (variable, value) = proxy(env, key)?;
        let url = if value.contains("://") { value.to_owned() } else { format!("http://{value}") };
        let mut proxy = Self { key, variable, url, socks: false };
        let found = Parts::parse(&proxy.url).map_err(|why| careful(&why, &proxy.url)).and_then(|parts| {
            match parts.scheme.as_str() {
                "http" | "https" => Ok(false),
                "socks5" | "socks5h" => Ok(true),
                _ => {
                    let shown = without_userinfo(&proxy.url);
                    Err(format!(
                        "Unknown scheme for proxy URL URL({})",
                        repr(&shown.trim_start_matches(':').replace(' ', "%20"))
                    ))
                }
            }
        });
        Some(match found {
            Ok(socks) => {
                proxy.socks = socks;
                Ok(proxy)
            }
            Err(why) => Err(proxy.breaks(why)),
        })
    }

    fn breaks(&self, why: String) -> Route {
        Route::Breaks { why, variable: self.variable, value: without_userinfo(&self.url) }
    }
}

/// The pattern that httpx writes for one entry of `NO_PROXY`: an address as it stands, a name with its subdomains.
fn exception(entry: &str) -> String {
    let before_slash = entry.split('/').next().unwrap_or_default();
    let without_zone = before_slash.split_once('%').map_or(before_slash, |(address, _)| address);
    if entry.contains("://") {
        entry.to_owned()
    } else if before_slash.parse::<Ipv4Addr>().is_ok() || entry.eq_ignore_ascii_case("localhost") {
        format!("all://{entry}")
    } else if without_zone.parse::<Ipv6Addr>().is_ok() {
        format!("all://[{entry}]")
    } else {
        format!("all://*{entry}")
    }
}

/// `URLPattern`: a scheme, a host with an optional star before it, a port; each empty where anything will do.
struct Pattern {
    scheme: String,
    host: String,
    port: Option<i64>,
}

impl Pattern {
    /// Every URL of one scheme, or of any.
    fn scheme(key: &str) -> Self {
        let scheme = if key == "all" { String::new() } else { key.to_owned() };
        Self { scheme, host: String::new(), port: None }
    }

    fn parse(text: &str) -> Result<Self, String> {
        let Parts { scheme, host, port } = Parts::parse(text)?;
        let scheme = if scheme == "all" { String::new() } else { scheme };
        let host = if host == "*" { String::new() } else { host };
        Ok(Self { scheme, host, port })
    }

    /// Smaller is asked first: with a port, then the longer host, then the longer scheme.
    fn priority(&self) -> (bool, Reverse<usize>, Reverse<usize>) {
        (self.port.is_none(), Reverse(self.host.len()), Reverse(self.scheme.len()))
    }

    fn matches(&self, url: &Url) -> bool {
        let host = url.host_str().unwrap_or_default().trim_start_matches('[').trim_end_matches(']');
        (self.scheme.is_empty() || self.scheme == url.scheme())
            && (self.host.is_empty() || self.matches_host(host))
            && self.port.is_none_or(|port| url.port().is_some_and(|asked| i64::from(asked) == port))
    }

    fn matches_host(&self, host: &str) -> bool {
        let below =
            |domain: &str| host.strip_suffix(domain).is_some_and(|before| before.len() > 1 && before.ends_with('.'));
        match self.host.strip_prefix('*') {
            Some(domain) => match domain.strip_prefix('.') {
                Some(domain) => below(domain),
                None => host == domain || below(domain),
            },
            None => host == self.host,
        }
    }
}

/// `urlparse`, as far as it decides anything here.
struct Parts {
    scheme: String,
    host: String,
    /// None where it is not given or the scheme's own; the scheme is compared as written.
    port: Option<i64>,
}

impl Parts {
    fn parse(url: &str) -> Result<Self, String> {
        if let Some((at, c)) = url.chars().enumerate().find(|(_, c)| c.is_ascii_control()) {
            return Err(format!(
                "Invalid non-printable ASCII character in URL, {} at position {at}.",
                repr(&c.to_string())
            ));
        }
        let (scheme, rest) = split_scheme(url);
        let authority = rest.strip_prefix("//").unwrap_or_default().split(['/', '?', '#']).next().unwrap_or_default();
        if scheme.is_empty() && authority.is_empty() && rest.starts_with(':') {
            return Err("Relative URLs cannot have a path starting with ':'".to_owned());
        }
        let host_and_port = authority.rsplit_once('@').map_or(authority, |(_, after)| after);
        let (host, port) = match host_and_port.rfind(']') {
            Some(end) if host_and_port.starts_with('[') => host_and_port.split_at(end + 1),
            _ => host_and_port.split_at(host_and_port.find(':').unwrap_or(host_and_port.len())),
        };
        let port = port.strip_prefix(':').unwrap_or(port);
        Ok(Self { scheme: scheme.to_ascii_lowercase(), host: check_host(host)?, port: check_port(port, scheme)? })
    }
}

/// A scheme may be empty, the colon after it not missing.
fn split_scheme(url: &str) -> (&str, &str) {
    match url.split_once(':') {
        Some((scheme, rest))
            if scheme.is_empty()
                || scheme.starts_with(|c: char| c.is_ascii_alphabetic())
                    && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+.-".contains(c)) =>
        {
            (scheme, rest)
        }
        _ => ("", url),
    }
}

fn check_host(host: &str) -> Result<String, String> {
    let four_numbers = || {
        let parts: Vec<&str> = host.split('.').collect();
        parts.len() == 4 && parts.iter().all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()))
    };
    if let Some(address) = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        let without_zone = address.split_once('%').map_or(address, |(address, _)| address);
        return match without_zone.parse::<Ipv6Addr>() {
            Ok(_) => Ok(address.to_owned()),
            Err(_) => Err(format!("Invalid IPv6 address: {}", repr(host))),
        };
    }
    if four_numbers() && host.parse::<Ipv4Addr>().is_err() {
        return Err(format!("Invalid IPv4 address: {}", repr(host)));
    }
    if host.is_ascii() {
        return Ok(host.to_ascii_lowercase());
    }
    match url::Host::parse(host) {
        Ok(url::Host::Domain(name)) if !host.contains('*') => Ok(name),
        _ => Err(format!("Invalid IDNA hostname: {}", repr(host))),
    }
}

fn check_port(port: &str, scheme: &str) -> Result<Option<i64>, String> {
    if port.is_empty() {
        return Ok(None);
    }
    let number = python_int(port).ok_or_else(|| format!("Invalid port: {}", repr(port)))?;
    let default = match scheme {
        "http" | "ws" => 80,
        "https" | "wss" => 443,
        "ftp" => 21,
        _ => return Ok(Some(number)),
    };
    Ok(Some(number).filter(|number| *number != default))
}

/// `int(text)`: blanks around it, a sign and single underscores between digits are allowed, and it has no end.
fn python_int(text: &str) -> Option<i64> {
    let text = text.trim();
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let groups_are_digits =
        digits.split('_').all(|group| !group.is_empty() && group.bytes().all(|b| b.is_ascii_digit()));
    groups_are_digits.then(|| {
        let value = digits.replace('_', "").parse().unwrap_or(i64::MAX);
        if text.starts_with('-') { -value } else { value }
    })
}
