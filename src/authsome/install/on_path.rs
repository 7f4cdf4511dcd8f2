//! What a shell would run instead of this program.

use crate::host::{FileIdentity, Host};
use std::path::{Path, PathBuf};

/// A command of that name on PATH that is not this program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OnPath {
    /// As found on PATH, links not followed.
    pub path: PathBuf,
    pub identity: FileIdentity,
    /// How the file begins.
    pub(super) start: Vec<u8>,
}

/// What a shell would run instead of this program, in PATH's order and each file once; nothing more is looked at.
pub fn on_path(host: &Host) -> impl Iterator<Item = OnPath> {
    let own = host.processes.own_executable().and_then(|path| host.files.identity(&path).ok());
    let mut seen: Vec<FileIdentity> = own.into_iter().collect();
    let folders: Vec<PathBuf> = host.env.get("PATH").map(std::env::split_paths).into_iter().flatten().collect();
    let paths = folders.into_iter().flat_map(|folder| {
        // An empty folder is the one in which the command runs.
        let folder = if folder.as_os_str().is_empty() { PathBuf::from(".") } else { folder };
        ["authsome", "authsome.exe"].map(|name| folder.join(name))
    });
    paths.filter_map(move |path| {
        let identity = host.files.identity(&path).ok()?;
        if seen.contains(&identity) || !host.files.executable(&path) {
            return None;
        }
        seen.push(identity.clone());
        let start = host.files.head(&path, 4096).ok()?;
        (!is_ours(host, &path, &start)).then_some(OnPath { path, identity, start })
    })
}

/// Another copy of this program: authsome of Python's is a script wherever there are scripts. The front of a version
/// manager is a program too, which its real file's name tells apart.
fn is_ours(host: &Host, path: &Path, start: &[u8]) -> bool {
    let program = [&b"\x7fELF"[..], b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe", b"MZ"];
    if path.extension().is_some_and(|extension| extension == "exe") || !program.iter().any(|it| start.starts_with(it)) {
        return false;
    }
    let real = host.files.real_path(path).unwrap_or_else(|_| path.to_owned());
    real.file_name().is_none_or(|name| name.to_string_lossy().starts_with("authsome"))
}
