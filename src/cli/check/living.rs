//! The flags for living with findings, and what they make of a run.

use super::super::app::App;
use super::super::args::FailOn;
use super::super::input::{text_file, unreadable, usage};
use super::paths::Wanted;
use crate::check::{Base, Baseline, CONFIG_FILE, Config, Marks, Way};
use crate::diagnosis::{Aside, By, Diagnosis, RunError};
use crate::facts::Place;
use crate::rules::compiled::Rule;
use clap::{Args, ValueEnum};
use serde_json::{Value, json};
use std::borrow::Cow;
use std::path::{Path, PathBuf};

#[derive(Args, Clone, Default)]
pub struct LivingArgs {
    /// How this repository wants its definitions judged [default: authsome-check.yaml in the current folder]
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Leave out the findings that this file lists
    #[arg(long, value_name = "FILE")]
    pub baseline: Option<PathBuf>,
    /// Write a baseline of what is found now, which then does not count
    #[arg(long, value_name = "FILE", conflicts_with_all = ["diff", "fix", "dry_run"])]
    pub write_baseline: Option<PathBuf>,
    /// Only what a change brought: what the definitions were at a git revision, such as origin/main, does not count
    #[arg(long, value_name = "BASE")]
    pub diff: Option<String>,
    /// Mend what is certain, in the files themselves, without asking
    #[arg(long)]
    pub fix: bool,
    /// With --fix: show what would be changed, and change nothing
    #[arg(long, requires = "fix")]
    pub dry_run: bool,
}

/// `rules`: those that judge in this run.
pub fn way<'r>(
    app: &App,
    args: &LivingArgs,
    named: &[PathBuf],
    wanted: &[Wanted],
    rules: &[&'r Rule],
) -> Result<Way<'r>, RunError> {
    let base = std::env::current_dir().map_err(|why| unreadable(format!("the current folder: {why}")))?;
    let mut way = Way::new(base.clone(), rules, rules.iter().copied());
    way.config = config(app, args, rules)?;
    way.baseline = baseline(app, args)?;
    if let Some(revision) = &args.diff {
        if named.is_empty() {
            return Err(usage("--diff compares files of a repository: name files or folders"));
        }
        let files = wanted.iter().filter_map(Wanted::path);
        way.diff = Some(Base::look(&*app.host.files, &base, revision, files).map_err(usage)?);
    }
    Ok(way)
}

fn config(app: &App, args: &LivingArgs, rules: &[&Rule]) -> Result<Option<Config>, RunError> {
    let path = args.config.clone().unwrap_or_else(|| PathBuf::from(CONFIG_FILE));
    if args.config.is_none() && app.host.files.metadata(&path).is_err() {
        return Ok(None);
    }
    let text = text_file(&app.host, &path)?;
    Config::read(&text, &path.display().to_string(), rules).map(Some).map_err(|problems| {
        let place = problems.first().map(|first| Place {
            file: first.file.as_str().into(),
            line: first.spot.line,
            column: first.spot.column,
            pointer: Cow::default(),
        });
        let all: Vec<String> = problems.iter().map(ToString::to_string).collect();
        RunError { kind: "invalid_config", message: all.join("\n"), place }
    })
}

fn baseline(app: &App, args: &LivingArgs) -> Result<Option<Baseline>, RunError> {
    if let Some(path) = &args.write_baseline {
        return Ok(Some(Baseline::to_be_written(&path.display().to_string())));
    }
    let Some(path) = &args.baseline else { return Ok(None) };
    let file = path.display().to_string();
    if app.host.files.metadata(path).is_err() {
        return Err(unreadable(format!("{file} is not there: --write-baseline {file} writes it")));
    }
    Baseline::read(&text_file(&app.host, path)?, &file).map(Some).map_err(|(message, line, column)| {
        let place = Place { file: file.as_str().into(), line, column, pointer: Cow::default() };
        RunError { kind: "unreadable_input", message: format!("{file}:{line}:{column}: {message}"), place: Some(place) }
    })
}

/// What there is to say after the last definition; the baseline that was asked for is written.
pub fn end(
    app: &App,
    args: &LivingArgs,
    named: &[PathBuf],
    way: &Way,
    looked_at: &[String],
    marks: &Marks,
    aside: &mut Aside,
) -> Result<Diagnosis, RunError> {
    let files = &*app.host.files;
    let is_folder = |path: &PathBuf| files.metadata(path).is_ok_and(|found| found.is_dir);
    let folders = named.is_empty() || named.iter().any(is_folder);
    let (about, more) = way.about_the_run(marks, looked_at, folders, |path| files.metadata(path).is_ok());
    aside.append(more);
    if let (Some(path), Some(text)) = (&args.write_baseline, way.new_baseline(aside)) {
        let real = files.real_path(path).unwrap_or_else(|_| path.clone());
        files
            .replace(&real, text.as_bytes())
            .map_err(|why| unreadable(format!("{} cannot be written: {why}", path.display())))?;
    }
    Ok(about)
}

/// The flag, else the config file's, else errors.
pub fn fail_on(flag: Option<FailOn>, way: &Way) -> FailOn {
    let chosen = || FailOn::from_str(way.config.as_ref()?.fail_on.as_deref()?, false).ok();
    flag.or_else(chosen).unwrap_or(FailOn::Error)
}

/// `suppressed` of the JSON document; `None` where nothing is.
pub fn counts(aside: &Aside) -> Option<Value> {
    (!aside.is_empty()).then(|| {
        json!({
            "inline": aside.by(By::Inline),
            "config": aside.by(By::Config),
            "baseline": aside.by(By::Baseline),
            "unchanged": aside.unchanged,
        })
    })
}

/// Where a file is, for people.
pub fn at(file: &str, line: u32) -> String {
    if line > 0 { format!("{}:{line}", Path::new(file).display()) } else { file.to_owned() }
}
