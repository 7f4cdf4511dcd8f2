//! Judges definitions, side by side: every one is a document of facts of its own. What comes out is in the order of what went
//! in, whoever finished first.

use super::paths::Wanted;
use crate::check::{self, Marks, Settled, Way};
use crate::definition::{self, Broken, Claims, Document, Found, LookupError, Source, Surroundings, Target};
use crate::diagnosis::{Aside, Diagnosis, diagnose};
use crate::facts::Facts;
use crate::host::Files;
use crate::probes::vendor;
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
    /// The endpoints will be asked.
    pub online: bool,
    /// Which findings count.
    pub way: &'a Way<'a>,
}

/// One definition, judged.
pub struct Judged {
    /// As places name it.
    pub file: String,
    /// Where a finding has its place in it.
    pub text: Option<String>,
    source: Source,
    name: Option<String>,
    pub diagnosis: Diagnosis,
    /// What was found in it and does not count.
    pub aside: Aside,
    pub marks: Marks,
    claims: Option<Claims>,
    /// Only where it is the only one: of several none is the one that the document is about.
    pub facts: Option<Facts>,
}

impl Judge<'_> {
    /// An error where one of them cannot be read at all. `seen`: what was seen of each at its endpoints, if anybody looked.
    pub fn all(&self, files: &dyn Files, wanted: &[Wanted], seen: &[Facts]) -> Result<Vec<Judged>, LookupError> {
        let alone = wanted.len() == 1;
        let judged = side_by_side(wanted, |at, one| {
            let found = one.read(files)?;
            let (all, claims) = self.look(&found, seen.get(at));
            let settled = self.way.settle(&found, all, &|one| self.found_in(one));
            Ok(Judged::of(&found, settled, claims, alone))
        });
        let mut judged: Vec<Judged> = judged.into_iter().collect::<Result<_, LookupError>>()?;
        self.shared(&mut judged, files, wanted, seen)?;
        Ok(judged)
    }

    /// The facts of each by itself.
    pub fn facts(&self, files: &dyn Files, wanted: &[Wanted]) -> Result<Vec<Facts>, LookupError> {
        side_by_side(wanted, |_, one| {
            let found = one.read(files)?;
            Ok(self.facts_of(&found, found.read().as_ref().map_err(|broken| &**broken)))
        })
        .into_iter()
        .collect()
    }

    /// What only all of them together show. A definition's comments, the config file and the baseline have a say in that,
    /// too, so that its findings are sorted anew.
    pub fn shared(
        &self,
        judged: &mut [Judged],
        files: &dyn Files,
        wanted: &[Wanted],
        seen: &[Facts],
    ) -> Result<(), LookupError> {
        let claims: Vec<_> = judged.iter_mut().map(|one| one.claims.take()).collect();
        for (at, facts) in definition::shared(&claims) {
            let more = diagnose(self.rules.iter().copied(), &facts);
            if more.findings.is_empty() {
                continue;
            }
            let found = wanted[at].read(files)?;
            let (mut all, _) = self.look(&found, seen.get(at));
            all.diagnosis.findings.extend(more.findings);
            all.diagnosis.inconclusive.extend(more.inconclusive);
            all.diagnosis.checks += more.checks;
            let settled = self.way.settle(&found, all, &|one| self.found_in(one));
            judged[at] = Judged::of(&found, settled, None, wanted.len() == 1);
        }
        Ok(())
    }

    /// The findings of one definition, sorted into those that count and the others.
    pub fn settle(&self, found: &Found) -> Settled {
        self.way.settle(found, self.found_in(found), &|one| self.found_in(one))
    }

    /// What it shares with others.
    pub fn claims(found: &Found) -> Option<Claims> {
        Claims::of(&found.read().ok()?, found.source)
    }

    /// Whatever the rules find in it.
    pub fn found_in(&self, found: &Found) -> check::Judged {
        self.look(found, None).0
    }

    fn facts_of(&self, found: &Found, read: Result<&Document, &Broken>) -> Facts {
        let around = Surroundings {
            source: found.source,
            file: &found.file,
            bundled: self.bundled.as_ref(),
            target: self.target,
            endpoints: self.online,
            in_use: None,
        };
        let mut facts = definition::facts(read, around);
        if let Ok(document) = read {
            facts.merge(vendor::of_definition(document, None, vendor::Asker::Check));
        }
        facts
    }

    fn look(&self, found: &Found, seen: Option<&Facts>) -> (check::Judged, Option<Claims>) {
        let read = found.read();
        let mut facts = self.facts_of(found, read.as_ref().map_err(|broken| &**broken));
        if let Some(seen) = seen {
            facts.merge(seen.clone());
        }
        let diagnosis = diagnose(self.rules.iter().copied(), &facts);
        let claims = read.as_ref().ok().and_then(|document| Claims::of(document, found.source));
        (check::Judged { facts, diagnosis }, claims)
    }
}

impl Judged {
    /// What the answer needs of a definition.
    pub fn of(found: &Found, settled: Settled, claims: Option<Claims>, alone: bool) -> Self {
        let Settled { facts, diagnosis, aside, marks } = settled;
        Self {
            file: found.file.clone(),
            source: found.source,
            name: facts.text("definition.name").map(str::to_owned),
            text: diagnosis.findings.iter().any(|finding| finding.place.is_some()).then(|| found.text()),
            diagnosis,
            aside,
            marks,
            claims,
            facts: alone.then_some(facts),
        }
    }

    /// As it stands in the document's list.
    pub fn entry(&self) -> Value {
        let findings = &self.diagnosis.findings;
        let count = |severity| findings.iter().filter(|finding| finding.severity == severity).count();
        let mut entry = json!({
            "file": self.file,
            "source": self.source.word(),
            "errors": count(Severity::Error),
            "warnings": count(Severity::Warning),
        });
        if let Some(name) = &self.name {
            entry["name"] = name.as_str().into();
        }
        entry
    }
}

/// The answers in the order of the items; as many threads as there are processors, where it is worth it.
fn side_by_side<T: Sync, R: Send>(items: &[T], work: impl Fn(usize, &T) -> R + Sync) -> Vec<R> {
    let threads = thread::available_parallelism().map_or(1, NonZero::get).min(items.len() / WORTH_A_THREAD);
    if threads < 2 {
        return items.iter().enumerate().map(|(at, item)| work(at, item)).collect();
    }
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::new());
    let take = || {
        loop {
            let begin = next.fetch_add(WORTH_A_THREAD, Ordering::Relaxed);
            let Some(rest) = items.get(begin..).filter(|rest| !rest.is_empty()) else { break };
            let these = rest.iter().take(WORTH_A_THREAD).enumerate();
            let answers: Vec<R> = these.map(|(at, item)| work(begin + at, item)).collect();
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

/// Errors first, then warnings, then notes; within these by definition, and in it by place.
pub fn together(all: impl IntoIterator<Item = Diagnosis>) -> Diagnosis {
    let mut sum = Diagnosis { findings: Vec::new(), inconclusive: Vec::new(), checks: 0 };
    for mut one in all {
        one.findings.sort_by_key(|finding| finding.place.as_ref().map(|place| (place.line, place.column)));
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
        let answers = side_by_side(&items, |_, item| {
            thread::sleep(std::time::Duration::from_micros(if item % 100 == 0 { 500 } else { 0 }));
            item * 2
        });
        assert_eq!(answers, items.iter().map(|item| item * 2).collect::<Vec<_>>());
        assert_eq!(side_by_side(&items[..3], |at, item| at + item), [0, 2, 4]);
    }
}
