//! Two redirect URIs, part by part: the first part in which they differ, and the difference in words.

use crate::vendors::LoopbackRule;

/// The first difference. `text` says what the registered one has, seen from the one that is sent: "no /api".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// A value of the fact `callback.registered.difference`.
    pub part: &'static str,
    pub text: String,
}

/// `None`: a provider with this rule takes the one for the other. No rule known is the strict one (RFC 9700, 2.1).
pub fn difference(sent: &str, registered: &str, rule: Option<LoopbackRule>) -> Option<Difference> {
    if rule == Some(LoopbackRule::Unchecked) {
        return None;
    }
    if registered != registered.trim() {
        let end = if registered.starts_with(char::is_whitespace) { "beginning" } else { "end" };
        return Some(say("white_space", format!("a blank at the {end}")));
    }
    let (ours, theirs) = (Parts::of(sent), Parts::of(registered));
    if ours.scheme != theirs.scheme {
        return Some(differ("scheme", ours.scheme, theirs.scheme, |theirs, ours| format!("{theirs}, not {ours}")));
    }
    if ours.host != theirs.host {
        return Some(differ("host", ours.host, theirs.host, |theirs, ours| format!("{theirs}, not {ours}")));
    }
    if ours.port != theirs.port && !(any_port(rule) && is_loopback(ours.host)) {
        return Some(say("port", port_text(ours.port, theirs.port)));
    }
    if ours.path != theirs.path && !(path_prefix(rule) && below(ours.path, theirs.path)) {
        return Some(path_difference(ours.path, theirs.path));
    }
    if ours.query != theirs.query {
        return Some(say("query", tail_text('?', ours.query, theirs.query)));
    }
    if ours.fragment != theirs.fragment {
        return Some(say("fragment", tail_text('#', ours.fragment, theirs.fragment)));
    }
    None
}

/// The parts as they are written: providers compare text, so nothing is normalised.
struct Parts<'a> {
    scheme: &'a str,
    host: &'a str,
    port: Option<&'a str>,
    path: &'a str,
    query: Option<&'a str>,
    fragment: Option<&'a str>,
}

impl<'a> Parts<'a> {
    fn of(uri: &'a str) -> Self {
        let (rest, fragment) = cut(uri, '#');
        let (rest, query) = cut(rest, '?');
        let (scheme, rest) = rest.split_once("://").unwrap_or(("", rest));
        let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let after_host = authority.rfind(']').map_or(0, |bracket| bracket + 1);
        let (host, port) = match authority[after_host..].rfind(':') {
            Some(colon) => (&authority[..after_host + colon], Some(&authority[after_host + colon + 1..])),
            None => (authority, None),
        };
        Self { scheme, host, port, path, query, fragment }
    }
}

fn cut(text: &str, at: char) -> (&str, Option<&str>) {
    text.split_once(at).map_or((text, None), |(before, after)| (before, Some(after)))
}

fn say(part: &'static str, text: String) -> Difference {
    Difference { part, text }
}

/// A difference in capitals only is one of case, wherever it is.
fn differ(part: &'static str, ours: &str, theirs: &str, text: impl Fn(&str, &str) -> String) -> Difference {
    if ours.eq_ignore_ascii_case(theirs) {
        return say("case", format!("other capitals: {theirs}, not {ours}"));
    }
    say(part, text(if theirs.is_empty() { "none" } else { theirs }, ours))
}

fn port_text(ours: Option<&str>, theirs: Option<&str>) -> String {
    match (ours, theirs) {
        (Some(_), None) => "no port".to_owned(),
        (None, Some(theirs)) => format!("a port, {theirs}"),
        (ours, theirs) => format!("port {}, not {}", theirs.unwrap_or_default(), ours.unwrap_or_default()),
    }
}

fn path_difference(ours: &str, theirs: &str) -> Difference {
    if ours.trim_end_matches('/') == theirs.trim_end_matches('/') {
        let text = if theirs.len() > ours.len() { "a slash at the end" } else { "no slash at the end" };
        return say("trailing_slash", text.to_owned());
    }
    differ("path", ours, theirs, |_, _| {
        if let Some(missing) = ours.strip_suffix(theirs).filter(|_| theirs.len() > 1) {
            format!("no {missing}")
        } else if let Some(extra) = theirs.strip_suffix(ours).filter(|_| ours.len() > 1) {
            format!("{extra} before it")
        } else {
            format!("the path {}, not {ours}", if theirs.is_empty() { "/" } else { theirs })
        }
    })
}

fn tail_text(mark: char, ours: Option<&str>, theirs: Option<&str>) -> String {
    match (ours, theirs) {
        (Some(ours), None) => format!("no {mark}{ours}"),
        (None, Some(theirs)) => format!("{mark}{theirs} at the end"),
        (ours, theirs) => format!("{mark}{}, not {mark}{}", theirs.unwrap_or_default(), ours.unwrap_or_default()),
    }
}

fn any_port(rule: Option<LoopbackRule>) -> bool {
    matches!(rule, Some(LoopbackRule::AnyPort | LoopbackRule::AnyPortPathPrefix))
}

fn path_prefix(rule: Option<LoopbackRule>) -> bool {
    rule == Some(LoopbackRule::AnyPortPathPrefix)
}

fn below(path: &str, registered: &str) -> bool {
    path.strip_prefix(registered.trim_end_matches('/')).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn is_loopback(host: &str) -> bool {
    host == "localhost"
        || host.trim_matches(['[', ']']).parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SENT: &str = "http://127.0.0.1:7998/api/auth/callback/oauth";

    fn found(registered: &str, rule: Option<LoopbackRule>) -> Option<(&'static str, String)> {
        difference(SENT, registered, rule).map(|difference| (difference.part, difference.text))
    }

    #[test]
    fn each_part_that_can_differ_is_named_in_words() {
        for (registered, part, text) in [
            ("https://127.0.0.1:7998/api/auth/callback/oauth", "scheme", "https, not http"),
            ("http://localhost:7998/api/auth/callback/oauth", "host", "localhost, not 127.0.0.1"),
            ("http://[::1]:7998/api/auth/callback/oauth", "host", "[::1], not 127.0.0.1"),
            ("http://127.0.0.1:7999/api/auth/callback/oauth", "port", "port 7999, not 7998"),
            ("http://127.0.0.1/api/auth/callback/oauth", "port", "no port"),
            ("http://127.0.0.1:7998/auth/callback/oauth", "path", "no /api"),
            ("http://127.0.0.1:7998/v2/api/auth/callback/oauth", "path", "/v2 before it"),
            ("http://127.0.0.1:7998/callback", "path", "the path /callback, not /api/auth/callback/oauth"),
            ("http://127.0.0.1:7998", "path", "the path /, not /api/auth/callback/oauth"),
            ("http://127.0.0.1:7998/api/auth/callback/oauth/", "trailing_slash", "a slash at the end"),
            ("http://127.0.0.1:7998/api/auth/callback/oauth?x=1", "query", "?x=1 at the end"),
            ("http://127.0.0.1:7998/api/auth/callback/oauth#f", "fragment", "#f at the end"),
            ("HTTP://127.0.0.1:7998/api/auth/callback/oauth", "case", "other capitals: HTTP, not http"),
            (" http://127.0.0.1:7998/api/auth/callback/oauth", "white_space", "a blank at the beginning"),
            ("http://127.0.0.1:7998/api/auth/callback/oauth\n", "white_space", "a blank at the end"),
            ("not a URL", "scheme", "none, not http"),
        ] {
            assert_eq!(found(registered, None), Some((part, text.to_owned())), "{registered}");
        }
        assert_eq!(found("http://127.0.0.1:7998/API/auth/callback/oauth", None).map(|(part, _)| part), Some("case"));
        assert_eq!(found(SENT, None), None);
    }

    #[test]
    fn where_the_provider_takes_any_loopback_port_only_the_port_may_differ() {
        let rule = Some(LoopbackRule::AnyPort);
        assert_eq!(found("http://127.0.0.1/api/auth/callback/oauth", rule), None);
        assert_eq!(found("http://127.0.0.1:1/auth/callback/oauth", rule).map(|(part, _)| part), Some("path"));
        assert_eq!(found("http://localhost/api/auth/callback/oauth", rule).map(|(part, _)| part), Some("host"));
        assert_eq!(difference("http://acme.example:1/a", "http://acme.example:2/a", rule).unwrap().part, "port");
    }

    #[test]
    fn where_the_provider_takes_paths_below_the_registered_one_a_longer_path_is_fine_and_a_sibling_is_not() {
        let rule = Some(LoopbackRule::AnyPortPathPrefix);
        assert_eq!(found("http://127.0.0.1/api", rule), None);
        assert_eq!(found("http://127.0.0.1/", rule), None);
        assert_eq!(found("http://127.0.0.1/ap", rule).map(|(part, _)| part), Some("path"));
        assert_eq!(found("http://127.0.0.1:7998/auth/callback/oauth", rule).map(|(_, text)| text).unwrap(), "no /api");
    }
}
