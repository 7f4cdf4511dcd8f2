//! Fills `provider`: the provider that was named, its endpoints, and what its vendor is known to do.

use super::{Context, LOCAL, Probe};
use crate::facts::{Facts, Looked};
use crate::vendors;
use url::Url;

pub const PROBE: Probe = Probe { section: "provider", needs: &["definition"], limit: LOCAL, run };

fn run(context: &Context, facts: &Facts) -> Facts {
    let mut found = Facts::new();
    let definition = context.definition.as_ref();
    let name = context.provider.as_deref().or(definition.map(|known| known.name.as_str()));
    let Some(name) = name.or_else(|| facts.text("definition.name")) else { return found };
    let endpoints = Endpoints::of(context, facts);
    let host = endpoints.authorization.as_ref().and_then(Url::host_str);
    let vendor = vendors::of_provider(name, host);
    let display_name = definition
        .and_then(|known| known.display_name.as_deref())
        .or_else(|| facts.text("definition.display_name"))
        .or(vendor.map(|vendor| vendor.title.as_str()));
    found.set("provider.name", name);
    found.set("provider.title", display_name.unwrap_or(name));
    let there = definition.is_some() || facts.truth("definition.found") == Some(true);
    found.set("provider.found", there);
    if !there {
        found.set("provider.nearest", facts.text("definition.nearest"));
    }
    for (fact, url) in [
        ("provider.authorization_endpoint", &endpoints.authorization),
        ("provider.token_endpoint", &endpoints.token),
        ("provider.device_authorization_endpoint", &endpoints.device),
        ("provider.registration_endpoint", &endpoints.registration),
    ] {
        found.set(fact, url.as_ref().map(Url::as_str));
    }
    if there {
        found.set("provider.supports_device_code", endpoints.device.is_some());
        found.set("provider.supports_dcr", endpoints.registration.is_some());
    }
    found.set("provider.vendor", vendor.map(|vendor| vendor.id));
    if let Some(vendor) = vendor {
        found.set("provider.settings_url", vendor.settings_page(host).map(String::from));
        found.set("provider.settings_hint", vendor.settings_hint.clone());
        found.set("provider.redirect_field", vendor.redirect_field.clone());
        found.set("provider.loopback_rule", vendor.loopback_rule.map(vendors::LoopbackRule::name));
        found.set("provider.omitted_redirect_uri_works", vendor.omitted_redirect_uri_works);
        found.set("provider.login_first", vendor.login_first);
        found.set("provider.scope_separator", vendor.scopes.separator.clone());
    }
    // A login knows more of its client than the flag says.
    if context.client_id.is_some() && facts.get("provider.has_client") == Looked::NotAsked {
        found.set("provider.has_client", true);
        found.set("provider.client_from", "flag");
    }
    found
}

/// The endpoints with `{base_url}` filled in; what is no URL is left out, for the definition's own rules to tell.
#[derive(Default)]
struct Endpoints {
    authorization: Option<Url>,
    token: Option<Url>,
    device: Option<Url>,
    registration: Option<Url>,
}

impl Endpoints {
    fn of(context: &Context, facts: &Facts) -> Self {
        let url = |text: Option<&str>| text.and_then(|text| Url::parse(text).ok()).filter(Url::has_host);
        if let Some(definition) = &context.definition {
            let oauth = definition.oauth.as_ref();
            let field = |text: Option<&String>| url(text.map(String::as_str));
            return Self {
                authorization: field(oauth.and_then(|oauth| oauth.authorization_url.as_ref())),
                token: field(oauth.and_then(|oauth| oauth.token_url.as_ref())),
                device: field(oauth.and_then(|oauth| oauth.device_authorization_url.as_ref())),
                registration: field(definition.registration_endpoint.as_ref()),
            };
        }
        let base = facts.text("definition.oauth.base_url").unwrap_or_default().trim_end_matches('/');
        let filled = |fact: &str| {
            let text = facts.text(fact).map(|text| text.replace(crate::definition::BASE_URL, base));
            url(text.as_deref())
        };
        Self {
            authorization: filled("definition.oauth.authorization_url"),
            token: filled("definition.oauth.token_url"),
            device: filled("definition.oauth.device_authorization_url"),
            registration: filled("definition.registration.registration_endpoint"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::Host;

    fn probed(name: Option<&str>, facts: &Facts) -> Facts {
        run(&Context { provider: name.map(str::to_owned), ..Context::of(Host::real()) }, facts)
    }

    fn github() -> Facts {
        let mut facts = Facts::new();
        facts.set("definition.found", true);
        facts.set("definition.name", "github");
        facts.set("definition.display_name", "GitHub");
        facts.set("definition.oauth.base_url", "https://github.com/");
        facts.set("definition.oauth.authorization_url", "{base_url}/login/oauth/authorize");
        facts.set("definition.oauth.token_url", "{base_url}/login/oauth/access_token");
        facts.set("definition.oauth.device_authorization_url", "{base_url}/login/device/code");
        facts
    }

    #[test]
    fn a_known_provider_brings_its_endpoints_and_its_settings_page() {
        let facts = probed(Some("github"), &github());
        assert_eq!(facts.text("provider.title"), Some("GitHub"));
        assert_eq!(facts.text("provider.authorization_endpoint"), Some("https://github.com/login/oauth/authorize"));
        assert_eq!(facts.text("provider.settings_url"), Some("https://github.com/settings/developers"));
        assert_eq!(facts.text("provider.redirect_field"), Some("Authorization callback URL"));
        assert_eq!(facts.truth("provider.omitted_redirect_uri_works"), Some(true));
        assert_eq!(facts.truth("provider.supports_device_code"), Some(true));
        assert_eq!(facts.truth("provider.supports_dcr"), Some(false));
    }

    #[test]
    fn an_enterprise_host_has_a_settings_page_of_its_own() {
        let mut facts = github();
        facts.set("definition.oauth.base_url", "https://github.acme.example");
        let facts = probed(Some("github"), &facts);
        assert_eq!(facts.text("provider.settings_url"), Some("https://github.acme.example/settings/developers"));
    }

    #[test]
    fn a_name_that_nobody_knows_is_told_with_the_nearest_one() {
        let mut facts = Facts::new();
        facts.set("definition.found", false);
        facts.set("definition.nearest", "github");
        let facts = probed(Some("gihtub"), &facts);
        assert_eq!(facts.truth("provider.found"), Some(false));
        assert_eq!(facts.text("provider.nearest"), Some("github"));
        assert_eq!(facts.get("provider.authorization_endpoint"), Looked::Absent);
    }

    #[test]
    fn without_a_name_nothing_is_said() {
        assert_eq!(probed(None, &Facts::new()), Facts::new());
        assert_eq!(probed(None, &github()).text("provider.name"), Some("github"), "a provider file names it");
    }
}
