//! One kept connection: what its file holds, in memory as [`Secret`]s, and the same as it may be shown. Touches no file.

use crate::sink::{HIDDEN, Secret};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// What is kept of one login.
#[derive(Clone)]
pub struct Connection {
    pub provider: String,
    pub connection: String,
    /// Where it was issued: its refresh token and client secret go nowhere else.
    pub token_endpoint: String,
    /// The definition's, where it names one.
    pub revocation_endpoint: Option<String>,
    pub client_id: String,
    pub client_secret: Option<Secret>,
    /// `body`, `basic` or `none`.
    pub client_authentication: String,
    pub access_token: Secret,
    pub refresh_token: Option<Secret>,
    pub token_type: String,
    pub requested_scopes: Vec<String>,
    pub granted_scopes: Vec<String>,
    pub redirect_uri: String,
    pub obtained_at: Timestamp,
    pub expires_at: Option<Timestamp>,
}

/// The fields that hold secrets, by name.
pub const SECRETS: [&str; 3] = ["access_token", "refresh_token", "client_secret"];

/// The file, field by field.
#[derive(Serialize, Deserialize)]
struct Written {
    provider: String,
    connection: String,
    token_endpoint: String,
    revocation_endpoint: Option<String>,
    client_id: String,
    client_secret: Option<String>,
    client_authentication: String,
    access_token: String,
    refresh_token: Option<String>,
    token_type: String,
    requested_scopes: Vec<String>,
    granted_scopes: Vec<String>,
    redirect_uri: String,
    obtained_at: Timestamp,
    expires_at: Option<Timestamp>,
}

impl Connection {
    /// The secret of a field of [`SECRETS`].
    pub fn secret(&self, field: &str) -> Option<&Secret> {
        match field {
            "access_token" => Some(&self.access_token),
            "refresh_token" => self.refresh_token.as_ref(),
            "client_secret" => self.client_secret.as_ref(),
            _ => None,
        }
    }

    /// How long its access token is good for; `None`: no end is known. Negative where it has ended.
    pub fn time_left(&self, now: Timestamp) -> Option<jiff::SignedDuration> {
        self.expires_at.map(|end| end.duration_since(now))
    }

    /// The record without its secrets: `‹hidden›` where there is one.
    pub fn shown(&self) -> Value {
        let hidden = |secret: Option<&Secret>| secret.map(|_| HIDDEN);
        json!({
            "provider": self.provider,
            "connection": self.connection,
            "client_id": self.client_id,
            "client_secret": hidden(self.client_secret.as_ref()),
            "client_authentication": self.client_authentication,
            "access_token": HIDDEN,
            "refresh_token": hidden(self.refresh_token.as_ref()),
            "token_type": self.token_type,
            "requested_scopes": self.requested_scopes,
            "granted_scopes": self.granted_scopes,
            // authsome's name for them.
            "scopes": self.granted_scopes,
            "redirect_uri": self.redirect_uri,
            "token_endpoint": self.token_endpoint,
            "revocation_endpoint": self.revocation_endpoint,
            "obtained_at": self.obtained_at,
            "expires_at": self.expires_at,
        })
    }

    pub(super) fn to_file(&self) -> serde_json::Result<Vec<u8>> {
        let exposed = |secret: &Option<Secret>| secret.as_ref().map(|secret| secret.expose().to_owned());
        let it = self.clone();
        serde_json::to_vec_pretty(&Written {
            client_secret: exposed(&self.client_secret),
            access_token: self.access_token.expose().to_owned(),
            refresh_token: exposed(&self.refresh_token),
            provider: it.provider,
            connection: it.connection,
            token_endpoint: it.token_endpoint,
            revocation_endpoint: it.revocation_endpoint,
            client_id: it.client_id,
            client_authentication: it.client_authentication,
            token_type: it.token_type,
            requested_scopes: it.requested_scopes,
            granted_scopes: it.granted_scopes,
            redirect_uri: it.redirect_uri,
            obtained_at: it.obtained_at,
            expires_at: it.expires_at,
        })
    }

    pub(super) fn of_file(text: &str) -> serde_json::Result<Self> {
        let it: Written = serde_json::from_str(text)?;
        Ok(Self {
            client_secret: it.client_secret.map(Secret::new),
            access_token: Secret::new(it.access_token),
            refresh_token: it.refresh_token.map(Secret::new),
            provider: it.provider,
            connection: it.connection,
            token_endpoint: it.token_endpoint,
            revocation_endpoint: it.revocation_endpoint,
            client_id: it.client_id,
            client_authentication: it.client_authentication,
            token_type: it.token_type,
            requested_scopes: it.requested_scopes,
            granted_scopes: it.granted_scopes,
            redirect_uri: it.redirect_uri,
            obtained_at: it.obtained_at,
            expires_at: it.expires_at,
        })
    }
}
