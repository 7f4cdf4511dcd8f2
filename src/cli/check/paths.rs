//! Which definitions are checked: the files and folders that were named, else those of the installed authsome.

use super::super::app::App;
use super::super::definitions::shelves;
use super::super::input::{unreadable, usage};
use crate::definition::{self, Found, LookupError, Source};
use crate::diagnosis::RunError;
use crate::host::{Files, Kind};
use std::borrow::Cow;
use std::collections::HashSet;
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
        if about.is_dir {
            wanted.extend(inside(files, path)?);
        } else {
            wanted.push(path.clone());
        }
    }
    if paths.len() > 1 {
        once(files, &mut wanted);
    }
    Ok(wanted.into_iter().map(Wanted::File).collect())
}

/// The definitions in a folder that was named. What lies in it may be a stranger's, so that nothing is read that lies elsewhere.
fn inside(files: &dyn Files, folder: &Path) -> Result<Vec<PathBuf>, RunError> {
    let entries = definition::definition_entries(files, folder).map_err(|error| in_words(&error))?;
    let mut inside = Vec::with_capacity(entries.len());
    for (path, kind) in entries {
        match kind {
            Kind::Other => return Err(unreadable(format!("{} is no regular file", path.display()))),
            Kind::Link if !leads_to_file(files, folder, &path)? => {}
            _ => inside.push(path),
        }
    }
    if inside.is_empty() {
        let below = files.entries(folder).unwrap_or_default().into_iter().find(|(_, kind)| *kind == Kind::Folder);
        let below = below.map_or_else(String::new, |(path, _)| {
            format!("; folders below it are not looked at: name them, such as {}", path.display())
        });
        return Err(usage(format!("{} has no .json or .jsonc file in it{below}", folder.display())));
    }
    Ok(inside)
}

/// Whether a link leads to a file. One that leads out of the folder, and out of the one where the run began, is not followed.
fn leads_to_file(files: &dyn Files, folder: &Path, link: &Path) -> Result<bool, RunError> {
    let real = |path: &Path| files.real_path(path).map_err(|why| unreadable(format!("{}: {why}", link.display())));
    let to = real(link)?;
    if files.metadata(&to).is_ok_and(|about| about.is_dir) {
        return Ok(false);
    }
    if to.starts_with(real(folder)?) || to.starts_with(real(Path::new("."))?) {
        return Ok(true);
    }
    Err(unreadable(format!(
        "{} is a link that leads out of this folder, to {}: if that is meant, name it as a PATH of its own",
        link.display(),
        to.display()
    )))
}

/// A file that was named in several ways is one definition, in the words that came first.
fn once(files: &dyn Files, wanted: &mut Vec<PathBuf>) {
    let mut known = HashSet::new();
    wanted.retain(|path| files.identity(path).map_or(true, |identity| known.insert(identity)));
}

pub fn in_words(error: &LookupError) -> RunError {
    unreadable(error.to_string())
}
