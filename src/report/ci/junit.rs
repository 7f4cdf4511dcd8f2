//! JUnit XML, which build servers show as tests: a suite for each definition, a test for each rule that found something in it.

use super::super::prepare;
use super::{Names, file_name, reason, words};
use crate::diagnosis::{Aside, Finding, Report, Suppressed};
use crate::rules::Severity;
use crate::sink::{disarmed, redact_text, safe_block, safe_line};
use quick_junit::{NonSuccessKind, Report as Junit, TestCase, TestCaseStatus, TestSuite};
use std::collections::BTreeMap;

/// `files`: the definitions that were looked at; `fails`: whether a finding of that severity fails the run.
pub fn junit(
    report: &Report,
    aside: &Aside,
    files: &[String],
    fails: impl Fn(Severity) -> bool,
    names: &Names,
    home: &str,
) -> String {
    let mut suites = Junit::new("authsome check");
    suites.set_time(report.took);
    let mut by_file: BTreeMap<&str, Vec<One>> = BTreeMap::new();
    let found = report.findings.iter().map(One::Counts);
    for one in found.chain(aside.suppressed.iter().map(One::SetAside)) {
        by_file.entry(one.finding().place.as_ref().map_or("", |place| &place.file)).or_default().push(one);
    }
    let test = |one: &One, class: &str| match one {
        One::Counts(finding) => test(&prepare::finding(finding, home), class, fails(finding.severity)),
        One::SetAside(one) => set_aside(one, class, home),
    };
    for file in files {
        let name = safe_line(&file_name(file, names));
        let mut suite = TestSuite::new(name.as_str());
        let found = by_file.remove(file.as_str()).unwrap_or_default();
        for one in &found {
            suite.add_test_case(test(one, &name));
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
    for one in by_file.into_values().flatten() {
        rest.add_test_case(test(&one, "authsome check"));
    }
    for open in report.inconclusive.iter().map(|open| prepare::inconclusive(open, home)) {
        let mut status = TestCaseStatus::skipped();
        status.set_message(safe_line(&open.because));
        rest.add_test_case(TestCase::new(open.rule.as_str(), status));
    }
    if !rest.test_cases.is_empty() {
        suites.add_test_suite(rest);
    }
    disarmed(&suites.to_string().unwrap_or_default()).into_owned()
}

/// What was found, and whether it counts.
enum One<'a> {
    Counts(&'a Finding),
    SetAside(&'a Suppressed),
}

impl<'a> One<'a> {
    fn finding(&self) -> &'a Finding {
        match self {
            Self::Counts(finding) => finding,
            Self::SetAside(one) => &one.finding,
        }
    }
}

/// A test that somebody skipped, with who and why.
fn set_aside(one: &Suppressed, class: &str, home: &str) -> TestCase {
    let finding = prepare::finding(&one.finding, home);
    let mut status = TestCaseStatus::skipped();
    let why = reason(one, home).map_or_else(String::new, |reason| format!(" (allowed: {reason})"));
    status.set_message(format!("{}{why}", safe_line(&finding.title)));
    if let Some(place) = &finding.place {
        status.set_description(safe_line(&redact_text(&place.to_string())));
    }
    let mut case = TestCase::new(finding.rule.as_str(), status);
    case.set_classname(class);
    case
}

fn test(finding: &Finding, class: &str, fails: bool) -> TestCase {
    let place =
        finding.place.as_ref().map_or_else(String::new, |place| format!("{}\n", redact_text(&place.to_string())));
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
