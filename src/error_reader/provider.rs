//! Whose error it is: by hosts, by words that only one vendor uses, by authsome's own name for it. A small table until
//! the vendor records can be asked.

use super::reading::Reading;

struct Vendor {
    name: &'static str,
    /// Hosts, and everything under them.
    hosts: &'static [&'static str],
    /// Codes and phrases that nobody else uses, in lower case.
    words: &'static [&'static str],
}

const fn vendor(name: &'static str, hosts: &'static [&'static str], words: &'static [&'static str]) -> Vendor {
    Vendor { name, hosts, words }
}

const VENDORS: &[Vendor] = &[
    vendor(
        "github",
        &["github.com", "githubusercontent.com"],
        &["incorrect_client_credentials", "bad_verification_code", "unverified_user_email"],
    ),
    vendor("gitlab", &["gitlab.com"], &[]),
    vendor("google", &["google.com", "googleapis.com"], &["deleted_client", "disabled_client", "malformed auth code."]),
    vendor("microsoft", &["microsoftonline.com", "live.com", "windows.net", "microsoft.com"], &["aadsts"]),
    vendor("slack", &["slack.com"], &["bad_client_secret", "oauth_authorization_url_mismatch"]),
    vendor("atlassian", &["atlassian.com", "atlassian.net"], &[]),
    vendor("linear", &["linear.app"], &[]),
    vendor("notion", &["notion.com", "notion.so"], &[]),
    vendor("hubspot", &["hubspot.com", "hubapi.com"], &["bad_auth_code"]),
    vendor("discord", &["discord.com", "discordapp.com"], &["invalid oauth2 redirect_uri"]),
    vendor("zoom", &["zoom.us"], &[]),
    vendor("reddit", &["reddit.com"], &[]),
    vendor("x", &["x.com", "twitter.com"], &["weren't able to give access to the app"]),
    vendor("klaviyo", &["klaviyo.com"], &[]),
    vendor("todoist", &["todoist.com"], &[]),
    vendor("postiz", &["postiz.com"], &[]),
    vendor("sentry", &["sentry.io"], &[]),
    vendor("stripe", &["stripe.com"], &[]),
    vendor("cloudflare", &["cloudflare.com"], &[]),
    vendor("okta", &["okta.com", "oktapreview.com"], &["must be a login redirect uri in the client app settings"]),
    vendor("auth0", &["auth0.com"], &["callback url mismatch"]),
    vendor("salesforce", &["salesforce.com"], &[]),
    vendor("spotify", &["spotify.com"], &[]),
    vendor("dropbox", &["dropbox.com", "dropboxapi.com"], &[]),
    vendor("linkedin", &["linkedin.com"], &[]),
];

/// A vendor's name and how we know.
pub struct Recognised {
    pub name: String,
    pub because: String,
}

/// `folded` is the text in lower case.
pub fn recognise(reading: &Reading, hosts: &[String], folded: &str) -> Option<Recognised> {
    let known = |name: &str| VENDORS.iter().find(|v| v.name == name || name.split(['-', '_']).next() == Some(v.name));
    if let Some(name) = &reading.named_provider {
        let vendor = known(name).map_or(name.as_str(), |vendor| vendor.name);
        return Some(Recognised { name: vendor.to_owned(), because: format!("it names {name}") });
    }
    for vendor in VENDORS {
        if let Some(word) = vendor.words.iter().find(|word| folded.contains(**word)) {
            return Some(Recognised { name: vendor.name.to_owned(), because: format!("only it says \"{word}\"") });
        }
    }
    for host in hosts {
        if let Some(vendor) = VENDORS.iter().find(|vendor| vendor.hosts.iter().any(|own| under(host, own))) {
            return Some(Recognised { name: vendor.name.to_owned(), because: format!("it names the host {host}") });
        }
    }
    None
}

fn under(host: &str, own: &str) -> bool {
    host.strip_suffix(own).is_some_and(|before| before.is_empty() || before.ends_with('.'))
}

/// Every host that the text names: in a URL, as Python prints it (`host='…'`), or a vendor's host by itself.
pub fn hosts(text: &str) -> Vec<String> {
    let mut hosts: Vec<String> = Vec::new();
    for word in text.split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '/' | '@'))) {
        let in_url = word.rfind("://").map(|at| &word[at + 3..]);
        let authority = in_url.unwrap_or(word).split('/').next().unwrap_or_default();
        let authority = authority.rsplit('@').next().unwrap_or_default();
        let host = authority.split(':').next().unwrap_or_default().trim_matches(['.', '-']).to_ascii_lowercase();
        let of_vendor = || VENDORS.iter().any(|vendor| vendor.hosts.iter().any(|own| under(&host, own)));
        let names_one = (host.contains('.') || host == "localhost") && host.len() <= 253;
        if names_one && (in_url.is_some() || of_vendor()) && !hosts.contains(&host) {
            hosts.push(host);
            if hosts.len() == 50 {
                break;
            }
        }
    }
    hosts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Option<String> {
        recognise(&Reading::default(), &hosts(text), &text.to_lowercase()).map(|r| r.name)
    }

    #[test]
    fn a_vendor_is_known_by_its_words_before_its_hosts() {
        assert_eq!(of("https://github.com/login/oauth").as_deref(), Some("github"));
        assert_eq!(of("see https://github.com/x: AADSTS50011").as_deref(), Some("microsoft"));
        assert_eq!(of("HTTPSConnectionPool(host='oauth2.googleapis.com', port=443)").as_deref(), Some("google"));
        assert_eq!(of("https://notgithub.com/"), None);
        assert_eq!(of("https://github.com.evil.example/"), None);
    }

    #[test]
    fn authsome_s_name_for_a_provider_leads_to_its_vendor() {
        let reading = Reading { named_provider: Some("google-gmail".into()), ..Reading::default() };
        assert_eq!(recognise(&reading, &[], "").expect("known").name, "google");
        let reading = Reading { named_provider: Some("acme".into()), ..Reading::default() };
        assert_eq!(recognise(&reading, &[], "").expect("named").name, "acme");
    }

    #[test]
    fn hosts_come_without_user_and_port() {
        assert_eq!(hosts("http://me:pw@a.example:80/x and http://127.0.0.1:7998/"), ["a.example", "127.0.0.1"]);
    }
}
