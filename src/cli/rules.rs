//! `authsome rules`: for those who write rules.

use super::app::{App, Exit};
use super::args::Format;
use super::input::{self, unreadable};
use crate::diagnosis::{RunError, cases};
use crate::error_reader;
use crate::facts::registry;
use crate::host::Host;
use crate::report;
use crate::rules::compiled::Rule;
use crate::rules::problem::Problem;
use crate::rules::rule::{self, Written};
use crate::rules::{catalogue, schema, set};
use crate::vendors;
use clap::{Args, Subcommand};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

#[derive(Args)]
pub struct RulesArgs {
    #[command(subcommand)]
    pub command: RulesCommand,
}

#[derive(Subcommand)]
pub enum RulesCommand {
    /// Every rule: id, severity, cause
    List {
        /// Only the rules that belong to this provider
        #[arg(long)]
        provider: Option<String>,
    },
    /// One rule, as a page
    Show {
        /// Its id
        id: String,
    },
    /// Look for authors' mistakes; without a path, in your own rules (the built-in ones were checked when this was built)
    Lint {
        /// Rule files or folders of them
        paths: Vec<PathBuf>,
    },
    /// Run the cases of rules; without a path, of your own
    Test {
        /// Rule files or folders of them
        paths: Vec<PathBuf>,
        /// Where the cases' fixtures are
        #[arg(long, value_name = "DIR", default_value = "fixtures")]
        fixtures: PathBuf,
    },
    /// Print the JSON Schema of a rule file, for editors
    Schema,
    /// Every fact: name, type, unit, probe, sensitivity, meaning
    Facts,
}

pub fn run(app: &App, args: &RulesArgs) -> Result<Exit, RunError> {
    match &args.command {
        RulesCommand::List { provider } => list(app, provider.as_deref()),
        RulesCommand::Show { id } => show(app, id),
        RulesCommand::Lint { paths } => lint(app, paths),
        RulesCommand::Test { paths, fixtures } => test(app, paths, fixtures),
        RulesCommand::Schema => {
            app.answer_raw(&format!("{:#}\n", schema::schema(&catalogue::labels())))?;
            Ok(Exit::Fine)
        }
        RulesCommand::Facts => facts(app),
    }
}

fn list(app: &App, provider: Option<&str>) -> Result<Exit, RunError> {
    let rules = app.rules()?;
    let vendor = provider.map(|name| vendors::find(name).map_or(name, |vendor| vendor.id));
    let wanted = |rule: &&Rule| vendor.is_none_or(|vendor| vendors::of_rule(&rule.id) == Some(vendor));
    let listed: Vec<&Rule> = rules.iter().filter(wanted).collect();
    if let (Some(name), true) = (provider, listed.is_empty() && app.format() != Format::Json) {
        let known = vendor.is_some_and(|vendor| vendors::find(vendor).is_some());
        if !known {
            return Err(input::usage(format!(
                "no provider is called {name}: explain and doctor still read its errors"
            )));
        }
        app.answer_raw(&format!("No rule is for {name} alone: its errors are read by the rules for every provider\n"))?;
        return Ok(Exit::Fine);
    }
    let rows = listed.into_iter().map(|rule| {
        json!({
            "id": rule.id,
            "severity": rule.severity.word(),
            "cause": rule.cause,
            "provider": vendors::of_rule(&rule.id),
            "file": rule.file,
            "since": rule.since,
        })
    });
    answer(app, "rules list", "rules", rows.collect(), &["id", "severity", "cause"])
}

fn facts(app: &App) -> Result<Exit, RunError> {
    let rows = registry::all().map(|spec| {
        json!({
            "name": spec.name,
            "type": spec.kind.word(),
            "unit": spec.unit,
            "probe": spec.probe(),
            "sensitivity": spec.sensitivity.word(),
            "one_of": spec.one_of,
            "meaning": spec.meaning,
        })
    });
    answer(app, "rules facts", "facts", rows.collect(), &["name", "type", "unit", "sensitivity", "meaning"])
}

fn show(app: &App, id: &str) -> Result<Exit, RunError> {
    let rules = app.rules()?;
    let rule = rules.find(id).ok_or_else(|| app.no_such_rule(id))?;
    let version = crate::authsome::installed_version(&app.host);
    if app.format() == Format::Json {
        app.answer_json(&document("rules show", &[("rule", report::rule_json(rule, version.as_deref()))]))?;
    } else {
        app.answer_doc(&report::rule_page(rule, version.as_deref()))?;
    }
    Ok(Exit::Fine)
}

fn lint(app: &App, paths: &[PathBuf]) -> Result<Exit, RunError> {
    let (written, problems, _) = read(app, paths)?;
    finish(app, "rules lint", &format!("{} rules", count(&written)), &problems)
}

fn test(app: &App, paths: &[PathBuf], fixtures: &Path) -> Result<Exit, RunError> {
    let (written, mut problems, all) = read(app, paths)?;
    if problems.is_empty() {
        problems = cases::run(&written, &all, Some(fixtures), |text| error_reader::read(text, "argument"));
    }
    let number: usize = written.iter().map(|one| one.cases.len()).sum();
    finish(app, "rules test", &format!("{} rules, {number} cases", count(&written)), &problems)
}

fn count(written: &[Written]) -> usize {
    written.len()
}

/// The rules that were named, with their mistakes, and all rules beside which they stand.
fn read(app: &App, paths: &[PathBuf]) -> Result<(Vec<Written>, Vec<Problem>, Vec<Rule>), RunError> {
    let mut files = Vec::new();
    for path in paths {
        let folder = app.host.files.metadata(path).map_err(|e| unreadable(format!("{}: {e}", path.display())))?.is_dir;
        if folder {
            files.extend(files_in(&app.host, path)?);
        } else {
            files.push((path.display().to_string(), input::text_file(&app.host, path)?));
        }
    }
    if paths.is_empty() {
        files = app.own_rule_files()?;
    }
    // The sources of the built-in rules are checked as what they are: with all rights, for themselves.
    if files.is_empty() || !files.iter().all(|(name, _)| is_source(name)) {
        let (written, problems) = catalogue::read_outside(&files);
        let own = written.iter().map(|one| one.rule.clone());
        let all = catalogue::built_in_rules().cloned().chain(own).collect();
        return Ok((written, problems, all));
    }
    let mut written = Vec::new();
    let mut problems = Vec::new();
    for (name, text) in &files {
        let family = name.rsplit('/').nth(1).unwrap_or_default();
        let (rules, wrong) = rule::read_file(text, name, family, false, &catalogue::labels());
        written.extend(rules);
        problems.extend(wrong);
    }
    problems.extend(set::check(&written, &BTreeSet::new()));
    let all = written.iter().map(|one| one.rule.clone()).collect();
    Ok((written, problems, all))
}

/// Is it the source of built-in rules, in a checkout of this project?
fn is_source(name: &str) -> bool {
    catalogue::built_in_rules().any(|rule| name.ends_with(&rule.file))
}

fn finish(app: &App, command: &str, what: &str, problems: &[Problem]) -> Result<Exit, RunError> {
    if app.format() == Format::Json {
        let rows: Vec<Value> = problems
            .iter()
            .map(|p| json!({"file": p.file, "line": p.spot.line, "column": p.spot.column, "message": p.message}))
            .collect();
        let status = if problems.is_empty() { "healthy" } else { "problems" };
        let verdict = json!({"status": status, "cause": null, "rule": null});
        app.answer_json(&document(command, &[("verdict", verdict), ("problems", Value::Array(rows))]))?;
    } else {
        let mut text = String::new();
        for problem in problems {
            text.push_str(&format!("{problem}\n"));
        }
        let said = match problems.len() {
            0 => format!("{what}: no mistake\n"),
            1 => format!("{what}: 1 mistake\n"),
            n => format!("{what}: {n} mistakes\n"),
        };
        text.push_str(&said);
        app.answer_raw(&text)?;
    }
    Ok(if problems.is_empty() { Exit::Fine } else { Exit::Problems })
}

fn answer(app: &App, command: &str, key: &str, rows: Vec<Value>, columns: &[&str]) -> Result<Exit, RunError> {
    if app.format() == Format::Json {
        app.answer_json(&document(command, &[(key, Value::Array(rows))]))?;
    } else {
        app.answer_raw(&report::table(&rows, columns))?;
    }
    Ok(Exit::Fine)
}

fn document(command: &str, keys: &[(&str, Value)]) -> Value {
    let mut document = report::envelope(command);
    for (key, value) in keys {
        document[*key] = value.clone();
    }
    document
}

/// The rule files of a folder, name and text, in a stable order.
pub fn files_in(host: &Host, folder: &Path) -> Result<Vec<(String, String)>, RunError> {
    let cannot = |e: std::io::Error| unreadable(format!("{}: {e}", folder.display()));
    let mut files = Vec::new();
    for path in host.files.list(folder).map_err(cannot)? {
        if host.files.metadata(&path).is_ok_and(|found| found.is_dir) {
            files.extend(files_in(host, &path)?);
        } else if path.extension().is_some_and(|e| e == "yaml" || e == "yml") {
            files.push((path.display().to_string(), input::text_file(host, &path)?));
        }
    }
    Ok(files)
}
