//! reqwest 0.13, which is what we send with ourselves: asked is the very matcher that reqwest asks.
//!
//! It reads the upper-case names first and takes a value that it cannot parse for none. Certificates are looked for when a
//! client is made, so that a wrong path breaks plain http too; where the system keeps its own store, they are not read. Our
//! own requests to loopback come from a client without proxies and without certificates, which none of this touches.

use hyper::Uri;
use hyper_util::client::proxy::matcher::Matcher;
use url::Url;

use super::env::{Certificates, ProxyEnv, with_scheme};
use super::{Client, Route};

pub(super) fn route(env: &ProxyEnv, url: &Url) -> Route {
    if let Some(broken) = certificates(env) {
        return broken;
    }
    let Ok(asked) = url.as_str().parse::<Uri>() else { return Route::Direct };
    if env.get("REQUEST_METHOD").is_some() {
        return Route::Direct;
    }
    let own = if url.scheme() == "https" { ["HTTPS_PROXY", "https_proxy"] } else { ["HTTP_PROXY", "http_proxy"] };
    let no = first_set(env, ["NO_PROXY", "no_proxy"]).map_or("", |(_, list)| list);
    for names in [own, ["ALL_PROXY", "all_proxy"]] {
        let Some((variable, value)) = first_set(env, names) else { continue };
        if Matcher::builder().all(value).build().intercept(&asked).is_none() {
            continue;
        }
        return match Matcher::builder().all(value).no(no).build().intercept(&asked) {
            Some(_) => Client::Reqwest.through(env, url, with_scheme(value), variable),
            None => Route::Direct,
        };
    }
    Route::Direct
}

fn first_set<'a>(env: &'a ProxyEnv, names: [&'static str; 2]) -> Option<(&'static str, &'a str)> {
    names.into_iter().find_map(|name| Some((name, env.get(name)?)))
}

/// Only where not one certificate is found is no client made. An empty file name counts, an empty folder name does not.
fn certificates(env: &ProxyEnv) -> Option<Route> {
    if !cfg!(all(unix, not(target_vendor = "apple"))) {
        return None;
    }
    let file = env.get("SSL_CERT_FILE").map(|path| ("SSL_CERT_FILE", path));
    let folder = env.filled("SSL_CERT_DIR").map(|path| ("SSL_CERT_DIR", path));
    if file.is_some_and(|(name, _)| env.certificates(name) == Certificates::Here)
        || folder.is_some_and(|(name, _)| matches!(env.certificates(name), Certificates::Here | Certificates::Folder))
    {
        return None;
    }
    let (variable, value) = file.or(folder)?;
    let why = "builder error: No CA certificates were loaded from the system".to_owned();
    Some(Route::Breaks { why, variable, value: value.to_owned() })
}
