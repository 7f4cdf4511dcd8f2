use super::*;
use crate::host::{Process, Processes};
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::fs;
use std::sync::Arc;

const DAEMON: u32 = 9852;
const STRANGER: u32 = 4711;

/// A daemon of that environment, a stranger, and nobody else.
struct Two(BTreeMap<String, String>);

impl Processes for Two {
    fn get(&self, pid: u32) -> Result<Option<Process>, String> {
        let line = match pid {
            DAEMON => "/venv/bin/python -m authsome.cli.main daemon serve --host 127.0.0.1 --port 7998",
            STRANGER => "sleep 300",
            _ => return Ok(None),
        };
        let command: Vec<String> = line.split(' ').map(str::to_owned).collect();
        let name = command[0].clone();
        Ok(Some(Process { pid, name, command, working_directory: Some("/home/dev".into()), ..Process::default() }))
    }
    fn environment(&self, _: u32, names: &[&str]) -> Result<BTreeMap<String, String>, String> {
        Ok(self.0.clone().into_iter().filter(|(name, _)| names.contains(&name.as_str())).collect())
    }
    fn ancestors(&self) -> Vec<u32> {
        vec![]
    }
    fn own_uid(&self) -> Option<u32> {
        Some(1000)
    }
    fn own_user(&self) -> Option<String> {
        None
    }
    fn terminate(&self, _: u32, _: Timestamp) -> Result<(), String> {
        unreachable!("a probe only reads")
    }
    fn kill(&self, _: u32, _: Timestamp) -> Result<(), String> {
        unreachable!("a probe only reads")
    }
}

struct Scene {
    home: tempfile::TempDir,
    env: Vec<(&'static str, &'static str)>,
    daemon_env: Vec<(&'static str, String)>,
    known: Facts,
}

impl Scene {
    /// A daemon of that version answers on 7998, and that version is installed.
    fn running(version: &str) -> Self {
        let owner = Record::new().with("kind", "authsome_daemon").with("pid", DAEMON).with("name", "python");
        let listener = Record::new()
            .with("address", "127.0.0.1")
            .with("covers_callback", true)
            .with("version", version)
            .with("health_path", "/api/health")
            .with("health_status", "ok")
            .with("owner", owner);
        Self::with(vec![listener])
    }

    fn with(listeners: Vec<Record>) -> Self {
        let mut known = Facts::new();
        known.set("authsome.version", "0.7.2");
        known.set("port.number", 7998);
        known.set("port.free", listeners.is_empty());
        known.set("port.listeners", listeners);
        Self { home: tempfile::tempdir().unwrap(), env: Vec::new(), daemon_env: Vec::new(), known }
    }

    fn file(&self, path: &str, content: &str) {
        let path = self.home.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    fn probed(&self) -> Facts {
        let home = self.home.path().to_str().unwrap();
        let env = self.env.iter().copied().chain([("AUTHSOME_HOME", home)]).collect();
        let own = ("AUTHSOME_HOME".to_owned(), home.to_owned());
        let theirs = self.daemon_env.iter().map(|(name, value)| ((*name).to_owned(), value.clone()));
        let processes = Two(std::iter::once(own).chain(theirs).collect());
        let host = Host { env: Arc::new(env), processes: Arc::new(processes), ..Host::real() };
        run(&Context::of(host), &self.known)
    }
}

#[test]
fn a_daemon_of_ours_is_running_with_its_version_and_home() {
    let facts = Scene::running("0.7.2").probed();
    assert_eq!(facts.text("daemon.state"), Some("running"));
    assert_eq!(facts.truth("daemon.version_matches"), Some(true));
    assert_eq!(facts.truth("daemon.home_matches"), Some(true));
    assert_eq!(facts.text("daemon.effective_base_url"), Some("http://127.0.0.1:7998"));
    assert_eq!(facts.truth("daemon.managed"), Some(true));
}

#[test]
fn another_version_and_another_home_are_told() {
    let mut scene = Scene::running("0.5.0");
    scene.daemon_env = vec![("AUTHSOME_HOME", "/srv/other".to_owned())];
    let facts = scene.probed();
    assert_eq!(facts.truth("daemon.version_matches"), Some(false));
    assert_eq!(facts.truth("daemon.home_matches"), Some(false));
    assert_eq!(facts.text("daemon.home"), Some("/srv/other"));
}

#[test]
fn a_relative_home_of_the_daemon_is_where_it_was_started() {
    let mut scene = Scene::running("0.7.2");
    scene.daemon_env = vec![("AUTHSOME_HOME", "~/.authsome".to_owned())];
    assert_eq!(scene.probed().text("daemon.home"), Some("/home/dev/~/.authsome"));
}

#[test]
fn the_base_url_that_sticks_in_the_daemon_is_read_from_its_environment() {
    let mut scene = Scene::running("0.7.2");
    scene.daemon_env = vec![("AUTHSOME_BASE_URL", "http://localhost:7998/".to_owned())];
    assert_eq!(scene.probed().text("daemon.effective_base_url"), Some("http://localhost:7998"));
}

#[test]
fn a_free_port_is_a_daemon_that_is_not_running_and_another_program_is_no_daemon() {
    assert_eq!(Scene::with(vec![]).probed().text("daemon.state"), Some("not_running"));
    let web = Record::new().with("kind", "other_program").with("pid", 1).with("name", "python3");
    let listener = Record::new().with("address", "127.0.0.1").with("covers_callback", true).with("owner", web);
    assert_eq!(Scene::with(vec![listener]).probed().text("daemon.state"), Some("not_a_daemon"));
    let hidden = |answers: &str| {
        let record = Record::new().with("address", "127.0.0.1").with("covers_callback", true);
        let scene = Scene::with(vec![record.with("answers", answers).with("owner", unknown("it is hidden"))]);
        scene.probed()
    };
    assert_eq!(hidden("http").text("daemon.state"), Some("not_a_daemon"));
    assert_eq!(hidden("nothing").get("daemon.state"), Looked::Unknown("it is hidden"));
}

#[test]
fn a_pid_file_is_held_against_the_live_process() {
    let state = |content: &str| {
        let scene = Scene::with(vec![]);
        scene.file("server/daemon/daemon.pid", content);
        let facts = scene.probed();
        (
            facts.text("daemon.pid_file.state").unwrap().to_owned(),
            facts.text("daemon.pid_file.stranger").map(str::to_owned),
        )
    };
    assert_eq!(state("9852"), ("daemon".into(), None));
    assert_eq!(state("4711\n"), ("stranger".into(), Some("sleep 300".into())));
    assert_eq!(state("99999"), ("dead".into(), None));
    assert_eq!(state("soon"), ("unreadable".into(), None));
    assert_eq!(Scene::with(vec![]).probed().get("daemon.pid_file"), Looked::Absent);
}

#[test]
fn an_address_elsewhere_is_not_looked_at_and_a_port_of_ones_own_is_told() {
    let mut scene = Scene::with(vec![]);
    scene.env = vec![("AUTHSOME_BASE_URL", "https://authsome.example")];
    let facts = scene.probed();
    assert_eq!(facts.get("daemon.state"), Looked::NotAsked);
    assert_eq!(facts.truth("daemon.managed"), Some(false));
    scene.env = vec![("AUTHSOME_PORT", "8123")];
    let facts = scene.probed();
    assert_eq!(facts.text("daemon.port_variable"), Some("8123"));
    assert_eq!(facts.truth("daemon.managed"), Some(false));
}

#[test]
fn the_last_callback_is_told_without_its_code() {
    let scene = Scene::running("0.7.2");
    scene.file(
        "server/daemon/daemon.log",
        "INFO:     127.0.0.1:1 - \"GET /auth/callback/oauth?code=s3cr3t&state=t0ps3cr3t HTTP/1.1\" 404 Not Found\n",
    );
    let facts = scene.probed();
    assert_eq!(facts.text("daemon.last_callback.outcome"), Some("other_version_path"));
    assert!(facts.list("daemon.last_callback.versions").unwrap().contains(&"0.5.0".into()));
    assert_eq!(facts.list("daemon.callbacks").unwrap().len(), 1);
    assert!(!facts.to_json().to_string().contains("s3cr3t"));
}

#[test]
fn an_audit_table_that_cannot_be_read_is_unknown() {
    let scene = Scene::with(vec![]);
    scene.file("server/authsome.db", "this is no database at all, but it is not empty either");
    assert!(matches!(scene.probed().get("daemon.last_failure"), Looked::Unknown(_)));
}

#[test]
fn what_a_restart_from_this_shell_would_change_is_told() {
    let mut scene = Scene::running("0.7.2");
    scene.daemon_env = vec![
        ("AUTHSOME_BASE_URL", "http://localhost:7998".to_owned()),
        ("HTTPS_PROXY", "http://me:pass@proxy:8080".to_owned()),
        ("AUTHSOME_MASTER_KEY", "not for us".to_owned()),
    ];
    scene.env = vec![("NO_PROXY", "127.0.0.1")];
    let facts = scene.probed();
    let changes: Vec<String> = restart::changes(&facts).iter().map(ToString::to_string).collect();
    assert_eq!(
        changes,
        [
            "AUTHSOME_BASE_URL: http://localhost:7998 -> (not set)",
            "HTTPS_PROXY: http://proxy:8080 -> (not set)",
            "NO_PROXY: (not set) -> 127.0.0.1",
        ]
    );
    assert!(!facts.to_json().to_string().contains("not for us"));
}

#[cfg(unix)]
#[test]
fn the_installation_that_runs_it_is_told_from_the_one_on_path() {
    use std::os::unix::fs::PermissionsExt;

    let install = |root: &Path, version: &str| {
        fs::create_dir_all(root.join(format!("lib/python3.13/site-packages/authsome-{version}.dist-info"))).unwrap();
        fs::create_dir_all(root.join("bin")).unwrap();
        fs::write(root.join("bin/authsome"), format!("#!{}/bin/python\n", root.display())).unwrap();
        fs::set_permissions(root.join("bin/authsome"), fs::Permissions::from_mode(0o755)).unwrap();
    };
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    install(one.path(), "0.7.2");
    install(two.path(), "0.5.0");
    let path = one.path().join("bin").to_string_lossy().into_owned();
    let host = Host { env: Arc::new([("PATH", path.as_str())].into_iter().collect()), ..Host::real() };
    for (root, same, version) in [(one.path(), true, "0.7.2"), (two.path(), false, "0.5.0")] {
        let command = vec![root.join("bin/python").to_string_lossy().into_owned(), "-m".to_owned()];
        let mut facts = Facts::new();
        put_installation(&mut facts, &host, Process { command, ..Process::default() });
        assert_eq!(facts.truth("daemon.same_installation"), Some(same));
        assert_eq!(facts.text("daemon.installed_version"), Some(version));
    }
}

#[test]
fn the_last_callback_came_after_the_login_that_was_begun_last() {
    let scene = Scene::with(vec![]);
    scene.file(
        "client/logs/authsome.log",
        "2026-11-28 20:16:31.218 | INFO | authsome.cli.commands.core:login:229 - client_event event=login provider=acme \
         connection=work flow=unknown status=started\n",
    );
    let begun = "INFO:     127.0.0.1:1 - \"POST /api/auth/sessions HTTP/1.1\" 200 OK\n";
    let tab = "INFO:     127.0.0.1:1 - \"GET /api/auth/callback/oauth?code=s3cr3t&state=x HTTP/1.1\" 303 See Other\n";
    scene.file("server/daemon/daemon.log", &format!("{begun}{tab}{tab}"));
    let facts = scene.probed();
    assert_eq!(facts.text("daemon.last_login_begun.provider"), Some("acme"));
    assert!(matches!(facts.get("daemon.log_changed_at"), Looked::Known(Value::Time(_))));
    assert_eq!(facts.get("daemon.last_callback.not_before"), facts.get("daemon.last_login_begun.at"));
    assert_eq!(facts.truth("daemon.last_callback.replayed"), Some(true));
    assert_eq!(facts.number("daemon.last_callback.logins_before"), Some(1));

    // A login that was begun since says nothing of when it came.
    scene.file("server/daemon/daemon.log", &format!("{tab}{begun}"));
    let facts = scene.probed();
    assert_eq!(facts.get("daemon.last_callback.not_before"), Looked::Absent);
    assert_eq!(facts.number("daemon.last_callback.logins_since"), Some(1));
}

#[test]
fn without_an_answer_about_what_is_installed_nothing_is_said_of_a_daemon() {
    let mut known = Facts::new();
    known.set("authsome", Entry::from(unknown("no answer in 500 ms")));
    let facts = run(&Context::of(Host::real()), &known);
    assert!(matches!(facts.get("daemon.state"), Looked::Unknown(reason) if reason.contains("500 ms")));
    assert!(matches!(facts.get("daemon.base_url"), Looked::Unknown(_)));
}
