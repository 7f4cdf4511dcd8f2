//! The facts of one definition: what is written and where, against what authsome knows. `doctor` and `check` share them;
//! whether it matters is for the rules to say.

mod anybodys;
mod api;
mod bounded;
mod browser;
mod export;
mod fields;
mod hosts;
mod keys;
mod patterns;
mod secrets;
mod sections;
mod shared;
mod slips;
mod strangers;
mod strings;
mod system_variables;
mod unseen;
mod urls;

pub use shared::{Claims, Fingerprints, may_share, shared};

use super::document::Document;
use super::model::{AuthType, Flow, ProviderDefinition};
use super::read::Broken;
use super::target::Target;
use crate::facts::{Entry, Fact, Facts, Place, Record};
use slips::Slips;
use std::collections::BTreeSet;
use url::Url;

/// Where authsome's package keeps its definitions.
pub const PACKAGE_FOLDER: &str = "bundled_providers";

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
    /// The current folder is the one of authsome's own definitions.
    pub in_package: bool,
    /// The authsome version that it is for.
    pub target: Target,
    /// Somebody will ask the endpoints.
    pub endpoints: bool,
    /// The definition as the caller uses it, its templates filled in from `--base-url`.
    pub in_use: Option<&'a ProviderDefinition>,
}

/// Section `definition`, for one that was found.
pub fn facts(read: Result<&Document, &Broken>, around: Surroundings<'_>) -> Facts {
    let mut facts = Record::sized(64)
        .with("found", true)
        .with("source", around.source.word())
        .with("file", around.file)
        .with("target", around.target.version)
        .with("parses", read.is_ok());
    match read {
        Err(broken) => {
            let at = |text: &str| Fact::from(text).at(broken.place.clone());
            let error = Record::new()
                .with("kind", at(broken.kind.word()))
                .with("message", at(&broken.message))
                .with("advice", broken.advice);
            facts.add("parse_error", error);
        }
        Ok(document) => {
            fields::write(document, &mut facts);
            keys::write(document, around.target, &mut facts);
            facts.add("comment_refused", comment_refused(document, around.target));
            let written = document.root.get("oauth").and_then(|section| section.get("base_url"));
            let base_is_known = around.in_use.is_some_and(ProviderDefinition::is_resolved)
                || written.is_some_and(|node| node.as_text().is_some());
            let mut slips = Slips::new(&document.file);
            urls::write(document, base_is_known, &mut slips, &mut facts);
            api::write(document, base_is_known, &mut slips, &mut facts);
            slips.write(&mut facts);
            if around.endpoints {
                facts.add("endpoints", endpoints(document, around.in_use));
            }
            export::write(document, &mut facts);
            sections::write(document, &mut facts);
            strings::write(document, &mut facts);
            flow_and_name(document, around, &mut facts);
        }
    }
    let mut document = Facts::new();
    document.set("definition", facts);
    document
}

/// Section `definition`, where no definition has the name that was asked for.
pub fn not_found(name: &str, nearest: Option<&str>) -> Facts {
    let mut facts = Facts::new();
    facts.set("definition.found", false);
    facts.set("definition.asked", name);
    facts.set("definition.nearest", nearest);
    facts
}

/// The first comment, where the version that is aimed at reads JSON alone.
fn comment_refused(document: &Document, target: Target) -> Entry {
    let refused = document.first_comment.filter(|_| !target.reads_comments());
    Entry { fact: refused.is_some().into(), place: refused.map(|spot| spot.place(&document.file, "")) }
}

fn flow_and_name(document: &Document, around: Surroundings<'_>, facts: &mut Record) {
    let root = &document.root;
    let word = |key: &str| root.get(key).and_then(|node| node.as_text());
    let place = |key: &str, pointer: &'static str| root.get(key).map(|node| node.spot.place(&document.file, pointer));
    let at_flow = |fact: Fact| Entry { fact, place: place("flow", "/flow") };
    let at_name = |fact: Fact| Entry { fact, place: place("name", "/name") };

    let auth_type = word("auth_type").and_then(AuthType::from_word);
    let flow = word("flow").and_then(Flow::from_word);
    let fits = auth_type.zip(flow).map(|(auth_type, flow)| auth_type.flows().contains(&flow));
    facts.add("flow_fits_auth_type", at_flow(fits.into()));
    let flows = auth_type.map(|it| it.flows().iter().map(|flow| flow.word()).collect::<Vec<_>>().join(", "));
    facts.add("flows_of_auth_type", flows);

    let name = word("name");
    // authsome's pattern, of Python, lets one line end pass.
    let typed = name.map(|name| name.strip_suffix('\n').unwrap_or(name));
    facts.add("name_filesystem_safe", at_name(typed.map(is_filesystem_safe).into()));
    if typed != name {
        facts.add("name_without_line_end", at_name(typed.into()));
    }
    let listed = around.bundled.zip(name).map(|(bundled, name)| bundled.contains(name));
    let shadows = match around.source {
        Source::Bundled | Source::Practice => Some(false),
        Source::File if listed != Some(true) => name.and_then(|name| around.target.bundles(name)).or(listed),
        _ => listed,
    };
    let shadows = Fact::from(shadows.map(|shadows| shadows && !is_in_package(around)));
    facts.add("shadows_bundled", at_name(shadows));
    let is_a_file = matches!(around.source, Source::Bundled | Source::File);
    let stem = std::path::Path::new(around.file).file_stem().and_then(|stem| stem.to_str()).filter(|_| is_a_file);
    facts.add("file_stem", stem);
    facts.add("file_stem_differs", at_name(name.zip(stem).map(|(name, stem)| !name.is_empty() && name != stem).into()));
}

/// A file of authsome's own repository.
fn is_in_package(around: Surroundings<'_>) -> bool {
    let folder = std::path::Path::new(around.file).parent().and_then(|folder| folder.file_name());
    around.source == Source::File && folder.map_or(around.in_package, |folder| folder == PACKAGE_FOLDER)
}

/// Where requests will go: `{base_url}` filled in, what is no URL left out.
fn endpoints(document: &Document, in_use: Option<&ProviderDefinition>) -> Record {
    let own;
    let used = match in_use {
        Some(used) => used,
        None => {
            own = ProviderDefinition::of(document).resolved(None);
            &own
        }
    };
    let is_url = |text: &&str| Url::parse(text).is_ok_and(|url| url.has_host());
    used.endpoints().into_iter().map(|(name, url)| (name, Entry::from(url.filter(is_url)))).collect()
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
