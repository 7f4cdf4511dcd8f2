//! `authsome revoke`: the provider takes the tokens back (RFC 7009), then the file goes. A refusal keeps the file, unless the
//! person says otherwise.

use super::{document, installed, is_installed, nothing_kept, unreadable_connection, vault};
use crate::cli::app::{App, Exit};
use crate::cli::args::Format;
use crate::cli::input::{unreadable, usage};
use crate::cli::login::hold;
use crate::diagnosis::RunError;
use crate::error_reader;
use crate::login::stored::client_of;
use crate::oauth::record::{Exchange, Recorder};
use crate::oauth::revoke;
use crate::prompt::Answer;
use crate::sink::{self, Doc, Style};
use crate::store::{Connection, Connections, Registrations};
use crate::vendors::{self, Vendor};
use clap::Args;
use serde_json::json;
use std::sync::Arc;
use url::Url;

#[derive(Args)]
pub struct RevokeArgs {
    /// The provider
    pub provider: String,
    /// Name of the connection
    #[arg(long, value_name = "NAME", default_value = "default")]
    pub connection: String,
}

/// What became of the tokens at the provider.
enum AtProvider {
    Revoked {
        endpoint: Url,
    },
    /// Nothing was sent, and why.
    NotAsked(String),
    /// What the provider said.
    Refused(String),
}

pub fn revoke(app: &App, args: &RevokeArgs) -> Result<u8, RunError> {
    let (provider, name) = (&args.provider, &args.connection);
    let file = Connections::new(&app.host, &app.home()).file(provider, name);
    if app.host.files.metadata(&file).is_err() {
        return if is_installed(app) { by_authsome(app, args) } else { Err(nothing_kept(provider, name)) };
    }
    let held = hold(app, provider, name)?;
    let there = if app.global.offline {
        // What is only forgotten need not be read.
        AtProvider::NotAsked("--offline".to_owned())
    } else {
        let kept = held.read().map_err(|e| unreadable_connection(&file, provider, &e))?;
        kept.map_or_else(|| AtProvider::NotAsked("it is gone".to_owned()), |it| take_back(app, &it))
    };
    let refused = matches!(there, AtProvider::Refused(_));
    let forgets = !refused || app.global.yes || goes_anyway(app, &there);
    if forgets {
        // A client that was registered for this connection has no other use.
        Registrations::new(&app.host, &app.home())
            .remove(provider, name)
            .map_err(|e| unreadable(format!("the registered client cannot be removed: {e}")))?;
        held.remove().map_err(|e| unreadable(format!("{} cannot be removed: {e}", file.display())))?;
    }
    answer(app, args, &there, forgets)?;
    Ok(if refused { Exit::Problems as u8 } else { Exit::Fine as u8 })
}

/// What it forgets, in every version: the provider's client, and all of its connections.
fn by_authsome(app: &App, args: &RevokeArgs) -> Result<u8, RunError> {
    let provider = &args.provider;
    if args.connection != "default" {
        return Err(usage(format!(
            "authsome revokes a provider with all of its connections, not one of them: authsome revoke {provider}. One \
             connection alone: authsome logout {provider} --connection {}",
            sink::quote(&args.connection)
        )));
    }
    if let Some(vault) = vault::open(app)? {
        return vault::revoke(app, provider, &vault);
    }
    match consent(app, provider, &[], false)? {
        Consent::Given => installed::hand_on(app, "revoke", &[provider]),
        Consent::Refused => Ok(Exit::Problems as u8),
        Consent::Interrupted => Ok(Exit::Interrupted as u8),
    }
}

pub enum Consent {
    Given,
    Refused,
    Interrupted,
}

/// Asks the person who sits there. Where nobody does, `--yes` says it, unless that is not `needed`: authsome's own command
/// asks nobody.
pub fn consent(app: &App, provider: &str, connections: &[String], needed: bool) -> Result<Consent, RunError> {
    let named = if connections.is_empty() { String::new() } else { format!(" ({})", connections.join(", ")) };
    let what = format!(
        "authsome forgets the client id and secret of {provider} and every connection of it{named}, for every account of \
         this authsome"
    );
    let prompt = app.prompt();
    if app.global.yes || (!needed && !prompt.is_interactive()) {
        return Ok(Consent::Given);
    }
    if !prompt.is_interactive() {
        return Err(usage(format!("{what}. That cannot be undone: say --yes if you mean it")));
    }
    let mut doc = Doc::new();
    doc.push(Style::Warn, "! ").flow(Style::Plain, 2, format!("{what}. That cannot be undone.")).newline();
    let _ = sink::print(sink::Stream::Err, &doc);
    Ok(match prompt.confirm(&format!("Forget all of {provider}"), false) {
        Answer::Given(true) => Consent::Given,
        Answer::Interrupted => Consent::Interrupted,
        _ => {
            let mut doc = Doc::new();
            doc.line("Nothing was changed.");
            let _ = sink::print(sink::Stream::Err, &doc);
            Consent::Refused
        }
    })
}

/// Where the person takes a grant back.
pub fn grants_page(provider: &str) -> String {
    let page = vendors::find(provider).and_then(|vendor| vendor.grants_page(None));
    page.map_or_else(|| "its page of connected apps".to_owned(), |page| page.to_string())
}

fn take_back(app: &App, connection: &Connection) -> AtProvider {
    let recorder = Recorder::new(Arc::clone(&app.host.http));
    let token_endpoint = Url::parse(&connection.token_endpoint).ok();
    if let Some(note) = vendor(connection).and_then(|vendor| vendor.revocation_note.as_deref()) {
        return AtProvider::NotAsked(note.to_owned());
    }
    let named = connection.revocation_endpoint.as_deref().and_then(|text| Url::parse(text).ok());
    let endpoint = named
        // A definition's mistake: the token endpoint takes nothing back.
        .filter(|named| Some(named) != token_endpoint.as_ref())
        .or_else(|| revoke::discover(&recorder, token_endpoint.as_ref()?));
    let Some(endpoint) = endpoint else {
        return AtProvider::NotAsked(
            "neither the definition nor the provider's metadata names a revocation endpoint".to_owned(),
        );
    };
    let client = client_of(connection);
    // The refresh token first: with it most providers end the whole grant (RFC 7009, 2.1).
    for hint in ["refresh_token", "access_token"] {
        let Some(token) = connection.secret(hint) else { continue };
        if let Err(exchange) = revoke::revoke(&recorder, &endpoint, &client, token, hint) {
            return AtProvider::Refused(said(&endpoint, &exchange));
        }
    }
    AtProvider::Revoked { endpoint }
}

/// The provider's refusal in one line.
fn said(endpoint: &Url, exchange: &Exchange) -> String {
    match &exchange.outcome {
        Err(failure) => format!("no answer from {endpoint}: {failure}"),
        Ok(answer) => {
            let read = error_reader::read(&answer.body, "login");
            let word = |name: &str| read.text(name).map(|text| format!(" {text}")).unwrap_or_default();
            format!("{endpoint} answered {}{}{}", answer.status, word("error.code"), word("error.description"))
        }
    }
}

fn vendor(connection: &Connection) -> Option<&'static Vendor> {
    let host = Url::parse(&connection.token_endpoint).ok()?;
    vendors::of_provider(&connection.provider, host.host_str())
}

fn goes_anyway(app: &App, there: &AtProvider) -> bool {
    let prompt = app.prompt();
    let AtProvider::Refused(said) = there else { return true };
    if !prompt.is_interactive() {
        return false;
    }
    let mut doc = Doc::new();
    doc.push(Style::Bad, "✖ ").flow(Style::Plain, 2, format!("not revoked: {said}")).newline();
    let _ = sink::print(sink::Stream::Err, &doc);
    matches!(prompt.confirm("Forget it here all the same", false), Answer::Given(true))
}

fn answer(app: &App, args: &RevokeArgs, there: &AtProvider, forgotten: bool) -> Result<(), RunError> {
    let page = grants_page(&args.provider);
    let note = match there {
        AtProvider::Revoked { endpoint } => format!("revoked at {endpoint}, and forgotten here"),
        AtProvider::NotAsked(why) => {
            format!("forgotten here; the provider still knows the grant ({why}): take it back on {page}")
        }
        AtProvider::Refused(said) if forgotten => {
            format!("forgotten here, but not revoked ({said}): take it back on {page}")
        }
        AtProvider::Refused(said) => {
            format!("not revoked: {said}; it is still kept. --yes forgets it all the same, --offline does not ask")
        }
    };
    let refused = matches!(there, AtProvider::Refused(_));
    if app.format() == Format::Json {
        let mut document = document("revoke");
        if refused {
            document["status"] = json!("failed");
        }
        document["revoked"] = json!({
            "provider": args.provider,
            "connection": args.connection,
            "at_provider": matches!(there, AtProvider::Revoked { .. }),
            "forgotten": forgotten,
            "note": note,
        });
        return app.answer_json(&document);
    }
    let mut doc = Doc::new();
    let (style, mark) = if refused { (Style::Bad, "✖ ") } else { (Style::Good, "✔ ") };
    doc.push(style, mark).flow(Style::Plain, 2, format!("{}, connection {}: {note}", args.provider, args.connection));
    doc.newline();
    app.answer_doc(&doc)
}
