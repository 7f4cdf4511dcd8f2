//! The addresses of a definition against those of its vendor.

use super::{Address, Look};
use crate::definition::{BASE_URL, Flow, Tree, host_of};
use crate::facts::{Entry, Facts, Record};
use crate::vendors::{self, Endpoints, Kind, Pattern};

pub fn write(look: &Look, facts: &mut Facts) {
    let Some(known) = &look.vendor.endpoints else { return };
    let mut found: Vec<Entry> = look
        .urls
        .iter()
        .filter_map(|(kind, url)| {
            let mut fault = fault(look, known, *kind, url)?;
            // What is written as a template stays one.
            let template =
                fault.expected.as_deref().zip(url.base.as_deref()).and_then(|(now, base)| now.strip_prefix(base));
            if let Some(behind) = template {
                fault.expected = Some(format!("{BASE_URL}{behind}"));
            }
            let written = look.used.endpoints()[*kind as usize].1.unwrap_or(&url.plain);
            let field = field(look, *kind);
            let record = record(&fault, known, &field, written).with("breaks", breaks(look, *kind));
            Some(look.at(&field, record.into()))
        })
        .collect();
    found.extend(half_templated(look, known));
    found.extend(apis(look, known));
    facts.set("definition.vendor.endpoints", found);
}

/// What is wrong with one address.
#[derive(Default)]
struct Fault {
    /// A word of the registry.
    word: &'static str,
    /// What to write.
    expected: Option<String>,
    /// What this address is.
    whose: Option<String>,
    note: Option<String>,
    source: Option<String>,
}

fn fault(look: &Look, known: &Endpoints, kind: Kind, url: &Address) -> Option<Fault> {
    if look.read(kind, url).is_some() {
        let condition = known.conditions.iter().find(|one| one.url.matches(&url.plain))?;
        let (note, source) = (Some(condition.note.clone()), Some(condition.source.to_string()));
        return Some(Fault { word: "conditional", note, source, ..Fault::default() });
    }
    let expected = || expected(look, known, kind);
    if let Some(fault) = legacy(known, &url.plain, |now| known.of(kind).iter().any(|one| one.text() == now.text())) {
        return Some(fault);
    }
    if kind == Kind::Revocation {
        let other = known.other_revocation.iter().any(|one| one.matches(&url.plain));
        if other || known.revocation.is_empty() && look.vendor.revocation_note.is_some() {
            let note = look.vendor.revocation_note.clone();
            return Some(Fault { word: "not_rfc7009", expected: expected(), note, ..Fault::default() });
        }
        // A rule of its own tells of this, whoever the vendor is.
        if known.revocation.is_empty() && look.address(Kind::Token).is_some_and(|token| token.plain == url.plain) {
            return None;
        }
    }
    let same_host = |other: Kind| look.read(other, url).is_some();
    if let Some(other) = Kind::ALL.into_iter().find(|other| same_host(*other)) {
        let whose = format!("the {} of {}", other.key(), look.vendor.title);
        return Some(Fault { word: "another_kind", expected: expected(), whose: Some(whose), ..Fault::default() });
    }
    let stranger = vendors::by_host(&url.host).filter(|stranger| stranger.id != look.vendor.id);
    if let Some((stranger, theirs)) = stranger.and_then(|one| Some((one, one.endpoints.as_ref()?.kind_of(&url.plain)?)))
    {
        let whose = format!("the {} of {}", theirs.key(), stranger.title);
        return Some(Fault { word: "another_vendor", expected: expected(), whose: Some(whose), ..Fault::default() });
    }
    if known.of(kind).is_empty() || super::is_mcp_of(look.vendor, &url.host) {
        return None;
    }
    // On a host of somebody else only an address of that host can be compared, and only where people and codes go to one.
    let mut main = [Kind::Authorization, Kind::Token].into_iter().filter_map(|kind| look.address(kind));
    let comparable = !look.is_elsewhere || main.all(|main| main.host == url.host);
    let expected = expected().filter(|_| comparable)?;
    let note = (!look.is_elsewhere && !look.vendor.owns(&url.host))
        .then(|| format!("{} is no host of it that is known: whoever has it gets what is sent there.", url.host));
    Some(Fault { word: "not_documented", expected: Some(expected), note, ..Fault::default() })
}

fn legacy(known: &Endpoints, url: &str, fits: impl Fn(&Pattern) -> bool) -> Option<Fault> {
    known.legacy.iter().filter(|one| fits(&one.now)).find_map(|one| {
        let read = one.was.read(url)?;
        Some(Fault {
            word: if one.gone { "gone" } else { "legacy" },
            expected: Some(one.now.filled(&read)),
            note: one.note.clone(),
            ..Fault::default()
        })
    })
}

/// The address to write, its gaps filled with what stands in the others here.
fn expected(look: &Look, known: &Endpoints, kind: Kind) -> Option<String> {
    let on_any_host = |pattern: &&Pattern| pattern.text().starts_with("https://{host}");
    let pattern = known.of(kind).iter().find(|pattern| !look.is_elsewhere || on_any_host(pattern))?;
    let mut gaps: Vec<(&str, &str)> = look.gaps.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    if let Some(host) = look.main_host().filter(|_| gaps.iter().all(|(name, _)| *name != "host")) {
        gaps.push(("host", host));
    }
    Some(pattern.filled(&gaps))
}

/// Every login with this flow needs it.
fn breaks(look: &Look, kind: Kind) -> bool {
    match kind {
        Kind::Authorization => !look.has_flow(Flow::DeviceCode),
        Kind::Token => true,
        Kind::Revocation => false,
        Kind::Device => look.has_flow(Flow::DeviceCode),
        Kind::Registration => look.has_flow(Flow::DcrPkce),
    }
}

/// The field of that kind, as it is written here: older layouts have the registration endpoint elsewhere.
fn field(look: &Look, kind: Kind) -> String {
    let key = kind.key();
    let has_registration = look.document.root.get("registration").is_some_and(|it| matches!(it.value, Tree::Object(_)));
    match kind {
        Kind::Registration if has_registration => format!("registration.{key}"),
        _ => format!("oauth.{key}"),
    }
}

fn record(fault: &Fault, known: &Endpoints, field: &str, value: &str) -> Record {
    Record::new()
        .with("field", field)
        .with("key", field.rsplit('.').next().unwrap_or(field))
        .with("value", value)
        .with("fault", fault.word)
        .with("expected", fault.expected.as_deref())
        .with("whose", fault.whose.as_deref())
        .with("note", fault.note.as_deref())
        .with("source", fault.source.as_deref().unwrap_or(known.source.as_str()))
}

/// Of a product that also runs elsewhere: one endpoint goes wherever the base URL says, and the other does not.
fn half_templated(look: &Look, known: &Endpoints) -> Option<Entry> {
    let url = |kind| look.address(kind).map(|url| (kind, url));
    let (one, other) = (url(Kind::Authorization)?, url(Kind::Token)?);
    let (fixed, template) = match (&one.1.base, &other.1.base) {
        (None, Some(_)) => (one, other.0),
        (Some(_), None) => (other, one.0),
        _ => return None,
    };
    // Elsewhere than the default the words of the URL alone tell it.
    if !look.vendor.self_hosted || look.read(fixed.0, fixed.1).is_none() {
        return None;
    }
    let base = look.address(template)?.base.as_deref()?;
    let expected = fixed.1.plain.strip_prefix(base).map(|behind| format!("{BASE_URL}{behind}"));
    let whose = Some(template.key().to_owned());
    let field = field(look, fixed.0);
    let fault = Fault { word: "half_templated", expected, whose, ..Fault::default() };
    Some(look.at(&field, record(&fault, known, &field, &fixed.1.plain).with("breaks", false).into()))
}

fn other_api(known: &Endpoints, url: &str) -> Option<Fault> {
    let host = format!("https://{}", host_of(url).filter(|_| !known.other_apis.is_empty())?);
    let other = known.other_apis.iter().find(|one| one.was.matches(&host))?;
    let (expected, note) = (Some(other.now.text().to_owned()), other.note.clone());
    Some(Fault { word: "another_api", expected, note, ..Fault::default() })
}

/// Interfaces of the vendor that are no more, or not for tokens of OAuth.
fn apis(look: &Look, known: &Endpoints) -> Vec<Entry> {
    let Some(written) = look.document.root.get("api_url") else { return Vec::new() };
    let one = written.as_text().map(|text| ("api_url".to_owned(), text));
    let many =
        written.items().iter().enumerate().filter_map(|(at, node)| Some((format!("api_url.{at}"), node.as_text()?)));
    let judged = one.into_iter().chain(many).filter_map(|(field, text)| {
        let url = if text.contains("://") { text.to_owned() } else { format!("https://{text}") };
        let is_no_endpoint = |now: &Pattern| Kind::ALL.iter().all(|kind| known.of(*kind).iter().all(|one| one != now));
        let fault = legacy(known, url.trim_end_matches('/'), is_no_endpoint).or_else(|| other_api(known, &url))?;
        Some(look.at(&field, record(&fault, known, "api_url", text).with("breaks", false).into()))
    });
    judged.collect()
}
