//! `doctor --fix`: each fix is shown, confirmed and applied; the doctor then looks again.

use super::{aside, daemon};
use crate::authsome::{self, restart};
use crate::diagnosis::{Finding, FixOffer, Report};
use crate::host::Host;
use crate::prompt::{self, Answer, Prompt};
use crate::rules::{FixPlan, Safety};
use crate::sink::{self, Doc, Stream, Style};
use std::path::Path;
use std::process::{Command, Stdio};

/// How fixes are applied in this run.
pub struct Run<'a> {
    pub host: &'a Host,
    pub prompt: Box<dyn Prompt>,
    /// `--yes`.
    pub yes: bool,
    pub dry_run: bool,
}

/// Applies the first fix of each finding that may be applied. True: something was changed.
pub fn mend(run: &Run, report: &mut Report) -> bool {
    let mut changed = false;
    let changes: Vec<String> = restart::changes(&report.facts).iter().map(ToString::to_string).collect();
    for finding in &mut report.findings {
        // What a root explains goes away with the root; if not, it is there at the next look.
        if !finding.caused_by.is_empty() {
            continue;
        }
        for offer in &mut finding.fixes {
            if prompt::interrupted() {
                return changed;
            }
            if finding.from_outside || offer.safety == Safety::Manual || !is_ours_to_do(&offer.plan) {
                continue;
            }
            match try_one(run, offer, &changes) {
                Tried::Applied => {
                    offer.applied = true;
                    changed = true;
                    break;
                }
                Tried::Left(why) => offer.note = Some(why),
            }
        }
    }
    changed
}

/// What a doctor can do; the rest is for a login, or for a person to type.
fn is_ours_to_do(plan: &FixPlan) -> bool {
    matches!(
        plan,
        FixPlan::StopProcess { .. }
            | FixPlan::RemoveFile { .. }
            | FixPlan::Chmod { .. }
            | FixPlan::MoveAside { .. }
            | FixPlan::WriteFile { .. }
            | FixPlan::Run(_)
            | FixPlan::StartDaemon
            | FixPlan::RestartDaemon
    )
}

enum Tried {
    Applied,
    Left(String),
}

/// `changes`: what a new daemon would have otherwise than the running one.
fn try_one(run: &Run, offer: &FixOffer, changes: &[String]) -> Tried {
    let mut words = in_words(run.host, &offer.plan);
    if offer.plan == FixPlan::RestartDaemon && !changes.is_empty() {
        words = format!("{words}; {}", changes.join(", "));
    }
    if run.dry_run {
        return Tried::Left(format!("would do: {words}"));
    }
    if !run.yes {
        match run.prompt.confirm(&format!("{} ({words})?", offer.title), false) {
            Answer::Given(true) => {}
            Answer::NotAsked => return Tried::Left("not applied: it needs --yes, or a terminal to ask on".to_owned()),
            Answer::Given(false) | Answer::Interrupted => return Tried::Left("not applied: you said no".to_owned()),
        }
    }
    let done = act(run.host, run.prompt.as_ref(), &offer.plan);
    let mut doc = Doc::new();
    match &done {
        Ok(()) => doc.push(Style::Good, "fixed: ").line(format!("{} ({words})", offer.title)),
        Err(why) => doc.push(Style::Bad, "not fixed: ").line(format!("{}: {why}", offer.title)),
    };
    let _ = sink::print(Stream::Err, &doc);
    match done {
        Ok(()) => Tried::Applied,
        Err(why) => Tried::Left(format!("failed: {why}")),
    }
}

/// Does it; asking whether to is the caller's.
pub fn act(host: &Host, prompt: &dyn Prompt, plan: &FixPlan) -> Result<(), String> {
    match plan {
        FixPlan::StopProcess { pid, started_at } => {
            super::stop_or_ask(host, prompt, *pid, *started_at).map_err(|why| why.to_string())
        }
        FixPlan::RemoveFile { path, only_if_content } => remove(host, Path::new(path), only_if_content.as_deref()),
        FixPlan::Chmod { path, mode } => host.files.set_mode(Path::new(path), *mode).map_err(|e| e.to_string()),
        FixPlan::Run(arguments) => run_command(arguments),
        FixPlan::MoveAside { path } => aside::move_aside(host, Path::new(path)).map(drop),
        FixPlan::WriteFile { path, content } => aside::write_file(host, Path::new(path), content).map(drop),
        FixPlan::StartDaemon => daemon::start(host),
        FixPlan::RestartDaemon => daemon::restart(host, prompt),
        other => Err(format!("{} is nothing that doctor does by itself: see what to type", other.kind())),
    }
}

/// Only while it still holds what was found.
fn remove(host: &Host, path: &Path, only_if_content: Option<&str>) -> Result<(), String> {
    if let Some(expected) = only_if_content {
        let now = host.files.read_text(path, 4096).map_err(|e| e.to_string())?;
        if now.trim() != expected.trim() {
            return Err("it has changed since it was looked at".to_owned());
        }
    }
    host.files.remove(path).map_err(|e| e.to_string())
}

fn run_command(arguments: &[String]) -> Result<(), String> {
    let Some((program, rest)) = arguments.split_first() else { return Err("nothing to run".to_owned()) };
    let ended = Command::new(program).args(rest).stdin(Stdio::inherit()).output();
    let ended = ended.map_err(|e| format!("{program}: {e}"))?;
    // What it says is foreign text, and standard output is the report's.
    let mut doc = Doc::new();
    for said in [&ended.stdout, &ended.stderr] {
        doc.block(Style::Plain, "  ", String::from_utf8_lossy(said));
    }
    let _ = sink::print(Stream::Err, &doc);
    if ended.status.success() { Ok(()) } else { Err(format!("{program} ended with {}", ended.status)) }
}

/// What a person would type for it, in the words of the installed authsome where it is one of its own commands.
pub fn in_words(host: &Host, plan: &FixPlan) -> String {
    let theirs = |verb: &str| {
        let words = authsome::command_of(verb, authsome::installed_version(host).as_deref());
        words.map_or_else(|| verb.replace('_', " "), |words| words.join(" "))
    };
    match plan {
        FixPlan::StartDaemon => theirs("start_daemon"),
        FixPlan::RestartDaemon => theirs("restart_daemon"),
        FixPlan::MoveAside { path } => format!("mv {path} {path}.aside-‹time›"),
        FixPlan::WriteFile { path, content } => format!("mv {path} {path}.aside-‹time›; write {path}: {content}"),
        FixPlan::StopProcess { pid, .. } => format!("kill {pid}"),
        FixPlan::RemoveFile { path, .. } => format!("rm {path}"),
        FixPlan::Chmod { path, mode } => format!("chmod {mode:04o} {path}"),
        FixPlan::Run(arguments) => arguments.join(" "),
        other => other.kind().to_owned(),
    }
}

/// The fixes that were applied, shown with the state after looking again: a finding that is gone was mended.
pub fn carry_over(mended: Vec<Finding>, report: &mut Report) {
    let mut applied = Vec::new();
    for finding in mended {
        let still = report.findings.iter_mut().find(|now| now.rule == finding.rule && now.title == finding.title);
        match still {
            Some(now) => {
                for offer in finding.fixes.into_iter().filter(|offer| offer.applied || offer.note.is_some()) {
                    if let Some(mine) = now.fixes.iter_mut().find(|mine| mine.id == offer.id) {
                        *mine = offer;
                    }
                }
            }
            None => {
                for offer in finding.fixes.into_iter().filter(|offer| offer.applied) {
                    applied.push(serde_json::json!({
                        "rule": finding.rule,
                        "id": offer.id,
                        "title": offer.title,
                        "kind": offer.plan.kind(),
                        "applied": true,
                        "verified": true,
                    }));
                }
            }
        }
    }
    if !applied.is_empty() {
        report.extra.insert("fixed".to_owned(), applied.into());
    }
}
