//! Looking first: the facts that can stop this login, judged before a browser opens.

use super::failure::about;
use super::plan::{Browser, Flow, Plan};
use super::run::Setup;
use super::steps;
use super::story::{Going, Story};
use crate::diagnosis::{Diagnosis, diagnose};
use crate::facts::{Entry, Fact, Facts, Value};
use crate::host::Host;
use crate::probes::{self, Context};
use crate::rules::Severity;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

/// What was found, and what of it stops the login.
pub struct Look {
    pub facts: Facts,
    pub diagnosis: Diagnosis,
}

impl Look {
    pub fn stops(&self) -> bool {
        self.diagnosis.findings.iter().any(|finding| finding.severity == Severity::Error)
    }
}

/// Probes and judges what matters to a login in which this program is the client.
pub fn look(setup: &Setup, plan: &Plan, story: &mut Story) -> Look {
    let going = Story::begin(&steps::LOOK);
    let mut sections: BTreeSet<&'static str> = ["machine", "authsome", "provider", "proxy"].into();
    if plan.flow != Flow::DeviceCode {
        // Without the definition's facts the provider is not asked about the redirect URI.
        sections.extend(["port", "daemon", "callback", "definition"]);
        if plan.browser == Browser::Open {
            sections.insert("browser");
        }
    }
    if far_away(plan) {
        sections.insert("network");
    }
    let mut facts = probes::run(&context(setup, plan), &sections, about(plan));
    keep_what_matters(&mut facts, plan);
    judge(setup, story, going, facts)
}

fn judge(setup: &Setup, story: &mut Story, mut going: Going, facts: Facts) -> Look {
    let diagnosis = diagnose(setup.rules.over(&facts), &facts);
    let stops = diagnosis.findings.iter().any(|finding| finding.severity == Severity::Error);
    for finding in &diagnosis.findings {
        going.line(format!("{}: {}", finding.severity.word(), finding.title));
    }
    for one in diagnosis.inconclusive.iter().filter(|one| one.severity == Severity::Error) {
        going.line(format!("could not tell: {}: {}", one.title, one.because));
    }
    if diagnosis.findings.is_empty() {
        going.line(format!("{} checks, nothing in the way", diagnosis.checks));
    }
    let decision = if stops { "the login would fail: stop before the browser opens" } else { "" };
    story.end(going, if stops { "failed" } else { "done" }, decision);
    Look { facts, diagnosis }
}

/// The same for a login that authsome's daemon makes: all that can stand between a command, its daemon, the browser and the
/// provider. What an earlier login left there is nothing that could stop this one.
pub fn look_for_daemon(setup: &Setup, plan: &Plan, story: &mut Story) -> Look {
    let going = Story::begin(&steps::LOOK);
    let mut sections: BTreeSet<&'static str> =
        ["machine", "authsome", "home", "port", "daemon", "provider", "proxy", "callback"].into();
    if plan.definition.oauth.is_some() {
        sections.insert("definition");
    }
    if plan.browser == Browser::Open && plan.flow != Flow::DeviceCode {
        sections.insert("browser");
    }
    if far_away(plan) && plan.definition.oauth.is_some() {
        sections.insert("network");
    }
    let context = Context { redirect_uri: None, ..context(setup, plan) };
    let mut facts = probes::run(&context, &sections, about(plan));
    if let Some(Entry { fact: Fact::Known(Value::Record(daemon)), .. }) = facts.root.get_mut("daemon") {
        for earlier in ["last_failure", "last_login_at", "callbacks", "last_callback", "bind_error"] {
            daemon.remove(earlier);
        }
    }
    judge(setup, story, going, facts)
}

/// Asks the provider whether it knows the redirect URI of this client, and judges that beside what was found before.
pub fn registered(setup: &Setup, plan: &Plan, before: &Facts) -> (Facts, Diagnosis) {
    let sections: BTreeSet<&'static str> = ["machine", "provider", "definition", "callback"].into();
    let context = Context { offline: false, ..context(setup, plan) };
    let mut facts = before.clone();
    let mut found = probes::run(&context, &sections, about(plan));
    found.root.retain(|name, _| matches!(name, "callback" | "provider" | "login"));
    facts.merge(found);
    let diagnosis = diagnose(setup.rules.over(&facts), &facts);
    (facts, diagnosis)
}

/// Who holds the callback port, asked again when it cannot be bound.
pub fn port(setup: &Setup, plan: &Plan) -> Facts {
    let sections: BTreeSet<&'static str> = ["machine", "authsome", "port"].into();
    probes::run(&context(setup, plan), &sections, Facts::new())
}

/// What is known of the provider when a request to it failed; without an answer also of the way there.
pub fn about_provider(setup: &Setup, plan: &Plan, no_answer: bool) -> Facts {
    let mut sections: BTreeSet<&'static str> = ["machine", "provider"].into();
    if no_answer {
        sections.extend(["proxy", "network"]);
    }
    let mut facts = probes::run(&context(setup, plan), &sections, about(plan));
    keep_what_matters(&mut facts, plan);
    facts
}

/// Whether something can stand between this program and the provider. The practice provider is on this machine, so only a
/// certificate can.
fn far_away(plan: &Plan) -> bool {
    let near = plan.provider == super::practice::NAME && plan.token_url().is_ok_and(|url| url.scheme() == "http");
    !plan.offline && !near
}

/// How far each endpoint is reached, asked again when a request did not get there.
pub fn network(setup: &Setup, plan: &Plan) -> Facts {
    if !far_away(plan) {
        return Facts::new();
    }
    let sections: BTreeSet<&'static str> = ["machine", "provider", "definition", "network"].into();
    let mut facts = probes::run(&context(setup, plan), &sections, Facts::new());
    facts.root.retain(|name, _| name == "network");
    facts
}

/// Whether a browser can be opened here and how it comes back, where that decides nothing about the login.
pub fn browser(setup: &Setup, plan: &Plan) -> Facts {
    let sections: BTreeSet<&'static str> = ["machine", "callback", "browser"].into();
    probes::run(&context(setup, plan), &sections, Facts::new())
}

/// The daemon's and the command line's own troubles are none of a login that goes without them; the definition's facts
/// were there to ask the provider with, and `check` judges them.
fn keep_what_matters(facts: &mut Facts, plan: &Plan) {
    facts.root.remove("daemon");
    facts.root.remove("definition");
    if plan.provider == super::practice::NAME {
        facts.root.remove("authsome");
    }
    if let Some(Entry { fact: Fact::Known(Value::Record(proxy)), .. }) = facts.root.get_mut("proxy")
        && let Some(Entry { fact: Fact::Known(Value::List(hops)), .. }) = proxy.get_mut("hops")
    {
        hops.retain(|hop| {
            let Fact::Known(Value::Record(hop)) = &hop.fact else { return false };
            let name = hop.get("hop").map(|entry| &entry.fact);
            let mine = ["browser_to_callback", "this_program_to_provider"];
            matches!(name, Some(Fact::Known(Value::Text(name))) if mine.contains(&name.as_str()))
        });
    }
}

fn context(setup: &Setup, plan: &Plan) -> Context {
    Context {
        host: Host { http: Arc::clone(&setup.recorder) as _, ..setup.host.clone() },
        home_flag: setup.home.clone(),
        provider: Some(plan.provider.clone()),
        provider_file: setup.provider_file.clone(),
        definition: Some(plan.definition.clone()),
        redirect_uri: plan.sent_redirect_uri().or(Some(&plan.redirect_uri)).cloned(),
        registered_uri: None,
        client_id: plan.client.as_ref().map(|client| client.id.clone()),
        offline: plan.offline || plan.omit_redirect_uri || plan.flow == Flow::DcrPkce,
        limit: Duration::from_secs(10),
    }
}
