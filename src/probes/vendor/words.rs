//! What an address says of itself with the last words of its path, where nobody knows the vendor: `/oauth2/token` is hardly
//! where people are sent to log in.

use crate::definition::{Document, Node, host_of};
use crate::facts::{Entry, Fact, Facts, Record};
use crate::vendors::Kind;

#[derive(Clone, Copy, PartialEq)]
enum Word {
    Endpoint(Kind),
    /// Of an endpoint that no field is for.
    Other(&'static str),
}

/// One address of the definition.
struct Written<'a> {
    kind: Kind,
    node: &'a Node,
    url: &'a str,
    says: Option<Word>,
}

pub fn write(document: &Document, facts: &mut Facts) {
    let found: Vec<Written> = Kind::ALL.into_iter().filter_map(|kind| written(document, kind)).collect();
    let docs = document.root.get("docs_url").and_then(Node::as_text);
    let wrong: Vec<Entry> =
        found.iter().filter_map(|one| Some(entry(document, one, &judged(one, &found, docs)?))).collect();
    if !wrong.is_empty() {
        facts.set("definition.endpoint_words", wrong);
    }
}

fn written(document: &Document, kind: Kind) -> Option<Written<'_>> {
    let section = if kind == Kind::Registration { "registration" } else { "oauth" };
    let node = document.root.get(section)?.get(kind.key())?;
    let url = node.as_text().filter(|url| !url.is_empty())?;
    Some(Written { kind, node, url, says: word(url) })
}

struct Judged<'a> {
    is: &'a str,
    swapped_with: Option<Kind>,
    expected: Option<&'a str>,
}

fn judged<'a>(one: &Written, all: &[Written<'a>], docs: Option<&str>) -> Option<Judged<'a>> {
    let is = |is| Some(Judged { is, swapped_with: None, expected: None });
    let says = match one.says {
        Some(Word::Other(other)) => return is(other),
        Some(Word::Endpoint(says)) if says != one.kind => says,
        None if one.kind == Kind::Authorization && is_documentation(one.url, docs) => return is("documentation"),
        _ => return None,
    };
    let other = all.iter().find(|other| other.kind == says && other.says == Some(Word::Endpoint(one.kind)));
    let is_short = last(one.url).eq_ignore_ascii_case("auth");
    // What has the same address as another is told of as that.
    let is_same = all.iter().any(|other| other.kind == says && other.url == one.url)
        && !matches!(one.kind, Kind::Authorization | Kind::Registration);
    match other {
        None if is_short || is_same => None,
        _ => Some(Judged {
            is: name(says),
            swapped_with: other.map(|other| other.kind).filter(|other| needed(*other) || needed(one.kind)),
            expected: other.map(|other| other.url),
        }),
    }
}

/// Some login goes there, whatever the flow.
fn needed(kind: Kind) -> bool {
    matches!(kind, Kind::Authorization | Kind::Token)
}

fn entry(document: &Document, one: &Written, judged: &Judged) -> Entry {
    let section = if one.kind == Kind::Registration { "registration" } else { "oauth" };
    let record = Record::new()
        .with("key", one.kind.key())
        .with("value", one.url)
        .with("is", judged.is)
        .with("swapped_with", judged.swapped_with.map(Kind::key))
        .with("expected", judged.expected);
    Fact::from(record).at(one.node.spot.place(&document.file, format!("/{section}/{}", one.kind.key())))
}

fn name(kind: Kind) -> &'static str {
    match kind {
        Kind::Authorization => "an authorization endpoint",
        Kind::Token => "a token endpoint",
        Kind::Revocation => "a revocation endpoint",
        Kind::Device => "a device authorization endpoint",
        Kind::Registration => "a registration endpoint",
    }
}

fn steps(url: &str) -> impl Iterator<Item = &str> {
    let path = url.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/');
    path.split_once("://").map_or(path, |(_, rest)| rest).rsplit('/')
}

fn last(url: &str) -> &str {
    steps(url).next().unwrap_or_default()
}

fn word(url: &str) -> Option<Word> {
    const WORDS: &[(&str, Word)] = &[
        ("authorize", Word::Endpoint(Kind::Authorization)),
        ("authorise", Word::Endpoint(Kind::Authorization)),
        ("authorization", Word::Endpoint(Kind::Authorization)),
        ("auth", Word::Endpoint(Kind::Authorization)),
        ("token", Word::Endpoint(Kind::Token)),
        ("access_token", Word::Endpoint(Kind::Token)),
        ("revoke", Word::Endpoint(Kind::Revocation)),
        ("revocation", Word::Endpoint(Kind::Revocation)),
        ("device_authorization", Word::Endpoint(Kind::Device)),
        ("device_code", Word::Endpoint(Kind::Device)),
        ("devicecode", Word::Endpoint(Kind::Device)),
        ("register", Word::Endpoint(Kind::Registration)),
        ("userinfo", Word::Other("a userinfo endpoint")),
        ("introspect", Word::Other("an introspection endpoint")),
        ("introspection", Word::Other("an introspection endpoint")),
        ("jwks", Word::Other("a list of keys")),
        ("jwks.json", Word::Other("a list of keys")),
        ("openid-configuration", Word::Other("a discovery document")),
        ("oauth-authorization-server", Word::Other("a discovery document")),
    ];
    let mut steps = steps(url);
    let (last, before) = (steps.next()?, steps.next()?);
    // /device/authorize, /device/token, /revoke/token: the first of the two words decides, or nothing does.
    let compound = |word: &str| before.eq_ignore_ascii_case(word);
    if compound("device") {
        let is_code = last.eq_ignore_ascii_case("code") || last.to_ascii_lowercase().starts_with("authori");
        return is_code.then_some(Word::Endpoint(Kind::Device));
    }
    if compound("revoke") {
        return Some(Word::Endpoint(Kind::Revocation));
    }
    WORDS.iter().find(|(word, _)| last.eq_ignore_ascii_case(word)).map(|(_, says)| *says)
}

/// A page to read: docs_url itself, or one of a host that is called so.
fn is_documentation(url: &str, docs: Option<&str>) -> bool {
    docs == Some(url)
        || host_of(url).is_some_and(|host| ["docs.", "help.", "support."].iter().any(|it| host.starts_with(it)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_words_of_a_path_tell_what_it_is_for() {
        let is = |url: &str, kind: Kind| word(url) == Some(Word::Endpoint(kind));
        assert!(is("https://a.example/oauth2/Authorize/", Kind::Authorization));
        assert!(is("{base_url}/login/oauth/access_token?v=2", Kind::Token));
        assert!(is("https://a.example/v1/device/authorize", Kind::Device));
        assert!(is("https://a.example/oauth/v2/revoke/token", Kind::Revocation));
        for url in ["https://token", "https://a.example/device/token", "https://a.example/oauth", ""] {
            assert!(word(url).is_none(), "{url}");
        }
    }
}
