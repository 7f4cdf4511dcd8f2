//! Filling in: texts and fixes with the facts of this run.

use super::compiled::{Action, Edit, FactRef, Filter, Fix, Piece, ScopesFrom, Template};
use super::evaluate::{Truth, View, judge};
use super::plan::{FixPlan, Retry};
use crate::facts::{Entry, Fact, Looked, Place, Value};
use std::collections::BTreeMap;

/// A text for a person. What has no value and no `or` reads "unknown".
pub fn text(template: &Template, view: &View) -> String {
    fill(template, view, |_| Some("unknown".to_owned())).unwrap_or_default()
}

/// A text that an action uses: `None` where a fact that it needs has no value.
fn strict(template: &Template, view: &View) -> Option<String> {
    fill(template, view, |_| None)
}

fn fill(template: &Template, view: &View, missing: impl Fn(&FactRef) -> Option<String>) -> Option<String> {
    let mut out = String::new();
    for piece in &template.0 {
        match piece {
            Piece::Plain(plain) => out.push_str(plain),
            Piece::Fact { fact, filters } => match filled(view.look(fact), filters) {
                Some(text) => out.push_str(&text),
                None => out.push_str(&missing(fact)?),
            },
        }
    }
    Some(out)
}

fn filled(looked: Looked, filters: &[Filter]) -> Option<String> {
    let or = || filters.iter().find_map(|f| if let Filter::Or(other) = f { Some(other.clone()) } else { None });
    let Looked::Known(value) = looked else { return or() };
    let empty = matches!(value, Value::List(items) if items.is_empty()) || value.as_text() == Some("");
    let counted = filters.contains(&Filter::Count);
    if empty
        && !counted
        && let Some(other) = or()
    {
        return Some(other);
    }
    Some(plain(value, filters))
}

fn plain(value: &Value, filters: &[Filter]) -> String {
    match value {
        Value::Text(text) if filters.contains(&Filter::Bare) => bare(text),
        Value::Text(text) => text.clone(),
        Value::Number(ms) if filters.contains(&Filter::Duration) => duration(*ms),
        Value::Number(number) => number.to_string(),
        Value::Truth(true) => "yes".to_owned(),
        Value::Truth(false) => "no".to_owned(),
        Value::Time(time) => time.strftime("%Y-%m-%d %H:%M:%S UTC").to_string(),
        Value::List(items) if filters.contains(&Filter::Count) => items.len().to_string(),
        Value::List(items) => {
            let separator = filters.iter().find_map(|f| if let Filter::Join(s) = f { Some(s.as_str()) } else { None });
            items.iter().filter_map(known).map(|v| plain(v, &[])).collect::<Vec<_>>().join(separator.unwrap_or(", "))
        }
        Value::Record(_) => String::new(),
    }
}

fn known(entry: &Entry) -> Option<&Value> {
    if let Fact::Known(value) = &entry.fact { Some(value) } else { None }
}

fn bare(url: &str) -> String {
    url.split(['?', '#']).next().unwrap_or(url).to_owned()
}

/// Milliseconds in words that a person reads: 850 ms, 12 s, 5 min, 3 h.
pub fn duration(ms: i64) -> String {
    match ms.abs() {
        0..1_000 => format!("{ms} ms"),
        1_000..120_000 => format!("{} s", ms / 1_000),
        120_000..7_200_000 => format!("{} min", ms / 60_000),
        7_200_000..172_800_000 => format!("{} h", ms / 3_600_000),
        _ => format!("{} days", ms / 86_400_000),
    }
}

/// The title and plan of a fix; `None` where it does not apply or a fact that it needs has no value.
pub fn fix(fix: &Fix, view: &View) -> Option<(String, FixPlan)> {
    if let Some(when) = &fix.when
        && judge(when, view) != Truth::True
    {
        return None;
    }
    Some((strict(&fix.title, view)?, plan(&fix.action, view)?))
}

/// The variables that a probe says to change, with their new values; `None` where it says nothing.
fn changes(list: &FactRef, view: &View) -> Option<BTreeMap<String, Option<String>>> {
    let Looked::Known(Value::List(changes)) = view.look(list) else { return None };
    let text = |change: &Value, field: &str| {
        known(change.as_record()?.get(field)?).and_then(Value::as_text).map(str::to_owned)
    };
    let change = |entry: &Entry| known(entry).and_then(|it| Some((text(it, "variable")?, text(it, "value"))));
    Some(changes.iter().filter_map(change).collect())
}

fn plan(action: &Action, view: &View) -> Option<FixPlan> {
    Some(match action {
        Action::Run(arguments) => {
            let mut filled = Vec::new();
            for (index, template) in arguments.iter().enumerate() {
                let argument = strict(template, view)?;
                // A value that becomes an option, or ends the text early, is not what the author meant.
                let from_facts = matches!(template.0.first(), Some(Piece::Fact { .. }));
                if argument.contains('\0') || (from_facts && argument.starts_with('-')) || (index == 0 && from_facts) {
                    return None;
                }
                filled.push(argument);
            }
            FixPlan::Run(filled)
        }
        Action::Verb { verb, arguments } => {
            let arguments = arguments
                .iter()
                .map(|(name, template)| Some((name.clone(), strict(template, view)?)))
                .collect::<Option<_>>()?;
            FixPlan::Verb { verb: verb.clone(), arguments }
        }
        Action::StopProcess { pid, started_at } => {
            let Looked::Known(Value::Number(pid)) = view.look(pid) else { return None };
            let started_at = match view.look(started_at) {
                Looked::Known(Value::Time(time)) => Some(*time),
                _ => None,
            };
            FixPlan::StopProcess { pid: u32::try_from(*pid).ok()?, started_at }
        }
        Action::StartDaemon => FixPlan::StartDaemon,
        Action::RestartDaemon => FixPlan::RestartDaemon,
        Action::OpenUrl(url) => {
            let url = strict(url, view)?;
            if !(url.starts_with("https://") || url.starts_with("http://127.0.0.1:")) {
                return None;
            }
            FixPlan::OpenUrl(url)
        }
        Action::SetEnv(variables) => {
            let filled = |value: &Option<Template>| match value {
                Some(template) => strict(template, view).map(Some),
                None => Some(None),
            };
            let entries = variables.iter().map(|(name, value)| Some((name.clone(), filled(value)?)));
            FixPlan::SetEnv(entries.collect::<Option<_>>()?)
        }
        Action::SetEnvFrom(list) => FixPlan::SetEnv(changes(list, view)?),
        Action::EditFile { at, edit } => edit_file(at, edit, view)?,
        Action::RemoveFile { path, only_if_content } => FixPlan::RemoveFile {
            path: strict(path, view)?,
            only_if_content: match only_if_content {
                Some(template) => Some(strict(template, view)?),
                None => None,
            },
        },
        Action::MoveAside { path } => FixPlan::MoveAside { path: strict(path, view)? },
        Action::WriteFile { path, content } => {
            FixPlan::WriteFile { path: strict(path, view)?, content: strict(content, view)? }
        }
        Action::Chmod { path, mode } => FixPlan::Chmod { path: strict(path, view)?, mode: *mode },
        Action::RetryWith { .. } => FixPlan::RetryWith(retry(action, view)?),
        Action::Ask(asked) => FixPlan::Ask(asked.iter().cloned().collect()),
        Action::Note(note) => FixPlan::Note(strict(note, view)?),
    })
}

/// A place in a file, and what is to stand there.
fn edit_file(at: &FactRef, edit: &Edit, view: &View) -> Option<FixPlan> {
    let place = view.find(at).ok()?.place.clone()?;
    let (mut replace, mut insert, mut remove) = (None, None, false);
    match edit {
        Edit::Replace(text) => replace = Some(strict(text, view)?),
        Edit::Insert(text) => insert = Some(strict(text, view)?),
        Edit::Remove => remove = true,
    }
    let Place { file, line, column, pointer } = place;
    Some(FixPlan::EditFile {
        file: file.to_string(),
        line,
        column,
        pointer: pointer.into_owned(),
        replace,
        insert,
        remove,
    })
}

fn retry(action: &Action, view: &View) -> Option<Retry> {
    let Action::RetryWith { scopes, flow, redirect_uri, port, client_authentication, code_challenge } = action else {
        return None;
    };
    let text = |template: &Option<Template>| match template {
        Some(template) => strict(template, view).map(Some),
        None => Some(None),
    };
    let listed =
        |items: &[Entry]| items.iter().filter_map(known).filter_map(Value::as_text).map(str::to_owned).collect();
    Some(Retry {
        scopes: match scopes {
            Some(ScopesFrom::List(list)) => Some(list.clone()),
            Some(ScopesFrom::Fact(fact)) => match view.look(fact) {
                Looked::Known(Value::List(items)) => Some(listed(items)),
                _ => return None,
            },
            None => None,
        },
        flow: flow.clone(),
        redirect_uri: text(redirect_uri)?,
        port: match text(port)? {
            Some(port) => Some(port.parse().ok()?),
            None => None,
        },
        client_authentication: client_authentication.clone(),
        code_challenge: code_challenge.clone(),
    })
}
