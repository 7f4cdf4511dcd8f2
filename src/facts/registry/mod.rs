//! The registry: every fact by name, with type, unit, probe, sensitivity and meaning. One file a section.
//!
//! A name is a path; `[]` stands for "each item": `port.listeners[].owner.pid`.

mod authsome;
mod browser;
mod callback;
mod daemon;
mod definition;
mod error;
mod home;
mod login;
mod machine;
mod network;
mod port;
mod provider;
mod proxy;

use super::{Entry, Fact, Value};

/// The type of a fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Text,
    Number,
    Truth,
    /// RFC 3339, UTC.
    Time,
    /// Milliseconds.
    Duration,
    Url,
    /// A list of texts.
    Texts,
    /// A list of numbers.
    Numbers,
    /// A list of records; its fields are registered as `name[].field`.
    Records,
    /// A record; its fields are registered as `name.field`.
    Record,
}

impl Kind {
    /// As `rules facts` lists it.
    pub fn word(self) -> &'static str {
        match self {
            Kind::Text => "text",
            Kind::Number => "number",
            Kind::Truth => "truth value",
            Kind::Time => "time",
            Kind::Duration => "duration",
            Kind::Url => "URL",
            Kind::Texts => "list of texts",
            Kind::Numbers => "list of numbers",
            Kind::Records => "list of records",
            Kind::Record => "record",
        }
    }

    /// As it stands in "must be …".
    pub fn in_words(self) -> &'static str {
        match self {
            Kind::Text => "a text",
            Kind::Number => "a whole number",
            Kind::Truth => "true or false",
            Kind::Time => "a time in RFC 3339",
            Kind::Duration => "a whole number of milliseconds",
            Kind::Url => "a URL, as text",
            Kind::Texts => "a list of texts",
            Kind::Numbers => "a list of whole numbers",
            Kind::Records => "a list of records",
            Kind::Record => "a record",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sensitivity {
    Public,
    /// Names a person or their machine: a path, a user, a command line. Kept in reports, home folder shortened.
    Personal,
    /// Never leaves: redacted everywhere, unreadable by rules from outside.
    Secret,
}

impl Sensitivity {
    pub fn word(self) -> &'static str {
        match self {
            Sensitivity::Public => "public",
            Sensitivity::Personal => "personal",
            Sensitivity::Secret => "secret",
        }
    }
}

#[derive(Clone, Debug)]
pub struct Spec {
    pub name: &'static str,
    pub kind: Kind,
    pub unit: &'static str,
    pub sensitivity: Sensitivity,
    /// Has a value (or is unknown) whenever its section was asked: a text may name it without `or`.
    pub always: bool,
    /// The values that it can have, where they are a closed set.
    pub one_of: &'static [&'static str],
    /// It follows from the version of authsome: what is known of that version decides it.
    pub by_version: bool,
    pub meaning: &'static str,
}

impl Spec {
    /// The section, which is also the name of the probe that fills it.
    pub fn probe(&self) -> &'static str {
        self.name.split(['.', '[']).next().unwrap_or(self.name)
    }

    const fn personal(mut self) -> Self {
        self.sensitivity = Sensitivity::Personal;
        self
    }

    #[expect(dead_code, reason = "no fact is secret so far: none is read into a document")]
    const fn secret(mut self) -> Self {
        self.sensitivity = Sensitivity::Secret;
        self
    }

    const fn always(mut self) -> Self {
        self.always = true;
        self
    }

    const fn by_version(mut self) -> Self {
        self.by_version = true;
        self
    }

    const fn unit(mut self, unit: &'static str) -> Self {
        self.unit = unit;
        self
    }

    const fn one_of(mut self, values: &'static [&'static str]) -> Self {
        self.one_of = values;
        self
    }
}

const fn spec(name: &'static str, kind: Kind, meaning: &'static str) -> Spec {
    Spec {
        name,
        kind,
        unit: "",
        sensitivity: Sensitivity::Public,
        always: false,
        one_of: &[],
        by_version: false,
        meaning,
    }
}

/// The sections in the order in which they are shown.
const SECTIONS: &[&[Spec]] = &[
    machine::SPECS,
    authsome::SPECS,
    home::SPECS,
    port::SPECS,
    daemon::SPECS,
    callback::SPECS,
    proxy::SPECS,
    browser::SPECS,
    provider::SPECS,
    definition::SPECS,
    network::SPECS,
    error::SPECS,
    login::SPECS,
];

/// Every fact there is.
pub fn all() -> impl Iterator<Item = &'static Spec> {
    SECTIONS.iter().copied().flatten()
}

pub fn find(name: &str) -> Option<&'static Spec> {
    let section = name.split(['.', '[']).next()?;
    SECTIONS
        .iter()
        .filter(|specs| specs.first().is_some_and(|s| s.probe() == section))
        .copied()
        .flatten()
        .find(|spec| spec.name == name)
}

/// The registered name nearest to a wrong one.
pub fn nearest(name: &str) -> Option<&'static str> {
    nearest_among(all().map(|spec| spec.name), name)
}

/// The section nearest to a wrong one.
pub fn nearest_section(name: &str) -> Option<&'static str> {
    nearest_among(all().map(Spec::probe), name)
}

fn nearest_among(names: impl Iterator<Item = &'static str>, wrong: &str) -> Option<&'static str> {
    names
        .map(|name| (strsim::jaro_winkler(name, wrong), name))
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .filter(|(likeness, _)| *likeness > 0.8)
        .map(|(_, near)| near)
}

/// What is wrong with `entry` as the fact `name`; empty when nothing is.
pub fn mistakes(name: &str, entry: &Entry) -> Vec<String> {
    let mut found = Vec::new();
    check(name, entry, &mut found);
    found
}

fn check(name: &str, entry: &Entry, found: &mut Vec<String>) {
    let Fact::Known(value) = &entry.fact else {
        if !known_prefix(name) {
            found.push(format!("there is no fact {name}"));
        }
        return;
    };
    if let Value::Record(record) = value {
        if !known_prefix(&format!("{name}.")) {
            found.push(format!("{name} is not a record"));
        }
        for (field, inner) in record.iter() {
            check(&format!("{name}.{field}"), inner, found);
        }
        return;
    }
    let Some(spec) = find(name) else {
        found.push(format!("there is no fact {name}"));
        return;
    };
    let fits = match (spec.kind, value) {
        (Kind::Text | Kind::Url, Value::Text(_))
        | (Kind::Number | Kind::Duration, Value::Number(_))
        | (Kind::Truth, Value::Truth(_))
        | (Kind::Time, Value::Time(_)) => true,
        (Kind::Texts, Value::List(list)) => list.iter().all(|item| matches!(item.fact, Fact::Known(Value::Text(_)))),
        (Kind::Numbers, Value::List(list)) => {
            list.iter().all(|item| matches!(item.fact, Fact::Known(Value::Number(_))))
        }
        (Kind::Records, Value::List(list)) => {
            for item in list {
                check(&format!("{name}[]"), item, found);
            }
            true
        }
        _ => false,
    };
    if !fits {
        found.push(format!("{name} must be {}", spec.kind.in_words()));
    }
    if let (Value::Text(text), false) = (value, spec.one_of.is_empty())
        && !spec.one_of.contains(&text.as_str())
    {
        found.push(format!("{name} cannot be {text:?}"));
    }
}

/// Is this a fact, a record or a section that holds facts?
pub fn known_prefix(name: &str) -> bool {
    all().any(|spec| {
        spec.name == name
            || spec.name.strip_prefix(name).is_some_and(|rest| name.ends_with('.') || rest.starts_with(['.', '[']))
    })
}
