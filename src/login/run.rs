//! The whole login: look first, attempt, diagnose what failed, offer, and go on until it is done or the person stops.

use super::attempt::{self, Granted, Ground, Stop};
use super::device;
use super::failure::Failure;
use super::mend::{Mended, Next, mend};
use super::metadata;
use super::plan::{CodeChallenge, Flow, Plan};
use super::practice;
use super::preflight;
use super::registration;
use super::steps;
use super::story::Story;
use crate::diagnosis::{Diagnosis, diagnose};
use crate::facts::Facts;
use crate::host::Host;
use crate::oauth::authorize::Attempt;
use crate::oauth::callback::hash;
use crate::oauth::discovery::Discovery;
use crate::oauth::listener::Listener;
use crate::oauth::record::Recorder;
use crate::pages::{self, Connected, Trouble};
use crate::probes::network;
use crate::prompt::Prompt;
use crate::rules::Rules;
use crate::sink::{Doc, Secret, Style};
use crate::store::{Journal, Registrations};
use serde_json::json;
use std::path::PathBuf;
use std::sync::Arc;

/// What a login stands on.
pub struct Setup<'a> {
    /// With the variables that a fix has set for this run.
    pub host: Host,
    pub rules: Rules,
    pub prompt: &'a dyn Prompt,
    pub yes: bool,
    pub home: Option<PathBuf>,
    pub provider_file: Option<PathBuf>,
    /// Callback paths by authsome version: path, versions in words.
    pub callback_paths: Vec<(String, String)>,
    /// Does a granted scope show, at this provider, that a wanted one was granted?
    pub covers_scope: Box<dyn Fn(&str, &str) -> bool>,
    /// Hashes of the states that were issued here lately.
    pub journal: Journal,
    /// Clients that were registered for us; `None`: nothing of this login is kept.
    pub registrations: Option<Registrations>,
    /// Keeps what was granted, where it is to be kept, before anything else can happen.
    pub keep: &'a dyn Fn(&Plan, &Granted),
    /// Every request of this run.
    pub recorder: Arc<Recorder>,
    /// Shows a diagnosis to the person.
    pub show: &'a dyn Fn(&Diagnosis, &Facts),
    /// The same for the page in the browser.
    pub trouble: &'a dyn Fn(&Diagnosis, &Facts) -> Trouble,
}

impl Setup<'_> {
    pub fn implies(&self, granted: &str, wanted: &str) -> bool {
        (self.covers_scope)(granted, wanted)
    }
}

pub enum Done {
    LoggedIn(Granted),
    /// A credential, but scopes that were asked for are missing.
    Partly(Granted, Diagnosis),
    Failed(Diagnosis),
    Interrupted,
}

pub struct Outcome {
    pub done: Done,
    pub facts: Facts,
    /// How many attempts were made.
    pub attempts: u32,
    /// The ways out that were taken.
    pub mended: Vec<Mended>,
}

/// Where the next attempt begins.
struct Running {
    listener: Option<Listener>,
    attempts: u32,
    facts: Facts,
    mended: Vec<Mended>,
    /// A code that never reached the provider, and what belongs to it: the login goes on with it.
    unused: Option<(Attempt, Secret)>,
    discovery: Discovery,
}

impl Running {
    /// What the browser shows at the end of an attempt; a page that is being loaded gets the time to arrive.
    fn show_page(&self, html: String) {
        if let Some(listener) = &self.listener {
            listener.end(html);
            listener.linger();
        }
    }
}

fn connected<'a>(plan: &'a Plan, granted: &'a Granted) -> Connected<'a> {
    Connected { provider: &plan.title, connection: &plan.connection, scopes: &granted.scopes }
}

pub fn run(setup: &mut Setup, plan: &mut Plan, story: &mut Story) -> Outcome {
    let recorder = Arc::clone(&setup.recorder);
    let discovery = Discovery::new(&recorder, plan.issuers());
    let mut running =
        Running { listener: None, attempts: 0, facts: Facts::new(), mended: Vec::new(), unused: None, discovery };
    loop {
        recorder.go_through(Arc::clone(&setup.host.http));
        // No answer, and perhaps a fix has opened the way since.
        if running.discovery.known().is_some_and(|found| found.silent) {
            running.discovery = Discovery::new(&recorder, plan.issuers());
        }
        let (bound, asked) = ((plan.redirect_uri.clone(), plan.flow), plan.asks_for());
        let diagnosis = match once(setup, plan, story, &recorder, &mut running) {
            Ok(Finished::Done(granted)) => {
                (setup.keep)(plan, &granted);
                running.show_page(pages::success(&connected(plan, &granted)));
                return outcome(Done::LoggedIn(granted), running);
            }
            Ok(Finished::Partly(granted, diagnosis)) => {
                (setup.keep)(plan, &granted);
                (setup.show)(&diagnosis, &running.facts);
                let trouble = (setup.trouble)(&diagnosis, &running.facts);
                running.show_page(pages::fewer_scopes(&connected(plan, &granted), &trouble));
                match next(setup, plan, story, &mut running, diagnosis) {
                    Ok(()) => continue,
                    Err(Ended::Stopped(diagnosis)) => return outcome(Done::Partly(granted, diagnosis), running),
                    Err(Ended::Interrupted) => return outcome(Done::Interrupted, running),
                }
            }
            Err(Halt::Interrupted) => return outcome(Done::Interrupted, running),
            Err(Halt::Diagnosed(diagnosis)) => diagnosis,
        };
        if take_another_port(plan, story, &diagnosis, &mut running) {
            continue;
        }
        (setup.show)(&diagnosis, &running.facts);
        running.show_page(pages::failure(&plan.title, &(setup.trouble)(&diagnosis, &running.facts)));
        if let Err(ended) = next(setup, plan, story, &mut running, diagnosis) {
            return match ended {
                Ended::Stopped(diagnosis) => outcome(Done::Failed(diagnosis), running),
                Ended::Interrupted => outcome(Done::Interrupted, running),
            };
        }
        if bound != (plan.redirect_uri.clone(), plan.flow) {
            running.listener = None;
        }
        if asked != plan.asks_for() {
            running.unused = None;
        }
    }
}

/// The practice login takes a free port where the callback port is held, and says so. No other login changes the port.
fn take_another_port(plan: &mut Plan, story: &Story, diagnosis: &Diagnosis, running: &mut Running) -> bool {
    let held = diagnosis.findings.first().is_some_and(|first| first.cause == "port_in_use");
    if plan.provider != practice::NAME || !held || running.attempts > 3 {
        return false;
    }
    let Ok(free) = practice::free_port() else { return false };
    let port = plan.redirect_uri.port_or_known_default().unwrap_or(0);
    let moved = plan.redirect_uri.set_port(Some(free)).is_ok();
    if moved {
        let mut doc = Doc::new();
        let text = format!(
            "Port {port} is held: this practice login listens on {free} instead. Who holds it: authsome doctor"
        );
        doc.push(Style::Warn, "! ").flow(Style::Plain, 2, text).newline();
        story.say(&doc);
        story.event("port_changed", &json!({"from": port, "to": free}));
        running.listener = None;
    }
    moved
}

enum Ended {
    Stopped(Diagnosis),
    Interrupted,
}

fn next(
    setup: &mut Setup,
    plan: &mut Plan,
    story: &Story,
    running: &mut Running,
    mut diagnosis: Diagnosis,
) -> Result<(), Ended> {
    // Nobody needs more tries than this, and a loop without a person must end.
    if running.attempts >= 20 {
        return Err(Ended::Stopped(diagnosis));
    }
    match mend(setup, plan, story, &mut diagnosis.findings, &mut running.mended) {
        Next::Again => Ok(()),
        Next::Stop => Err(Ended::Stopped(diagnosis)),
        Next::Interrupted => Err(Ended::Interrupted),
    }
}

fn outcome(done: Done, running: Running) -> Outcome {
    Outcome { done, facts: running.facts, attempts: running.attempts, mended: running.mended }
}

enum Finished {
    Done(Granted),
    Partly(Granted, Diagnosis),
}

enum Halt {
    Diagnosed(Diagnosis),
    Interrupted,
}

/// One attempt, from looking to comparing.
fn once(
    setup: &mut Setup,
    plan: &mut Plan,
    story: &mut Story,
    recorder: &Recorder,
    running: &mut Running,
) -> Result<Finished, Halt> {
    running.attempts += 1;
    story.attempt(running.attempts);
    let mut look = preflight::Look { facts: running.facts.clone(), diagnosis: diagnose([], &Facts::new()) };
    let unused = running.unused.take();
    if running.listener.is_none() {
        look = preflight::look(setup, plan, story);
        running.facts = look.facts.clone();
        if look.stops() {
            return Err(Halt::Diagnosed(look.diagnosis));
        }
    }
    let begun = match unused {
        Some((attempt, code)) => (attempt, Some(code)),
        None => (Attempt::new(), None),
    };
    if plan.flow != Flow::DeviceCode && begun.1.is_none() {
        setup.journal.issued(hash(begun.0.state.expose()), &plan.provider, &plan.connection);
    }
    let result = go(setup, plan, story, recorder, running, &look.facts, begun);
    match result {
        Ok((granted, None)) => Ok(Finished::Done(granted)),
        Ok((granted, Some(failure))) => {
            let diagnosis = judge(setup, &mut running.facts, &look.facts, failure);
            Ok(Finished::Partly(granted, diagnosis))
        }
        Err(Stop::Interrupted) => Err(Halt::Interrupted),
        Err(Stop::Failed(mut failure)) => {
            if failure.facts.text("login.problem") == Some("transport") {
                failure.facts.merge(preflight::network(setup, plan));
            }
            let clock = clock(setup, recorder, &failure.facts);
            failure.facts.merge(clock);
            let said = metadata::facts(plan, &running.discovery, &failure.facts);
            failure.facts.merge(said);
            Err(Halt::Diagnosed(judge(setup, &mut running.facts, &look.facts, *failure)))
        }
    }
}

/// The clocks, by the answer that has just refused: the last of its step.
fn clock(setup: &Setup, recorder: &Recorder, failure: &Facts) -> Facts {
    let exchanges = recorder.all();
    let refused = exchanges.iter().rev().find(|exchange| failure.text("error.step") == Some(exchange.step));
    let answer = refused.and_then(|last| last.outcome.as_ref().ok());
    answer.map_or_else(Facts::new, |answer| network::clock([(answer, setup.host.clock.now())]))
}

/// The failure becomes facts beside what was found before, and the same rules judge them.
pub(super) fn judge(setup: &Setup, facts: &mut Facts, before: &Facts, failure: Failure) -> Diagnosis {
    let mut all = before.clone();
    all.root.remove("error");
    all.root.remove("login");
    all.merge(failure.facts);
    *facts = all;
    diagnose(setup.rules.over(facts), facts)
}

fn go(
    setup: &Setup,
    plan: &mut Plan,
    story: &mut Story,
    recorder: &Recorder,
    running: &mut Running,
    facts: &Facts,
    (attempt, unused): (Attempt, Option<Secret>),
) -> Result<(Granted, Option<Failure>), Stop> {
    let ground = Ground { setup, recorder, discovery: &running.discovery, facts };
    if plan.wants_registration() {
        registration::client(&ground, plan, story)?;
    }
    let mut granted = if plan.flow == Flow::DeviceCode {
        device::run(&ground, plan, story)?
    } else {
        let code = match unused {
            Some(code) => code,
            None => ask_for_code(&ground, plan, story, &mut running.listener, &attempt)?,
        };
        match attempt::swap(&ground, plan, story, &attempt, &code) {
            Err(attempt::NoToken { failure, unused }) => {
                running.unused = unused.then_some((attempt, code));
                return Err(failure.into());
            }
            Ok(granted) => granted,
        }
    };
    if let Some(failure) = attempt::compare(&ground, plan, story, &granted) {
        return Ok((granted, Some(failure)));
    }
    if let Some(failure) = attempt::prove_refresh(&ground, plan, story, &mut granted) {
        return Err(failure.into());
    }
    Ok((granted, None))
}

/// From the secret to the code.
fn ask_for_code(
    ground: &Ground,
    plan: &Plan,
    story: &mut Story,
    bound: &mut Option<Listener>,
    attempt: &Attempt,
) -> Result<Secret, Stop> {
    let mut going = Story::begin(&steps::SECRET);
    if plan.code_challenge == CodeChallenge::Omit {
        story.end(
            going,
            "warned",
            "not sent: this provider refused it, so the state alone ties the answer to this login",
        );
    } else {
        going.line(format!("code_verifier, 64 random bytes, and its S256 challenge {}…", &attempt.code_challenge[..6]));
        story.end(going, "done", "");
    }
    let listener = match bound.take() {
        Some(listener) => {
            listener.expect(attempt::expected(ground, plan, attempt));
            listener
        }
        None => attempt::bind(ground, plan, story, attempt)?,
    };
    attempt::authorize(ground, plan, story, bound.insert(listener), attempt)
}
