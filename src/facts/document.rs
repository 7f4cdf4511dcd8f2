//! The document: what probes write and rules read.

use super::{Entry, Fact, Path, Record, Step, Value, registry};
use jiff::Timestamp;

/// All facts of one run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Facts {
    pub root: Record,
}

/// What looking up a fact gave.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Looked<'a> {
    Known(&'a Value),
    Absent,
    Unknown(&'a str),
    /// Nobody asked: another command, offline, no provider named.
    NotAsked,
}

impl Facts {
    pub fn new() -> Self {
        Self::default()
    }

    /// Writes one fact, by its name in the registry (`port.number`). A name or a type that the registry does not
    /// know is a mistake in this program: a panic in a debug build, and a test runs every probe in one.
    pub fn set(&mut self, name: &str, fact: impl Into<Entry>) {
        let entry = fact.into();
        if cfg!(debug_assertions) {
            let mistakes = registry::mistakes(name, &entry);
            assert!(mistakes.is_empty(), "facts against the registry: {}", mistakes.join("; "));
        }
        let (sections, last) = name.rsplit_once('.').unwrap_or(("", name));
        let mut record = &mut self.root;
        for field in sections.split('.').filter(|field| !field.is_empty()) {
            if !matches!(record.get(field), Some(Entry { fact: Fact::Known(Value::Record(_)), .. })) {
                record.put(field.to_owned(), Record::new());
            }
            let Some(Entry { fact: Fact::Known(Value::Record(inner)), .. }) = record.get_mut(field) else {
                unreachable!("was just made a record")
            };
            record = inner;
        }
        record.put(last.to_owned(), entry);
    }

    /// Takes over the sections of `other`; a section that both have is merged field by field, `other` winning.
    pub fn merge(&mut self, other: Facts) {
        for (name, entry) in other.root {
            match (self.root.get_mut(&name).map(|e| &mut e.fact), entry) {
                (Some(Fact::Known(Value::Record(mine))), Entry { fact: Fact::Known(Value::Record(theirs)), .. }) => {
                    mine.extend(theirs);
                }
                (_, entry) => {
                    self.root.put(name, entry);
                }
            }
        }
    }

    /// Looks up a fact by its address (`port.listeners[0].address`).
    pub fn get(&self, address: &str) -> Looked<'_> {
        if address.contains('[') {
            return self.look(&Path::parse(address));
        }
        let mut fields = address.split('.');
        let first = fields.next().and_then(|first| self.root.get(first));
        let Some(mut entry) = first else { return Looked::NotAsked };
        for field in fields {
            entry = match look_at(entry) {
                Looked::Known(Value::Record(record)) => match record.get(field) {
                    Some(entry) => entry,
                    None => return Looked::NotAsked,
                },
                Looked::Known(_) => return Looked::NotAsked,
                other => return other,
            };
        }
        look_at(entry)
    }

    pub fn look(&self, path: &Path) -> Looked<'_> {
        self.find(path).map_or_else(|looked| looked, look_at)
    }

    /// The entry itself, with its place; where there is none, what stands in the way.
    pub fn find(&self, path: &Path) -> Result<&Entry, Looked<'_>> {
        let mut steps = path.0.iter();
        let Some(Step::Field(first)) = steps.next() else {
            return Err(Looked::NotAsked);
        };
        let mut entry = self.root.get(first).ok_or(Looked::NotAsked)?;
        for step in steps {
            let value = match &entry.fact {
                Fact::Known(value) => value,
                Fact::Absent => return Err(Looked::Absent),
                Fact::Unknown(reason) => return Err(Looked::Unknown(reason)),
            };
            entry = match (step, value) {
                (Step::Field(name), Value::Record(record)) => record.get(name),
                (Step::Item(index), Value::List(list)) => list.get(*index),
                _ => None,
            }
            .ok_or(Looked::NotAsked)?;
        }
        Ok(entry)
    }

    pub fn text(&self, address: &str) -> Option<&str> {
        if let Looked::Known(value) = self.get(address) { value.as_text() } else { None }
    }

    pub fn number(&self, address: &str) -> Option<i64> {
        if let Looked::Known(value) = self.get(address) { value.as_number() } else { None }
    }

    pub fn time(&self, address: &str) -> Option<Timestamp> {
        if let Looked::Known(Value::Time(at)) = self.get(address) { Some(*at) } else { None }
    }

    pub fn truth(&self, address: &str) -> Option<bool> {
        if let Looked::Known(value) = self.get(address) { value.as_truth() } else { None }
    }

    pub fn list(&self, address: &str) -> Option<&[Entry]> {
        if let Looked::Known(value) = self.get(address) { value.as_list() } else { None }
    }
}

fn look_at(entry: &Entry) -> Looked<'_> {
    match &entry.fact {
        Fact::Known(value) => Looked::Known(value),
        Fact::Absent => Looked::Absent,
        Fact::Unknown(reason) => Looked::Unknown(reason),
    }
}
