//! Installations that PATH does not lead to: a virtual environment, pipx, uv's tools, conda, pyenv. They are run all the same, by
//! an editor, a task runner or `uv run`, and serve the same home.

use super::{Installation, script, shim};
use crate::authsome::settings::user_home;
use crate::host::{FileIdentity, Host};
use std::path::{Path, PathBuf};

/// An installation, and how it was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Elsewhere {
    pub installation: Installation,
    /// `pipx`, `uv tool`, `the active virtual environment` …
    pub how: String,
}

/// Those in the known places that are none of `on_path`, each once.
pub fn elsewhere(host: &Host, on_path: &[Installation]) -> Vec<Elsewhere> {
    let own = host.processes.own_executable().and_then(|path| host.files.identity(&path).ok());
    let place = |installation: &Installation| place(host, installation);
    let mut seen: Vec<FileIdentity> = on_path.iter().filter_map(place).collect();
    let mut found = Vec::new();
    for (how, prefix) in places(host) {
        for name in ["bin/authsome", "Scripts/authsome.exe"] {
            let path = prefix.join(name);
            let identity = host.files.identity(&path).ok();
            if identity.is_none() || identity == own || !host.files.executable(&path) {
                continue;
            }
            let Some(installation) = script(host, path) else { continue };
            let Some(place) = place(&installation) else { continue };
            if !seen.contains(&place) {
                seen.push(place);
                found.push(Elsewhere { installation, how: how.clone() });
            }
        }
    }
    found
}

/// What makes it one installation: where its packages lie. Without a record its own script stands in.
fn place(host: &Host, installation: &Installation) -> Option<FileIdentity> {
    host.files.identity(installation.site.as_ref().unwrap_or(&installation.path)).ok()
}

/// Folders that have a `bin` with an authsome in it, if any.
fn places(host: &Host) -> Vec<(String, PathBuf)> {
    let set = |name: &str| host.env.filled(name).map(PathBuf::from);
    let home = user_home(&host.env);
    let below_home = |path: &str| home.as_ref().map(|home| home.join(path));
    let data = set("XDG_DATA_HOME").or_else(|| below_home(".local/share"));
    let mut places = Vec::new();
    let mut add = |how: &str, prefix: Option<PathBuf>| places.extend(prefix.map(|prefix| (how.to_owned(), prefix)));
    add("the active virtual environment", set("VIRTUAL_ENV"));
    add("the .venv of this folder", set("PWD").map(|folder| folder.join(".venv")));
    add("the active conda environment", set("CONDA_PREFIX"));
    let pipx = [set("PIPX_HOME"), data.as_ref().map(|data| data.join("pipx")), below_home(".local/pipx")];
    for root in pipx {
        add("pipx", root.map(|root| root.join("venvs/authsome")));
    }
    for root in [set("UV_TOOL_DIR"), data.map(|data| data.join("uv/tools"))] {
        add("uv tool", root.map(|root| root.join("authsome")));
    }
    // What links or scripts these folders hold is led back to the environment that it belongs to.
    for (how, folder) in [("pipx", set("PIPX_BIN_DIR")), ("uv tool", set("UV_TOOL_BIN_DIR"))] {
        add(how, folder.as_deref().and_then(Path::parent).map(Path::to_owned));
    }
    add("pip install --user", below_home(".local"));
    let pyenv = set("PYENV_ROOT").or_else(|| below_home(".pyenv"));
    for python in pyenv.iter().flat_map(|root| shim::pythons(host, root)) {
        let name = python.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        add(&format!("pyenv's Python {name}"), Some(python));
    }
    for system in ["/usr/local", "/usr", "/opt/homebrew"] {
        add("the system's Python", Some(PathBuf::from(system)));
    }
    places
}
