//! How a login ends: what is kept, what is left for `doctor`, and the last word.

use super::LoginArgs;
use crate::cli::app::{App, Exit, authsome_keys};
use crate::cli::args::Format;
use crate::cli::input::unreadable;
use crate::cli::last_login;
use crate::diagnosis::{Diagnosis, Report, RunError, Status, Verdict};
use crate::facts::Facts;
use crate::login::{Done, Granted, Outcome, Plan, Story, practice};
use crate::sink::{self, Doc, Stream, Style};
use crate::store::{Connection, Connections};
use serde_json::{Map, Value, json};
use std::time::Duration;

pub fn finish(app: &App, args: &LoginArgs, plan: &Plan, story: &Story, outcome: Outcome) -> Result<u8, RunError> {
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
        let mut extra = authsome_keys();
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
        if !outcome.mended.is_empty() {
            // A way out has helped where its finding is gone.
            let still = |rule: &str| diagnosis.findings.iter().any(|finding| finding.rule == rule);
            let fixed = outcome.mended.iter().map(|it| it.to_json(!still(&it.rule))).collect();
            extra.insert("fixed".into(), Value::Array(fixed));
        }
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
        for it in &outcome.mended {
            doc.text("  mended on the way: ").flow(Style::Plain, 4, format!("{} ({})", it.title, it.cause)).newline();
        }
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
        let mut extra = authsome_keys();
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

/// Keeps the tokens where the person asked for it, never those of the practice provider.
fn keep(app: &App, args: &LoginArgs, plan: &Plan, granted: &Granted) -> Result<Option<String>, RunError> {
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
