//! `authsome inspect` from authsome's daemon: the definition that it goes by, and the connections that it keeps.

use super::{Vault, provider, refused};
use crate::authsome::versions;
use crate::cli::app::App;
use crate::cli::args::Format;
use crate::cli::connection::{document, listed, row};
use crate::definition::{self, AuthType, Flow, ProviderDefinition};
use crate::diagnosis::RunError;
use crate::sink::{Doc, Style};
use serde_json::{Value, json};

pub fn inspect(app: &App, name: &str, vault: &Vault) -> Result<u8, RunError> {
    let told = provider(app, vault, name)?;
    let connections = vault.client.connections(name).map_err(|trouble| refused(vault, name, &trouble))?;
    if app.format() == Format::Json {
        let mut document = document("inspect");
        // Its `schema_version` is not told by its command either; ours stands there.
        for (key, value) in told.as_object().into_iter().flatten().filter(|(key, _)| *key != "schema_version") {
            document[key] = value.clone();
        }
        document["connections"] = json!(connections.own);
        if let Some(global) = connections.global {
            document["global_connections"] = json!(global);
        }
        app.answer_json(&document)?;
        return Ok(0);
    }
    app.answer_doc(&in_words(name, &told, &connections.own, vault))?;
    Ok(0)
}

fn in_words(name: &str, told: &Value, connections: &[Value], vault: &Vault) -> Doc {
    let read = definition::read(told.to_string().as_bytes(), name);
    let definition =
        read.map_or_else(|_| ProviderDefinition::unknown(name), |document| ProviderDefinition::of(&document));
    let title = definition.display_name.as_deref().unwrap_or(name);
    let mut doc = Doc::new();
    doc.push(Style::Strong, format!("{title} ({name})")).newline();
    let mut row = |name: &str, text: &str| row(&mut doc, name, text);
    let words = [definition.auth_type.map(AuthType::word), definition.flow.map(Flow::word)];
    row("logs in by", &words.into_iter().flatten().collect::<Vec<_>>().join(", "));
    for (field, url) in definition.endpoints() {
        let field = field.trim_end_matches("_url").replace('_', " ");
        if let Some(url) = url {
            row(&field, url);
        }
    }
    if let Some(oauth) = &definition.oauth {
        row("scopes", &listed(&oauth.scopes));
        if let Some(redirect_uri) = redirect_uri(vault) {
            row("redirect URI", &format!("{redirect_uri}  (exactly this must be registered at the provider)"));
        }
    }
    if let Some(docs) = &definition.docs_url {
        row("its docs", docs);
    }
    if connections.is_empty() {
        row("connections", &format!("none yet: authsome login {name}"));
    }
    for connection in connections {
        let word = |key: &str| connection.get(key).and_then(Value::as_str).unwrap_or_default();
        row("connection", &format!("{}: {}", word("connection_name"), word("status")));
    }
    row("told by", &format!("{}; all of it: --format json", vault.place()));
    doc
}

/// That the daemon sends: its base sticks from its start.
fn redirect_uri(vault: &Vault) -> Option<String> {
    let path = versions::release(&vault.client.daemon.version).0.callback_path();
    Some(format!("{}{path}", vault.facts.text("daemon.effective_base_url")?))
}
