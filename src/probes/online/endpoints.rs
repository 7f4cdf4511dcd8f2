//! What was seen of the endpoints, as facts with the places of the fields.

use super::guard::{Refusal, RefusalKind};
use super::metadata::Search;
use super::subject::{Endpoint, Subject};
use super::web::{Asked, Question, Trouble, Web, name};
use crate::facts::{Entry, Fact, Facts, Record, unknown};
use crate::host::Answer;
use crate::vendors;
use serde_json::Value;
use url::Url;

/// What was asked of an endpoint itself.
pub struct Seen {
    pub asked: Asked,
    /// The same URL by GET, where the first question said that nothing is there.
    pub again: Option<Asked>,
}

/// Asks the endpoint its own question; `None`: its host is asked elsewhere.
pub fn ask(web: &Web, subject: &Subject, endpoint: &Endpoint) -> Option<Seen> {
    let url = match &endpoint.url {
        Ok(url) => url,
        Err(refusal) => return Some(Seen { asked: Err(Trouble::Refused(refusal.clone())), again: None }),
    };
    let Some(question) = endpoint.own_question() else {
        let head = subject.head_question(endpoint)?;
        return Some(Seen { asked: web.ask(Question::Head, &head), again: None });
    };
    let asked = web.ask(question, url);
    let absent = question != Question::Get && asked.as_ref().is_ok_and(|answer| is_absent(answer, url));
    Some(Seen { asked, again: absent.then(|| web.ask(Question::Look, url)) })
}

/// Nothing is there, as far as the answer says. An error of OAuth in it says that somebody is, and so does the status with
/// which this vendor answers who has no client: GitHub's is 404.
fn is_absent(answer: &Answer, url: &Url) -> bool {
    let json: Option<Value> = serde_json::from_slice(&answer.body).ok();
    let says_error = json.is_some_and(|json| json["error"].is_string()) || answer.body.starts_with(b"error=");
    let vendor = url.host_str().and_then(vendors::by_host);
    let refuses_so = vendor.is_some_and(|vendor| vendor.unknown_client_status == Some(answer.status));
    matches!(answer.status, 404 | 410) && !says_error && !refuses_so
}

pub fn write(subject: &Subject, seen: &[Option<Seen>], search: &Search, facts: &mut Facts) {
    let outcomes: Vec<Option<&Asked>> =
        subject.endpoints.iter().enumerate().map(|(at, _)| outcome(subject, seen, search, at)).collect();
    let because = because(subject, &outcomes);
    let mut hosts: Vec<String> = Vec::new();
    let mut records = Vec::new();
    let mut refused = Vec::new();
    for ((endpoint, seen), outcome) in subject.endpoints.iter().zip(seen).zip(outcomes) {
        let host = endpoint.url.as_ref().map_or_else(|_| String::new(), name);
        // What stayed open is told of each, whoever else of its host answered.
        let open = matches!(outcome, Some(Err(Trouble::Refused(_) | Trouble::Unknown(_))));
        let first = !endpoint.is_docs() && (open || !hosts.contains(&host));
        if !endpoint.is_docs() {
            hosts.push(host.clone());
        }
        refused.extend(refusal(endpoint, outcome));
        records.push(record(endpoint, host, first, seen.as_ref(), outcome, &because));
    }
    let authorization = subject.endpoints.iter().find(|it| it.field == "oauth.authorization_url");
    if let Some(endpoint) = authorization {
        let mut told = Vec::new();
        for (at, trouble) in &search.refused {
            if let Trouble::RedirectRefused { to, refusal } = trouble
                && !told.contains(&&refusal.why)
            {
                told.push(&refusal.why);
                refused.push(refusal_record(endpoint, at.as_str(), Some(to), refusal));
            }
        }
    }
    facts.set("definition.online.endpoints", records);
    facts.set("definition.online.refused", refused);
}

/// Why something could not be told. Of a rule and a definition one reason is kept, so each is all of them.
fn because(subject: &Subject, outcomes: &[Option<&Asked>]) -> String {
    let mut reasons: Vec<String> = Vec::new();
    for (endpoint, outcome) in subject.endpoints.iter().zip(outcomes).filter(|(endpoint, _)| !endpoint.is_docs()) {
        let reason = match outcome {
            Some(Err(Trouble::Unknown(why))) => why.clone(),
            Some(Err(Trouble::Refused(refusal))) => format!("{} was not asked: {}", endpoint.key, refusal.why),
            _ => continue,
        };
        if !reasons.contains(&reason) {
            reasons.push(reason);
        }
    }
    let file = subject.endpoints.iter().find_map(|endpoint| Some(&endpoint.place.as_ref()?.file));
    file.map_or_else(String::new, |file| format!("{file}: ")) + &reasons.join("; ")
}

/// What speaks for an endpoint: its own answer, else that of another question to its host.
fn outcome<'a>(subject: &Subject, seen: &'a [Option<Seen>], search: &'a Search, at: usize) -> Option<&'a Asked> {
    if let Some(seen) = &seen[at] {
        return Some(&seen.asked);
    }
    let url = subject.endpoints[at].url.as_ref().ok()?;
    if subject.is_host_of_documents(url) {
        return search.first.as_ref();
    }
    let speaks = |(other, seen): (&Endpoint, &'a Option<Seen>)| seen.as_ref().filter(|_| other.speaks_for(url));
    subject.endpoints.iter().zip(seen).find_map(speaks).map(|seen| &seen.asked)
}

fn record(
    endpoint: &Endpoint,
    host: String,
    first: bool,
    seen: Option<&Seen>,
    outcome: Option<&Asked>,
    because: &str,
) -> Entry {
    let trouble = outcome.and_then(|asked| asked.as_ref().err());
    let own = seen.and_then(|seen| seen.asked.as_ref().ok());
    let word = match trouble {
        Some(Trouble::NoSuchName) => Fact::from("no_such_name"),
        Some(Trouble::NoAddress) => Fact::from("no_address"),
        Some(Trouble::ConnectionRefused) => Fact::from("connection_refused"),
        Some(Trouble::Tls(..)) => Fact::from("tls"),
        Some(Trouble::RedirectLoop) => Fact::from("redirect_loop"),
        // That is told where it stands, and decides nothing.
        Some(Trouble::Refused(_)) if endpoint.is_docs() => Fact::Absent,
        Some(Trouble::Unknown(why)) if endpoint.is_docs() => unknown(why.as_str()),
        Some(Trouble::Refused(_) | Trouble::Unknown(_)) => unknown(because),
        // It answered.
        Some(Trouble::RedirectRefused { .. } | Trouble::RedirectLost(_)) | None => Fact::Absent,
    };
    let (fault, words) = match trouble {
        Some(Trouble::Tls(fault, words)) => (Some(fault.name()), Some(words.as_str())),
        _ => (None, None),
    };
    let record = Record::new()
        .with("field", endpoint.field.as_str())
        .with("key", endpoint.key.as_str())
        .with("url", endpoint.written.as_str())
        .with("host", host)
        .with("first_of_host", first)
        .with("trouble", word)
        .with("tls_error_kind", fault)
        .with("tls_error", words)
        .with("http_status", own.map(|answer| answer.status))
        .with("gone", endpoint.url.as_ref().map_or(Fact::Absent, |url| gone(seen, url)));
    Entry { fact: record.into(), place: endpoint.place.clone() }
}

/// Nothing is at this URL; absent where it was not asked itself.
fn gone(seen: Option<&Seen>, url: &Url) -> Fact {
    match seen.map(|seen| (&seen.asked, &seen.again)) {
        Some((Ok(_), Some(Ok(again)))) => Fact::from(is_absent(again, url)),
        Some((Ok(answer), None)) => Fact::from(is_absent(answer, url)),
        Some((Ok(_), Some(Err(Trouble::Unknown(why)))) | (Err(Trouble::RedirectLost(why)), _)) => unknown(why.as_str()),
        _ => Fact::Absent,
    }
}

fn refusal(endpoint: &Endpoint, outcome: Option<&Asked>) -> Option<Entry> {
    match outcome?.as_ref().err()? {
        Trouble::Refused(refusal) => Some(refusal_record(endpoint, &endpoint.written, None, refusal)),
        // What the search for documents was led to is told once, for the authorization endpoint.
        Trouble::RedirectRefused { to, refusal } if endpoint.own_question().is_some() => {
            Some(refusal_record(endpoint, &endpoint.written, Some(to), refusal))
        }
        _ => None,
    }
}

fn refusal_record(endpoint: &Endpoint, url: &str, to: Option<&str>, refusal: &Refusal) -> Entry {
    let about_the_address = matches!(refusal.kind, RefusalKind::Address | RefusalKind::Name);
    let record = Record::new()
        .with("field", endpoint.field.as_str())
        .with("key", endpoint.key.as_str())
        .with("url", url)
        .with("leads_to", to)
        .with("kind", refusal.kind.word())
        .with("inside", about_the_address)
        .with("why", refusal.why.as_str());
    Entry { fact: record.into(), place: endpoint.place.clone() }
}
