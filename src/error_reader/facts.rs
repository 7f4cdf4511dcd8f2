//! From a reading to the facts of the section `error`.

use super::Paste;
use super::codes::{self, Rank};
use super::reading::{Reading, Said, fold};
use super::{provider, secrets, step};
use crate::facts::{Facts, Record};

/// How much of the folded text is kept; of a longer one the first and the last half.
const LONGEST_TEXT: usize = 64 << 10;
const MOST_CANDIDATES: usize = 50;

/// Words that a text about a login has and other texts seldom have.
const ABOUT_LOGIN: &[&str] = &[
    "oauth",
    "openid",
    "redirect_uri",
    "redirect uri",
    "redirect url",
    "callback url",
    "client_id",
    "client id",
    "client_secret",
    "client secret",
    "authorization code",
    "authorization server",
    "access token",
    "access_token",
    "refresh token",
    "refresh_token",
    "token exchange",
    "token endpoint",
    "code_verifier",
    "code_challenge",
    "pkce",
    "authsome",
    "consent",
    "scope",
    "log in",
    "login",
    "sign in",
    "sign-in",
    "signin",
    "bad credentials",
    "127.0.0.1:7998",
    "localhost:7998",
    "www-authenticate",
];

pub fn write(paste: &Paste, shape: &str, mut reading: Reading, source: &str) -> Facts {
    let said = in_order(std::mem::take(&mut reading.said));
    let text = folded(paste, &reading);
    let hosts = provider::hosts(&text);
    let vendor = provider::recognise(&reading, &hosts, &text);
    let codes = codes_of(&said);
    if let Some(first) = codes.first() {
        step::from_code(first, &mut reading);
    }
    let about_login = codes.iter().any(|code| codes::find(code).is_some())
        || reading.numbers.iter().any(|number| number.starts_with("AADSTS"))
        // The shape of RFC 6749, 5.2, whatever code it holds.
        || paste.text.contains("error_description")
        || ABOUT_LOGIN.iter().any(|words| text.contains(words));

    let mut facts = Facts::new();
    facts.set("error.source", source);
    facts.set("error.shape", shape);
    facts.set("error.code", codes.first().cloned());
    facts.set("error.codes", codes);
    let retry_after = reading.retry_after();
    facts.set("error.description", first_of(&said, |said| said.description.clone()));
    facts.set("error.hint", first_of(&said, |said| said.hint.clone()));
    facts.set("error.uri", first_of(&said, |said| said.uri.clone()));
    facts.set("error.numbers", reading.numbers);
    facts.set("error.status", reading.statuses.iter().min_by_key(|(sure, _)| *sure).map(|(_, status)| *status));
    facts.set("error.provider", vendor.as_ref().map(|vendor| vendor.name.clone()));
    facts.set("error.provider_because", vendor.map(|vendor| vendor.because));
    facts.set("error.step", reading.step.as_ref().map(|step| step.name));
    facts.set("error.step_because", reading.step.map(|step| step.because));
    facts.set("error.content_type", reading.content_type);
    facts.set("error.retry_after", retry_after);
    facts.set("error.www_authenticate", reading.www_authenticate);
    facts.set("error.redirect_uri", reading.redirect_uri);
    facts.set("error.hosts", hosts);
    facts.set("error.about_login", about_login);
    facts.set("error.skipped", (paste.skipped > 0).then(|| i64::try_from(paste.skipped).unwrap_or(i64::MAX)));
    facts.set("error.candidates", candidates(&said, &paste.text));
    facts.set("error.text", text);
    facts
}

/// The most telling first; among equals what was said in a structure before a bare word, then what was said last.
fn in_order(said: Vec<Said>) -> Vec<Said> {
    let mut kept: Vec<Said> = Vec::new();
    for one in said {
        let twin = kept.iter_mut().find(|known| known.code == one.code && agree(known, &one));
        match twin {
            Some(known) => {
                known.description = known.description.take().or(one.description);
                known.hint = known.hint.take().or(one.hint);
                known.uri = known.uri.take().or(one.uri);
            }
            None => kept.push(one),
        }
    }
    kept.sort_by_key(|one| {
        let rank = one.code.as_deref().map_or(Rank::Wrapper, codes::rank);
        (one.code.is_none(), rank, one.found_in == "text", std::cmp::Reverse(one.at))
    });
    kept
}

/// The same error said twice: one of the two has no more to say.
fn agree(one: &Said, other: &Said) -> bool {
    match (&one.description, &other.description) {
        (Some(a), Some(b)) => a == b,
        _ => one.code.is_some(),
    }
}

fn codes_of(said: &[Said]) -> Vec<String> {
    let mut codes: Vec<String> = Vec::new();
    for code in said.iter().filter_map(|said| said.code.as_ref()) {
        if !codes.contains(code) {
            codes.push(code.clone());
        }
    }
    codes
}

fn first_of(said: &[Said], part: impl Fn(&Said) -> Option<String>) -> Option<String> {
    said.iter().find_map(part)
}

fn candidates(said: &[Said], text: &str) -> Vec<Record> {
    let lines: Vec<usize> = text.match_indices('\n').map(|(at, _)| at).collect();
    said.iter()
        .filter_map(|said| Some((said.code.as_ref()?, said)))
        .take(MOST_CANDIDATES)
        .map(|(code, said)| {
            let line = lines.partition_point(|end| *end < said.at) + 1;
            Record::new()
                .with("code", code.as_str())
                .with("description", said.description.clone())
                .with("found_in", said.found_in)
                .with("line", i64::try_from(line).unwrap_or(i64::MAX))
        })
        .collect()
}

/// `error.text`: what a person would read, and after it what had to be decoded; without secrets.
fn folded(paste: &Paste, reading: &Reading) -> String {
    let mut text = secrets::remove(reading.visible.as_deref().unwrap_or(&paste.text));
    for decoded in &reading.decoded {
        text.push('\n');
        text.push_str(&secrets::remove(decoded));
    }
    let plain = text.replace(['\u{2018}', '\u{2019}'], "'").replace(['\u{201c}', '\u{201d}'], "\"").to_lowercase();
    let folded = fold(&plain);
    if folded.len() <= LONGEST_TEXT {
        return folded;
    }
    let first = &folded[..folded.floor_char_boundary(LONGEST_TEXT / 2)];
    let last = &folded[folded.floor_char_boundary(folded.len() - LONGEST_TEXT / 2)..];
    format!("{first} … {last}")
}
