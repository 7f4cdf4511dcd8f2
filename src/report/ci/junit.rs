//! JUnit XML, which build servers show as tests: a suite for each definition, a test for each rule that found something in it.

use super::super::prepare;
use super::{relative, words};
use crate::diagnosis::{Finding, Report};
use crate::rules::Severity;
use crate::sink::{safe_block, safe_line};
use quick_junit::{NonSuccessKind, Report as Junit, TestCase, TestCaseStatus, TestSuite};
use std::collections::BTreeMap;
use std::path::Path;

/// `files`: the definitions that were looked at; `fails`: whether a finding of that severity fails the run.
pub fn junit(report: &Report, files: &[String], fails: impl Fn(Severity) -> bool, base: &Path, home: &str) -> String {
    let mut suites = Junit::new("authsome check");
    suites.set_time(report.took);
    let mut by_file: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
    for finding in &report.findings {
        by_file.entry(finding.place.as_ref().map_or("", |place| &place.file)).or_default().push(finding);
    }
    for file in files {
        let name = relative(file, base).unwrap_or_else(|| file.clone());
        let name = safe_line(&name);
        let mut suite = TestSuite::new(name.as_str());
        let found = by_file.remove(file.as_str()).unwrap_or_default();
        for finding in &found {
            suite.add_test_case(test(&prepare::finding(finding, home), &name, fails(finding.severity)));
        }
        if found.is_empty() {
            let mut sound = TestCase::new("nothing wrong", TestCaseStatus::success());
            sound.set_classname(name.as_str());
            suite.add_test_case(sound);
        }
        suites.add_test_suite(suite);
    }
    // What is in no file, and what could not be decided.
    let mut rest = TestSuite::new("authsome check");
    for finding in by_file.into_values().flatten() {
        rest.add_test_case(test(&prepare::finding(finding, home), "authsome check", fails(finding.severity)));
    }
    for open in report.inconclusive.iter().map(|open| prepare::inconclusive(open, home)) {
        let mut status = TestCaseStatus::skipped();
        status.set_message(safe_line(&open.because));
        rest.add_test_case(TestCase::new(open.rule.as_str(), status));
    }
    if !rest.test_cases.is_empty() {
        suites.add_test_suite(rest);
    }
    suites.to_string().unwrap_or_default()
}

fn test(finding: &Finding, class: &str, fails: bool) -> TestCase {
    let place = finding.place.as_ref().map_or_else(String::new, |place| format!("{place}\n"));
    let words = safe_block(&format!("{place}{}", words(finding)));
    let mut case = if fails {
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
        status.set_type(finding.severity.word()).set_message(safe_line(&finding.title)).set_description(words);
        TestCase::new(finding.rule.as_str(), status)
    } else {
        let mut case = TestCase::new(finding.rule.as_str(), TestCaseStatus::success());
        case.set_system_out(format!("{}: {}\n{words}", finding.severity.word(), safe_line(&finding.title)));
        case
    };
    case.set_classname(class);
    case
}
