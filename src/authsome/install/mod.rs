//! Finds the installed (Python) authsome without running it: the command on PATH, its Python, its version, its package; and
//! the installations elsewhere, which matter where they serve the same home.

mod elsewhere;
mod on_path;
mod record;
mod shim;
#[cfg(all(test, unix))]
mod tests;

pub use elsewhere::{Elsewhere, elsewhere};
pub use on_path::{OnPath, on_path};
pub use record::{Record, of_python};

use crate::host::Host;
use record::record;
use std::path::PathBuf;

/// One installed authsome.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Installation {
    /// As found on PATH, links not followed.
    pub path: PathBuf,
    /// The interpreter that its first line names.
    pub python: Option<PathBuf>,
    /// From the name of its `dist-info` folder; an error where none was found, with the reason.
    pub version: Result<String, String>,
    /// The folder of the Python package (it holds `auth/bundled_providers`).
    pub package: Option<PathBuf>,
    /// The folder of Python packages that it is recorded in: two installations are two such folders.
    pub site: Option<PathBuf>,
}

impl Installation {
    fn of(path: PathBuf, python: Option<PathBuf>, found: Result<Record, String>) -> Self {
        let (version, package, site) = match found {
            Ok(found) => (Ok(found.version), found.package, Some(found.site)),
            Err(reason) => (Err(reason), None, None),
        };
        Self { path, python, version, package, site }
    }
}

/// The installations on PATH that are not this program, in PATH's order. A command is handed to the first.
pub fn find(host: &Host) -> Vec<Installation> {
    on_path(host).filter_map(|command| look_at(host, command.path, &command.start)).collect()
}

fn look_at(host: &Host, path: PathBuf, start: &[u8]) -> Option<Installation> {
    // A text without a first line that names its interpreter is run by the shell.
    if !start.starts_with(b"#!") && start.contains(&0) {
        return launcher(host, path);
    }
    let text = String::from_utf8_lossy(start);
    if text.contains("pyenv exec") {
        return Some(shim::stands_for(host, path));
    }
    let python = interpreter(&text).map(|python| resolve(host, python));
    let found = record(host, &path, python.as_deref());
    Some(Installation::of(path, python, found))
}

/// A script that is known by its path alone.
fn script(host: &Host, path: PathBuf) -> Option<Installation> {
    let start = host.files.head(&path, 4096).ok()?;
    look_at(host, path, &start)
}

/// A program of that name: Python's launcher on Windows; elsewhere the front of a version manager.
fn launcher(host: &Host, path: PathBuf) -> Option<Installation> {
    if path.extension().is_some_and(|extension| extension == "exe") {
        let found = record(host, &path, None);
        return Some(Installation::of(path, None, found));
    }
    let real = host.files.real_path(&path).ok()?;
    let name = real.file_name()?.to_string_lossy().into_owned();
    let why = format!("it is started by {name}, which chooses the version by the folder");
    Some(Installation::of(path, None, Err(why)))
}

/// The interpreter of a script's first lines: `#!/path/python`, `#!/usr/bin/env python3`, or what pip writes where the
/// path is too long or has blanks: `#!/bin/sh` and `'''exec' "/path/python" "$0" "$@"`.
fn interpreter(text: &str) -> Option<PathBuf> {
    let mut lines = text.lines();
    let first = lines.next()?.strip_prefix("#!")?.trim();
    if let Some(rest) = lines.next().and_then(|line| line.strip_prefix("'''exec' ")) {
        let quoted = rest.strip_prefix('"').and_then(|rest| rest.split('"').next());
        return quoted.or_else(|| rest.split(' ').next()).map(PathBuf::from);
    }
    let mut words = first.split_ascii_whitespace();
    let program = words.next()?;
    if program.ends_with("/env") { words.find(|word| !word.starts_with('-')) } else { Some(program) }.map(PathBuf::from)
}

/// A bare name is looked up on PATH, as `env` does.
fn resolve(host: &Host, python: PathBuf) -> PathBuf {
    if python.is_absolute() {
        return python;
    }
    let folders = host.env.get("PATH").map(std::env::split_paths).into_iter().flatten();
    folders.map(|folder| folder.join(&python)).find(|path| host.files.executable(path)).unwrap_or(python)
}
