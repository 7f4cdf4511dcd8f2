//! What we know of each provider, from `data/vendors/`: one file a vendor, read when a provider is first named.
//!
//! Names and hosts find a vendor; the rest is what its settings page and its servers are known to do. A field that nobody
//! has established is absent, and means "not known", never "no". Judges nothing.

mod granted;
mod imitation;
mod index;
mod pattern;
mod requirements;
mod scopes;

pub use granted::{GrantedScopes, Method};
pub use imitation::{Imitation, imitated};
pub use pattern::Pattern;
pub use requirements::{
    AuthorizationParams, ClientAuthentication, DeviceFlow, Endpoints, Incompatible, Kind, LoopbackNote, Offered,
    Offline, ScopeAdvice, Way, Without,
};
pub use scopes::Scopes;

use index::Index;
use serde::Deserialize;
use std::sync::OnceLock;
use url::Url;

/// How a provider compares a loopback redirect URI with the registered ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LoopbackRule {
    /// Character by character (RFC 9700, section 2.1).
    Exact,
    /// Any port on 127.0.0.1 and `[::1]` (RFC 8252, section 7.3).
    AnyPort,
    /// Any port, and paths below the registered one.
    AnyPortPathPrefix,
    /// No http at all.
    HttpsOnly,
    /// http only with the host localhost.
    LocalhostOnly,
    /// Not compared.
    Unchecked,
}

impl LoopbackRule {
    /// The value of the fact `provider.loopback_rule`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::AnyPort => "any_port",
            Self::AnyPortPathPrefix => "any_port_path_prefix",
            Self::HttpsOnly => "https_only",
            Self::LocalhostOnly => "localhost_only",
            Self::Unchecked => "unchecked",
        }
    }
}

/// One vendor, as its file says.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vendor {
    /// The name of its file.
    #[serde(skip)]
    pub id: &'static str,
    /// Its name for people.
    pub title: String,
    /// The names of its definitions in authsome; a star at the end stands for any rest.
    pub names: Vec<String>,
    /// Hosts of its endpoints and interfaces; subdomains belong to them.
    pub hosts: Vec<String>,
    /// What only this vendor says in its errors, in lower case.
    #[serde(default)]
    pub says: Vec<String>,
    /// How its tokens begin.
    #[serde(default)]
    pub token_prefixes: Vec<String>,
    /// The same product also runs on hosts of its customers, with the same paths.
    #[serde(default)]
    pub self_hosted: bool,
    /// Hosts where it serves everybody: no customer has one below them, and no login stands there.
    #[serde(default)]
    pub whole_hosts: Vec<String>,
    /// Where its OAuth apps are managed.
    pub settings_url: Option<String>,
    /// What that page calls the redirect URI.
    pub redirect_field: Option<String>,
    /// What else to know before typing there.
    pub settings_hint: Option<String>,
    /// Where a person sees and takes back what they granted.
    pub grants_url: Option<String>,
    /// How it takes tokens back, where that is not by RFC 7009.
    pub revocation_note: Option<String>,
    pub loopback_rule: Option<LoopbackRule>,
    /// Without the parameter it uses the registered URI.
    pub omitted_redirect_uri_works: Option<bool>,
    /// It asks for the login before it looks at the request.
    pub login_first: Option<bool>,
    /// What its authorization endpoint answers for a client id that it does not know.
    pub unknown_client_status: Option<u16>,
    /// How it is asked which scopes a token has. `None`: no way is known but the standard's (RFC 7662).
    pub granted_scopes: Option<GrantedScopes>,
    #[serde(default)]
    pub scopes: Scopes,
    pub endpoints: Option<Endpoints>,
    pub offline: Option<Offline>,
    pub device_flow: Option<DeviceFlow>,
    pub client_authentication: Option<ClientAuthentication>,
    pub authorization_params: Option<AuthorizationParams>,
    pub scope_advice: Option<ScopeAdvice>,
    pub incompatible: Option<Incompatible>,
    /// Where the rule for loopback redirect URIs is documented, and what else to know.
    pub loopback: Option<LoopbackNote>,
}

static INDEX: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/vendors.bin"));

/// What finds a vendor, and a place for each record that was read.
fn shelf() -> &'static (Index, Vec<OnceLock<Vendor>>) {
    static SHELF: OnceLock<(Index, Vec<OnceLock<Vendor>>)> = OnceLock::new();
    SHELF.get_or_init(|| {
        let index: Index = postcard::from_bytes(INDEX).expect("build.rs wrote it");
        let places = index.cards.iter().map(|_| OnceLock::new()).collect();
        (index, places)
    })
}

fn vendor(number: usize) -> &'static Vendor {
    let (index, places) = shelf();
    let card = &index.cards[number];
    places[number].get_or_init(|| {
        let vendor: Vendor = serde_yaml::from_str(&card.record).expect("a test reads every record");
        Vendor { id: &card.id, ..vendor }
    })
}

/// Every vendor, by file name.
pub fn all() -> impl Iterator<Item = &'static Vendor> {
    (0..shelf().0.cards.len()).map(vendor)
}

/// The vendor whose host this is, or a subdomain of it.
pub fn by_host(host: &str) -> Option<&'static Vendor> {
    shelf().0.by_host(host).map(vendor)
}

/// Is this a vendor's host, or a subdomain of one?
pub fn is_host(host: &str) -> bool {
    shelf().0.by_host(host).is_some()
}

/// The vendor of authsome's definition of this name.
pub fn find(name: &str) -> Option<&'static Vendor> {
    shelf().0.by_name(name).map(vendor)
}

/// The vendor whose own rule this is: its id begins with the vendor's.
pub fn of_rule(id: &str) -> Option<&'static str> {
    shelf().0.of_rule(id)
}

/// The vendor that alone says something that stands in a text in lower case, and those words.
pub fn by_words(text: &str) -> Option<(&'static str, &str)> {
    let (number, words) = shelf().0.by_words(text)?;
    Some((&shelf().0.cards[number].id, words))
}

/// The vendor of a definition: its authorization endpoint's host decides; its name only where no host is known, or
/// where the vendor's product also runs elsewhere.
pub fn of_provider(name: &str, host: Option<&str>) -> Option<&'static Vendor> {
    let Some(host) = host else { return find(name) };
    by_host(host).or_else(|| find(name).filter(|vendor| vendor.self_hosted))
}

/// Does a granted scope show that a wanted one was granted, by the habits of this provider?
pub fn scope_cover(provider: &str) -> impl Fn(&str, &str) -> bool + 'static {
    let habits = find(provider).map_or_else(Scopes::default, |vendor| vendor.scopes.clone());
    move |granted, wanted| habits.covers(granted, wanted)
}

impl Vendor {
    pub fn owns(&self, host: &str) -> bool {
        among(&self.hosts, host).is_some()
    }

    /// The host that serves everybody and that this is, or is below.
    pub fn whole_host(&self, host: &str) -> Option<&str> {
        among(&self.whole_hosts, host)
    }

    /// Where the OAuth apps of this provider are managed; on a customer's host, where the product runs there.
    pub fn settings_page(&self, host: Option<&str>) -> Option<Url> {
        self.page(self.settings_url.as_deref()?, host)
    }

    /// Where a person takes back what they granted; on a customer's host, where the product runs there.
    pub fn grants_page(&self, host: Option<&str>) -> Option<Url> {
        self.page(self.grants_url.as_deref()?, host)
    }

    fn page(&self, url: &str, host: Option<&str>) -> Option<Url> {
        let mut url = Url::parse(url).ok()?;
        if let Some(host) = host.filter(|host| self.self_hosted && !self.owns(host)) {
            url.set_host(Some(host)).ok()?;
        }
        Some(url)
    }
}

fn among<'h>(hosts: &'h [String], host: &str) -> Option<&'h str> {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    let below =
        |own: &&String| host.strip_suffix(own.as_str()).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    hosts.iter().find(below).map(String::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    /// The 39 OAuth definitions that authsome 0.7.2 bundles.
    const BUNDLED: &[&str] = &[
        "atlassian",
        "confluence",
        "discord",
        "github",
        "gitlab",
        "google",
        "google-admin",
        "google-analytics",
        "google-calendar",
        "google-chat",
        "google-classroom",
        "google-docs",
        "google-drive",
        "google-forms",
        "google-gmail",
        "google-meet",
        "google-photos",
        "google-search-console",
        "google-sheets",
        "google-slides",
        "google-tasks",
        "google-vertex-ai",
        "google-youtube",
        "hubspot",
        "jira",
        "klaviyo-oauth",
        "linear",
        "microsoft",
        "microsoft-calendar",
        "microsoft-outlook",
        "microsoft-word",
        "notion",
        "notion-mcp",
        "postiz",
        "reddit",
        "slack",
        "todoist",
        "x",
        "zoom",
    ];

    #[test]
    fn every_file_in_the_folder_is_read_and_says_where_its_rules_come_from() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/data/vendors");
        let there: BTreeSet<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned())
            .collect();
        let listed: BTreeSet<String> = all().map(|vendor| vendor.id.to_owned()).collect();
        assert_eq!(there, listed);
        for id in listed {
            let text = std::fs::read_to_string(format!("{folder}/{id}.yaml")).unwrap();
            let vendor: Result<Vendor, _> = serde_yaml::from_str(&text);
            assert!(vendor.is_ok(), "{id}: {:?}", vendor.err());
            assert!(text.starts_with("# "), "{id} begins with its source");
        }
    }

    #[test]
    fn every_oauth_provider_that_authsome_bundles_has_a_vendor() {
        for name in BUNDLED {
            assert!(find(name).is_some(), "{name}");
        }
        assert_eq!(find("google-gmail").unwrap().id, "google");
        assert_eq!(find("jira").unwrap().id, "atlassian");
        assert!(find("acmecrm").is_none());
    }

    #[test]
    fn whoever_needs_a_registered_redirect_uri_can_be_told_the_page_and_the_field() {
        let bundled = BUNDLED.iter().filter_map(|name| find(name));
        for vendor in bundled.filter(|vendor| !["postiz", "notion-mcp"].contains(&vendor.id)) {
            assert!(vendor.settings_page(None).is_some_and(|url| url.scheme() == "https"), "{}", vendor.id);
            assert!(vendor.redirect_field.is_some(), "{}", vendor.id);
        }
    }

    #[test]
    fn no_name_and_no_host_belongs_to_two_vendors() {
        let names: Vec<_> = all().flat_map(|vendor| &vendor.names).collect();
        let hosts: Vec<_> = all().flat_map(|vendor| &vendor.hosts).collect();
        assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len());
        for host in &hosts {
            assert_eq!(all().filter(|vendor| vendor.owns(host)).count(), 1, "{host}");
        }
    }

    #[test]
    fn a_host_is_matched_at_its_dots_only() {
        assert_eq!(by_host("api.linear.app").unwrap().id, "linear");
        assert_eq!(by_host("SLACK.com.").unwrap().id, "slack");
        assert!(by_host("notgithub.com").is_none());
        assert!(by_host("github.com.evil.example").is_none());
        assert_eq!(by_host("mcp.notion.com").unwrap().id, "notion-mcp");
    }

    #[test]
    fn a_definition_is_known_by_its_host_before_its_name() {
        assert_eq!(of_provider("my-work", Some("accounts.google.com")).unwrap().id, "google");
        assert!(of_provider("slack", Some("login.acme.example")).is_none(), "a stranger under a known name");
        let enterprise = of_provider("github", Some("github.acme.example")).unwrap();
        assert_eq!(
            enterprise.settings_page(Some("github.acme.example")).unwrap().as_str(),
            "https://github.acme.example/settings/developers"
        );
        assert_eq!(
            enterprise.settings_page(Some("github.com")).unwrap().as_str(),
            "https://github.com/settings/developers"
        );
    }

    #[test]
    fn only_what_somebody_established_is_said() {
        let zoom = find("zoom").unwrap();
        assert_eq!((zoom.loopback_rule, zoom.login_first, zoom.omitted_redirect_uri_works), (None, None, None));
        let github = find("github").unwrap();
        assert_eq!(github.loopback_rule, Some(LoopbackRule::AnyPortPathPrefix));
        assert_eq!(github.omitted_redirect_uri_works, Some(true));
    }
}
