//! What every report does first: hides what is secret, by the registry and by the sink, and shortens the home folder.

use crate::diagnosis::{Evidence, Finding, FixOffer, Inconclusive, Report, RunError, Verdict};
use crate::facts::{Entry, Fact, Facts, Kind, Path, Place, Record, Sensitivity, Value, registry};
use crate::rules::FixPlan;
use crate::sink::{HIDDEN, redact_pointer, redact_text, redact_url};
use serde_json::Value as Json;

/// The reason that stands for a secret fact.
const SECRET: &str = "it is secret, and hidden";

/// A copy that may be seen. Names of files that a program looks up by (places) are whole.
pub fn report(report: &Report, home: &str) -> Report {
    let error = |error: &RunError| RunError { message: shown(&error.message, home), ..error.clone() };
    Report {
        verdict: Verdict { error: report.verdict.error.as_ref().map(error), ..report.verdict.clone() },
        findings: report.findings.iter().map(|one| finding(one, home)).collect(),
        inconclusive: report.inconclusive.iter().map(|one| inconclusive(one, home)).collect(),
        facts: facts(&report.facts, home),
        ..report.clone()
    }
}

pub fn finding(finding: &Finding, home: &str) -> Finding {
    let texts = |list: &[String]| list.iter().map(|one| shown(one, home)).collect();
    Finding {
        title: shown(&finding.title, home),
        explanation: shown(&finding.explanation, home),
        question: finding.question.as_deref().map(|question| shown(question, home)),
        evidence: finding.evidence.iter().map(|one| evidence(one, home)).collect(),
        fixes: finding.fixes.iter().map(|fix| offer(fix, &finding.evidence, home)).collect(),
        refs: texts(&finding.refs),
        alternatives: texts(&finding.alternatives),
        place: place(finding.place.as_ref()),
        ..finding.clone()
    }
}

pub fn inconclusive(one: &Inconclusive, home: &str) -> Inconclusive {
    Inconclusive { title: shown(&one.title, home), because: shown(&one.because, home), ..one.clone() }
}

/// A text that may be seen.
pub fn shown(text: &str, home: &str) -> String {
    shortened(&redact_text(text), home)
}

fn offer(offer: &FixOffer, evidence: &[Evidence], home: &str) -> FixOffer {
    let plan = match &offer.plan {
        FixPlan::Note(note) => FixPlan::Note(redact_text(note)),
        FixPlan::EditFile { file, line, column, pointer, replace, insert, remove } => FixPlan::EditFile {
            file: redact_text(file),
            line: *line,
            column: *column,
            pointer: redact_pointer(pointer),
            replace: replace.as_deref().map(|replace| replacement(replace, evidence)),
            insert: insert.as_deref().map(redact_text),
            remove: *remove,
        },
        other => {
            let plan = serde_json::to_value(other).map(redacted).and_then(serde_json::from_value);
            plan.unwrap_or_else(|_| FixPlan::Note(HIDDEN.to_owned()))
        }
    };
    FixOffer {
        title: shown(&offer.title, home),
        note: offer.note.as_deref().map(|note| shown(note, home)),
        plan,
        ..offer.clone()
    }
}

/// What would be written. Without white space a secret may no longer look like one: then it is hidden as in the text that it
/// is made of.
fn replacement(replace: &str, evidence: &[Evidence]) -> String {
    let squeezed = |text: &str| text.split_whitespace().collect::<String>();
    let made_of = evidence.iter().find_map(|one| {
        let text = one.value.as_ref()?.as_text()?;
        (text.contains(char::is_whitespace) && squeezed(text) == replace).then(|| squeezed(&redact_text(text)))
    });
    redact_text(made_of.as_deref().unwrap_or(replace))
}

/// Every text of a plan, whatever it is for.
fn redacted(value: Json) -> Json {
    match value {
        Json::String(text) => Json::String(redact_text(&text)),
        Json::Array(items) => items.into_iter().map(redacted).collect(),
        Json::Object(fields) => fields.into_iter().map(|(name, value)| (name, redacted(value))).collect(),
        other => other,
    }
}

fn evidence(evidence: &Evidence, home: &str) -> Evidence {
    let name = Path::parse(&evidence.fact).spec_name();
    let entry = Entry::from(Fact::from(evidence.value.clone()));
    let value = match visible(&name, &entry, home).fact {
        Fact::Known(value) => Some(value),
        Fact::Unknown(_) => Some(Value::Text(HIDDEN.to_owned())),
        Fact::Absent => None,
    };
    Evidence { value, ..evidence.clone() }
}

/// The document as it may be seen. A secret fact reads "unknown: it is secret", whatever its type.
pub fn facts(facts: &Facts, home: &str) -> Facts {
    Facts { root: record("", &facts.root, home) }
}

fn record(name: &str, record: &Record, home: &str) -> Record {
    let fields = record.iter().map(|(field, entry)| {
        let name = if name.is_empty() { field.to_owned() } else { format!("{name}.{field}") };
        (field.to_owned(), visible(&name, entry, home))
    });
    fields.collect()
}

fn visible(name: &str, entry: &Entry, home: &str) -> Entry {
    let spec = registry::find(name);
    let secret = spec.is_some_and(|spec| spec.sensitivity == Sensitivity::Secret);
    let fact = match &entry.fact {
        Fact::Known(_) if secret => Fact::Unknown(SECRET.to_owned()),
        Fact::Known(value) => Fact::Known(visible_value(name, spec.map(|spec| spec.kind), value, home)),
        Fact::Unknown(reason) => Fact::Unknown(shortened(&redact_text(reason), home)),
        Fact::Absent => Fact::Absent,
    };
    let place = place(entry.place.as_ref()).map(|place| Place { file: shortened(&place.file, home).into(), ..place });
    Entry { fact, place }
}

/// A place, whose pointer is made of a definition's keys.
fn place(place: Option<&Place>) -> Option<Place> {
    place.map(|place| Place { pointer: redact_pointer(&place.pointer).into(), ..place.clone() })
}

fn visible_value(name: &str, kind: Option<Kind>, value: &Value, home: &str) -> Value {
    match value {
        Value::Text(text) if kind == Some(Kind::Url) => Value::Text(shortened(&redact_url(text), home)),
        Value::Text(text) if name.ends_with(".pointer") => Value::Text(redact_pointer(text)),
        Value::Text(text) => Value::Text(shortened(&redact_text(text), home)),
        Value::List(items) => {
            let item = |item: &Entry| match &item.fact {
                Fact::Known(Value::Record(fields)) => {
                    Entry { fact: record(&format!("{name}[]"), fields, home).into(), place: place(item.place.as_ref()) }
                }
                Fact::Known(value) => {
                    Entry { fact: visible_value(name, kind, value, home).into(), place: place(item.place.as_ref()) }
                }
                _ => visible(name, item, home),
            };
            Value::List(items.iter().map(item).collect())
        }
        Value::Record(fields) => Value::Record(record(name, fields, home)),
        Value::Number(_) | Value::Truth(_) | Value::Time(_) => value.clone(),
    }
}

/// The home folder as `~`, wherever it stands as a whole path or the beginning of one.
pub fn shortened(text: &str, home: &str) -> String {
    let home = home.trim_end_matches(['/', '\\']);
    if home.len() < 2 || !text.contains(home) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for (found, _) in text.match_indices(home) {
        let end = found + home.len();
        let inside_before = text[..found].ends_with(|c: char| c.is_alphanumeric() || "/\\._-~".contains(c));
        let inside_after = text[end..].starts_with(|c: char| c.is_alphanumeric() || "._-".contains(c));
        if !inside_before && !inside_after {
            out.push_str(&text[at..found]);
            out.push('~');
            at = end;
        }
    }
    out.push_str(&text[at..]);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_home_folder_is_shortened_only_where_it_is_the_whole_beginning_of_a_path() {
        for (text, shown) in [
            ("/home/joe/.authsome", "~/.authsome"),
            ("run /home/joe/venv/bin/python -m x, HOME=/home/joe", "run ~/venv/bin/python -m x, HOME=~"),
            ("/home/joey/x", "/home/joey/x"),
            ("/srv/home/joe/x", "/srv/home/joe/x"),
            ("https://h.example/home/joe", "https://h.example/home/joe"),
        ] {
            assert_eq!(shortened(text, "/home/joe"), shown);
        }
        assert_eq!(shortened("/a/b", "/"), "/a/b");
        assert_eq!(shortened("/a/b", ""), "/a/b");
    }
}
