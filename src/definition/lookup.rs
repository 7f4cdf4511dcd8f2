//! Finds definitions: by name as authsome does (a custom one hides a bundled one), and all of them.

use super::document::Document;
use super::facts::Source;
use super::model::ProviderDefinition;
use super::nearest::nearest;
use super::read::{self, Broken, LIMIT};
use crate::host::sqlite::open_to_read;
use crate::host::{Files, Kind};
use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

/// Where the installed authsome keeps definitions.
#[derive(Clone, Debug, Default)]
pub struct Shelves {
    /// `auth/bundled_providers` in the installed package.
    pub bundled: Option<PathBuf>,
    pub custom: Option<Custom>,
}

/// Where registered definitions are, which differs by version.
#[derive(Clone, Debug)]
pub enum Custom {
    /// `server/authsome.db` under the home, since authsome 0.5.
    Database(PathBuf),
    /// `providers/` under the home, in authsome 0.2.
    Folder(PathBuf),
    /// In authsome 0.3 and 0.4: encrypted, and not ours to open.
    Vault,
}

/// A definition that was found, not yet read.
#[derive(Clone, Debug)]
pub struct Found {
    pub source: Source,
    /// The file's path; for one in the database that path, `#` and its name there.
    pub file: String,
    /// The name under which the database has it, which authsome goes by.
    registered_as: Option<String>,
    /// None: it is larger than [`LIMIT`].
    bytes: Option<Vec<u8>>,
}

impl Found {
    pub fn read(&self) -> Result<Document, Box<Broken>> {
        let bytes = self.bytes.as_deref().ok_or_else(|| read::too_large(&self.file))?;
        read::read(bytes, &self.file)
    }

    /// As they were read; `None` for one that is larger than [`LIMIT`].
    pub fn bytes(&self) -> Option<&[u8]> {
        self.bytes.as_deref()
    }

    /// The same definition with another text.
    #[must_use]
    pub fn with_bytes(&self, bytes: Vec<u8>) -> Self {
        Self { bytes: Some(bytes), ..self.clone() }
    }

    /// The same definition as it was under another name.
    #[must_use]
    pub fn formerly(&self, file: String, bytes: Vec<u8>) -> Self {
        Self { file, ..self.with_bytes(bytes) }
    }

    /// What authsome knows it by; empty for one that cannot be read.
    pub fn name(&self) -> String {
        let written = || self.read().map(|document| ProviderDefinition::of(&document).name);
        self.registered_as.clone().unwrap_or_else(|| written().unwrap_or_default())
    }

    /// The text, for showing a place in it.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(self.bytes.as_deref().unwrap_or_default()).into_owned()
    }
}

#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum LookupError {
    #[error("there is no provider {name}")]
    NotFound { name: String, nearest: Option<String> },
    /// The reason, as a phrase that fits after "because".
    #[error("{0}")]
    Unreadable(String),
}

impl Custom {
    /// Where the authsome of this version, or one that is not known, keeps them under `home`.
    fn of(home: &Path, version: Option<&semver::Version>) -> Self {
        match version.map(|version| (version.major, version.minor)) {
            Some((0, ..=2)) => Self::Folder(home.join("providers")),
            Some((0, 3 | 4)) => Self::Vault,
            _ => Self::Database(home.join("server").join("authsome.db")),
        }
    }
}

impl Shelves {
    /// Those of an installed authsome: `package` is the folder of its Python package.
    pub fn of(home: &Path, package: Option<&Path>, version: Option<&str>) -> Self {
        let version = version.and_then(|version| version.parse().ok());
        let bundled = package.map(|package| package.join("auth").join("bundled_providers"));
        Self { bundled, custom: Some(Custom::of(home, version.as_ref())) }
    }

    /// The definition that authsome would use for `name`.
    pub fn find(&self, files: &dyn Files, name: &str) -> Result<Found, LookupError> {
        if let Some(found) = self.find_custom(files, name)? {
            return Ok(found);
        }
        if let Some(found) = self.find_bundled(files, name)? {
            return Ok(found);
        }
        if let Some(Custom::Vault) = self.custom {
            let why =
                format!("no bundled definition is called {name}, and authsome 0.3 and 0.4 encrypt their custom ones");
            return Err(LookupError::Unreadable(why));
        }
        let names = self.names(files)?;
        let nearest = nearest(name, names.iter().map(String::as_str));
        Err(LookupError::NotFound { name: name.to_owned(), nearest })
    }

    /// Every definition: the bundled ones in the order of their files, then the custom ones by name.
    pub fn all(&self, files: &dyn Files) -> Result<Vec<Found>, LookupError> {
        let mut all = Vec::new();
        for path in self.bundled_files(files)? {
            all.push(read_file(files, &path, Source::Bundled)?);
        }
        all.extend(self.customs(files, None)?);
        Ok(all)
    }

    /// The names of all of them: bundled ones by their files' names, which authsome keeps equal.
    pub fn names(&self, files: &dyn Files) -> Result<BTreeSet<String>, LookupError> {
        let mut names = self.bundled_names(files)?.unwrap_or_default();
        names.extend(self.customs(files, None)?.iter().map(Found::name));
        Ok(names)
    }

    /// The names of the bundled ones; none where no authsome is installed.
    pub fn bundled_names(&self, files: &dyn Files) -> Result<Option<BTreeSet<String>>, LookupError> {
        let stem = |path: &PathBuf| path.file_stem().map(|stem| stem.to_string_lossy().into_owned());
        Ok(match self.bundled {
            Some(_) => Some(self.bundled_files(files)?.iter().filter_map(stem).collect()),
            None => None,
        })
    }

    fn find_bundled(&self, files: &dyn Files, name: &str) -> Result<Option<Found>, LookupError> {
        let paths = self.bundled_files(files)?;
        let (likely, others): (Vec<_>, Vec<_>) =
            paths.into_iter().partition(|path| path.file_stem().is_some_and(|stem| stem == name));
        for path in likely.iter().chain(&others) {
            let found = read_file(files, path, Source::Bundled)?;
            if found.name() == name {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    fn find_custom(&self, files: &dyn Files, name: &str) -> Result<Option<Found>, LookupError> {
        Ok(self.customs(files, Some(name))?.into_iter().find(|found| found.name() == name))
    }

    fn bundled_files(&self, files: &dyn Files) -> Result<Vec<PathBuf>, LookupError> {
        self.bundled.as_deref().map_or(Ok(Vec::new()), |folder| definition_files(files, folder))
    }

    /// The custom definitions, or the one of this name where the shelf can tell.
    fn customs(&self, files: &dyn Files, name: Option<&str>) -> Result<Vec<Found>, LookupError> {
        match &self.custom {
            Some(Custom::Folder(folder)) if files.metadata(folder).is_ok() => {
                definition_files(files, folder)?.iter().map(|path| read_file(files, path, Source::Custom)).collect()
            }
            Some(Custom::Database(path)) if files.metadata(path).is_ok() => rows(path, name)
                .map_err(|why| LookupError::Unreadable(format!("{} cannot be read: {why}", path.display()))),
            // None, encrypted, or not there yet.
            _ => Ok(Vec::new()),
        }
    }
}

/// The definitions in a folder, as authsome picks them: by their ending, not below it.
pub fn definition_entries(files: &dyn Files, folder: &Path) -> Result<Vec<(PathBuf, Kind)>, LookupError> {
    let mut entries = files.entries(folder).map_err(|why| unreadable(folder, &why))?;
    let by_ending = |path: &Path| path.extension().is_some_and(|it| it == "json" || it == "jsonc");
    entries.retain(|(path, kind)| by_ending(path) && *kind != Kind::Folder);
    Ok(entries)
}

/// Those that can be read without waiting for somebody.
fn definition_files(files: &dyn Files, folder: &Path) -> Result<Vec<PathBuf>, LookupError> {
    let entries = definition_entries(files, folder)?.into_iter();
    Ok(entries.filter(|(_, kind)| *kind != Kind::Other).map(|(path, _)| path).collect())
}

/// One file, read up to [`LIMIT`].
pub fn read_file(files: &dyn Files, path: &Path, source: Source) -> Result<Found, LookupError> {
    let bytes = match files.read(path, LIMIT) {
        Ok(bytes) => Some(bytes),
        Err(why) if why.kind() == io::ErrorKind::FileTooLarge => None,
        Err(why) => return Err(unreadable(path, &why)),
    };
    Ok(Found { source, file: path.display().to_string(), registered_as: None, bytes })
}

/// The database's definitions, or the one of this name; none in a database that authsome has not set up yet.
fn rows(path: &Path, name: Option<&str>) -> rusqlite::Result<Vec<Found>> {
    const TABLE: &str =
        "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'custom_provider_definitions'";
    const ROWS: &str = "SELECT name, CAST(substr(definition_json, 1, ?2) AS BLOB) FROM custom_provider_definitions \
                        WHERE ?1 IS NULL OR name = ?1 ORDER BY name";
    let database = open_to_read(path)?;
    if database.query_row(TABLE, [], |row| row.get::<_, i64>(0))? == 0 {
        return Ok(Vec::new());
    }
    let mut statement = database.prepare(ROWS)?;
    let longest = i64::try_from(LIMIT).unwrap_or(i64::MAX - 1) + 1;
    let found = statement.query_map(rusqlite::params![name, longest], |row| {
        let (name, bytes) = (row.get::<_, String>(0)?, row.get::<_, Vec<u8>>(1)?);
        let file = format!("{}#{name}", path.display());
        Ok(Found { source: Source::Custom, file, registered_as: Some(name), bytes: Some(bytes) })
    })?;
    found.collect()
}

fn unreadable(path: &Path, why: &io::Error) -> LookupError {
    LookupError::Unreadable(format!("{} cannot be read: {why}", path.display()))
}

#[cfg(test)]
#[path = "lookup_tests.rs"]
mod tests;
