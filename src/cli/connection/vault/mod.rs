//! What authsome's daemon keeps in its vault, asked as authsome's own commands ask: only where the proved daemon of the
//! installed version serves this home, and with an identity that is whole. Starts no daemon and makes no identity.

mod get;
mod inspect;
mod revoke;

pub use get::get;
pub use inspect::inspect;
pub use revoke::revoke;

use crate::authsome::client::{Client, Identity, NoIdentity, Proved, Trouble};
use crate::authsome::{self, Release, settings, versions};
use crate::cli::app::App;
use crate::cli::definitions;
use crate::cli::input::usage;
use crate::diagnosis::RunError;
use crate::facts::Facts;
use crate::host::Host;
use crate::probes::{self, Context};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

/// The way to the daemon.
pub struct Vault {
    pub client: Client,
    /// What the look at it found.
    pub facts: Facts,
}

impl Vault {
    /// Whose vault it is, for the last line of an answer.
    pub fn place(&self) -> String {
        format!("authsome {} at {}", self.client.daemon.version, self.client.daemon.base.as_str().trim_end_matches('/'))
    }
}

/// None where the installed authsome is to answer by its own command: no daemon of its version runs here, or it serves
/// nothing of the kind. An error where that command would destroy something.
pub fn open(app: &App) -> Result<Option<Vault>, RunError> {
    let Some(version) = authsome::installed_version(&app.host) else { return Ok(None) };
    let release = versions::release(&version).0;
    if release.api.is_none() {
        return Ok(None);
    }
    let identity = match Identity::read(&app.host, &app.home(), release) {
        Ok(identity) => identity,
        // Its own command makes the first one.
        Err(NoIdentity::None) if !is_config_broken(app, release) => return Ok(None),
        Err(NoIdentity::None) => return Err(identity_lost("its client/config.json is broken")),
        Err(why) => return Err(identity_lost(&why.to_string())),
    };
    let facts = look(app);
    match facts.text("daemon.state") {
        Some("busy" | "hung") => return Err(no_answer("it is there and says nothing")),
        Some("running") if facts.truth("daemon.version_matches") == Some(true) => {}
        _ => return Ok(None),
    }
    let Ok(daemon) = Proved::by(&facts) else { return Ok(None) };
    let Host { http, clock, .. } = &app.host;
    let client = Client::new(daemon, identity, Arc::clone(http), Arc::clone(clock));
    Ok(Some(Vault { client, facts }))
}

fn look(app: &App) -> Facts {
    let context = Context {
        home_flag: app.global.home.clone(),
        offline: app.global.offline,
        limit: Duration::from_secs(app.global.timeout),
        ..Context::of(app.host.clone())
    };
    probes::run(&context, &BTreeSet::from(["authsome", "port", "daemon"]), Facts::new())
}

/// authsome takes a configuration that it cannot read for none.
fn is_config_broken(app: &App, release: &Release) -> bool {
    let home = app.home();
    let there = release.file(&home, "config").is_some_and(|file| app.host.files.metadata(&file).is_ok());
    there && settings::client_config(&app.host, &home, release).is_none()
}

/// Its own command would put a new identity or key in the place of this one, for good.
fn identity_lost(why: &str) -> RunError {
    let message = format!(
        "authsome's identity here is not whole: {why}. authsome's own command would put a new one in its place, and what \
         belongs to the old one would be out of reach. First look what can be saved: authsome doctor"
    );
    RunError { kind: "identity", message, place: None }
}

fn no_answer(why: &str) -> RunError {
    let message = format!(
        "authsome's daemon does not answer ({why}). It may be in the middle of a login, which authsome's own commands \
         would break off: try again in half a minute. What is wrong if it stays so: authsome doctor"
    );
    RunError { kind: "busy", message, place: None }
}

/// What the daemon refused, with what to type. `tried`: the thing that was asked for, as a phrase.
fn refused(vault: &Vault, tried: &str, trouble: &Trouble) -> RunError {
    let handle = &vault.client.identity.handle;
    let message = match trouble {
        Trouble::NoAnswer(why) => return no_answer(why),
        Trouble::NotRegistered => format!(
            "authsome's daemon does not know the identity {handle} of this home: it has never been made known there, or \
             the daemon's data is another than it was. authsome whoami makes it known; authsome doctor tells more"
        ),
        Trouble::NotClaimed => format!(
            "nobody has claimed the identity {handle} yet, and until then the daemon tells it nothing: authsome whoami \
             prints the page to open, and waits"
        ),
        Trouble::ProofRefused(said) => format!(
            "authsome's daemon did not take our proof that we are {handle} ({said}): another key is known there under \
             this name, or the clock was changed. Look: authsome doctor"
        ),
        Trouble::NotAllowed(said) => format!(
            "the account behind {handle} may not do that ({said}): the account that was opened first at this daemon may"
        ),
        Trouble::NotFound(_) | Trouble::Refused { .. } => format!("{tried}: authsome's daemon says: {trouble}"),
    };
    RunError { kind: "refused", message, place: None }
}

/// The definition that the daemon goes by.
fn provider(app: &App, vault: &Vault, name: &str) -> Result<serde_json::Value, RunError> {
    vault.client.provider(name).map_err(|trouble| match trouble {
        Trouble::NotFound(_) => {
            // The same names as the installed package has, with the nearest of them.
            let near = definitions::find(app, name, None).err().map(|error| error.message);
            usage(near.unwrap_or_else(|| format!("authsome's daemon knows no provider {name}")))
        }
        trouble => refused(vault, name, &trouble),
    })
}
