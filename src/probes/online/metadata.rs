//! What the provider publishes of itself, against what the definition says. A document counts only where its issuer is the
//! one that the place stands for (RFC 8414, 3.3) and where it shares the authorization or the token endpoint with the
//! definition: a host can serve several. What is not in it proves nothing.

use super::subject::Subject;
use super::web::{Asked, Question, Trouble, Web, clipped};
use crate::facts::{Entry, Fact, Facts, Record};
use crate::host::Answer;
use crate::oauth::discovery::same_issuer;
use serde_json::{Map, Value};
use url::Url;

/// Fields of definitions, and what metadata calls them (RFC 8414, 2; RFC 8628, 4).
const SAME: &[(&str, &str)] = &[
    ("oauth.authorization_url", "authorization_endpoint"),
    ("oauth.token_url", "token_endpoint"),
    ("oauth.revocation_url", "revocation_endpoint"),
    ("oauth.device_authorization_url", "device_authorization_endpoint"),
    ("registration.registration_endpoint", "registration_endpoint"),
];
const DEVICE_GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";
/// Scopes of OpenID Connect itself: a list of these alone does not speak of the API's.
const OPENID_SCOPES: &[&str] = &["openid", "profile", "email", "address", "phone", "offline_access"];

type Json = Map<String, Value>;

/// What the search for documents gave.
#[derive(Default)]
pub struct Search {
    /// The first answer, or why there was none: it speaks for the authorization endpoint's host.
    pub first: Option<Asked>,
    /// Redirects that were not followed.
    pub refused: Vec<(Url, Trouble)>,
    found: Option<(Url, Json)>,
    /// It is believed, and speaks of other endpoints altogether.
    other: Option<(Url, Json)>,
}

/// Asks place after place, until one describes this provider.
pub fn search(web: &Web, subject: &Subject) -> Search {
    let mut search = Search::default();
    for (issuer, at) in subject.documents() {
        let asked = web.ask(Question::Get, &at);
        search.first.get_or_insert_with(|| asked.clone());
        match asked {
            Ok(answer) => {
                let Some(document) = believed(&answer, &issuer) else { continue };
                if shares_an_endpoint(&document, subject) {
                    search.found = Some((at, document));
                    return search;
                }
                search.other.get_or_insert((at, document));
            }
            Err(trouble @ Trouble::RedirectRefused { .. }) => search.refused.push((at, trouble)),
            Err(Trouble::RedirectLoop | Trouble::RedirectLost(_)) => {}
            // A host that gives no answer gives none at the next address either.
            Err(_) => return search,
        }
    }
    search
}

/// A document whose issuer is the one that was asked for.
fn believed(answer: &Answer, issuer: &Url) -> Option<Json> {
    if answer.status != 200 || answer.cut_off {
        return None;
    }
    let Ok(Value::Object(document)) = serde_json::from_slice(&answer.body) else { return None };
    let named = document.get("issuer")?.as_str()?;
    same_issuer(named, issuer).then_some(document)
}

fn shares_an_endpoint(document: &Json, subject: &Subject) -> bool {
    SAME[..2].iter().any(|(field, name)| {
        subject.url(field).is_some_and(|written| published(document, name).is_some_and(|url| same_place(written, &url)))
    })
}

fn published(document: &Json, name: &str) -> Option<Url> {
    Url::parse(document.get(name)?.as_str()?).ok()
}

/// Query and fragment may differ, and a slash at the end.
fn same_place(a: &Url, b: &Url) -> bool {
    a.origin() == b.origin() && a.path().trim_end_matches('/') == b.path().trim_end_matches('/')
}

fn texts(document: &Json, name: &str) -> Option<Vec<String>> {
    let list = document.get(name)?.as_array()?;
    let texts: Vec<String> = list.iter().filter_map(Value::as_str).map(|text| clipped(text).into_owned()).collect();
    // A list of something else says nothing.
    (texts.len() == list.len() && !texts.is_empty()).then_some(texts)
}

/// The facts of the document that counts, and of one that speaks of others.
pub fn write(search: &Search, subject: &Subject, definition: &Facts, facts: &mut Facts) {
    let found = search.found.as_ref().map(|(_, document)| document);
    let list = |name: &str| found.and_then(|document| texts(document, name));
    facts.set("definition.online.metadata.url", search.found.as_ref().map(|(at, _)| at.as_str()));
    facts.set("definition.online.contradictions", contradictions(found, subject));

    let challenges = list("code_challenge_methods_supported");
    let s256 = challenges.as_ref().map(|methods| methods.iter().any(|method| method == "S256"));
    facts.set("definition.online.metadata.code_challenge_methods", challenges);
    facts.set("definition.online.metadata.s256_offered", s256);

    let sent = match definition.text("definition.oauth.authorization_method") {
        Some("basic") => "client_secret_basic",
        _ => "client_secret_post",
    };
    let other = if sent == "client_secret_basic" { "client_secret_post" } else { "client_secret_basic" };
    let methods = list("token_endpoint_auth_methods_supported");
    let has = |methods: &Vec<String>, wanted: &str| methods.iter().any(|method| method == wanted);
    let instead = methods.as_ref().map(|methods| !has(methods, sent) && has(methods, other));
    facts.set("definition.online.metadata.authentication_sent", sent);
    facts.set("definition.online.metadata.authentication_methods", methods);
    facts.set("definition.online.metadata.only_other_authentication", instead);

    let grants = list("grant_types_supported");
    let device = grants.as_ref().map(|grants| grants.iter().any(|grant| grant == DEVICE_GRANT));
    facts.set("definition.online.metadata.grant_types", grants);
    facts.set("definition.online.metadata.device_grant_offered", device);
    facts.set(
        "definition.online.metadata.scopes_not_listed",
        list("scopes_supported").and_then(|all| unlisted(&all, definition)),
    );

    let other = search.other.as_ref().filter(|_| found.is_none());
    let is_oauth = |at: &Url| at.path().contains("/oauth-authorization-server");
    facts.set("definition.online.other_metadata.url", other.map(|(at, _)| at.as_str()));
    facts.set("definition.online.other_metadata.of_oauth", other.map(|(at, _)| is_oauth(at)));
    for (_, name) in &SAME[..2] {
        let url =
            other.and_then(|(_, document)| published(document, name)).map(|url| clipped(url.as_str()).into_owned());
        facts.set(&format!("definition.online.other_metadata.{name}"), url);
    }
}

fn contradictions(document: Option<&Json>, subject: &Subject) -> Vec<Entry> {
    let mut all = Vec::new();
    for (field, name) in SAME {
        let written = subject.endpoints.iter().find(|endpoint| endpoint.field == *field);
        let Some((endpoint, Ok(url))) = written.map(|endpoint| (endpoint, endpoint.url.as_ref())) else { continue };
        let Some(published) = document.and_then(|document| published(document, name)) else { continue };
        if !same_place(url, &published) {
            let record = Record::new()
                .with("field", *field)
                .with("key", endpoint.key.as_str())
                .with("name", *name)
                .with("written", url.as_str())
                .with("published", clipped(published.as_str()).as_ref());
            all.push(Entry { fact: Fact::from(record), place: endpoint.place.clone() });
        }
    }
    all
}

fn unlisted(listed: &[String], definition: &Facts) -> Option<Vec<String>> {
    if listed.iter().all(|scope| OPENID_SCOPES.contains(&scope.as_str())) {
        return None;
    }
    let written = definition.list("definition.oauth.scopes")?;
    let texts = written.iter().filter_map(|entry| match &entry.fact {
        Fact::Known(value) => value.as_text(),
        _ => None,
    });
    let missing: Vec<String> = texts.filter(|scope| !listed.iter().any(|it| it == scope)).map(str::to_owned).collect();
    (!missing.is_empty()).then_some(missing)
}
