//! Finding the definition of the provider that a command names: a file, else what the installed authsome has.

use super::app::App;
use super::input::{unreadable, usage};
use crate::authsome;
use crate::definition::{Document, Found, LookupError, ProviderDefinition, Shelves, Source, read_file};
use crate::diagnosis::RunError;
use std::path::Path;

/// The definitions of the installed authsome, and those registered under AUTHSOME_HOME.
pub fn shelves(app: &App) -> Shelves {
    let installed = authsome::install::find(&app.host).into_iter().next();
    let version = installed.as_ref().and_then(|it| it.version.as_deref().ok());
    Shelves::of(&app.home(), installed.as_ref().and_then(|it| it.package.as_deref()), version)
}

/// The definition as written, and as a login uses it.
pub fn find(app: &App, name: &str, file: Option<&Path>) -> Result<(Document, ProviderDefinition), RunError> {
    let files = app.host.files.as_ref();
    let found = match file {
        Some(path) => read_file(files, path, Source::File),
        None => shelves(app).find(files, name),
    };
    let found: Found = found.map_err(|error| match error {
        LookupError::NotFound { name, nearest } => {
            let near = nearest.map_or_else(String::new, |near| format!("; did you mean {near}?"));
            usage(format!("no definition of a provider {name} was found{near} (--provider-file FILE names one)"))
        }
        LookupError::Unreadable(why) => unreadable(why),
    })?;
    let document = found.read().map_err(|broken| RunError {
        kind: "unreadable_input",
        message: format!("{}: {}", broken.place, broken.message),
        place: Some(broken.place.clone()),
    })?;
    let definition = ProviderDefinition::of(&document);
    Ok((document, definition))
}
