//! `authsome login`: look first, log in, mend what fails, finish.

use super::app::{App, Exit};
use super::args::Format;
use super::definitions;
use super::input::{self, unreadable, usage};
use super::last_login;
use crate::authsome;
use crate::definition::{self, AuthorizationMethod, ProviderDefinition};
use crate::diagnosis::{Diagnosis, Report, RunError, Status, Verdict};
use crate::facts::Facts;
use crate::handover;
use crate::login::{Browser, Done, Flow, Narration, Outcome, Plan, Setup, Story, practice};
use crate::oauth::{Authentication, Client};
use crate::practice::parse_fault;
use crate::prompt::{self, Answer, Prompt};
use crate::report;
use crate::sink::{self, Doc, Secret, Stream, Style};
use crate::store::{Connection, Connections, Journal};
use crate::vendors;
use clap::{Args, ValueEnum};
use serde_json::{Map, Value, json};
use std::path::PathBuf;
use std::time::Duration;
use url::Url;

/// The redirect URI of authsome's documentation.
const DOCUMENTED: &str = "http://127.0.0.1:7998/auth/callback/oauth";

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
    if goes_to_authsome(app, args, is_practice) {
        return hand_on(app);
    }
    let provider = if is_practice { Some(start_practice(args)?) } else { None };
    let home = app.home();
    let prompt = app.prompt();
    let definition = find_definition(app, args, provider.as_ref())?;
    let mut plan = plan(app, args, definition, provider.as_ref(), prompt.as_ref())?;
    let rules = app.rules()?;
    let narration = match (app.format(), args.explain) {
        (Format::Json, false) => Narration::Events,
        (_, true) => Narration::Explain,
        _ => Narration::Brief,
    };
    let mut story = Story::new(narration);
    // Beside the questions that follow it; where nobody is asked it is the report.
    let show = |diagnosis: &Diagnosis, facts: &Facts| match app.format() {
        Format::Json if narration == Narration::Events => {}
        Format::Human if !prompt.is_interactive() => drop(app.answer_doc(&what_failed(app, diagnosis, facts))),
        _ => drop(sink::print(Stream::Err, &what_failed(app, diagnosis, facts))),
    };
    let mut setup = Setup {
        host: &app.host,
        rules,
        prompt: prompt.as_ref(),
        yes: app.global.yes,
        home: app.global.home.clone(),
        provider_file: args.provider_file.clone(),
        callback_paths: authsome::callback_paths(),
        covers_scope: Box::new(vendors::scope_cover(&plan.provider)),
        journal: Journal::open(&app.host, &home),
        show: &show,
    };
    prompt::watch_interrupts();
    let outcome = crate::login::run(&mut setup, &mut plan, &mut story);
    drop(provider);
    finish(app, args, &plan, &story, outcome)
}

fn what_failed(app: &App, diagnosis: &Diagnosis, facts: &Facts) -> Doc {
    if diagnosis.findings.is_empty() {
        return unexplained(facts);
    }
    let mut report = report_of(diagnosis.clone(), facts.clone(), &Duration::ZERO, Map::new());
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

/// authsome's daemon does the login where one is installed and nothing asks for another way.
fn goes_to_authsome(app: &App, args: &LoginArgs, is_practice: bool) -> bool {
    let oauth = !matches!(args.flow, Some(FlowWord::ApiKey | FlowWord::Browser));
    let ours = is_practice
        || args.explain
        || args.store
        || args.no_browser
        || args.wait.is_some()
        || args.provider_file.is_some()
        || args.client_id.is_some()
        || args.client_secret_file.is_some()
        || args.redirect_uri.is_some();
    match args.via {
        Via::Daemon => true,
        Via::Standalone => false,
        Via::Auto => !oauth || (!ours && authsome::installed_path(&app.host).is_some()),
    }
}

/// The command as authsome knows it: our own options are not in it.
fn hand_on(app: &App) -> Result<u8, RunError> {
    let mut arguments: Vec<std::ffi::OsString> = std::env::args_os().skip(1).collect();
    if let Some(at) = arguments.iter().position(|word| word == "--via") {
        arguments.drain(at..(at + 2).min(arguments.len()));
    }
    arguments.retain(|word| !word.to_string_lossy().starts_with("--via="));
    handover::hand_on(&app.host, &arguments)
}

fn start_practice(args: &LoginArgs) -> Result<practice::Practice, RunError> {
    if let Some(fault) = &args.fault {
        parse_fault(fault).map_err(|e| usage(e.to_string()))?;
    }
    practice::start(args.fault.as_deref(), args.fault_times).map_err(unreadable)
}

fn find_definition(
    app: &App,
    args: &LoginArgs,
    provider: Option<&practice::Practice>,
) -> Result<ProviderDefinition, RunError> {
    let found = match provider {
        Some(practice) => definition::read(practice.definition.to_string().as_bytes(), "practice")
            .map(|document| ProviderDefinition::of(&document))
            .map_err(|broken| unreadable(broken.message))?,
        None => definitions::find(app, &args.provider, args.provider_file.as_deref())?.1,
    };
    Ok(found.resolved(args.base_url.as_deref()))
}

fn plan(
    app: &App,
    args: &LoginArgs,
    definition: ProviderDefinition,
    practice: Option<&practice::Practice>,
    prompt: &dyn Prompt,
) -> Result<Plan, RunError> {
    if definition.oauth.is_none() {
        let file = args.provider_file.as_ref().map_or_else(String::new, |file| format!(" {}", file.display()));
        return Err(usage(format!(
            "the definition{file} of {} has no oauth section to log in by: authsome check{file}",
            args.provider
        )));
    }
    let flow = choose_flow(args, &definition)?;
    let (client, client_from) = match practice {
        _ if flow == Flow::DcrPkce && args.client_id.is_none() => (None, "registration"),
        Some(practice) => {
            let secret = Some(practice.client_secret.clone());
            (Some(Client { id: practice.client_id.clone(), secret, authentication: Authentication::Body }), "practice")
        }
        None => client(args, &definition, prompt)?,
    };
    let redirect_uri = match &args.redirect_uri {
        Some(text) => input::url(text)?,
        None if practice.is_some() => Url::parse(DOCUMENTED).expect("is a URL"),
        None => authsome::redirect_uri(&app.host)
            .and_then(|text| Url::parse(&text).ok())
            .unwrap_or_else(|| Url::parse(DOCUMENTED).expect("is a URL")),
    };
    let scopes = match &args.scopes {
        Some(text) => crate::oauth::scopes::split(text),
        None => definition.oauth.as_ref().map(|oauth| oauth.scopes.clone()).unwrap_or_default(),
    };
    let browser = match (args.auto_approve, args.no_browser) {
        (true, _) => Browser::Robot,
        (false, true) => Browser::PrintOnly,
        (false, false) => Browser::Open,
    };
    // A robot that has reported has nothing more to do: nobody else will come.
    let wait = args.wait.unwrap_or(if args.auto_approve { 10 } else { 300 });
    Ok(Plan {
        provider: args.provider.clone(),
        title: definition.display_name.clone().unwrap_or_else(|| args.provider.clone()),
        definition,
        connection: args.connection.clone(),
        flow,
        client,
        client_from,
        redirect_uri,
        omit_redirect_uri: false,
        scopes,
        browser,
        wait: Duration::from_secs(wait),
        offline: app.global.offline,
    })
}

/// `--flow`, else the definition's; a fault of the device flow or of registration is met only there.
fn choose_flow(args: &LoginArgs, definition: &ProviderDefinition) -> Result<Flow, RunError> {
    match args.flow {
        Some(FlowWord::Pkce) => return Ok(Flow::Pkce),
        Some(FlowWord::DcrPkce) => return Ok(Flow::DcrPkce),
        Some(FlowWord::DeviceCode) => return Ok(Flow::DeviceCode),
        Some(FlowWord::ApiKey | FlowWord::Browser) => {
            return Err(usage("this flow is authsome's own: --via daemon, with an authsome installed"));
        }
        None => {}
    }
    if let Some(fault) = args.fault.as_deref().and_then(|fault| parse_fault(fault).ok())
        && let Some(flow) = Flow::from_word(fault.row().flow())
    {
        return Ok(flow);
    }
    let word = definition.flow.map_or("pkce", definition::Flow::word);
    Flow::from_word(word).ok_or_else(|| usage(format!("{} logs in by {word}, not by OAuth", args.provider)))
}

/// The client id and secret: from the flags, else asked for.
fn client(
    args: &LoginArgs,
    definition: &ProviderDefinition,
    prompt: &dyn Prompt,
) -> Result<(Option<Client>, &'static str), RunError> {
    let authentication = match definition.oauth.as_ref().map(|oauth| oauth.authorization_method) {
        Some(AuthorizationMethod::Basic) => Authentication::Basic,
        _ => Authentication::Body,
    };
    let secret = match &args.client_secret_file {
        Some(file) => Some(read_secret(file)?),
        None => None,
    };
    if let Some(id) = &args.client_id {
        return Ok((Some(Client { id: id.clone(), secret, authentication }), "flag"));
    }
    let asked = match prompt.text("client id (from the provider's app settings)", "") {
        Answer::Given(id) if !id.trim().is_empty() => id.trim().to_owned(),
        _ => {
            let settings = vendors::find(&args.provider).and_then(|v| v.settings_url.clone());
            let page = settings.unwrap_or_else(|| "the provider's app settings".to_owned());
            return Err(usage(format!(
                "no client id is known for {}: create an OAuth app at {page}, then authsome login {} --client-id ID --client-secret-file FILE",
                args.provider, args.provider
            )));
        }
    };
    let secret = match secret {
        Some(secret) => Some(secret),
        None => match prompt.hidden("client secret (empty: none)") {
            Answer::Given(secret) => Some(secret).filter(|s| !s.is_empty()),
            _ => None,
        },
    };
    Ok((Some(Client { id: asked, secret, authentication }), "prompt"))
}

fn read_secret(file: &str) -> Result<Secret, RunError> {
    let argument = if file == "-" { "-".to_owned() } else { format!("@{file}") };
    let bytes = input::text_argument(&argument)?;
    let text = String::from_utf8(bytes).map_err(|_| unreadable(format!("{file}: not UTF-8")))?;
    let secret = text.trim();
    if secret.is_empty() || secret.lines().count() > 1 || secret.len() > 4096 {
        return Err(unreadable(format!("{file} does not hold one client secret on one line")));
    }
    Ok(Secret::new(secret))
}

fn finish(app: &App, args: &LoginArgs, plan: &Plan, story: &Story, outcome: Outcome) -> Result<u8, RunError> {
    let no_diagnosis = || Diagnosis { findings: Vec::new(), inconclusive: Vec::new(), checks: 0 };
    let (word, diagnosis, granted) = match outcome.done {
        Done::LoggedIn(granted) => ("logged_in", no_diagnosis(), Some(granted)),
        Done::Partly(granted, diagnosis) => ("scopes_missing", diagnosis, Some(granted)),
        Done::Failed(diagnosis) => ("failed", diagnosis, None),
        Done::Interrupted => return interrupted(app, plan, story),
    };
    let kept = match &granted {
        Some(granted) => keep(app, args, plan, granted)?,
        None => None,
    };
    match word {
        // Practice leaves nothing behind.
        _ if plan.provider == practice::NAME => {}
        "logged_in" => last_login::forget(app),
        _ => last_login::leave(app, &plan.provider, &outcome.facts),
    }
    let location = match (&kept, &granted) {
        (Some(path), _) => format!("kept in {path}"),
        (None, Some(_)) if plan.provider == practice::NAME => "a practice credential is not kept".to_owned(),
        (None, Some(_)) => "not kept (--store keeps it)".to_owned(),
        (None, None) => "none".to_owned(),
    };
    let failed = word != "logged_in";
    if app.format() == Format::Json {
        let mut extra = super::app::authsome_keys();
        extra.insert("status".into(), json!(if failed { "failed" } else { "success" }));
        extra.insert("provider".into(), json!(plan.provider));
        extra.insert("connection".into(), json!(plan.connection));
        extra.insert("record_status".into(), json!(if granted.is_some() { "completed" } else { "failed" }));
        let granted_scopes = granted.as_ref().map(|granted| granted.scopes.clone());
        extra.insert(
            "login".into(),
            json!({
                "flow": plan.flow.word(),
                "via": "standalone",
                "redirect_uri": plan.redirect_uri.as_str(),
                "attempts": outcome.attempts,
                "steps": story.steps(),
                "requested_scopes": plan.scopes,
                "granted_scopes": granted_scopes,
                "missing_scopes": outcome.facts.to_json()["login"]["missing_scopes"],
                "outcome": word,
                "credential": location,
            }),
        );
        let mut report = report_of(diagnosis, outcome.facts, &story.elapsed(), extra);
        if failed && report.findings.is_empty() {
            // It failed, and no rule says why: that is no health.
            report.verdict.status = Status::Problems;
        }
        app.answer(&report)?;
    } else if !failed {
        let mut doc = Doc::new();
        let time = crate::rules::fill::duration(i64::try_from(story.elapsed().as_millis()).unwrap_or(i64::MAX));
        doc.push(Style::Good, "✔ ").line(format!("Logged in to {} in {time}; {location}.", plan.title));
        app.answer_doc(&doc)?;
    } else if granted.is_some() {
        let mut doc = Doc::new();
        doc.line(format!("Logged in to {}, with fewer scopes than asked for; {location}.", plan.title));
        app.answer_doc(&doc)?;
    }
    Ok(if failed { Exit::Problems as u8 } else { Exit::Fine as u8 })
}

fn interrupted(app: &App, plan: &Plan, story: &Story) -> Result<u8, RunError> {
    if app.format() == Format::Json {
        let mut extra = super::app::authsome_keys();
        extra.insert("status".into(), json!("interrupted"));
        extra.insert("provider".into(), json!(plan.provider));
        extra.insert("login".into(), json!({"outcome": "interrupted", "steps": story.steps()}));
        let nothing = Diagnosis { findings: Vec::new(), inconclusive: Vec::new(), checks: 0 };
        let mut report = report_of(nothing, Facts::new(), &story.elapsed(), extra);
        report.verdict = Verdict {
            status: Status::Error,
            error: Some(RunError { kind: "interrupted", message: "stopped by you".to_owned(), place: None }),
        };
        app.answer(&report)?;
    } else {
        let mut doc = Doc::new();
        doc.line("Stopped. Nothing was kept, nobody listens any more.");
        let _ = sink::print(Stream::Err, &doc);
    }
    Ok(Exit::Interrupted as u8)
}

fn report_of(diagnosis: Diagnosis, facts: Facts, took: &Duration, extra: Map<String, Value>) -> Report {
    Report {
        command: "login",
        verdict: diagnosis.verdict(),
        findings: diagnosis.findings,
        inconclusive: diagnosis.inconclusive,
        facts,
        checks: diagnosis.checks,
        took: *took,
        extra,
    }
}

/// Keeps the tokens where the person asked for it, never those of the practice provider.
fn keep(app: &App, args: &LoginArgs, plan: &Plan, granted: &crate::login::Granted) -> Result<Option<String>, RunError> {
    let Some(client) = plan.client.as_ref().filter(|_| args.store && plan.provider != practice::NAME) else {
        return Ok(None);
    };
    let now = app.host.clock.now();
    let expires_at =
        granted.tokens.expires_in.and_then(|time| jiff::SignedDuration::try_from(time).ok()).map(|t| now + t);
    let connection = Connection {
        provider: plan.provider.clone(),
        connection: plan.connection.clone(),
        client_id: client.id.clone(),
        client_secret: client.secret.clone(),
        access_token: granted.tokens.access_token.clone(),
        refresh_token: granted.tokens.refresh_token.clone(),
        token_type: granted.tokens.token_type.clone(),
        requested_scopes: plan.scopes.clone(),
        granted_scopes: granted.scopes.clone(),
        redirect_uri: plan.redirect_uri.to_string(),
        obtained_at: now,
        expires_at,
    };
    let file = Connections::new(&app.host, &app.home())
        .write(&connection)
        .map_err(|e| unreadable(format!("the credential could not be kept: {e}")))?;
    Ok(Some(file.display().to_string()))
}
