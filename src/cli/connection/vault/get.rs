//! `authsome get` from authsome's vault.

use super::{Vault, provider, refused};
use crate::authsome::client::{Connection, Trouble};
use crate::cli::app::App;
use crate::cli::connection::get::{GetArgs, left};
use crate::cli::connection::show::{Shown, show};
use crate::cli::connection::{listed, row};
use crate::cli::input::usage;
use crate::diagnosis::RunError;
use crate::sink::{Doc, HIDDEN, Secret, Style};
use jiff::Timestamp;
use serde_json::{Map, Value, json};

/// What authsome keeps apart as secret; every other secret is one of `credentials`, a browser session's.
const TOKENS: &[&str] = &["access_token", "refresh_token", "id_token", "api_key"];

pub fn get(app: &App, args: &GetArgs, vault: &Vault) -> Result<u8, RunError> {
    let (name, connection) = (&args.provider, &args.connection);
    let kept = match vault.client.connection(name, connection) {
        Ok(kept) => kept,
        Err(Trouble::NotFound(_)) => {
            provider(app, vault, name)?;
            let option = if connection == "default" { String::new() } else { format!(" --connection {connection}") };
            let message = format!("authsome keeps no connection {connection} of {name}: authsome login {name}{option}");
            return Err(usage(message));
        }
        Err(trouble) => return Err(refused(vault, &format!("{name}, connection {connection}"), &trouble)),
    };
    if let Some(field @ ("granted_scopes" | "missing_scopes")) = args.field.as_deref() {
        return Err(usage(format!("authsome keeps no {field}: {}", only_asked(name))));
    }
    let shown = Shown {
        record: record(&kept),
        secrets: kept.secrets.iter().map(|(name, secret)| (place(name), secret)).collect(),
        words: in_words(app, vault, args, &kept),
        at_top: true,
        note: kept.record.contains_key("scopes").then(|| ("scopes", only_asked(name))),
    };
    show(app, shown, args.field.as_deref(), args.show_secret)?;
    Ok(0)
}

/// authsome never reads what the provider answers about scopes.
fn only_asked(provider: &str) -> String {
    format!(
        "its scopes are those that were asked for at the login; which of them the provider granted, authsome does not \
         keep. authsome login {provider} --force tells it"
    )
}

fn place(secret: &str) -> Vec<&str> {
    if TOKENS.contains(&secret) { vec![secret] } else { vec!["credentials", secret] }
}

/// authsome's own fields, its secrets hidden in their places. Its `schema_version` is not told by its command either.
fn record(kept: &Connection) -> Value {
    let mut record = kept.record.clone();
    record.remove("schema_version");
    let hidden = |secret: Option<&Secret>| if secret.is_some() { json!(HIDDEN) } else { Value::Null };
    for name in TOKENS.iter().filter(|name| **name != "id_token" || kept.secret(name).is_some()) {
        record.insert((*name).to_owned(), hidden(kept.secret(name)));
    }
    let cookies = kept.secrets.iter().filter(|(name, _)| !TOKENS.contains(&name.as_str()));
    let cookies: Map<String, Value> = cookies.map(|(name, _)| (name.clone(), json!(HIDDEN))).collect();
    record.insert("credentials".to_owned(), if cookies.is_empty() { Value::Null } else { cookies.into() });
    record.into()
}

fn in_words(app: &App, vault: &Vault, args: &GetArgs, kept: &Connection) -> Doc {
    let text = |name: &str| kept.record.get(name).and_then(Value::as_str);
    let mut doc = Doc::new();
    doc.push(Style::Strong, format!("{}, connection {}", args.provider, args.connection)).newline();
    let mut row = |name: &str, text: &str| row(&mut doc, name, text);
    if let Some(status) = text("status") {
        row("status", status);
    }
    let is_oauth = text("auth_type").is_none_or(|kind| kind == "oauth2");
    if is_oauth {
        row("scopes asked", &listed(&kept.scopes()));
        row("scopes granted", &format!("authsome does not keep them: authsome login {} --force tells", args.provider));
    }
    row("credential", &credential(app, kept));
    if is_oauth {
        let renewed = kept.secret("refresh_token").is_some();
        row("can be renewed", if renewed { "yes, authsome does it without a browser" } else { "no" });
    }
    let account = kept.record.get("account").unwrap_or(&Value::Null);
    if let Some(account) = ["label", "id"].iter().find_map(|name| account.get(name).and_then(Value::as_str)) {
        row("account", account);
    }
    if let Some(base) = text("base_url") {
        row("base URL", base);
    }
    if let Some(since) = text("obtained_at") {
        row("since", &since.parse::<Timestamp>().map_or_else(|_| since.to_owned(), |at| format!("{at:.0}")));
    }
    row("kept in", &format!("the vault of {}", vault.place()));
    doc
}

fn credential(app: &App, kept: &Connection) -> String {
    let text = |name: &str| kept.record.get(name).and_then(Value::as_str);
    let kind = match kept.secrets.first().map(|(name, _)| name.as_str()) {
        None => return "none".to_owned(),
        Some("api_key") => "API key",
        Some(name) if !TOKENS.contains(&name) => "browser session",
        Some(_) => text("token_type").unwrap_or("token"),
    };
    let end = match text("expires_at") {
        None => left(None, ""),
        Some(end) => match end.parse::<Timestamp>() {
            Err(_) => format!("good until {end}"),
            Ok(end) => {
                let renewed =
                    if kept.secret("refresh_token").is_some() { "; authsome renews it at its next use" } else { "" };
                left(Some(end.duration_since(app.host.clock.now())), renewed)
            }
        },
    };
    format!("{kind}, {end}")
}
