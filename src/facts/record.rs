//! Named facts that belong together.

use super::Entry;
use std::borrow::Cow;

/// Field names are nearly always words of this program.
pub type Name = Cow<'static, str>;

/// A record has few fields, is made often and read more often: they stand as they came, in one piece of memory, and are put in
/// the order of their names for whoever wants them all.
#[derive(Clone, Debug, Default)]
pub struct Record(Vec<(Name, Entry)>);

impl Record {
    pub fn new() -> Self {
        Self::default()
    }

    /// With room for so many fields.
    pub fn sized(fields: usize) -> Self {
        Self(Vec::with_capacity(fields))
    }

    /// Adds a field that is not there yet; the registry is asked when the record is put into the document.
    #[must_use]
    pub fn with(mut self, name: impl Into<Name>, fact: impl Into<Entry>) -> Self {
        self.add(name, fact);
        self
    }

    /// The same, in place.
    pub fn add(&mut self, name: impl Into<Name>, fact: impl Into<Entry>) {
        let name = name.into();
        debug_assert!(self.get(&name).is_none(), "{name} is there already");
        self.0.push((name, fact.into()));
    }

    pub fn put(&mut self, name: impl Into<Name>, fact: impl Into<Entry>) {
        let (name, entry) = (name.into(), fact.into());
        match self.get_mut(&name) {
            Some(there) => *there = entry,
            None => self.0.push((name, entry)),
        }
    }

    pub fn get(&self, name: &str) -> Option<&Entry> {
        self.0.iter().find(|(other, _)| other == name).map(|(_, entry)| entry)
    }

    /// The same, with where it stands, looked for first where it stood in a record of the same kind.
    pub fn get_near(&self, name: &str, guess: usize) -> Option<(usize, &Entry)> {
        if let Some((_, entry)) = self.0.get(guess).filter(|(there, _)| there == name) {
            return Some((guess, entry));
        }
        let at = self.0.iter().position(|(other, _)| other == name)?;
        Some((at, &self.0[at].1))
    }

    pub fn get_mut(&mut self, name: &str) -> Option<&mut Entry> {
        self.0.iter_mut().find(|(other, _)| other == name).map(|(_, entry)| entry)
    }

    pub fn remove(&mut self, name: &str) -> Option<Entry> {
        let at = self.0.iter().position(|(other, _)| other == name)?;
        Some(self.0.remove(at).1)
    }

    pub fn retain(&mut self, keep: impl Fn(&str, &Entry) -> bool) {
        self.0.retain(|(name, entry)| keep(name, entry));
    }

    /// In the order of the names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Entry)> {
        let mut fields: Vec<(&str, &Entry)> = self.0.iter().map(|(name, entry)| (&**name, entry)).collect();
        fields.sort_unstable_by_key(|(name, _)| *name);
        fields.into_iter()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl PartialEq for Record {
    fn eq(&self, other: &Self) -> bool {
        self.0.len() == other.0.len() && self.0.iter().all(|(name, entry)| other.get(name) == Some(entry))
    }
}

impl IntoIterator for Record {
    type Item = (Name, Entry);
    type IntoIter = std::vec::IntoIter<(Name, Entry)>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<N: Into<Name>> FromIterator<(N, Entry)> for Record {
    fn from_iter<I: IntoIterator<Item = (N, Entry)>>(fields: I) -> Self {
        let mut record = Self::new();
        record.extend(fields);
        record
    }
}

impl<N: Into<Name>> Extend<(N, Entry)> for Record {
    fn extend<I: IntoIterator<Item = (N, Entry)>>(&mut self, fields: I) {
        for (name, entry) in fields {
            self.put(name, entry);
        }
    }
}
