//! Guided fixes: what was found is said, a way out is offered, taken, and the login goes on from the step that failed.

use super::ask;
use super::plan::{Flow, Plan, Via};
use super::run::Setup;
use super::story::Story;
use crate::diagnosis::{Finding, FixOffer};
use crate::fixes;
use crate::prompt::Answer;
use crate::rules::{FixPlan, Safety};
use crate::sink::{Doc, Style, set_variable};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// How a login goes on after a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    Again,
    Stop,
    Interrupted,
}

/// A way out that was taken; whether it helped shows at the next attempt.
#[derive(Clone, Debug)]
pub struct Mended {
    pub rule: String,
    pub cause: String,
    pub fix: String,
    pub title: String,
    pub kind: &'static str,
}

impl Mended {
    /// `verified`: what it was for was not found again.
    pub fn to_json(&self, verified: bool) -> Value {
        json!({
            "rule": self.rule, "cause": self.cause, "id": self.fix, "title": self.title, "kind": self.kind,
            "applied": true, "verified": verified,
        })
    }
}

/// Offers the ways out of the findings, and takes one.
pub fn mend(
    setup: &mut Setup,
    plan: &mut Plan,
    story: &Story,
    findings: &mut [Finding],
    mended: &mut Vec<Mended>,
) -> Next {
    let chosen = match (setup.prompt.is_interactive(), setup.yes) {
        (true, _) => ask_which(setup, plan.via, findings),
        (false, true) => by_itself(plan.via, findings, mended),
        (false, false) => Err(Next::Stop),
    };
    let (offer, taken) = match chosen {
        Ok(chosen) => chosen,
        Err(next) => return next,
    };
    let next = take(setup, plan, story, &offer);
    if next == Next::Again {
        for mine in findings.iter_mut().flat_map(|f| f.fixes.iter_mut()).filter(|mine| mine.id == offer.id) {
            mine.applied = true;
        }
        mended.push(taken);
    }
    next
}

/// What is to be done; `Err`: nothing, and how it goes on.
type Chosen = Result<(FixOffer, Mended), Next>;

fn ask_which(setup: &Setup, via: Via, findings: &[Finding]) -> Chosen {
    // What a root explains goes away with the root.
    let roots = findings.iter().filter(|finding| finding.caused_by.is_empty());
    let mut offers: Vec<(&FixOffer, &Finding)> = Vec::new();
    for (offer, root) in roots.flat_map(|root| root.fixes.iter().map(move |offer| (offer, root))) {
        if is_usable(&offer.plan, via) && offers.iter().all(|(other, _)| other.title != offer.title) {
            offers.push((offer, root));
        }
    }
    let titles = offers.iter().map(|(offer, _)| offer.title.clone());
    let labels: Vec<String> = titles.chain(["try again".to_owned(), "stop here".to_owned()]).collect();
    match setup.prompt.select("What now", &labels) {
        Answer::Given(index) => match offers.get(index) {
            Some((offer, root)) => Ok(((*offer).clone(), as_taken(offer, root))),
            None if index == offers.len() => Err(Next::Again),
            None => Err(Next::Stop),
        },
        Answer::Interrupted => Err(Next::Interrupted),
        Answer::NotAsked => Err(Next::Stop),
    }
}

/// `--yes` without a person: what changes the next attempt and needs no answer, each once.
fn by_itself(via: Via, findings: &[Finding], mended: &[Mended]) -> Chosen {
    let alone = |plan: &FixPlan| {
        matches!(
            plan,
            FixPlan::RetryWith(_)
                | FixPlan::StopProcess { .. }
                | FixPlan::SetEnv(_)
                | FixPlan::RemoveFile { .. }
                | FixPlan::Chmod { .. }
                | FixPlan::StartDaemon
                | FixPlan::RestartDaemon
                | FixPlan::MoveAside { .. }
                | FixPlan::WriteFile { .. }
        )
    };
    let tried =
        |finding: &Finding, offer: &FixOffer| mended.iter().any(|it| it.rule == finding.rule && it.fix == offer.id);
    let chosen = findings.iter().flat_map(|finding| finding.fixes.iter().map(move |offer| (offer, finding))).find(
        |(offer, finding)| {
            is_usable(&offer.plan, via)
                && alone(&offer.plan)
                && offer.safety != Safety::Manual
                && !tried(finding, offer)
        },
    );
    chosen.map(|(offer, finding)| (offer.clone(), as_taken(offer, finding))).ok_or(Next::Stop)
}

fn as_taken(offer: &FixOffer, finding: &Finding) -> Mended {
    Mended {
        rule: finding.rule.clone(),
        cause: finding.cause.clone(),
        fix: offer.id.clone(),
        title: offer.title.clone(),
        kind: offer.plan.kind(),
    }
}

/// Fixes that a login can carry out, or that a person does while it waits.
fn is_usable(plan: &FixPlan, via: Via) -> bool {
    match plan {
        FixPlan::Verb { .. } | FixPlan::EditFile { .. } => false,
        // The daemon has no part in a login that goes without it.
        FixPlan::StartDaemon | FixPlan::RestartDaemon => via == Via::Daemon,
        // And where it is the client, it alone decides how the provider is asked.
        FixPlan::RetryWith(retry) => {
            let ours = retry.redirect_uri.is_some()
                || retry.port.is_some()
                || retry.client_authentication.is_some()
                || retry.code_challenge.is_some();
            via == Via::Standalone || !ours
        }
        FixPlan::StopProcess { .. }
        | FixPlan::Ask(_)
        | FixPlan::OpenUrl(_)
        | FixPlan::SetEnv(_)
        | FixPlan::RemoveFile { .. }
        | FixPlan::MoveAside { .. }
        | FixPlan::WriteFile { .. }
        | FixPlan::Chmod { .. }
        | FixPlan::Run(_)
        | FixPlan::Note(_) => true,
    }
}

fn take(setup: &mut Setup, plan: &mut Plan, story: &Story, offer: &FixOffer) -> Next {
    match &offer.plan {
        FixPlan::RetryWith(retry) => {
            let changed = plan.change(retry);
            // Another flow may need a client that nobody has asked for so far.
            let needs_client = plan.via == Via::Standalone
                && plan.client.is_none()
                && plan.flow != Flow::DcrPkce
                && setup.prompt.is_interactive();
            if changed && needs_client { ask::client(setup, plan) } else { if_done(changed) }
        }
        FixPlan::Ask(asked) => ask::ask(setup, plan, story, asked),
        FixPlan::SetEnv(changes) => {
            set_for_this_run(setup, story, changes);
            Next::Again
        }
        FixPlan::OpenUrl(url) => {
            story.address(url, "Open:");
            wait_for_person(setup)
        }
        FixPlan::Note(note) => {
            let mut doc = Doc::new();
            doc.block(Style::Plain, "  ", note);
            story.say(&doc);
            wait_for_person(setup)
        }
        acting => {
            let words = fixes::in_words(&setup.host, acting);
            let agreed = setup.yes
                || matches!(acting, FixPlan::StopProcess { .. })
                || setup.prompt.confirm(&format!("{} ({words})?", offer.title), true) == Answer::Given(true);
            if !agreed {
                return Next::Stop;
            }
            let done = fixes::act(&setup.host, setup.prompt, acting);
            let mut doc = Doc::new();
            match &done {
                Ok(()) => doc.push(Style::Good, "done: ").line(words),
                Err(why) => doc.push(Style::Bad, "not done: ").line(format!("{words}: {why}")),
            };
            story.say(&doc);
            // A command that shows or asks for something: the person says when to go on.
            let looks = matches!(acting, FixPlan::Run(_)) && offer.safety == Safety::Manual;
            if done.is_ok() && looks { wait_for_person(setup) } else { if_done(done.is_ok()) }
        }
    }
}

fn if_done(done: bool) -> Next {
    if done { Next::Again } else { Next::Stop }
}

/// For this run; what belongs into the shell for later is said, since a program cannot change the shell that started it.
pub fn set_for_this_run(setup: &mut Setup, story: &Story, changes: &BTreeMap<String, Option<String>>) {
    setup.host = setup.host.with_environment(changes);
    let mut doc = Doc::new();
    doc.push(Style::Good, "set for this run. ").line("For later, in your shell:");
    for (name, value) in changes {
        doc.text("  ").push(Style::Typed, set_variable(name, value.as_deref())).newline();
    }
    story.say(&doc);
}

fn wait_for_person(setup: &Setup) -> Next {
    match setup.prompt.confirm("Done? Then we try again", true) {
        Answer::Given(true) => Next::Again,
        Answer::Given(false) | Answer::NotAsked => Next::Stop,
        Answer::Interrupted => Next::Interrupted,
    }
}
