//! `check --fix`: mends one definition after another, says what was done, and shows what would be done with `--dry-run`.

use super::super::app::App;
use super::CheckArgs;
use super::judge::{Judge, Judged};
use super::living::{self, LivingArgs};
use super::paths::Wanted;
use crate::check::{self, Mended, Settled};
use crate::definition::{Found, LookupError};
use crate::diagnosis::Finding;
use crate::report::Patch;
use crate::sink::{self, Doc, Stream, Style, quote};
use serde_json::{Map, Value, json};

/// What was mended in a run.
#[derive(Default)]
pub struct Mending {
    pub patches: Vec<Patch>,
    fixed: Vec<Value>,
}

/// What to type so that the findings with a certain fix are mended; `None` where nothing is left to type.
pub fn way(args: &CheckArgs, findings: &[Finding]) -> Option<String> {
    /// More names are not read.
    const FEW: usize = 3;
    let number = findings.iter().filter(|finding| check::offer(finding).is_some()).count();
    if number == 0 || args.living.fix || args.paths.is_empty() || args.paths.len() > FEW {
        return None;
    }
    let paths: Vec<String> = args.paths.iter().map(|path| quote(&path.to_string_lossy())).collect();
    Some(format!(
        "{number} of these can be mended: authsome check --fix {} (--dry-run shows it first)",
        paths.join(" ")
    ))
}

impl Mending {
    /// One definition after another, mended and judged.
    pub fn all(
        &mut self,
        app: &App,
        args: &LivingArgs,
        judge: &Judge,
        wanted: &[Wanted],
    ) -> Result<Vec<Judged>, LookupError> {
        let alone = wanted.len() == 1;
        let mut all = Vec::new();
        for one in wanted {
            let mut found = one.read(&*app.host.files)?.into_owned();
            let settled = judge.settle(&found);
            let settled = self.mend(app, args, judge, &mut found, settled);
            all.push(Judged::of(&found, settled, Judge::fingerprints(&found), alone));
        }
        judge.shared(&mut all, &*app.host.files, wanted, &[])?;
        Ok(all)
    }

    /// Mends one definition, which then stands as it is now, and gives its findings after that.
    fn mend(&mut self, app: &App, args: &LivingArgs, judge: &Judge, found: &mut Found, settled: Settled) -> Settled {
        if settled.diagnosis.findings.iter().all(|finding| check::offer(finding).is_none()) {
            return settled;
        }
        let all = |one: &Found| judge.found_in(one);
        let counting = |one: &Found, judged| judge.way.settle(one, judged, &all).diagnosis.findings;
        let Mended { found: after, done, left } = check::mend(found, &all, &counting);
        let mut doc = Doc::new();
        let mut settled = settled;
        let mut notes: Vec<(&Finding, String)> = Vec::new();
        if !done.is_empty() && args.dry_run {
            self.patches.push(Patch { file: found.file.clone(), before: found.text(), after: after.text() });
            notes.extend(done.iter().map(|finding| (finding, "would be done by --fix".to_owned())));
        } else if !done.is_empty() {
            match check::write(&*app.host.files, found, &after) {
                Ok(()) => {
                    *found = after;
                    settled = judge.settle(found);
                    for finding in &done {
                        say(&mut doc, Style::Good, "fixed: ", finding, None);
                        self.fixed.push(fixed(finding));
                    }
                }
                Err(why) => {
                    let words = format!("{} is left as it is: {why}", found.file);
                    doc.push(Style::Bad, "not fixed: ").line(words);
                    notes.extend(done.iter().map(|finding| (finding, format!("not written: {why}"))));
                }
            }
        }
        for (finding, why) in &left {
            say(&mut doc, Style::Warn, "not fixed: ", finding, Some(why));
            notes.push((finding, format!("not done: {why}")));
        }
        for (finding, note) in notes {
            take_down(&mut settled.diagnosis.findings, finding, &note);
        }
        let _ = sink::print(Stream::Err, &doc);
        settled
    }

    /// Keys of the JSON document.
    pub fn write_keys(&self, extra: &mut Map<String, Value>) {
        if !self.fixed.is_empty() {
            extra.insert("fixed".to_owned(), self.fixed.clone().into());
        }
        if !self.patches.is_empty() {
            let patches = self.patches.iter().map(|patch| json!({"file": patch.file, "diff": patch.to_text()}));
            extra.insert("patches".to_owned(), patches.collect());
        }
    }
}

fn say(doc: &mut Doc, style: Style, word: &str, finding: &Finding, why: Option<&str>) {
    let place = finding.place.as_ref().map_or_else(String::new, |place| living::at(&place.file, place.line));
    let title = check::offer(finding).map_or(finding.title.as_str(), |offer| offer.title.as_str());
    let why = why.map_or_else(String::new, |why| format!(": {why}"));
    doc.push(style, word).line(format!("{place}: {title} ({}){why}", finding.rule));
}

/// As `doctor --fix` lists what it did.
fn fixed(finding: &Finding) -> Value {
    let mut one = json!({"rule": finding.rule, "title": finding.title});
    if let Some(offer) = check::offer(finding) {
        one["id"] = offer.id.as_str().into();
        one["title"] = offer.title.as_str().into();
        one["kind"] = offer.plan.kind().into();
        one["applied"] = offer.applied.into();
        one["verified"] = offer.verified.into();
    }
    if let Some(place) = &finding.place {
        one["location"] = json!({"file": place.file, "line": place.line, "pointer": place.pointer});
    }
    one
}

/// Why a fix was not applied belongs to the fix, where its finding is still there.
fn take_down(findings: &mut [Finding], about: &Finding, note: &str) {
    let same = |it: &&mut Finding| it.rule == about.rule && it.title == about.title && it.place == about.place;
    let Some(finding) = findings.iter_mut().find(same) else { return };
    let id = check::offer(about).map(|offer| offer.id.clone());
    if let Some(offer) = finding.fixes.iter_mut().find(|offer| Some(&offer.id) == id.as_ref()) {
        offer.note = Some(note.to_owned());
    }
}
