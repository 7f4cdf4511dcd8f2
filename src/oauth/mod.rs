//! The protocol as a client (RFC 6749, 7636, 8252), every request and answer recorded as it was on the wire. Judges nothing.

pub mod authorize;
pub mod callback;
mod crowd;
pub mod device;
pub mod listener;
pub mod record;
pub mod registration;
pub mod scopes;
pub mod token;

use crate::sink::Secret;

/// Who we are to the provider.
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
}

impl Client {
    /// The value of the fact `provider.client_authentication`.
    pub fn authentication_word(&self) -> &'static str {
        match (&self.secret, self.authentication) {
            (None, _) => "none",
            (Some(_), Authentication::Body) => "body",
            (Some(_), Authentication::Basic) => "basic",
        }
    }
}
