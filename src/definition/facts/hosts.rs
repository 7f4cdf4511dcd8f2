//! What is remarkable about a URL's host: a name that only looks like another, an address in disguise, a host that cannot be.

use std::collections::HashMap;
use std::sync::OnceLock;
use url::Host;

/// Letters of other scripts that look like ASCII ones in most typefaces (Unicode TR39, the common ones).
const LOOK_ALIKES: &[(&str, char)] = &[
    ("аɑα", 'a'),
    ("ЬƄ", 'b'),
    ("сϲ", 'c'),
    ("ԁɗ", 'd'),
    ("еҽє", 'e'),
    ("ց", 'g'),
    ("һհ", 'h'),
    ("іıι", 'i'),
    ("јϳ", 'j'),
    ("κк", 'k'),
    ("ӏǀ", 'l'),
    ("м", 'm'),
    ("ոп", 'n'),
    ("оοօ", 'o'),
    ("рρ", 'p'),
    ("ԛ", 'q'),
    ("г", 'r'),
    ("ѕ", 's'),
    ("тτ", 't'),
    ("υս", 'u'),
    ("νѵ", 'v'),
    ("ԝѡ", 'w'),
    ("хχ", 'x'),
    ("уγ", 'y'),
    ("ᴢ", 'z'),
];

/// Names that answer in a private network alone (RFC 6761, RFC 6762, RFC 8375, and what routers and companies use).
const PRIVATE: &[&str] = &[
    "local",
    "internal",
    "intranet",
    "lan",
    "corp",
    "home",
    "home.arpa",
    "private",
    "test",
    // Names in DNS for addresses of such a network, or of this machine.
    "nip.io",
    "sslip.io",
    "localtest.me",
    "lvh.me",
];
/// Names that nobody can have (RFC 2606, RFC 6761). `.example` is left out: documentation and tests live there.
const NOBODYS: &[&str] = &["example.com", "example.org", "example.net", "invalid"];

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Remarks {
    /// The name that DNS knows, of one that is not ASCII.
    pub ascii: Option<String>,
    pub looks_like: Option<String>,
    /// The address that programs read out of it.
    pub hidden_address: Option<String>,
    pub fault: Option<&'static str>,
    pub private: bool,
    pub nobodys: bool,
    /// What a host is where anybody gets a name.
    pub anybodys: Option<&'static str>,
}

/// `host` is in lower case, without brackets and port.
pub fn remarks(host: &str) -> Remarks {
    let mut remarks = Remarks::default();
    // Only what has a digit at its end, or a colon, is an address.
    let may_be_address = || host.contains(':') || host.ends_with(|c: char| c.is_ascii_digit());
    if host.contains('{') || may_be_address() && host.parse::<std::net::IpAddr>().is_ok() {
        return remarks;
    }
    if host.is_ascii() && !host.contains("xn--") {
        remarks.fault = fault(host);
    } else {
        let shown = idna::domain_to_unicode(host).0;
        remarks.looks_like = skeleton(&shown);
        match idna::domain_to_ascii(host) {
            Ok(ascii) => remarks.ascii = Some(ascii).filter(|_| !host.is_ascii()),
            Err(_) => remarks.fault = Some("is no name that DNS can have"),
        }
    }
    let last = host.trim_end_matches('.').rsplit('.').next().unwrap_or_default();
    if last.starts_with(|c: char| c.is_ascii_digit())
        && let Ok(Host::Ipv4(address)) = Host::parse(host)
    {
        (remarks.hidden_address, remarks.fault) = (Some(address.to_string()), None);
    }
    remarks.private = !host.contains('.') && host != "localhost" && remarks.hidden_address.is_none();
    let endings = std::iter::once(host).chain(host.match_indices('.').map(|(dot, _)| &host[dot + 1..]));
    for whose in endings.filter_map(|ending| known_endings().get(ending)) {
        match whose {
            Whose::Private => remarks.private = true,
            Whose::Nobodys => remarks.nobodys = true,
            Whose::Anybodys(what) => remarks.anybodys = remarks.anybodys.or(Some(*what)),
        }
    }
    remarks
}

enum Whose {
    Private,
    Nobodys,
    Anybodys(&'static str),
}

fn known_endings() -> &'static HashMap<&'static str, Whose> {
    static KNOWN: OnceLock<HashMap<&str, Whose>> = OnceLock::new();
    KNOWN.get_or_init(|| {
        let private = PRIVATE.iter().map(|name| (*name, Whose::Private));
        let nobodys = NOBODYS.iter().map(|name| (*name, Whose::Nobodys));
        let anybodys = super::anybodys::all().map(|(name, what)| (name, Whose::Anybodys(what)));
        private.chain(nobodys).chain(anybodys).collect()
    })
}

/// RFC 1123, section 2.1, and RFC 1035, section 2.3.4. Names with an underscore are in use.
fn fault(host: &str) -> Option<&'static str> {
    // One dot at the end is the name in full.
    let host = host.strip_suffix('.').filter(|rest| !rest.is_empty()).unwrap_or(host);
    let labels = || host.split('.');
    if host.len() > 253 || labels().any(|label| label.len() > 63) {
        Some("is longer than a name can be")
    } else if labels().any(str::is_empty) {
        Some("has two dots in a row, or begins with one")
    } else if labels().any(|label| label.starts_with('-') || label.ends_with('-')) {
        Some("has a part that begins or ends with a dash")
    } else if host.bytes().any(|byte| !(byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_'))) {
        Some("has a character that a host name cannot have")
    } else {
        None
    }
}

/// The ASCII name that it looks like, where every other letter of it looks like one.
fn skeleton(host: &str) -> Option<String> {
    let alike = |c: char| {
        if c.is_ascii() {
            return Some(c);
        }
        LOOK_ALIKES.iter().find(|(others, _)| others.contains(c)).map(|(_, ascii)| *ascii)
    };
    let ascii: String = host.chars().map(alike).collect::<Option<_>>()?;
    (ascii != host).then_some(ascii)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_host_has_nothing_remarkable() {
        for host in [
            "acme.example",
            "acme.example.",
            "a_b.acme.example",
            "a1.b-c.co.uk",
            "localhost",
            "10.0.0.1",
            "::1",
            "{base_url}",
        ] {
            assert_eq!(remarks(host), Remarks::default(), "{host}");
        }
    }

    #[test]
    fn a_name_of_other_letters_is_told_with_what_it_looks_like() {
        let cyrillic = remarks("g\u{456}thub.com");
        assert_eq!(cyrillic.looks_like.as_deref(), Some("github.com"));
        assert_eq!(cyrillic.ascii.as_deref(), Some("xn--gthub-n2e.com"));
        assert_eq!(remarks("xn--gthub-n2e.com").looks_like.as_deref(), Some("github.com"));
        assert_eq!(remarks("xn--bcher-kva.de"), Remarks::default(), "what is to be written");
        let honest = remarks("bücher.de");
        assert_eq!((honest.looks_like, honest.ascii.as_deref()), (None, Some("xn--bcher-kva.de")));
    }

    #[test]
    fn an_address_in_disguise_is_read() {
        for host in ["2130706433", "0x7f.1", "0177.0.0.1", "127.1", "0x7f000001"] {
            assert_eq!(remarks(host).hidden_address.as_deref(), Some("127.0.0.1"), "{host}");
        }
    }

    #[test]
    fn a_host_that_cannot_be_is_told_why() {
        for (host, why) in [
            ("acme..example", "two dots"),
            (".acme.example", "two dots"),
            ("acme.example..", "two dots"),
            ("-acme.example", "dash"),
            ("ac!me.example", "character"),
        ] {
            assert!(remarks(host).fault.is_some_and(|fault| fault.contains(why)), "{host}");
        }
        assert!(remarks(&format!("{}.example", "a".repeat(64))).fault.is_some());
    }

    #[test]
    fn names_of_private_networks_and_of_nobody_are_known() {
        assert!(
            remarks("sso.corp").private
                && remarks("intranet").private
                && remarks("nas.home.arpa").private
                && !remarks("home.acme.example").private
        );
        assert!(remarks("auth.example.com").nobodys && !remarks("notexample.com").nobodys);
        assert!(remarks("eo1x.m.pipedream.net").anybodys.is_some() && remarks("api.pipedream.com").anybodys.is_none());
    }
}
