//! Named facts that belong together.

use super::Entry;
use std::borrow::Cow;

/// Field names are nearly always words of this program.
pub type Name = Cow<'static, str>;

/// In the order of the names. A record has few fields and is made often, so they stand in one piece of memory.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Record(Vec<(Name, Entry)>);

impl Record {
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a field; the registry is asked when the record is put into the document.
    #[must_use]
    pub fn with(mut self, name: impl Into<Name>, fact: impl Into<Entry>) -> Self {
        self.put(name, fact);
        self
    }

    pub fn put(&mut self, name: impl Into<Name>, fact: impl Into<Entry>) {
        let (name, entry) = (name.into(), fact.into());
        match self.find(&name) {
            Ok(at) => self.0[at].1 = entry,
            Err(at) => self.0.insert(at, (name, entry)),
        }
    }

    pub fn get(&self, name: &str) -> Option<&Entry> {
        self.find(name).ok().map(|at| &self.0[at].1)
    }

    pub fn get_mut(&mut self, name: &str) -> Option<&mut Entry> {
        self.find(name).ok().map(|at| &mut self.0[at].1)
    }

    pub fn remove(&mut self, name: &str) -> Option<Entry> {
        self.find(name).ok().map(|at| self.0.remove(at).1)
    }

    pub fn retain(&mut self, keep: impl Fn(&str, &Entry) -> bool) {
        self.0.retain(|(name, entry)| keep(name, entry));
    }

    pub fn iter(&self) -> impl Iterator<Item = (&str, &Entry)> {
        self.0.iter().map(|(name, entry)| (&**name, entry))
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn find(&self, name: &str) -> Result<usize, usize> {
        self.0.binary_search_by(|(other, _)| (**other).cmp(name))
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
