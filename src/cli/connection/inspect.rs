//! `authsome inspect`: the definition as it is written, and what is kept of the provider.

use super::{document, installed, is_installed, vault};
use crate::cli::app::App;
use crate::cli::args::Format;
use crate::cli::definitions;
use crate::cli::input::unreadable;
use crate::diagnosis::RunError;
use crate::sink::{self, Doc, Style};
use crate::store::{Connection, Connections};
use clap::Args;

#[derive(Args)]
pub struct InspectArgs {
    /// The provider
    pub provider: String,
    /// Its definition
    #[arg(long, value_name = "FILE")]
    pub provider_file: Option<std::path::PathBuf>,
}

pub fn inspect(app: &App, args: &InspectArgs) -> Result<u8, RunError> {
    let store = Connections::new(&app.host, &app.home());
    let kept = store
        .of(&args.provider)
        .map_err(|e| unreadable(format!("the connections of {} cannot be read: {e}", args.provider)))?;
    if args.provider_file.is_none() && kept.is_empty() && is_installed(app) {
        return match vault::open(app)? {
            Some(vault) => vault::inspect(app, &args.provider, &vault),
            None => installed::hand_on(app, "inspect", &[&args.provider]),
        };
    }
    let (definition, _) = definitions::find(app, &args.provider, args.provider_file.as_deref())?;
    let definition = definition.root.to_json();
    if app.format() == Format::Json {
        let mut document = document("inspect");
        document["definition"] = definition;
        if !kept.is_empty() {
            document["connections"] = kept.iter().map(Connection::shown).collect();
        }
        app.answer_json(&document)?;
        return Ok(0);
    }
    let mut doc = Doc::new();
    doc.block(Style::Plain, "", sink::json_text(&definition).trim_end());
    for connection in &kept {
        doc.newline().append(super::get::in_words(app, connection, &store));
    }
    app.answer_doc(&doc)?;
    Ok(0)
}
