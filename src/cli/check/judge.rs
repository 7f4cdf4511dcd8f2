//! Judges definitions, side by side: every one is a document of facts of its own. What comes out is in the order of what went
//! in, whoever finished first.

use super::paths::Wanted;
use crate::check::{self, Marks, Settled, Way};
use crate::definition::{self, Found, LookupError, Surroundings, Target};
use crate::diagnosis::{Aside, Diagnosis, Finding, diagnose};
use crate::facts::Facts;
use crate::host::Files;
use crate::rules::Severity;
use crate::rules::compiled::Rule;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::num::NonZero;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// Fewer are judged before a second thread has begun.
const WORTH_A_THREAD: usize = 64;

/// What definitions are judged by.
pub struct Judge<'a> {
    pub rules: Vec<&'a Rule>,
    /// The names that the installed authsome has bundled definitions of.
    pub bundled: Option<BTreeSet<String>>,
    /// The authsome version that they are for.
    pub target: Target,
    /// Which findings count.
    pub way: &'a Way<'a>,
}

/// One definition, judged.
pub struct Judged {
    /// As places name it.
    pub file: String,
    /// Where a finding has its place in it.
    pub text: Option<String>,
    /// As it stands in the document's list.
    pub entry: Value,
    pub diagnosis: Diagnosis,
    /// What was found in it and does not count.
    pub aside: Aside,
    pub marks: Marks,
    /// Only where it is the only one: of several none is the one that the document is about.
    pub facts: Option<Facts>,
}

impl Judge<'_> {
    /// An error where one of them cannot be read at all.
    pub fn all(&self, files: &dyn Files, wanted: &[Wanted]) -> Result<Vec<Judged>, LookupError> {
        let alone = wanted.len() == 1;
        let judged = side_by_side(wanted, |one| Ok(self.one(&*one.read(files)?, alone)));
        judged.into_iter().collect()
    }

    fn one(&self, found: &Found, alone: bool) -> Judged {
        let settled = self.settle(found);
        finished(found, settled, alone)
    }

    /// The findings of one definition, sorted into those that count and the others.
    pub fn settle(&self, found: &Found) -> Settled {
        self.way.settle(found, self.found_in(found), &|one| self.found_in(one))
    }

    /// Whatever the rules find in it.
    pub fn found_in(&self, found: &Found) -> check::Judged {
        let read = found.read();
        let around = Surroundings {
            source: found.source,
            file: &found.file,
            bundled: self.bundled.as_ref(),
            target: self.target,
            in_use: None,
        };
        let facts = definition::facts(read.as_ref().map_err(|broken| &**broken), around);
        let diagnosis = diagnose(self.rules.iter().copied(), &facts);
        check::Judged { facts, diagnosis }
    }
}

/// What the answer needs of a definition.
pub fn finished(found: &Found, settled: Settled, alone: bool) -> Judged {
    let Settled { facts, mut diagnosis, aside, marks } = settled;
    diagnosis.findings.sort_by_key(|finding| finding.place.as_ref().map(|place| (place.line, place.column)));
    let entry = entry(found, &facts, &diagnosis.findings);
    let text = diagnosis.findings.iter().any(|finding| finding.place.is_some()).then(|| found.text());
    Judged { file: found.file.clone(), text, entry, diagnosis, aside, marks, facts: alone.then_some(facts) }
}

/// The answers in the order of the items; as many threads as there are processors, where it is worth it.
fn side_by_side<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let threads = thread::available_parallelism().map_or(1, NonZero::get).min(items.len() / WORTH_A_THREAD);
    if threads < 2 {
        return items.iter().map(work).collect();
    }
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::new());
    let take = || {
        loop {
            let begin = next.fetch_add(WORTH_A_THREAD, Ordering::Relaxed);
            let Some(rest) = items.get(begin..).filter(|rest| !rest.is_empty()) else { break };
            let answers: Vec<R> = rest.iter().take(WORTH_A_THREAD).map(&work).collect();
            done.lock().expect("no thread panics while it holds this").push((begin, answers));
        }
    };
    thread::scope(|scope| {
        let others: Vec<_> = (1..threads).map(|_| scope.spawn(take)).collect();
        take();
        for other in others {
            if let Err(panic) = other.join() {
                std::panic::resume_unwind(panic);
            }
        }
    });
    let mut done = done.into_inner().expect("no thread panics while it holds this");
    done.sort_by_key(|(begin, _)| *begin);
    done.into_iter().flat_map(|(_, answers)| answers).collect()
}

/// One definition in the document's list.
fn entry(found: &Found, facts: &Facts, findings: &[Finding]) -> Value {
    let count = |severity| findings.iter().filter(|finding| finding.severity == severity).count();
    let mut entry = json!({
        "file": found.file,
        "source": found.source.word(),
        "errors": count(Severity::Error),
        "warnings": count(Severity::Warning),
    });
    if let Some(name) = facts.text("definition.name") {
        entry["name"] = name.into();
    }
    entry
}

/// Errors first, then warnings, then notes; within these by definition, and in it by place.
pub fn together(all: impl IntoIterator<Item = Diagnosis>) -> Diagnosis {
    let mut sum = Diagnosis { findings: Vec::new(), inconclusive: Vec::new(), checks: 0 };
    for one in all {
        sum.findings.extend(one.findings);
        sum.inconclusive.extend(one.inconclusive);
        sum.checks += one.checks;
    }
    sum.findings.sort_by_key(|finding| finding.severity);
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answers_stand_in_the_order_of_the_items() {
        let items: Vec<usize> = (0..1000).collect();
        let answers = side_by_side(&items, |item| {
            thread::sleep(std::time::Duration::from_micros(if item % 100 == 0 { 500 } else { 0 }));
            item * 2
        });
        assert_eq!(answers, items.iter().map(|item| item * 2).collect::<Vec<_>>());
        assert_eq!(side_by_side(&items[..3], |item| *item), [0, 1, 2]);
    }
}
