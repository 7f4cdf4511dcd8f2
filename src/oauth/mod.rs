//! The protocol as a client (RFC 6749, 7636, 8252), every request and answer recorded as it was on the wire. Judges nothing.

pub mod authorize;
pub mod callback;
mod crowd;
pub mod device;
pub mod discovery;
pub mod introspection;
pub mod listener;
pub mod record;
pub mod registration;
pub mod revoke;
pub mod scopes;
pub mod token;
pub mod token_probe;

use crate::sink::Secret;

/// Who we are to the provider.
#[derive(Clone)]
pub struct Client {
    pub id: String,
    /// `None`: a public client (RFC 6749, 2.1).
    pub secret: Option<Secret>,
    pub authentication: Authentication,
}

/// How the client proves itself at the token endpoint (RFC 6749, 2.3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Authentication {
    Body,
    Basic,
    /// Not at all, even where a secret is known.
    None,
}

impl Authentication {
    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "body" => Some(Self::Body),
            "basic" => Some(Self::Basic),
            "none" => Some(Self::None),
            _ => None,
        }
    }

    /// By the names of RFC 7591, 2.
    pub fn from_registered(method: &str) -> Option<Self> {
        match method {
            "client_secret_post" => Some(Self::Body),
            "client_secret_basic" => Some(Self::Basic),
            "none" => Some(Self::None),
            _ => None,
        }
    }

    /// Its name in RFC 7591, 2.
    pub fn registered(self) -> &'static str {
        match self {
            Self::Body => "client_secret_post",
            Self::Basic => "client_secret_basic",
            Self::None => "none",
        }
    }
}

impl Client {
    /// The value of the fact `provider.client_authentication`.
    pub fn authentication_word(&self) -> &'static str {
        match (&self.secret, self.authentication) {
            (None, _) | (_, Authentication::None) => "none",
            (Some(_), Authentication::Body) => "body",
            (Some(_), Authentication::Basic) => "basic",
        }
    }

    /// The secret, where it is sent.
    pub fn sent_secret(&self) -> Option<&Secret> {
        self.secret.as_ref().filter(|_| self.authentication != Authentication::None)
    }
}
