//! Renders one `Report`: pure functions from the diagnosis to text. Must not judge, probe or read the environment.
//!
//! Every renderer begins with [`prepare`]: secrets hidden, by the facts' sensitivity too, and the home folder shortened.
//! One model, many renderers: a renderer that needs something more gets it into the model first.

mod check;
pub mod ci;
mod command;
mod compare;
mod evidence;
mod excerpt;
mod explained;
pub mod har;
mod human;
mod json;
mod many;
mod markdown;
mod page;
mod patch;
mod prepare;
mod ready;
mod rule;
mod table;
mod wording;

pub use check::{finding, summary};
pub use explained::{cause_json, cause_page, in_words, no_login_matter, not_recognised, rule_as_read, to_do};
pub use human::human;
pub use json::{envelope, json, json_of_many};
pub use many::TOGETHER;
pub use markdown::markdown;
pub use page::brief;
pub use patch::{Patch, patch};
pub use rule::{rule_json, rule_page};
pub use table::table;

use crate::diagnosis::Report;
use crate::facts::Facts;
use crate::sink;
use std::path::Path;

/// How a person wants to see it.
pub struct View {
    /// Only problems.
    pub quiet: bool,
    /// All evidence, by the names of the facts, and what was looked at.
    pub verbose: bool,
    /// The user's home folder, shown as `~`; empty where there is none.
    pub home: String,
    /// The version of the installed authsome, whose words stand behind ours.
    pub installed: Option<String>,
}

/// One self-contained redacted file to attach to a bug report: HTML where the name ends so, else Markdown.
pub fn bug_report(report: &Report, path: &Path, home: &str) -> String {
    let html = path.extension().is_some_and(|end| end.eq_ignore_ascii_case("html") || end.eq_ignore_ascii_case("htm"));
    if html { page::html(report, home) } else { markdown(report, home) }
}

/// The facts as `--save-facts` writes them: redacted, and readable by `facts::read`.
pub fn facts_file(facts: &Facts, home: &str) -> String {
    sink::json_text(&prepare::facts(facts, home).to_json())
}

#[cfg(test)]
mod human_tests;
#[cfg(test)]
mod json_tests;
#[cfg(test)]
mod sample;
#[cfg(test)]
mod tests;
