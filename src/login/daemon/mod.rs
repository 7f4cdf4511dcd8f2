//! A login in which authsome's daemon is the OAuth client: look, open the way to it, begin a session, send the person to the
//! browser, see what became of it, diagnose, mend, again. Must not touch what the daemon keeps except through its own API.

mod afterwards;
mod browser;
mod identity;
mod open;
mod outcome;
mod registration;
mod session;
#[cfg(test)]
mod tests;
mod token_error;
mod wait;

pub use outcome::{Granted, of_session};

use super::failure::Failure;
use super::mend::{Mended, Next, mend};
use super::plan::Plan;
use super::preflight;
use super::run::{Setup, judge};
use super::steps;
use super::story::Story;
use crate::authsome::client::{Client, Session};
use crate::diagnosis::Diagnosis;
use crate::facts::Facts;
use crate::rules::Severity;
use afterwards::Afterwards;
use std::sync::Arc;
use wait::Ended;

/// What the person asked for, beyond the plan.
pub struct Wish {
    pub force: bool,
    /// `--flow`, in authsome's word.
    pub flow: Option<&'static str>,
    /// `--scopes`; none: those that the daemon keeps for the provider, else the definition's.
    pub scopes: Option<Vec<String>>,
    pub base_url: Option<String>,
    /// Stay until it is known what became of the login.
    pub wait: bool,
}

pub enum Done {
    /// The browser has its address, and nobody waits.
    Started,
    /// The daemon has a good connection already.
    Connected(Granted),
    LoggedIn(Granted),
    /// A credential, but scopes that were asked for are missing.
    Partly(Granted, Diagnosis),
    Failed(Diagnosis),
    Interrupted,
}

pub struct Outcome {
    pub done: Done,
    pub facts: Facts,
    pub attempts: u32,
    pub mended: Vec<Mended>,
    /// The last session that was begun.
    pub session: Option<Session>,
    /// What is there to be said although nothing failed.
    pub remarks: Option<Diagnosis>,
}

/// What lives through all attempts.
struct Running {
    attempts: u32,
    facts: Facts,
    mended: Vec<Mended>,
    session: Option<Session>,
    remarks: Option<Diagnosis>,
}

enum Halt {
    Interrupted,
    /// Facts of what was looked at before, and what failed.
    Failed(Box<Failure>),
    /// The look said enough.
    Diagnosed(Diagnosis),
}

impl From<Failure> for Halt {
    fn from(failure: Failure) -> Self {
        Self::Failed(Box::new(failure))
    }
}

type Step<T> = Result<T, Halt>;

pub fn run(setup: &mut Setup, plan: &mut Plan, story: &mut Story, wish: &mut Wish) -> Outcome {
    let recorder = setup.recorder.clone();
    let mut running = Running { attempts: 0, facts: Facts::new(), mended: Vec::new(), session: None, remarks: None };
    loop {
        recorder.go_through(Arc::clone(&setup.host.http));
        running.attempts += 1;
        story.attempt(running.attempts);
        let diagnosis = match once(setup, plan, story, wish, &mut running) {
            Ok(Reached::Started) => return outcome(Done::Started, running),
            Ok(Reached::Connected(granted)) => return outcome(Done::Connected(granted), running),
            Ok(Reached::Done(granted)) => return outcome(Done::LoggedIn(granted), running),
            Ok(Reached::Partly(granted, failure)) => {
                let before = running.facts.clone();
                let diagnosis = judge(setup, &mut running.facts, &before, failure);
                (setup.show)(&diagnosis, &running.facts);
                match next(setup, plan, story, &mut running, diagnosis, wish) {
                    Ok(()) => continue,
                    Err(Stopped::By(diagnosis)) => return outcome(Done::Partly(granted, diagnosis), running),
                    Err(Stopped::Interrupted) => return outcome(Done::Interrupted, running),
                }
            }
            Err(Halt::Interrupted) => return outcome(Done::Interrupted, running),
            Err(Halt::Diagnosed(diagnosis)) => diagnosis,
            Err(Halt::Failed(failure)) => {
                let before = running.facts.clone();
                judge(setup, &mut running.facts, &before, *failure)
            }
        };
        (setup.show)(&diagnosis, &running.facts);
        match next(setup, plan, story, &mut running, diagnosis, wish) {
            Ok(()) => {}
            Err(Stopped::By(diagnosis)) => return outcome(Done::Failed(diagnosis), running),
            Err(Stopped::Interrupted) => return outcome(Done::Interrupted, running),
        }
    }
}

enum Stopped {
    By(Diagnosis),
    Interrupted,
}

fn next(
    setup: &mut Setup,
    plan: &mut Plan,
    story: &Story,
    running: &mut Running,
    mut diagnosis: Diagnosis,
    wish: &mut Wish,
) -> Result<(), Stopped> {
    // A loop without a person must end.
    if running.attempts >= 20 {
        return Err(Stopped::By(diagnosis));
    }
    let (scopes, flow) = (plan.scopes.clone(), plan.flow);
    match mend(setup, plan, story, &mut diagnosis.findings, &mut running.mended) {
        Next::Again => {
            if scopes != plan.scopes {
                wish.scopes = Some(plan.scopes.clone());
            }
            if flow != plan.flow {
                wish.flow = Some(plan.flow.word());
            }
            // What failed is tried anew, although the daemon may hold an older connection.
            wish.force |= running.session.is_some();
            Ok(())
        }
        Next::Stop => Err(Stopped::By(diagnosis)),
        Next::Interrupted => Err(Stopped::Interrupted),
    }
}

fn outcome(done: Done, running: Running) -> Outcome {
    let Running { attempts, facts, mended, session, remarks } = running;
    Outcome { done, facts, attempts, mended, session, remarks }
}

enum Reached {
    Started,
    Connected(Granted),
    Done(Granted),
    Partly(Granted, Failure),
}

/// What one attempt stands on.
struct Ground<'a> {
    setup: &'a Setup<'a>,
    /// What the look found.
    facts: &'a Facts,
    client: &'a Client,
    /// AUTHSOME_HOME, where the daemon is this machine's.
    home: std::path::PathBuf,
}

fn once(setup: &mut Setup, plan: &mut Plan, story: &mut Story, wish: &Wish, running: &mut Running) -> Step<Reached> {
    let client = open::way(setup, plan, story, wish, &mut running.facts)?;
    let facts = running.facts.clone();
    let home = crate::authsome::home(&setup.host.env, setup.home.as_deref());
    let ground = Ground { setup, facts: &facts, client: &client, home };
    open::definition(&ground, plan, wish)?;
    let begun = session::begin(&ground, plan, story, wish)?;
    running.session = Some(Session { url: begun.url.clone(), ..begun.session.clone() });
    if begun.session.status == "completed" {
        let granted = outcome::ask_for_scopes(&ground, plan);
        return Ok(Reached::Connected(granted));
    }
    if begun.session.status == "failed" {
        return Err(outcome::refused(&ground, plan, story, &begun.session, None).into());
    }
    if let Some(diagnosis) = ask_whether_registered(&ground, plan, story, running) {
        return Err(Halt::Diagnosed(diagnosis));
    }
    let since = wait::log_length(&ground);
    let began = ground.setup.host.clock.now();
    let opened = browser::open(&ground, plan, story, &begun);
    if begun.form_in_browser {
        running.remarks = Some(outcome::form_is_open(&ground, plan));
    }
    if !wish.wait {
        return Ok(Reached::Started);
    }
    let (ended, seen) = wait::Waiting::new(&ground, plan, &begun, since, opened).wait(story);
    match ended {
        Ended::Interrupted => Err(Halt::Interrupted),
        Ended::Completed => Ok(outcome::granted(&ground, plan, story, &seen)),
        Ended::Failed(session) => {
            let failure = outcome::refused(&ground, plan, story, &session, Some(&seen));
            running.session = Some(*session);
            Err(failure.into())
        }
        other => match afterwards::look(&ground, plan, &other, began) {
            Some(Afterwards::Completed) => Ok(outcome::granted(&ground, plan, story, &seen)),
            Some(Afterwards::Failed(error)) => {
                let session = Session { status: "failed".to_owned(), error: Some(error), ..begun.session.clone() };
                Err(outcome::refused(&ground, plan, story, &session, Some(&seen)).into())
            }
            None if begun.form_in_browser
                && seen.callbacks.is_empty()
                && matches!(other, Ended::Nobody | Ended::Gone) =>
            {
                Err(outcome::form_left_open(plan, story, &seen).into())
            }
            None => Err(outcome::nothing(&ground, plan, story, &other, &seen).into()),
        },
    }
}

/// With the client that the daemon will use. A finding that stops the login is one that was not there before.
fn ask_whether_registered(ground: &Ground, plan: &Plan, story: &mut Story, running: &mut Running) -> Option<Diagnosis> {
    if plan.offline || plan.client.is_none() || plan.flow == super::plan::Flow::DeviceCode {
        return None;
    }
    let mut going = Story::begin(&steps::REGISTERED);
    let (facts, diagnosis) = preflight::registered(ground.setup, plan, ground.facts);
    let stops = diagnosis.findings.iter().any(|finding| finding.severity == Severity::Error);
    for finding in &diagnosis.findings {
        going.line(format!("{}: {}", finding.severity.word(), finding.title));
    }
    let verdict = facts.text("callback.registered.verdict").unwrap_or("could not be told");
    story.end(going, if stops { "failed" } else { "done" }, &verdict.replace('_', " "));
    running.facts = facts;
    stops.then_some(diagnosis)
}
