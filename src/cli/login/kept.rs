//! The connection that a login begins with: read, and held against a second login at the same time.

use super::LoginArgs;
use crate::cli::app::App;
use crate::cli::input::unreadable;
use crate::diagnosis::RunError;
use crate::login::stored::Kept;
use crate::store::{Connections, Held, Holder};

/// `None`: nothing is kept, and nothing is to be kept.
pub fn open(app: &App, args: &LoginArgs) -> Result<Option<Kept>, RunError> {
    let (provider, connection) = (&args.provider, &args.connection);
    let there = Connections::new(&app.host, &app.home()).file(provider, connection);
    if !args.store && app.host.files.metadata(&there).is_err() {
        return Ok(None);
    }
    let held = hold(app, provider, connection)?;
    let kept = match held.read() {
        // A new login replaces what cannot be read.
        Err(_) if args.force => None,
        read => read.map_err(|e| {
            unreadable(format!("{} cannot be read: {e}; --force logs in anew and replaces it", there.display()))
        })?,
    };
    Ok(Some(Kept { held, connection: kept }))
}

pub fn hold(app: &App, provider: &str, connection: &str) -> Result<Held, RunError> {
    let taken = Connections::new(&app.host, &app.home())
        .hold(provider, connection)
        .map_err(|e| unreadable(format!("nothing can be kept under {}: {e}", app.home().display())))?;
    taken.map_err(|Holder(who)| RunError {
        kind: "busy",
        message: format!(
            "the connection {connection} of {provider} is held by {who}, perhaps a login that waits for its browser: let it end, then try again"
        ),
        place: None,
    })
}
