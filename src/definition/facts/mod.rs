//! The facts of one definition: what is written and where, against what authsome knows. `doctor` and `check` share them;
//! whether it matters is for the rules to say.

mod fields;
mod keys;
mod urls;

use super::document::Document;
use super::model::{AuthType, Flow, ProviderDefinition};
use super::read::Broken;
use crate::facts::{Entry, Fact, Facts, Place, Record};
use std::collections::BTreeSet;
use url::Url;

/// Where a definition came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// Inside the installed authsome.
    Bundled,
    /// Registered with the installed authsome.
    Custom,
    /// Given to `check`, to be registered or bundled.
    File,
    /// `--provider-file`: used by this program alone.
    ProviderFile,
    /// Of the practice provider.
    Practice,
}

impl Source {
    pub const WORDS: &'static [&'static str] = &["bundled", "custom", "file", "provider_file", "practice"];

    pub fn word(self) -> &'static str {
        Self::WORDS[self as usize]
    }
}

/// What the facts of a definition depend on beside its text.
#[derive(Clone, Copy, Debug)]
pub struct Surroundings<'a> {
    pub source: Source,
    /// The definition's file, as it is shown.
    pub file: &'a str,
    /// The names of the definitions bundled with the installed authsome, where one is installed.
    pub bundled: Option<&'a BTreeSet<String>>,
    /// The definition as the caller uses it, its templates filled in from `--base-url`.
    pub in_use: Option<&'a ProviderDefinition>,
}

/// Section `definition`, for one that was found.
pub fn facts(read: Result<&Document, &Broken>, around: Surroundings<'_>) -> Facts {
    let mut facts = Facts::new();
    facts.set("definition.found", true);
    facts.set("definition.source", around.source.word());
    facts.set("definition.file", around.file);
    facts.set("definition.parses", read.is_ok());
    match read {
        Err(broken) => {
            let at = |text: &str| Fact::from(text).at(broken.place.clone());
            facts.set("definition.parse_error.kind", at(broken.kind.word()));
            facts.set("definition.parse_error.message", at(&broken.message));
        }
        Ok(document) => {
            fields::write(document, &mut facts);
            keys::write(document, &mut facts);
            let own = ProviderDefinition::of(document).resolved(None);
            let used = around.in_use.unwrap_or(&own);
            urls::write(document, used, &mut facts);
            endpoints(used, &mut facts);
            flow_and_name(document, around, &mut facts);
        }
    }
    facts
}

/// Section `definition`, where no definition has the name that was asked for.
pub fn not_found(name: &str, nearest: Option<&str>) -> Facts {
    let mut facts = Facts::new();
    facts.set("definition.found", false);
    facts.set("definition.asked", name);
    facts.set("definition.nearest", nearest);
    facts
}

fn flow_and_name(document: &Document, around: Surroundings<'_>, facts: &mut Facts) {
    let root = &document.root;
    let place = |key: &str| root.get(key).map(|node| node.spot.place(&document.file, &format!("/{key}")));
    let word = |key: &str| root.get(key).and_then(|node| node.as_text());
    let at = |fact: Fact, key: &str| Entry { fact, place: place(key) };

    let auth_type = word("auth_type").and_then(AuthType::from_word);
    let flow = word("flow").and_then(Flow::from_word);
    let fits = auth_type.zip(flow).map(|(auth_type, flow)| auth_type.flows().contains(&flow));
    facts.set("definition.flow_fits_auth_type", at(fits.into(), "flow"));
    let flows = auth_type.map(|it| it.flows().iter().map(|flow| flow.word()).collect::<Vec<_>>().join(", "));
    facts.set("definition.flows_of_auth_type", flows);

    let name = word("name");
    facts.set("definition.name_filesystem_safe", at(name.map(is_filesystem_safe).into(), "name"));
    let shadows = match (around.source, around.bundled, name) {
        (Source::Bundled | Source::Practice, ..) => Fact::from(false),
        (_, Some(bundled), Some(name)) => Fact::from(bundled.contains(name)),
        _ => Fact::Absent,
    };
    facts.set("definition.shadows_bundled", at(shadows, "name"));
    let is_a_file = matches!(around.source, Source::Bundled | Source::File);
    let stem = std::path::Path::new(around.file).file_stem().and_then(|stem| stem.to_str()).filter(|_| is_a_file);
    facts.set("definition.file_stem", stem);
    facts.set("definition.file_stem_differs", at(name.zip(stem).map(|(name, stem)| name != stem).into(), "name"));
}

/// Where requests will go: `{base_url}` filled in, what is no URL left out.
fn endpoints(used: &ProviderDefinition, facts: &mut Facts) {
    for (name, url) in used.endpoints() {
        let url = url.filter(|text| Url::parse(text).is_ok_and(|url| url.has_host()));
        facts.set(&format!("definition.endpoints.{name}"), url);
    }
}

/// authsome's own test (its specification, 21.1).
fn is_filesystem_safe(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphanumeric())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-'))
        && !name.contains("..")
}

/// One offence: its record, with its place.
fn item(record: Record, place: Place) -> Entry {
    Fact::from(record).at(place)
}

#[cfg(test)]
#[path = "../facts_tests.rs"]
mod tests;
