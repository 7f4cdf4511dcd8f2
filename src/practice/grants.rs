//! What the provider has handed out and waits for: sign-ins under way, codes, tokens, device codes.
//!
//! Everything secret is kept as its SHA-256 only, so a look-up compares digests and tells nothing by its time. Every
//! shelf is bounded in number and age: whoever asks a million times costs no more than a thousand entries.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use super::params::Params;

/// The SHA-256 of a secret.
pub type Hash = [u8; 32];

/// How long a sign-in page stays good.
pub const TRANSACTION_LIFE: Duration = Duration::from_mins(10);
/// How long an authorization code stays good (RFC 6749, 4.1.2 recommends ten minutes at most).
pub const CODE_LIFE: Duration = Duration::from_mins(1);
/// How long a pushed request stays good (RFC 9126, 2.2: short).
pub const PUSHED_LIFE: Duration = Duration::from_mins(1);
pub const ACCESS_TOKEN_LIFE: Duration = Duration::from_hours(1);
pub const REFRESH_TOKEN_LIFE: Duration = Duration::from_hours(24);
/// How long a device code is remembered after its own, shorter life, so that "expired" can be told from "never issued".
pub const DEVICE_MEMORY: Duration = Duration::from_hours(1);

const SHELF_LIMIT: usize = 1000;

/// 256 random bits, base64url.
pub fn random() -> String {
    URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>())
}

pub fn hash(secret: &str) -> Hash {
    Sha256::digest(secret.as_bytes()).into()
}

/// Whether a secret has this hash, in a time that does not depend on where they differ.
pub fn matches(expected: &Hash, secret: &str) -> bool {
    expected.iter().zip(hash(secret)).fold(0, |difference, (a, b)| difference | (a ^ b)) == 0
}

/// `BASE64URL(SHA256(verifier))` (RFC 7636, 4.2).
pub fn s256(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(hash(verifier))
}

/// A request that was pushed (RFC 9126).
pub struct Pushed {
    pub client_id: String,
    pub params: Params,
}

/// A code challenge (RFC 7636, 4.2).
#[derive(Clone)]
pub enum Challenge {
    S256(String),
    Plain(String),
}

impl Challenge {
    pub fn is_met_by(&self, verifier: &str) -> bool {
        match self {
            Self::S256(challenge) => *challenge == s256(verifier),
            Self::Plain(challenge) => challenge == verifier,
        }
    }
}

/// A sign-in page that was shown.
#[derive(Clone)]
pub struct Transaction {
    pub client_id: String,
    pub redirect_uri: String,
    /// Whether the request named the redirect URI: then the token request must name it too (RFC 6749, 4.1.3).
    pub redirect_uri_sent: bool,
    /// The login came first, and the redirect URI turns out not to be registered (the way of GitHub and GitLab).
    pub unregistered: bool,
    pub state: Option<String>,
    pub scopes: Vec<String>,
    pub code_challenge: Challenge,
    /// Where the browser was sent when a button was pressed: a second press (double click, back button) goes there too.
    pub outcome: Option<String>,
}

#[derive(Clone)]
#[expect(clippy::struct_field_names, reason = "code_challenge is what RFC 7636 calls it")]
pub struct Code {
    pub client_id: String,
    pub redirect_uri: Option<String>,
    pub code_challenge: Challenge,
    pub scopes: Vec<String>,
    pub person: String,
    pub family: String,
    pub used: bool,
}

#[derive(Clone)]
pub struct Token {
    pub client_id: String,
    pub scopes: Vec<String>,
    pub person: String,
    /// All tokens that come from one consent: they are revoked together.
    pub family: String,
    /// A refresh token that was rotated away; seen again, it is stolen or replayed.
    pub used: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Approval {
    Pending,
    Granted,
    Denied,
}

#[derive(Clone)]
pub struct Device {
    pub client_id: String,
    pub user_code: String,
    pub scopes: Vec<String>,
    pub approval: Approval,
    pub person: String,
    pub expires: Instant,
    pub interval: Duration,
    pub last_poll: Option<Instant>,
    /// Expires before anyone can approve it (the fault `device_code_expired`).
    pub doomed: bool,
}

/// A bounded store that forgets what is old.
pub struct Shelf<T>(VecDeque<(Hash, Instant, T)>);

impl<T> Default for Shelf<T> {
    fn default() -> Self {
        Self(VecDeque::new())
    }
}

impl<T> Shelf<T> {
    pub fn put(&mut self, secret: &str, life: Duration, value: T) {
        let now = Instant::now();
        self.0.retain(|(_, until, _)| *until > now);
        if self.0.len() >= SHELF_LIMIT {
            self.0.pop_front();
        }
        self.0.push_back((hash(secret), now + life, value));
    }

    pub fn get(&mut self, secret: &str) -> Option<&mut T> {
        let (wanted, now) = (hash(secret), Instant::now());
        self.0.iter_mut().find(|(key, until, _)| *key == wanted && *until > now).map(|(_, _, value)| value)
    }

    pub fn find(&mut self, wanted: impl Fn(&T) -> bool) -> Option<&mut T> {
        self.0.iter_mut().map(|(_, _, value)| value).find(|value| wanted(value))
    }

    pub fn take(&mut self, secret: &str) {
        let unwanted = hash(secret);
        self.0.retain(|(key, _, _)| *key != unwanted);
    }

    pub fn remove(&mut self, unwanted: impl Fn(&T) -> bool) {
        self.0.retain(|(_, _, value)| !unwanted(value));
    }
}

#[derive(Default)]
pub struct Shelves {
    pub pushed: Shelf<Pushed>,
    pub transactions: Shelf<Transaction>,
    pub codes: Shelf<Code>,
    pub access_tokens: Shelf<Token>,
    pub refresh_tokens: Shelf<Token>,
    pub devices: Shelf<Device>,
}

impl Shelves {
    pub fn revoke_family(&mut self, family: &str) {
        self.access_tokens.remove(|token| token.family == family);
        self.refresh_tokens.remove(|token| token.family == family);
    }
}

#[derive(Default)]
pub struct Grants(Mutex<Shelves>);

impl Grants {
    pub fn open(&self) -> MutexGuard<'_, Shelves> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_challenge_is_that_of_the_rfc() {
        // RFC 7636, appendix B.
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        assert_eq!(s256(verifier), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }

    #[test]
    fn a_shelf_forgets_what_is_old_and_what_is_too_much() {
        let mut shelf = Shelf::default();
        shelf.put("old", Duration::ZERO, 0);
        assert!(shelf.get("old").is_none());
        for number in 0..=SHELF_LIMIT {
            shelf.put(&number.to_string(), CODE_LIFE, number);
        }
        assert!(shelf.get("0").is_none());
        assert_eq!(shelf.get("1"), Some(&mut 1));
    }

    #[test]
    fn secrets_are_compared_whole() {
        assert!(matches(&hash("secret"), "secret"));
        assert!(!matches(&hash("secret"), "secre"));
        assert!(!matches(&hash("secret"), ""));
    }
}
