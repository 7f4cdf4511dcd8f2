//! The identity that has to be made, or claimed, before the daemon serves it. authsome makes it itself, with its own
//! command; a person claims it in the browser.

use super::{Halt, Step, Wish};
use crate::authsome::client::{Client, Identity, Trouble};
use crate::authsome::{self, Release, daemon, versions};
use crate::facts::Facts;
use crate::login::failure::Failure;
use crate::login::plan::Plan;
use crate::login::preflight;
use crate::login::run::Setup;
use crate::login::steps;
use crate::login::story::Story;
use crate::prompt::Answer;
use crate::sink::{self, Doc, Style};
use serde_json::json;
use std::net::SocketAddr;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// authsome's own command gives up after so long.
const CLAIM_LIMIT: Duration = Duration::from_secs(300);
/// Its command line alone takes a second; a slow machine takes more.
const MAKING_LIMIT: Duration = Duration::from_secs(30);

/// Lets authsome make its first identity: its own command does, and then waits for the claim, which is ours to wait for.
pub fn make(setup: &Setup, plan: &Plan, story: &mut Story, facts: &Facts) -> Step<()> {
    let going = Story::begin(&steps::IDENTITY);
    let home = authsome::home(&setup.host.env, setup.home.as_deref());
    let version = authsome::installed_version(&setup.host);
    let release = version.as_deref().map_or_else(versions::latest, |version| versions::release(version).0);
    let words = authsome::words_for("whoami", version.as_deref());
    let question = format!("No identity has been made here yet. Let authsome make one (authsome {})?", words.join(" "));
    let agreed = setup.yes || setup.prompt.confirm(&question, true) == Answer::Given(true);
    let program = authsome::installed_path(&setup.host);
    let (true, Some(program)) = (agreed, program) else {
        story.end(going, "failed", "none has been made yet");
        let failure = Failure::seen(plan, &steps::IDENTITY, "identity_none", "no identity has been made here yet");
        return Err(failure.into());
    };
    let mut command = Command::new(program);
    command.args(words).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    // It would open the claim's page by itself, and once more than we do.
    command.env("BROWSER", "true").env("AUTHSOME_HOME", &home);
    let began = Instant::now();
    let hosted = facts.text("daemon.hosted.url").is_some();
    let made = || Identity::read(&setup.host, &home, release).is_ok() && (hosted || daemon_answers(setup, release));
    let ended = command.spawn().map_err(|e| e.to_string()).and_then(|mut child| {
        loop {
            if made() {
                // What is left of it only waits.
                let _ = child.kill();
                let _ = child.wait();
                return Ok(());
            }
            if crate::prompt::interrupted() || began.elapsed() > MAKING_LIMIT {
                let _ = child.kill();
                let _ = child.wait();
                return Err(format!("no identity after {} s", began.elapsed().as_secs()));
            }
            match child.try_wait() {
                Ok(Some(_)) if made() => return Ok(()),
                Ok(Some(status)) => return Err(format!("authsome ended with {status} and made none")),
                Ok(None) => std::thread::sleep(Duration::from_millis(50)),
                Err(error) => return Err(error.to_string()),
            }
        }
    });
    match ended {
        Ok(()) => {
            story.end(going, "done", "authsome made one");
            Ok(())
        }
        Err(why) => {
            story.end(going, "failed", &why);
            Err(Failure::seen(plan, &steps::IDENTITY, "identity_none", why).into())
        }
    }
}

/// The command makes the identity first and the daemon then; the claim needs both.
fn daemon_answers(setup: &Setup, release: &Release) -> bool {
    let at = SocketAddr::from(([127, 0, 0, 1], versions::DEFAULT_PORT));
    let paths = daemon::health_paths(release);
    matches!(daemon::ask(&*setup.host.sockets, at, &paths, daemon::HEALTH_LIMIT), daemon::Answer::Authsome(_))
}

/// The person claims it in the browser; where nobody is to be waited for, it is only said.
pub fn claim(setup: &Setup, plan: &Plan, story: &mut Story, wish: &Wish, client: &Client) -> Step<()> {
    let handle = &client.identity.handle;
    let unclaimed = || {
        let words = format!("nobody has claimed the identity {handle} yet");
        Failure::seen(plan, &steps::CLAIM, "identity_unclaimed", words)
    };
    if !setup.prompt.is_interactive() && !wish.wait {
        return Err(unclaimed().into());
    }
    let going = Story::begin(&steps::CLAIM);
    let Ok(Some(address)) = client.claim_url() else { return Err(unclaimed().into()) };
    let can = preflight::browser(setup, plan).truth("browser.can_open") != Some(false);
    let opened = can && plan.browser == crate::login::Browser::Open && webbrowser::open(address.as_str()).is_ok();
    let why = "Claim this identity: open this address, and log in or register there:";
    story.address(address.as_str(), if opened { "Opened in your browser, to claim this identity:" } else { why });
    story.event("claim", &json!({"identity": handle}));
    let began = Instant::now();
    let limit = CLAIM_LIMIT.min(plan.wait.max(Duration::from_secs(1)));
    loop {
        match client.whoami() {
            Ok(_) => {
                let _ = sink::clear_status();
                story.end(going, "done", "claimed");
                return Ok(());
            }
            Err(Trouble::NotClaimed) => {}
            Err(trouble) => {
                story.end(going, "failed", &trouble.to_string());
                return Err(super::open::failure(plan, &steps::CLAIM, &trouble).into());
            }
        }
        for _ in 0..10 {
            if crate::prompt::interrupted() {
                return Err(Halt::Interrupted);
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        let left = limit.saturating_sub(began.elapsed()).as_secs();
        if left == 0 {
            let _ = sink::clear_status();
            story.end(going, "failed", "nobody claimed it");
            return Err(unclaimed().into());
        }
        if setup.prompt.is_interactive() {
            let mut doc = Doc::new();
            doc.push(
                Style::Faint,
                format!("    waiting for the claim   {}:{:02}   Ctrl-C stops", left / 60, left % 60),
            );
            let _ = sink::status(&doc);
        }
    }
}
