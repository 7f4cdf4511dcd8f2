//! What became of a session of authsome's daemon, for `doctor --session`: looked at only, and never begun.

use super::app::App;
use super::daemon_login::what_the_browser_brought;
use crate::authsome;
use crate::authsome::client::{Client, Identity, Proved, Session, Trouble};
use crate::authsome::versions;
use crate::cli::input::usage;
use crate::diagnosis::RunError;
use crate::facts::Facts;
use crate::login::daemon;
use crate::rules::fill;
use std::sync::Arc;

pub struct Told {
    pub id: String,
    /// authsome's word, or `unknown`.
    pub status: String,
    pub words: String,
    /// What is to be judged; empty where nothing failed.
    pub facts: Facts,
}

/// `known` has the daemon as the probes found it.
pub fn look(app: &App, known: &Facts, id: &str) -> Result<Told, RunError> {
    if id.is_empty() || !id.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-') {
        return Err(usage(format!(
            "{id} is no session id of authsome's: login prints it as session_id, like sess_610db3c357df"
        )));
    }
    let told =
        |status: &str, words: String, facts: Facts| Told { id: id.to_owned(), status: status.to_owned(), words, facts };
    let asked = client(app, known).and_then(|client| match client.session(id) {
        Ok(session) => Ok(Some(session)),
        Err(Trouble::NotFound(_)) => Ok(None),
        Err(trouble) => Err(trouble.to_string()),
    });
    Ok(match asked {
        Err(why) => told("unknown", format!("What became of {id} could not be told: {why}."), Facts::new()),
        Ok(None) => told("unknown", gone(app, known, id), Facts::new()),
        Ok(Some(session)) => match session.status.as_str() {
            "completed" => told(
                "completed",
                format!("The login {id} is done: the credential is in authsome's vault."),
                Facts::new(),
            ),
            "failed" | "cancelled" | "expired" => {
                let session = Session { error: Some(with_what_was_dropped(&session, known)), ..session };
                let words = format!("The login {id} failed. What authsome recorded of it is judged here.");
                told(&session.status, words, daemon::of_session(&session))
            }
            status => {
                told(status, format!("The login {id} still waits for the browser; it is given 300 s."), Facts::new())
            }
        },
    })
}

/// authsome keeps the code of the provider's refusal and drops its words: the last browser that came back with this code
/// brought them.
fn with_what_was_dropped(session: &Session, known: &Facts) -> String {
    let said = session.error.clone().or_else(|| session.message.clone()).unwrap_or_default();
    let code = known.text("daemon.last_callback.error").filter(|code| said.contains(&format!("OAuth error: {code}")));
    let brought = code.and_then(|_| what_the_browser_brought(known));
    brought.map_or_else(|| said.clone(), |address| format!("{said}\n{address}"))
}

fn client(app: &App, known: &Facts) -> Result<Client, String> {
    let daemon = Proved::by(known)?;
    let release = versions::release(&daemon.version).0;
    let home = authsome::home(&app.host.env, app.global.home.as_deref());
    let identity = Identity::read(&app.host, &home, release).map_err(|why| why.to_string())?;
    Ok(Client::new(daemon, identity, Arc::clone(&app.host.http), Arc::clone(&app.host.clock)))
}

/// A session is kept for 300 s, whatever became of it; the audit table remembers longer.
fn gone(app: &App, known: &Facts, id: &str) -> String {
    let forgotten = format!(
        "authsome's daemon no longer knows {id}: it keeps a login for 300 s, and loses it when it is restarted."
    );
    let Some(at) = known.time("daemon.last_login_at") else { return forgotten };
    let since = app.host.clock.now().duration_since(at);
    let ago = fill::duration(i64::try_from(since.as_millis()).unwrap_or(i64::MAX));
    format!("{forgotten} The last login that worked was {ago} ago.")
}
