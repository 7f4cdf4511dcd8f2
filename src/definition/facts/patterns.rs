//! What is remarkable about a pattern that Python compiles: it takes nothing, and what was probably meant.

use crate::definition::python_re::{Never, Subject, read};
use regex_lite::Regex;

/// How a set begins with a class of POSIX, and how it does in Python.
const POSIX: &[(&str, &str)] = &[
    ("[[:alnum:]", "[A-Za-z0-9"),
    ("[[:alpha:]", "[A-Za-z"),
    ("[[:digit:]", "[0-9"),
    ("[[:lower:]", "[a-z"),
    ("[[:upper:]", "[A-Z"),
    ("[[:xdigit:]", "[0-9A-Fa-f"),
    ("[[:word:]", "[A-Za-z0-9_"),
];

/// Why it takes nothing, as the rest of a sentence.
pub fn never(pattern: &str, subject: Subject, said: Option<Never>) -> Option<String> {
    let whose = if subject == Subject::Host { "no host" } else { "no key" };
    let slashes = pattern.starts_with('/') && between_slashes(pattern).is_some();
    if pattern.contains("[:") && POSIX.iter().any(|(posix, _)| pattern.contains(&posix[1..])) {
        return Some("Python has no classes such as [[:alnum:]]".to_owned());
    }
    if slashes && (said.is_some() || subject == Subject::Key) {
        return Some("the slashes around it belong to JavaScript, and count as characters".to_owned());
    }
    let padded = pattern.trim() != pattern && !pattern.contains('|') && !pattern.contains("(?x");
    if subject == Subject::Key && padded && !repeats(pattern.trim_start()) {
        return Some("it has white space around it, and keys have none there".to_owned());
    }
    Some(match said? {
        Never::Character('\\') => format!("{whose} has a backslash in it, and two of them stand for one"),
        Never::Character(character) => format!("{whose} has the character \"{character}\" in it"),
        Never::Anchor => "it demands something before ^ or behind $".to_owned(),
    })
}

/// A key's pattern that has no more than a star to say what follows: it repeats the letter before it.
pub fn glob(pattern: &str) -> bool {
    let body = pattern.trim_start_matches('^').trim_end_matches('$');
    body.len() > 1
        && body.contains('*')
        && body.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'*'))
}

/// What was meant by a pattern that takes nothing, where the slips undone make it take something.
pub fn meant(pattern: &str, subject: Subject) -> Option<String> {
    let body = pattern.trim();
    let body = between_slashes(body).unwrap_or(body).replace("\\\\", "\\");
    let body = POSIX.iter().fold(body, |body, (posix, python)| body.replace(posix, python));
    let right = body != pattern && read(&body, subject, 0).is_ok_and(|it| never(&body, subject, it.never).is_none());
    right.then_some(body)
}

/// What stands before it may be left out.
fn repeats(rest: &str) -> bool {
    rest.starts_with(['*', '?', '{'])
}

/// `/…/` and `/…/i`, as JavaScript writes patterns.
fn between_slashes(pattern: &str) -> Option<&str> {
    let (body, flags) = pattern.strip_prefix('/')?.rsplit_once('/')?;
    (!body.is_empty() && !repeats(body) && flags.bytes().all(|flag| b"dgimsuvy".contains(&flag))).then_some(body)
}

/// Hosts that it takes and spells out.
pub fn samples(pattern: &str, regex: &Regex) -> Vec<String> {
    let ways = if pattern.contains('|') { 8 } else { 2 };
    let mut samples: Vec<String> = Vec::new();
    for way in 0..ways {
        let Ok(it) = read(pattern, Subject::Host, way) else { break };
        let host = it.sample;
        let whole = !host.is_empty() && !host.starts_with('.') && !host.ends_with('.') && !host.contains("..");
        if whole && !samples.contains(&host) && regex.is_match(&host) {
            samples.push(host);
        }
    }
    samples
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_meant_is_told_where_it_takes_something() {
        for (pattern, right) in [
            ("/^ak_[a-z]+$/", Some("^ak_[a-z]+$")),
            (" ^ak_$", Some("^ak_$")),
            (r"^ak_\\d{32}$", Some(r"^ak_\d{32}$")),
            ("^ak_[[:alnum:]]{32}$", Some("^ak_[A-Za-z0-9]{32}$")),
            ("^ak_[[:alnum:]_-]+$", Some("^ak_[A-Za-z0-9_-]+$")),
            ("^ak_[a-z[:digit:]]+$", None),
            ("$ak_^", None),
        ] {
            assert_eq!(meant(pattern, Subject::Key).as_deref(), right, "{pattern}");
        }
    }

    #[test]
    fn what_may_be_left_out_keeps_no_key_away() {
        for pattern in [" *ak_", "/?ak_/", "/?ak_/?", "^ak|^sk "] {
            assert_eq!(never(pattern, Subject::Key, None), None, "{pattern}");
        }
        assert!(never("/ak_/", Subject::Key, None).is_some() && never("ak_ ", Subject::Key, None).is_some());
    }

    #[test]
    fn a_star_alone_makes_no_pattern_of_keys() {
        assert!(glob("ak_*") && glob("^ak-*$"));
        assert!(!glob("ak_.*") && !glob("ak_[a-z]*") && !glob("ak_") && !glob("*"));
    }
}
