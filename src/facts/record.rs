//! Named facts that belong together.

use super::Entry;
use std::borrow::Cow;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::atomic::{AtomicU16, AtomicUsize};

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

    /// The same, looked for first where it stood in a record of the same kind.
    #[expect(clippy::inline_always, reason = "what every test of every rule passes, in a program that is built small")]
    #[inline(always)]
    pub fn get_near(&self, name: &str, near: &Near) -> Option<&Entry> {
        let guess = usize::from(near.at.load(Relaxed));
        if let Some((there, entry)) = self.0.get(guess) {
            if near.knows(there, name) {
                return Some(entry);
            }
            if there == name {
                near.learn(guess, there);
                return Some(entry);
            }
        }
        let at = self.0.iter().position(|(other, _)| other == name)?;
        near.learn(at, &self.0[at].0);
        Some(&self.0[at].1)
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

    /// As they came.
    pub fn entries(&self) -> impl Iterator<Item = (&str, &Entry)> {
        self.0.iter().map(|(name, entry)| (&**name, entry))
    }

    /// In the order of the names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Entry)> {
        let mut fields: Vec<(&str, &Entry)> = self.entries().collect();
        fields.sort_unstable_by_key(|(name, _)| *name);
        fields.into_iter()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Where one field stood the last time: records of one kind are made alike. A guess, which says nothing of the fact.
#[derive(Debug, Default)]
pub struct Near {
    at: AtomicU16,
    /// The address of its name there, which this program holds for ever: what stands there was compared once.
    name: AtomicUsize,
}

impl Near {
    #[inline]
    fn knows(&self, there: &Name, name: &str) -> bool {
        let Cow::Borrowed(there) = there else { return false };
        there.len() == name.len() && there.as_ptr().addr() == self.name.load(Relaxed)
    }

    fn learn(&self, at: usize, name: &Name) {
        if let Ok(at) = u16::try_from(at) {
            self.at.store(at, Relaxed);
        }
        if let Cow::Borrowed(name) = name {
            self.name.store(name.as_ptr().addr(), Relaxed);
        }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Fact;

    #[test]
    fn a_field_is_found_wherever_it_stands_and_whoever_holds_its_name() {
        let near = Near::default();
        let number = |record: &Record, name: &str| {
            let entry = record.get_near(name, &near)?;
            if let Fact::Known(value) = &entry.fact { value.as_number() } else { None }
        };
        let one = Record::new().with("a", 1).with("name", 2);
        let other = Record::new().with("name", 3).with("b", 4);
        let owned = Record::new().with("b".to_owned(), 5).with("name".to_owned(), 6);
        for _ in 0..2 {
            for (record, expected) in [(&one, Some(2)), (&other, Some(3)), (&owned, Some(6)), (&Record::new(), None)] {
                assert_eq!(number(record, "name"), expected);
            }
        }
        // Another name, as long, where the one that was asked for stood.
        let changed = Record::new().with("a", 1).with("mane", 7);
        assert_eq!((number(&one, "name"), number(&changed, "name")), (Some(2), None));
    }
}
