//! `authsome inspect`, `get` and `revoke`: what authsome's documentation tells users to type, with every authsome version
//! and without any.

use super::app::App;
use super::args::Format;
use super::definitions;
use super::input::{unreadable, usage};
use crate::authsome;
use crate::diagnosis::RunError;
use crate::handover;
use crate::report;
use crate::sink::{self, Doc, Style};
use crate::store::{Connections, Registrations};
use clap::Args;
use serde_json::{Value, json};

#[derive(Args)]
pub struct InspectArgs {
    /// The provider
    pub provider: String,
    /// Its definition
    #[arg(long, value_name = "FILE")]
    pub provider_file: Option<std::path::PathBuf>,
}

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
}

#[derive(Args)]
pub struct RevokeArgs {
    /// The provider
    pub provider: String,
    /// Name of the connection
    #[arg(long, value_name = "NAME", default_value = "default")]
    pub connection: String,
}

/// The definition, as it is written.
pub fn inspect(app: &App, args: &InspectArgs) -> Result<u8, RunError> {
    if args.provider_file.is_none() && authsome::installed_path(&app.host).is_some() {
        return installed(app, "inspect", &[&args.provider]);
    }
    let (document, _) = definitions::find(app, &args.provider, args.provider_file.as_deref())?;
    answer(app, "inspect", "definition", &document.root.to_json())?;
    Ok(0)
}

pub fn get(app: &App, args: &GetArgs) -> Result<u8, RunError> {
    let kept = Connections::new(&app.host, &app.home())
        .read(&args.provider, &args.connection)
        .map_err(|e| unreadable(format!("the stored connection cannot be read: {e}")))?;
    let Some(mut record) = kept else {
        if authsome::installed_path(&app.host).is_some() {
            let field: Vec<&str> =
                args.field.as_deref().map(|field| ["--field", field]).into_iter().flatten().collect();
            let words: Vec<&str> = std::iter::once(args.provider.as_str()).chain(field).collect();
            return installed(app, "get", &words);
        }
        return Err(nothing_kept(&args.provider, &args.connection));
    };
    record["scopes"] = record["granted_scopes"].clone();
    let Some(field) = &args.field else {
        answer(app, "get", "connection", &record)?;
        return Ok(0);
    };
    let Some(value) = record.get(field) else {
        let known: Vec<&str> = record.as_object().into_iter().flatten().map(|(name, _)| name.as_str()).collect();
        let near = crate::rules::names::nearest(field, known.iter().copied()).unwrap_or("scopes");
        return Err(usage(format!("a connection has no field {field}; did you mean {near}?")));
    };
    answer(app, "get", field, value)?;
    Ok(0)
}

pub fn revoke(app: &App, args: &RevokeArgs) -> Result<u8, RunError> {
    let removed = Connections::new(&app.host, &app.home())
        .remove(&args.provider, &args.connection)
        .map_err(|e| unreadable(format!("the stored connection cannot be removed: {e}")))?;
    // A client that was registered for this connection has no other use.
    Registrations::new(&app.host, &app.home())
        .remove(&args.provider, &args.connection)
        .map_err(|e| unreadable(format!("the registered client cannot be removed: {e}")))?;
    if authsome::installed_path(&app.host).is_some() {
        return installed(app, "revoke", &[&args.provider]);
    }
    if !removed {
        return Err(nothing_kept(&args.provider, &args.connection));
    }
    let note = "forgotten here; the provider still knows the grant: take it back on its page of connected apps";
    answer(app, "revoke", "revoked", &json!({"provider": args.provider, "connection": args.connection, "note": note}))?;
    Ok(0)
}

fn nothing_kept(provider: &str, connection: &str) -> RunError {
    usage(format!("no connection {connection} of {provider} is kept here: authsome login {provider} --store"))
}

/// The same in the words of the installed version.
fn installed(app: &App, verb: &str, words: &[&str]) -> Result<u8, RunError> {
    let version = authsome::installed_version(&app.host);
    let mut arguments: Vec<std::ffi::OsString> =
        authsome::words_for(verb, version.as_deref()).into_iter().map(Into::into).collect();
    arguments.extend(words.iter().map(Into::into));
    handover::hand_on(&app.host, &arguments)
}

fn answer(app: &App, command: &str, key: &str, value: &Value) -> Result<(), RunError> {
    if app.format() == Format::Json {
        let mut document = report::envelope(command);
        document["v"] = json!(1);
        document["status"] = json!("success");
        document[key] = value.clone();
        return app.answer_json(&document);
    }
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Array(items) if items.iter().all(Value::is_string) => {
            items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" ")
        }
        other => sink::json_text(&sink::redact_json(other)).trim_end().to_owned(),
    };
    let mut doc = Doc::new();
    doc.block(Style::Plain, "", text);
    app.answer_doc(&doc)
}
