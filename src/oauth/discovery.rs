//! What a provider says of itself (RFC 8414; OpenID Connect Discovery 1.0). Reads it, and holds it against who was asked;
//! what is not there proves nothing.

use super::record::Recorder;
use crate::host::{Answer, Request};
use serde_json::Value;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};
use url::Url;

/// What this program reads of the metadata (RFC 8414, 2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Metadata {
    /// Where it was found.
    pub at: Url,
    pub issuer: String,
    pub authorization_endpoint: Option<Url>,
    pub registration_endpoint: Option<Url>,
    pub revocation_endpoint: Option<Url>,
    /// RFC 7662.
    pub introspection_endpoint: Option<Url>,
    pub token_endpoint_auth_methods_supported: Option<Vec<String>>,
    /// authorization_response_iss_parameter_supported (RFC 9207, 3).
    pub promises_iss: bool,
}

/// A document of somebody else: it names another issuer than the one that was asked for, and is not used (RFC 8414, 3.3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Foreign {
    pub at: Url,
    pub issuer: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    pub metadata: Option<Metadata>,
    pub foreign: Option<Foreign>,
    /// No answer came: asked again, it may be another.
    pub silent: bool,
}

/// The metadata of one provider, asked for at most once a login, beside what else goes on.
pub struct Discovery {
    recorder: Recorder,
    issuers: Vec<Url>,
    found: Arc<OnceLock<Found>>,
}

impl Discovery {
    /// `issuers`: who it may be, the likeliest first; none where nobody may be asked.
    pub fn new(recorder: &Recorder, issuers: Vec<Url>) -> Self {
        Self { recorder: recorder.clone(), issuers, found: Arc::default() }
    }

    /// Begins to ask and does not wait for the answer.
    pub fn begin(&self) {
        let (found, recorder, issuers) = (Arc::clone(&self.found), self.recorder.clone(), self.issuers.clone());
        if found.get().is_none() && !issuers.is_empty() {
            std::thread::spawn(move || {
                found.get_or_init(|| discover(&recorder, &issuers));
            });
        }
    }

    /// The answer, waited for so long. `None`: it has not come, or nobody may be asked.
    pub fn within(&self, limit: Duration) -> Option<&Found> {
        self.begin();
        let until = Instant::now() + limit;
        while self.found.get().is_none() && !self.issuers.is_empty() && Instant::now() < until {
            std::thread::sleep(Duration::from_millis(10));
        }
        self.found.get()
    }

    /// What is known already.
    pub fn known(&self) -> Option<&Found> {
        self.found.get()
    }
}

/// Who the issuer of these endpoints may be: one that is written down, else the folders that both lie in, deepest first.
pub fn issuers(written: Option<&Url>, authorization: &Url, token: Option<&Url>) -> Vec<Url> {
    if let Some(written) = written {
        return vec![written.clone()];
    }
    let folders = |url: &Url| -> Vec<String> {
        let mut segments: Vec<String> = url.path_segments().into_iter().flatten().map(str::to_owned).collect();
        if segments.last().is_some_and(String::is_empty) {
            segments.pop();
        }
        segments.pop();
        segments
    };
    let mut common = folders(authorization);
    match token.filter(|token| token.origin() == authorization.origin()) {
        Some(token) => {
            let same = common.iter().zip(&folders(token)).take_while(|(a, b)| a == b).count();
            common.truncate(same);
        }
        // Where the two are on different hosts the path says nothing.
        None => common.clear(),
    }
    let at = |depth: usize| {
        let mut issuer = authorization.clone();
        issuer.set_query(None);
        issuer.set_fragment(None);
        issuer.set_path(&common[..depth].join("/"));
        issuer
    };
    let mut all: Vec<Url> = (0..=common.len()).rev().map(at).collect();
    // A provider with deep paths is not asked a dozen questions: the deepest, the one above, and the origin.
    if all.len() > 3 {
        all.drain(2..all.len() - 1);
    }
    all
}

/// Where an issuer's metadata is, in the order of the specifications: inserted before its path (RFC 8414, 3), appended to
/// it (OpenID Connect Discovery 1.0, 4), and the older habit of appending the new name.
pub fn well_known(issuer: &Url) -> Vec<Url> {
    const OAUTH: &str = "/.well-known/oauth-authorization-server";
    const OPENID: &str = "/.well-known/openid-configuration";
    let path = issuer.path().trim_end_matches('/');
    let mut all: Vec<Url> = Vec::new();
    for path in [format!("{OAUTH}{path}"), format!("{path}{OPENID}"), format!("{path}{OAUTH}")] {
        let mut url = issuer.clone();
        url.set_path(&path);
        if !all.contains(&url) {
            all.push(url);
        }
    }
    all
}

/// Asks each issuer in turn, until one describes itself.
pub fn discover(recorder: &Recorder, issuers: &[Url]) -> Found {
    let mut found = Found::default();
    for issuer in issuers {
        for at in well_known(issuer) {
            let exchange = recorder.send("discovery", Request::get(at.clone()).header("accept", "application/json"));
            // A host that gives no answer gives none at the next address either.
            let Ok(answer) = &exchange.outcome else {
                found.silent = true;
                return found;
            };
            let Some(metadata) = read(at, answer) else { continue };
            if same_issuer(&metadata.issuer, issuer) {
                found.metadata = Some(metadata);
                return found;
            }
            found.foreign.get_or_insert(Foreign { at: metadata.at, issuer: metadata.issuer });
        }
    }
    found
}

fn read(at: Url, answer: &Answer) -> Option<Metadata> {
    let json: Value = serde_json::from_slice(&answer.body).ok().filter(|_| answer.status == 200)?;
    let url = |name: &str| json[name].as_str().and_then(|text| Url::parse(text).ok());
    let methods = json["token_endpoint_auth_methods_supported"].as_array();
    Some(Metadata {
        issuer: json["issuer"].as_str()?.to_owned(),
        authorization_endpoint: url("authorization_endpoint"),
        registration_endpoint: url("registration_endpoint"),
        revocation_endpoint: url("revocation_endpoint"),
        introspection_endpoint: url("introspection_endpoint"),
        token_endpoint_auth_methods_supported: methods
            .map(|methods| methods.iter().filter_map(Value::as_str).map(str::to_owned).collect()),
        promises_iss: json["authorization_response_iss_parameter_supported"] == true,
        at,
    })
}

/// RFC 8414, 3.3: identical. A slash at the end is taken off before the address of the document is made, so it cannot have
/// been asked for.
pub fn same_issuer(named: &str, asked: &Url) -> bool {
    named.trim_end_matches('/') == asked.as_str().trim_end_matches('/')
}

#[cfg(test)]
#[path = "discovery_tests.rs"]
mod tests;
