//! What to log in with, and what a guided fix changes in it.

use crate::definition::{OAuth, ProviderDefinition};
use crate::oauth::{Authentication, Client, discovery};
use crate::rules::Retry;
use std::time::Duration;
use url::Url;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    Pkce,
    DcrPkce,
    DeviceCode,
}

impl Flow {
    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "pkce" => Some(Self::Pkce),
            "dcr_pkce" => Some(Self::DcrPkce),
            "device_code" => Some(Self::DeviceCode),
            _ => None,
        }
    }

    pub fn word(self) -> &'static str {
        match self {
            Self::Pkce => "pkce",
            Self::DcrPkce => "dcr_pkce",
            Self::DeviceCode => "device_code",
        }
    }
}

/// Who is the OAuth client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Via {
    /// This program.
    Standalone,
    /// authsome's daemon.
    Daemon,
}

impl Via {
    pub fn word(self) -> &'static str {
        match self {
            Self::Standalone => "standalone",
            Self::Daemon => "daemon",
        }
    }
}

/// Who opens the page of the provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Browser {
    /// This machine's browser.
    Open,
    /// A person elsewhere: only the address is printed.
    PrintOnly,
    /// `--auto-approve`: the robot person of the practice provider.
    Robot,
}

/// How it stands with the client that `dcr_pkce` registers.
#[derive(Default)]
pub struct Registration {
    /// The redirect URI that the client of this plan was registered with.
    pub redirect_uri: Option<Url>,
    /// Do not use the one that is kept.
    pub anew: bool,
}

/// RFC 7636.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CodeChallenge {
    #[default]
    Send,
    Omit,
}

pub struct Plan {
    pub provider: String,
    /// For people.
    pub title: String,
    pub definition: ProviderDefinition,
    pub connection: String,
    /// Who is the OAuth client: the value of `login.via`.
    pub via: Via,
    pub flow: Flow,
    pub client: Option<Client>,
    /// Where the client came from: the value of `provider.client_from`.
    pub client_from: &'static str,
    pub registration: Registration,
    /// Keep what is secret: `--store`.
    pub store: bool,
    /// Where we listen.
    pub redirect_uri: Url,
    /// Leave the parameter out of the authorization request.
    pub omit_redirect_uri: bool,
    /// Send no code_challenge: a provider that has no use for PKCE may refuse it.
    pub code_challenge: CodeChallenge,
    pub scopes: Vec<String>,
    pub browser: Browser,
    /// How long we wait for the person.
    pub wait: Duration,
    pub offline: bool,
}

impl Plan {
    fn oauth(&self) -> Result<&OAuth, String> {
        self.definition
            .oauth
            .as_ref()
            .ok_or_else(|| format!("the definition of {} has no oauth section", self.provider))
    }

    pub fn authorization_url(&self) -> Result<Url, String> {
        endpoint("authorization_url", self.oauth()?.authorization_url.as_deref())
    }

    pub fn token_url(&self) -> Result<Url, String> {
        endpoint("token_url", self.oauth()?.token_url.as_deref())
    }

    /// The definition's (RFC 7009).
    pub fn revocation_url(&self) -> Option<Url> {
        endpoint("", self.oauth().ok()?.revocation_url.as_deref()).ok()
    }

    pub fn device_authorization_url(&self) -> Option<Url> {
        endpoint("", self.oauth().ok()?.device_authorization_url.as_deref()).ok()
    }

    pub fn registration_endpoint(&self) -> Option<Url> {
        endpoint("", self.definition.registration_endpoint.as_deref()).ok()
    }

    /// Who answers, where the definition says it.
    pub fn issuer(&self) -> Option<&str> {
        self.oauth().ok()?.issuer.as_deref()
    }

    /// Whose metadata this login may ask for; nobody's where no packet may leave.
    pub fn issuers(&self) -> Vec<Url> {
        let token = self.token_url().ok();
        match self.authorization_url().ok().or_else(|| token.clone()) {
            Some(authorization) if !self.offline => {
                let written = self.issuer().and_then(|issuer| Url::parse(issuer).ok());
                discovery::issuers(written.as_ref(), &authorization, token.as_ref())
            }
            _ => Vec::new(),
        }
    }

    /// A client has to be registered: there is none, or the one that was has another redirect URI.
    pub fn wants_registration(&self) -> bool {
        let other = self.registration.redirect_uri.as_ref().is_some_and(|uri| *uri != self.redirect_uri);
        self.flow == Flow::DcrPkce && (self.client.is_none() || other)
    }

    /// The definition's authorization_params.
    pub fn authorization_params(&self) -> Vec<(String, String)> {
        self.oauth().map(|oauth| oauth.authorization_params.clone()).unwrap_or_default()
    }

    /// What is sent as redirect_uri.
    pub fn sent_redirect_uri(&self) -> Option<&Url> {
        (!self.omit_redirect_uri).then_some(&self.redirect_uri)
    }

    /// What a code is issued for: it is worth nothing to a plan that asks for something else.
    pub fn asks_for(&self) -> (Flow, Option<String>, Option<Url>, Vec<String>, CodeChallenge) {
        let client_id = self.client.as_ref().map(|client| client.id.clone());
        (self.flow, client_id, self.sent_redirect_uri().cloned(), self.scopes.clone(), self.code_challenge)
    }

    /// Takes over what a fix changes; an empty change is "start over". False: nothing in it can be used.
    pub fn change(&mut self, retry: &Retry) -> bool {
        let mut changed = *retry == Retry::default();
        if let Some(scopes) = &retry.scopes {
            self.scopes.clone_from(scopes);
            changed = true;
        }
        if let Some(flow) = retry.flow.as_deref().and_then(Flow::from_word) {
            if flow == Flow::DcrPkce {
                self.client = None;
                // The client that this flow had was of no use.
                self.registration.anew = self.flow == Flow::DcrPkce;
            }
            self.flow = flow;
            changed = true;
        }
        if let (Some(word), Some(client)) = (&retry.client_authentication, &mut self.client)
            && let Some(authentication) = Authentication::from_word(word)
        {
            client.authentication = authentication;
            changed = true;
        }
        if let Some(word) = &retry.code_challenge {
            self.code_challenge = if word == "omit" { CodeChallenge::Omit } else { CodeChallenge::Send };
            changed = true;
        }
        match retry.redirect_uri.as_deref() {
            Some("") => {
                self.omit_redirect_uri = true;
                changed = true;
            }
            Some(text) => {
                if let Ok(uri) = Url::parse(text) {
                    self.redirect_uri = uri;
                    self.omit_redirect_uri = false;
                    changed = true;
                }
            }
            None => {}
        }
        if let Some(port) = retry.port {
            changed |= self.redirect_uri.set_port(Some(port)).is_ok();
        }
        changed
    }
}

fn endpoint(name: &str, text: Option<&str>) -> Result<Url, String> {
    let text = text.ok_or_else(|| format!("the definition has no {name}"))?;
    Url::parse(text).map_err(|e| format!("{name} of the definition is no URL: {e}"))
}
