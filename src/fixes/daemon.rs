//! Starts and restarts the daemon of the installed authsome, in that version's own words, and looks itself whether it came
//! up: authsome's command gives up after 5 s, also where the daemon comes up later.
//!
//! authsome ends whatever process its pid file names. So nothing is run while that file names a stranger.

use super::stop_or_ask;
use crate::authsome;
use crate::facts::{Facts, Looked, Value};
use crate::host::Host;
use crate::probes::{self, Context};
use crate::prompt::Prompt;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// authsome waits up to 10 s for its daemon, after up to 5 s for the old one.
const COMMAND_LIMIT: Duration = Duration::from_secs(30);
/// How long after its command has ended a daemon may take to answer.
const ANSWER_LIMIT: Duration = Duration::from_secs(15);

/// Starts a daemon where none runs.
pub fn start(host: &Host) -> Result<(), String> {
    let before = look(host);
    may_be_started(&before)?;
    match before.get("daemon.state") {
        Looked::Known(state) if state.as_text() == Some("not_running") => {}
        Looked::Known(state) if state.as_text() == Some("not_a_daemon") => {
            return Err(format!("another program holds {}", base_url(&before)));
        }
        Looked::Known(_) => return Err(format!("a daemon runs at {} already", base_url(&before))),
        Looked::Unknown(why) => return Err(format!("who holds {} cannot be told: {why}", base_url(&before))),
        Looked::Absent | Looked::NotAsked => return Err(format!("authsome starts no daemon at {}", base_url(&before))),
    }
    run(host, "start_daemon", &before)
}

/// Ends the daemon that runs, which keeps what it was started with, and starts one in this environment.
pub fn restart(host: &Host, prompt: &dyn Prompt) -> Result<(), String> {
    let before = look(host);
    may_be_started(&before)?;
    let recorded = before.text("daemon.pid_file.state") == Some("daemon")
        && before.number("daemon.pid_file.pid") == before.number("daemon.pid");
    match before.text("daemon.state") {
        Some("running") if recorded => run(host, "restart_daemon", &before),
        // authsome's command would not find it, or would end it while it exchanges a token.
        Some("running" | "busy" | "hung") => {
            let pid = before.number("daemon.pid").and_then(|pid| u32::try_from(pid).ok());
            let pid = pid.ok_or("which process the daemon is cannot be seen")?;
            let started_at = match before.get("daemon.started_at") {
                Looked::Known(Value::Time(time)) => Some(*time),
                _ => None,
            };
            stop_or_ask(host, prompt, pid, started_at).map_err(|why| why.to_string())?;
            run(host, "start_daemon", &before)
        }
        Some("not_running") => run(host, "start_daemon", &before),
        _ => Err(format!("what answers at {} is not a daemon of yours", base_url(&before))),
    }
}

fn base_url(facts: &Facts) -> &str {
    facts.text("daemon.base_url").unwrap_or("the daemon's address")
}

/// What was found of authsome and its daemon now.
fn look(host: &Host) -> Facts {
    let context = Context { limit: Duration::from_secs(3), ..Context::of(host.clone()) };
    probes::run(&context, &["authsome", "port", "daemon"].into(), Facts::new())
}

fn may_be_started(facts: &Facts) -> Result<(), String> {
    let file = facts.text("daemon.pid_file.path").unwrap_or("its pid file");
    match facts.text("daemon.pid_file.state") {
        Some("stranger") => Err(format!("{file} names a process that is not its daemon, and authsome would end it")),
        Some("zombie") => {
            Err(format!("{file} names a process that has ended and is not cleared away: remove the file"))
        }
        _ => Ok(()),
    }
}

/// Runs it and waits until another daemon than before answers. What the command itself says is not believed.
fn run(host: &Host, verb: &str, before: &Facts) -> Result<(), String> {
    let program = authsome::installed_path(host).ok_or("no authsome is installed that could start a daemon")?;
    let version = authsome::installed_version(host);
    let words = authsome::command_of(verb, version.as_deref()).ok_or("this version of authsome has no daemon")?;
    let mut command = Command::new(program);
    // Variables that were changed for this run count for the daemon too.
    command.args(&words[1..]).env_clear().envs(host.env.iter());
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = command.spawn().map_err(|error| error.to_string())?;
    let end = Instant::now() + COMMAND_LIMIT;
    let said = loop {
        match child.try_wait().map_err(|error| error.to_string())? {
            Some(status) => break format!("`{}` ended with {status}", words.join(" ")),
            None if Instant::now() >= end => {
                // Its own child, the daemon, is none of ours to end.
                let _ = child.kill();
                let _ = child.wait();
                break format!("`{}` did not end in {} s", words.join(" "), COMMAND_LIMIT.as_secs());
            }
            None => thread::sleep(Duration::from_millis(50)),
        }
    };
    let end = Instant::now() + ANSWER_LIMIT;
    loop {
        let now = look(host);
        let new = now.number("daemon.pid").is_none() || now.number("daemon.pid") != before.number("daemon.pid");
        if now.text("daemon.state") == Some("running") && new && now.truth("daemon.version_matches") != Some(false) {
            return Ok(());
        }
        if Instant::now() >= end {
            let (release, wait) = (probes::authsome::release(&now), ANSWER_LIMIT.as_secs());
            let log = release.file(&authsome::home(&host.env, None), "daemon_log").unwrap_or_default();
            return Err(format!("{said}, and no new daemon answered in {wait} s after it; its log: {}", log.display()));
        }
        thread::sleep(Duration::from_millis(250));
    }
}
