//! The way to the daemon: looked at, the daemon started where the person agrees, and who we are there.

use super::{Ground, Halt, Step, Wish, identity};
use crate::authsome::client::{Client, Identity, NoIdentity, Proved, Trouble};
use crate::authsome::{self, versions};
use crate::definition::{self, ProviderDefinition};
use crate::facts::Facts;
use crate::fixes;
use crate::host::Host;
use crate::login::failure::Failure;
use crate::login::plan::Plan;
use crate::login::preflight;
use crate::login::run::Setup;
use crate::login::steps;
use crate::login::story::Story;
use crate::prompt::Answer;
use crate::rules::FixPlan;
use crate::sink::{Doc, Style};
use serde_json::json;
use std::sync::Arc;

/// A client of the proved daemon, as an identity that it knows; and what the look found.
pub fn way(setup: &mut Setup, plan: &Plan, story: &mut Story, wish: &Wish, facts: &mut Facts) -> Step<Client> {
    look(setup, plan, story, facts)?;
    let mut read = identity(setup, facts);
    // Its own command starts the daemon, too.
    if read.as_ref().err() == Some(&NoIdentity::None) {
        identity::make(setup, plan, story, facts)?;
        look(setup, plan, story, facts)?;
        read = identity(setup, facts);
    } else if facts.text("daemon.state") == Some("not_running") {
        start(setup, plan, story)?;
        look(setup, plan, story, facts)?;
    }
    let daemon = find(plan, story, facts)?;
    prove(setup, plan, story, wish, daemon, read)
}

fn look(setup: &Setup, plan: &Plan, story: &mut Story, facts: &mut Facts) -> Step<()> {
    let look = preflight::look_for_daemon(setup, plan, story);
    let stops = look.stops();
    *facts = look.facts;
    if stops { Err(Halt::Diagnosed(look.diagnosis)) } else { Ok(()) }
}

/// As the commands of the daemon's version choose it, or of the installed one's.
fn identity(setup: &Setup, facts: &Facts) -> Result<Identity, NoIdentity> {
    let version = facts.text("daemon.version").or_else(|| facts.text("authsome.version"));
    let release = version.map_or_else(versions::latest, |version| versions::release(version).0);
    Identity::read(&setup.host, &authsome::home(&setup.host.env, setup.home.as_deref()), release)
}

fn find(plan: &Plan, story: &mut Story, facts: &Facts) -> Step<Proved> {
    let mut going = Story::begin(&steps::DAEMON);
    match Proved::by(facts) {
        Ok(daemon) => {
            let pid = facts.number("daemon.pid").map_or_else(String::new, |pid| format!(", pid {pid}"));
            going.line(format!("authsome {} at {}{pid}", daemon.version, daemon.base));
            if let Some(home) = facts.text("daemon.home") {
                going.line(format!("its home is {home}, and yours"));
            }
            story.end(going, "done", "");
            Ok(daemon)
        }
        Err(why) => {
            story.end(going, "failed", &why);
            Err(Failure::seen(plan, &steps::DAEMON, "daemon_not_usable", why).into())
        }
    }
}

/// Nothing of value is lost: the look has found no pid file of a stranger's, no held port and no broken identity.
fn start(setup: &Setup, plan: &Plan, story: &mut Story) -> Step<()> {
    let going = Story::begin(&steps::DAEMON);
    let act = FixPlan::StartDaemon;
    let words = fixes::in_words(&setup.host, &act);
    let agreed = setup.yes
        || setup.prompt.confirm(&format!("authsome's daemon is not running. Start it ({words})?"), true)
            == Answer::Given(true);
    if !agreed {
        story.end(going, "failed", "not running");
        return Err(Failure::seen(plan, &steps::DAEMON, "daemon_not_running", "no authsome daemon runs here").into());
    }
    match fixes::act(&setup.host, setup.prompt, &act) {
        Ok(()) => {
            story.event("daemon_started", &json!({}));
            let mut doc = Doc::new();
            story.say(doc.push(Style::Good, "started: ").line("authsome's daemon"));
            story.end(going, "done", "started");
            Ok(())
        }
        Err(why) => {
            story.end(going, "failed", &why);
            Err(Failure::seen(plan, &steps::DAEMON, "daemon_start_failed", why).into())
        }
    }
}

/// Who we are there: proved, made known, claimed, in this order and each only where it is needed.
fn prove(
    setup: &Setup,
    plan: &Plan,
    story: &mut Story,
    wish: &Wish,
    daemon: Proved,
    read: Result<Identity, NoIdentity>,
) -> Step<Client> {
    let mut going = Story::begin(&steps::IDENTITY);
    let identity = match read {
        Ok(identity) => identity,
        Err(why) => {
            story.end(going, "failed", &why.to_string());
            return Err(Failure::seen(plan, &steps::IDENTITY, "identity_broken", why.to_string()).into());
        }
    };
    let Host { clock, .. } = &setup.host;
    let mut client = Client::new(daemon, identity, Arc::clone(&setup.recorder) as _, Arc::clone(clock));
    if client.identity.handle.is_empty() {
        match client.known_as() {
            Ok(Some(handle)) => client.identity.handle = handle,
            Ok(None) => {
                let words = "the daemon knows no identity with the key of AUTHSOME_IDENTITY_PRIVATE_KEY";
                story.end(going, "failed", words);
                return Err(Failure::seen(plan, &steps::IDENTITY, "identity_refused", words).into());
            }
            Err(trouble) => {
                story.end(going, "failed", &trouble.to_string());
                return Err(failure(plan, &steps::IDENTITY, &trouble).into());
            }
        }
    }
    going.line(format!("{}, {}", client.identity.handle, client.identity.did));
    let mut known = client.whoami();
    if known.as_ref().err() == Some(&Trouble::NotRegistered) {
        going.line("the daemon did not know it: made known");
        known = client.register().and_then(|()| client.whoami());
    }
    match known {
        Ok(_) => {
            story.end(going, "done", "the daemon knows it");
            Ok(client)
        }
        Err(Trouble::NotClaimed) => {
            story.end(going, "warned", "nobody has claimed it yet");
            identity::claim(setup, plan, story, wish, &client)?;
            Ok(client)
        }
        Err(trouble) => {
            story.end(going, "failed", &trouble.to_string());
            Err(failure(plan, &steps::IDENTITY, &trouble).into())
        }
    }
}

/// What the daemon refused becomes facts: what it is where we know it, else what it said.
pub fn failure(plan: &Plan, step: &'static steps::Step, trouble: &Trouble) -> Failure {
    let problem = match trouble {
        Trouble::NoAnswer(_) => "daemon_not_usable",
        Trouble::NotRegistered | Trouble::ProofRefused(_) => "identity_refused",
        Trouble::NotClaimed => "identity_unclaimed",
        Trouble::NotAllowed(_) => "not_admin",
        Trouble::NotFound(_) | Trouble::Refused { .. } => {
            return Failure::said(plan, step, trouble.to_string().as_bytes(), "login");
        }
    };
    Failure::seen(plan, step, problem, trouble.to_string())
}

/// The definition that the daemon goes by is the one that counts.
pub fn definition(ground: &Ground, plan: &mut Plan, wish: &Wish) -> Step<()> {
    let told = ground.client.provider(&plan.provider).map_err(|trouble| match trouble {
        Trouble::NotFound(_) => {
            let words = format!("authsome's daemon knows no provider {}", plan.provider);
            Failure::seen(plan, &steps::SESSION, "provider_unknown", words)
        }
        trouble => failure(plan, &steps::SESSION, &trouble),
    })?;
    if let Ok(document) = definition::read(told.to_string().as_bytes(), "the daemon's definition") {
        let theirs = ProviderDefinition::of(&document);
        let resolved = theirs.resolved(wish.base_url.as_deref());
        plan.title = resolved.display_name.clone().unwrap_or_else(|| plan.provider.clone());
        if plan.scopes.is_empty() {
            plan.scopes = resolved.oauth.as_ref().map(|oauth| oauth.scopes.clone()).unwrap_or_default();
        }
        plan.definition = resolved;
    }
    Ok(())
}
