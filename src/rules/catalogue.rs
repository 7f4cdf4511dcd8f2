//! The rules of this run: the built-in ones and the user's own.

use super::causes::Cause;
use super::compiled::Rule;
use super::index::Index;
use super::packed::{self, Contents};
use super::problem::Problem;
use super::rule::{self, Written};
use super::set;
use crate::facts::Facts;
use std::collections::BTreeSet;
use std::sync::OnceLock;

static BUILT_IN: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/rules.bin"));

struct BuiltIn {
    contents: Contents,
    packed: &'static [u8],
    /// A place for each rule that was unpacked.
    rules: Vec<OnceLock<Rule>>,
}

impl BuiltIn {
    fn rule(&'static self, number: usize) -> &'static Rule {
        self.rules[number].get_or_init(|| packed::unpack(&self.contents, self.packed, number))
    }
}

fn built_in() -> &'static BuiltIn {
    static OPENED: OnceLock<BuiltIn> = OnceLock::new();
    OPENED.get_or_init(|| {
        let (contents, packed) = packed::open(BUILT_IN);
        let rules = contents.heads.iter().map(|_| OnceLock::new()).collect();
        BuiltIn { contents, packed, rules }
    })
}

/// Every cause label, in the order of the documentation.
pub fn causes() -> &'static [Cause] {
    &built_in().contents.causes
}

pub fn labels() -> Vec<String> {
    causes().iter().map(|cause| cause.label.clone()).collect()
}

/// The built-in rules alone, in the order of their files.
pub fn built_in_rules() -> impl Iterator<Item = &'static Rule> + Clone {
    (0..built_in().rules.len()).map(|number| built_in().rule(number))
}

/// The built-in rules, where they are wanted, and the user's own after them.
#[derive(Debug, Default)]
pub struct Rules {
    built_in: bool,
    own: Vec<Rule>,
    own_index: Index,
}

impl Rules {
    /// The built-in rules alone.
    pub fn built_in() -> Self {
        Self { built_in: true, ..Self::default() }
    }

    /// The built-in rules and those of the given files (name and text). A mistake in any file refuses them all: an author's
    /// mistake never reads as "nothing found".
    pub fn with_files(files: &[(String, String)]) -> Result<Self, Vec<Problem>> {
        let (written, problems) = read_outside(files);
        if !problems.is_empty() {
            return Err(problems);
        }
        let own: Vec<Rule> = written.into_iter().map(|one| one.rule).collect();
        Ok(Self { built_in: true, own_index: Index::new(&own), own })
    }

    /// Every rule.
    pub fn iter(&self) -> impl Iterator<Item = &Rule> + Clone {
        self.numbers().map(|number| built_in().rule(number)).chain(&self.own)
    }

    /// Those that can take part over these facts.
    pub fn over(&self, facts: &Facts) -> impl Iterator<Item = &Rule> {
        let built_in_ones = if self.built_in { built_in().contents.index.candidates(facts) } else { Vec::new() };
        let own = self.own_index.candidates(facts).into_iter().map(|number| &self.own[number]);
        built_in_ones.into_iter().map(|number| built_in().rule(number)).chain(own)
    }

    /// Those that test the facts of this section and of no other.
    pub fn of_section(&self, section: &str) -> impl Iterator<Item = &Rule> {
        let only = self.built_in.then(|| built_in().contents.index.only(section)).into_iter().flatten();
        let own = self.own.iter().filter(move |rule| rule.sections.iter().eq([section]));
        only.map(|number| built_in().rule(number)).chain(own)
    }

    pub fn find(&self, id: &str) -> Option<&Rule> {
        let number = self.numbers().find(|number| built_in().contents.heads[*number].id == id);
        number.map(|number| built_in().rule(number)).or_else(|| self.own.iter().find(|rule| rule.id == id))
    }

    pub fn of_cause(&self, label: &str) -> Vec<&Rule> {
        let contents = &built_in().contents;
        let of_it = move |number: &usize| contents.cause_of(&contents.heads[*number]) == label;
        let own = self.own.iter().filter(|rule| rule.cause == label);
        self.numbers().filter(of_it).map(|number| built_in().rule(number)).chain(own).collect()
    }

    pub fn ids(&self) -> impl Iterator<Item = &str> {
        let built_in_ones = self.numbers().map(|number| built_in().contents.heads[number].id.as_str());
        built_in_ones.chain(self.own.iter().map(|rule| rule.id.as_str()))
    }

    /// The sections of facts that any of them tests.
    pub fn sections(&self) -> BTreeSet<&str> {
        let built_in_ones = self.built_in.then(|| &built_in().contents.index.sections).into_iter().flatten();
        built_in_ones.chain(&self.own_index.sections).map(String::as_str).collect()
    }

    fn numbers(&self) -> impl Iterator<Item = usize> + Clone + use<> {
        0..if self.built_in { built_in().rules.len() } else { 0 }
    }
}

/// Reads and checks rule files that are not built in.
pub fn read_outside(files: &[(String, String)]) -> (Vec<Written>, Vec<Problem>) {
    let labels = labels();
    let mut all = Vec::new();
    let mut problems = Vec::new();
    for (file, text) in files {
        let (written, wrong) = rule::read_file(text, file, "outside", true, &labels);
        all.extend(written);
        problems.extend(wrong);
    }
    problems.extend(set::check(&all, &built_in().contents.heads.iter().map(|head| head.id.as_str()).collect()));
    (all, problems)
}
