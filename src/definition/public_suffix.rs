//! Names below which everybody can have a site of their own, such as `co.uk` and `github.io`: the usual ones of
//! <https://publicsuffix.org>, in `data/public_suffixes.txt`. One that is not among them is taken for a site.

use std::collections::HashSet;
use std::sync::OnceLock;

const SUFFIXES: &str = include_str!("../../data/public_suffixes.txt");

fn suffixes() -> &'static HashSet<&'static str> {
    static SET: OnceLock<HashSet<&'static str>> = OnceLock::new();
    SET.get_or_init(|| SUFFIXES.split_ascii_whitespace().collect())
}

/// `name` is in lower case. A name without a dot is nobody's site either.
pub fn is_public(name: &str) -> bool {
    !name.contains('.') || suffixes().contains(name)
}

/// What of a host in lower case names the site: the public suffix and one name before it.
pub fn site(host: &str) -> &str {
    let mut longer = host;
    for (dot, _) in host.match_indices('.') {
        let tail = &host[dot + 1..];
        if is_public(tail) {
            return longer;
        }
        longer = tail;
    }
    host
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_site_is_one_name_before_the_public_suffix() {
        for (host, of) in [
            ("www.acme.example", "acme.example"),
            ("acme.example", "acme.example"),
            ("a.b.acme.co.uk", "acme.co.uk"),
            ("me.github.io", "me.github.io"),
            ("x.bucket.s3.amazonaws.com", "bucket.s3.amazonaws.com"),
            ("co.uk", "co.uk"),
            ("localhost", "localhost"),
        ] {
            assert_eq!(site(host), of, "{host}");
        }
        assert!(is_public("com") && is_public("pages.dev") && !is_public("acme.example"));
    }
}
