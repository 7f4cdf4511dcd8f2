//! The page of a rule, and of a cause.

use super::super::app::{App, Exit};
use super::super::args::Format;
use crate::diagnosis::RunError;
use crate::report;
use crate::rules::causes::Cause;
use crate::rules::compiled::Rule;
use crate::rules::{Rules, catalogue};
use crate::vendors;
use std::collections::BTreeMap;

pub fn rule(app: &App, rule: &Rule, rules: &Rules) -> Result<Exit, RunError> {
    let version = crate::authsome::installed_version(&app.host);
    let cause = catalogue::causes().iter().find(|cause| cause.label == rule.cause);
    if app.format() == Format::Json {
        let mut document = report::envelope("explain");
        document["rule"] = report::rule_json(rule, version.as_deref());
        app.answer_json(&document)?;
    } else {
        // Of the same provider, or of none.
        let owner = vendors::of_rule(&rule.id);
        let beside = rules.of_cause(&rule.cause).into_iter().filter(|other| vendors::of_rule(&other.id) == owner);
        app.answer_doc(&report::rule_as_read(rule, cause, &beside.collect::<Vec<_>>(), version.as_deref()))?;
    }
    Ok(Exit::Fine)
}

pub fn cause(app: &App, cause: &Cause, rules: &Rules) -> Result<Exit, RunError> {
    let rules = rules.of_cause(&cause.label);
    if app.format() == Format::Json {
        let mut document = report::envelope("explain");
        document["cause"] = report::cause_json(cause, &rules);
        app.answer_json(&document)?;
    } else {
        let (general, own): (Vec<&Rule>, Vec<&Rule>) =
            rules.into_iter().partition(|rule| vendors::of_rule(&rule.id).is_none());
        let mut providers: BTreeMap<&str, usize> = BTreeMap::new();
        for owner in own.iter().filter_map(|rule| vendors::of_rule(&rule.id)) {
            *providers.entry(owner).or_default() += 1;
        }
        app.answer_doc(&report::cause_page(cause, &general, &providers.into_iter().collect::<Vec<_>>()))?;
    }
    Ok(Exit::Fine)
}
