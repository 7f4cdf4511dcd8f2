//! Which definitions are checked: the files and folders that were named, else those of the installed authsome.

use super::super::app::App;
use super::super::definitions::shelves;
use super::super::input::{unreadable, usage};
use crate::definition::{self, Found, LookupError, Source};
use crate::diagnosis::RunError;
use std::path::PathBuf;

/// What is to be checked, in the order of the arguments; a folder's files by name.
pub fn definitions(app: &App, paths: &[PathBuf]) -> Result<Vec<Found>, RunError> {
    let files = &*app.host.files;
    if paths.is_empty() {
        let shelves = shelves(app);
        if shelves.bundled.is_none() {
            return Err(usage("no authsome is installed whose definitions could be checked: name files or folders"));
        }
        return shelves.all(files).map_err(|error| in_words(&error));
    }
    let mut found = Vec::new();
    for path in paths {
        let about = files.metadata(path).map_err(|why| unreadable(format!("{}: {why}", path.display())))?;
        if !about.is_dir {
            found.push(definition::read_file(files, path, Source::File).map_err(|error| in_words(&error))?);
            continue;
        }
        let inside = definition::definition_files(files, path).map_err(|error| in_words(&error))?;
        if inside.is_empty() {
            return Err(usage(format!("{} has no .json or .jsonc file in it", path.display())));
        }
        for file in &inside {
            found.push(definition::read_file(files, file, Source::File).map_err(|error| in_words(&error))?);
        }
    }
    Ok(found)
}

pub fn in_words(error: &LookupError) -> RunError {
    unreadable(error.to_string())
}
