//! Section `authsome`: the installed (Python) authsome, found without running it.

use super::{Context, LOCAL, Probe};
use crate::authsome::{Installation, Release, install, versions};
use crate::facts::{Entry, Facts, Record, unknown};
use crate::host::Host;

pub const PROBE: Probe = Probe { section: "authsome", needs: &[], limit: LOCAL, run };

fn run(context: &Context, _: &Facts) -> Facts {
    let installed = install::find(&context.host);
    let mut facts = Facts::new();
    facts.set("authsome.newest_known", versions::latest().versions.last().map_or("", String::as_str));
    put_elsewhere(&mut facts, &context.host, &installed);
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
            facts.set("authsome.taken_for", release.versions.last().filter(|_| !known).cloned());
            facts.set("authsome.claim", release.claim.map(versions::Claim::word));
            facts.set("authsome.ignored_variables", ignored_variables(&context.host, release));
            facts.set("authsome.callback_path", release.callback_path());
            facts.set("authsome.health_path", release.health_paths.first().cloned());
            facts.set("authsome.cli_client", release.cli_client.clone());
        }
        Err(reason) => {
            facts.set("authsome.version_unknown_because", reason.as_str());
            for name in ["known_version", "callback_path", "health_path", "cli_client"] {
                facts.set(&format!("authsome.{name}"), unknown(reason));
            }
        }
    }
    facts.set("authsome.other_paths", others.iter().map(|other| shown(&other.path)).collect::<Vec<_>>());
    facts.set("authsome.other_versions", other_versions(first, others));
    facts
}

/// What PATH does not lead to.
fn put_elsewhere(facts: &mut Facts, host: &Host, on_path: &[Installation]) {
    let first = on_path.first().and_then(|first| first.version.as_deref().ok());
    let record = |found: install::Elsewhere| {
        let version = found.installation.version.ok();
        let differs = version.as_deref().zip(first).map(|(one, other)| one != other);
        let record = Record::new().with("path", shown(&found.installation.path)).with("how", found.how);
        record.with("version", version).with("differs", differs)
    };
    facts.set("authsome.elsewhere", install::elsewhere(host, on_path).into_iter().map(record).collect::<Vec<Record>>());
}

/// What somebody set for another version. Empty variables are no wish.
fn ignored_variables(host: &Host, release: &Release) -> Vec<String> {
    let set = host.env.iter().filter(|(_, value)| !value.is_empty()).map(|(name, _)| name);
    let ignored = set.filter(|name| versions::is_variable_of_some_release(name) && !release.reads(name));
    ignored.map(str::to_owned).collect()
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
        probed_with(path, &[])
    }

    fn probed_with(path: &str, more: &[(&str, &str)]) -> Facts {
        let env = [("PATH", path), ("HOME", "/home/dev")].into_iter().chain(more.iter().copied()).collect();
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

    #[test]
    fn a_version_that_the_table_lacks_is_taken_for_the_nearest_before_it() {
        for (version, taken_for) in [("0.9.0", Some("0.7.2")), ("0.6.2", Some("0.6.1")), ("0.7.2", None)] {
            let folder = tempfile::tempdir().unwrap();
            install(folder.path(), version);
            let facts = probed(folder.path().join("bin").to_str().unwrap());
            assert_eq!(facts.truth("authsome.known_version"), Some(taken_for.is_none()), "{version}");
            assert_eq!(facts.text("authsome.taken_for"), taken_for, "{version}");
            assert_eq!(facts.text("authsome.newest_known"), Some("0.7.2"));
        }
    }

    #[test]
    fn variables_of_another_version_are_told_and_those_of_nobody_are_not() {
        let folder = tempfile::tempdir().unwrap();
        install(folder.path(), "0.7.2");
        let set = [
            ("AUTHSOME_DAEMON_URL", "http://127.0.0.1:8000"),
            ("AUTHSOME_BASE_URL", "http://127.0.0.1:7998"),
            ("AUTHSOME_SERVER_BASE_URL", ""),
            ("AUTHSOME_FRONT", "off"),
        ];
        let facts = probed_with(folder.path().join("bin").to_str().unwrap(), &set);
        let ignored: Vec<_> = facts.list("authsome.ignored_variables").unwrap().to_vec();
        assert_eq!(ignored, ["AUTHSOME_DAEMON_URL".into()]);
    }

    #[test]
    fn an_installation_that_path_does_not_lead_to_is_told_with_whether_it_differs() {
        let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        install(one.path(), "0.7.2");
        for (version, differs) in [("0.7.2", Some(false)), ("0.5.0", Some(true))] {
            let venv = two.path().join(version);
            install(&venv, version);
            let active = [("VIRTUAL_ENV", venv.to_str().unwrap())];
            let facts = probed_with(one.path().join("bin").to_str().unwrap(), &active);
            assert_eq!(facts.text("authsome.elsewhere[0].how"), Some("the active virtual environment"));
            assert_eq!(facts.truth("authsome.elsewhere[0].differs"), differs, "{version}");
        }
    }
}
