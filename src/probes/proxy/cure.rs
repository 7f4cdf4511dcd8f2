//! The smallest change of variables after which a request reaches what it is meant for.

use std::net::Ipv6Addr;

use url::Url;

use super::env::{ProxyEnv, VARIABLES};
use super::{Client, Route, httpx, is_loopback};

/// One variable to set, or with no value to unset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    pub variable: &'static str,
    pub value: Option<String>,
}

/// What to change so that `client` reaches `url`: loopback without a proxy, anything else without breaking. None where it does
/// already. What the user has in `NO_PROXY` is kept as far as the clients can read it, and where the same list can serve
/// the two clients of authsome too, it does. No value holds userinfo.
pub fn cure(env: &ProxyEnv, client: Client, url: &Url) -> Option<Vec<Change>> {
    if reaches(env, client, url) {
        return None;
    }
    let mut now = env.clone();
    while !reaches(&now, client, url) {
        match exempted(&now, client, url).or_else(|| with_scheme(&now, client, url)) {
            Some(better) => now = better,
            None => match client.route(&now, url) {
                Route::Breaks { variable, .. } | Route::Proxy { from: variable, .. } => now.unset(variable),
                Route::Direct => break,
            },
        }
    }
    for other in [Client::Httpx, Client::Requests] {
        if !reaches(&now, other, url) {
            now = exempted(&now, other, url).filter(|better| reaches(better, client, url)).unwrap_or(now);
        }
    }
    let changed = VARIABLES.into_iter().filter(|name| env.get(name) != now.get(name));
    Some(changed.map(|variable| Change { variable, value: now.get(variable).map(str::to_owned) }).collect())
}

fn reaches(env: &ProxyEnv, client: Client, url: &Url) -> bool {
    match client.route(env, url) {
        Route::Direct => true,
        Route::Proxy { .. } => !is_loopback(url),
        Route::Breaks { .. } => false,
    }
}

/// With a better list of exceptions, where that alone is enough: the user's own, repaired, and if need be this host too.
fn exempted(env: &ProxyEnv, client: Client, url: &Url) -> Option<ProxyEnv> {
    let (name, value) = client.exceptions(env);
    let other = if name == "NO_PROXY" { "no_proxy" } else { "NO_PROXY" };
    let kept = repaired(value.filter(|value| !value.is_empty()).or_else(|| env.get(other)).unwrap_or_default());
    let mut longer = kept.clone();
    if is_loopback(url) {
        longer.push(url.host_str()?.trim_start_matches('[').trim_end_matches(']').to_owned());
    }
    let served: Vec<ProxyEnv> = [kept, longer]
        .into_iter()
        .map(|list| {
            let mut env = env.clone();
            env.set(name, list.join(","));
            env
        })
        .filter(|env| reaches(env, client, url))
        .collect();
    let everyone = |env: &&ProxyEnv| [Client::Httpx, Client::Requests].iter().all(|client| reaches(env, *client, url));
    served.iter().find(everyone).or(served.first()).cloned()
}

/// The entries, apart from those that break httpx and those that hold userinfo, in the spelling that most clients read.
fn repaired(list: &str) -> Vec<String> {
    let mut entries: Vec<String> = Vec::new();
    for entry in list.split(|c: char| c == ',' || c == ';' || c.is_whitespace()).filter(|entry| !entry.is_empty()) {
        let inner = entry.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
        let entry = inner.filter(|inner| inner.parse::<Ipv6Addr>().is_ok()).unwrap_or(entry);
        if !entry.contains('@') && !httpx::refuses(entry) && !entries.iter().any(|known| known == entry) {
            entries.push(entry.to_owned());
        }
    }
    entries
}

/// `proxy:8080` is read by requests as a scheme: written out it is understood by all.
fn with_scheme(env: &ProxyEnv, client: Client, url: &Url) -> Option<ProxyEnv> {
    let Route::Breaks { variable, .. } = client.route(env, url) else { return None };
    let value = env
        .get(variable)
        .filter(|value| variable.to_ascii_uppercase().ends_with("_PROXY") && !value.contains(['@', '/']))?;
    let mut better = env.clone();
    better.set(variable, format!("http://{value}"));
    reaches(&better, client, url).then_some(better)
}
