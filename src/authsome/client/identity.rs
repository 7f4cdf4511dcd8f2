//! Who we are at the daemon: the identity that authsome's commands would use, read from where they read it. Makes none
//! and changes none.

use super::super::settings::{self, ActiveIdentity};
use super::super::versions::Release;
use crate::host::Host;
use ring::signature::{Ed25519KeyPair, KeyPair};
use serde_json::Value as Json;
use std::path::{Path, PathBuf};

/// A handle and the key that proves it.
pub struct Identity {
    /// Empty where only a key is known: the daemon knows whose it is.
    pub handle: String,
    /// `did:key` of the public key.
    pub did: String,
    key: Ed25519KeyPair,
}

/// Why there is none that could be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoIdentity {
    /// Nobody has made one yet.
    None,
    /// A file of it is not there.
    Missing { handle: String, file: PathBuf },
    /// A file, or a variable, that is not what it should be.
    Broken { what: String, why: String },
}

impl std::fmt::Display for NoIdentity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::None => write!(f, "no identity has been made here yet"),
            Self::Missing { handle, file } => write!(f, "the identity {handle} has no {}", file.display()),
            Self::Broken { what, why } => write!(f, "{what} is broken: {why}"),
        }
    }
}

impl Identity {
    /// As that release's commands choose it: the variables, else the active identity of the configuration.
    pub fn read(host: &Host, home: &Path, release: &Release) -> Result<Self, NoIdentity> {
        let config = settings::client_config(host, home, release);
        let variable = |why: String| NoIdentity::Broken { what: "AUTHSOME_IDENTITY_PRIVATE_KEY".to_owned(), why };
        match ActiveIdentity::find(&host.env, config.as_ref(), release) {
            ActiveIdentity::Named { handle, .. } => Self::of_files(host, home, release, &handle),
            ActiveIdentity::Key { handle } => {
                let seed = host.env.filled("AUTHSOME_IDENTITY_PRIVATE_KEY").unwrap_or_default().trim();
                Self::of_seed(handle.as_deref().unwrap_or_default(), seed).map_err(variable)
            }
            ActiveIdentity::None => Err(NoIdentity::None),
            ActiveIdentity::Refused(why) => Err(variable(why.to_owned())),
        }
    }

    fn of_files(host: &Host, home: &Path, release: &Release, handle: &str) -> Result<Self, NoIdentity> {
        let Some(folder) = release.file(home, "identities") else { return Err(NoIdentity::None) };
        let file = |extension: &str| folder.join(format!("{handle}.{extension}"));
        let read = |path: &Path| {
            host.files.read_text(path, 16 * 1024).map_err(|error| match error.kind() {
                std::io::ErrorKind::NotFound => {
                    NoIdentity::Missing { handle: handle.to_owned(), file: path.to_owned() }
                }
                _ => broken(path, error.to_string()),
            })
        };
        if !is_handle(handle) {
            return Err(NoIdentity::Broken { what: "the active identity".to_owned(), why: "it is no name".to_owned() });
        }
        let (key, metadata) = (file("key"), file("json"));
        let seed = read(&key)?;
        let text = read(&metadata)?;
        let identity = Self::of_seed(handle, seed.trim()).map_err(|why| broken(&key, why))?;
        let json: Json = serde_json::from_str(&text).map_err(|e| broken(&metadata, e.to_string()))?;
        match json.get("did").and_then(Json::as_str) {
            Some(did) if did == identity.did => Ok(identity),
            Some(_) => Err(broken(&key, format!("it is the key of another identity than {handle}"))),
            None => Err(broken(&metadata, "it names no did".to_owned())),
        }
    }

    /// `seed`: 64 hexadecimal figures, the private key (RFC 8032, 5.1.5).
    pub fn of_seed(handle: &str, seed: &str) -> Result<Self, String> {
        let pairs: Vec<_> = seed.as_bytes().chunks(2).collect();
        let byte = |pair: &&[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
        let bytes: Option<Vec<u8>> = pairs.iter().map(byte).collect();
        let bytes = bytes.filter(|_| seed.is_ascii()).ok_or("it is not a key in hexadecimal figures")?;
        if seed.len() != 64 {
            return Err(format!("a key has 64 hexadecimal figures, it has {}", seed.len()));
        }
        let key = Ed25519KeyPair::from_seed_unchecked(&bytes).map_err(|_| "it is no Ed25519 key".to_owned())?;
        // Multicodec 0xed01: an Ed25519 public key; `z`: base58btc.
        let named: Vec<u8> = [0xed, 0x01].iter().chain(key.public_key().as_ref()).copied().collect();
        let did = format!("did:key:z{}", bs58::encode(named).into_string());
        Ok(Self { handle: handle.to_owned(), did, key })
    }

    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        self.key.sign(message).as_ref().to_vec()
    }

    #[cfg(test)]
    pub fn public_key(&self) -> &[u8] {
        self.key.public_key().as_ref()
    }
}

/// A handle is never a path.
fn is_handle(handle: &str) -> bool {
    !handle.is_empty() && handle.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
}

fn broken(path: &Path, why: String) -> NoIdentity {
    NoIdentity::Broken { what: path.display().to_string(), why }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::authsome::versions::release;
    use std::fs;
    use std::sync::Arc;

    const SEED: &str = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";
    const DID: &str = "did:key:z6MktwupdmLXVVqTzCw4i46r4uGyosGXRnR3XjN4Zq7oMMsw";

    fn home() -> tempfile::TempDir {
        let home = tempfile::tempdir().unwrap();
        fs::create_dir_all(home.path().join("client/identities")).unwrap();
        file(&home, "config.json", r#"{"active_identity":"a-b-c-1"}"#);
        file(&home, "identities/a-b-c-1.key", &format!("{SEED}\n"));
        file(&home, "identities/a-b-c-1.json", &format!(r#"{{"handle":"a-b-c-1","did":"{DID}"}}"#));
        home
    }

    fn file(home: &tempfile::TempDir, name: &str, content: &str) {
        fs::write(home.path().join("client").join(name), content).unwrap();
    }

    fn read(home: &tempfile::TempDir, pairs: &[(&str, &str)]) -> Result<String, NoIdentity> {
        let host = Host { env: Arc::new(pairs.iter().copied().collect()), ..Host::real() };
        Identity::read(&host, home.path(), release("0.7.2").0).map(|identity| identity.did)
    }

    #[test]
    fn the_active_identity_is_read_from_its_two_files() {
        assert_eq!(read(&home(), &[]), Ok(DID.to_owned()));
    }

    #[test]
    fn the_variables_come_before_the_files() {
        let set = [("AUTHSOME_IDENTITY", "other"), ("AUTHSOME_IDENTITY_PRIVATE_KEY", SEED)];
        let empty = tempfile::tempdir().unwrap();
        assert_eq!(read(&empty, &set), Ok(DID.to_owned()));
        assert_eq!(read(&empty, &[]), Err(NoIdentity::None));
        assert!(matches!(read(&home(), &set[..1]), Err(NoIdentity::Missing { .. })));
        assert_eq!(read(&empty, &set[1..]), Ok(DID.to_owned()), "0.7 asks the daemon for its name");
    }

    #[test]
    fn what_is_missing_or_broken_is_named_and_nothing_of_the_key_is() {
        let home = home();
        file(&home, "identities/a-b-c-1.key", &SEED[..60]);
        let said = read(&home, &[]).unwrap_err().to_string();
        assert!(said.contains("a-b-c-1.key") && said.contains("60") && !said.contains(&SEED[..8]), "{said}");
        file(&home, "identities/a-b-c-1.key", &SEED.replace('9', "8"));
        assert!(read(&home, &[]).unwrap_err().to_string().contains("another identity"));
        fs::remove_file(home.path().join("client/identities/a-b-c-1.key")).unwrap();
        assert!(matches!(read(&home, &[]), Err(NoIdentity::Missing { .. })));
    }
}
