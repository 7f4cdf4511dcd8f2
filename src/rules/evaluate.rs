//! Judging a condition: three values (Kleene), plus "not asked", with the facts that decided.

use super::compiled::{Argument, Base, Condition, FactRef, Literal, Op, Test};
use super::operators::{absent, holds, known, plain, to_value};
use super::patterns;
use crate::facts::{Entry, Fact, Facts, Looked, Path, Record, Step, Value};
use crate::phrases::Runs;

/// What a condition is over the facts of this run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Truth {
    True,
    False,
    /// A fact that it needs could not be had: why.
    Unknown(String),
    /// A fact that it needs was not asked for: the rule takes no part.
    NotAsked,
}

/// The facts as seen from one point of a rule. Cheap to make: one for each item of each rule.
#[derive(Clone, Copy)]
pub struct View<'a> {
    pub facts: &'a Facts,
    /// The item of `for_each`.
    each: Option<Item<'a>>,
    /// The item of the innermost `any_item`.
    item: Option<Item<'a>>,
    /// What may stand in `error.text`, where that is long.
    said: Option<&'a Runs>,
    heads: Option<&'a Heads>,
}

/// Which names may stand second in the facts of a document: most of those that do not are known by it without a search.
pub struct Heads([u64; 8]);

impl Heads {
    pub fn of(facts: &Facts) -> Self {
        let mut heads = Self([0; 8]);
        let records = facts.root.entries().filter_map(|(_, entry)| match &entry.fact {
            Fact::Known(Value::Record(record)) => Some(record),
            _ => None,
        });
        for (name, _) in records.flat_map(Record::entries) {
            let (word, bit) = Self::place(name);
            heads.0[word] |= bit;
        }
        heads
    }

    fn may_hold(&self, name: &str) -> bool {
        let (word, bit) = Self::place(name);
        self.0[word] & bit != 0
    }

    /// Its length, its first and its last letter say enough.
    fn place(name: &str) -> (usize, u64) {
        let bytes = name.as_bytes();
        let letter = |byte: Option<&u8>| usize::from(byte.copied().unwrap_or(0));
        let sum = letter(bytes.first()) * 31 + letter(bytes.last()) * 7 + bytes.len() * 57;
        (sum / 64 % 8, 1 << (sum % 64))
    }
}

/// An item of a list, and how its address is found out if anybody asks.
#[derive(Clone, Copy)]
struct Item<'a> {
    entry: &'a Entry,
    list: &'a FactRef,
    index: usize,
    /// From where the list was seen.
    from: &'a View<'a>,
}

impl<'a> View<'a> {
    pub fn new(facts: &'a Facts, said: Option<&'a Runs>) -> Self {
        Self { facts, each: None, item: None, said, heads: None }
    }

    /// For a document that many rules look at.
    #[must_use]
    pub fn knowing(self, heads: &'a Heads) -> Self {
        Self { heads: Some(heads), ..self }
    }

    /// Seen from an item of a rule's `for_each`.
    #[must_use]
    pub fn at_each(&'a self, list: &'a FactRef, index: usize, entry: &'a Entry) -> View<'a> {
        View { each: Some(Item { entry, list, index, from: self }), ..*self }
    }

    fn at_item(&'a self, list: &'a FactRef, index: usize, entry: &'a Entry) -> View<'a> {
        View { item: Some(Item { entry, list, index, from: self }), ..*self }
    }

    /// For a text that is long enough to be worth it.
    pub fn runs(facts: &Facts) -> Option<Runs> {
        const LONG: usize = 2000;
        facts.text("error.text").filter(|text| text.len() > LONG).map(Runs::of)
    }

    /// May this fact hold the phrase?
    fn may_hold(&self, fact: &FactRef, phrase: &str) -> bool {
        self.said.filter(|_| fact.spec == "error.text").is_none_or(|runs| runs.may_hold(phrase))
    }

    /// The entry that a name stands for, or what stands in its way.
    pub fn find(&self, fact: &FactRef) -> Result<&'a Entry, Looked<'a>> {
        let (mut entry, begin) = match fact.base {
            Base::Root => (fact.field_in(0, &self.facts.root).ok_or(Looked::NotAsked)?, 1),
            Base::Each => (self.each.ok_or(Looked::NotAsked)?.entry, 0),
            Base::Item => (self.item.ok_or(Looked::NotAsked)?.entry, 0),
        };
        for number in begin..fact.fields.len() {
            entry = match &entry.fact {
                Fact::Known(Value::Record(record)) => {
                    let heads = self.heads.filter(|_| number == 1 && fact.base == Base::Root);
                    if heads.is_some_and(|heads| !heads.may_hold(&fact.fields[1])) {
                        return Err(Looked::NotAsked);
                    }
                    fact.field_in(number, record).ok_or(Looked::NotAsked)?
                }
                Fact::Known(_) => return Err(Looked::NotAsked),
                Fact::Absent => return Err(Looked::Absent),
                Fact::Unknown(reason) => return Err(Looked::Unknown(reason)),
            };
        }
        Ok(entry)
    }

    pub fn look(&self, fact: &FactRef) -> Looked<'a> {
        match self.find(fact) {
            Ok(entry) => match &entry.fact {
                Fact::Known(value) => Looked::Known(value),
                Fact::Absent => Looked::Absent,
                Fact::Unknown(reason) => Looked::Unknown(reason),
            },
            Err(looked) => looked,
        }
    }

    /// The fact's address in the document, with indexes.
    pub fn path(&self, fact: &FactRef) -> Path {
        let item = match fact.base {
            Base::Root => None,
            Base::Each => self.each,
            Base::Item => self.item,
        };
        let mut path = item.map(|item| item.from.path(item.list).item(item.index)).unwrap_or_default();
        path.0.extend(fact.fields.iter().cloned().map(Step::Field));
        path
    }
}

/// A test of one field, an item's own or the document's, by which most fall: asked first, it saves the rest.
pub struct Bar<'r> {
    fact: &'r FactRef,
    /// The truth that the field must have; none: any value will do.
    wanted: Option<bool>,
}

/// That of a condition whose entries must all hold.
pub fn bar(condition: &Condition, base: Base) -> Option<Bar<'_>> {
    let Condition::All(all) = condition else { return bar_of(condition, base) };
    let bars = || all.iter().filter_map(|one| bar_of(one, base));
    bars().find(|bar| bar.wanted.is_some()).or_else(|| bars().next())
}

fn bar_of(condition: &Condition, base: Base) -> Option<Bar<'_>> {
    let Condition::Test(Test { fact, op, argument: Argument::Values(values) }) = condition else { return None };
    if fact.base != base || base == Base::Each && fact.fields.len() != 1 {
        return None;
    }
    match (op, &values[..]) {
        (Op::Is, [Literal::Truth(wanted)]) => Some(Bar { fact, wanted: Some(*wanted) }),
        (Op::Exists, [Literal::Truth(true)]) => Some(Bar { fact, wanted: None }),
        _ => None,
    }
}

impl Bar<'_> {
    /// The condition cannot hold for this item.
    pub fn is_down(&self, item: &Entry) -> bool {
        let Fact::Known(Value::Record(record)) = &item.fact else { return false };
        let Some(entry) = self.fact.field_in(0, record) else { return false };
        match (&entry.fact, self.wanted) {
            (Fact::Absent, _) => true,
            (Fact::Known(Value::Truth(truth)), Some(wanted)) => *truth != wanted,
            _ => false,
        }
    }

    /// The same of a field of the document.
    pub fn is_down_in(&self, view: &View) -> bool {
        match (view.look(self.fact), self.wanted) {
            (Looked::Absent, _) => true,
            (Looked::Known(Value::Truth(truth)), Some(wanted)) => *truth != wanted,
            _ => false,
        }
    }
}

/// Judges a condition.
pub fn judge(condition: &Condition, view: &View) -> Truth {
    judge_noting(condition, view, &mut Seen(None))
}

/// The addresses of the facts that decide the condition, in the order in which they are tested.
pub fn tested(condition: &Condition, view: &View) -> Vec<Path> {
    let mut seen = Seen(Some(Vec::new()));
    judge_noting(condition, view, &mut seen);
    seen.0.unwrap_or_default()
}

/// What was tested, where somebody wants to know.
struct Seen(Option<Vec<Path>>);

impl Seen {
    fn note(&mut self, fact: &FactRef, view: &View) {
        if let Some(paths) = &mut self.0 {
            paths.push(view.path(fact));
        }
    }

    fn forget_from(&mut self, length: Option<usize>) {
        if let Some((paths, length)) = self.0.as_mut().zip(length) {
            paths.truncate(length);
        }
    }
}

fn judge_noting(condition: &Condition, view: &View, seen: &mut Seen) -> Truth {
    match condition {
        Condition::All(all) => {
            let mut result = Truth::True;
            for inner in all {
                match judge_noting(inner, view, seen) {
                    Truth::False => return Truth::False,
                    other => result = worse(result, other),
                }
            }
            result
        }
        Condition::Any(any) => {
            let mut result = Truth::False;
            for inner in any {
                match judge_noting(inner, view, seen) {
                    Truth::True => return Truth::True,
                    Truth::False => {}
                    other => result = if result == Truth::False { other } else { worse(result, other) },
                }
            }
            result
        }
        Condition::Not(inner) => match judge_noting(inner, view, seen) {
            Truth::True => Truth::False,
            Truth::False => Truth::True,
            other => other,
        },
        Condition::AnyItem { list, inner } => any_item(list, inner, view, seen),
        Condition::NoItem { list, inner } => match any_item(list, inner, view, seen) {
            Truth::True => Truth::False,
            Truth::False => Truth::True,
            other => other,
        },
        Condition::Test(test) => judge_test(test, view, seen),
    }
}

/// Not asked weighs more than unknown, unknown more than true.
fn worse(a: Truth, b: Truth) -> Truth {
    match (a, b) {
        (Truth::NotAsked, _) | (_, Truth::NotAsked) => Truth::NotAsked,
        (Truth::Unknown(why), _) | (_, Truth::Unknown(why)) => Truth::Unknown(why),
        (_, b) => b,
    }
}

fn any_item(list: &FactRef, inner: &Condition, view: &View, seen: &mut Seen) -> Truth {
    let items = match view.look(list) {
        Looked::Known(Value::List(items)) => items,
        Looked::Known(_) | Looked::NotAsked => return Truth::NotAsked,
        Looked::Absent => return Truth::False,
        Looked::Unknown(why) => return Truth::Unknown(format!("{}: {why}", view.path(list))),
    };
    let mut result = Truth::False;
    for (index, entry) in items.iter().enumerate() {
        let view = view.at_item(list, index, entry);
        let before = seen.0.as_ref().map(Vec::len);
        match judge_noting(inner, &view, seen) {
            Truth::True => return Truth::True,
            // What an item was tested for counts only where the item decided.
            Truth::False => seen.forget_from(before),
            other => {
                seen.forget_from(before);
                result = if result == Truth::False { other } else { worse(result, other) };
            }
        }
    }
    result
}

fn judge_test(test: &Test, view: &View, seen: &mut Seen) -> Truth {
    let looked = view.look(&test.fact);
    let value = match looked {
        Looked::NotAsked => return Truth::NotAsked,
        Looked::Unknown(why) => return Truth::Unknown(format!("{}: {why}", view.path(&test.fact))),
        Looked::Absent => None,
        Looked::Known(value) => Some(value),
    };
    seen.note(&test.fact, view);
    // Most tests are of this kind, over a long text with many phrases: nothing is copied for them.
    if let (Op::Contains | Op::Matches, Argument::Values(phrases), Some(Value::Text(text))) =
        (test.op, &test.argument, value)
    {
        let holds = |phrase: &str| view.may_hold(&test.fact, phrase) && text.contains(phrase);
        let holds = match test.op {
            Op::Contains => phrases.iter().filter_map(Literal::as_text).any(holds),
            _ => phrases.iter().filter_map(Literal::as_pattern).any(|pattern| patterns::found(pattern, text, &holds)),
        };
        return if holds { Truth::True } else { Truth::False };
    }
    if let (Op::Is | Op::IsNot | Op::OneOf | Op::Exists | Op::Empty, Argument::Values(values)) =
        (test.op, &test.argument)
    {
        return if plain(test.op, value, values) { Truth::True } else { Truth::False };
    }
    let arguments: Vec<Value> = match &test.argument {
        Argument::Values(values) => values.iter().map(to_value).collect(),
        Argument::Fact(other) => match view.look(other) {
            Looked::NotAsked => return Truth::NotAsked,
            Looked::Unknown(why) => return Truth::Unknown(format!("{}: {why}", view.path(other))),
            Looked::Absent => {
                return if test.op == Op::IsNot && value.is_some() { Truth::True } else { Truth::False };
            }
            Looked::Known(Value::List(items)) if test.op != Op::Is && test.op != Op::IsNot => {
                seen.note(other, view);
                items.iter().filter_map(known).cloned().collect()
            }
            Looked::Known(value) => {
                seen.note(other, view);
                vec![value.clone()]
            }
        },
    };
    let holds = match value {
        None => absent(test.op, &arguments),
        Some(value) => holds(test.op, value, &arguments, view.facts),
    };
    if holds { Truth::True } else { Truth::False }
}

/// The phrases of the first list of a condition that the text holds: what a rule of last resort stands on.
pub fn first_words<'r>(condition: &'r Condition, view: &View) -> Vec<&'r str> {
    match condition {
        Condition::All(all) => {
            all.iter().map(|one| first_words(one, view)).find(|words| !words.is_empty()).unwrap_or_default()
        }
        Condition::Test(Test { fact, op: Op::Contains, argument: Argument::Values(phrases) }) => {
            let Looked::Known(Value::Text(text)) = view.look(fact) else { return Vec::new() };
            phrases.iter().filter_map(Literal::as_text).filter(|phrase| text.contains(phrase)).collect()
        }
        _ => Vec::new(),
    }
}
