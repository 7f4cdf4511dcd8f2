//! `authsome get`: what is kept of a connection, here or in authsome's vault.

use super::show::{Shown, show};
use super::{installed, is_installed, listed, nothing_kept, row, unreadable_connection, vault};
use crate::cli::app::App;
use crate::diagnosis::RunError;
use crate::oauth::scopes;
use crate::rules::fill;
use crate::sink::{Doc, Style};
use crate::store::{Connection, Connections, SECRETS};
use crate::vendors;
use clap::Args;
use serde_json::{Value, json};

#[derive(Args)]
pub struct GetArgs {
    /// The provider
    pub provider: String,
    /// Name of the connection
    #[arg(long, value_name = "NAME", default_value = "default")]
    pub connection: String,
    /// Only this field: scopes, granted_scopes, expires_at …
    #[arg(long, value_name = "FIELD")]
    pub field: Option<String>,
    /// Show the secrets, or the one that --field names
    #[arg(long)]
    pub show_secret: bool,
}

pub fn get(app: &App, args: &GetArgs) -> Result<u8, RunError> {
    let store = Connections::new(&app.host, &app.home());
    let kept = store
        .read(&args.provider, &args.connection)
        .map_err(|e| unreadable_connection(&store.file(&args.provider, &args.connection), &args.provider, &e))?;
    let Some(connection) = kept else {
        if !is_installed(app) {
            return Err(nothing_kept(&args.provider, &args.connection));
        }
        return match vault::open(app)? {
            Some(vault) => vault::get(app, args, &vault),
            None => by_its_command(app, args),
        };
    };
    let shown = Shown {
        record: record(app, &connection, &store),
        secrets: SECRETS.iter().filter_map(|name| Some((vec![*name], connection.secret(name)?))).collect(),
        words: in_words(app, &connection, &store),
        at_top: false,
        note: None,
    };
    show(app, shown, args.field.as_deref(), args.show_secret)?;
    Ok(0)
}

fn by_its_command(app: &App, args: &GetArgs) -> Result<u8, RunError> {
    let mut words = vec![args.provider.as_str()];
    if args.connection != "default" {
        words.extend(["--connection", &args.connection]);
    }
    words.extend(args.field.iter().flat_map(|field| ["--field", field.as_str()]));
    if args.show_secret {
        installed::shows_secrets(app)?;
        words.push("--show-secret");
    }
    installed::hand_on(app, "get", &words)
}

/// What is kept, and what can be said of it.
fn record(app: &App, connection: &Connection, store: &Connections) -> Value {
    let mut record = connection.shown();
    record["expiry"] = json!(expiry(app, connection));
    record["missing_scopes"] = json!(missing(connection));
    record["file"] = json!(store.file(&connection.provider, &connection.connection));
    record
}

fn missing(connection: &Connection) -> Vec<String> {
    let covers = vendors::scope_cover(&connection.provider);
    scopes::missing(&connection.requested_scopes, &connection.granted_scopes, &covers)
}

fn expiry(app: &App, connection: &Connection) -> String {
    let renewed = if connection.refresh_token.is_some() { "; the next login renews it" } else { "" };
    left(connection.time_left(app.host.clock.now()), renewed)
}

/// How long a credential is good for; `renewed`: what is to be said where it has ended.
pub fn left(left: Option<jiff::SignedDuration>, renewed: &str) -> String {
    let Some(left) = left else { return "no end is known".to_owned() };
    let time = fill::duration(i64::try_from(left.as_millis().abs()).unwrap_or(i64::MAX));
    if left.is_positive() { format!("good for {time}") } else { format!("ended {time} ago{renewed}") }
}

/// A connection for people.
pub fn in_words(app: &App, connection: &Connection, store: &Connections) -> Doc {
    let mut doc = Doc::new();
    doc.push(Style::Strong, format!("{}, connection {}", connection.provider, connection.connection)).newline();
    let mut row = |name: &str, text: &str| row(&mut doc, name, text);
    row("scopes asked", &listed(&connection.requested_scopes));
    row("scopes granted", &listed(&connection.granted_scopes));
    let missing = missing(connection);
    if !missing.is_empty() {
        row("missing", &format!("{}: authsome login {} --force", missing.join(", "), connection.provider));
    }
    row("credential", &format!("{}, {}", connection.token_type, expiry(app, connection)));
    row("can be renewed", if connection.refresh_token.is_some() { "yes, without a browser" } else { "no" });
    let secret = if connection.client_secret.is_some() { "its secret is kept" } else { "without a secret" };
    row("client", &format!("{}, {secret}", connection.client_id));
    row("redirect URI", &connection.redirect_uri);
    row("since", &format!("{:.0}", connection.obtained_at));
    row("kept in", &store.file(&connection.provider, &connection.connection).display().to_string());
    doc
}
