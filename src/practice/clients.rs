//! The registered clients: which redirect URIs they may use and how they prove who they are.

use std::net::IpAddr;
use std::sync::{Arc, PoisonError, RwLock};

use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::percent_decode_str;

use super::answer;
use super::grants::{Hash, hash, matches};
use super::params::Params;
use super::registration::Metadata;

/// Clients that can be registered at run time; the oldest goes when there are more.
const DYNAMIC_LIMIT: usize = 100;

#[derive(Clone)]
pub struct Client {
    pub id: String,
    pub name: String,
    /// None is a public client.
    secret: Option<Hash>,
    pub redirect_uris: Vec<String>,
    /// Registered at run time (RFC 7591), with exactly the redirect URI it uses.
    pub dynamic: bool,
    pub grant_types: Vec<String>,
    pub auth_method: String,
    /// What the registration can be read and changed with (RFC 7592).
    registration_token: Option<Hash>,
}

impl Client {
    pub fn confidential(id: &str, secret: &str, redirect_uris: Vec<String>) -> Self {
        Self {
            secret: Some(hash(secret)),
            auth_method: "client_secret_post".to_owned(),
            ..Self::public(id, redirect_uris)
        }
    }

    /// A client that registered itself (RFC 7591), as it wants to be.
    pub fn registered(self, metadata: Metadata) -> Self {
        let Metadata { name, redirect_uris, grant_types, auth_method } = metadata;
        Self { name, redirect_uris, grant_types, auth_method, dynamic: true, ..self }
    }

    /// What its registration is managed with from now on; none is nothing.
    pub fn managed_with(self, registration_token: Option<Hash>) -> Self {
        Self { registration_token, ..self }
    }

    pub const fn is_public(&self) -> bool {
        self.secret.is_none()
    }

    pub fn public(id: &str, redirect_uris: Vec<String>) -> Self {
        Self {
            id: id.to_owned(),
            name: "authsome".to_owned(),
            secret: None,
            redirect_uris,
            dynamic: false,
            grant_types: Vec::new(),
            auth_method: "none".to_owned(),
            registration_token: None,
        }
    }
}

pub struct Clients {
    known: RwLock<Vec<Arc<Client>>>,
    exact_port: bool,
}

impl Clients {
    pub fn new(clients: impl IntoIterator<Item = Client>, exact_port: bool) -> Self {
        Self { known: RwLock::new(clients.into_iter().map(Arc::new).collect()), exact_port }
    }

    pub fn find(&self, id: &str) -> Option<Arc<Client>> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.iter().find(|client| client.id == id).cloned()
    }

    pub fn add(&self, client: Client) {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        if known.iter().filter(|client| client.dynamic).count() >= DYNAMIC_LIMIT {
            let oldest = known.iter().position(|client| client.dynamic);
            oldest.map(|index| known.remove(index));
        }
        known.push(Arc::new(client));
    }

    /// The client whose registration this token manages.
    pub fn managed_by(&self, token: &str) -> Option<Arc<Client>> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        let theirs = |client: &&Arc<Client>| client.registration_token.is_some_and(|own| matches(&own, token));
        known.iter().find(theirs).cloned()
    }

    /// Puts a client in the place of the one that has its id.
    pub fn replace(&self, client: Client) {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(place) = known.iter_mut().find(|known| known.id == client.id) {
            *place = Arc::new(client);
        }
    }

    pub fn remove(&self, id: &str) {
        self.known.write().unwrap_or_else(PoisonError::into_inner).retain(|client| client.id != id);
    }

    /// Whether a redirect URI is one of the client's: the same string, but for the port of a loopback address.
    pub fn permits(&self, client: &Client, sent: &str) -> bool {
        client.redirect_uris.iter().any(|registered| {
            registered == sent
                || !self.exact_port
                    && matches!((loopback_parts(registered), loopback_parts(sent)),
                                (Some(a), Some(b)) if (a.host, a.rest) == (b.host, b.rest))
        })
    }

    /// Who sends this token, revocation or device request (RFC 6749, 2.3.1), or the answer that says why not.
    pub fn authenticate(&self, headers: &HeaderMap, params: &Params) -> Result<Arc<Client>, Box<Response>> {
        let refuse = || Box::new(answer::unauthorized("client authentication failed"));
        let malformed = |why| Box::new(answer::error(StatusCode::BAD_REQUEST, "invalid_request", why));
        let (id, secret) = match headers.get(header::AUTHORIZATION) {
            Some(_) if params.get("client_secret").is_some() => {
                return Err(malformed("client authentication must only be provided using one mechanism"));
            }
            Some(value) => {
                let (id, secret) = value.to_str().ok().and_then(basic).ok_or_else(refuse)?;
                (id, Some(secret))
            }
            None => {
                let id =
                    params.get("client_id").ok_or_else(|| malformed("no client authentication mechanism provided"))?;
                (id.to_owned(), params.get("client_secret").map(str::to_owned))
            }
        };
        let client = self.find(&id).ok_or_else(refuse)?;
        let proved = match (&client.secret, &secret) {
            (Some(expected), Some(given)) => matches(expected, given),
            (None, None) => true,
            (None, Some(given)) => given.is_empty(),
            (Some(_), None) => false,
        };
        if proved { Ok(client) } else { Err(refuse()) }
    }
}

/// `Basic base64(form(id) ":" form(secret))` (RFC 6749, 2.3.1).
fn basic(value: &str) -> Option<(String, String)> {
    let (scheme, encoded) = value.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let pair = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (id, secret) = pair.split_once(':')?;
    let decode = |text: &str| Some(percent_decode_str(&text.replace('+', " ")).decode_utf8().ok()?.into_owned());
    Some((decode(id)?, decode(secret)?))
}

/// A loopback redirect URI taken apart as text: nothing is normalised, because providers compare strings.
pub struct Loopback<'a> {
    pub host: &'a str,
    /// Path and query, from the first slash.
    pub rest: &'a str,
    /// `http://host:port` as it was sent.
    pub origin: &'a str,
}

/// The parts, if it is `http` to a loopback address literal. `localhost` is a name, not an address (RFC 8252, 8.3).
pub fn loopback_parts(uri: &str) -> Option<Loopback<'_>> {
    let after = uri.strip_prefix("http://")?;
    let authority_end = after.find(['/', '?', '#']).unwrap_or(after.len());
    let (authority, rest) = after.split_at(authority_end);
    let host_end = if authority.starts_with('[') {
        authority.find(']')? + 1
    } else {
        authority.find(':').unwrap_or(authority.len())
    };
    let (host, port) = authority.split_at(host_end);
    let address: IpAddr = host.trim_start_matches('[').trim_end_matches(']').parse().ok()?;
    let port_is_one = port.is_empty() || port[1..].parse::<u16>().is_ok_and(|number| number > 0);
    let origin = &uri[.."http://".len() + authority_end];
    (address.is_loopback() && port_is_one && !rest.contains('#')).then_some(Loopback { host, rest, origin })
}

/// The path that another authsome version documents: with `/api` before it, or without.
pub fn other_version_path(path: &str) -> String {
    path.strip_prefix("/api").filter(|rest| rest.starts_with('/')).map_or_else(|| format!("/api{path}"), str::to_owned)
}

/// Whether a redirect URI can be registered (RFC 6749, 3.1.2; RFC 8252, 7).
pub fn check_redirect_uri(uri: &str) -> Result<(), &'static str> {
    let parsed = url::Url::parse(uri).map_err(|_| "not an absolute URI")?;
    let loopback = loopback_parts(uri).is_some() || parsed.host_str() == Some("localhost");
    match parsed.scheme() {
        _ if parsed.fragment().is_some() => Err("must not have a fragment"),
        "https" => Ok(()),
        "http" if loopback => Ok(()),
        "http" => Err("http is for loopback addresses only"),
        _ => Err("must be https, or http to a loopback address"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REGISTERED: &str = "http://127.0.0.1:7998/auth/callback/oauth";

    fn permits(exact_port: bool, sent: &str) -> bool {
        let clients = Clients::new([Client::public("c", vec![REGISTERED.to_owned()])], exact_port);
        clients.permits(&clients.find("c").unwrap(), sent)
    }

    #[test]
    fn only_the_port_of_a_loopback_address_may_differ() {
        assert!(permits(false, REGISTERED));
        assert!(permits(false, "http://127.0.0.1:50123/auth/callback/oauth"));
        assert!(permits(false, "http://127.0.0.1/auth/callback/oauth"));
        for wrong in [
            "http://localhost:7998/auth/callback/oauth",
            "http://[::1]:7998/auth/callback/oauth",
            "http://127.0.0.2:7998/auth/callback/oauth",
            "https://127.0.0.1:7998/auth/callback/oauth",
            "http://127.0.0.1:7998/auth/callback/oauth/",
            "http://127.0.0.1:7998/Auth/callback/oauth",
            "http://127.0.0.1:7998/auth/callback/oauth?x=1",
            "http://127.0.0.1:7998/auth/callback/oauth#f",
            "http://127.0.0.1:7998/api/auth/callback/oauth",
            "http://127.0.0.1:7998/x/../auth/callback/oauth",
            "http://127.0.0.1:0/auth/callback/oauth",
            "http://127.0.0.1:99999/auth/callback/oauth",
            "http://me@127.0.0.1:7998/auth/callback/oauth",
            "http://127.0.0.1:7998@evil.example/auth/callback/oauth",
            "nonsense",
        ] {
            assert!(!permits(false, wrong), "{wrong} was permitted");
        }
    }

    #[test]
    fn with_exact_ports_not_even_the_port_may_differ() {
        assert!(permits(true, REGISTERED));
        assert!(!permits(true, "http://127.0.0.1:50123/auth/callback/oauth"));
    }

    #[test]
    fn the_two_documented_paths_are_each_other_s_other() {
        assert_eq!(other_version_path("/auth/callback/oauth"), "/api/auth/callback/oauth");
        assert_eq!(other_version_path("/api/auth/callback/oauth"), "/auth/callback/oauth");
    }

    #[test]
    fn basic_credentials_are_form_decoded() {
        let value = format!("Basic {}", STANDARD.encode("my%20id:a%3Ab+c"));
        assert_eq!(basic(&value), Some(("my id".to_owned(), "a:b c".to_owned())));
        assert_eq!(basic("Bearer abc"), None);
        assert_eq!(basic("Basic !!!"), None);
    }
}
