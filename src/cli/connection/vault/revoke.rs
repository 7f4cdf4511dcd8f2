//! `authsome revoke` in authsome's vault: the client and every connection of a provider, for every account of the daemon.
//! Asked first, because it cannot be undone.

use super::{Vault, provider, refused};
use crate::cli::app::{App, Exit};
use crate::cli::args::Format;
use crate::cli::connection::document;
use crate::cli::connection::revoke::{Consent, consent, grants_page};
use crate::definition::{self, ProviderDefinition};
use crate::diagnosis::RunError;
use crate::sink::{Doc, Style};
use serde_json::{Value, json};

pub fn revoke(app: &App, name: &str, vault: &Vault) -> Result<u8, RunError> {
    let told = provider(app, vault, name)?;
    let connections = vault.client.connections(name).map_err(|trouble| refused(vault, name, &trouble))?.own;
    let names = connections.iter().filter_map(|it| it.get("connection_name").and_then(Value::as_str));
    let names: Vec<String> = names.map(str::to_owned).collect();
    match consent(app, name, &names, true)? {
        Consent::Given => {}
        Consent::Refused => return Ok(Exit::Problems as u8),
        Consent::Interrupted => return Ok(Exit::Interrupted as u8),
    }
    vault.client.revoke(name).map_err(|trouble| refused(vault, name, &trouble))?;
    let note = at_provider(name, &told);
    if app.format() == Format::Json {
        let mut document = document("revoke");
        document["status"] = json!("revoked");
        document["provider"] = json!(name);
        document["revoked"] =
            json!({"provider": name, "connections": names, "client": true, "forgotten": true, "note": note});
        app.answer_json(&document)?;
        return Ok(0);
    }
    let mut doc = Doc::new();
    let what = match &names[..] {
        [] => "its client id and secret; there was no connection".to_owned(),
        [one] => format!("its client id and secret, and its connection {one}"),
        more => format!("its client id and secret, and its connections {}", more.join(", ")),
    };
    let text = format!("{name}: authsome has forgotten {what}. {note}. The next login asks for a client again.");
    doc.push(Style::Good, "✔ ").flow(Style::Plain, 2, text).newline();
    app.answer_doc(&doc)?;
    Ok(0)
}

/// authsome sends the tokens to the definition's revocation endpoint, and goes on whatever comes back.
fn at_provider(name: &str, told: &Value) -> String {
    let definition =
        definition::read(told.to_string().as_bytes(), name).map(|document| ProviderDefinition::of(&document));
    let endpoint = definition.ok().and_then(|it| it.oauth).and_then(|oauth| oauth.revocation_url);
    let page = grants_page(name);
    match endpoint {
        Some(_) => {
            format!("It asked the provider to take the tokens back and does not tell what came of it: see {page}")
        }
        None => format!("The provider still knows the grant: take it back on {page}"),
    }
}
