//! Credentials that the person asked us to keep (`--store`), one file a connection.

use crate::host::Host;
use crate::sink::Secret;
use serde_json::{Value, json};
use std::io;
use std::path::{Path, PathBuf};

/// What is kept of one connection.
pub struct Connection {
    pub provider: String,
    pub connection: String,
    pub client_id: String,
    pub client_secret: Option<Secret>,
    pub access_token: Secret,
    pub refresh_token: Option<Secret>,
    pub token_type: String,
    pub requested_scopes: Vec<String>,
    pub granted_scopes: Vec<String>,
    pub redirect_uri: String,
    pub obtained_at: jiff::Timestamp,
    pub expires_at: Option<jiff::Timestamp>,
}

/// Names become file names: what is not plain is written as its bytes.
pub(super) fn file_name(provider: &str, connection: &str) -> String {
    let plain = |name: &str| {
        name.bytes().fold(String::new(), |text, byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' => text + &char::from(byte).to_string(),
            other => format!("{text}%{other:02x}"),
        })
    };
    format!("{}.{}.json", plain(provider), plain(connection))
}

pub struct Connections {
    host: Host,
    folder: PathBuf,
}

impl Connections {
    pub fn new(host: &Host, home: &Path) -> Self {
        Self { host: host.clone(), folder: home.join("doctor").join("connections") }
    }

    pub fn file(&self, provider: &str, connection: &str) -> PathBuf {
        self.folder.join(file_name(provider, connection))
    }

    pub fn write(&self, it: &Connection) -> io::Result<PathBuf> {
        let exposed = |secret: &Option<Secret>| secret.as_ref().map(|s| s.expose().to_owned());
        let json = json!({
            "provider": it.provider,
            "connection": it.connection,
            "client_id": it.client_id,
            "client_secret": exposed(&it.client_secret),
            "access_token": it.access_token.expose(),
            "refresh_token": exposed(&it.refresh_token),
            "token_type": it.token_type,
            "requested_scopes": it.requested_scopes,
            "granted_scopes": it.granted_scopes,
            "redirect_uri": it.redirect_uri,
            "obtained_at": it.obtained_at.to_string(),
            "expires_at": it.expires_at.map(|t| t.to_string()),
        });
        let file = self.file(&it.provider, &it.connection);
        let _lock = self.host.files.lock(&file.with_extension("lock"))?;
        self.host.files.write_private(&file, json.to_string().as_bytes())?;
        Ok(file)
    }

    /// The record without its secrets; `None` where there is none.
    pub fn read(&self, provider: &str, connection: &str) -> io::Result<Option<Value>> {
        let text = match self.host.files.read_text(&self.file(provider, connection), 1024 * 1024) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let mut json: Value = serde_json::from_str(&text)?;
        for name in ["client_secret", "access_token", "refresh_token"] {
            if let Some(secret) = json.get_mut(name).filter(|it| it.is_string()) {
                crate::sink::remember(secret.as_str().unwrap_or_default());
                *secret = Value::from("‹hidden›");
            }
        }
        Ok(Some(json))
    }

    /// True: there was one.
    pub fn remove(&self, provider: &str, connection: &str) -> io::Result<bool> {
        match self.host.files.remove(&self.file(provider, connection)) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error),
        }
    }
}
