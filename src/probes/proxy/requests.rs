//! requests 2.34.2 with urllib3 2.8.0.
//!
//! Follows `requests/utils.py` and `adapters.py`. Two readers of `NO_PROXY` are asked, its own and the standard library's, and
//! either may say direct. A proxy is parsed only for a request that goes to it.

use std::net::Ipv6Addr;

use url::Url;

use super::env::{Certificates, ProxyEnv, with_scheme, without_userinfo};
use super::python::{proxy, repr};
use super::{Client, Route};

pub(super) fn route(env: &ProxyEnv, url: &Url) -> Route {
    let host = url.host_str().unwrap_or_default().trim_start_matches('[').trim_end_matches(']');
    let through = if bypasses(env, url, host) { None } else { proxy(env, url.scheme()).or_else(|| proxy(env, "all")) };
    if let Some((variable, value)) = through
        && let Err(why) = check(value, env.socks.requests)
    {
        return Route::Breaks { why, variable, value: without_userinfo(value) };
    }
    if let Some(broken) = certificates(env, url) {
        return broken;
    }
    match through {
        Some((variable, value)) => Client::Requests.through(env, url, with_scheme(value), variable),
        None => Route::Direct,
    }
}

fn bypasses(env: &ProxyEnv, url: &Url, host: &str) -> bool {
    let own = env.first_filled(&["no_proxy", "NO_PROXY"]);
    let librarys = proxy(env, "no");
    own.is_some_and(|(_, list)| own_reader(list, url, host))
        || librarys.is_some_and(|(_, list)| library_reader(list, host))
}

/// `should_bypass_proxies`: knows networks for IPv4 addresses, and ports and subdomains for everything else.
fn own_reader(list: &str, url: &Url, host: &str) -> bool {
    let list = list.replace(' ', "");
    let mut entries = list.split(',').filter(|entry| !entry.is_empty());
    if let Some(address) = inet_aton(host) {
        return entries.any(|entry| match network(entry) {
            Some((start, mask)) => address & mask == start & mask,
            None => entry == host,
        });
    }
    let with_port = url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
    entries.any(|entry| {
        let entry = entry.trim_start_matches('.');
        [host, &with_port].iter().any(|name| *name == entry || name.ends_with(&format!(".{entry}")))
    })
}

/// `urllib.request.proxy_bypass_environment`: names and their subdomains, and a star that stands alone.
fn library_reader(list: &str, host: &str) -> bool {
    list == "*"
        || list.split(',').map(str::trim).filter(|entry| !entry.is_empty()).any(|entry| {
            let entry = entry.trim_start_matches('.').to_lowercase();
            host == entry || host.ends_with(&format!(".{entry}"))
        })
}

/// `address/bits` with 1 to 32 bits, as `is_valid_cidr` takes it.
fn network(entry: &str) -> Option<(u32, u32)> {
    let (address, bits) = entry.split_once('/')?;
    let bits: u32 = bits.parse().ok().filter(|bits| (1..=32).contains(bits))?;
    Some((inet_aton(address)?, u32::MAX << (32 - bits)))
}

/// The C library's `inet_aton`: one to four numbers, octal and hexadecimal ones too, the last filling what is left.
fn inet_aton(text: &str) -> Option<u32> {
    let number = |part: &str| match part {
        _ if part.starts_with("0x") || part.starts_with("0X") => u32::from_str_radix(&part[2..], 16).ok(),
        _ if part.len() > 1 && part.starts_with('0') => u32::from_str_radix(part, 8).ok(),
        _ => part.bytes().all(|b| b.is_ascii_digit()).then(|| part.parse().ok())?,
    };
    let parts: Vec<u32> = text.split('.').map(number).collect::<Option<_>>()?;
    let (&last, leading) = parts.split_last()?;
    let room = 32 - 8 * u32::try_from(leading.len()).ok().filter(|count| *count < 4)?;
    if leading.iter().any(|part| *part > 255) || u64::from(last) >= 1 << room {
        return None;
    }
    let leading = leading.iter().fold(0u64, |address, part| address << 8 | u64::from(*part));
    u32::try_from(leading << room | u64::from(last)).ok()
}

/// A certificate bundle is looked for only for https.
fn certificates(env: &ProxyEnv, url: &Url) -> Option<Route> {
    let (variable, path) = env.first_filled(&["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])?;
    let why = match env.certificates(variable) {
        Certificates::Nowhere => format!("Could not find a suitable TLS CA certificate bundle, invalid path: {path}"),
        Certificates::NotThese => "[X509: NO_CERTIFICATE_OR_CRL_FOUND] no certificate or crl found".to_owned(),
        Certificates::Here | Certificates::Folder => return None,
    };
    (url.scheme() == "https").then(|| Route::Breaks { why, variable, value: path.to_owned() })
}

/// What urllib3 makes of a proxy value, where it can use it at all.
fn check(value: &str, socks: bool) -> Result<(), String> {
    const MALFORMED: &str = "Please check proxy URL. It is malformed and could be missing the host.";
    let (scheme, authority) = split(value);
    // The part after the last @ alone is quoted, so no userinfo is.
    let host_and_port = authority.rsplit_once('@').map_or(authority, |(_, after)| after);
    if !host_and_port.is_empty() {
        check_host_and_port(host_and_port, value)?;
    }
    if host_and_port.is_empty() || host_and_port.starts_with(':') {
        return Err(MALFORMED.to_owned());
    }
    match scheme.to_ascii_lowercase().as_str() {
        "http" | "https" => Ok(()),
        "socks4" | "socks4a" | "socks5" | "socks5h" if socks => Ok(()),
        scheme if scheme.starts_with("socks") && socks => {
            Err(format!("Unable to determine SOCKS version from {}", without_userinfo(value)))
        }
        scheme if scheme.starts_with("socks") => Err("Missing dependencies for SOCKS support.".to_owned()),
        scheme => Err(format!("Proxy URL had unsupported scheme {scheme}, should use http:// or https://")),
    }
}

/// Scheme and authority. `name:8080` without a dot in it is read as the scheme `name` without a host.
fn split(value: &str) -> (&str, &str) {
    let has_scheme = value.split_once(':').is_some_and(|(before, _)| {
        before.starts_with(|c: char| c.is_ascii_alphabetic())
            && before.chars().all(|c| c.is_ascii_alphanumeric() || "+-".contains(c))
    });
    let (scheme, rest) = if has_scheme { value.split_once(':').unwrap_or(("http", value)) } else { ("http", value) };
    let authority =
        if has_scheme || value.starts_with('/') { rest.strip_prefix("//").unwrap_or_default() } else { rest };
    (scheme, authority.split(['\\', '/', '?', '#']).next().unwrap_or_default())
}

fn check_host_and_port(text: &str, value: &str) -> Result<(), String> {
    let quoted = |part: &str| if value.contains('@') { "the proxy".to_owned() } else { repr(part) };
    let parts = host_and_port(text)
        .filter(|(_, port)| port.bytes().all(|b| b.is_ascii_digit()) && port.trim_start_matches('0').len() <= 5);
    let odd = parts.map_or(text, |(host, _)| host);
    if let Some(c) = odd.chars().find(|c| *c <= ' ' || *c == '\x7f') {
        return Err(format!(
            "Failed to parse: Host {} contains invalid character {}",
            quoted(odd),
            repr(&c.to_string())
        ));
    }
    match parts {
        None => Err(format!("Failed to parse: {} is not a valid host or port", quoted(text))),
        Some((_, port)) if port.parse().is_ok_and(|port: u32| port > 65535) => {
            let slashes = if value.contains("://") { "" } else { "//" };
            Err(format!("Failed to parse: {slashes}{}", without_userinfo(value)))
        }
        Some(_) => Ok(()),
    }
}

/// None where the host cannot be one.
fn host_and_port(text: &str) -> Option<(&str, &str)> {
    let end = if text.starts_with('[') { text.find(']')? + 1 } else { text.find(':').unwrap_or(text.len()) };
    let (host, rest) = text.split_at(end);
    let usable = match host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
        Some(address) => address.split('%').next()?.parse::<Ipv6Addr>().is_ok(),
        None => !host.contains(['[', ']']),
    };
    let port = if rest.is_empty() { rest } else { rest.strip_prefix(':')? };
    usable.then_some((host, port))
}
