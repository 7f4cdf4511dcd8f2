//! What a vendor wants of those who log in there: its addresses, and what has to stand in the request. Each part names the
//! page that says so. What is not known is absent.

use super::pattern::Pattern;
use serde::Deserialize;
use std::collections::BTreeMap;
use url::Url;

/// A vendor's addresses. Of several the first is the one to write.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Endpoints {
    pub source: Url,
    #[serde(default)]
    pub authorization: Vec<Pattern>,
    #[serde(default)]
    pub token: Vec<Pattern>,
    /// By RFC 7009.
    #[serde(default)]
    pub revocation: Vec<Pattern>,
    #[serde(default)]
    pub device: Vec<Pattern>,
    #[serde(default)]
    pub registration: Vec<Pattern>,
    /// Old ones, which answer still or did once.
    #[serde(default)]
    pub legacy: Vec<Legacy>,
    /// Hosts of interfaces that do not take tokens of OAuth, and where those are taken.
    #[serde(default)]
    pub other_apis: Vec<Legacy>,
    /// Ones that take tokens back, but not in the way of RFC 7009.
    #[serde(default)]
    pub other_revocation: Vec<Pattern>,
    /// Ones that serve only some apps.
    #[serde(default)]
    pub conditions: Vec<Condition>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Legacy {
    pub was: Pattern,
    pub now: Pattern,
    /// What else is known of it, as a sentence.
    pub note: Option<String>,
    /// It answers no more.
    #[serde(default)]
    pub gone: bool,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    pub url: Pattern,
    pub source: Url,
    /// Whom it serves, as a sentence.
    pub note: String,
}

/// The kinds of address, as a definition's fields name them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Authorization,
    Token,
    Revocation,
    Device,
    Registration,
}

impl Kind {
    pub const ALL: [Self; 5] = [Self::Authorization, Self::Token, Self::Revocation, Self::Device, Self::Registration];

    /// The key in a definition.
    pub fn key(self) -> &'static str {
        match self {
            Self::Authorization => "authorization_url",
            Self::Token => "token_url",
            Self::Revocation => "revocation_url",
            Self::Device => "device_authorization_url",
            Self::Registration => "registration_endpoint",
        }
    }
}

impl Endpoints {
    pub fn of(&self, kind: Kind) -> &[Pattern] {
        match kind {
            Kind::Authorization => &self.authorization,
            Kind::Token => &self.token,
            Kind::Revocation => &self.revocation,
            Kind::Device => &self.device,
            Kind::Registration => &self.registration,
        }
    }

    /// The kind of address that this one is here.
    pub fn kind_of(&self, url: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| self.of(*kind).iter().any(|known| known.matches(url)))
    }
}

/// What brings a refresh token.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Offline {
    pub source: Url,
    /// Any of these scopes …
    #[serde(default)]
    pub scopes: Vec<String>,
    /// … or this parameter of the authorization request.
    pub param: Option<Param>,
    pub without: Without,
    /// A request that names no scope brings one all the same.
    #[serde(default)]
    pub not_without_scopes: bool,
    /// What else decides, as a sentence.
    pub note: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Without {
    /// There is none.
    Never,
    /// It depends on the app.
    Depends,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Param {
    pub name: String,
    pub value: String,
}

/// RFC 8628 there.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeviceFlow {
    pub source: Url,
    pub offered: Offered,
    /// The scopes that it takes, where those are few.
    #[serde(default)]
    pub scopes: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Offered {
    Yes,
    /// With few scopes only.
    Limited,
    No,
}

/// How a client with a secret proves itself at the token endpoint.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClientAuthentication {
    pub source: Url,
    /// What its documentation shows: `basic`, `body`.
    pub documented: Vec<Way>,
    /// What it is known to refuse.
    #[serde(default)]
    pub refused: Vec<Way>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    Basic,
    Body,
}

impl Way {
    /// As in `authorization_method`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Basic => "basic",
            Self::Body => "body",
        }
    }
}

/// Parameters that the authorization request is to have beside the standard's.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuthorizationParams {
    pub source: Url,
    /// Its documentation calls them required.
    #[serde(default)]
    pub required: BTreeMap<String, String>,
    /// Its documentation shows them, and it is not known what happens without.
    #[serde(default)]
    pub shown: BTreeMap<String, String>,
}

/// What is to be said of scopes that are asked for.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "each is one thing that is known of a vendor or not")]
pub struct ScopeAdvice {
    pub source: Url,
    /// A request without any is refused.
    #[serde(default)]
    pub required: bool,
    /// Scopes joined by blanks, as the standard has it, are refused where the vendor has another separator.
    #[serde(default)]
    pub refuses_blanks: bool,
    /// Of two scopes, one within the other, the inner one is needless.
    #[serde(default)]
    pub contained_is_needless: bool,
    /// Wide ones, with what is narrower.
    #[serde(default)]
    pub broad: BTreeMap<String, String>,
    /// Ones that bring nothing any more: what to know.
    #[serde(default)]
    pub retired: BTreeMap<String, String>,
    /// Ones that others have and this vendor has not: what to write instead, as a sentence.
    #[serde(default)]
    pub unknown: BTreeMap<String, String>,
    /// A request with such a one is refused as a whole; else the scope is passed over.
    #[serde(default)]
    pub unknown_refused: bool,
    /// How every scope begins …
    pub begins: Option<String>,
    /// … but these, which are words.
    #[serde(default)]
    pub words: Vec<String>,
}

impl ScopeAdvice {
    /// The scope that is meant by one that lacks the beginning, or has it wrong.
    pub fn written_wrong(&self, scope: &str) -> Option<String> {
        let begins = self.begins.as_deref().filter(|begins| !scope.starts_with(begins))?;
        let is_word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
        if !scope.is_empty() && scope.chars().all(is_word) {
            return (!self.words.iter().any(|word| word == scope)).then(|| format!("{begins}{scope}"));
        }
        let bare = |url: &str| url.split_once("://").map(|(_, rest)| rest.trim_start_matches("www.").to_owned());
        Some(format!("{begins}{}", bare(scope)?.strip_prefix(&bare(begins)?)?))
    }
}

/// Why no client that follows RFC 6749 and 7636 the way authsome does can log in there.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Incompatible {
    pub source: Url,
    /// As a sentence.
    pub because: String,
}

/// What a person has to know to register a loopback redirect URI there.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LoopbackNote {
    pub source: Url,
    /// The form refuses it, and there is another way, which the settings hint tells.
    #[serde(default)]
    pub not_in_the_form: bool,
}

#[cfg(test)]
#[path = "requirements_tests.rs"]
mod tests;
