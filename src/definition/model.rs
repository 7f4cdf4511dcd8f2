//! A definition as a login uses it: authsome's fields with authsome's defaults, of every layout since 0.2.4. What has the
//! wrong type is left out here: the facts tell of it, and rules judge.

use super::document::{Document, Node, Spot, Tree};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// What `{base_url}` stands as in the URLs of a definition.
pub const BASE_URL: &str = "{base_url}";

/// One provider, as defined.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ProviderDefinition {
    pub name: String,
    pub display_name: Option<String>,
    pub auth_type: Option<AuthType>,
    pub flow: Option<Flow>,
    pub oauth: Option<OAuth>,
    /// Top-level `registration.registration_endpoint` since authsome 0.3, in `oauth` before.
    pub registration_endpoint: Option<String>,
    pub docs_url: Option<String>,
    /// Hosts or `regex:` patterns of the API that the credential is for.
    pub api_urls: Vec<String>,
}

/// The `oauth` section.
#[derive(Clone, Debug, PartialEq)]
pub struct OAuth {
    pub authorization_url: Option<String>,
    pub token_url: Option<String>,
    pub revocation_url: Option<String>,
    pub device_authorization_url: Option<String>,
    pub device_token_request: DeviceTokenRequest,
    /// Not of authsome's own fields, which lets others be: who answers (RFC 8414, 2; RFC 9207).
    pub issuer: Option<String>,
    pub scopes: Vec<String>,
    /// Extra parameters of the authorization request; authsome's own of the same name win.
    pub authorization_params: Vec<(String, String)>,
    pub base_url: Option<String>,
    pub authorization_method: AuthorizationMethod,
    /// As declared; authsome sends a `code_challenge` whatever it says.
    pub pkce: bool,
    pub supports_device_code: bool,
    pub supports_dcr: bool,
}

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name { $($variant,)* }

        impl $name {
            /// As written in definitions.
            pub const WORDS: &'static [&'static str] = &[$($word,)*];

            pub fn word(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }

            pub fn from_word(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)* _ => None }
            }
        }
    };
}

words! { AuthType { OAuth2 = "oauth2", ApiKey = "api_key", Browser = "browser", } }
words! { Flow { Pkce = "pkce", DeviceCode = "device_code", DcrPkce = "dcr_pkce", ApiKey = "api_key", Browser = "browser", } }
words! {
    /// How the client proves itself at the token endpoint: in the form body, or by HTTP Basic.
    AuthorizationMethod { Body = "body", Basic = "basic", }
}
words! {
    /// How the token endpoint is polled in the device flow: RFC 8628's form, or a JSON body with the device code alone.
    DeviceTokenRequest { OAuth2Form = "oauth2_form", Json = "json", }
}

impl AuthType {
    /// The flows that authsome takes with it; any other pair is refused.
    pub fn flows(self) -> &'static [Flow] {
        match self {
            Self::OAuth2 => &[Flow::Pkce, Flow::DeviceCode, Flow::DcrPkce],
            Self::ApiKey => &[Flow::ApiKey],
            Self::Browser => &[Flow::Browser],
        }
    }
}

impl ProviderDefinition {
    /// A definition without a usable name is called after its file.
    pub fn of(document: &Document) -> Self {
        let root = &document.root;
        let oauth = root.get("oauth").filter(|node| matches!(node.value, Tree::Object(_)));
        let stem = std::path::Path::new(&*document.file).file_stem().unwrap_or_default();
        let registration = root.get("registration").and_then(|section| text(section, "registration_endpoint"));
        Self {
            name: text(root, "name").unwrap_or_else(|| stem.to_string_lossy().into_owned()),
            display_name: text(root, "display_name"),
            auth_type: root.get("auth_type").and_then(Node::as_text).and_then(AuthType::from_word),
            flow: root.get("flow").and_then(Node::as_text).and_then(Flow::from_word),
            oauth: oauth.map(OAuth::of),
            registration_endpoint: registration
                .or_else(|| oauth.and_then(|section| text(section, "registration_endpoint"))),
            docs_url: text(root, "docs_url").or_else(|| text(root, "docs")),
            api_urls: one_or_more(root.get("api_url").or_else(|| root.get("host_url"))),
        }
    }

    /// Where a login sends requests, by field.
    pub fn endpoints(&self) -> [(&'static str, Option<&str>); 5] {
        let oauth =
            |field: fn(&OAuth) -> &Option<String>| self.oauth.as_ref().and_then(|oauth| field(oauth).as_deref());
        [
            ("authorization_url", oauth(|oauth| &oauth.authorization_url)),
            ("token_url", oauth(|oauth| &oauth.token_url)),
            ("revocation_url", oauth(|oauth| &oauth.revocation_url)),
            ("device_authorization_url", oauth(|oauth| &oauth.device_authorization_url)),
            ("registration_endpoint", self.registration_endpoint.as_deref()),
        ]
    }

    /// No endpoint waits for a base URL.
    pub fn is_resolved(&self) -> bool {
        self.endpoints().iter().all(|(_, url)| url.is_none_or(|url| !url.contains(BASE_URL)))
    }

    /// Of a provider that is only known by name.
    pub fn unknown(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            display_name: None,
            auth_type: None,
            flow: None,
            oauth: None,
            registration_endpoint: None,
            docs_url: None,
            api_urls: Vec::new(),
        }
    }

    /// With `{base_url}` filled in, from `base_url` or the definition's own, as authsome does it: slashes at its end are
    /// dropped, and without a base the templates stay.
    #[must_use]
    pub fn resolved(mut self, base_url: Option<&str>) -> Self {
        let own = self.oauth.as_ref().and_then(|oauth| oauth.base_url.clone());
        let Some(base) = base_url.filter(|base| !base.is_empty()).map(str::to_owned).or(own) else {
            return self;
        };
        let base = base.trim_end_matches('/');
        let fill = |url: &mut String| *url = url.replace(BASE_URL, base);
        if let Some(oauth) = &mut self.oauth {
            let urls = [
                &mut oauth.authorization_url,
                &mut oauth.token_url,
                &mut oauth.revocation_url,
                &mut oauth.device_authorization_url,
                &mut oauth.issuer,
            ];
            urls.into_iter().flatten().for_each(fill);
        }
        self.registration_endpoint.iter_mut().for_each(fill);
        self.docs_url.iter_mut().for_each(fill);
        self.api_urls.iter_mut().for_each(fill);
        self
    }
}

impl ProviderDefinition {
    /// In authsome's own format, of today's layout.
    pub fn to_json(&self) -> Value {
        let oauth = self.oauth.as_ref().map(|oauth| {
            json!({
                "authorization_url": oauth.authorization_url,
                "token_url": oauth.token_url,
                "revocation_url": oauth.revocation_url,
                "device_authorization_url": oauth.device_authorization_url,
                "device_token_request": oauth.device_token_request.word(),
                "issuer": oauth.issuer,
                "scopes": oauth.scopes,
                "authorization_params": oauth.authorization_params.iter().cloned().collect::<BTreeMap<_, _>>(),
                "base_url": oauth.base_url,
                "authorization_method": oauth.authorization_method.word(),
                "pkce": oauth.pkce,
                "supports_device_code": oauth.supports_device_code,
                "supports_dcr": oauth.supports_dcr,
            })
        });
        json!({
            "name": self.name,
            "display_name": self.display_name,
            "auth_type": self.auth_type.map(AuthType::word),
            "flow": self.flow.map(Flow::word),
            "oauth": oauth,
            "registration": {"registration_endpoint": self.registration_endpoint},
            "docs_url": self.docs_url,
            "api_url": self.api_urls,
        })
    }
}

impl OAuth {
    fn of(section: &Node) -> Self {
        let word = |key| section.get(key).and_then(Node::as_text);
        let truth = |key| section.get(key).and_then(Node::as_truth);
        Self {
            authorization_url: text(section, "authorization_url"),
            token_url: text(section, "token_url"),
            revocation_url: text(section, "revocation_url"),
            device_authorization_url: text(section, "device_authorization_url"),
            device_token_request: word("device_token_request")
                .and_then(DeviceTokenRequest::from_word)
                .unwrap_or(DeviceTokenRequest::OAuth2Form),
            issuer: text(section, "issuer"),
            scopes: items(section.get("scopes")),
            authorization_params: pairs(section.get("authorization_params")),
            base_url: text(section, "base_url"),
            authorization_method: word("authorization_method")
                .and_then(AuthorizationMethod::from_word)
                .unwrap_or(AuthorizationMethod::Body),
            pkce: truth("pkce").unwrap_or(true),
            supports_device_code: truth("supports_device_code").or_else(|| truth("supports_device_flow")) == Some(true),
            supports_dcr: truth("supports_dcr") == Some(true),
        }
    }
}

impl Default for OAuth {
    /// An empty section.
    fn default() -> Self {
        Self::of(&Node { value: Tree::Object(Vec::new()), spot: Spot::default() })
    }
}

/// A text that is there and not empty: authsome treats an empty URL as none.
fn text(section: &Node, key: &str) -> Option<String> {
    section.get(key).and_then(Node::as_text).filter(|text| !text.is_empty()).map(str::to_owned)
}

/// The texts of a list.
fn items(list: Option<&Node>) -> Vec<String> {
    list.into_iter().flat_map(Node::items).filter_map(Node::as_text).map(str::to_owned).collect()
}

/// A list of texts, or one text standing for a list of one.
fn one_or_more(node: Option<&Node>) -> Vec<String> {
    node.and_then(Node::as_text).map_or_else(|| items(node), |one| vec![one.to_owned()])
}

fn pairs(section: Option<&Node>) -> Vec<(String, String)> {
    let mut pairs: Vec<(String, String)> = Vec::new();
    for member in section.into_iter().flat_map(Node::members) {
        if let Some(value) = member.value.as_text() {
            pairs.retain(|(key, _)| *key != member.key);
            pairs.push((member.key.clone(), value.to_owned()));
        }
    }
    pairs
}

#[cfg(test)]
#[path = "model_tests.rs"]
mod tests;
