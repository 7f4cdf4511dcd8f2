//! `authsome doctor`: probe, judge, report, and with `--fix` mend.

use super::app::{App, Exit};
use super::args::{FailOn, Format};
use super::{daemon_login, failure, input, session};
use crate::diagnosis::{Report, RunError, diagnose};
use crate::error_reader;
use crate::facts::Facts;
use crate::fixes;
use crate::probes::{self, Context};
use crate::prompt;
use crate::rules::compiled::Rule;
use crate::sink::{Doc, Style};
use clap::Args;
use serde_json::{Map, Value, json};
use std::path::PathBuf;
use std::time::{Duration, Instant};

#[derive(Args, Clone, Default)]
pub struct DoctorArgs {
    /// Look at this provider too
    pub provider: Option<String>,
    /// What the provider or the terminal said: TEXT, @FILE, or - for standard input
    #[arg(long, value_name = "TEXT")]
    pub error: Option<String>,
    /// The redirect URI that the provider has registered
    #[arg(long, value_name = "URI")]
    pub registered_uri: Option<String>,
    /// The provider's definition
    #[arg(long, value_name = "FILE")]
    pub provider_file: Option<PathBuf>,
    /// The client id that the provider gave
    #[arg(long, value_name = "ID")]
    pub client_id: Option<String>,
    /// The redirect URI that will be sent
    #[arg(long, value_name = "URI")]
    pub redirect_uri: Option<String>,
    /// Tell what became of this session of authsome's daemon (the `session_id` that `login` prints)
    #[arg(long, value_name = "ID", requires = "provider", conflicts_with_all = ["facts", "error"])]
    pub session: Option<String>,
    /// Judge a recorded machine instead of this one
    #[arg(long, value_name = "FILE", conflicts_with_all = ["fix", "save_facts"])]
    pub facts: Option<PathBuf>,
    /// Record this machine, redacted
    #[arg(long, value_name = "FILE")]
    pub save_facts: Option<PathBuf>,
    /// Mend what can be mended, asking first
    #[arg(long)]
    pub fix: bool,
    /// With --fix: show what would be done
    #[arg(long, requires = "fix")]
    pub dry_run: bool,
    /// Judge by this rule alone (repeatable)
    #[arg(long, value_name = "RULE")]
    pub only: Vec<String>,
    /// What makes the exit code 1
    #[arg(long, value_name = "SEVERITY", default_value = "error")]
    pub fail_on: Option<FailOn>,
    /// Write one self-contained, redacted .md or .html to attach to a bug report
    #[arg(long, value_name = "FILE")]
    pub report: Option<PathBuf>,
}

pub fn run(app: &App, args: &DoctorArgs) -> Result<Exit, RunError> {
    let begin = Instant::now();
    let stopped = app.clone();
    prompt::end_on_interrupt(move || failure::interrupted(&stopped, "doctor"));
    let said = said(app, args)?;
    let mut said = said;
    let mut report = examine(app, args, &mut said, begin)?;
    if args.fix {
        // What authsome's own commands do for a fix, they do in the home that was looked at.
        let host = match &app.global.home {
            Some(home) => {
                let home = Some(home.to_string_lossy().into_owned());
                app.host.with_environment(&[("AUTHSOME_HOME".to_owned(), home)].into())
            }
            None => app.host.clone(),
        };
        let run = fixes::Run { host: &host, prompt: app.prompt(), yes: app.global.yes, dry_run: args.dry_run };
        let changed = fixes::mend(&run, &mut report);
        if prompt::interrupted() {
            failure::interrupted(app, "doctor");
            return Ok(Exit::Interrupted);
        }
        if changed {
            // What was mended is proved by looking again.
            let mended = std::mem::take(&mut report.findings);
            report = examine(app, args, &mut said, begin)?;
            fixes::carry_over(mended, &mut report);
        }
    }
    if let Some(path) = &args.save_facts {
        app.write_file(path, &crate::report::facts_file(&report.facts, &app.home_folder()))?;
    }
    if let Some(path) = &args.report {
        app.write_file(path, &crate::report::bug_report(&report, path, &app.home_folder()))?;
    }
    match app.format() {
        Format::Markdown => app.answer_raw(&crate::report::markdown(&report, &app.home_folder()))?,
        Format::Json => app.answer(&report)?,
        _ => {
            let mut doc = said.introduction();
            doc.append(crate::report::human(&report, &app.view()));
            app.answer_doc(&doc)?;
        }
    }
    Ok(super::app::exit_of(&report, args.fail_on.unwrap_or(FailOn::Error)))
}

/// Probes (or reads the recording) and judges.
fn examine(app: &App, args: &DoctorArgs, said: &mut Said, begin: Instant) -> Result<Report, RunError> {
    let rules = app.rules()?;
    let found = |id: &String| rules.find(id).ok_or_else(|| app.no_such_rule(id));
    let only = args.only.iter().map(found).collect::<Result<Vec<&Rule>, RunError>>()?;
    let facts = match &args.facts {
        Some(file) => input::facts_file(&app.host, file)?,
        None => {
            let context = context(app, args)?;
            let tested = || only.iter().flat_map(|rule| rule.sections.iter().map(String::as_str)).collect();
            let mut sections = probes::for_sections(&if only.is_empty() { rules.sections() } else { tested() });
            sections.remove("login");
            let mut facts = probes::run(&context, &sections, said.facts.clone());
            if let Some(id) = &args.session {
                let told = session::look(app, &facts, id)?;
                facts.merge(told.facts.clone());
                said.session = Some(told);
            }
            // A session that is known says itself how it stands.
            let told = said.session.as_ref().is_some_and(|told| told.status != "unknown");
            if !told && facts.text("error.source").is_none() {
                facts.merge(daemon_login::facts(&facts, args.provider.as_deref(), app.host.clock.now()));
            }
            facts
        }
    };
    let diagnosis = if only.is_empty() { diagnose(rules.over(&facts), &facts) } else { diagnose(only, &facts) };
    Ok(Report {
        command: "doctor",
        verdict: diagnosis.verdict(),
        findings: diagnosis.findings,
        inconclusive: diagnosis.inconclusive,
        facts,
        checks: diagnosis.checks,
        took: begin.elapsed(),
        extra: said.keys(),
    })
}

/// What was said: `--error`, else what the last failed login left.
struct Said {
    facts: Facts,
    /// Which login that was, and when.
    last_login: Option<(String, jiff::Timestamp)>,
    /// `--session`.
    session: Option<session::Told>,
}

fn said(app: &App, args: &DoctorArgs) -> Result<Said, RunError> {
    if let Some(error) = &args.error {
        let facts = error_reader::read_paste(&input::paste(error)?, "argument");
        return Ok(Said { facts, last_login: None, session: None });
    }
    if args.facts.is_none()
        && args.session.is_none()
        && let Some((facts, provider, at)) = super::last_login::facts(app, args.provider.as_deref())
    {
        return Ok(Said { facts, last_login: Some((provider, at)), session: None });
    }
    Ok(Said { facts: Facts::new(), last_login: None, session: None })
}

impl Said {
    fn introduction(&self) -> Doc {
        let mut doc = Doc::new();
        if let Some((provider, at)) = &self.last_login {
            let time = at.strftime("%Y-%m-%d %H:%M UTC");
            let text = format!(
                "Your last login ({provider}, {time}) failed; what it left is judged too, until a login to {provider} \
                 succeeds or a day has passed."
            );
            doc.flow(Style::Faint, 0, text).newline().newline();
        }
        if let Some(told) = &self.session {
            doc.flow(Style::Strong, 0, &told.words).newline().newline();
        }
        doc
    }

    fn keys(&self) -> Map<String, Value> {
        let mut keys = super::app::authsome_keys();
        if let Some((provider, at)) = &self.last_login {
            keys.insert("last_login".to_owned(), json!({"provider": provider, "at": at.to_string()}));
        }
        if let Some(told) = &self.session {
            keys.insert("session".to_owned(), json!({"id": told.id, "status": told.status, "words": told.words}));
        }
        keys
    }
}

fn context(app: &App, args: &DoctorArgs) -> Result<Context, RunError> {
    Ok(Context {
        host: app.host.clone(),
        home_flag: app.global.home.clone(),
        provider: args.provider.clone(),
        provider_file: args.provider_file.clone(),
        definition: None,
        redirect_uri: args.redirect_uri.as_deref().map(input::url).transpose()?,
        registered_uri: args.registered_uri.clone(),
        client_id: args.client_id.clone(),
        offline: app.global.offline,
        limit: Duration::from_secs(app.global.timeout),
    })
}
