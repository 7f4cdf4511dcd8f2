//! Section `authsome`: the installed (Python) authsome, found without running it.

use super::{Context, LOCAL, Probe};
use crate::authsome::{Installation, Release, install, versions};
use crate::facts::{Entry, Facts, unknown};

pub const PROBE: Probe = Probe { section: "authsome", needs: &[], limit: LOCAL, run };

fn run(context: &Context, _: &Facts) -> Facts {
    let installed = install::find(&context.host);
    let mut facts = Facts::new();
    let Some((first, others)) = installed.split_first() else {
        facts.set("authsome.path", None::<String>);
        facts.set("authsome.version", None::<String>);
        return facts;
    };
    facts.set("authsome.path", shown(&first.path));
    facts.set("authsome.python", first.python.as_deref().map(shown));
    facts.set("authsome.package", first.package.as_deref().map(shown));
    facts.set("authsome.version", Entry::from(first.version.clone()));
    match &first.version {
        Ok(version) => {
            let (release, known) = versions::release(version);
            facts.set("authsome.known_version", known);
            facts.set("authsome.callback_path", release.callback_path());
            facts.set("authsome.health_path", release.health_paths.first().cloned());
            facts.set("authsome.cli_client", release.cli_client.clone());
        }
        Err(reason) => {
            for name in ["known_version", "callback_path", "health_path", "cli_client"] {
                facts.set(&format!("authsome.{name}"), unknown(reason));
            }
        }
    }
    facts.set("authsome.other_paths", others.iter().map(|other| shown(&other.path)).collect::<Vec<_>>());
    facts.set("authsome.other_versions", other_versions(first, others));
    facts
}

/// The versions that differ from the first's.
fn other_versions(first: &Installation, others: &[Installation]) -> Vec<String> {
    let versions = others.iter().filter_map(|other| other.version.clone().ok());
    let mut differing: Vec<String> = versions.filter(|version| first.version.as_ref() != Ok(version)).collect();
    differing.dedup();
    differing
}

fn shown(path: &std::path::Path) -> String {
    path.to_string_lossy().into_owned()
}

/// The release whose ways count here: the installed one's, or the newest that we know.
pub fn release(facts: &Facts) -> &'static Release {
    facts.text("authsome.version").map_or_else(versions::latest, |version| versions::release(version).0)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use crate::host::Host;
    use std::fs;
    use std::os::unix::fs::PermissionsExt;
    use std::sync::Arc;

    fn install(root: &std::path::Path, version: &str) {
        let site = root.join(format!("lib/python3.13/site-packages/authsome-{version}.dist-info"));
        fs::create_dir_all(site).unwrap();
        fs::create_dir_all(root.join("bin")).unwrap();
        let script = root.join("bin/authsome");
        fs::write(&script, format!("#!{}/bin/python\n", root.display())).unwrap();
        fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();
    }

    fn probed(path: &str) -> Facts {
        let env = [("PATH", path), ("HOME", "/home/dev")].into_iter().collect();
        run(&Context::of(Host { env: Arc::new(env), ..Host::real() }), &Facts::new())
    }

    #[test]
    fn the_installed_version_decides_callback_path_and_client() {
        let folder = tempfile::tempdir().unwrap();
        install(folder.path(), "0.5.0");
        let facts = probed(folder.path().join("bin").to_str().unwrap());
        assert_eq!(facts.text("authsome.version"), Some("0.5.0"));
        assert_eq!(facts.text("authsome.callback_path"), Some("/auth/callback/oauth"));
        assert_eq!(facts.text("authsome.cli_client"), Some("requests"));
        assert_eq!(release(&facts).health_paths, ["/health"]);
    }

    #[test]
    fn a_second_installation_of_another_version_is_told() {
        let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        install(one.path(), "0.7.2");
        install(two.path(), "0.5.0");
        let facts = probed(&format!("{}/bin:{}/bin", one.path().display(), two.path().display()));
        assert_eq!(facts.list("authsome.other_paths").unwrap().len(), 1);
        assert_eq!(facts.list("authsome.other_versions").unwrap()[0], "0.5.0".into());
    }

    #[test]
    fn no_authsome_is_absent_and_the_newest_we_know_stands_in() {
        let facts = probed("/nonexistent");
        assert_eq!(facts.get("authsome.path"), crate::facts::Looked::Absent);
        assert_eq!(release(&facts).callback_path(), "/api/auth/callback/oauth");
    }
}
