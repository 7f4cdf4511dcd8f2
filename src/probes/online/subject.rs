//! One definition as it is asked about: its endpoints with their places, and the questions that they give rise to.

use super::guard::{self, Refusal};
use super::web::Question;
use crate::definition::BASE_URL;
use crate::facts::{Entry, Fact, Facts, Place, Value};
use crate::oauth::discovery::{issuers, well_known};
use url::Url;

/// The fields that are asked about.
const FIELDS: &[&str] = &[
    "oauth.authorization_url",
    "oauth.token_url",
    "oauth.device_authorization_url",
    "oauth.revocation_url",
    "registration.registration_endpoint",
    "docs_url",
];
/// Of each issuer that it may be: inserted before its path (RFC 8414, 3) and appended to it (OpenID Connect Discovery, 4).
const ORDERS: usize = 2;

pub struct Endpoint {
    /// Keys with dots between.
    pub field: String,
    pub key: String,
    pub place: Option<Place>,
    /// With `{base_url}` filled in.
    pub written: String,
    pub url: Result<Url, Refusal>,
}

pub struct Subject {
    pub endpoints: Vec<Endpoint>,
}

impl Endpoint {
    pub fn is_docs(&self) -> bool {
        self.field == "docs_url"
    }

    /// Its host is this one, and it would be asked for no more than that.
    pub fn speaks_for(&self, url: &Url) -> bool {
        self.own_question().is_none() && self.url.as_ref().is_ok_and(|own| same_host(own, url))
    }

    /// What is asked of the endpoint itself, whoever else is on its host.
    pub fn own_question(&self) -> Option<Question> {
        match self.field.as_str() {
            "oauth.device_authorization_url" => Some(Question::EmptyForm),
            "registration.registration_endpoint" => Some(Question::BrokenJson),
            "docs_url" => Some(Question::Get),
            _ => None,
        }
    }
}

/// Opaque origins are never the same, these are.
fn same_host(a: &Url, b: &Url) -> bool {
    (a.scheme(), a.host(), a.port()) == (b.scheme(), b.host(), b.port())
}

impl Subject {
    /// Out of the facts of a definition; empty for one that does not parse.
    pub fn of(facts: &Facts) -> Self {
        let base = facts.text("definition.oauth.base_url").map(|base| base.trim_end_matches('/'));
        let urls = facts.list("definition.urls").unwrap_or_default();
        Self { endpoints: urls.iter().filter_map(|entry| endpoint(entry, base)).collect() }
    }

    pub fn url(&self, field: &str) -> Option<&Url> {
        self.endpoints.iter().find(|endpoint| endpoint.field == field)?.url.as_ref().ok()
    }

    /// Who may describe the provider, and where: the likeliest first.
    pub fn documents(&self) -> Vec<(Url, Url)> {
        let Some(authorization) = self.url("oauth.authorization_url").filter(|url| url.has_host()) else {
            return Vec::new();
        };
        let issuers = issuers(None, authorization, self.url("oauth.token_url"));
        let of_one = |issuer: Url| {
            let at = well_known(&issuer);
            at.into_iter().take(ORDERS).map(move |at| (issuer.clone(), at))
        };
        issuers.into_iter().flat_map(of_one).collect()
    }

    /// The endpoint whose host nobody else asks about is asked itself.
    pub fn head_question(&self, endpoint: &Endpoint) -> Option<Url> {
        let url = endpoint.url.as_ref().ok()?;
        if endpoint.own_question().is_some() || self.is_host_of_documents(url) {
            return None;
        }
        // Several on one host: the first of them speaks for it.
        let first = self.endpoints.iter().find(|other| other.speaks_for(url));
        first.is_some_and(|first| first.field == endpoint.field).then(|| url.clone())
    }

    /// The search for documents asks the authorization endpoint's host.
    pub fn is_host_of_documents(&self, url: &Url) -> bool {
        self.url("oauth.authorization_url").is_some_and(|other| other.has_host() && same_host(other, url))
    }

    /// All that may be asked, in a fixed order.
    pub fn questions(&self) -> Vec<(Question, Url)> {
        let mut all: Vec<(Question, Url)> = Vec::new();
        for endpoint in &self.endpoints {
            let Ok(url) = &endpoint.url else { continue };
            match endpoint.own_question() {
                Some(Question::Get) => all.push((Question::Get, url.clone())),
                Some(question) => all.extend([(question, url.clone()), (Question::Look, url.clone())]),
                None => all.extend(self.head_question(endpoint).map(|url| (Question::Head, url))),
            }
        }
        all.extend(self.documents().into_iter().map(|(_, at)| (Question::Get, at)));
        all
    }
}

fn endpoint(entry: &Entry, base: Option<&str>) -> Option<Endpoint> {
    let Fact::Known(Value::Record(record)) = &entry.fact else { return None };
    let value = |name: &str| match &record.get(name)?.fact {
        Fact::Known(value) => Some(value),
        _ => None,
    };
    let text = |name: &str| value(name).and_then(Value::as_text);
    let truth = |name: &str| value(name).and_then(Value::as_truth).unwrap_or(false);
    let (field, key, written) = (text("field")?, text("key")?, text("value")?);
    if !FIELDS.contains(&field) || truth("blank") || truth("base_url_unknown") {
        return None;
    }
    let written = base.map_or_else(|| written.to_owned(), |base| written.replace(BASE_URL, base));
    let url = guard::read(None, &written);
    Some(Endpoint { field: field.to_owned(), key: key.to_owned(), place: entry.place.clone(), written, url })
}
