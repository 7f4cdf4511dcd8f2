//! What a run of `check` answers with: one format on stdout, others in files.

use super::super::app::App;
use super::super::args::{FailOn, Format};
use crate::diagnosis::identity::Names;
use crate::diagnosis::{Aside, Finding, Report, RunError};
use crate::report;
use crate::report::{Patch, TOGETHER};
use crate::rules::compiled::Rule;
use crate::side_by_side::side_by_side;
use crate::sink::Source;
use clap::ValueEnum;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// What every format of `check` is made of.
pub struct Checked<'r> {
    pub report: Report,
    pub rules: Vec<&'r Rule>,
    pub texts: BTreeMap<String, Source>,
    pub files: Vec<String>,
    /// What was found and does not count.
    pub aside: Aside,
    /// What `--fix` would change.
    pub patches: Vec<Patch>,
    /// How to mend what can be mended, where somebody can type it.
    pub way_to_mend: Option<String>,
}

/// In characters.
const WIDE: usize = 140;

impl App {
    /// The same run, its answer in a file.
    #[must_use]
    pub fn writing(&self, file: &Path) -> Self {
        let mut app = self.clone();
        app.global.output = Some(file.to_owned());
        app
    }

    /// A code host names files from the top of the repository, wherever in it the run began.
    fn names(&self) -> Names {
        let base = std::env::current_dir().unwrap_or_default();
        let is_top = |folder: &&Path| self.host.files.metadata(&folder.join(".git")).is_ok();
        let top = base.ancestors().find(is_top).unwrap_or(&base).to_owned();
        Names { base, top }
    }

    pub fn answer_checked(&self, format: Format, checked: &Checked, fail_on: FailOn) -> Result<(), RunError> {
        let Checked { report, rules, texts, files, aside, patches, way_to_mend } = checked;
        let (home, names) = (self.home_folder(), self.names());
        match format {
            Format::Json => self.answer_texts(report::json_of_many(report, &home, shared_out)),
            Format::Sarif => self.answer_texts(report::ci::sarif(report, aside, rules, &names, &home, shared_out)),
            Format::Github => self.answer_raw(&report::ci::github(report, &names, &home, shared_out)),
            Format::Junit => {
                let fails = |severity| super::super::app::fails(severity, fail_on);
                self.answer_raw(&report::ci::junit(report, aside, files, fails, &names, &home))
            }
            Format::Markdown => self.answer_raw(&report::ci::markdown(report, aside, files.len(), &names, &home)),
            Format::Human => {
                let (view, screen) = (self.view(), self.screen());
                // A file, and whoever reads along, has no width.
                let width = if screen.terminal { screen.width } else { WIDE };
                let parts = report.findings.chunks(TOGETHER).map(|some| {
                    let docs = side_by_side(some, |_, one| report::finding(one, texts, &view, width).render(&screen));
                    docs.concat()
                });
                let first: String = patches.iter().map(|one| report::patch(one).render(&screen)).collect();
                let last = report::summary(report, aside, files.len(), way_to_mend.as_deref(), &view).render(&screen);
                self.answer_texts(std::iter::once(first).chain(parts).chain([last]))
            }
        }
    }
}

/// The work for findings, by as many threads as there are processors.
fn shared_out(findings: &[&Finding], one: &(dyn Fn(usize, &Finding) -> String + Sync)) -> Vec<String> {
    side_by_side(findings, |at, finding| one(at, finding))
}

/// A further answer of the same run, in a file.
#[derive(Clone)]
pub struct Also {
    pub format: Format,
    pub file: PathBuf,
}

impl FromStr for Also {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (format, file) = text.split_once('=').filter(|(_, file)| !file.is_empty()).ok_or("write FORMAT=FILE")?;
        let format = Format::from_str(format, false).map_err(|_| format!("unknown format {format}"))?;
        Ok(Self { format, file: file.into() })
    }
}
