//! What a user hands in: texts, files, URLs. Everything is bounded, and what cannot be read says where and why.

use crate::diagnosis::RunError;
use crate::error_reader::Paste;
use crate::facts::{self, Facts, Place};
use crate::host::Host;
use std::io::Read;
use std::path::Path;
use url::Url;

/// Facts files and rule files are small; what is larger is not read.
pub const FILE_LIMIT: u64 = 16 * 1024 * 1024;
/// Of a pasted text, so much is read.
pub const TEXT_LIMIT: u64 = 1024 * 1024;

pub fn unreadable(message: impl Into<String>) -> RunError {
    RunError { kind: "unreadable_input", message: message.into(), place: None }
}

pub fn usage(message: impl Into<String>) -> RunError {
    RunError { kind: "usage", message: message.into(), place: None }
}

/// What somebody said: TEXT, @FILE, or - for standard input. Of a long text both ends are read.
pub fn paste(argument: &str) -> Result<Paste, RunError> {
    let (from, name) = source(argument)?;
    Paste::from_reader(from).map_err(|e| unreadable(format!("{name}: {e}")))
}

/// The bytes of TEXT, @FILE, or - for standard input; at most [`TEXT_LIMIT`] of them.
pub fn text_argument(argument: &str) -> Result<Vec<u8>, RunError> {
    let (from, name) = source(argument)?;
    let mut bytes = Vec::new();
    from.take(TEXT_LIMIT).read_to_end(&mut bytes).map_err(|e| unreadable(format!("{name}: {e}")))?;
    Ok(bytes)
}

fn source(argument: &str) -> Result<(Box<dyn Read + '_>, &str), RunError> {
    if argument == "-" {
        return Ok((Box::new(std::io::stdin()), "standard input"));
    }
    Ok(match argument.strip_prefix('@') {
        Some(file) => {
            let open = std::fs::File::open(file).map_err(|e| unreadable(format!("{file}: {e}")))?;
            (Box::new(open), file)
        }
        None => (Box::new(argument.as_bytes()), "the text"),
    })
}

pub fn url(text: &str) -> Result<Url, RunError> {
    Url::parse(text).map_err(|e| usage(format!("not a URL: {text}: {e}")))
}

/// A text file of at most [`FILE_LIMIT`] bytes.
pub fn text_file(host: &Host, path: &Path) -> Result<String, RunError> {
    host.files.read_text(path, FILE_LIMIT).map_err(|e| unreadable(format!("{}: {e}", path.display())))
}

/// A document that `--save-facts` wrote.
pub fn facts_file(host: &Host, path: &Path) -> Result<Facts, RunError> {
    let text = text_file(host, path)?;
    let file = path.display().to_string();
    let json: serde_json::Value = serde_json::from_str(&text).map_err(|e| {
        let place =
            Place { file: file.as_str().into(), line: line(e.line()), column: line(e.column()), pointer: "".into() };
        RunError { kind: "unreadable_input", message: format!("{file}: {e}"), place: Some(place) }
    })?;
    facts::read(&json).map_err(|error| {
        let place = Place { file: file.as_str().into(), line: 0, column: 0, pointer: error.pointer.clone().into() };
        let message = format!("{file} at {}: {}", error.pointer, error.message);
        RunError { kind: "unreadable_input", message, place: Some(place) }
    })
}

fn line(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
