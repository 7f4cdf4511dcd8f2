//! Which definitions are checked: the files and folders that were named, else those of the installed authsome.

use super::super::app::App;
use super::super::definitions::shelves;
use super::super::input::{unreadable, usage};
use crate::definition::{self, Found, LookupError, Source};
use crate::diagnosis::RunError;
use crate::host::Files;
use std::borrow::Cow;
use std::path::{Path, PathBuf};

/// A definition that is to be checked.
pub enum Wanted {
    /// Read when its turn has come.
    File(PathBuf),
    Found(Found),
}

impl Wanted {
    /// Of one that is a file of its own.
    pub fn path(&self) -> Option<&Path> {
        if let Self::File(path) = self { Some(path) } else { None }
    }

    pub fn read(&self, files: &dyn Files) -> Result<Cow<'_, Found>, LookupError> {
        match self {
            Self::File(path) => definition::read_file(files, path, Source::File).map(Cow::Owned),
            Self::Found(found) => Ok(Cow::Borrowed(found)),
        }
    }
}

/// What is to be checked, in the order of the arguments; a folder's files by name.
pub fn definitions(app: &App, paths: &[PathBuf]) -> Result<Vec<Wanted>, RunError> {
    let files = &*app.host.files;
    if paths.is_empty() {
        let shelves = shelves(app);
        if shelves.bundled.is_none() {
            return Err(usage("no authsome is installed whose definitions could be checked: name files or folders"));
        }
        let all = shelves.all(files).map_err(|error| in_words(&error))?;
        return Ok(all.into_iter().map(Wanted::Found).collect());
    }
    let mut wanted = Vec::new();
    for path in paths {
        let about = files.metadata(path).map_err(|why| unreadable(format!("{}: {why}", path.display())))?;
        if !about.is_dir {
            wanted.push(Wanted::File(path.clone()));
            continue;
        }
        let inside = definition::definition_files(files, path).map_err(|error| in_words(&error))?;
        if inside.is_empty() {
            return Err(usage(format!("{} has no .json or .jsonc file in it", path.display())));
        }
        wanted.extend(inside.into_iter().map(Wanted::File));
    }
    Ok(wanted)
}

pub fn in_words(error: &LookupError) -> RunError {
    unreadable(error.to_string())
}
