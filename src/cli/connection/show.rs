//! A connection, or one field of it, as it is shown: without its secrets, unless they were asked for by `--show-secret`.

use super::document;
use crate::cli::app::App;
use crate::cli::args::Format;
use crate::cli::input::usage;
use crate::diagnosis::RunError;
use crate::sink::{self, Doc, Revealed, Secret, Stream, Style};
use serde_json::Value;

/// What is known of a connection.
pub struct Shown<'a> {
    /// Hidden secrets in it.
    pub record: Value,
    /// Where a secret lies in the record, key by key.
    pub secrets: Vec<(Vec<&'a str>, &'a Secret)>,
    /// The whole of it for people.
    pub words: Doc,
    /// The fields stand at the top of the document, as authsome answers; else under `connection`.
    pub at_top: bool,
    /// What must be known to read this field, beside its name.
    pub note: Option<(&'a str, String)>,
}

/// Of the whole, or of the field alone; its secrets only with `reveal`.
pub fn show(app: &App, shown: Shown, field: Option<&str>, reveal: bool) -> Result<(), RunError> {
    let Shown { record, mut secrets, words, at_top, note } = shown;
    let note = note.filter(|(about, _)| field.is_none_or(|field| field == *about)).map(|(_, note)| note);
    if let Some(field) = field
        && record.get(field).is_none()
    {
        let known = record.as_object().into_iter().flatten().map(|(name, _)| name.as_str());
        let near = crate::rules::names::nearest(field, known).unwrap_or("scopes");
        return Err(usage(format!("a connection has no field {field}; did you mean {near}?")));
    }
    secrets.retain(|(path, _)| reveal && field.is_none_or(|field| path[0] == field));
    if !secrets.is_empty() {
        warn();
    }
    if app.format() == Format::Json {
        let mut document = document("get");
        let nested = field.is_none() && !at_top;
        match (field, record) {
            (Some(field), record) => document[field] = record[field].clone(),
            (None, Value::Object(fields)) if at_top => fields.into_iter().for_each(|(name, it)| document[name] = it),
            (None, record) => document["connection"] = record,
        }
        if let Some(note) = note {
            document["note"] = note.into();
        }
        let place = |path: Vec<&str>| {
            let keys = nested.then_some("connection").into_iter().chain(path);
            keys.map(|key| format!("/{}", key.replace('~', "~0").replace('/', "~1"))).collect::<String>()
        };
        let secrets: Vec<_> = secrets.into_iter().map(|(path, secret)| (place(path), secret)).collect();
        return app.answer_revealed(&Revealed::within(&document, &secrets));
    }
    if let Some(note) = note.filter(|_| field.is_some()) {
        let mut doc = Doc::new();
        doc.push(Style::Warn, "! ").flow(Style::Plain, 2, note).newline();
        let _ = sink::print(Stream::Err, &doc);
    }
    match (field, &secrets[..]) {
        (Some(_), [(path, secret)]) if path.len() == 1 => app.answer_revealed(&Revealed::alone(secret)),
        (Some(field), []) => app.answer_doc(&plain(&record[field])),
        _ => {
            let words = if field.is_some() { Doc::new() } else { words };
            let label = |path: &[&str]| format!("  {:<16}", path.last().unwrap_or(&"").replace('_', " "));
            let lines: Vec<_> = secrets.into_iter().map(|(path, secret)| (label(&path), secret)).collect();
            app.answer_revealed(&Revealed::after(&words, &sink::screen(Stream::Out), &lines))
        }
    }
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
