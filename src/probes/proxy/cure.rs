//! The smallest change of variables after which a request reaches what it is meant for.

use std::net::Ipv6Addr;

use url::Url;

use super::env::{ProxyEnv, VARIABLES};
use super::{Client, Route, httpx};
use crate::host::http::is_loopback;

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
        let host = url.host_str()?.trim_start_matches('[').trim_end_matches(']').to_owned();
        longer.retain(|entry| *entry != host);
        longer.push(host);
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

#[cfg(test)]
mod tests {
    use super::super::Certificates;
    use super::*;

    const DAEMON: &str = "http://127.0.0.1:7998/api/health";
    const PROVIDER: &str = "https://github.com/login/oauth/access_token";

    fn env(pairs: &[(&str, &str)]) -> ProxyEnv {
        ProxyEnv::read(pairs.iter().copied(), |_| Certificates::Nowhere)
    }

    /// The cure as a person would type it.
    fn typed(pairs: &[(&str, &str)], client: Client, url: &str) -> String {
        let changes = cure(&env(pairs), client, &Url::parse(url).unwrap());
        let line = |change: Change| match change.value {
            Some(value) => format!("{}={value}", change.variable),
            None => format!("unset {}", change.variable),
        };
        changes.map_or("nothing".to_owned(), |changes| changes.into_iter().map(line).collect::<Vec<_>>().join("; "))
    }

    fn typed_for_list(list: &str) -> String {
        typed(&[("HTTP_PROXY", "http://proxy:8080"), ("NO_PROXY", list)], Client::Httpx, DAEMON)
    }

    #[test]
    fn the_list_that_the_user_has_is_kept_and_the_host_appended() {
        assert_eq!(typed_for_list("localhost"), "NO_PROXY=localhost,127.0.0.1");
        assert_eq!(typed_for_list("127.0.0.0/8"), "NO_PROXY=127.0.0.0/8,127.0.0.1");
        assert_eq!(typed_for_list(".local, 10.0.0.0/8"), "NO_PROXY=.local,10.0.0.0/8,127.0.0.1");
        assert_eq!(typed(&[("HTTP_PROXY", "http://proxy:8080")], Client::Httpx, DAEMON), "NO_PROXY=127.0.0.1");
    }

    #[test]
    fn a_list_that_only_has_the_wrong_separators_is_only_repaired() {
        assert_eq!(typed_for_list("127.0.0.1;localhost"), "NO_PROXY=127.0.0.1,localhost");
        assert_eq!(typed_for_list("localhost 127.0.0.1"), "NO_PROXY=localhost,127.0.0.1");
    }

    #[test]
    fn an_entry_that_breaks_httpx_is_respelled_or_left_out() {
        assert_eq!(typed(&[("NO_PROXY", "[::1]")], Client::Httpx, DAEMON), "NO_PROXY=::1");
        assert_eq!(typed(&[("NO_PROXY", "corp,fd00::/8")], Client::Httpx, DAEMON), "NO_PROXY=corp");
        assert_eq!(typed_for_list("localhost,[::1]"), "NO_PROXY=localhost,::1,127.0.0.1");
    }

    #[test]
    fn the_spelling_that_the_client_follows_is_the_one_that_is_set() {
        let both = [("HTTP_PROXY", "http://proxy:8080"), ("no_proxy", "corp"), ("NO_PROXY", "127.0.0.1")];
        assert_eq!(typed(&both, Client::Httpx, DAEMON), "no_proxy=corp,127.0.0.1");
        let lower = [("http_proxy", "http://proxy:8080"), ("no_proxy", "localhost")];
        assert_eq!(typed(&lower, Client::Httpx, DAEMON), "no_proxy=localhost,127.0.0.1");
        let hidden = [("http_proxy", "http://proxy:8080"), ("no_proxy", ""), ("NO_PROXY", "corp")];
        assert_eq!(typed(&hidden, Client::Httpx, DAEMON), "no_proxy=corp,127.0.0.1");
    }

    #[test]
    fn where_our_client_and_authsomes_follow_different_spellings_both_are_set() {
        let both = [("HTTP_PROXY", "http://proxy:8080"), ("no_proxy", "corp"), ("NO_PROXY", "localhost")];
        assert_eq!(typed(&both, Client::Reqwest, DAEMON), "NO_PROXY=localhost,127.0.0.1; no_proxy=corp,127.0.0.1");
    }

    #[test]
    fn a_list_that_serves_one_client_is_lengthened_until_it_serves_the_others() {
        let with_port = [("HTTP_PROXY", "http://proxy:8080"), ("NO_PROXY", "127.0.0.1:7998")];
        assert_eq!(typed(&with_port, Client::Requests, DAEMON), "NO_PROXY=127.0.0.1:7998,127.0.0.1");
        let network = [("HTTP_PROXY", "http://proxy:8080"), ("NO_PROXY", "127.0.0.0/8")];
        assert_eq!(typed(&network, Client::Requests, DAEMON), "nothing");
    }

    #[test]
    fn socks_is_cured_by_unsetting_every_variable_that_names_it() {
        let pairs = [("HTTPS_PROXY", "socks5://127.0.0.1:1080"), ("NO_PROXY", "127.0.0.1")];
        assert_eq!(typed(&pairs, Client::Httpx, DAEMON), "unset HTTPS_PROXY");
        let everywhere = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"].map(|name| (name, "socks5h://127.0.0.1:1080"));
        assert_eq!(typed(&everywhere, Client::Httpx, DAEMON), "unset HTTP_PROXY; unset HTTPS_PROXY; unset ALL_PROXY");
    }

    #[test]
    fn a_certificate_file_that_names_nothing_is_unset() {
        assert_eq!(typed(&[("SSL_CERT_FILE", "/gone.pem")], Client::Httpx, DAEMON), "unset SSL_CERT_FILE");
        assert_eq!(
            typed(&[("REQUESTS_CA_BUNDLE", "/gone.pem")], Client::Requests, PROVIDER),
            "unset REQUESTS_CA_BUNDLE"
        );
        assert_eq!(typed(&[("REQUESTS_CA_BUNDLE", "/gone.pem")], Client::Requests, DAEMON), "nothing");
    }

    #[test]
    fn a_proxy_on_the_way_to_the_provider_is_left_alone_and_one_that_breaks_is_spelled_out() {
        assert_eq!(typed(&[("HTTPS_PROXY", "http://proxy:8080")], Client::Requests, PROVIDER), "nothing");
        assert_eq!(
            typed(&[("HTTPS_PROXY", "proxy:8080")], Client::Requests, PROVIDER),
            "HTTPS_PROXY=http://proxy:8080"
        );
    }

    #[test]
    fn a_browser_that_is_told_to_proxy_loopback_is_told_the_exception() {
        let pairs = [("http_proxy", "http://proxy:8080"), ("no_proxy", "<-loopback>")];
        assert_eq!(typed(&pairs, Client::Chromium, DAEMON), "no_proxy=<-loopback>,127.0.0.1");
    }

    #[test]
    fn a_cure_never_repeats_a_password() {
        let pairs = [("HTTP_PROXY", "http://proxy:8080"), ("NO_PROXY", "me:secret@host,corp")];
        assert_eq!(typed(&pairs, Client::Httpx, DAEMON), "NO_PROXY=corp,127.0.0.1");
        assert_eq!(typed(&[("HTTPS_PROXY", "me:secret@proxy:8080")], Client::Requests, PROVIDER), "unset HTTPS_PROXY");
    }
}
