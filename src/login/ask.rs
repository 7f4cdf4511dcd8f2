//! Questions of a guided fix: only what is new is asked for; the rest stays as it was.

use super::mend::{Next, set_for_this_run};
use super::plan::Plan;
use super::practice;
use super::run::Setup;
use super::story::Story;
use crate::oauth::{Authentication, Client, scopes};
use crate::prompt::Answer;
use crate::sink::{self, Secret};
use std::collections::BTreeMap;

/// `asked`: what, and whether the answer is hidden while it is typed.
pub fn ask(setup: &mut Setup, plan: &mut Plan, story: &Story, asked: &BTreeMap<String, bool>) -> Next {
    let mut changes = BTreeMap::new();
    let mut answered = Ok(());
    // The id before the secret, as people read them off the provider's page.
    for (name, hidden) in asked {
        answered = answered.and_then(|()| match name.as_str() {
            "client_id" => client_id(setup, plan),
            "client_secret" => client_secret(setup, plan),
            "scopes" => ask_scopes(setup, plan),
            variable => environment(setup, variable, *hidden).map(|value| {
                changes.insert(variable.to_owned(), value);
            }),
        });
    }
    if let Err(next) = answered {
        return next;
    }
    if !changes.is_empty() {
        set_for_this_run(setup, story, &changes);
    }
    Next::Again
}

/// Client id and secret, where there was no client so far.
pub fn client(setup: &Setup, plan: &mut Plan) -> Next {
    match client_id(setup, plan).and_then(|()| client_secret(setup, plan)) {
        Ok(()) => Next::Again,
        Err(next) => next,
    }
}

/// What became of an answer that is needed to go on.
fn given<T>(answer: Answer<T>) -> Result<T, Next> {
    match answer {
        Answer::Given(value) => Ok(value),
        Answer::Interrupted => Err(Next::Interrupted),
        Answer::NotAsked => Err(Next::Stop),
    }
}

fn client_id(setup: &Setup, plan: &mut Plan) -> Result<(), Next> {
    let known = plan.client.as_ref().map_or("", |client| &client.id).to_owned();
    let id = given(setup.prompt.text("client id", &known))?.trim().to_owned();
    if id.is_empty() {
        return Err(Next::Stop);
    }
    match &mut plan.client {
        Some(client) => client.id = id,
        None => plan.client = Some(Client { id, secret: None, authentication: Authentication::Body }),
    }
    plan.client_from = "prompt";
    Ok(())
}

fn client_secret(setup: &Setup, plan: &mut Plan) -> Result<(), Next> {
    // Nobody was ever told the secret of the practice client, so nobody has to know it.
    let practised = plan.provider == practice::NAME;
    let empty = if practised { "the one that the practice provider gave" } else { "none" };
    let text = given(setup.prompt.hidden(&format!("client secret (empty: {empty})")))?;
    let Some(client) = &mut plan.client else { return Err(Next::Stop) };
    let typed = text.expose().trim();
    if !(practised && typed.is_empty()) {
        client.secret = Some(Secret::new(typed)).filter(|secret| !secret.is_empty());
        plan.client_from = "prompt";
    }
    Ok(())
}

fn ask_scopes(setup: &Setup, plan: &mut Plan) -> Result<(), Next> {
    let text = given(setup.prompt.text("scopes, with blanks between", &plan.scopes.join(" ")))?;
    plan.scopes = scopes::split(&text);
    Ok(())
}

fn environment(setup: &Setup, name: &str, hidden: bool) -> Result<Option<String>, Next> {
    let typed = if hidden {
        let value = given(setup.prompt.hidden(name))?.expose().trim().to_owned();
        remember_password(&value);
        value
    } else {
        given(setup.prompt.text(name, setup.host.env.get(name).unwrap_or_default()))?.trim().to_owned()
    };
    Ok(Some(typed).filter(|value| !value.is_empty()))
}

/// The whole value was hidden while it was typed; what is secret of it is the password in the address.
fn remember_password(value: &str) {
    if let Some(password) = url::Url::parse(value).ok().and_then(|url| url.password().map(str::to_owned)) {
        sink::remember(&password);
    }
}
