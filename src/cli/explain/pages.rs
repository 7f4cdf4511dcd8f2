//! The page of a rule, and of a cause.

use super::super::app::{App, Exit};
use super::super::args::Format;
use crate::diagnosis::RunError;
use crate::report;
use crate::rules::causes::Cause;
use crate::rules::compiled::Rule;
use crate::rules::{Rules, catalogue};

pub fn rule(app: &App, rule: &Rule, rules: &Rules) -> Result<Exit, RunError> {
    let version = crate::authsome::installed_version(&app.host);
    let cause = catalogue::causes().iter().find(|cause| cause.label == rule.cause);
    if app.format() == Format::Json {
        let mut document = report::envelope("explain");
        document["rule"] = report::rule_json(rule, version.as_deref());
        app.answer_json(&document)?;
    } else {
        app.answer_doc(&report::rule_as_read(rule, cause, &rules.of_cause(&rule.cause), version.as_deref()))?;
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
        app.answer_doc(&report::cause_page(cause, &rules))?;
    }
    Ok(Exit::Fine)
}
