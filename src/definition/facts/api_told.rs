//! What is told of one entry of `api_url`: nothing where there is nothing to tell.

use super::super::bounded::is_bounded;
use super::super::hosts;
use super::super::patterns::{meant, never, samples};
use super::super::strangers;
use super::super::urls::{placeholder, stand_in};
use super::{Claim, Target};
use crate::definition::authority::{Authority, is_loopback};
use crate::definition::document::{Document, Node};
use crate::definition::model::BASE_URL;
use crate::definition::python_re::{Subject, compile, read};
use crate::facts::{Fact, Record};
use regex_lite::Regex;
use std::net::IpAddr;

/// One that takes something.
pub struct Pattern {
    regex: Regex,
    samples: Vec<String>,
}

fn tell(record: &mut Record, name: &'static str, told: Option<impl Into<Fact>>) {
    if let Some(told) = told {
        record.add(name, told.into());
    }
}

pub fn pattern(targets: &[Target], at: usize, pattern: &str, record: &mut Record) -> Option<Pattern> {
    let alone = targets.iter().enumerate().all(|(other, target)| other == at || !target.value.starts_with("regex:"));
    if alone && is_bounded(pattern) {
        record.add("pattern_blank", false);
        record.add("pattern_error", Fact::Absent);
        let same = targets.iter().find(|target| spells(pattern, target));
        tell(record, "pattern_of_host_in_line", same.map(|target| target.node.spot.line));
        return None;
    }
    let refused = scheme_refused(targets[at].value);
    let read = read(pattern, Subject::Host, 0);
    record.add("pattern_blank", pattern.is_empty());
    record.add("pattern_error", read.as_ref().err().map(|refused| refused.message.clone()));
    let clear = read.is_ok() && refused.is_none() && !pattern.is_empty() && !pattern.contains(BASE_URL);
    if let Some(scheme) = refused {
        record.add("scheme_refused", scheme);
        record.add("with_https", Fact::Absent);
    }
    let said = read.ok().filter(|_| clear)?.never;
    if let Some(never) = never(pattern, Subject::Host, said) {
        record.add("pattern_never", never);
        record.add("right", meant(pattern, Subject::Host).map(|right| format!("regex:{right}")));
        return None;
    }
    let regex = compile(pattern)?;
    let samples = samples(pattern, &regex);
    tell(record, "pattern_takes", strangers::taken(&regex, &samples));
    // The proxy prefers a host to a pattern, and of two patterns neither.
    for (other, target) in targets.iter().enumerate().filter(|(other, _)| *other != at) {
        let line = target.node.spot.line;
        if spells(pattern, target) {
            record.add("pattern_of_host_in_line", line);
            break;
        }
        let Some(earlier) = target.pattern.as_ref().filter(|_| other < at && target.claim != targets[at].claim) else {
            continue;
        };
        let both = samples.iter().find(|host| earlier.regex.is_match(host));
        if let Some(host) = both.or_else(|| earlier.samples.iter().find(|host| regex.is_match(host))) {
            record.add("pattern_shares", host.as_str());
            record.add("pattern_shares_with_line", line);
            break;
        }
    }
    Some(Pattern { regex, samples })
}

/// The pattern spells that one host, dots and all.
fn spells(pattern: &str, target: &Target) -> bool {
    let Some(Claim::Host(host, path)) = &target.claim else { return false };
    let body = pattern.trim_start_matches('^').trim_end_matches('$');
    let names = body.replace("\\.", "");
    path.is_empty()
        && names.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        && body.replace("\\.", ".") == *host
}

pub fn host(document: &Document, target: &Target, alone: bool, record: &mut Record) {
    let text = target.value.trim();
    let (host, path) = match &target.claim {
        Some(Claim::Host(host, path)) => (host.as_str(), path.as_str()),
        _ => ("", ""),
    };
    let machine = machine_refused(target.value);
    record.add("has_user_info", text.contains('@'));
    record.add("has_query", text.contains(['?', '#']));
    record.add("wildcard", host.contains('*'));
    record.add("loopback", machine.is_none() && is_loopback(host));
    record.add("host_missing", !text.is_empty() && host.is_empty());
    tell(record, "skipped", (!alone && text.is_empty()).then_some(true));
    if let Some(scheme) = scheme_refused(target.value) {
        let right = text.split_once("://").filter(|_| scheme == "http").map(|(_, rest)| format!("https://{rest}"));
        record.add("scheme_refused", scheme);
        record.add("with_https", right);
    }
    let clear = machine.is_none() && !host.is_empty() && !host.contains('*') && !text.contains(char::is_whitespace);
    tell(record, "machine_refused", machine);
    if !path.is_empty() {
        tell(record, "endpoint", endpoint(document, target));
    }
    if clear {
        not_a_host(text, host, record);
    }
}

/// authsome's command line wants https of everything that has `://` in it, patterns too (0.7.2, cli/helpers.py).
fn scheme_refused(value: &str) -> Option<String> {
    let (scheme, _) = value.split_once("://")?;
    let scheme = scheme.trim_start().split(':').next().unwrap_or_default().to_ascii_lowercase();
    (scheme != "https").then_some(scheme)
}

/// And no host of three names, no plain address: without `://` it takes the whole text for the host.
fn machine_refused(value: &str) -> Option<&'static str> {
    let host = value.split_once("://").map_or(value, |(_, rest)| Authority::split(rest).0.host);
    if ["localhost", "127.0.0.1", "::1"].iter().any(|name| host.eq_ignore_ascii_case(name)) {
        return Some("this machine");
    }
    host.parse::<IpAddr>().is_ok().then_some("an address without a name")
}

/// An endpoint of the login with the same address, to whose path the proxy adds nothing.
fn endpoint(document: &Document, target: &Target) -> Option<&'static str> {
    const ENDPOINTS: &[&str] = &["authorization_url", "token_url", "revocation_url", "device_authorization_url"];
    let oauth = document.root.get("oauth")?;
    let same = |key: &&&str| {
        let url = oauth.get(key).and_then(Node::as_text);
        url.is_some_and(|url| Claim::of(url) == target.claim)
    };
    ENDPOINTS.iter().find(same).copied()
}

/// Why no request goes to the host that the proxy reads out of it.
fn not_a_host(text: &str, host: &str, record: &mut Record) {
    let (fault, right) = if let Some(told) = slip(text, host) {
        told
    } else if let Some(name) = placeholder(text) {
        (format!("has {name} in it, and authsome fills in {BASE_URL} alone"), None)
    } else if let Some(word) = stand_in(text) {
        (format!("still has \"{word}\" in it, which stands for something"), None)
    } else {
        let remarks = hosts::remarks(host);
        if let Some(other) = remarks.looks_like {
            return record.add("looks_like", other);
        }
        let fault = match (remarks.fault, remarks.hidden_address) {
            // Some servers have one in their names.
            (Some(_), _) if host.contains('_') && hosts::remarks(&host.replace('_', "a")).fault.is_none() => return,
            (Some(fault), _) => fault.to_owned(),
            (None, Some(address)) => format!("is the address {address} in disguise"),
            _ if remarks.nobodys => "is kept for documentation, and belongs to nobody".to_owned(),
            _ if !host.contains(['.', '{', ':']) && host != "localhost" => {
                "has no dot in it, as hosts of a private network alone have none".to_owned()
            }
            _ => return,
        };
        (fault, None)
    };
    record.add("not_a_host", fault);
    record.add("read_host", host);
    record.add("right", right);
}

/// What is told of a slip of the pen, with what was meant.
fn slip(text: &str, host: &str) -> Option<(String, Option<String>)> {
    if let Some((word, pattern)) = text.split_once(':')
        && ["regexp", "re", "rx", "pattern"].iter().any(|other| word.eq_ignore_ascii_case(other))
        && pattern.parse::<u16>().is_err()
    {
        return Some((
            format!("begins with {word}:, and only regex: makes a pattern"),
            Some(format!("regex:{pattern}")),
        ));
    }
    if let Some((_, rest)) = text.split_once(BASE_URL)
        && !rest.is_empty()
        && !rest.starts_with(['/', ':', '?', '#'])
    {
        return Some((format!("goes on behind {BASE_URL} without a slash, and names another host"), None));
    }
    let behind = text.split_once("://").map_or(text, |(_, rest)| rest);
    if matches!(host, "https" | "http") {
        let meant = behind.get(host.len()..).unwrap_or_default().trim_start_matches([':', '/']);
        let why = if behind == text { "has no // behind its scheme" } else { "has a scheme twice" };
        return (!meant.is_empty()).then(|| (why.to_owned(), Some(format!("https://{meant}"))));
    }
    if host.contains(',') {
        return Some(("has a comma in it, where more than one host makes a list".to_owned(), None));
    }
    let whole = host.strip_suffix('.').filter(|whole| !whole.is_empty() && !whole.ends_with('.'))?;
    let right = text.to_ascii_lowercase().find(host).map(|at| {
        let end = at + whole.len();
        format!("{}{}", &text[..end], &text[end + 1..])
    });
    Some(("ends with a dot".to_owned(), right))
}
