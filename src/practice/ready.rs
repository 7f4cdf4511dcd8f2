//! What a client needs to know to log in here. It says nothing of any fault: a client learns that the hard way.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::GRANTED_SCOPES;

/// The provider is up, and this is how to use it.
pub struct Ready {
    /// `http://127.0.0.1:PORT`, or https
    pub issuer: String,
    /// A provider definition in authsome's own format.
    pub provider: Value,
    pub client_id: String,
    /// The practice client's own secret, random for every process: good for nothing else.
    pub client_secret: secrecy::SecretString,
    /// A client without a secret.
    pub public_client_id: String,
    /// Over https: the file (PEM) with the authority that a client must trust; there as long as the provider runs.
    pub authority: Option<PathBuf>,
}

impl Ready {
    /// `by_description`: where to register stands only there, as with providers that are found by it.
    pub(super) fn new(origin: &str, secret: String, by_description: bool, authority: Option<&Path>) -> Self {
        let mut provider = definition(origin);
        if by_description && let Some(fields) = provider.as_object_mut() {
            fields.remove("registration");
        }
        Self {
            issuer: origin.to_owned(),
            provider,
            client_id: "practice".to_owned(),
            client_secret: secret.into(),
            public_client_id: "practice-public".to_owned(),
            authority: authority.map(Path::to_owned),
        }
    }
}

fn definition(origin: &str) -> Value {
    json!({
        "schema_version": 1,
        "name": "practice",
        "display_name": "Practice provider",
        "description": "A real OAuth server on this machine, for practising logins",
        "auth_type": "oauth2",
        "flow": "pkce",
        "oauth": {
            "authorization_url": format!("{origin}/authorize"),
            "token_url": format!("{origin}/token"),
            "revocation_url": format!("{origin}/revoke"),
            "device_authorization_url": format!("{origin}/device/code"),
            "scopes": GRANTED_SCOPES,
            "pkce": true,
            "supports_device_code": true,
            "supports_dcr": true,
            "authorization_method": "body",
        },
        "registration": {"registration_endpoint": format!("{origin}/register")},
    })
}
