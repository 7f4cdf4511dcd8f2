//! The rules of this run: the built-in ones and the user's own.

use super::causes::Cause;
use super::compiled::Rule;
use super::problem::Problem;
use super::rule::{self, Written};
use super::set;
use std::borrow::Cow;
use std::sync::OnceLock;

static BUILT_IN: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/rules.bin"));

fn built_in() -> &'static (Vec<Cause>, Vec<Rule>) {
    static DECODED: OnceLock<(Vec<Cause>, Vec<Rule>)> = OnceLock::new();
    DECODED.get_or_init(|| postcard::from_bytes(BUILT_IN).expect("build.rs wrote it"))
}

/// Every cause label, in the order of the documentation.
pub fn causes() -> &'static [Cause] {
    &built_in().0
}

pub fn labels() -> Vec<String> {
    causes().iter().map(|cause| cause.label.clone()).collect()
}

/// The built-in rules alone, in the order of their files.
pub fn built_in_rules() -> &'static [Rule] {
    &built_in().1
}

/// The built-in rules and those of the given files (name and text). A mistake in any file refuses them all: an author's
/// mistake never reads as "nothing found". Without files nothing is copied.
pub fn with_files(files: &[(String, String)]) -> Result<Cow<'static, [Rule]>, Vec<Problem>> {
    if files.is_empty() {
        return Ok(Cow::Borrowed(built_in_rules()));
    }
    let (written, problems) = read_outside(files);
    if !problems.is_empty() {
        return Err(problems);
    }
    let own = written.into_iter().map(|one| one.rule);
    Ok(built_in_rules().iter().cloned().chain(own).collect())
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
    problems.extend(set::check(&all, built_in_rules()));
    (all, problems)
}
