//! What reaches the callback listener, read and told apart (RFC 6749, 4.1.2; RFC 9207).

use crate::sink::Secret;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// Callback parameters are short; what is longer is not read.
pub const MAX_TARGET: usize = 16 * 1024;

/// What the listener expects.
#[derive(Clone)]
pub struct Expected {
    /// The path of the redirect URI that was sent.
    pub path: String,
    /// Paths of other authsome versions, and which versions those are.
    pub other_paths: Vec<(String, String)>,
    /// Hosts with port that the browser may name (RFC 9110, 7.2).
    pub hosts: Vec<String>,
    pub state: Secret,
}

/// One request, told apart.
pub enum Arrival {
    /// Ours: our state, and a code.
    Code { code: Secret, path: String, issuer: Option<String> },
    /// Ours: our state, and the provider's refusal.
    Refusal { path: String, query: String },
    /// A refusal without a state: said by somebody, perhaps not to us.
    ForeignRefusal { path: String, query: String },
    /// A callback whose state is missing.
    NoState { path: String },
    /// A callback, be it a refusal, whose state is not ours; its SHA-256, to be looked up in the journal.
    ForeignState { path: String, state_hash: String },
    /// Our state, but neither a code nor an error.
    Empty { path: String },
    /// Our state a second time.
    Again,
    /// Anything else: a favicon, a wrong method, a wrong Host, too long.
    Junk(&'static str),
}

/// Reads the query of a request on one of the callback paths.
pub fn read(expected: &Expected, path: &str, query: &str) -> Arrival {
    let mut parameters: BTreeMap<String, String> = BTreeMap::new();
    for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
        // The first of a name counts; RFC 6749, 3.1: parameters must not be sent twice.
        parameters.entry(name.into_owned()).or_insert_with(|| value.into_owned());
    }
    let filled = |name: &str| parameters.get(name).filter(|value| !value.is_empty());
    let path = path.to_owned();
    let (state, error, code) = (filled("state"), filled("error"), filled("code"));
    if let Some(code) = code {
        crate::sink::remember(code);
    }
    let ours = state.is_some_and(|state| same(state, expected.state.expose()));
    match (ours, error, code) {
        (true, Some(_), _) => Arrival::Refusal { path, query: query.to_owned() },
        (true, None, Some(code)) => {
            Arrival::Code { code: Secret::new(code.as_str()), path, issuer: filled("iss").cloned() }
        }
        (true, None, None) => Arrival::Empty { path },
        (false, error, _) => match (state, error) {
            (Some(state), _) => Arrival::ForeignState { path, state_hash: hash(state) },
            (None, Some(_)) => Arrival::ForeignRefusal { path, query: query.to_owned() },
            (None, None) => Arrival::NoState { path },
        },
    }
}

/// Reads what a person pasted: the address of the page that did not load, from any machine's address bar, wrapped and
/// quoted as terminals and mail do, or its query alone. `None`: it is no callback.
pub fn pasted(expected: &Expected, text: &str) -> Option<Arrival> {
    let shown = |c: &char| !c.is_whitespace() && !c.is_control();
    let joined: String = text.chars().filter(shown).collect();
    let candidates = text.split_whitespace().chain([joined.as_str()]);
    // A part of an address that was wrapped looks like an address that lacks something.
    candidates.filter_map(|word| expected.read_word(word)).min_by_key(|arrival| match arrival {
        Arrival::Code { .. } | Arrival::Refusal { .. } => 0,
        Arrival::Empty { .. } => 1,
        Arrival::NoState { .. } => 3,
        _ => 2,
    })
}

impl Expected {
    fn read_word(&self, word: &str) -> Option<Arrival> {
        let word = word.trim_matches(['"', '\'', '<', '>', '`']);
        let (address, query) = word.split_once('?').unwrap_or(("", word));
        let query = query.split('#').next().unwrap_or_default();
        let named = |name: &str| url::form_urlencoded::parse(query.as_bytes()).any(|(key, _)| key == name);
        let path = if address.is_empty() { &self.path } else { self.path_of(address)? };
        let is_answer = named("state") || named("code") || (named("error") && !address.is_empty());
        is_answer.then(|| read(self, path, query))
    }

    /// The callback path that an address ends with, whatever its host: a forwarded port has another name there.
    fn path_of(&self, address: &str) -> Option<&String> {
        // Browsers leave the scheme out of what they show.
        let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
        let path = &rest[rest.find('/')?..];
        let others = self.other_paths.iter().map(|(other, _)| other);
        others.chain([&self.path]).find(|known| *known == path)
    }
}

/// Equal, in a time that does not depend on where they differ.
fn same(a: &str, b: &str) -> bool {
    let (a, b) = (Sha256::digest(a), Sha256::digest(b));
    a.iter().zip(b.iter()).fold(0, |difference, (x, y)| difference | (x ^ y)) == 0
}

/// A state as the journal keeps it.
pub fn hash(state: &str) -> String {
    Sha256::digest(state).iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expected() -> Expected {
        Expected {
            path: "/auth/callback/oauth".into(),
            other_paths: Vec::new(),
            hosts: vec!["127.0.0.1:7998".into()],
            state: Secret::new("the-state-of-this-attempt"),
        }
    }

    fn arrival(query: &str) -> &'static str {
        word(&read(&expected(), "/auth/callback/oauth", query))
    }

    fn word(arrival: &Arrival) -> &'static str {
        match arrival {
            Arrival::Code { .. } => "code",
            Arrival::Refusal { .. } => "refusal",
            Arrival::ForeignRefusal { .. } => "foreign refusal",
            Arrival::NoState { .. } => "no state",
            Arrival::ForeignState { .. } => "foreign state",
            Arrival::Empty { .. } => "empty",
            Arrival::Again => "again",
            Arrival::Junk(_) => "junk",
        }
    }

    #[test]
    fn callbacks_are_told_apart() {
        assert_eq!(arrival("code=abcdefgh&state=the-state-of-this-attempt"), "code");
        assert_eq!(arrival("error=access_denied&state=the-state-of-this-attempt"), "refusal");
        assert_eq!(arrival("error=redirect_uri_mismatch"), "foreign refusal");
        assert_eq!(arrival("error=access_denied&state=another"), "foreign state");
        assert_eq!(arrival("code=abcdefgh"), "no state");
        assert_eq!(arrival("code=abcdefgh&state=another"), "foreign state");
        assert_eq!(arrival("state=the-state-of-this-attempt"), "empty");
        assert_eq!(arrival("code=abcdefgh&state="), "no state");
        assert_eq!(arrival("code=abcdefgh&state=x&state=the-state-of-this-attempt"), "foreign state");
    }

    #[test]
    fn a_pasted_address_is_read_however_it_was_copied() {
        let whole = "http://127.0.0.1:7998/auth/callback/oauth?code=abcdefgh&state=the-state-of-this-attempt";
        for text in [
            whole.to_owned(),
            format!("  {whole} \n"),
            whole.replace("abcd", "ab\n  cd"),
            format!("This site can't be reached\n<{whole}>\nERR_CONNECTION_REFUSED"),
            whole.replace("http://", ""),
            whole.replace("http://127.0.0.1:7998", "https://box-7998.app.example"),
            whole.split('?').next_back().map(|query| format!("?{query}")).unwrap(),
            whole.split('?').next_back().unwrap().to_owned(),
            format!("\"{whole}#_=_\""),
            whole.replace("/auth/", "/api/auth/"),
        ] {
            let expected = Expected {
                other_paths: vec![("/api/auth/callback/oauth".into(), "authsome 0.6 and later".into())],
                ..expected()
            };
            let arrival = pasted(&expected, &text);
            assert!(matches!(&arrival, Some(Arrival::Code { code, .. }) if code.expose() == "abcdefgh"), "{text:?}");
        }
    }

    #[test]
    fn a_pasted_address_of_another_login_is_told_and_what_is_no_callback_is_left_to_the_reader() {
        let pasted = |text: &str| pasted(&expected(), text).map(|arrival| word(&arrival));
        let callback = "http://127.0.0.1:7998/auth/callback/oauth";
        assert_eq!(pasted(&format!("{callback}?code=abcdefgh&state=another")), Some("foreign state"));
        assert_eq!(pasted(&format!("{callback}?code=abcdefgh")), Some("no state"));
        assert_eq!(pasted(&format!("{callback}?error=access_denied")), Some("foreign refusal"));
        for text in [
            "Error 400: redirect_uri_mismatch",
            "error=access_denied&error_description=The+user+said+no",
            "https://provider.example/oauth/error?code=500&state=x",
            "{\"error\": \"invalid_client\"}",
            "",
        ] {
            assert_eq!(pasted(text), None, "{text}");
        }
    }
}
