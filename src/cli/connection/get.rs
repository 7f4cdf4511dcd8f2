//! `authsome get`: what is kept of a connection. Its secrets are shown only where they were asked for by `--show-secret`.

use super::{document, installed, is_installed, nothing_kept, unreadable_connection};
use crate::cli::app::App;
use crate::cli::args::Format;
use crate::cli::input::usage;
use crate::diagnosis::RunError;
use crate::oauth::scopes;
use crate::rules::fill;
use crate::sink::{self, Doc, Revealed, Secret, Stream, Style};
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
        if is_installed(app) {
            let mut words = vec![args.provider.as_str()];
            words.extend(args.field.iter().flat_map(|field| ["--field", field.as_str()]));
            words.extend(args.show_secret.then_some("--show-secret"));
            return installed(app, "get", &words);
        }
        return Err(nothing_kept(&args.provider, &args.connection));
    };
    let record = record(app, &connection, &store);
    if let Some(field) = &args.field
        && record.get(field).is_none()
    {
        let known = record.as_object().into_iter().flatten().map(|(name, _)| name.as_str());
        let near = crate::rules::names::nearest(field, known).unwrap_or("scopes");
        return Err(usage(format!("a connection has no field {field}; did you mean {near}?")));
    }
    let wanted = SECRETS.iter().filter(|name| args.field.as_ref().is_none_or(|field| field == *name));
    let secrets: Vec<(&str, &Secret)> =
        wanted.filter(|_| args.show_secret).filter_map(|name| Some((*name, connection.secret(name)?))).collect();
    if !secrets.is_empty() {
        warn();
    }
    if app.format() == Format::Json {
        let mut document = document("get");
        let (key, value) = match &args.field {
            Some(field) => (field.as_str(), record[field].clone()),
            None => ("connection", record),
        };
        document[key] = value;
        let place = |name: &str| if args.field.is_some() { format!("/{name}") } else { format!("/connection/{name}") };
        let secrets: Vec<_> = secrets.into_iter().map(|(name, secret)| (place(name), secret)).collect();
        app.answer_revealed(&Revealed::within(&document, &secrets))?;
    } else if let Some(field) = &args.field {
        match secrets.first() {
            Some((_, secret)) => app.answer_revealed(&Revealed::alone(secret))?,
            None => app.answer_doc(&plain(&record[field]))?,
        }
    } else {
        let label = |name: &str| format!("  {:<16}", name.replace('_', " "));
        let lines: Vec<_> = secrets.into_iter().map(|(name, secret)| (label(name), secret)).collect();
        let screen = sink::screen(Stream::Out);
        app.answer_revealed(&Revealed::after(&in_words(app, &connection, &store), &screen, &lines))?;
    }
    Ok(0)
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
    let Some(left) = connection.time_left(app.host.clock.now()) else { return "no end is known".to_owned() };
    let time = fill::duration(i64::try_from(left.as_millis().abs()).unwrap_or(i64::MAX));
    if left.is_positive() { format!("good for {time}") } else { format!("ended {time} ago{renewed}") }
}

/// A connection for people.
pub fn in_words(app: &App, connection: &Connection, store: &Connections) -> Doc {
    let mut doc = Doc::new();
    doc.push(Style::Strong, format!("{}, connection {}", connection.provider, connection.connection)).newline();
    let mut row = |name: &str, text: &str| {
        doc.text(format!("  {name:<16}")).flow(Style::Plain, 18, text).newline();
    };
    let list = |scopes: &[String]| if scopes.is_empty() { "none named".to_owned() } else { scopes.join(", ") };
    row("scopes asked", &list(&connection.requested_scopes));
    row("scopes granted", &list(&connection.granted_scopes));
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

/// A field as other programs take it.
fn plain(value: &Value) -> Doc {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Array(items) if items.iter().all(Value::is_string) => {
            items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" ")
        }
        Value::Null => String::new(),
        other => sink::json_text(other).trim_end().to_owned(),
    };
    let mut doc = Doc::new();
    doc.block(Style::Plain, "", text);
    doc
}

/// For a person alone: a program that reads the answer asked for nothing else.
fn warn() {
    if sink::screen(Stream::Err).terminal {
        let mut doc = Doc::new();
        doc.push(Style::Warn, "! ").line("What follows is secret: whoever has it is you, for this provider.");
        let _ = sink::print(Stream::Err, &doc);
    }
}
