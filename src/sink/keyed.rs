//! Secrets in free text by the name before them: `client_secret=…`, `"access_token": "…"`, `Cookie: …`, `--password …`.

use super::names::{Name, announces, is_name_of_value, is_password, is_placeholder, is_plain_word, is_scheme};
use super::{address, find_within};
use std::ops::Range;

/// How many layers of percent-encoding are looked through.
const LAYERS: usize = 3;

pub fn find(text: &str, depth: usize, found: &mut Vec<Range<usize>>) {
    let mut scan = Scan { text, depth, hidden_until: 0, judged_until: 0 };
    for (at, byte) in text.bytes().enumerate() {
        let hide = match byte {
            b'=' if at >= scan.hidden_until => scan.assigned(at),
            b':' if at >= scan.hidden_until => scan.told(at),
            _ => None,
        };
        if let Some(range) = hide {
            scan.hidden_until = range.end;
            found.push(range);
        }
    }
    flags(text, found);
}

/// A walk through a text. The marks keep it linear: nothing is looked at twice.
struct Scan<'a> {
    text: &'a str,
    depth: usize,
    /// Up to here everything is hidden.
    hidden_until: usize,
    /// Up to here values were decoded, or told to be prose about headers.
    judged_until: usize,
}

/// A name and what stood around it.
struct Named<'a> {
    name: &'a str,
    /// The quote that closes the name: `"`, `'`, `\"`, or none.
    quote: &'a str,
    /// `?` or `&` stands before it: a query or a form.
    in_query: bool,
}

/// The name that ends at `end`, blanks and a closing quote between them.
fn name_before(text: &str, end: usize) -> Named<'_> {
    let before = text[..end].trim_end_matches([' ', '\t']);
    let unquoted = before.trim_end_matches(['"', '\'']).trim_end_matches('\\');
    let quote = &before[unquoted.len()..];
    let is_name = |c: char| c.is_ascii_alphanumeric() || "_-.[]%".contains(c);
    let start =
        unquoted.rfind(|c| !is_name(c)).map_or(0, |i| i + unquoted[i..].chars().next().map_or(1, char::len_utf8));
    let in_query = unquoted[..start].ends_with(['?', '&']);
    Named { name: &unquoted[start..], quote, in_query }
}

/// Where a value begins and ends. A quoted one ends at its quote, another where a word ends.
fn value_after(text: &str, from: usize, ends: impl Fn(char) -> bool) -> (Range<usize>, bool) {
    let rest = &text[from..];
    let blanks = rest.len() - rest.trim_start_matches([' ', '\t']).len();
    let rest = &rest[blanks..];
    let slashes = rest.len() - rest.trim_start_matches('\\').len();
    if let Some(quote) = rest[slashes..].chars().next().filter(|c| *c == '"' || *c == '\'') {
        let start = from + blanks + slashes + 1;
        return (start..start + quoted_len(&text[start..], quote, slashes), true);
    }
    let start = from + blanks;
    // Up to the next of either sign, so that no text is looked through once for each sign in it.
    if let Some(label) = rest.strip_prefix('‹')
        && let Some(len) = label.find(['‹', '›']).filter(|len| label[*len..].starts_with('›'))
    {
        return (start..start + '‹'.len_utf8() + len + '›'.len_utf8(), false);
    }
    (start..start + rest.find(ends).unwrap_or(rest.len()), false)
}

/// Up to the closing quote, which has as many backslashes before it as the opening one. One with fewer closes what
/// stands around.
fn quoted_len(text: &str, quote: char, slashes: usize) -> usize {
    let backslashes = |before: &str| before.len() - before.trim_end_matches('\\').len();
    text.match_indices(quote)
        .map(|(at, _)| (at, backslashes(&text[..at])))
        .find(|(_, count)| *count <= slashes)
        .map_or(text.len(), |(at, count)| at - count)
}

fn ends_value(c: char) -> bool {
    address::ends_word(c) && c != '‹' && c != '›' && c != '{' && c != '<' || "&,;)]#".contains(c)
}

impl Scan<'_> {
    /// `name=value`.
    fn assigned(&mut self, at: usize) -> Option<Range<usize>> {
        let text = self.text;
        if text[at + 1..].starts_with('=') || text[..at].ends_with('=') {
            return None;
        }
        let named = name_before(text, at);
        let announced = announces(&percent_encoding::percent_decode_str(named.name).decode_utf8_lossy());
        if announced.is_none() && (at < self.judged_until || self.depth >= LAYERS) {
            return None;
        }
        let ends_pair =
            |c: char| if named.in_query { c.is_whitespace() || "&\"'<>#".contains(c) } else { ends_value(c) };
        let (range, _) = value_after(text, at + 1, ends_pair);
        let value = &text[range.clone()];
        let hide = match announced {
            _ if value.is_empty() || is_placeholder(value) => false,
            Some(Name::Always | Name::Header) => true,
            Some(Name::Unless) => named.in_query || !is_plain_word(value),
            None => {
                self.judged_until = range.end;
                hides_encoded(value, self.depth)
            }
        };
        hide.then_some(range)
    }

    /// `name: value`, as JSON, YAML, a header or prose has it.
    fn told(&mut self, at: usize) -> Option<Range<usize>> {
        let text = self.text;
        if text[at + 1..].starts_with("//") {
            return None;
        }
        let named = name_before(text, at);
        let kind = announces(named.name)?;
        if kind == Name::Header && at < self.judged_until {
            return None;
        }
        let ends = |c: char| if kind == Name::Header { "\n\r\"'".contains(c) } else { ends_value(c) };
        let (range, quoted) = value_after(text, at + 1, ends);
        let value = text[range.clone()].trim_end();
        let range = range.start..range.start + value.len();
        if value.is_empty() || is_placeholder(value) {
            return None;
        }
        let is_json = quoted && !named.quote.is_empty();
        let hide = match kind {
            Name::Header => {
                self.judged_until = range.end;
                return header(named.name, value, range);
            }
            Name::Always => {
                is_json && !is_name_of_value(named.name, value) || is_password(named.name) || !is_plain_word(value)
            }
            Name::Unless => !is_plain_word(value),
        };
        hide.then_some(range)
    }
}

/// An encoded value, such as a redirect URI with a query of its own, that holds a secret once decoded.
fn hides_encoded(value: &str, depth: usize) -> bool {
    value.contains('%') && {
        let decoded = percent_encoding::percent_decode_str(value).decode_utf8_lossy();
        decoded != value && !find_within(&decoded, depth + 1).is_empty()
    }
}

/// Everything behind the scheme; all of a cookie. Prose about a header is left.
fn header(name: &str, value: &str, range: Range<usize>) -> Option<Range<usize>> {
    if value.split_whitespace().all(|word| is_plain_word(word) || is_scheme(word)) {
        return None;
    }
    let has_scheme = |(scheme, rest): &(&str, &str)| {
        name.to_ascii_lowercase().ends_with("authorization") && is_scheme(scheme) && !rest.trim().is_empty()
    };
    let kept = value.split_once(' ').filter(has_scheme).map_or(0, |(scheme, _)| scheme.len() + 1);
    Some(range.start + kept..range.end)
}

/// `--client-secret value` in a command line.
fn flags(text: &str, found: &mut Vec<Range<usize>>) {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let mut starts = text.match_indices("--").map(|(at, sign)| at + sign.len()).peekable();
    while let Some(start) = starts.next() {
        let end = start + text[start..].find(|c| !is_name(c)).unwrap_or(text.len() - start);
        let mut kind = flag_kind(&text[start..end]);
        // A run of `-` and letters is one flag, however many `--` are in it.
        while let Some(inner) = starts.next_if(|inner| *inner <= end) {
            if end - inner < LONGEST_FLAG {
                let kind_here = flag_kind(&text[inner..end]);
                kind = kind.filter(|kind| *kind != Name::Unless).or(kind_here).or(kind);
            }
        }
        if let Some(kind) = kind.filter(|_| text[end..].starts_with([' ', '\t'])) {
            found.extend(flag_value(text, end, kind));
        }
    }
}

/// Longer names say no more than their ends.
const LONGEST_FLAG: usize = 64;

fn flag_kind(name: &str) -> Option<Name> {
    announces(&name[name.len().saturating_sub(LONGEST_FLAG)..])
}

fn flag_value(text: &str, from: usize, kind: Name) -> Option<Range<usize>> {
    // The next flag, perhaps in quotes.
    if text[from..]
        .trim_start_matches([' ', '\t'])
        .trim_start_matches('\\')
        .trim_start_matches(['"', '\''])
        .starts_with('-')
    {
        return None;
    }
    let (range, _) = value_after(text, from, char::is_whitespace);
    let value = &text[range.clone()];
    let stands_for_one = value.bytes().all(|b| b.is_ascii_uppercase() || b == b'_') || is_placeholder(value);
    let word = kind == Name::Unless && is_plain_word(value);
    (!stands_for_one && !word).then_some(range)
}

#[cfg(test)]
mod tests {
    use crate::sink::redact_text;

    #[test]
    fn a_secret_is_hidden_by_the_name_before_it() {
        for (text, shown) in [
            ("GET /cb?code=abc&state=def HTTP/1.1", "GET /cb?code=‹hidden›&state=‹hidden› HTTP/1.1"),
            ("POST client_secret=s3cr&grant_type=x", "POST client_secret=‹hidden›&grant_type=x"),
            (r#"{"access_token": "a b", "expires_in": 3600}"#, r#"{"access_token": "‹hidden›", "expires_in": 3600}"#),
            (r#"log: {\"id_token\":\"x.y\",\"n\":1}"#, r#"log: {\"id_token\":\"‹hidden›\",\"n\":1}"#),
            ("{'refresh_token': 'r1', 'a': 'b'}", "{'refresh_token': '‹hidden›', 'a': 'b'}"),
            ("Authorization: Basic aWQ6c2Vj", "Authorization: Basic ‹hidden›"),
            ("Cookie: sid=1; other=2\nHost: x", "Cookie: ‹hidden›\nHost: x"),
            ("curl -H 'X-API-Key: k9k9' https://x", "curl -H 'X-API-Key: ‹hidden›' https://x"),
            ("app --client-secret hunter-2 --port 1", "app --client-secret ‹hidden› --port 1"),
            ("GITHUB_TOKEN=a1b2c3d4 make", "GITHUB_TOKEN=‹hidden› make"),
            ("client_secret = \"s3 cr\"", "client_secret = \"‹hidden›\""),
            ("/authorize?redirect_uri=http%3A%2F%2Fh%2Fcb%3Fcode%3Dabc1&x=1", "/authorize?redirect_uri=‹hidden›&x=1"),
            ("?client%5Fsecret=abc", "?client%5Fsecret=‹hidden›"),
        ] {
            assert_eq!(redact_text(text), shown);
        }
    }

    #[test]
    fn words_about_secrets_are_left() {
        for text in [
            "error: invalid_client, code: invalid_grant, \"code\": \"AADSTS50011\", state: running",
            "Expected Authorization: PoP <jwt>",
            "exit code=1; the state: not_running",
            "client_secret: missing",
            "authsome login x --client-secret-file FILE --token-url https://x.example/t",
            "export GITHUB_TOKEN=$GITHUB_TOKEN",
            "code=‹hidden›  state=‹ours, matches›",
            "redirect_uri=http%3A%2F%2F127.0.0.1%3A7998%2Fcb",
            "if state == expected",
        ] {
            assert_eq!(redact_text(text), text);
        }
    }
}
