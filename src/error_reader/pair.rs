//! How languages put a value behind its name: the signs between the two, and what stands around a value.

use super::keys::{self, Role};

/// As far as a name or a sign is looked for.
const NEAR: usize = 16;
const LONGEST_NAME: usize = 40;
/// As far as the end of an element is looked for.
const LONGEST_ELEMENT: usize = 2000;

fn blanks(bytes: &[u8], from: usize) -> usize {
    from + bytes[from..].iter().take(NEAR).take_while(|b| matches!(b, b' ' | b'\t' | b'*')).count()
}

/// The offset after a `:`, `=` or `=>` that follows a name, with blanks (and Markdown's stars) around it.
pub fn separator(bytes: &[u8], name_end: usize) -> Option<usize> {
    let sign = blanks(bytes, name_end);
    let after = match &bytes[sign..] {
        [b'=', b'>', ..] => sign + 2,
        [b':', b':' | b'/', ..] | [b'=', b'=', ..] => return None,
        [b':' | b'=', ..] => sign + 1,
        // The wide colon of Chinese and Japanese.
        [0xef, 0xbc, 0x9a, ..] => sign + 3,
        _ => return None,
    };
    Some(blanks(bytes, after))
}

/// The offset of a quoted value after a quoted name where only a comma, or a dot, is between them: `("error", "…")`,
/// `{<<"error">>,<<"…">>}`, `("error" . "…")`. `name_begin` is the offset of the name's quote.
pub fn in_tuple(bytes: &[u8], name_begin: usize, name_end: usize) -> Option<usize> {
    if !matches!(bytes[..name_begin].last(), Some(b'(' | b'{' | b'<')) {
        return None;
    }
    let skip = |from: usize, sign: &[u8]| if bytes[from..].starts_with(sign) { from + sign.len() } else { from };
    let sign = blanks(bytes, skip(name_end, b">>"));
    if !matches!(bytes.get(sign), Some(b',' | b'.')) {
        return None;
    }
    let value = skip(blanks(bytes, sign + 1), b"<<");
    matches!(bytes.get(value), Some(b'"' | b'\'')).then_some(value)
}

/// The offset of a quoted value right behind a keyword: Clojure's `:error "…"`.
pub fn of_keyword(bytes: &[u8], name_begin: usize, name_end: usize) -> Option<usize> {
    let keyword = name_begin > 0 && bytes[name_begin - 1] == b':';
    (keyword && matches!(&bytes[name_end..], [b' ', b'"', ..])).then_some(name_end + 1)
}

/// The offset of the value in the next cell of a table: of Markdown, or of a page, whose cells come with a tab between them.
pub fn in_table(bytes: &[u8], name_begin: usize, name_end: usize) -> Option<usize> {
    if !matches!(&bytes[name_end..], [b'\t', ..] | [b' ', b'|', ..] | [b'`', b' ', b'|', ..]) {
        return None;
    }
    let line_before = bytes[..name_begin].iter().rev().take_while(|b| **b != b'\n').take(NEAR);
    let (mut bar, mut alone) = (false, true);
    for byte in line_before {
        bar |= *byte == b'|';
        alone &= matches!(byte, b'|' | b' ' | b'`');
    }
    let rest = &bytes[name_end..];
    if !alone {
        return None;
    }
    match rest {
        [b'\t', ..] => Some(name_end + 1),
        [b' ', b'|', b' ', ..] if bar => Some(name_end + 3),
        [b'`', b' ', b'|', b' ', ..] if bar => Some(name_end + 4),
        _ => None,
    }
}

/// The role of the name in PHP's `[error] => …` and `["error"]=>`, and the offset after the sign.
pub fn in_brackets(text: &str, at: usize) -> Option<(Option<Role>, usize)> {
    let bytes = text.as_bytes();
    let quote = usize::from(matches!(bytes.get(at + 1), Some(b'"' | b'\'')));
    let begin = at + 1 + quote;
    let is_name = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b':');
    let len = bytes[begin.min(bytes.len())..].iter().take(LONGEST_NAME).take_while(|b| is_name(b)).count();
    let end = begin + len + quote;
    if len == 0 || bytes.get(end) != Some(&b']') {
        return None;
    }
    let sign = blanks(bytes, end + 1);
    bytes[sign..].starts_with(b"=>").then(|| (keys::role(&text[begin..begin + len]), sign + 2))
}

/// The role of an element and its text: `<error>invalid_grant</error>`. Gives the offsets where the text begins and ends.
pub fn element(text: &str, at: usize) -> Option<(Role, usize, usize)> {
    let bytes = text.as_bytes();
    let len =
        bytes[at + 1..].iter().take(LONGEST_NAME).take_while(|b| b.is_ascii_alphanumeric() || **b == b'_').count();
    let end = at + 1 + len;
    if len == 0 || bytes.get(end) != Some(&b'>') {
        return None;
    }
    let role = keys::role(&text[at + 1..end])?;
    let begin = if text[end + 1..].starts_with("<![CDATA[") { end + 10 } else { end + 1 };
    let rest = &bytes[begin..bytes.len().min(begin + LONGEST_ELEMENT)];
    let closing = if begin > end + 1 { b']' } else { b'<' };
    Some((role, begin, begin + rest.iter().position(|b| *b == closing)?))
}

/// The offset of the value itself behind what languages write around it: Python's `b'…'`, Rust's `Some("…")`, PHP's
/// `string(13) "…"`, Swift's `Optional("…")`, Erlang's `<<"…">>`.
pub fn unwrapped(bytes: &[u8], at: usize) -> usize {
    let rest = &bytes[at..bytes.len().min(at + 2 * NEAR)];
    for sign in [&b"Some("[..], b"Optional(", b"Just ", b"<<", b"Some(\\"] {
        if rest.starts_with(sign) && matches!(rest.get(sign.len()), Some(b'"' | b'\'' | b'\\')) {
            return at + sign.len();
        }
    }
    if matches!(rest, [b'b' | b'u', b'\'' | b'"', ..]) {
        return at + 1;
    }
    if rest.starts_with(b"string(")
        && let Some(end) = rest.iter().position(|b| *b == b')')
        && matches!(rest.get(end + 1..), Some([b' ', b'"', ..]))
    {
        return at + end + 2;
    }
    if rest.starts_with(b"int(") {
        return at + 4;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_of_every_language_are_between_a_name_and_its_value() {
        for (text, after) in [
            ("error: x", Some(7)),
            ("error=x", Some(6)),
            ("error => x", Some(9)),
            ("error:** x", Some(9)),
            ("error：x", Some(8)),
            ("error::x", None),
            ("error==x", None),
            ("error://x", None),
            ("error x", None),
        ] {
            assert_eq!(separator(text.as_bytes(), 5), after, "{text}");
        }
    }

    #[test]
    fn values_are_found_inside_what_is_written_around_them() {
        for (text, begin) in [
            ("Some(\"x\")", 5),
            ("b'x'", 1),
            ("string(13) \"x\"", 11),
            ("<<\"x\">>", 2),
            ("int(400)", 4),
            ("some words", 0),
            ("b", 0),
        ] {
            assert_eq!(unwrapped(text.as_bytes(), 0), begin, "{text}");
        }
    }

    #[test]
    fn elements_and_names_in_brackets_end_quietly_where_the_text_does() {
        for text in
            ["[", "[error", "[\"error\"", "[error]", "[error] =", "<error", "<error>", "<error>x", "<error><![CDATA[x"]
        {
            assert!(in_brackets(text, 0).is_none(), "{text}");
            if text.starts_with('<') {
                assert!(element(text, 0).is_none(), "{text}");
            }
        }
        assert_eq!(element("<error>x</error>", 0), Some((Role::Code, 7, 8)));
        assert_eq!(in_brackets("[\"error\"]=>", 0), Some((Some(Role::Code), 11)));
    }
}
