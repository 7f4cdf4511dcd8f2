//! `authsome login` through authsome's daemon.

use super::finish::{self, Ending, InDaemon, Place};
use super::{FlowWord, LoginArgs, narration, plan, show};
use crate::authsome;
use crate::cli::app::App;
use crate::cli::last_login;
use crate::diagnosis::{Diagnosis, RunError};
use crate::facts::Facts;
use crate::login::daemon::{self, Done, Granted, Outcome, Wish};
use crate::login::{Plan, Setup, Story};
use crate::oauth::record::Recorder;
use crate::prompt;
use crate::rules::fill;
use crate::store::Journal;
use crate::vendors;
use std::sync::Arc;

pub fn run(app: &App, args: &LoginArgs) -> Result<u8, RunError> {
    if args.trace.is_some() {
        return Err(super::usage("only a login by this program itself can be traced: --via standalone"));
    }
    let prompt = app.prompt();
    let mut plan = plan::for_daemon(app, args)?;
    let narration = narration(app, args);
    let mut story = Story::new(narration, app.host.clock.now());
    let show = |diagnosis: &Diagnosis, facts: &Facts| show(app, narration, prompt.as_ref(), diagnosis, facts);
    let mut setup = Setup {
        host: app.host.clone(),
        rules: app.rules()?,
        prompt: prompt.as_ref(),
        yes: app.global.yes,
        home: app.global.home.clone(),
        provider_file: None,
        callback_paths: authsome::callback_paths(),
        covers_scope: Box::new(vendors::scope_cover(&plan.provider)),
        journal: Journal::open(&app.host, &app.home()),
        registrations: None,
        keep: &|_, _| {},
        recorder: Arc::new(Recorder::new(Arc::clone(&app.host.http))),
        show: &show,
        trouble: &|diagnosis, facts| super::trouble::trouble(app, diagnosis, facts),
    };
    let mut wish = Wish {
        force: args.force,
        flow: args.flow.map(flow_word),
        scopes: args.scopes.as_deref().map(crate::oauth::scopes::split),
        base_url: args.base_url.clone(),
        // Where nobody looks on, scripts expect the answer at once.
        wait: args.wait.is_some() || prompt.is_interactive(),
    };
    prompt::watch_interrupts();
    let outcome = daemon::run(&mut setup, &mut plan, &mut story, &mut wish);
    finish(app, &plan, &story, outcome)
}

fn flow_word(flow: FlowWord) -> &'static str {
    match flow {
        FlowWord::Pkce => "pkce",
        FlowWord::DeviceCode => "device_code",
        FlowWord::DcrPkce => "dcr_pkce",
        FlowWord::ApiKey => "api_key",
        FlowWord::Browser => "browser",
    }
}

fn finish(app: &App, plan: &Plan, story: &Story, outcome: Outcome) -> Result<u8, RunError> {
    let Outcome { done, facts, attempts, mended, session, remarks } = outcome;
    let nothing = || remarks.unwrap_or_else(finish::nothing_found);
    let time = fill::duration(i64::try_from(story.worked().as_millis()).unwrap_or(i64::MAX));
    let (title, provider) = (&plan.title, &plan.provider);
    let (word, diagnosis, granted, said) = match done {
        Done::Started => {
            let id = session.as_ref().map_or("", |session| &session.id);
            let said = format!(
                "Started; the browser has the address. How it ended: authsome doctor {provider} --session {id}"
            );
            ("started", nothing(), None, Some(said))
        }
        Done::Connected(granted) => {
            let said = format!("Already connected to {title}; in authsome's vault. --force logs in anew.");
            ("already_connected", nothing(), Some(granted), Some(said))
        }
        Done::LoggedIn(granted) => {
            let said = format!("Logged in to {title} in {time}; in authsome's vault.{}", with_scopes(&granted));
            ("logged_in", nothing(), Some(granted), Some(said))
        }
        Done::Partly(granted, diagnosis) => {
            let said = format!("Logged in to {title}, with fewer scopes than asked for; in authsome's vault.");
            ("scopes_missing", diagnosis, Some(granted), Some(said))
        }
        Done::Failed(diagnosis) => ("failed", diagnosis, None, None),
        Done::Interrupted => return finish::interrupted(app, plan, story, None),
    };
    story.sum_up(plan);
    match word {
        "logged_in" => last_login::forget(app),
        "failed" | "scopes_missing" => last_login::leave(app, provider, &facts),
        _ => {}
    }
    let waiting = word == "started";
    let session = session.map(|session| InDaemon {
        id: session.id,
        auth_url: session.url.filter(|_| waiting),
        scopes_because: granted.as_ref().map(|granted| granted.because.clone()),
    });
    let place = if granted.is_some() { Place::vault() } else { Place::none("none") };
    let granted_scopes = granted.map(|granted| granted.scopes.unwrap_or_default());
    finish::end(
        app,
        plan,
        story,
        Ending { word, diagnosis, facts, attempts, granted_scopes, place, said, mended, session },
    )
}

fn with_scopes(granted: &Granted) -> String {
    match &granted.scopes {
        Some(scopes) if scopes.is_empty() => String::new(),
        Some(scopes) => format!(" Granted: {}.", scopes.join(", ")),
        None => format!(" What was granted could not be told: {}.", granted.because),
    }
}
