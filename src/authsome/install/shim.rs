//! pyenv's shim: one command for every Python that has an authsome. Which of them it runs is read where pyenv reads it.

use super::{Installation, script};
use crate::host::Host;
use std::path::{Path, PathBuf};

/// With one authsome there is no doubt; among several pyenv's own choice decides.
pub(super) fn stands_for(host: &Host, path: PathBuf) -> Installation {
    let root = path.parent().and_then(Path::parent).map(Path::to_owned).unwrap_or_default();
    let real = pythons(host, &root);
    let chosen = match &real[..] {
        [one] => Some(one.clone()),
        _ => chosen(host, &root).into_iter().map(|name| root.join("versions").join(name)).find(|at| real.contains(at)),
    };
    match chosen.and_then(|python| script(host, python.join("bin/authsome"))) {
        Some(one) => Installation { path, ..one },
        None => Installation::of(path, None, Err("a pyenv shim, which chooses the version by the folder".to_owned())),
    }
}

/// pyenv's Pythons that have an authsome.
pub(super) fn pythons(host: &Host, root: &Path) -> Vec<PathBuf> {
    let mut found = host.files.list(&root.join("versions")).unwrap_or_default();
    found.retain(|python| host.files.executable(&python.join("bin/authsome")));
    found
}

/// The variable, the nearest `.python-version` above the folder, or what `pyenv global` wrote; the first that is there.
fn chosen(host: &Host, root: &Path) -> Vec<String> {
    let names = |text: &str| {
        text.split([':', '\n', ' ']).map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect()
    };
    if let Some(set) = host.env.filled("PYENV_VERSION") {
        return names(set);
    }
    let folder = host.env.filled("PWD").map(PathBuf::from);
    let above = folder.iter().flat_map(|folder| folder.ancestors()).map(|folder| folder.join(".python-version"));
    let files = above.chain([root.join("version")]);
    files.filter_map(|file| host.files.read_text(&file, 4096).ok()).map(|text| names(&text)).next().unwrap_or_default()
}
