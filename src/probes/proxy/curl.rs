//! curl 7.88.1, the command. It parses a proxy only for a request that goes to it.
//!
//! Follows the manual's section on environment variables and `lib/noproxy.c`. An empty variable is none.

use std::net::{Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

use super::env::{Certificates, ProxyEnv, with_scheme, without_userinfo};
use super::{Client, Route};

pub(super) fn route(env: &ProxyEnv, url: &Url) -> Route {
    let covered = env.first_filled(&["no_proxy", "NO_PROXY"]).is_some_and(|(_, list)| covers(list, url));
    let through = if covered { None } else { proxy(env, url) };
    if let Some((variable, value)) = through
        && let Err(why) = check(value)
    {
        return Route::Breaks { why, variable, value: without_userinfo(value) };
    }
    if let Some(broken) = certificates(env, url) {
        return broken;
    }
    match through {
        Some((variable, value)) => Client::Curl.through(env, url, with_scheme(value), variable),
        None => Route::Direct,
    }
}

/// Upper-case `HTTP_PROXY` is never read: under CGI a visitor could set it.
fn proxy<'a>(env: &'a ProxyEnv, url: &Url) -> Option<(&'static str, &'a str)> {
    match url.scheme() {
        "https" => env.first_filled(&["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"]),
        _ => env.first_filled(&["http_proxy", "all_proxy", "ALL_PROXY"]),
    }
}

fn covers(list: &str, url: &Url) -> bool {
    if list == "*" {
        return true;
    }
    let mut entries = list.split([',', ' ', '\t']).filter(|entry| !entry.is_empty());
    match url.host() {
        Some(Host::Domain(name)) => entries.any(|entry| covers_name(entry, name)),
        Some(Host::Ipv4(address)) => entries.any(|entry| covers_address(entry, address)),
        // Compared as text in this version: no network covers it, nor another spelling.
        Some(Host::Ipv6(address)) => entries.any(|entry| covers_name(entry, &address.to_string())),
        None => false,
    }
}

fn covers_name(entry: &str, name: &str) -> bool {
    let name = name.strip_suffix('.').unwrap_or(name);
    let entry = entry.strip_suffix('.').unwrap_or(entry).to_ascii_lowercase();
    let entry = entry.strip_prefix('.').unwrap_or(&entry);
    !entry.is_empty() && name.strip_suffix(entry).is_some_and(|before| before.is_empty() || before.ends_with('.'))
}

/// Without bits, with none or with all of them the address itself is meant.
fn covers_address(entry: &str, address: Ipv4Addr) -> bool {
    let (start, bits) = entry.split_once('/').unwrap_or((entry, "32"));
    let digits = bits.find(|c: char| !c.is_ascii_digit()).unwrap_or(bits.len());
    let shift = match bits[..digits].parse().unwrap_or(0) {
        0 => 0,
        bits @ 1..=32 => 32 - bits,
        _ => return false,
    };
    start.parse::<Ipv4Addr>().is_ok_and(|start| start.to_bits() >> shift == address.to_bits() >> shift)
}

fn check(value: &str) -> Result<(), String> {
    let shown = without_userinfo(value);
    let (scheme, rest) = value.split_once("://").unwrap_or(("http", value));
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let (userinfo, host_and_port) = authority.rsplit_once('@').unwrap_or(("", authority));
    let usable = !userinfo.contains('@')
        && (value.contains("://") || !value.ends_with(':'))
        && !scheme.is_empty()
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+.-".contains(c))
        && is_host_and_port(host_and_port);
    match scheme.to_ascii_lowercase().as_str() {
        _ if !usable => Err(format!("curl: (5) Unsupported proxy syntax in '{shown}'")),
        "http" | "https" | "socks" | "socks4" | "socks4a" | "socks5" | "socks5h" => Ok(()),
        _ => Err(format!("curl: (7) Unsupported proxy scheme for '{shown}'")),
    }
}

fn is_host_and_port(text: &str) -> bool {
    let (host, port) = match text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((address, rest)) => {
            let address = address.split('%').next().unwrap_or_default();
            if address.parse::<Ipv6Addr>().is_err() {
                return false;
            }
            ("ipv6", rest)
        }
        None => text.split_at(text.find(':').unwrap_or(text.len())),
    };
    let port = if port.is_empty() { Some("") } else { port.strip_prefix(':') };
    !host.is_empty()
        && !host.contains(|c: char| c <= ' ' || "\"<>[]\\^`{|}%\x7f".contains(c))
        && port.is_some_and(|port| {
            port.is_empty() || port.bytes().all(|b| b.is_ascii_digit()) && port.parse::<u16>().is_ok()
        })
}

/// Looked for only for https; a folder that is named takes the file's place.
fn certificates(env: &ProxyEnv, url: &Url) -> Option<Route> {
    let (variable, path) = env.first_filled(&["CURL_CA_BUNDLE", "SSL_CERT_DIR", "SSL_CERT_FILE"])?;
    let bad = variable != "SSL_CERT_DIR" && env.certificates(variable) != Certificates::Here;
    let why = format!("curl: (77) error setting certificate file: {path}");
    (bad && url.scheme() == "https").then(|| Route::Breaks { why, variable, value: path.to_owned() })
}
