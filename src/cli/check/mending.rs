//! `check --fix`: mends one definition after another, says what was done, and shows what would be done with `--dry-run`.

use super::super::app::App;
use super::living::{self, LivingArgs};
use crate::check::{self, Judge, Mended, Settled, Way};
use crate::definition::Found;
use crate::diagnosis::Finding;
use crate::report::Patch;
use crate::sink::{self, Doc, Stream, Style};
use serde_json::{Map, Value, json};
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// What was mended in a run.
#[derive(Default)]
pub struct Mending {
    pub patches: Vec<Patch>,
    fixed: Vec<Value>,
    /// What was written, by the files' real names: one file can be named twice in a run.
    written: HashMap<PathBuf, Vec<u8>>,
}

impl Mending {
    /// Mends one definition, which then stands as it is now, and gives its findings after that.
    pub fn mend(
        &mut self,
        app: &App,
        args: &LivingArgs,
        way: &Way,
        found: &mut Found,
        settled: Settled,
        judge: &Judge,
    ) -> Settled {
        if !args.fix || settled.diagnosis.findings.iter().all(|finding| check::offer(finding).is_none()) {
            return settled;
        }
        let real = app.host.files.real_path(Path::new(&found.file)).unwrap_or_default();
        let settled = match self.written.get(&real) {
            Some(bytes) => {
                *found = found.with_bytes(bytes.clone());
                living::settle(way, found, judge)
            }
            None => settled,
        };
        let Mended { found: after, done, left } =
            check::mend(found, judge, &|one, judged| way.settle(one, judged, judge).diagnosis.findings);
        let mut doc = Doc::new();
        let mut settled = settled;
        let mut notes: Vec<(&Finding, String)> = Vec::new();
        if !done.is_empty() && args.dry_run {
            self.patches.push(Patch { file: found.file.clone(), before: found.text(), after: after.text() });
            notes.extend(done.iter().map(|finding| (finding, "would be done by --fix".to_owned())));
        } else if !done.is_empty() {
            match check::write(&*app.host.files, found, &after) {
                Ok(()) => {
                    self.written.insert(real, after.bytes().unwrap_or_default().to_vec());
                    *found = after;
                    settled = living::settle(way, found, judge);
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
