//! Clients that were registered for us (RFC 7591) and that the person asked us to keep (`--store`), one file a connection.

use super::connections::file_name;
use crate::host::Host;
use crate::sink::Secret;
use serde_json::{Value, json};
use std::io;
use std::path::{Path, PathBuf};

/// A registered client as it is kept.
pub struct Registration {
    /// Where it may be used: at no other provider.
    pub authorization_endpoint: String,
    pub client_id: String,
    pub client_secret: Option<Secret>,
    /// `None`: it does not run out.
    pub client_secret_expires_at: Option<jiff::Timestamp>,
    /// By the names of RFC 7591, 2.
    pub token_endpoint_auth_method: String,
    pub redirect_uris: Vec<String>,
    /// RFC 7592, 3.
    pub registration_client_uri: Option<String>,
    pub registration_access_token: Option<Secret>,
    pub registered_at: jiff::Timestamp,
}

pub struct Registrations {
    host: Host,
    folder: PathBuf,
}

impl Registrations {
    pub fn new(host: &Host, home: &Path) -> Self {
        Self { host: host.clone(), folder: home.join("doctor").join("clients") }
    }

    fn file(&self, provider: &str, connection: &str) -> PathBuf {
        self.folder.join(file_name(provider, connection))
    }

    pub fn write(&self, provider: &str, connection: &str, it: &Registration) -> io::Result<PathBuf> {
        let exposed = |secret: &Option<Secret>| secret.as_ref().map(|s| s.expose().to_owned());
        let json = json!({
            "authorization_endpoint": it.authorization_endpoint,
            "client_id": it.client_id,
            "client_secret": exposed(&it.client_secret),
            "client_secret_expires_at": it.client_secret_expires_at.map(|t| t.to_string()),
            "token_endpoint_auth_method": it.token_endpoint_auth_method,
            "redirect_uris": it.redirect_uris,
            "registration_client_uri": it.registration_client_uri,
            "registration_access_token": exposed(&it.registration_access_token),
            "registered_at": it.registered_at.to_string(),
        });
        let file = self.file(provider, connection);
        let _lock = self.host.files.lock(&file.with_extension("lock"))?;
        self.host.files.write_private(&file, json.to_string().as_bytes())?;
        Ok(file)
    }

    /// The client that was kept; `None` where there is none, or none that can be read.
    pub fn read(&self, provider: &str, connection: &str) -> Option<Registration> {
        let text = self.host.files.read_text(&self.file(provider, connection), 64 * 1024).ok()?;
        let json: Value = serde_json::from_str(&text).ok()?;
        let text = |name: &str| json[name].as_str().map(str::to_owned);
        let secret = |name: &str| json[name].as_str().filter(|it| !it.is_empty()).map(Secret::new);
        let redirect_uris = json["redirect_uris"].as_array()?;
        Some(Registration {
            authorization_endpoint: text("authorization_endpoint")?,
            client_id: text("client_id")?,
            client_secret: secret("client_secret"),
            client_secret_expires_at: text("client_secret_expires_at").and_then(|text| text.parse().ok()),
            token_endpoint_auth_method: text("token_endpoint_auth_method")?,
            redirect_uris: redirect_uris.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
            registration_client_uri: text("registration_client_uri"),
            registration_access_token: secret("registration_access_token"),
            registered_at: text("registered_at")?.parse().ok()?,
        })
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

#[cfg(test)]
mod tests {
    use super::*;

    fn registration() -> Registration {
        Registration {
            authorization_endpoint: "https://acme.example/authorize".into(),
            client_id: "abc".into(),
            client_secret: Some(Secret::new("the-clients-own-secret")),
            client_secret_expires_at: None,
            token_endpoint_auth_method: "client_secret_basic".into(),
            redirect_uris: vec!["http://127.0.0.1:7998/auth/callback/oauth".into()],
            registration_client_uri: Some("https://acme.example/register/abc".into()),
            registration_access_token: Some(Secret::new("the-registrations-token")),
            registered_at: jiff::Timestamp::UNIX_EPOCH,
        }
    }

    #[test]
    fn a_client_that_was_kept_is_read_as_it_was() {
        let home = tempfile::tempdir().unwrap();
        let kept = Registrations::new(&Host::real(), home.path());
        assert!(kept.read("acme", "default").is_none());
        kept.write("acme", "default", &registration()).unwrap();
        let read = kept.read("acme", "default").unwrap();
        assert_eq!(read.client_id, "abc");
        assert_eq!(read.client_secret.unwrap().expose(), "the-clients-own-secret");
        assert_eq!(read.registration_access_token.unwrap().expose(), "the-registrations-token");
        assert_eq!(read.redirect_uris, registration().redirect_uris);
        assert!(kept.read("acme", "work").is_none(), "every connection has its own");
        assert!(kept.remove("acme", "default").unwrap());
        assert!(!kept.remove("acme", "default").unwrap());
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_can_read_it() {
        use std::os::unix::fs::PermissionsExt;
        let home = tempfile::tempdir().unwrap();
        let file = Registrations::new(&Host::real(), home.path()).write("acme", "default", &registration()).unwrap();
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&file), mode(file.parent().unwrap())), (0o600, 0o700));
    }
}
