//! Which findings count: a definition's findings go through its own comments, the config file, the baseline and the change
//! that is looked at, in this order. Works on one definition at a time, and changes nothing of itself while it does.

use super::suppress::{self, is_about_suppressions};
use super::{Base, Baseline, Config, Old};
use crate::definition::Found;
use crate::diagnosis::identity::without_positions;
use crate::diagnosis::{Aside, By, Diagnosis, Finding, Identity, Suppressed, diagnose};
use crate::facts::{Entry, Fact, Facts, Record};
use crate::rules::compiled::Rule;
use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};

/// One definition, judged by the rules.
#[derive(Clone, Debug)]
pub struct Judged {
    pub facts: Facts,
    pub diagnosis: Diagnosis,
}

/// How a definition's text is judged.
pub type Judge<'a> = dyn Fn(&Found) -> Judged + Sync + 'a;

/// How this run lives with what is found.
pub struct Way<'r> {
    /// Where relative names of files begin.
    base: PathBuf,
    rules: Vec<&'r Rule>,
    /// Those that are judged last.
    about: Vec<&'r Rule>,
    known: Vec<&'r str>,
    pub config: Option<Config>,
    pub baseline: Option<Baseline>,
    pub diff: Option<Base>,
}

/// One definition's findings, sorted.
#[derive(Clone, Debug)]
pub struct Settled {
    pub facts: Facts,
    /// What counts.
    pub diagnosis: Diagnosis,
    pub aside: Aside,
    pub marks: Marks,
    /// Nobody had a say: what is found besides in the same definition counts as it is.
    pub undisputed: bool,
}

impl Settled {
    fn new(Judged { facts, diagnosis }: Judged) -> Self {
        Self { facts, diagnosis, aside: Aside::default(), marks: Marks::default(), undisputed: true }
    }
}

/// What of the config file and the baseline was of use.
#[derive(Clone, Debug, Default)]
pub struct Marks {
    levels: BTreeSet<usize>,
    met: Vec<(Identity, usize)>,
}

impl Marks {
    pub fn append(&mut self, other: Self) {
        self.levels.extend(other.levels);
        self.met.extend(other.met);
    }
}

impl<'r> Way<'r> {
    /// `rules`: those that judge definitions in this run; `all`: those that could.
    pub fn new(base: PathBuf, rules: &[&'r Rule], all: impl Iterator<Item = &'r Rule>) -> Self {
        let about = rules.iter().copied().filter(|rule| is_about_suppressions(rule)).collect();
        let known = all.map(|rule| rule.id.as_str()).collect();
        Self { base, rules: rules.to_vec(), about, known, config: None, baseline: None, diff: None }
    }

    /// `judge` is asked for the text as it was, where a change is looked at.
    pub fn settle(&self, found: &Found, judged: Judged, judge: &Judge) -> Settled {
        let mut settled = Settled::new(judged);
        let levels = self.config.as_ref().is_some_and(|config| !config.levels.is_empty());
        settled.undisputed = !levels && self.baseline.is_none() && self.diff.is_none();
        self.inline(found, &mut settled);
        self.levels(found, &mut settled);
        self.baseline(&mut settled);
        self.change(found, &mut settled, judge);
        settled
    }

    fn inline(&self, found: &Found, settled: &mut Settled) {
        // What cannot be read has no comments, and its fault is not to be waved through.
        if settled.facts.truth("definition.parses") != Some(true) {
            return;
        }
        let Some(text) = found.bytes().and_then(|bytes| std::str::from_utf8(bytes).ok()) else { return };
        let suppressions = suppress::read(text);
        if suppressions.is_empty() {
            return;
        }
        settled.undisputed = false;
        let (taken, used) = suppress::apply(&suppressions, &mut settled.diagnosis.findings);
        settled.aside.suppressed.extend(taken);
        let judged = |rule: &str| self.rules.iter().any(|known| known.id == rule);
        suppress::write_facts(&mut settled.facts, &found.file, &suppressions, &used, judged, &self.known);
        let about = diagnose(self.about.iter().copied(), &settled.facts);
        settled.diagnosis.findings.extend(about.findings);
        settled.diagnosis.checks += about.checks;
    }

    fn levels(&self, found: &Found, settled: &mut Settled) {
        let Some(config) = self.config.as_ref().filter(|config| !config.levels.is_empty()) else { return };
        let mut kept = Vec::with_capacity(settled.diagnosis.findings.len());
        for mut finding in settled.diagnosis.findings.drain(..) {
            let Some((at, level)) = config.level(&finding.rule, &found.file, &self.base) else {
                kept.push(finding);
                continue;
            };
            match level.severity {
                Some(severity) => {
                    if severity != finding.severity {
                        settled.marks.levels.insert(at);
                    }
                    finding.severity = severity;
                    kept.push(finding);
                }
                None => {
                    settled.marks.levels.insert(at);
                    let reason = Some(level.reason.clone());
                    settled.aside.suppressed.push(Suppressed { finding, by: By::Config, reason });
                }
            }
        }
        settled.diagnosis.findings = kept;
        settled.diagnosis.inconclusive.retain_mut(|open| {
            let Some((at, level)) = config.level(&open.rule, &found.file, &self.base) else { return true };
            settled.marks.levels.insert(at);
            if let Some(severity) = level.severity {
                open.severity = severity;
            }
            level.severity.is_some()
        });
    }

    fn baseline(&self, settled: &mut Settled) {
        let Some(baseline) = &self.baseline else { return };
        let (taken, met) = baseline.apply(&mut settled.diagnosis.findings, &self.base);
        let listed = taken.into_iter().map(|finding| Suppressed { finding, by: By::Baseline, reason: None });
        settled.aside.suppressed.extend(listed);
        settled.marks.met.extend(met);
    }

    /// Of the findings that counted in the old text, as many do not count now.
    fn change(&self, found: &Found, settled: &mut Settled, judge: &Judge) {
        let Some(diff) = &self.diff else { return };
        let findings = &mut settled.diagnosis.findings;
        match diff.of(&found.file) {
            Old::New => {}
            Old::Same => {
                settled.aside.unchanged += findings.len();
                findings.clear();
                settled.diagnosis.inconclusive.clear();
            }
            Old::Changed(old) => {
                let mut was = Settled::new(judge(old));
                self.inline(old, &mut was);
                let mut there: HashMap<(String, String, String), usize> = HashMap::new();
                for finding in was.diagnosis.findings {
                    *there.entry(sameness(&finding)).or_default() += 1;
                }
                let before = findings.len();
                findings.retain(|finding| match there.get_mut(&sameness(finding)) {
                    Some(left) if *left > 0 => {
                        *left -= 1;
                        false
                    }
                    _ => true,
                });
                settled.aside.unchanged += before - findings.len();
            }
        }
    }

    /// What there is to say about the config file and the baseline after the whole run. `folders`: it went over folders, so
    /// that what was of no use is of none. `looked_at`: the definitions as they
    /// are named; `on_disk` says whether a file is there.
    pub fn about_the_run(
        &self,
        marks: &Marks,
        looked_at: &[String],
        folders: bool,
        on_disk: impl Fn(&Path) -> bool,
    ) -> (Diagnosis, Aside) {
        let mut facts = Facts::new();
        if let Some(config) = self.config.as_ref().filter(|_| folders) {
            // Of a rule that comes after this, too, nobody can say yet that it finds nothing.
            let took_part =
                |rule: &str| self.rules.iter().any(|known| known.id == rule && !suppress::is_about_the_run(known));
            let unused = config.levels.iter().enumerate();
            let unused = unused.filter(|(at, level)| !marks.levels.contains(at) && took_part(&level.rule));
            let record = |level: &super::config::Level| Record::new().with("rule", level.rule.as_str());
            let entries = unused.map(|(_, level)| Fact::from(record(level)).at(level.place.clone()));
            facts.set("definition.levels", entries.collect::<Vec<Entry>>());
        }
        if let Some(baseline) = &self.baseline {
            let looked_at: BTreeSet<PathBuf> = looked_at.iter().map(|file| self.tidy(Path::new(file))).collect();
            let mut met: HashMap<Identity, usize> = HashMap::new();
            for (identity, count) in &marks.met {
                // The same file can be named twice in one run.
                let most = met.entry(identity.clone()).or_default();
                *most = (*most).max(*count);
            }
            let known = |path: &Path| looked_at.contains(&self.tidy(path)) || !on_disk(&self.base.join(path));
            let entries = baseline.gone(&met, known).into_iter().map(|gone| {
                let record = Record::new()
                    .with("rule", gone.identity.rule)
                    .with("file", gone.identity.file)
                    .with("pointer", gone.identity.pointer)
                    .with("gone", i64::try_from(gone.count).unwrap_or(i64::MAX));
                Fact::from(record).at(gone.place)
            });
            facts.set("definition.baseline", entries.collect::<Vec<Entry>>());
        }
        let mut diagnosis = diagnose(self.about.iter().copied(), &facts);
        let mut aside = Aside::default();
        if let Some(config) = &self.config {
            let found = std::mem::take(&mut diagnosis.findings);
            for finding in found {
                let level = config.levels.iter().find(|level| level.rule == finding.rule);
                let severity = level.map_or(Some(finding.severity), |level| level.severity);
                match severity {
                    Some(severity) => diagnosis.findings.push(Finding { severity, ..finding }),
                    None => {
                        let reason = level.map(|level| level.reason.clone());
                        aside.suppressed.push(Suppressed { finding, by: By::Config, reason });
                    }
                }
            }
        }
        (diagnosis, aside)
    }

    /// The text of the baseline that is being written: all that it took.
    pub fn new_baseline(&self, aside: &Aside) -> Option<String> {
        let mut baseline = self.baseline.clone()?;
        let taken = aside.suppressed.iter().filter(|one| one.by == By::Baseline).map(|one| &one.finding);
        baseline.list(taken, &self.base);
        Some(baseline.to_text())
    }

    fn tidy(&self, path: &Path) -> PathBuf {
        crate::diagnosis::identity::tidy(&self.base.join(path))
    }
}

/// What makes a finding the same before and after: an item of a list has a new position when one is put before it, so its words count.
fn sameness(finding: &Finding) -> (String, String, String) {
    let pointer = finding.place.as_ref().map(|place| without_positions(&place.pointer)).unwrap_or_default();
    let words = if pointer.contains('*') { finding.title.clone() } else { String::new() };
    (finding.rule.clone(), pointer, words)
}
