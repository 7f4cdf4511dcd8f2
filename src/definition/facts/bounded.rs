//! Patterns of `api_url` in the form in which nearly all are written: hosts with their dots escaped, perhaps with anything below
//! them. Such a one compiles, takes something, and takes no stranger's host, which is seen without trying it.

use crate::definition::public_suffix::is_public;

/// Anything that ends with a dot.
const BELOW: &[&str] =
    &[r".*\.", r".+\.", r"[^.]+\.", r"[a-z0-9-]+\.", r"\w+\.", r"(.*\.)?", r"(.+\.)?", r"([a-z0-9-]+\.)?"];

pub fn is_bounded(pattern: &str) -> bool {
    let body = pattern.strip_prefix('^').unwrap_or(pattern);
    let body = body.strip_suffix('$').unwrap_or(body);
    match body.strip_prefix('(').and_then(|body| body.strip_suffix(')')) {
        Some(alternatives) if !alternatives.contains(['(', ')']) => alternatives.split('|').all(is_host),
        _ => is_host(body),
    }
}

/// Names with escaped dots between them, more than what everybody shares.
fn is_host(text: &str) -> bool {
    let rest = BELOW.iter().find_map(|below| text.strip_prefix(below)).unwrap_or(text);
    let is_letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let (mut at, mut dots) = (0, 0);
    let bytes = rest.as_bytes();
    while let Some(byte) = bytes.get(at) {
        // A dot stands between names, none at an end.
        let is_dot = *byte == b'\\'
            && bytes.get(at + 1) == Some(&b'.')
            && at > 0
            && bytes.get(at + 2).is_some_and(|it| is_letter(*it));
        if !is_dot && !is_letter(*byte) {
            return false;
        }
        dots += usize::from(is_dot);
        at += if is_dot { 2 } else { 1 };
    }
    // Of two names the first is somebody's, unless the two together are everybody's.
    dots > 1 || dots == 1 && !is_public(&rest.replace("\\.", "."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::definition::facts::patterns::samples;
    use crate::definition::facts::strangers::taken;
    use crate::definition::python_re::{Subject, compile, read};

    #[test]
    fn what_is_bounded_by_its_form_is_found_so_by_trying_it() {
        for pattern in [
            r"^(www\.linkedin\.com|linkedin\.com)",
            r".*\.linear\.app",
            r"^([a-z0-9-]+\.)?api\.acme\.io$",
            r"api\.acme\.io",
            r"^(.*\.)?acme\.example$",
        ] {
            assert!(is_bounded(pattern), "{pattern}");
            let regex = compile(pattern).expect("it compiles");
            assert!(read(pattern, Subject::Host, 0).expect("it compiles").never.is_none(), "{pattern}");
            assert_eq!(taken(&regex, &samples(pattern, &regex)), None, "{pattern}");
        }
    }

    #[test]
    fn whatever_else_is_tried() {
        for pattern in [
            "",
            "^$",
            ".*",
            "com",
            r".*\.com",
            r".*\.co\.uk",
            r".*\.github\.io",
            "api.acme.io",
            r"[a-z]*acme\.io",
            r"\.acme\.io",
            r"acme\.io\.",
            r"(acme\.io|b.io)",
            r"acme\.io|b\.io",
            r"(?i)acme\.io",
            r"acme\.io.*",
            r"acme\..*",
            r"acme\\.io",
            r"Acme\.io",
        ] {
            assert!(!is_bounded(pattern), "{pattern}");
        }
    }
}
