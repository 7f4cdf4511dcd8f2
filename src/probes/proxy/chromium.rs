//! Chromium on Linux where no desktop brings proxy settings of its own, so that the environment decides.
//!
//! Follows `net/docs/proxy.md`, `proxy_config_service_linux.cc` and `proxy_bypass_rules.cc`. Loopback and link-local addresses
//! go direct unless a list says `<-loopback>`; of a list the last rule that matches decides.

use std::net::IpAddr;

use url::{Host, Url};

use super::env::{ProxyEnv, without_userinfo};
use super::{Client, Route};

pub(super) fn route(env: &ProxyEnv, url: &Url) -> Route {
    // With all_proxy the others are not looked at.
    let named = |lower, upper| usable(env, lower, upper);
    let proxy = named("all_proxy", "ALL_PROXY").or_else(|| match url.scheme() {
        "https" => named("https_proxy", "HTTPS_PROXY"),
        _ => named("http_proxy", "HTTP_PROXY"),
    });
    let Some((variable, proxy)) = proxy else { return Route::Direct };
    let list = either_case(env, "no_proxy", "NO_PROXY").map_or("", |(_, list)| list);
    if matches(list, url, true) { Route::Direct } else { Client::Chromium.through(env, url, proxy, variable) }
}

/// Whether a bypass list (`--proxy-bypass-list`, or the policy) sends this URL direct.
pub fn bypasses(list: &str, url: &Url) -> bool {
    matches(list, url, false)
}

/// The lower-case name, and only where it is not set at all the upper-case one.
fn either_case<'a>(env: &'a ProxyEnv, lower: &'static str, upper: &'static str) -> Option<(&'static str, &'a str)> {
    env.get(lower).map(|value| (lower, value)).or_else(|| env.get(upper).map(|value| (upper, value)))
}

/// The scheme of a value is not looked at, nor its userinfo; what is left has to be a host.
fn usable(env: &ProxyEnv, lower: &'static str, upper: &'static str) -> Option<(&'static str, String)> {
    let (variable, value) = either_case(env, lower, upper)?;
    let value = without_userinfo(value);
    let host = value.split_once("://").map_or(value.as_str(), |(_, rest)| rest);
    let url = format!("http://{}", host.strip_suffix('/').unwrap_or(host));
    Url::parse(&url).is_ok_and(|url| url.path() == "/").then_some((variable, url))
}

/// `by_suffix`: in `no_proxy` a name covers everything that ends like it.
fn matches(list: &str, url: &Url, by_suffix: bool) -> bool {
    let entries: Vec<&str> = list.split([',', ';']).map(str::trim).collect();
    for entry in entries.into_iter().rev() {
        if entry.eq_ignore_ascii_case("<-loopback>") {
            if always_direct(url) {
                return false;
            }
        } else if covers(entry, url, by_suffix) {
            return true;
        }
    }
    always_direct(url)
}

/// The implicit rules: loopback and link-local.
fn always_direct(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => {
            let name = name.strip_suffix('.').unwrap_or(name);
            name == "localhost" || name.ends_with(".localhost")
        }
        Some(Host::Ipv4(address)) => address.is_loopback() || address.is_link_local(),
        Some(Host::Ipv6(address)) => address.is_loopback() || address.is_unicast_link_local(),
        None => false,
    }
}

fn covers(entry: &str, url: &Url, by_suffix: bool) -> bool {
    if entry.eq_ignore_ascii_case("<local>") {
        return matches!(url.host(), Some(Host::Domain(name)) if !name.contains('.'));
    }
    let (scheme, rest) = entry.split_once("://").map_or((None, entry), |(scheme, rest)| (Some(scheme), rest));
    if rest.is_empty() || scheme.is_some_and(|scheme| !scheme.eq_ignore_ascii_case(url.scheme())) {
        return false;
    }
    if let Some((start, bits)) = rest.split_once('/') {
        return address(url).is_some_and(|address| in_network(start, bits, address));
    }
    let (host, port) = split_port(rest);
    if port.is_some_and(|port| port.parse().ok() != url.port_or_known_default()) {
        return false;
    }
    if let Ok(literal) = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>() {
        return address(url) == Some(literal);
    }
    let pattern =
        if host.starts_with('.') || by_suffix && !host.starts_with('*') { format!("*{host}") } else { host.to_owned() };
    star_match(&pattern.to_ascii_lowercase(), url.host_str().unwrap_or_default())
}

/// A bare IPv6 address is no address here: its last group is read as a port.
fn split_port(text: &str) -> (&str, Option<&str>) {
    match text.rsplit_once(':') {
        Some((host, port)) if !text.ends_with(']') => (host, Some(port)),
        _ => (text, None),
    }
}

fn address(url: &Url) -> Option<IpAddr> {
    match url.host()? {
        Host::Ipv4(address) => Some(address.into()),
        Host::Ipv6(address) => Some(address.into()),
        Host::Domain(_) => None,
    }
}

fn in_network(start: &str, bits: &str, address: IpAddr) -> bool {
    let shift = |width: u32| bits.parse::<u32>().ok().and_then(|bits| width.checked_sub(bits));
    match (start.parse(), address) {
        (Ok(IpAddr::V4(start)), IpAddr::V4(address)) => {
            shift(32).is_some_and(|shift| start.to_bits().checked_shr(shift) == address.to_bits().checked_shr(shift))
        }
        (Ok(IpAddr::V6(start)), IpAddr::V6(address)) => {
            shift(128).is_some_and(|shift| start.to_bits().checked_shr(shift) == address.to_bits().checked_shr(shift))
        }
        _ => false,
    }
}

/// `*` stands for any text.
fn star_match(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut text) = text.strip_prefix(parts.next().unwrap_or_default()) else { return false };
    let Some(end) = parts.next_back() else { return text.is_empty() };
    for part in parts {
        let Some(at) = text.find(part) else { return false };
        text = &text[at + part.len()..];
    }
    text.ends_with(end)
}
