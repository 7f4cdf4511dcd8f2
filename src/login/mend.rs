//! Guided fixes: what was found is said, a way out is offered, taken, and the login goes on from the step that failed.

use super::plan::Plan;
use super::practice;
use super::run::Setup;
use super::story::Story;
use crate::diagnosis::{Finding, FixOffer};
use crate::fixes;
use crate::oauth::{Authentication, Client};
use crate::prompt::Answer;
use crate::rules::{FixPlan, Safety};
use crate::sink::{Doc, Secret, Style};

/// How a login goes on after a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    Again,
    Stop,
    Interrupted,
}

enum Choice<'a> {
    Take(&'a FixOffer),
    TryAgain,
    Stop,
}

/// Offers the ways out of the findings, and takes one.
pub fn mend(setup: &Setup, plan: &mut Plan, story: &Story, findings: &mut [Finding], tried: &mut Vec<String>) -> Next {
    if !setup.prompt.is_interactive() {
        return if setup.yes { by_itself(setup, plan, story, findings, tried) } else { Next::Stop };
    }
    // What a root explains goes away with the root.
    let roots = findings.iter().filter(|finding| finding.caused_by.is_empty());
    let mut offers: Vec<FixOffer> = Vec::new();
    for offer in roots.flat_map(|root| &root.fixes).filter(|offer| usable(&offer.plan)) {
        if offers.iter().all(|other| other.title != offer.title) {
            offers.push(offer.clone());
        }
    }
    let mut choices: Vec<(String, Choice)> =
        offers.iter().map(|offer| (offer.title.clone(), Choice::Take(offer))).collect();
    choices.push(("try again".to_owned(), Choice::TryAgain));
    choices.push(("stop here".to_owned(), Choice::Stop));
    let labels: Vec<String> = choices.iter().map(|(label, _)| label.clone()).collect();
    match setup.prompt.select("What now", &labels) {
        Answer::Given(index) => match &choices[index].1 {
            Choice::TryAgain => Next::Again,
            Choice::Stop => Next::Stop,
            Choice::Take(offer) => take(setup, plan, story, offer, findings),
        },
        Answer::Interrupted => Next::Interrupted,
        Answer::NotAsked => Next::Stop,
    }
}

/// `--yes` without a person: what changes the next attempt and needs no answer, each once.
fn by_itself(setup: &Setup, plan: &mut Plan, story: &Story, findings: &mut [Finding], tried: &mut Vec<String>) -> Next {
    let offer = findings.iter().flat_map(|f| f.fixes.iter().map(move |o| (f, o))).find(|(finding, offer)| {
        let alone = matches!(offer.plan, FixPlan::RetryWith(_) | FixPlan::StopProcess { .. });
        alone && offer.safety != Safety::Manual && !tried.contains(&format!("{} {}", finding.rule, offer.id))
    });
    let Some((finding, offer)) = offer else { return Next::Stop };
    tried.push(format!("{} {}", finding.rule, offer.id));
    let offer = offer.clone();
    take(setup, plan, story, &offer, findings)
}

/// Fixes that a login can carry out, or that a person does while it waits.
fn usable(plan: &FixPlan) -> bool {
    matches!(
        plan,
        FixPlan::RetryWith(_) | FixPlan::StopProcess { .. } | FixPlan::Ask(_) | FixPlan::OpenUrl(_) | FixPlan::Note(_)
    )
}

fn take(setup: &Setup, plan: &mut Plan, story: &Story, offer: &FixOffer, findings: &mut [Finding]) -> Next {
    let applied = match &offer.plan {
        FixPlan::RetryWith(retry) => plan.change(retry),
        FixPlan::StopProcess { pid, started_at } => {
            match fixes::stop_or_ask(setup.host, setup.prompt, *pid, *started_at) {
                Ok(()) => true,
                Err(why) => {
                    let mut doc = Doc::new();
                    doc.push(Style::Bad, "it was not stopped: ").line(why.to_string());
                    story.say(&doc);
                    return Next::Stop;
                }
            }
        }
        FixPlan::Ask(asked) => return ask(setup, plan, asked.keys().map(String::as_str)),
        FixPlan::OpenUrl(url) => {
            story.address(url, "Open:");
            return wait_for_person(setup);
        }
        FixPlan::Note(note) => {
            let mut doc = Doc::new();
            doc.block(Style::Plain, "  ", note);
            story.say(&doc);
            return wait_for_person(setup);
        }
        _ => false,
    };
    for mine in findings.iter_mut().flat_map(|f| f.fixes.iter_mut()).filter(|mine| mine.id == offer.id) {
        mine.applied = applied;
    }
    if applied { Next::Again } else { Next::Stop }
}

fn wait_for_person(setup: &Setup) -> Next {
    match setup.prompt.confirm("Done? Then we try again", true) {
        Answer::Given(true) => Next::Again,
        Answer::Given(false) | Answer::NotAsked => Next::Stop,
        Answer::Interrupted => Next::Interrupted,
    }
}

/// Asks for what is new; the rest of the client stays.
fn ask<'a>(setup: &Setup, plan: &mut Plan, names: impl Iterator<Item = &'a str>) -> Next {
    let names: Vec<&str> = names.collect();
    let (mut id, mut secret, authentication) = match plan.client.take() {
        Some(client) => (client.id, client.secret, client.authentication),
        None => (String::new(), None, Authentication::Body),
    };
    let mut next = Next::Again;
    if names.contains(&"client_id") {
        match setup.prompt.text("client id", &id) {
            Answer::Given(text) => text.trim().clone_into(&mut id),
            Answer::Interrupted => next = Next::Interrupted,
            Answer::NotAsked => next = Next::Stop,
        }
    }
    if names.contains(&"client_secret") && next == Next::Again {
        // Nobody was ever told the secret of the practice client, so nobody has to know it.
        let practised = plan.provider == practice::NAME;
        let empty = if practised { "the one that the practice provider gave" } else { "none" };
        match setup.prompt.hidden(&format!("client secret (empty: {empty})")) {
            Answer::Given(text) if practised && text.expose().trim().is_empty() => {}
            Answer::Given(text) => secret = Some(Secret::new(text.expose().trim())).filter(|s| !s.is_empty()),
            Answer::Interrupted => next = Next::Interrupted,
            Answer::NotAsked => next = Next::Stop,
        }
    }
    plan.client = (!id.is_empty()).then_some(Client { id, secret, authentication });
    plan.client_from = "prompt";
    next
}
