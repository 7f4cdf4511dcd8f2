//! One kept connection: what its file holds, in memory as [`Secret`]s, and the same as it may be shown. Touches no file.

use crate::sink::{HIDDEN, Secret};
use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

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

/// The file, field by field: the only form of a connection in which its secrets are seen.
#[derive(Serialize, Deserialize)]
#[serde(remote = "Connection")]
struct Written {
    provider: String,
    connection: String,
    token_endpoint: String,
    revocation_endpoint: Option<String>,
    client_id: String,
    #[serde(serialize_with = "exposed_if_there", deserialize_with = "secret_if_there")]
    client_secret: Option<Secret>,
    client_authentication: String,
    #[serde(serialize_with = "exposed", deserialize_with = "secret")]
    access_token: Secret,
    #[serde(serialize_with = "exposed_if_there", deserialize_with = "secret_if_there")]
    refresh_token: Option<Secret>,
    token_type: String,
    requested_scopes: Vec<String>,
    granted_scopes: Vec<String>,
    redirect_uri: String,
    obtained_at: Timestamp,
    expires_at: Option<Timestamp>,
}

fn exposed<S: Serializer>(secret: &Secret, to: S) -> Result<S::Ok, S::Error> {
    secret.expose().serialize(to)
}

#[expect(clippy::ref_option, reason = "serde gives the field as it is")]
fn exposed_if_there<S: Serializer>(secret: &Option<Secret>, to: S) -> Result<S::Ok, S::Error> {
    secret.as_ref().map(Secret::expose).serialize(to)
}

fn secret<'de, D: Deserializer<'de>>(from: D) -> Result<Secret, D::Error> {
    String::deserialize(from).map(Secret::new)
}

fn secret_if_there<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Secret>, D::Error> {
    Option::<String>::deserialize(from).map(|text| text.map(Secret::new))
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
        let mut shown = Written::serialize(self, serde_json::value::Serializer).expect("texts and times");
        for name in SECRETS.iter().filter(|name| self.secret(name).is_some()) {
            shown[name] = HIDDEN.into();
        }
        // authsome's name for them.
        shown["scopes"] = self.granted_scopes.clone().into();
        shown
    }

    pub(super) fn to_file(&self) -> serde_json::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        Written::serialize(self, &mut serde_json::Serializer::pretty(&mut bytes))?;
        Ok(bytes)
    }

    pub(super) fn of_file(text: &str) -> serde_json::Result<Self> {
        Written::deserialize(&mut serde_json::Deserializer::from_str(text))
    }
}
