//! What no report shows, and what every report keeps.

use super::sample::{self, HOME};
use super::*;
use crate::diagnosis::Inconclusive;
use crate::facts::{Kind, registry};
use crate::rules::{FixPlan, Safety, Severity};
use crate::sink::Screen;
use serde_json::json;

fn view(verbose: bool) -> View {
    View { quiet: false, verbose, home: HOME.to_owned(), installed: None }
}

/// Values that every fact of the registry could have, a canary in every text.
fn facts_with(canary: &str) -> Facts {
    let mut facts = Facts::new();
    for spec in registry::all().filter(|spec| !spec.name.contains("[]") && spec.one_of.is_empty()) {
        let text = format!("/home/joe/x?code={canary}");
        match spec.kind {
            Kind::Text => facts.set(spec.name, text),
            Kind::Url => {
                facts.set(spec.name, format!("http://joe:{canary}@h.example/cb?state={canary}#access_token={canary}"));
            }
            Kind::Texts => facts.set(spec.name, vec![text]),
            _ => {}
        }
    }
    facts
}

#[test]
fn no_canary_in_any_fact_comes_through_any_report() {
    let canary = "Zx9Kq-canary-77Qm";
    let facts = facts_with(canary);
    let mut report = sample::port_held();
    let names: Vec<&str> = registry::all().map(|spec| spec.name).filter(|name| !name.contains("[]")).collect();
    let said = format!("it said access_token={canary}, at http://u:{canary}@h.example/");
    let mut finding = sample::finding(&facts, "r", "c", Severity::Error, &said, &names);
    finding.explanation.clone_from(&said);
    finding.question = Some(said.clone());
    finding.fixes = vec![
        sample::fix("a", &said, FixPlan::Note(said.clone()), Safety::Manual),
        sample::fix("b", &said, FixPlan::OpenUrl(format!("https://h.example/?token={canary}")), Safety::Manual),
        sample::fix("c", &said, FixPlan::Run(vec!["x".into(), said.clone()]), Safety::Manual),
    ];
    report.findings = vec![finding];
    report.inconclusive =
        vec![Inconclusive { rule: "r".into(), title: "t".into(), severity: Severity::Error, because: said.clone() }];
    report.facts = facts;
    report.extra.insert("login".into(), json!({"steps": [{"what": said}]}));
    for (way, text) in [
        ("human", human(&report, &view(false)).render(&Screen::PLAIN)),
        ("verbose", human(&report, &view(true)).render(&Screen::PLAIN)),
        ("json", sink::json_text(&json(&report, HOME))),
        ("markdown", bug_report(&report, Path::new("r.md"), HOME)),
        ("html", bug_report(&report, Path::new("r.HTML"), HOME)),
        ("facts", facts_file(&report.facts, HOME)),
    ] {
        assert!(!text.contains(canary), "{way}: {text}");
        assert!(way == "json" || !text.contains("/home/joe"), "{way}: {text}");
    }
}

#[test]
fn saved_facts_are_read_again_as_what_was_shown() {
    for report in [sample::port_held(), sample::wrong_path(), sample::healthy(), sample::vague_answer()] {
        let text = facts_file(&report.facts, HOME);
        let again = crate::facts::read(&serde_json::from_str(&text).unwrap()).unwrap();
        assert_eq!(again, prepare::facts(&report.facts, HOME));
    }
}

#[test]
fn no_fact_has_a_name_for_which_its_value_would_be_hidden() {
    for spec in registry::all().filter(|spec| spec.kind != Kind::Truth) {
        let last = spec.name.rsplit('.').next().unwrap();
        let shown = sink::redact_json(&json!({last: "a plain word"}));
        assert_eq!(shown[last], "a plain word", "{}", spec.name);
    }
}

#[test]
fn markdown_and_html_stand_alone_and_hold_no_markup_of_others() {
    let mut report = sample::port_held();
    report.findings[0].title = "<script>alert(1)</script> `x` | y \u{1b}[31m".to_owned();
    for name in ["r.md", "r.html"] {
        let text = bug_report(&report, Path::new(name), HOME);
        assert!(!text.contains("<script") && !text.contains('\u{1b}'), "{text}");
        for part in ["src=", "href=", "@import", "url("] {
            assert!(!text.contains(part), "{part} in {text}");
        }
        let text = text.replace("&#x2f;", "/");
        assert!(text.contains("kill 4242") && text.contains("~/site"), "{text}");
    }
}
