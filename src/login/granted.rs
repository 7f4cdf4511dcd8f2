//! Which scopes a token really has: authsome keeps what was asked for, not what was granted. Chooses the way (the vendor's own
//! address, else the introspection that the provider's metadata names) and asks once. Judges nothing.

use crate::oauth::discovery::Metadata;
use crate::oauth::introspection::{self, Granted, Place, Question, Token, Untold};
use crate::oauth::record::Recorder;
use crate::oauth::{Client, scopes};
use crate::sink::Secret;
use crate::vendors::{GrantedScopes, Vendor};
use url::Url;

/// Whose token it is, and who may be asked.
pub struct Asked<'a> {
    /// What is known of the provider.
    pub vendor: Option<&'a Vendor>,
    /// Of the definition, its base URL put in: the tokens come from there.
    pub token_url: &'a Url,
    /// What the provider says of itself, where it was asked.
    pub metadata: Option<&'a Metadata>,
    /// Introspection wants the client's own proof (RFC 7662, 2.1).
    pub client: Option<&'a Client>,
    pub access_token: &'a Secret,
    /// `--offline`: nothing is sent.
    pub offline: bool,
}

/// Asks. At most one request.
pub fn ask(recorder: &Recorder, asked: &Asked) -> Granted {
    if asked.offline {
        return Granted::Untold(Untold::Offline);
    }
    if let Some((way, url)) = vendors_way(asked) {
        let kind = |begin: &String| asked.access_token.expose().starts_with(begin.as_str());
        if way.tokens_without.iter().any(kind) {
            return Granted::Untold(Untold::HasNone);
        }
        return introspection::ask(recorder, &question(way, &url), asked.client, asked.access_token);
    }
    match (asked.metadata.and_then(|metadata| metadata.introspection_endpoint.as_ref()), asked.client) {
        (Some(endpoint), Some(client)) => introspection::introspect(recorder, endpoint, client, asked.access_token),
        (Some(_), None) => Granted::Untold(Untold::NoClient),
        (None, _) => Granted::Untold(Untold::NowhereToAsk),
    }
}

/// Of the scopes that were wanted, those that the provider's answer does not show. Empty where it cannot be told.
pub fn missing(asked: &Asked, wanted: &[String], granted: &Granted) -> Vec<String> {
    let Granted::Scopes(granted) = granted else { return Vec::new() };
    let never_listed = vendors_way(asked).map(|(way, _)| way.never_listed.as_slice()).unwrap_or_default();
    let listed: Vec<String> = wanted.iter().filter(|scope| !never_listed.contains(scope)).cloned().collect();
    let habits = asked.vendor.map(|vendor| vendor.scopes.clone()).unwrap_or_default();
    scopes::missing(&listed, granted, &|granted, wanted| habits.covers(granted, wanted))
}

fn vendors_way<'a>(asked: &Asked<'a>) -> Option<(&'a GrantedScopes, Url)> {
    let vendor = asked.vendor?;
    let way = vendor.granted_scopes.as_ref()?;
    Some((way, way.address(vendor, asked.token_url)?))
}

fn question<'a>(way: &'a GrantedScopes, url: &'a Url) -> Question<'a> {
    Question {
        method: way.method.name(),
        url,
        token: match way.token_field.as_deref() {
            None => Token::Header,
            Some(field) if way.by_client => Token::FormOfClient(field),
            Some(field) => Token::Form(field),
        },
        scopes: match (way.header.as_deref(), way.member.as_deref()) {
            (Some(header), _) => Place::Header(header),
            (None, member) => Place::Member(member.unwrap_or("/scope")),
        },
    }
}

#[cfg(test)]
#[path = "granted_tests.rs"]
mod tests;
