//! Secrets in the parts of a URL that have no name: user info and fragment. (The query's are found by their names.)

use std::ops::Range;

/// What cannot stand in a URL that is quoted in a text.
pub fn ends_word(c: char) -> bool {
    c.is_whitespace() || "\"'<>`|\\{}‹›".contains(c)
}

pub fn find(text: &str, found: &mut Vec<Range<usize>>) {
    // Without these marks no text has either part.
    if !text.bytes().any(|byte| matches!(byte, b'@' | b'#')) {
        return;
    }
    for (start, word) in words(text, ends_word) {
        let last_at = word.rfind('@');
        for (at, separator) in word.match_indices("://") {
            let from = at + separator.len();
            if let Some(end) = user_info_end(&word[from..], from, last_at) {
                found.push(start + from..start + end);
            }
        }
        found.extend(fragment(word).map(|range| start + range.start..start + range.end));
    }
    without_scheme(text, found);
}

/// What stands behind the first `#` of a URL, unless it is a place on a page.
fn fragment(word: &str) -> Option<Range<usize>> {
    let from = word.find("://")? + "://".len();
    let begin = from + word[from..].find('#')? + 1;
    let fragment = word[begin..].trim_end_matches(['.', ',', ')', ']', ';', ':']);
    (!is_anchor(fragment)).then(|| begin..begin + fragment.len())
}

/// Parts of the text between characters that end a word, each with its position.
fn words(text: &str, ends: impl Fn(char) -> bool) -> impl Iterator<Item = (usize, &str)> {
    text.split(ends).map(|word| (word.as_ptr() as usize - text.as_ptr() as usize, word))
}

/// Where `user:password` ends, before an `@`, as a position in the word. A password may hold what a URL would have
/// encoded: where what looks like a port is none, the last `@` of the word ends the user info.
fn user_info_end(rest: &str, from: usize, last_at: Option<usize>) -> Option<usize> {
    let last_at = last_at.filter(|at| *at > from)?;
    let authority = &rest[..rest.find(['/', '?', '#']).unwrap_or(rest.len())];
    if let Some(at) = authority.rfind('@') {
        return (at > 0).then_some(from + at);
    }
    let (host, port) = authority.rsplit_once(':')?;
    let is_port = port.bytes().all(|b| b.is_ascii_digit());
    (!is_port && !host.starts_with('[')).then_some(last_at)
}

/// `user:password@proxy:3128`, as proxy variables hold it.
fn without_scheme(text: &str, found: &mut Vec<Range<usize>>) {
    for (start, word) in words(text, |c| ends_word(c) || "/=,;()[]".contains(c)) {
        let Some((user_info, host)) = word.rsplit_once('@') else { continue };
        let host_follows = host.starts_with(|c: char| c.is_ascii_alphanumeric())
            || host.is_empty() && text[start + word.len()..].starts_with('[');
        let is_mail = user_info.starts_with("mailto:") || user_info.starts_with("acct:");
        if host_follows && !is_mail && user_info.split_once(':').is_some_and(|(user, _)| !user.is_empty()) {
            found.push(start..start + user_info.len());
        }
    }
}

/// A place on a page (`#redirect-uri-mismatch2`), not a container of parameters or a key.
fn is_anchor(fragment: &str) -> bool {
    let part_is_plain = |part: &str| {
        let mixed = part.bytes().any(|b| b.is_ascii_digit()) && part.bytes().any(|b| b.is_ascii_alphabetic());
        part.len() <= 24 && !(mixed && part.len() >= 16) && part.chars().all(char::is_alphanumeric)
    };
    fragment.split(['-', '_', '.', '/', '!', '(', ')', ':', ',']).all(part_is_plain)
}

#[cfg(test)]
mod tests {
    use crate::sink::{HIDDEN, redact_text};

    #[test]
    fn user_info_of_a_url_is_hidden_even_where_the_password_is_not_encoded() {
        for (text, shown) in [
            ("http://joe:pw1@proxy:3128/", "http://‹hidden›@proxy:3128/"),
            ("https://ghtoken@host/x", "https://‹hidden›@host/x"),
            ("http://joe:p/w?1@proxy:3128", "http://‹hidden›@proxy:3128"),
            ("HTTPS_PROXY=joe:pw1@proxy:3128 next", "HTTPS_PROXY=‹hidden›@proxy:3128 next"),
        ] {
            assert_eq!(redact_text(text), shown);
        }
    }

    #[test]
    fn a_fragment_with_parameters_is_hidden_and_an_anchor_kept() {
        assert_eq!(redact_text("https://a.example/cb#x=1&y=2"), format!("https://a.example/cb#{HIDDEN}"));
        for text in [
            "https://docs.example/errors/#redirect-uri-mismatch2",
            "https://unpkg.com/react@18/index.js",
            "http://[::1]:7998/x@y",
            "mailto:joe@example.com, joe@example.com",
            "ssh -L 7998:127.0.0.1:7998 joe@host",
        ] {
            assert_eq!(redact_text(text), text);
        }
    }
}
