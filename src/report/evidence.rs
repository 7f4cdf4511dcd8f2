//! Evidence in words: what a fact means, and its value.

use crate::diagnosis::{Evidence, Finding};
use crate::facts::{Entry, Fact, Path, Value, registry};
use crate::rules::fill;

const TEXT: &str = "error.text";

/// As many as a person reads.
const FEW: usize = 5;

/// What is shown of a finding's evidence: all of it, or the few facts that the title does not already say.
pub fn shown(finding: &Finding, all: bool) -> Vec<&Evidence> {
    if all {
        return finding.evidence.iter().collect();
    }
    let says_more = |evidence: &&Evidence| evidence.value.is_some() && !says(&finding.title, &value(evidence));
    // The whole text that was read is for those who ask for everything; what was found in it is shorter.
    let found_in_text = finding.evidence.iter().any(|other| other.fact != TEXT && other.fact.starts_with("error."));
    let is_short = |evidence: &&Evidence| evidence.fact != TEXT || !found_in_text;
    finding.evidence.iter().filter(says_more).filter(is_short).take(FEW).collect()
}

/// Does the text say this value, as a word of its own?
fn says(text: &str, value: &str) -> bool {
    let in_word = |c: char| c.is_alphanumeric();
    !value.is_empty()
        && text
            .match_indices(value)
            .any(|(at, _)| !text[..at].ends_with(in_word) && !text[at + value.len()..].starts_with(in_word))
}

/// "the user it runs as: joe"; a fact that says how we know needs no label.
pub fn sentence(evidence: &Evidence) -> String {
    match meaning(evidence) {
        "how we know" => value(evidence),
        meaning => format!("{meaning}: {}", value(evidence)),
    }
}

/// What the fact is: the registry's meaning up to its first aside.
pub fn meaning(evidence: &Evidence) -> &str {
    let meaning = if evidence.meaning.is_empty() { &evidence.fact } else { evidence.meaning };
    let end = [" (", "; ", ": "].iter().filter_map(|aside| meaning.find(aside)).min();
    &meaning[..end.unwrap_or(meaning.len())]
}

pub fn value(evidence: &Evidence) -> String {
    let spec = registry::find(&Path::parse(&evidence.fact).spec_name());
    let closed_set = spec.is_some_and(|spec| !spec.one_of.is_empty());
    let unit = spec.map_or("", |spec| spec.unit);
    match &evidence.value {
        None => "not there".to_owned(),
        // A variable's name is one word as it is.
        Some(Value::Text(text)) if closed_set && text.chars().any(char::is_lowercase) => text.replace('_', " "),
        Some(Value::Number(number)) if unit == "ms" => fill::duration(*number),
        Some(value) => in_words(value),
    }
}

pub fn in_words(value: &Value) -> String {
    match value {
        Value::Text(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Truth(truth) => if *truth { "yes" } else { "no" }.to_owned(),
        Value::Time(time) => time.strftime("%Y-%m-%d %H:%M:%S UTC").to_string(),
        Value::List(items) if items.is_empty() => "none".to_owned(),
        Value::List(items) => items.iter().filter_map(known).map(in_words).collect::<Vec<_>>().join(", "),
        Value::Record(record) => {
            let fields = record.iter().filter_map(|(name, entry)| Some(format!("{name} {}", in_words(known(entry)?))));
            fields.collect::<Vec<_>>().join(", ")
        }
    }
}

fn known(entry: &Entry) -> Option<&Value> {
    if let Fact::Known(value) = &entry.fact { Some(value) } else { None }
}

/// "port.listeners[0].owner: belongs to another user" with the fact's meaning for its name.
pub fn because(text: &str) -> String {
    let Some((path, reason)) = text.split_once(": ") else { return text.to_owned() };
    match registry::find(&Path::parse(path).spec_name()) {
        Some(spec) => {
            let evidence = Evidence { fact: path.to_owned(), value: None, meaning: spec.meaning };
            format!("{}: {reason}", meaning(&evidence))
        }
        None => text.to_owned(),
    }
}
