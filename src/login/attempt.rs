//! One attempt by the authorization code flow with PKCE (RFC 6749, 4.1; RFC 7636; RFC 8252).

use super::browser;
use super::failure::{Failure, about};
use super::metadata;
use super::plan::Plan;
use super::run::Setup;
use super::steps;
use super::story::{Sighting, Story, in_words};
use super::wait::{Ended, Foreign, Seen, Waiting};
use crate::facts::Facts;
use crate::oauth::authorize::{Attempt, Authorization};
use crate::oauth::callback::{Arrival, Expected};
use crate::oauth::discovery::Discovery;
use crate::oauth::listener::{Listener, Pages, listen};
use crate::oauth::record::Recorder;
use crate::oauth::scopes;
use crate::oauth::token::{self, CodeGrant, Tokens};
use crate::pages;
use crate::sink::Secret;
use std::io;
use std::time::Instant;
use url::Url;

/// What an attempt needs besides the plan; it lives through all attempts of one run.
pub struct Ground<'a> {
    pub setup: &'a Setup<'a>,
    pub recorder: &'a Recorder,
    pub discovery: &'a Discovery,
    /// What the preflight found.
    pub facts: &'a Facts,
}

pub enum Stop {
    Failed(Box<Failure>),
    Interrupted,
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self::Failed(Box::new(failure))
    }
}

/// What the provider granted, and what we know of it.
pub struct Granted {
    pub tokens: Tokens,
    pub scopes: Vec<String>,
}

/// Binds the callback address.
pub fn bind(ground: &Ground, plan: &Plan, story: &mut Story, attempt: &Attempt) -> Result<Listener, Stop> {
    let mut going = Story::begin(&steps::LISTEN);
    match listen(&plan.redirect_uri, expected(ground, plan, attempt), pages()) {
        Ok(listener) => {
            for address in &listener.addresses {
                going.line(format!("listening on {address}"));
            }
            story.end(going, "done", "");
            Ok(listener)
        }
        Err(error) => {
            let words = format!("{} cannot be listened on: {error}", plan.redirect_uri);
            story.end(going, "failed", &words);
            let taken = error.kind() == io::ErrorKind::AddrInUse;
            let mut failure =
                Failure::seen(plan, &steps::LISTEN, if taken { "port_taken" } else { "transport" }, words);
            failure.facts.merge(super::preflight::port(ground.setup, plan));
            Err(failure.into())
        }
    }
}

const LOOPBACK_HOSTS: &[&str] = &["127.0.0.1", "localhost", "[::1]"];

/// What a browser writes into Host: it leaves the default port out (RFC 9110, 4.2.1).
fn host_names(host: &str, port: u16) -> Vec<String> {
    let mut names = vec![format!("{host}:{port}")];
    if port == 80 {
        names.push(host.to_owned());
    }
    names
}

pub fn expected(ground: &Ground, plan: &Plan, attempt: &Attempt) -> Expected {
    let port = plan.redirect_uri.port_or_known_default().unwrap_or(80);
    let path = plan.redirect_uri.path().to_owned();
    Expected {
        other_paths: ground.setup.callback_paths.iter().filter(|(other, _)| *other != path).cloned().collect(),
        path,
        hosts: LOOPBACK_HOSTS.iter().flat_map(|host| host_names(host, port)).collect(),
        state: attempt.state.clone(),
    }
}

/// Sends the browser to the provider, and waits for the code.
pub fn authorize(
    ground: &Ground,
    plan: &Plan,
    story: &mut Story,
    listener: &Listener,
    attempt: &Attempt,
) -> Result<Secret, Stop> {
    let invalid = |why: String| Failure::seen(plan, &steps::ASK, "definition_invalid", why);
    let endpoint = plan.authorization_url().map_err(invalid)?;
    // Looked at before the person is sent anywhere.
    plan.token_url().map_err(invalid)?;
    let Some(client) = &plan.client else {
        return Err(Failure::said(plan, &steps::ASK, b"no client id is stored", "login").into());
    };
    let asked = Authorization {
        endpoint,
        client_id: client.id.clone(),
        redirect_uri: plan.sent_redirect_uri().cloned(),
        scopes: plan.scopes.clone(),
        parameters: plan.authorization_params(),
    };
    let mut going = Story::begin(&steps::ASK);
    // While the person is at it: who answers is known when the browser comes back.
    ground.discovery.begin();
    let url = asked.url(attempt);
    going.line(format!("GET {}", endpoint_of(&url)));
    going.line(parameters(&url));
    story.saw(Sighting {
        began: Instant::now(),
        step: steps::ASK.name,
        url: url.clone(),
        status: None,
        comment: "sent by the browser: its answer is not seen by this program",
    });
    let opened = browser::open(plan, story, &url, ground.facts);
    story.end(going, "done", &opened.words);

    let going = Story::begin(&steps::BACK);
    let expected = expected(ground, plan, attempt);
    let by_us = opened.by_us;
    let ended =
        Waiting { plan, story, listener, expected: &expected, prompt: ground.setup.prompt, robot: opened.robot }.wait();
    let mut back = Back { ground, plan, listener, browser_opened: by_us };
    back.judge(ended, going, story)
}

/// The browser is back, or not.
struct Back<'a> {
    ground: &'a Ground<'a>,
    plan: &'a Plan,
    listener: &'a Listener,
    browser_opened: bool,
}

impl Back<'_> {
    fn judge(&mut self, ended: Ended, mut going: super::story::Going, story: &mut Story) -> Result<Secret, Stop> {
        let failure = match ended {
            Ended::Interrupted => return Err(Stop::Interrupted),
            Ended::Arrived(Arrival::Code { code, path, issuer }) => {
                going.line(format!("GET {path}   code=‹hidden›  state=‹ours, matches›"));
                story.saw(self.sighting(&path, "code=hidden&state=hidden"));
                match metadata::who_answered(self.ground, self.plan, issuer.as_deref(), false) {
                    Ok(who) => {
                        going.line(who);
                        let other = self.versions_of(&path);
                        let decision = other.map_or_else(String::new, |versions| {
                            format!("it came on the path of {versions}, with our state: ours all the same")
                        });
                        story.end(going, "done", &decision);
                        return Ok(code);
                    }
                    Err(failure) => failure,
                }
            }
            Ended::Arrived(Arrival::Refusal { path, query }) => {
                going.line(format!("GET {path}   an error, and our state"));
                story.saw(self.sighting(&path, &query));
                let issuer = url::form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "iss");
                let named = issuer.as_ref().map(|(_, value)| &**value);
                match metadata::who_answered(self.ground, self.plan, named, true) {
                    Ok(who) => {
                        going.line(who);
                        self.refused(&path, &query)
                    }
                    Err(failure) => failure,
                }
            }
            Ended::Arrived(_) => {
                let words = "the browser came back with our state, but with neither a code nor an error";
                Failure::seen(self.plan, &steps::BACK, "code_missing", words)
            }
            Ended::Said(text) => {
                going.line("what the page says was handed in");
                Failure::said(self.plan, &steps::ASK, text.as_bytes(), "login")
            }
            Ended::Nobody(seen) => {
                for note in &seen.notes {
                    going.line(format!("noted: {note}"));
                }
                self.nobody(&seen)
            }
        };
        story.end(going, "failed", "");
        Err(self.with_sightings(failure).into())
    }

    /// The callback as it reached us. A pasted one reached no listener.
    fn sighting(&self, path: &str, query: &str) -> Sighting {
        let mut url = self.plan.redirect_uri.clone();
        url.set_path(path);
        url.set_query(Some(query));
        Sighting {
            began: Instant::now(),
            step: steps::BACK.name,
            url,
            status: (self.listener.requests() > 0).then_some(303),
            comment: "as it reached this program; the code and the state are hidden",
        }
    }

    fn refused(&self, path: &str, query: &str) -> Failure {
        let address =
            format!("{}?{query}", self.plan.redirect_uri.join(path).map_or_else(|_| path.to_owned(), String::from));
        let mut failure = Failure::said(self.plan, &steps::BACK, address.as_bytes(), "callback");
        failure.facts.set("login.callback_path", path);
        if let Some(versions) = self.versions_of(path) {
            failure.facts.set("login.problem", "other_version_path");
            failure.facts.set("login.problem_text", format!("the browser came back on {path}, the path of {versions}"));
            failure.facts.set("login.callback_version", versions);
        }
        failure
    }

    fn nobody(&self, seen: &Seen) -> Failure {
        let mut failure = match &seen.foreign {
            Some(Foreign::Refusal { path, query }) => self.refused(path, query),
            Some(Foreign::NoState { path }) => {
                let words = format!("a callback without state came on {path}");
                Failure::seen(self.plan, &steps::BACK, "state_missing", words)
            }
            Some(Foreign::State { path, hash }) => {
                let words = format!("a callback on {path} had a state that this login did not issue");
                let mut failure = Failure::seen(self.plan, &steps::BACK, "state_foreign", words);
                let issued = self.ground.setup.journal.knows(hash);
                failure.facts.set("login.foreign_state", if issued { "stale_tab" } else { "never_issued" });
                failure
            }
            None => {
                let words = format!("nobody came back to {} in {}", self.plan.redirect_uri, in_words(seen.waited));
                Failure::seen(self.plan, &steps::BACK, "nobody_came", words)
            }
        };
        failure.facts.set("login.waited", i64::try_from(seen.waited.as_millis()).unwrap_or(i64::MAX));
        failure
    }

    fn with_sightings(&self, mut failure: Failure) -> Failure {
        failure.facts.set("login.callbacks_seen", self.listener.requests());
        failure.facts.set("login.browser_opened", self.browser_opened);
        failure
    }

    fn versions_of(&self, path: &str) -> Option<&str> {
        let other = path != self.plan.redirect_uri.path();
        let paths = &self.ground.setup.callback_paths;
        paths.iter().find(|(known, _)| other && known == path).map(|(_, versions)| versions.as_str())
    }
}

/// The code brought no token.
pub struct NoToken {
    pub failure: Failure,
    /// No request reached the provider, so the code is as good as it was.
    pub unused: bool,
}

/// Swaps the code for a token.
pub fn swap(
    ground: &Ground,
    plan: &Plan,
    story: &mut Story,
    attempt: &Attempt,
    code: &Secret,
) -> Result<Granted, NoToken> {
    let (Some(client), Ok(token_url)) = (&plan.client, plan.token_url()) else {
        let failure = Failure::said(plan, &steps::SWAP, b"no client id is stored", "login");
        return Err(NoToken { failure, unused: true });
    };
    let mut going = Story::begin(&steps::SWAP);
    let grant = CodeGrant { code, code_verifier: &attempt.code_verifier, redirect_uri: plan.sent_redirect_uri() };
    let answer = token::exchange_code(ground.recorder, &token_url, client, &grant);
    if let Some(exchange) = &answer.exchange {
        going.wire(exchange);
    }
    match answer.tokens {
        Ok(tokens) => {
            let time = tokens.expires_in.map_or_else(|| "no end named".to_owned(), super::story::in_words);
            story.end(going, "done", &format!("a {} token, {time}", tokens.token_type));
            Ok(Granted { scopes: tokens.scopes.clone().unwrap_or_else(|| plan.scopes.clone()), tokens })
        }
        Err(failure) => {
            let unused = failure.never_reached();
            let decision = if unused { "the code was not sent, so it is as good as it was" } else { "no token" };
            story.end(going, "failed", decision);
            let failure = Failure::token(plan, &steps::SWAP, &failure, answer.exchange.as_deref());
            Err(NoToken { failure, unused })
        }
    }
}

/// Compares the scopes. Missing ones are a failure that keeps the credential.
pub fn compare(ground: &Ground, plan: &Plan, story: &mut Story, granted: &Granted) -> Option<Failure> {
    let mut going = Story::begin(&steps::COMPARE);
    let implied = |granted: &str, wanted: &str| ground.setup.implies(granted, wanted);
    let missing = scopes::missing(&plan.scopes, &granted.scopes, &implied);
    let said = |list: &[String]| if list.is_empty() { "none".to_owned() } else { list.join(", ") };
    let by_default = if granted.tokens.scopes.is_none() { " (the answer names none: as asked)" } else { "" };
    going.line(format!("asked {}; granted {}{by_default}", said(&plan.scopes), said(&granted.scopes)));
    if missing.is_empty() {
        story.end(going, "done", "");
        return None;
    }
    let words = format!("missing: {}", missing.join(", "));
    story.end(going, "failed", &words);
    let mut facts = about(plan);
    facts.set("login.failed_step", steps::COMPARE.name);
    facts.set("login.problem", "scopes_missing");
    facts.set("login.problem_text", words);
    facts.set("login.granted_scopes", granted.scopes.clone());
    facts.set("login.missing_scopes", missing);
    Some(Failure { facts })
}

/// authsome refreshes within the last 300 s of a token: one that is born there shows at once whether that works.
pub fn prove_refresh(ground: &Ground, plan: &Plan, story: &mut Story, granted: &mut Granted) -> Option<Failure> {
    let short = granted.tokens.expires_in.is_some_and(|time| time.as_secs() < 300);
    let (true, Some(token), Ok(url), Some(client)) =
        (short, &granted.tokens.refresh_token, plan.token_url(), &plan.client)
    else {
        return None;
    };
    let mut going = Story::begin(&steps::REFRESH);
    let answer = token::refresh(ground.recorder, &url, client, token);
    if let Some(exchange) = &answer.exchange {
        going.wire(exchange);
    }
    match answer.tokens {
        Ok(mut fresh) => {
            story.end(going, "done", "it works");
            // RFC 6749, 6: a new refresh token replaces the old one; none means that the old one stays.
            fresh.refresh_token = fresh.refresh_token.or_else(|| granted.tokens.refresh_token.take());
            granted.tokens = fresh;
            None
        }
        Err(failure) => {
            story.end(going, "failed", "the refresh token does not work");
            Some(Failure::token(plan, &steps::REFRESH, &failure, answer.exchange.as_deref()))
        }
    }
}

fn endpoint_of(url: &Url) -> String {
    url.as_str().split('?').next().unwrap_or_default().to_owned()
}

/// The parameters for people: what is ours alone is named, not shown.
fn parameters(url: &Url) -> String {
    let shown = url.query_pairs().map(|(name, value)| match &*name {
        "state" => "state=‹ours›".to_owned(),
        "code_challenge" => format!("code_challenge={}…", value.chars().take(6).collect::<String>()),
        _ => format!("{name}={value}"),
    });
    shown.collect::<Vec<_>>().join("  ")
}

fn pages() -> Pages {
    Pages {
        headers: pages::HEADERS.iter().map(|(name, value)| (*name, (*value).to_owned())).collect(),
        nothing_here: pages::nothing_here(),
        foreign: pages::foreign(),
        waiting: pages::waiting(),
    }
}
