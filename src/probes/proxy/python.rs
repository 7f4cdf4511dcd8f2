//! What both Python clients share: the proxies that the standard library's `urllib.request.getproxies` finds.

use std::fmt::Write;

use super::env::ProxyEnv;

/// The variables of one scheme (`http`, `https`, `all` or `no`), as the standard library chooses between them: the
/// lower-case one wins, and where it is set but empty it takes the other one away; under CGI `HTTP_PROXY` is ignored.
pub(super) fn proxy<'a>(env: &'a ProxyEnv, scheme: &str) -> Option<(&'static str, &'a str)> {
    let (lower, upper) = match scheme {
        "http" => ("http_proxy", "HTTP_PROXY"),
        "https" => ("https_proxy", "HTTPS_PROXY"),
        "all" => ("all_proxy", "ALL_PROXY"),
        _ => ("no_proxy", "NO_PROXY"),
    };
    let cgi = scheme == "http" && env.get("REQUEST_METHOD").is_some();
    match env.get(lower) {
        Some("") => None,
        Some(value) => Some((lower, value)),
        None => env.filled(upper).filter(|_| !cgi).map(|value| (upper, value)),
    }
}

/// A text as Python's `repr` writes it in the error messages.
pub(super) fn repr(text: &str) -> String {
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    let mut out = String::from(quote);
    for c in text.chars() {
        match c {
            '\t' => out.push_str("\\t"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\\' => out.push_str("\\\\"),
            c if c == quote => out.extend(['\\', c]),
            c if c.is_ascii_control() => write!(out, "\\x{:02x}", c as u32).expect("a String takes everything"),
            c => out.push(c),
        }
    }
    out.push(quote);
    out
}
