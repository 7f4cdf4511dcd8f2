//! What a run of `check` answers with: one format on stdout, others in files.

use super::super::app::App;
use super::super::args::{FailOn, Format};
use crate::diagnosis::{Aside, Finding, Report, RunError};
use crate::report;
use crate::report::{Patch, TOGETHER};
use crate::rules::compiled::Rule;
use crate::side_by_side::side_by_side;
use clap::ValueEnum;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// What every format of `check` is made of.
pub struct Checked<'r> {
    pub report: Report,
    pub rules: Vec<&'r Rule>,
    pub texts: BTreeMap<String, String>,
    pub files: Vec<String>,
    /// What was found and does not count.
    pub aside: Aside,
    /// What `--fix` would change.
    pub patches: Vec<Patch>,
}

impl App {
    /// The same run, its answer in a file.
    #[must_use]
    pub fn writing(&self, file: &Path) -> Self {
        let mut app = self.clone();
        app.global.output = Some(file.to_owned());
        app
    }

    pub fn answer_checked(&self, format: Format, checked: &Checked, fail_on: FailOn) -> Result<(), RunError> {
        let Checked { report, rules, texts, files, aside, patches } = checked;
        let (home, base) = (self.home_folder(), std::env::current_dir().unwrap_or_default());
        match format {
            Format::Json => self.answer_texts(report::json_of_many(report, &home, shared_out)),
            Format::Sarif => self.answer_texts(report::ci::sarif(report, aside, rules, &base, &home, shared_out)),
            Format::Github => self.answer_raw(&report::ci::github(report, &base, &home, shared_out)),
            Format::Junit => {
                let fails = |severity| super::super::app::fails(severity, fail_on);
                self.answer_raw(&report::ci::junit(report, aside, files, fails, &base, &home))
            }
            Format::Markdown => self.answer_raw(&report::ci::markdown(report, aside, files.len(), &base, &home)),
            Format::Human => {
                let view = self.view();
                let parts = report.findings.chunks(TOGETHER).map(|some| {
                    let docs = side_by_side(some, |_, one| report::finding(one, texts, &view).render(&self.screen()));
                    docs.concat()
                });
                let first = report::patches(patches).render(&self.screen());
                let last = report::summary(report, aside, files.len(), &view).render(&self.screen());
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
