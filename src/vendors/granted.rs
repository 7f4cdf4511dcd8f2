//! How a vendor is asked which scopes a token has, where it has an address of its own for that. Only the way; nothing is asked
//! here.

use super::Vendor;
use serde::Deserialize;
use url::Url;

/// One vendor's way.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GrantedScopes {
    /// Where this is documented.
    pub source: Url,
    pub method: Method,
    url: Url,
    /// Its path on a customer's own host, where the product runs there.
    own_host_path: Option<String>,
    /// The form field that the token travels in; else it travels in the Authorization header.
    pub token_field: Option<String>,
    /// The client has to prove itself too.
    #[serde(default)]
    pub by_client: bool,
    /// The header of the answer that lists the scopes …
    pub header: Option<String>,
    /// … or the member of its JSON (a JSON pointer, `*` for every item of a list).
    pub member: Option<String>,
    /// Tokens that begin like this have no scopes by their nature.
    #[serde(default)]
    pub tokens_without: Vec<String>,
    /// Scopes that the answer never lists, granted or not.
    #[serde(default)]
    pub never_listed: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Method {
    Get,
    Post,
}

impl Method {
    pub fn name(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
        }
    }
}

impl GrantedScopes {
    /// The address to ask, for a provider whose tokens come from `token_url`: the vendor's own, or the same on the
    /// customer's host. `None`: no address is known there.
    pub fn address(&self, vendor: &Vendor, token_url: &Url) -> Option<Url> {
        if vendor.owns(token_url.host_str()?) {
            return Some(self.url.clone());
        }
        let path = self.own_host_path.as_deref().filter(|_| vendor.self_hosted)?;
        let mut url = token_url.clone();
        url.set_path(path);
        url.set_query(None);
        url.set_fragment(None);
        Some(url)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vendors::{all, find};

    fn address(vendor: &str, token_url: &str) -> Option<String> {
        let vendor = find(vendor).unwrap();
        let way = vendor.granted_scopes.as_ref().unwrap();
        way.address(vendor, &Url::parse(token_url).unwrap()).map(String::from)
    }

    #[test]
    fn every_way_has_a_source_and_goes_by_https_to_the_vendor_itself() {
        for vendor in all() {
            let Some(way) = &vendor.granted_scopes else { continue };
            for url in [&way.source, &way.url] {
                assert_eq!(url.scheme(), "https", "{}", vendor.id);
            }
            assert!(vendor.owns(way.url.host_str().unwrap()), "{}", vendor.id);
            assert_eq!(way.url.query(), None, "{}: nothing travels in the address", vendor.id);
            assert!(way.header.is_some() != way.member.is_some(), "{}: the scopes stand in one place", vendor.id);
            assert!(way.token_field.is_none() || way.method == Method::Post, "{}: a form is sent by POST", vendor.id);
            assert!(!way.by_client || way.token_field.is_some(), "{}: the header is the token's", vendor.id);
            assert!(way.own_host_path.is_none() || vendor.self_hosted, "{}", vendor.id);
        }
    }

    #[test]
    fn a_customers_own_host_is_asked_and_no_other() {
        assert_eq!(
            address("github", "https://github.com/login/oauth/access_token").unwrap(),
            "https://api.github.com/user"
        );
        assert_eq!(
            address("github", "https://github.acme.example:8443/login/oauth/access_token?x=1").unwrap(),
            "https://github.acme.example:8443/api/v3/user"
        );
        assert_eq!(
            address("gitlab", "https://git.acme.example/oauth/token").unwrap(),
            "https://git.acme.example/oauth/token/info"
        );
        assert_eq!(address("slack", "https://slack.acme.example/token"), None, "Slack runs at Slack only");
    }
}
