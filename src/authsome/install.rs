//! Finds the installed (Python) authsome without running it: the command on PATH, its Python, its version, its package.

use crate::host::{FileIdentity, Host};
use std::path::{Path, PathBuf};

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
}

/// A command of that name on PATH that is not this program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OnPath {
    /// As found on PATH, links not followed.
    pub path: PathBuf,
    pub identity: FileIdentity,
    /// How the file begins.
    start: Vec<u8>,
}

/// The installations on PATH that are not this program, in PATH's order. A command is handed to the first.
pub fn find(host: &Host) -> Vec<Installation> {
    on_path(host).filter_map(|command| look_at(host, command.path, &command.start)).collect()
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

fn look_at(host: &Host, path: PathBuf, start: &[u8]) -> Option<Installation> {
    // A text without a first line that names its interpreter is run by the shell.
    if !start.starts_with(b"#!") && start.contains(&0) {
        return launcher(host, path);
    }
    let text = String::from_utf8_lossy(start);
    if text.contains("pyenv exec") {
        return Some(shim(host, path));
    }
    let python = interpreter(&text).map(|python| resolve(host, python));
    let (version, package) = match record(host, &path, python.as_deref()) {
        Ok((version, package)) => (Ok(version), package),
        Err(reason) => (Err(reason), None),
    };
    Some(Installation { path, python, version, package })
}

/// A program of that name: Python's launcher on Windows; elsewhere the front of a version manager.
fn launcher(host: &Host, path: PathBuf) -> Option<Installation> {
    if path.extension().is_some_and(|extension| extension == "exe") {
        let (version, package) = match record(host, &path, None) {
            Ok((version, package)) => (Ok(version), package),
            Err(reason) => (Err(reason), None),
        };
        return Some(Installation { path, python: None, version, package });
    }
    let real = host.files.real_path(&path).ok()?;
    let name = real.file_name()?.to_string_lossy().into_owned();
    let version = Err(format!("it is started by {name}, which chooses the version by the folder"));
    Some(Installation { path, python: None, version, package: None })
}

/// pyenv's shim stands for the versions of Python that have an authsome: with one of them there is no doubt.
fn shim(host: &Host, path: PathBuf) -> Installation {
    let root = path.parent().and_then(Path::parent).map(|root| root.join("versions")).unwrap_or_default();
    let mut real: Vec<PathBuf> = host.files.list(&root).unwrap_or_default();
    real.retain(|python| host.files.executable(&python.join("bin/authsome")));
    let one = if let [one] = &real[..] { script(host, one.join("bin/authsome")) } else { None };
    let version = Err("a pyenv shim, which chooses the version by the folder".to_owned());
    match one {
        Some(one) => Installation { path, ..one },
        None => Installation { path, python: None, version, package: None },
    }
}

fn script(host: &Host, path: PathBuf) -> Option<Installation> {
    let start = host.files.head(&path, 4096).ok()?;
    look_at(host, path, &start)
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

/// The version and package folder that pip recorded, looked for in the folders that belong to the script and to its
/// interpreter: a virtual environment, pipx, uv's tools, conda, a system's Python, a user's own packages.
fn record(host: &Host, script: &Path, python: Option<&Path>) -> Result<(String, Option<PathBuf>), String> {
    let real = host.files.real_path(script).unwrap_or_else(|_| script.to_owned());
    let real_python = python.and_then(|python| host.files.real_path(python).ok());
    // A virtual environment's python is a link: its own place comes before the place that it leads to.
    let programs = [Some(real.as_path()), python, real_python.as_deref()];
    let mut prefixes: Vec<PathBuf> = programs.into_iter().flatten().filter_map(prefix_of).collect();
    prefixes.extend(super::settings::user_home(&host.env).map(|home| home.join(".local")));
    for site in prefixes.iter().flat_map(|prefix| site_folders(host, prefix)) {
        let entries = host.files.list(&site).unwrap_or_default();
        let mut recorded: Vec<_> = entries.iter().filter_map(|path| Some((version_of(path)?, path))).collect();
        match recorded.len() {
            0 => {}
            1 => {
                let (version, info) = recorded.remove(0);
                return Ok((version, package(host, &site, info)));
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

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::fs;
    use std::os::unix::fs::{PermissionsExt, symlink};

    struct Machine(tempfile::TempDir);

    impl Machine {
        fn new() -> Self {
            Self(tempfile::tempdir().unwrap())
        }

        fn path(&self, path: &str) -> PathBuf {
            self.0.path().join(path)
        }

        fn file(&self, path: &str, content: &str) -> PathBuf {
            let path = self.path(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, content).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
            path
        }

        /// A virtual environment with an authsome of that version.
        fn environment(&self, root: &str, version: &str) -> PathBuf {
            let site = format!("{root}/lib/python3.13/site-packages");
            self.file(&format!("{site}/authsome-{version}.dist-info/METADATA"), "Name: authsome\n");
            self.file(&format!("{site}/authsome/__init__.py"), "");
            let python = self.path(&format!("{root}/bin/python"));
            self.file(&format!("{root}/bin/authsome"), &format!("#!{}\nimport sys\n", python.display()))
        }

        fn find(&self, path: &[&str]) -> Vec<Installation> {
            let folders = std::env::join_paths(path.iter().map(|folder| self.path(folder))).unwrap();
            let home = self.path("home/dev");
            let pairs = [("PATH", folders.to_str().unwrap()), ("HOME", home.to_str().unwrap())];
            find(&Host { env: std::sync::Arc::new(pairs.into_iter().collect()), ..Host::real() })
        }
    }

    #[test]
    fn an_authsome_in_a_virtual_environment_is_found_with_version_python_and_package() {
        let machine = Machine::new();
        let script = machine.environment("venv", "0.7.2");
        let found = machine.find(&["nothing", "venv/bin"]);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].path, script);
        assert_eq!(found[0].version, Ok("0.7.2".to_owned()));
        assert_eq!(found[0].python, Some(machine.path("venv/bin/python")));
        assert_eq!(found[0].package, Some(machine.path("venv/lib/python3.13/site-packages/authsome")));
    }

    #[test]
    fn a_link_of_pipx_or_uv_leads_to_its_environment_and_is_not_counted_twice() {
        let machine = Machine::new();
        let script = machine.environment("home/dev/.local/share/uv/tools/authsome", "0.7.1");
        fs::create_dir_all(machine.path("home/dev/.local/bin")).unwrap();
        symlink(&script, machine.path("home/dev/.local/bin/authsome")).unwrap();
        let found = machine.find(&["home/dev/.local/bin", "home/dev/.local/share/uv/tools/authsome/bin"]);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].version, Ok("0.7.1".to_owned()));
        assert_eq!(found[0].path, machine.path("home/dev/.local/bin/authsome"));
    }

    #[test]
    fn packages_of_a_user_belong_to_the_systems_python() {
        let machine = Machine::new();
        machine.file("home/dev/.local/lib/python3.13/site-packages/authsome-0.5.0.dist-info/METADATA", "");
        machine.file("opt/bin/authsome", "#!/usr/bin/env python3\n");
        let found = machine.find(&["opt/bin"]);
        assert_eq!((found[0].version.as_deref(), &found[0].package), (Ok("0.5.0"), &None));
    }

    #[test]
    fn two_installations_are_both_found_in_the_order_of_path() {
        let machine = Machine::new();
        machine.environment("one", "0.7.2");
        machine.environment("two", "0.5.0");
        let versions: Vec<_> = machine.find(&["two/bin", "one/bin"]).into_iter().map(|i| i.version.unwrap()).collect();
        assert_eq!(versions, ["0.5.0", "0.7.2"]);
    }

    #[test]
    fn this_program_and_its_copies_are_not_the_installed_authsome() {
        let machine = Machine::new();
        fs::create_dir_all(machine.path("bin")).unwrap();
        symlink(std::env::current_exe().unwrap(), machine.path("bin/authsome")).unwrap();
        machine.file("copy/authsome", "\u{7f}ELF…");
        assert_eq!(machine.find(&["bin", "copy"]), []);
    }

    #[test]
    fn a_long_path_to_python_stands_in_the_second_line() {
        let long = "#!/bin/sh\n'''exec' \"/home/dev/my project/venv/bin/python\" \"$0\" \"$@\"\n' '''\n";
        assert_eq!(interpreter(long), Some("/home/dev/my project/venv/bin/python".into()));
        assert_eq!(interpreter("#!/usr/bin/env -S python3 -I\n"), Some("python3".into()));
        assert_eq!(interpreter("#! /opt/python\n"), Some("/opt/python".into()));
    }

    #[test]
    fn what_cannot_be_told_is_said() {
        let machine = Machine::new();
        machine.environment("venv", "0.7.1");
        machine.environment("venv", "0.7.2");
        assert!(machine.find(&["venv/bin"])[0].version.as_ref().unwrap_err().contains("two versions"));
        machine.file("bare/bin/authsome", "#!/nowhere/bin/python\n");
        assert!(machine.find(&["bare/bin"])[0].version.as_ref().unwrap_err().contains("not found"));
        machine.environment("pyenv/versions/3.13.0", "0.7.2");
        machine.file(
            "pyenv/shims/authsome",
            "#!/usr/bin/env bash\nexec \"pyenv\" exec authsome\n".replace("\"pyenv\"", "pyenv").as_str(),
        );
        assert_eq!(machine.find(&["pyenv/shims"])[0].version, Ok("0.7.2".to_owned()));
        machine.environment("pyenv/versions/3.14.0", "0.5.0");
        assert!(machine.find(&["pyenv/shims"])[0].version.as_ref().unwrap_err().contains("shim"));
    }
}
