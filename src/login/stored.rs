//! A connection that is kept already: good as it is, renewed by its refresh token (RFC 6749, 6), or the reason for a new
//! login. What the provider renews is written before anything else happens: the old refresh token may have ended with it.

use super::attempt::{self, Granted, Ground};
use super::failure::Failure;
use super::mend::{Mended, Next, mend};
use super::plan::Plan;
use super::preflight;
use super::run::Setup;
use super::steps;
use super::story::{Going, Story};
use crate::diagnosis::{Diagnosis, diagnose};
use crate::facts::Facts;
use crate::oauth::discovery::Discovery;
use crate::oauth::token::{self, TokenAnswer, TokenFailure, Tokens};
use crate::oauth::{Authentication, Client, scopes};
use crate::rules::fill;
use crate::store::{Connection, Held};
use jiff::{SignedDuration, Timestamp};
use std::io;
use std::sync::Arc;

/// authsome renews within this time of the end.
const WINDOW: SignedDuration = SignedDuration::from_secs(300);

/// The right to a connection, and what is kept of it so far.
pub struct Kept {
    pub held: Held,
    pub connection: Option<Connection>,
}

/// What the person asked for, besides the plan.
#[derive(Clone, Copy)]
pub struct Wish {
    pub force: bool,
    /// The scopes of the plan were named for this run.
    pub scopes_named: bool,
}

/// What became of the connection that is kept.
pub enum Stored {
    Connected(Connection),
    Refreshed(Connection),
    /// Renewed, and scopes that were granted once are missing now.
    Fewer(Connection, Box<(Diagnosis, Facts)>),
    /// None, or none that helps: log in.
    Anew,
    Failed(Box<(Diagnosis, Facts)>),
    Interrupted,
}

/// The client that a connection was issued to.
pub fn client_of(connection: &Connection) -> Client {
    Client {
        id: connection.client_id.clone(),
        secret: connection.client_secret.clone(),
        authentication: Authentication::from_word(&connection.client_authentication).unwrap_or(Authentication::Body),
    }
}

/// What is kept of a login that went well.
pub fn connection_of(plan: &Plan, client: &Client, granted: &Granted, now: Timestamp) -> Connection {
    let text = |url: url::Url| url.to_string();
    Connection {
        provider: plan.provider.clone(),
        connection: plan.connection.clone(),
        token_endpoint: plan.token_url().map(text).unwrap_or_default(),
        revocation_endpoint: plan.revocation_url().map(text),
        client_id: client.id.clone(),
        client_secret: client.secret.clone(),
        client_authentication: client.authentication_word().to_owned(),
        access_token: granted.tokens.access_token.clone(),
        refresh_token: granted.tokens.refresh_token.clone(),
        token_type: granted.tokens.token_type.clone(),
        requested_scopes: plan.scopes.clone(),
        granted_scopes: granted.scopes.clone(),
        redirect_uri: plan.redirect_uri.to_string(),
        obtained_at: now,
        expires_at: end_of(&granted.tokens, now),
    }
}

fn end_of(tokens: &Tokens, now: Timestamp) -> Option<Timestamp> {
    let time = tokens.expires_in.and_then(|time| SignedDuration::try_from(time).ok())?;
    now.checked_add(time).ok()
}

/// Uses what is kept, where it can be used; ways out that were taken go into `mended`. An error: the file could not be
/// written.
pub fn resume(
    setup: &mut Setup,
    plan: &mut Plan,
    story: &mut Story,
    kept: &Kept,
    wish: Wish,
    mended: &mut Vec<Mended>,
) -> io::Result<Stored> {
    let Some(connection) = &kept.connection else { return Ok(Stored::Anew) };
    let mut going = Story::begin(&steps::STORED);
    let left = connection.time_left(setup.host.clock.now());
    going.line(match left {
        None => "an access token without a known end".to_owned(),
        Some(left) if left.is_positive() => format!("an access token that is good for {}", words(left)),
        Some(left) => format!("an access token that ended {} ago", words(left)),
    });
    if let Some(reason) = why_anew(setup, plan, connection, wish, left) {
        story.end(going, "done", &format!("{reason}: log in anew"));
        return Ok(Stored::Anew);
    }
    if left.is_none_or(|left| left > WINDOW) {
        story.end(going, "done", "good as it is");
        return Ok(Stored::Connected(connection.clone()));
    }
    story.end(going, "done", "renew it");
    let wanted = if wish.scopes_named { plan.scopes.clone() } else { connection.requested_scopes.clone() };
    renew(setup, plan, story, kept, (connection.clone(), wanted), mended)
}

fn words(time: SignedDuration) -> String {
    fill::duration(i64::try_from(time.as_millis().abs()).unwrap_or(i64::MAX))
}

/// Why what is kept does not do, however good it is.
fn why_anew(
    setup: &Setup,
    plan: &Plan,
    connection: &Connection,
    wish: Wish,
    left: Option<SignedDuration>,
) -> Option<String> {
    if wish.force {
        return Some("--force".to_owned());
    }
    let now_at = plan.token_url().map(String::from).unwrap_or_default();
    if now_at != connection.token_endpoint {
        // What one server issued is not shown to another.
        return Some(format!("it was issued at {}, and the definition names {now_at}", connection.token_endpoint));
    }
    if plan.client.as_ref().is_some_and(|client| client.id != connection.client_id) {
        return Some("it belongs to another client id".to_owned());
    }
    let implied = |granted: &str, wanted: &str| setup.implies(granted, wanted);
    let wanted = if wish.scopes_named { &plan.scopes } else { &connection.requested_scopes };
    let missing = scopes::missing(wanted, &connection.granted_scopes, &implied);
    if !missing.is_empty() {
        return Some(format!("it lacks {}", missing.join(", ")));
    }
    let ends = left.is_some_and(|left| left <= WINDOW);
    (ends && connection.refresh_token.is_none()).then(|| "there is no refresh token".to_owned())
}

fn renew(
    setup: &mut Setup,
    plan: &mut Plan,
    story: &mut Story,
    kept: &Kept,
    (mut connection, wanted): (Connection, Vec<String>),
    mended: &mut Vec<Mended>,
) -> io::Result<Stored> {
    loop {
        setup.recorder.go_through(Arc::clone(&setup.host.http));
        let mut going = Story::begin(&steps::REFRESH);
        // What could not be kept afterwards must not be renewed now.
        kept.held.write(&connection)?;
        let (failure, refused) = match ask(setup, plan, &connection, &mut going) {
            Ok(tokens) => {
                take_over(&mut connection, &tokens, setup.host.clock.now());
                kept.held.write(&connection)?;
                story.end(going, "done", "renewed, and kept");
                return Ok(compared(setup, plan, story, connection, tokens, wanted));
            }
            Err((failure, refused)) => {
                story.end(going, "failed", if refused { "not renewed" } else { "no answer" });
                (failure, refused)
            }
        };
        if crate::prompt::interrupted() {
            return Ok(Stored::Interrupted);
        }
        let mut facts = preflight::about_provider(setup, plan, !refused);
        facts.merge(failure.facts);
        let mut diagnosis = diagnose(setup.rules.over(&facts), &facts);
        (setup.show)(&diagnosis, &facts);
        if !setup.prompt.is_interactive() {
            let anew = setup.yes && refused;
            return Ok(if anew { Stored::Anew } else { Stored::Failed(Box::new((diagnosis, facts))) });
        }
        match mend(setup, plan, story, &mut diagnosis.findings, mended) {
            Next::Interrupted => return Ok(Stored::Interrupted),
            Next::Stop => return Ok(Stored::Failed(Box::new((diagnosis, facts)))),
            Next::Again if takes_new_client(plan, &mut connection) || !refused => {}
            Next::Again => return Ok(Stored::Anew),
        }
    }
}

/// True where the person entered another secret: the refresh token may be good with it.
fn takes_new_client(plan: &Plan, connection: &mut Connection) -> bool {
    let Some(client) = plan.client.as_ref().filter(|client| client.id == connection.client_id) else { return false };
    let exposed = |secret: &Option<crate::sink::Secret>| secret.as_ref().map(|secret| secret.expose().to_owned());
    let changed = exposed(&client.secret) != exposed(&connection.client_secret);
    if changed {
        connection.client_secret.clone_from(&client.secret);
        client.authentication_word().clone_into(&mut connection.client_authentication);
    }
    changed
}

/// One refresh request. `Err`: why not, and whether it was the provider that said no.
fn ask(setup: &Setup, plan: &Plan, connection: &Connection, going: &mut Going) -> Result<Tokens, (Failure, bool)> {
    let (Some(refresh_token), Ok(url)) = (&connection.refresh_token, plan.token_url()) else {
        let words = "there is nothing to renew with";
        return Err((Failure::seen(plan, &steps::REFRESH, "transport", words), true));
    };
    let TokenAnswer { tokens, exchange } = token::refresh(&setup.recorder, &url, &client_of(connection), refresh_token);
    if let Some(exchange) = &exchange {
        going.wire(exchange);
    }
    tokens.map_err(|failure| {
        let refused = matches!(failure, TokenFailure::Refused);
        (Failure::token(plan, &steps::REFRESH, &failure, exchange.as_deref()), refused)
    })
}

/// RFC 6749, 6: a new refresh token replaces the old one, and none means that the old one stays; so with the scopes.
fn take_over(connection: &mut Connection, tokens: &Tokens, now: Timestamp) {
    connection.access_token = tokens.access_token.clone();
    if let Some(rotated) = &tokens.refresh_token {
        connection.refresh_token = Some(rotated.clone());
    }
    connection.token_type.clone_from(&tokens.token_type);
    if let Some(scopes) = &tokens.scopes {
        connection.granted_scopes.clone_from(scopes);
    }
    connection.obtained_at = now;
    connection.expires_at = end_of(tokens, now);
}

fn compared(
    setup: &Setup,
    plan: &mut Plan,
    story: &mut Story,
    connection: Connection,
    tokens: Tokens,
    wanted: Vec<String>,
) -> Stored {
    let granted = Granted { scopes: connection.granted_scopes.clone(), tokens };
    let none = Facts::new();
    // Nobody has to be asked for what is compared here.
    let discovery = Discovery::new(&setup.recorder, Vec::new());
    let ground = Ground { setup, recorder: &setup.recorder, discovery: &discovery, facts: &none };
    let asked = std::mem::replace(&mut plan.scopes, wanted);
    let fewer = attempt::compare(&ground, plan, story, &granted);
    plan.scopes = asked;
    let Some(failure) = fewer else { return Stored::Refreshed(connection) };
    let mut facts = preflight::about_provider(setup, plan, false);
    facts.merge(failure.facts);
    let diagnosis = diagnose(setup.rules.over(&facts), &facts);
    (setup.show)(&diagnosis, &facts);
    Stored::Fewer(connection, Box::new((diagnosis, facts)))
}
