//! Credentials that the person asked us to keep (`--store`), one file a connection: 0600, replaced in one step, changed
//! only by who holds its lock.

use super::connection::Connection;
use crate::host::Host;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

pub struct Connections {
    host: Host,
    folder: PathBuf,
}

/// The right to change one connection. It ends when this is dropped.
pub struct Held {
    host: Host,
    file: PathBuf,
    _lock: File,
}

/// Who holds a connection: the process, and since when it does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder(pub String);

impl Connections {
    pub fn new(host: &Host, home: &Path) -> Self {
        Self { host: host.clone(), folder: home.join("doctor").join("connections") }
    }

    pub fn file(&self, provider: &str, connection: &str) -> PathBuf {
        self.folder.join(file_name(provider, connection))
    }

    /// `None` where there is none.
    pub fn read(&self, provider: &str, connection: &str) -> io::Result<Option<Connection>> {
        read(&self.host, &self.file(provider, connection))
    }

    /// Every connection of a provider, by name.
    pub fn of(&self, provider: &str) -> io::Result<Vec<Connection>> {
        let files = match self.host.files.list(&self.folder) {
            Ok(files) => files,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        let begins = format!("{}.", plain(provider));
        let own = files.iter().filter(|path| {
            let named = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(&begins));
            named && path.extension().is_some_and(|extension| extension == "json")
        });
        own.filter_map(|path| read(&self.host, path).transpose()).collect()
    }

    /// Takes the lock of a connection, without waiting: `Err(Holder)` says who has it.
    pub fn hold(&self, provider: &str, connection: &str) -> io::Result<Result<Held, Holder>> {
        let file = self.file(provider, connection);
        let lock = file.with_extension("lock");
        let who = lock.with_extension("holder");
        Ok(match self.host.files.try_lock(&lock)? {
            Some(taken) => {
                let me = format!("process {} since {:.0}", std::process::id(), self.host.clock.now());
                self.host.files.write_private(&who, me.as_bytes())?;
                Ok(Held { host: self.host.clone(), file, _lock: taken })
            }
            None => Err(Holder(self.host.files.read_text(&who, 200).unwrap_or_else(|_| "another process".to_owned()))),
        })
    }
}

impl Held {
    pub fn write(&self, connection: &Connection) -> io::Result<&Path> {
        self.host.files.write_private(&self.file, &connection.to_file()?)?;
        Ok(&self.file)
    }

    /// Reads it again: it may have changed before it was held.
    pub fn read(&self) -> io::Result<Option<Connection>> {
        read(&self.host, &self.file)
    }

    /// True: there was one.
    pub fn remove(&self) -> io::Result<bool> {
        match self.host.files.remove(&self.file) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error),
        }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        // Whoever takes the lock next writes its own.
        let _ = self.host.files.remove(&self.file.with_extension("holder"));
    }
}

fn read(host: &Host, file: &Path) -> io::Result<Option<Connection>> {
    match host.files.read_text(file, 1024 * 1024) {
        Ok(text) => Ok(Some(Connection::of_file(&text)?)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

pub(super) fn file_name(provider: &str, connection: &str) -> String {
    format!("{}.{}.json", plain(provider), plain(connection))
}

/// Names become file names: what is not plain is written as its bytes.
fn plain(name: &str) -> String {
    name.bytes().fold(String::new(), |text, byte| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' => text + &char::from(byte).to_string(),
        other => format!("{text}%{other:02x}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sink::Secret;

    fn connection(name: &str) -> Connection {
        Connection {
            provider: "acme".into(),
            connection: name.into(),
            token_endpoint: "https://acme.example/token".into(),
            revocation_endpoint: None,
            client_id: "abc".into(),
            client_secret: None,
            client_authentication: "none".into(),
            access_token: Secret::new("an-access-token-of-the-store"),
            refresh_token: Some(Secret::new("a-refresh-token-of-the-store")),
            token_type: "bearer".into(),
            requested_scopes: vec!["read".into()],
            granted_scopes: vec!["read".into()],
            redirect_uri: "http://127.0.0.1:7998/auth/callback/oauth".into(),
            obtained_at: "2026-03-02T10:00:00Z".parse().unwrap(),
            expires_at: None,
        }
    }

    #[test]
    fn a_connection_comes_back_as_it_was_kept_and_shows_no_secret() {
        let home = tempfile::tempdir().unwrap();
        let store = Connections::new(&Host::real(), home.path());
        let held = store.hold("acme", "default").unwrap().unwrap();
        held.write(&connection("default")).unwrap();
        let kept = store.read("acme", "default").unwrap().expect("was written");
        assert_eq!(kept.access_token.expose(), "an-access-token-of-the-store");
        assert_eq!(kept.shown()["refresh_token"], crate::sink::HIDDEN);
        assert!(!kept.shown().to_string().contains("of-the-store"));
        assert!(held.remove().unwrap() && !held.remove().unwrap());
        assert!(store.read("acme", "default").unwrap().is_none());
    }

    #[test]
    fn who_comes_second_is_told_who_was_first_and_a_third_comes_in_after_the_first_has_left() {
        let home = tempfile::tempdir().unwrap();
        let store = Connections::new(&Host::real(), home.path());
        let first = store.hold("acme", "default").unwrap().unwrap();
        let Err(Holder(words)) = store.hold("acme", "default").unwrap() else { panic!("two hold it at once") };
        assert!(words.starts_with(&format!("process {} since 20", std::process::id())), "{words}");
        assert!(store.hold("acme", "work").unwrap().is_ok(), "another connection is another matter");
        drop(first);
        assert!(store.hold("acme", "default").unwrap().is_ok());
    }

    #[test]
    fn the_connections_of_a_provider_are_its_own_and_in_order() {
        let home = tempfile::tempdir().unwrap();
        let store = Connections::new(&Host::real(), home.path());
        for (provider, name) in [("acme", "work"), ("acme", "default"), ("acme-two", "default")] {
            store.hold(provider, name).unwrap().unwrap().write(&connection(name)).unwrap();
        }
        let names: Vec<String> = store.of("acme").unwrap().into_iter().map(|it| it.connection).collect();
        assert_eq!(names, ["default", "work"]);
        assert!(store.of("nobody").unwrap().is_empty());
    }
}
