//! Who opens TLS on the way, by the name of the issuer: products of companies, and tools of developers.

/// Words of an issuer's name, in lower case, and whose they are.
const KNOWN: &[(&str, &str)] = &[
    ("zscaler", "Zscaler"),
    ("netskope", "Netskope"),
    ("palo alto", "Palo Alto Networks"),
    ("globalprotect", "Palo Alto Networks"),
    ("fortinet", "Fortinet"),
    ("fortigate", "Fortinet"),
    ("blue coat", "Symantec (Blue Coat)"),
    ("bluecoat", "Symantec (Blue Coat)"),
    ("cisco umbrella", "Cisco Umbrella"),
    ("opendns", "Cisco Umbrella"),
    ("forcepoint", "Forcepoint"),
    ("websense", "Forcepoint"),
    ("check point", "Check Point"),
    ("sophos", "Sophos"),
    ("mcafee", "Skyhigh (McAfee)"),
    ("skyhigh", "Skyhigh (McAfee)"),
    ("trend micro", "Trend Micro"),
    ("iboss", "iboss"),
    ("cloudflare for teams", "Cloudflare Zero Trust"),
    ("gateway ca - cloudflare", "Cloudflare Zero Trust"),
    ("kaspersky", "Kaspersky"),
    ("avast", "Avast"),
    ("avg web", "AVG"),
    ("eset ssl", "ESET"),
    ("bitdefender", "Bitdefender"),
    ("mitmproxy", "mitmproxy (authsome run uses it)"),
    ("do_not_trust", "Fiddler"),
    ("fiddler", "Fiddler"),
    ("charles proxy", "Charles"),
    ("portswigger", "Burp Suite"),
    ("squid", "Squid"),
];

pub fn interceptor(issuer: &str) -> Option<&'static str> {
    let issuer = issuer.to_lowercase();
    KNOWN.iter().find(|(word, _)| issuer.contains(word)).map(|(_, who)| *who)
}

#[cfg(test)]
mod tests {
    use super::interceptor;

    #[test]
    fn an_issuer_gives_the_interceptor_away_and_a_public_authority_does_not() {
        assert_eq!(interceptor("Zscaler Inc., Zscaler Intermediate Root CA"), Some("Zscaler"));
        assert_eq!(interceptor("mitmproxy"), Some("mitmproxy (authsome run uses it)"));
        assert_eq!(interceptor("Let's Encrypt, R11"), None);
        assert_eq!(interceptor("Google Trust Services, WR2"), None);
    }
}
