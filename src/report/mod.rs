//! Renders one `Report`: pure functions from the diagnosis to text. Must not judge, probe or read the environment.
pub struct View {
    pub quiet: bool,
    pub verbose: bool,
    pub home: String,
    pub installed: Option<String>,
}
use crate::diagnosis::Report;
use crate::sink::Doc;
use serde_json::Value;
pub fn json(_: &Report, _: &str) -> Value {
    todo!()
}
pub fn human(_: &Report, _: &View) -> Doc {
    todo!()
}
pub fn markdown(_: &Report, _: &str) -> String {
    todo!()
}
pub fn bug_report(_: &Report, _: &std::path::Path, _: &str) -> String {
    todo!()
}
pub fn facts_file(_: &crate::facts::Facts, _: &str) -> String {
    todo!()
}
pub fn table(_: &[Value], _: &[&str]) -> String {
    todo!()
}
pub fn envelope(_: &str) -> Value {
    todo!()
}
pub fn rule_page(_: &crate::rules::compiled::Rule) -> Doc {
    todo!()
}
pub fn rule_json(_: &crate::rules::compiled::Rule) -> Value {
    todo!()
}
