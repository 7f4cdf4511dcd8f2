//! How a login ends: what is kept, what is left for `doctor`, and the last word.

use crate::cli::app::{App, Exit, authsome_keys};
use crate::cli::args::Format;
use crate::cli::input::unreadable;
use crate::cli::last_login;
use crate::diagnosis::{Diagnosis, Report, RunError, Status, Verdict};
use crate::facts::Facts;
use crate::login::stored::{self, Kept, Stored};
use crate::login::{Done, Granted, Mended, Outcome, Plan, Story, practice};
use crate::rules::{Severity, fill};
use crate::sink::{self, Doc, Stream, Style};
use crate::store::{Connection, Connections};
use serde_json::{Map, Value, json};
use std::time::Duration;
use url::Url;

/// The end of a login in one word, and what goes with it.
pub(super) struct Ending {
    /// The value of `login.outcome`.
    pub word: &'static str,
    pub diagnosis: Diagnosis,
    pub facts: Facts,
    pub attempts: u32,
    pub granted_scopes: Option<Vec<String>>,
    /// Where the credential is.
    pub place: Place,
    /// What is said at the end where all is well, or a credential is there all the same.
    pub said: Option<String>,
    /// The ways out that were taken.
    pub mended: Vec<Mended>,
    /// The daemon's, where it made the login.
    pub session: Option<InDaemon>,
}

/// A session of the daemon, as scripts know it.
pub(super) struct InDaemon {
    pub id: String,
    /// What is to be opened. It holds a state that belongs to it.
    pub auth_url: Option<Url>,
    /// Why it is not known which scopes were granted, or how it is.
    pub scopes_because: Option<String>,
}

/// Where a credential is: a word, and its file.
#[derive(Clone)]
pub(super) struct Place {
    word: &'static str,
    file: Option<String>,
}

impl Place {
    /// authsome's own vault.
    pub fn vault() -> Self {
        Self::none("in authsome's vault")
    }

    fn kept(file: String) -> Self {
        Self { word: "kept", file: Some(file) }
    }

    pub fn none(word: &'static str) -> Self {
        Self { word, file: None }
    }

    fn in_words(&self) -> String {
        self.file.as_ref().map_or_else(|| self.word.to_owned(), |file| format!("{} in {file}", self.word))
    }
}

/// Where the credential is, or why it could not be kept.
pub type KeptAt = Result<String, RunError>;

impl Ending {
    fn failed(&self) -> bool {
        !matches!(self.word, "logged_in" | "already_connected" | "refreshed" | "started")
    }
}

pub fn finish(
    app: &App,
    kept_at: Option<KeptAt>,
    plan: &Plan,
    story: &Story,
    outcome: Outcome,
) -> Result<u8, RunError> {
    story.sum_up(plan);
    let (word, diagnosis, granted) = match outcome.done {
        Done::LoggedIn(granted) => ("logged_in", nothing_found(), Some(granted)),
        Done::Partly(granted, diagnosis) => ("scopes_missing", diagnosis, Some(granted)),
        Done::Failed(diagnosis) => ("failed", diagnosis, None),
        Done::Interrupted => return interrupted(app, plan, story, kept_at),
    };
    let file = kept_at.transpose()?;
    match word {
        // Practice leaves nothing behind.
        _ if plan.provider == practice::NAME => {}
        "logged_in" => last_login::forget(app),
        _ => last_login::leave(app, &plan.provider, &outcome.facts),
    }
    let place = match (file, &granted) {
        (Some(file), _) => Place::kept(file),
        (None, Some(_)) if plan.provider == practice::NAME => Place::none("a practice credential is not kept"),
        (None, Some(_)) => Place::none("not kept (--store keeps it)"),
        (None, None) => Place::none("none"),
    };
    let location = place.in_words();
    let time = fill::duration(i64::try_from(story.worked().as_millis()).unwrap_or(i64::MAX));
    let said = match word {
        "logged_in" => Some(format!("Logged in to {} in {time}; {location}.", plan.title)),
        "scopes_missing" => Some(format!("Logged in to {}, with fewer scopes than asked for; {location}.", plan.title)),
        _ => None,
    };
    let (facts, attempts, mended) = (outcome.facts, outcome.attempts, outcome.mended);
    let granted_scopes = granted.map(|granted| granted.scopes);
    let ending = Ending { word, diagnosis, facts, attempts, granted_scopes, place, said, mended, session: None };
    end(app, plan, story, ending)
}

/// The end where what is kept made a login unnecessary, or where nothing more was wanted; `None`: log in.
pub fn of_stored(
    app: &App,
    plan: &Plan,
    story: &Story,
    stored: Stored,
    mended: &mut Vec<Mended>,
) -> Option<Result<u8, RunError>> {
    let file = Connections::new(&app.host, &app.home()).file(&plan.provider, &plan.connection);
    let place = Place::kept(file.display().to_string());
    let ended = |word, connection: Option<&Connection>, found: Option<(Diagnosis, Facts)>, said: &str| {
        let (diagnosis, facts) = found.unwrap_or_else(|| (nothing_found(), Facts::new()));
        let good = connection.map_or_else(String::new, |it| good_for(app, it));
        Ending {
            word,
            diagnosis,
            facts,
            attempts: 0,
            granted_scopes: connection.map(|connection| connection.granted_scopes.clone()),
            place: place.clone(),
            said: (!said.is_empty()).then(|| format!("{said} {}{good}; {}.", plan.title, place.in_words())),
            mended: Vec::new(),
            session: None,
        }
    };
    let mut ending = match stored {
        Stored::Anew => return None,
        Stored::Interrupted => {
            story.sum_up(plan);
            return Some(interrupted(app, plan, story, None));
        }
        Stored::Connected(it) => {
            let mut ending = ended("already_connected", Some(&it), None, "Already connected to");
            ending.said = ending.said.map(|said| format!("{said} --force logs in anew."));
            ending
        }
        Stored::Refreshed(it) => ended("refreshed", Some(&it), None, "Renewed the connection to"),
        Stored::Fewer(it, found) => ended(
            "scopes_missing",
            Some(&it),
            Some(*found),
            "With fewer scopes than asked for, renewed the connection to",
        ),
        Stored::Failed(found) => ended("failed", None, Some(*found), ""),
    };
    ending.mended = std::mem::take(mended);
    story.sum_up(plan);
    match ending.word {
        "failed" | "scopes_missing" => last_login::leave(app, &plan.provider, &ending.facts),
        _ => last_login::forget(app),
    }
    Some(end(app, plan, story, ending))
}

fn good_for(app: &App, connection: &Connection) -> String {
    let left = connection.time_left(app.host.clock.now());
    left.map_or_else(String::new, |left| {
        format!(", good for {}", fill::duration(i64::try_from(left.as_millis()).unwrap_or(i64::MAX)))
    })
}

pub(super) fn end(app: &App, plan: &Plan, story: &Story, ending: Ending) -> Result<u8, RunError> {
    let failed = ending.failed();
    if app.format() == Format::Json {
        let mut report = document(plan, story, ending);
        if failed && report.findings.iter().all(|finding| finding.severity != Severity::Error) {
            // It failed, and no rule says why: that is no health.
            report.verdict.status = Status::Problems;
        }
        app.answer(&report)?;
    } else if let Some(said) = &ending.said {
        let mut doc = Doc::new();
        if !failed {
            doc.push(Style::Good, "✔ ");
        }
        doc.flow(Style::Plain, 2, said).newline();
        for it in ending.mended.iter().filter(|_| !failed) {
            doc.text("  mended on the way: ").flow(Style::Plain, 4, format!("{} ({})", it.title, it.cause)).newline();
        }
        app.answer_doc(&doc)?;
    }
    Ok(if failed { Exit::Problems as u8 } else { Exit::Fine as u8 })
}

/// authsome's own keys first, then ours.
fn document(plan: &Plan, story: &Story, ending: Ending) -> Report {
    let (status, record) = match ending.word {
        "started" => ("started", "waiting_for_user"),
        _ if ending.failed() && ending.granted_scopes.is_none() && ending.word != "scopes_missing" => {
            ("failed", "failed")
        }
        "scopes_missing" => ("failed", "completed"),
        _ => ("success", "completed"),
    };
    let mut extra = authsome_keys();
    extra.insert("status".into(), json!(status));
    extra.insert("provider".into(), json!(plan.provider));
    extra.insert("connection".into(), json!(plan.connection));
    extra.insert("record_status".into(), json!(record));
    if let Some(session) = &ending.session {
        extra.insert("session_id".into(), json!(session.id));
        if let Some(url) = &session.auth_url {
            extra.insert("auth_url".into(), json!(url.as_str()));
        }
    }
    let mut login = json!({
        "flow": plan.flow.word(),
        "via": plan.via.word(),
        "redirect_uri": plan.redirect_uri.as_str(),
        "attempts": ending.attempts,
    });
    merge(&mut login, story.to_json(plan));
    merge(
        &mut login,
        json!({
            "requested_scopes": plan.scopes,
            "granted_scopes": ending.granted_scopes,
            "missing_scopes": ending.facts.to_json()["login"]["missing_scopes"],
            "outcome": ending.word,
            "credential": ending.place.word,
            "file": ending.place.file,
        }),
    );
    if let Some(because) = ending.session.as_ref().and_then(|session| session.scopes_because.as_ref()) {
        merge(&mut login, json!({"granted_scopes_because": because}));
    }
    extra.insert("login".into(), login);
    if !ending.mended.is_empty() {
        // A way out has helped where its finding is gone.
        let still = |rule: &str| ending.diagnosis.findings.iter().any(|finding| finding.rule == rule);
        let fixed = ending.mended.iter().map(|it| it.to_json(!still(&it.rule))).collect();
        extra.insert("fixed".into(), fixed);
    }
    report_of(ending.diagnosis, ending.facts, &story.elapsed(), extra)
}

/// The keys of `more` after those of `into`.
fn merge(into: &mut Value, more: Value) {
    if let (Some(into), Value::Object(more)) = (into.as_object_mut(), more) {
        into.extend(more);
    }
}

pub(super) fn interrupted(app: &App, plan: &Plan, story: &Story, kept_at: Option<KeptAt>) -> Result<u8, RunError> {
    let kept_at = kept_at.transpose()?;
    if app.format() == Format::Json {
        let mut extra = authsome_keys();
        extra.insert("status".into(), json!("interrupted"));
        extra.insert("provider".into(), json!(plan.provider));
        let word = if kept_at.is_some() { "kept" } else { "none" };
        let mut login = json!({"outcome": "interrupted", "credential": word, "file": kept_at});
        merge(&mut login, story.to_json(plan));
        extra.insert("login".into(), login);
        let mut report = report_of(nothing_found(), Facts::new(), &story.elapsed(), extra);
        report.verdict = Verdict {
            status: Status::Error,
            error: Some(RunError { kind: "interrupted", message: "stopped by you".to_owned(), place: None }),
        };
        app.answer(&report)?;
    } else {
        let mut doc = Doc::new();
        let kept =
            kept_at.map_or_else(|| "Nothing was kept".to_owned(), |file| format!("What was granted is kept in {file}"));
        doc.line(format!("Stopped. {kept}, nobody listens any more."));
        let _ = sink::print(Stream::Err, &doc);
    }
    Ok(Exit::Interrupted as u8)
}

pub(super) fn nothing_found() -> Diagnosis {
    Diagnosis { findings: Vec::new(), inconclusive: Vec::new(), checks: 0 }
}

pub fn report_of(diagnosis: Diagnosis, facts: Facts, took: &Duration, extra: Map<String, Value>) -> Report {
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

/// Keeps the tokens, where they are to be kept: by `--store` now, or when the connection was made.
pub fn keep(app: &App, kept: &Kept, plan: &Plan, granted: &Granted) -> Option<KeptAt> {
    let connection = stored::connection_of(plan, plan.client.as_ref()?, granted, app.host.clock.now());
    let written = kept.held.write(&connection);
    Some(written.map_or_else(
        |e| Err(unreadable(format!("the credential could not be kept: {e}"))),
        |file| Ok(file.display().to_string()),
    ))
}
