//! Whose error it is: by authsome's own name for it, by words that only one vendor uses, by hosts; as the vendor records say.

use super::reading::Reading;
use crate::vendors;

/// A vendor's name and how we know.
pub struct Recognised {
    pub name: String,
    pub because: String,
}

/// `folded` is the text in lower case.
pub fn recognise(reading: &Reading, hosts: &[String], folded: &str) -> Option<Recognised> {
    let recognised = |name: &str, because: String| Some(Recognised { name: name.to_owned(), because });
    if let Some(name) = &reading.named_provider {
        let vendor = vendors::find(name).map_or(name.as_str(), |vendor| vendor.id);
        return recognised(vendor, format!("it names {name}"));
    }
    if let Some((vendor, words)) = vendors::by_words(folded) {
        return recognised(vendor, format!("only this vendor says \"{words}\""));
    }
    let (host, vendor) = hosts.iter().find_map(|host| Some((host, vendors::by_host(host)?)))?;
    recognised(vendor.id, format!("it names the host {host}"))
}

/// Every host that the text names: in a URL, as Python prints it (`host='…'`), or a host by itself that a vendor has.
pub fn hosts(text: &str) -> Vec<String> {
    let mut hosts: Vec<String> = Vec::new();
    for word in text.split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '/' | '@'))) {
        let in_url = word.rfind("://").map(|at| &word[at + 3..]);
        let authority = in_url.unwrap_or(word).split('/').next().unwrap_or_default();
        let authority = authority.rsplit('@').next().unwrap_or_default();
        let host = authority.split(':').next().unwrap_or_default().trim_matches(['.', '-']).to_ascii_lowercase();
        let names_one = (host.contains('.') || host == "localhost") && host.len() <= 253;
        let ends_in_letters = host.rsplit('.').next().is_some_and(|end| end.bytes().all(|b| b.is_ascii_alphabetic()));
        let alone = in_url.is_none() && names_one && ends_in_letters && !word.contains(['/', '@']);
        if names_one && (in_url.is_some() || alone && vendors::is_host(&host)) && !hosts.contains(&host) {
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
