//! What pip recorded of an installation: its version is in the name of a folder (PEP 376), so nothing needs to be run.

use crate::authsome::settings::user_home;
use crate::host::Host;
use std::path::{Path, PathBuf};

/// An installation as it is recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    pub version: String,
    /// The folder of the Python package.
    pub package: Option<PathBuf>,
    /// The folder of Python packages that holds the record.
    pub site: PathBuf,
}

/// The authsome that this Python would import.
pub fn of_python(host: &Host, python: &Path) -> Result<Record, String> {
    record(host, python, Some(python))
}

/// Looked for in the folders that belong to the script and to its interpreter: a virtual environment, pipx, uv's tools,
/// conda, a system's Python, a user's own packages.
pub(super) fn record(host: &Host, script: &Path, python: Option<&Path>) -> Result<Record, String> {
    let real = host.files.real_path(script).unwrap_or_else(|_| script.to_owned());
    let real_python = python.and_then(|python| host.files.real_path(python).ok());
    // A virtual environment's python is a link: its own place comes before the place that it leads to.
    let is_python = python == Some(script);
    let script = (!is_python).then_some(real.as_path());
    let mut prefixes: Vec<PathBuf> =
        [script, python, real_python.as_deref()].into_iter().flatten().filter_map(prefix_of).collect();
    prefixes.extend(user_home(&host.env).map(|home| home.join(".local")));
    for site in prefixes.iter().flat_map(|prefix| site_folders(host, prefix)) {
        let entries = host.files.list(&site).unwrap_or_default();
        let mut recorded: Vec<_> = entries.iter().filter_map(|path| Some((version_of(path)?, path))).collect();
        match recorded.len() {
            0 => {}
            1 => {
                let (version, info) = recorded.remove(0);
                return Ok(Record { version, package: package(host, &site, info), site });
            }
            _ => return Err("an upgrade was broken off: two versions are recorded in its packages".to_owned()),
        }
    }
    Err("its packages were not found beside its Python".to_owned())
}

/// `/prefix/bin/program` belongs to `/prefix`.
fn prefix_of(program: &Path) -> Option<PathBuf> {
    program.parent()?.parent().map(Path::to_owned)
}

fn site_folders(host: &Host, prefix: &Path) -> Vec<PathBuf> {
    let mut sites = vec![prefix.join("Lib").join("site-packages")];
    for python in host.files.list(&prefix.join("lib")).unwrap_or_default() {
        if python.file_name().is_some_and(|name| name.to_string_lossy().starts_with("python3")) {
            sites.extend([python.join("site-packages"), python.join("dist-packages")]);
        }
    }
    sites
}

/// `authsome-0.7.2.dist-info` (the name is fixed by the format of recorded installations, PEP 376).
fn version_of(path: &Path) -> Option<String> {
    let name = path.file_name()?.to_str()?;
    Some(name.strip_prefix("authsome-")?.strip_suffix(".dist-info")?.to_owned())
}

/// Beside the record; an editable installation names the folder of its sources instead.
fn package(host: &Host, site: &Path, info: &Path) -> Option<PathBuf> {
    let is_there = |folder: &PathBuf| host.files.metadata(folder).is_ok_and(|found| found.is_dir);
    let beside = site.join("authsome");
    if is_there(&beside) {
        return Some(beside);
    }
    let text = host.files.read_text(&info.join("direct_url.json"), 64 * 1024).ok()?;
    let direct: serde_json::Value = serde_json::from_str(&text).ok()?;
    let source = url::Url::parse(direct.get("url")?.as_str()?).ok()?.to_file_path().ok()?;
    [source.join("src").join("authsome"), source.join("authsome")].into_iter().find(is_there)
}
