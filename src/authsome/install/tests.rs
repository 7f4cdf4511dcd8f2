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
        find(&self.host(path, &[]))
    }

    /// With this PATH, a home, and what else is set; `~` stands for this machine's root.
    fn host(&self, path: &[&str], more: &[(&str, &str)]) -> Host {
        let folders = std::env::join_paths(path.iter().map(|folder| self.path(folder))).unwrap();
        let home = self.path("home/dev");
        let pairs = [("PATH", folders.to_str().unwrap()), ("HOME", home.to_str().unwrap())];
        let pairs = pairs.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let more =
            more.iter().map(|(name, value)| ((*name).to_owned(), value.replace('~', self.0.path().to_str().unwrap())));
        Host { env: std::sync::Arc::new(pairs.into_iter().chain(more).collect()), ..Host::real() }
    }

    /// How each installation elsewhere was made, and its version. What this machine itself has is left out.
    fn elsewhere(&self, path: &[&str], more: &[(&str, &str)]) -> Vec<(String, String)> {
        let host = self.host(path, more);
        let found = elsewhere(&host, &find(&host));
        let ours = found.into_iter().filter(|it| it.installation.path.starts_with(self.0.path()));
        ours.map(|it| (it.how, it.installation.version.unwrap())).collect()
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

#[test]
fn an_installation_in_each_known_place_is_found() {
    let one = |root: &str, more: &[(&str, &str)]| {
        let machine = Machine::new();
        machine.environment(root, "0.5.0");
        let found = machine.elsewhere(&[], more);
        assert_eq!(found.len(), 1, "{root}: {found:?}");
        assert_eq!(found[0].1, "0.5.0");
        found[0].0.clone()
    };
    assert_eq!(one("home/dev/.local/share/pipx/venvs/authsome", &[]), "pipx");
    assert_eq!(one("home/dev/.local/pipx/venvs/authsome", &[]), "pipx");
    assert_eq!(one("opt/pipx/venvs/authsome", &[("PIPX_HOME", "~/opt/pipx")]), "pipx");
    assert_eq!(one("home/dev/.local/share/uv/tools/authsome", &[]), "uv tool");
    assert_eq!(one("data/uv/tools/authsome", &[("XDG_DATA_HOME", "~/data")]), "uv tool");
    assert_eq!(one("tools/authsome", &[("UV_TOOL_DIR", "~/tools")]), "uv tool");
    assert_eq!(one("project/env", &[("VIRTUAL_ENV", "~/project/env")]), "the active virtual environment");
    assert_eq!(one("project/.venv", &[("PWD", "~/project")]), "the .venv of this folder");
    assert_eq!(one("conda/envs/x", &[("CONDA_PREFIX", "~/conda/envs/x")]), "the active conda environment");
    assert_eq!(one("home/dev/.pyenv/versions/3.13.0", &[]), "pyenv's Python 3.13.0");
    assert_eq!(one("home/dev/.local", &[]), "pip install --user");
}

#[test]
fn what_path_leads_to_is_not_found_a_second_time() {
    let machine = Machine::new();
    let script = machine.environment("home/dev/.local/share/pipx/venvs/authsome", "0.7.2");
    fs::create_dir_all(machine.path("home/dev/.local/bin")).unwrap();
    symlink(&script, machine.path("home/dev/.local/bin/authsome")).unwrap();
    assert_eq!(machine.elsewhere(&["home/dev/.local/bin"], &[]), []);
    assert_eq!(machine.elsewhere(&[], &[]).len(), 1, "a link beside its environment is one");
    machine.environment("home/dev/.local/share/uv/tools/authsome", "0.7.2");
    assert_eq!(machine.elsewhere(&["home/dev/.local/bin"], &[]), [("uv tool".to_owned(), "0.7.2".to_owned())]);
}

#[test]
fn among_several_pythons_pyenvs_own_choice_decides() {
    let machine = Machine::new();
    machine.environment("pyenv/versions/3.13.0", "0.7.2");
    machine.environment("pyenv/versions/3.14.0", "0.5.0");
    machine.file("pyenv/shims/authsome", "#!/usr/bin/env bash\nexec pyenv exec authsome\n");
    let version = |more: &[(&str, &str)]| find(&machine.host(&["pyenv/shims"], more))[0].version.clone();
    assert!(version(&[]).is_err());
    machine.file("pyenv/version", "3.14.0\n");
    assert_eq!(version(&[]), Ok("0.5.0".to_owned()));
    machine.file("project/.python-version", "3.12.1\n3.13.0\n");
    assert_eq!(version(&[("PWD", "~/project/deeper")]), Ok("0.7.2".to_owned()));
    assert_eq!(version(&[("PWD", "~/project"), ("PYENV_VERSION", "3.14.0")]), Ok("0.5.0".to_owned()));
}

#[test]
fn the_authsome_of_a_python_is_told_without_running_it() {
    let machine = Machine::new();
    machine.environment("venv", "0.6.4");
    machine.file("system/bin/python3.13", "");
    symlink(machine.path("system/bin/python3.13"), machine.path("venv/bin/python")).unwrap();
    let found = of_python(&machine.host(&[], &[]), &machine.path("venv/bin/python")).unwrap();
    assert_eq!((found.version.as_str(), found.site), ("0.6.4", machine.path("venv/lib/python3.13/site-packages")));
    assert!(of_python(&machine.host(&[], &[]), &machine.path("system/bin/python3.13")).is_err());
}
