//! What a fact can be.

use super::{Place, Record};

/// The state of one fact that was asked for. A fact that was not asked for is not in the document.
#[derive(Clone, Debug, PartialEq)]
pub enum Fact {
    /// Looked, and this is it.
    Known(Value),
    /// Looked, and it is not there.
    Absent,
    /// Tried, and failed: the reason, as a phrase that fits after "because".
    Unknown(String),
}

/// A fact and, where it was read from a file, its place there.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    pub fact: Fact,
    pub place: Option<Place>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Also URLs.
    Text(String),
    /// Also durations, in milliseconds.
    Number(i64),
    Truth(bool),
    Time(jiff::Timestamp),
    List(Vec<Entry>),
    Record(Record),
}

/// "Could not tell", with its reason.
pub fn unknown(reason: impl Into<String>) -> Fact {
    Fact::Unknown(reason.into())
}

impl Fact {
    /// This fact as read at `place`.
    pub fn at(self, place: Place) -> Entry {
        Entry { fact: self, place: Some(place) }
    }
}

impl From<Fact> for Entry {
    fn from(fact: Fact) -> Self {
        Self { fact, place: None }
    }
}

macro_rules! into_value {
    ($($from:ty => |$it:ident| $value:expr;)*) => {$(
        impl From<$from> for Value { fn from($it: $from) -> Self { $value } }
        impl From<$from> for Fact { fn from(it: $from) -> Self { Fact::Known(Value::from(it)) } }
        impl From<$from> for Entry { fn from(it: $from) -> Self { Fact::from(it).into() } }
    )*};
}

into_value! {
    &str => |it| Value::Text(it.to_owned());
    String => |it| Value::Text(it);
    bool => |it| Value::Truth(it);
    i64 => |it| Value::Number(it);
    i32 => |it| Value::Number(it.into());
    u32 => |it| Value::Number(it.into());
    u16 => |it| Value::Number(it.into());
    jiff::Timestamp => |it| Value::Time(it);
    Record => |it| Value::Record(it);
    Vec<Record> => |it| Value::List(it.into_iter().map(Entry::from).collect());
    Vec<String> => |it| Value::List(it.into_iter().map(Entry::from).collect());
    Vec<Entry> => |it| Value::List(it);
}

impl From<Value> for Fact {
    fn from(it: Value) -> Self {
        Fact::Known(it)
    }
}

impl<T: Into<Fact>> From<Option<T>> for Fact {
    /// None is "looked, not there".
    fn from(it: Option<T>) -> Self {
        it.map_or(Fact::Absent, Into::into)
    }
}

impl<T: Into<Fact>> From<Option<T>> for Entry {
    fn from(it: Option<T>) -> Self {
        Fact::from(it).into()
    }
}

impl<T: Into<Fact>> From<Result<T, String>> for Fact {
    /// An error is "could not tell", with its reason.
    fn from(it: Result<T, String>) -> Self {
        it.map_or_else(Fact::Unknown, Into::into)
    }
}

impl<T: Into<Fact>> From<Result<T, String>> for Entry {
    fn from(it: Result<T, String>) -> Self {
        Fact::from(it).into()
    }
}

impl Value {
    pub fn as_text(&self) -> Option<&str> {
        if let Value::Text(text) = self { Some(text) } else { None }
    }

    pub fn as_number(&self) -> Option<i64> {
        if let Value::Number(number) = self { Some(*number) } else { None }
    }

    pub fn as_truth(&self) -> Option<bool> {
        if let Value::Truth(truth) = self { Some(*truth) } else { None }
    }

    pub fn as_list(&self) -> Option<&[Entry]> {
        if let Value::List(list) = self { Some(list) } else { None }
    }

    pub fn as_record(&self) -> Option<&Record> {
        if let Value::Record(record) = self { Some(record) } else { None }
    }
}
