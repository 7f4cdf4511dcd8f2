//! Judges definitions, side by side: every one is a document of facts of its own. What comes out is in the order of what went
//! in, whoever finished first.

use super::paths::Wanted;
use crate::check::{self, Marks, Settled, Way};
use crate::definition::{
    self, Broken, Claims, Document, Fingerprints, Found, LookupError, Source, Surroundings, Target,
};
use crate::diagnosis::{Aside, Diagnosis, Docket};
use crate::facts::Facts;
use crate::host::Files;
use crate::probes::vendor;
use crate::rules::Severity;
use crate::side_by_side::side_by_side;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// What definitions are judged by.
pub struct Judge<'a> {
    pub rules: Docket<'a>,
    /// The names that the installed authsome has bundled definitions of.
    pub bundled: Option<BTreeSet<String>>,
    /// The current folder is the one of authsome's own definitions.
    pub in_package: bool,
    /// The authsome version that they are for.
    pub target: Target,
    /// The endpoints will be asked.
    pub online: bool,
    /// Which findings count.
    pub way: &'a Way<'a>,
}

/// What is found in a definition beside others.
enum Shared {
    /// It counts as it is. With the text that it is found in.
    Beside(Diagnosis, String),
    /// Somebody has a say in what counts.
    Anew(Box<Judged>),
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
    fingerprints: Fingerprints,
    undisputed: bool,
    /// Only where it is the only one: of several none is the one that the document is about.
    pub facts: Option<Facts>,
}

impl Judge<'_> {
    /// An error where one of them cannot be read at all. `seen`: what was seen of each at its endpoints, if anybody looked.
    pub fn all(&self, files: &dyn Files, wanted: &[Wanted], seen: &[Facts]) -> Result<Vec<Judged>, LookupError> {
        let alone = wanted.len() == 1;
        let judged = side_by_side(wanted, |at, one| {
            let found = one.read(files)?;
            let (all, fingerprints) = self.look(&found, seen.get(at));
            let settled = self.way.settle(&found, all, &|one| self.found_in(one));
            Ok(Judged::of(&found, settled, fingerprints, alone))
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
        let fingerprints: Vec<_> = judged.iter_mut().map(|one| std::mem::take(&mut one.fingerprints)).collect();
        let sharing = definition::may_share(&fingerprints);
        let read = side_by_side(&sharing, |_, at| wanted[*at].read(files).map(|found| (claims(&found), found)));
        let mut claims = vec![None; judged.len()];
        let mut found = BTreeMap::new();
        for (at, one) in sharing.into_iter().zip(read) {
            let (own, one) = one?;
            claims[at] = own;
            found.insert(at, one);
        }
        let before = &*judged;
        let more = side_by_side(&definition::shared(&claims), |_, (at, facts)| {
            let more = self.rules.judge(facts);
            if more.findings.is_empty() {
                return None;
            }
            let found = &found[at];
            if before[*at].undisputed {
                return Some((*at, Shared::Beside(more, found.text())));
            }
            let (mut all, _) = self.look(found, seen.get(*at));
            add(&mut all.diagnosis, more);
            let settled = self.way.settle(found, all, &|one| self.found_in(one));
            let anew = Judged::of(found, settled, Fingerprints::default(), wanted.len() == 1);
            Some((*at, Shared::Anew(Box::new(anew))))
        });
        for (at, one) in more.into_iter().flatten() {
            match one {
                Shared::Beside(more, text) => {
                    judged[at].text.get_or_insert(text);
                    add(&mut judged[at].diagnosis, more);
                }
                Shared::Anew(anew) => judged[at] = *anew,
            }
        }
        Ok(())
    }

    /// The findings of one definition, sorted into those that count and the others.
    pub fn settle(&self, found: &Found) -> Settled {
        self.way.settle(found, self.found_in(found), &|one| self.found_in(one))
    }

    /// What it may share with others is known by them.
    pub fn fingerprints(found: &Found) -> Fingerprints {
        claims(found).map(|claims| claims.fingerprints()).unwrap_or_default()
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
            in_package: self.in_package,
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

    fn look(&self, found: &Found, seen: Option<&Facts>) -> (check::Judged, Fingerprints) {
        let read = found.read();
        let mut facts = self.facts_of(found, read.as_ref().map_err(|broken| &**broken));
        if let Some(seen) = seen {
            facts.merge(seen.clone());
        }
        let diagnosis = self.rules.judge(&facts);
        let claims = read.as_ref().ok().and_then(|document| Claims::of(document, found.source));
        (check::Judged { facts, diagnosis }, claims.map(|claims| claims.fingerprints()).unwrap_or_default())
    }
}

impl Judged {
    /// What the answer needs of a definition.
    pub fn of(found: &Found, settled: Settled, fingerprints: Fingerprints, alone: bool) -> Self {
        let Settled { facts, diagnosis, aside, marks, undisputed } = settled;
        Self {
            file: found.file.clone(),
            source: found.source,
            name: facts.text("definition.name").map(str::to_owned),
            text: diagnosis.findings.iter().any(|finding| finding.place.is_some()).then(|| found.text()),
            diagnosis,
            aside,
            marks,
            fingerprints,
            undisputed,
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

fn claims(found: &Found) -> Option<Claims> {
    Claims::of(&found.read().ok()?, found.source)
}

fn add(diagnosis: &mut Diagnosis, more: Diagnosis) {
    diagnosis.findings.extend(more.findings);
    diagnosis.inconclusive.extend(more.inconclusive);
    diagnosis.checks += more.checks;
}

/// Errors first, then warnings, then notes; within these by definition, and in it by place.
pub fn together(all: impl IntoIterator<Item = Diagnosis>) -> Diagnosis {
    let mut sum = Diagnosis { findings: Vec::new(), inconclusive: Vec::new(), checks: 0 };
    for mut one in all {
        one.findings.sort_by_key(|finding| finding.place.as_ref().map(|place| (place.line, place.column)));
        add(&mut sum, one);
    }
    sum.findings.sort_by_key(|finding| finding.severity);
    sum
}
