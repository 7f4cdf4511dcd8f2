//! Fills `callback.registered`: does the named provider take the redirect URI that will be sent?
//!
//! Either the registered one is known (`--registered-uri`) and the two are compared part by part, or the provider is
//! asked with pairs of requests. What cannot be told stays unknown with its reason.

mod answer;
mod ask;
mod compare;
mod judge;
mod words;

#[cfg(test)]
mod ask_tests;
#[cfg(test)]
mod table_tests;

pub use ask::{Outcome, ask};
pub use compare::{Difference, difference};
pub use judge::{Certainty, Verdict};

use super::{Context, NETWORK, Probe};
use crate::authsome::versions::versions_with_callback_path;
use crate::facts::{Entry, Fact, Facts, Record, Value, unknown};
use crate::vendors::{self, Vendor};
use url::Url;

pub const PROBE: Probe =
    Probe { section: "callback.registered", needs: &["callback", "provider", "definition"], limit: NETWORK, run };

fn run(context: &Context, facts: &Facts) -> Facts {
    let mut found = Facts::new();
    // Not there, unless something can be told below.
    found.set("callback.registered", Fact::Absent);
    let Some(sent) = facts.text("callback.redirect_uri") else { return found };
    let vendor = vendor_of(facts);
    let outcome = if let Some(registered) = &context.registered_uri {
        compared(sent, registered, vendor)
    } else if let Some(request) = request(context, facts, sent) {
        ask(context.host.http.as_ref(), &request, vendor, context.limit.min(NETWORK))
    } else {
        return found;
    };
    found.set("callback.registered", record(&outcome, sent, vendor));
    found
}

fn vendor_of(facts: &Facts) -> Option<&'static Vendor> {
    let id = facts.text("provider.vendor")?;
    vendors::all().find(|vendor| vendor.id == id)
}

/// The request that a login would send; `None` where nobody is to be asked, or there is nothing to ask about.
fn request(context: &Context, facts: &Facts, redirect_uri: &str) -> Option<Url> {
    if context.offline || !matches!(facts.text("definition.flow"), Some("pkce" | "dcr_pkce")) {
        return None;
    }
    let client_id = context.client_id.as_deref()?;
    let mut url: Url = facts.text("provider.authorization_endpoint")?.parse().ok()?;
    let scopes: Vec<&str> = facts.list("definition.oauth.scopes").into_iter().flatten().filter_map(text_of).collect();
    {
        let mut query = url.query_pairs_mut();
        for entry in facts.list("definition.oauth.authorization_params").into_iter().flatten() {
            if let (Some(name), Some(value)) = (field(entry, "name"), field(entry, "value")) {
                query.append_pair(name, value);
            }
        }
        query.append_pair("response_type", "code").append_pair("client_id", client_id);
        query.append_pair("redirect_uri", redirect_uri).append_pair("state", "").append_pair("code_challenge", "");
        query.append_pair("code_challenge_method", "S256");
        if !scopes.is_empty() {
            query.append_pair("scope", &scopes.join(" "));
        }
    }
    Some(url)
}

fn field<'a>(entry: &'a Entry, name: &str) -> Option<&'a str> {
    match &entry.fact {
        Fact::Known(Value::Record(record)) => record.get(name).and_then(text_of),
        _ => None,
    }
}

fn text_of(entry: &Entry) -> Option<&str> {
    match &entry.fact {
        Fact::Known(value) => value.as_text(),
        _ => None,
    }
}

/// What `--registered-uri` says against what is sent: nothing is asked.
pub fn compared(sent: &str, registered: &str, vendor: Option<&Vendor>) -> Outcome {
    let rule = vendor.and_then(|vendor| vendor.loopback_rule);
    let verdict = match difference(sent, registered, rule) {
        Some(_) => Verdict::NotRegistered,
        None => Verdict::Registered,
    };
    Outcome {
        verdict: Ok((verdict, Certainty::Certain)),
        method: Some("registered_uri_flag"),
        registered_uri: Some(registered.to_owned()),
        answer: None,
        control_answer: None,
    }
}

/// The outcome as the facts `callback.registered.*`.
pub fn record(outcome: &Outcome, sent: &str, vendor: Option<&Vendor>) -> Record {
    let mut record = Record::new();
    match &outcome.verdict {
        Ok((verdict, certainty)) => {
            record.put("verdict", verdict.name());
            record.put("certainty", certainty.name());
        }
        Err(why) => record.put("verdict", unknown(why)),
    }
    let rule = vendor.and_then(|vendor| vendor.loopback_rule);
    let registered = outcome.registered_uri.as_deref();
    let different = registered.and_then(|registered| difference(sent, registered, rule));
    record.put("uri", registered.map(str::trim));
    record.put("difference", different.as_ref().map(|difference| difference.part));
    record.put("difference_text", different.map(|difference| difference.text));
    record.put("is_other_version", registered.and_then(|registered| other_versions(sent, registered)));
    for (name, value) in [
        ("method", outcome.method),
        ("answer", outcome.answer.as_deref()),
        ("control_answer", outcome.control_answer.as_deref()),
    ] {
        if let Some(value) = value {
            record.put(name, value);
        }
    }
    record
}

/// The authsome versions that send the registered path, where that is another path than ours.
fn other_versions(sent: &str, registered: &str) -> Option<String> {
    let path = |uri: &str| Url::parse(uri.trim()).ok().map(|url| url.path().to_owned());
    let registered = path(registered)?;
    if path(sent)? == registered {
        return None;
    }
    let versions = versions_with_callback_path(&registered);
    match (versions.first()?, versions.last()?) {
        (first, last) if first == last => Some((*first).to_owned()),
        (first, last) => Some(format!("{first} to {last}")),
    }
}
