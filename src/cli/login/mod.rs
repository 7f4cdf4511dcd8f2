//! `authsome login`: look first, log in, mend what fails, finish.

mod daemon;
mod finish;
mod kept;
mod kind;
mod plan;
mod trace;
mod trouble;

pub use kept::hold;

use super::app::App;
use super::args::Format;
use super::input::{unreadable, usage};
use super::theirs;
use crate::authsome;
use crate::diagnosis::{Diagnosis, RunError};
use crate::facts::Facts;
use crate::login::stored::{self, Wish};
use crate::login::{Granted, Narration, Plan, Setup, Story, practice};
use crate::oauth::record::Recorder;
use crate::practice::parse_fault;
use crate::prompt::{self, Prompt};
use crate::report;
use crate::sink::{self, Doc, Stream, Style};
use crate::store::{Journal, Registrations};
use crate::vendors;
use clap::{Args, ValueEnum};
use serde_json::Map;
use std::cell::RefCell;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

#[derive(Args, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own on the command line")]
pub struct LoginArgs {
    /// The provider; `practice` needs no account and no network
    pub provider: String,
    /// Name of the connection
    #[arg(long, value_name = "NAME", default_value = "default")]
    pub connection: String,
    /// How to log in
    #[arg(long, value_name = "FLOW")]
    pub flow: Option<FlowWord>,
    /// Ask for these scopes
    #[arg(long, value_name = "A,B")]
    pub scopes: Option<String>,
    /// The provider's base URL, where its definition has a place for it
    #[arg(long, value_name = "URL")]
    pub base_url: Option<String>,
    /// Log in even where a connection exists
    #[arg(long)]
    pub force: bool,
    /// Narrate every step: what is sent, why, what came back, how long it took
    #[arg(long)]
    pub explain: bool,
    /// Who is the OAuth client: authsome's daemon, or this program
    #[arg(long, value_name = "WAY", default_value = "auto")]
    pub via: Via,
    /// The provider's definition
    #[arg(long, value_name = "FILE")]
    pub provider_file: Option<PathBuf>,
    /// The client id that the provider gave
    #[arg(long, value_name = "ID")]
    pub client_id: Option<String>,
    /// The file that holds the client secret; - for standard input
    #[arg(long, value_name = "FILE")]
    pub client_secret_file: Option<String>,
    /// Send this redirect URI, and listen on it
    #[arg(long, value_name = "URI")]
    pub redirect_uri: Option<String>,
    /// How long to wait for the browser
    #[arg(long, value_name = "SECS")]
    pub wait: Option<u64>,
    /// Only print the address
    #[arg(long)]
    pub no_browser: bool,
    /// Keep the tokens under AUTHSOME_HOME, readable by you alone
    #[arg(long)]
    pub store: bool,
    /// Write what was sent and seen to a HAR file, without secrets
    #[arg(long, value_name = "FILE")]
    pub trace: Option<PathBuf>,
    /// practice: show this fault (see practice --list-faults)
    #[arg(long, value_name = "CAUSE")]
    pub fault: Option<String>,
    /// practice: show the fault so many times, then let all go well
    #[arg(long, value_name = "N", requires = "fault")]
    pub fault_times: Option<u32>,
    /// practice: a robot presses Authorize
    #[arg(long)]
    pub auto_approve: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub enum FlowWord {
    Pkce,
    DeviceCode,
    DcrPkce,
    ApiKey,
    Browser,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Via {
    Auto,
    Daemon,
    Standalone,
}

pub fn run(app: &App, args: &LoginArgs) -> Result<u8, RunError> {
    let is_practice = args.provider == practice::NAME && args.provider_file.is_none();
    if !is_practice && (args.fault.is_some() || args.auto_approve) {
        return Err(usage("--fault and --auto-approve are for the practice provider: authsome login practice"));
    }
    match way(app, args, is_practice) {
        Way::HandOn => return hand_on(app, args),
        Way::Daemon => return daemon::run(app, args),
        Way::Standalone => {}
    }
    // A practice credential is never kept.
    let kept = if is_practice { None } else { kept::open(app, args)? };
    let provider = if is_practice { Some(start_practice(args)?) } else { None };
    let home = app.home();
    let prompt = app.prompt();
    let definition = plan::find_definition(app, args, provider.as_ref(), prompt.as_ref())?;
    let mut plan = plan::plan(
        app,
        args,
        definition,
        provider.as_ref(),
        kept.as_ref().and_then(|kept| kept.connection.as_ref()),
        prompt.as_ref(),
    )?;
    let rules = app.rules()?;
    let narration = narration(app, args);
    let mut story = Story::new(narration, app.host.clock.now());
    if let Some(path) = &args.trace {
        trace::begin(app, path, &story)?;
    }
    if let Some(authority) = provider.as_ref().and_then(|practice| practice.authority.as_ref()) {
        practice::tell_of(&story, authority);
    }
    let show = |diagnosis: &Diagnosis, facts: &Facts| show(app, narration, prompt.as_ref(), diagnosis, facts);
    let kept_at = RefCell::new(None);
    let keep = |plan: &Plan, granted: &Granted| {
        if let Some(kept) = &kept {
            *kept_at.borrow_mut() = finish::keep(app, kept, plan, granted);
        }
    };
    let mut setup = Setup {
        host: app.host.clone(),
        rules,
        prompt: prompt.as_ref(),
        yes: app.global.yes,
        home: app.global.home.clone(),
        provider_file: args.provider_file.clone(),
        callback_paths: authsome::callback_paths(),
        covers_scope: Box::new(vendors::scope_cover(&plan.provider)),
        journal: Journal::open(&app.host, &home),
        registrations: (!is_practice).then(|| Registrations::new(&app.host, &home)),
        keep: &keep,
        recorder: Arc::new(Recorder::new(Arc::clone(&app.host.http))),
        show: &show,
        trouble: &|diagnosis, facts| trouble::trouble(app, diagnosis, facts),
    };
    prompt::watch_interrupts();
    let traced = |story: &Story, recorder: &Recorder| {
        if let Some(path) = &args.trace {
            trace::end(app, path, story, recorder);
        }
    };
    let mut mended = Vec::new();
    if let Some(kept) = &kept {
        let wish = Wish { force: args.force, scopes_named: args.scopes.is_some() };
        let stored = stored::resume(&mut setup, &mut plan, &mut story, kept, wish, &mut mended)
            .map_err(|e| unreadable(format!("the connection cannot be written: {e}")))?;
        traced(&story, &setup.recorder);
        if let Some(ended) = finish::of_stored(app, &plan, &story, stored, &mut mended) {
            return ended;
        }
    }
    let mut outcome = crate::login::run(&mut setup, &mut plan, &mut story);
    setup.journal.end();
    outcome.mended.splice(..0, mended);
    drop(provider);
    traced(&story, &setup.recorder);
    finish::finish(app, kept_at.take(), &plan, &story, outcome)
}

/// How much a login says of itself.
fn narration(app: &App, args: &LoginArgs) -> Narration {
    match (app.format(), args.explain) {
        (Format::Json, false) => Narration::Events,
        (_, true) => Narration::Explain,
        _ => Narration::Brief,
    }
}

/// Beside the questions that follow it; where nobody is asked it is the report.
fn show(app: &App, narration: Narration, prompt: &dyn Prompt, diagnosis: &Diagnosis, facts: &Facts) {
    match app.format() {
        Format::Json if narration == Narration::Events => {}
        Format::Human if !prompt.is_interactive() => drop(app.answer_doc(&what_failed(app, diagnosis, facts))),
        _ => drop(sink::print(Stream::Err, &what_failed(app, diagnosis, facts))),
    }
}

fn what_failed(app: &App, diagnosis: &Diagnosis, facts: &Facts) -> Doc {
    if diagnosis.findings.is_empty() {
        return unexplained(facts);
    }
    let mut report = finish::report_of(diagnosis.clone(), facts.clone(), &Duration::ZERO, Map::new());
    // What a root explains is not said twice.
    report.findings.retain(|finding| finding.caused_by.is_empty());
    report.inconclusive.clear();
    report::human(&report, &app.view())
}

/// A failure that no rule knows: what was said, as it was read.
fn unexplained(facts: &Facts) -> Doc {
    let mut doc = Doc::new();
    doc.push(Style::Bad, "✖ ").line("The login failed, and nothing that is known here explains it.");
    for (what, fact) in [("what was seen", "login.problem_text"), ("what was said", "error.text")] {
        if let Some(text) = facts.text(fact) {
            let text: String = text.chars().take(600).collect();
            doc.text(format!("  {what}   ")).flow(Style::Plain, 18, text).newline();
        }
    }
    doc.line("  Please report it: authsome doctor --report bug.md writes what to attach, without secrets.");
    doc
}

/// Who does the login.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// The installed authsome, by its own command.
    HandOn,
    /// authsome's daemon, as we ask it.
    Daemon,
    Standalone,
}

/// authsome's daemon where one is installed, or is asked for, and nothing wants another way.
fn way(app: &App, args: &LoginArgs, is_practice: bool) -> Way {
    let keyed = matches!(args.flow, Some(FlowWord::ApiKey | FlowWord::Browser));
    // A definition that was named is ours to read; the name alone stands for authsome's.
    let by_name = || args.provider_file.is_some() || kind::is_oauth(app, &args.provider) != Some(false);
    let oauth = || is_practice || (!keyed && by_name());
    let ours = is_practice
        || args.store
        || args.provider_file.is_some()
        || args.redirect_uri.is_some()
        || args.trace.is_some();
    let installed = authsome::installed_path(&app.host).is_some();
    // Up to 0.4 its daemon is spoken to by its own commands alone.
    let older = || {
        let version = authsome::installed_version(&app.host);
        version.is_some_and(|version| authsome::versions::release(&version).0.api.is_none())
    };
    match args.via {
        Via::Standalone => Way::Standalone,
        _ if installed && !oauth() => Way::HandOn,
        Via::Auto if ours || !installed => Way::Standalone,
        Via::Auto if older() => Way::HandOn,
        Via::Auto | Via::Daemon => Way::Daemon,
    }
}

/// The command as authsome knows it: our own options are not in it.
fn hand_on(app: &App, args: &LoginArgs) -> Result<u8, RunError> {
    if args.trace.is_some() {
        return Err(usage(format!("{} logs in by no OAuth flow: there is nothing to trace", args.provider)));
    }
    let typed: Vec<std::ffi::OsString> = std::env::args_os().skip(1).collect();
    theirs::hand_on(app, &theirs::arguments("login", &typed))
}

fn start_practice(args: &LoginArgs) -> Result<practice::Practice, RunError> {
    if let Some(fault) = &args.fault {
        parse_fault(fault).map_err(|e| usage(e.to_string()))?;
    }
    practice::start(args.fault.as_deref(), args.fault_times).map_err(unreadable)
}
