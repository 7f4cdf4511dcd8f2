//! The probe over made-up shells, and over the environment of a real process.

use super::*;
use crate::facts::{Entry, Fact, Looked, Value};
use crate::host::Host;
use std::sync::Arc;

/// What the other probes found: an authsome of 0.6 or later, and where the callback goes.
fn before() -> Facts {
    let mut facts = Facts::new();
    facts.set("machine.os", "linux");
    facts.set("authsome.path", "/usr/bin/authsome");
    facts.set("authsome.cli_client", "httpx");
    facts.set("callback.redirect_uri", "http://127.0.0.1:7998/api/auth/callback/oauth");
    facts
}

fn probed(shell: &[(&str, &str)], before: &Facts) -> Facts {
    let env = shell.iter().copied().collect();
    run(&Context::of(Host { env: Arc::new(env), ..Host::real() }), before)
}

/// A field of a hop, as text.
fn field(facts: &Facts, hop: &str, field: &str) -> String {
    let entries = facts.list("proxy.hops").unwrap();
    let records = entries.iter().filter_map(|entry| match &entry.fact {
        Fact::Known(Value::Record(record)) => Some(record),
        _ => None,
    });
    let text = |entry: &Entry| match &entry.fact {
        Fact::Known(Value::Text(text)) => text.clone(),
        Fact::Known(Value::Truth(truth)) => truth.to_string(),
        other => format!("{other:?}"),
    };
    let found = records.filter(|record| record.get("hop").map(text).as_deref() == Some(hop)).find_map(|r| r.get(field));
    found.map_or("nothing".to_owned(), text)
}

#[test]
fn the_hop_to_the_daemon_is_named_with_the_value_that_cures_it() {
    let facts = probed(&[("HTTP_PROXY", "http://me:pw@proxy:8080"), ("NO_PROXY", "localhost")], &before());
    assert_eq!(field(&facts, "cli_to_daemon", "route"), "proxy");
    assert_eq!(field(&facts, "cli_to_daemon", "proxy"), "http://proxy:8080");
    assert_eq!(field(&facts, "cli_to_daemon", "why"), "NO_PROXY=localhost does not cover 127.0.0.1");
    assert_eq!(field(&facts, "cli_to_daemon", "cure_text"), "Set NO_PROXY=localhost,127.0.0.1");
    assert_eq!(facts.text("proxy.hops[0].cure[0].variable"), Some("NO_PROXY"));
    assert_eq!(facts.text("proxy.hops[0].cure[0].value"), Some("localhost,127.0.0.1"));
    for direct in ["browser_to_callback", "this_program_to_daemon"] {
        assert_eq!(field(&facts, direct, "route"), "direct", "{direct}");
    }
    assert!(!format!("{facts:?}").contains("me:pw"));
}

#[test]
fn without_proxy_variables_every_hop_is_direct_and_nothing_needs_a_cure() {
    let facts = probed(&[], &before());
    for hop in ["cli_to_daemon", "daemon_to_provider", "browser_to_callback", "this_program_to_provider"] {
        assert_eq!(field(&facts, hop, "route"), "direct", "{hop}");
        assert_eq!(field(&facts, hop, "cure"), "nothing", "{hop}");
    }
    assert_eq!(facts.get("proxy.case_conflict"), Looked::Absent);
    assert_eq!(facts.get("proxy.daemon_variables"), Looked::Absent);
}

#[test]
fn a_proxy_to_the_provider_is_told_and_is_no_fault() {
    let mut known = before();
    known.set("definition.oauth.token_url", "{base_url}/token");
    known.set("definition.oauth.base_url", "https://login.acme.example/");
    let facts = probed(&[("https_proxy", "http://proxy:8080")], &known);
    assert_eq!(field(&facts, "daemon_to_provider", "url"), "https://login.acme.example/token");
    assert_eq!(field(&facts, "daemon_to_provider", "route"), "proxy");
    assert_eq!(field(&facts, "daemon_to_provider", "cure"), "nothing");
    assert_eq!(field(&facts, "cli_to_daemon", "route"), "direct");
}

#[test]
fn the_old_command_line_is_judged_by_the_rules_of_its_own_client() {
    let shell = [("HTTP_PROXY", "http://proxy:8080"), ("NO_PROXY", "127.0.0.0/8")];
    let mut old = before();
    old.set("authsome.cli_client", "requests");
    assert_eq!(field(&probed(&shell, &old), "cli_to_daemon", "route"), "direct");
    assert_eq!(field(&probed(&shell, &before()), "cli_to_daemon", "route"), "proxy");
}

#[test]
fn without_an_authsome_only_the_browser_and_this_program_count() {
    let mut none = Facts::new();
    none.set("machine.os", "macos");
    let facts = probed(&[("HTTP_PROXY", "http://proxy:8080")], &none);
    assert_eq!(field(&facts, "cli_to_daemon", "route"), "nothing");
    assert_eq!(field(&facts, "browser_to_callback", "route"), "nothing");
    assert_eq!(field(&facts, "this_program_to_daemon", "route"), "direct");
}

#[test]
fn what_breaks_a_client_is_told_in_its_own_words() {
    let facts = probed(&[("NO_PROXY", "localhost,[::1]")], &before());
    assert_eq!(field(&facts, "cli_to_daemon", "route"), "breaks");
    assert_eq!(field(&facts, "cli_to_daemon", "error"), "Invalid port: ':1]'");
    assert_eq!(field(&facts, "cli_to_daemon", "value"), "[::1]");
    assert_eq!(field(&facts, "cli_to_daemon", "cure_text"), "Set NO_PROXY=localhost,::1");
}

#[test]
fn socks_is_no_fault_where_authsomes_python_can_speak_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut known = before();
    known.set("authsome.package", folder.path().join("authsome").to_str().unwrap());
    let shell = [
        ("ALL_PROXY", "socks5h://127.0.0.1:1080"),
        ("HTTPS_PROXY", "socks5h://127.0.0.1:1080"),
        ("NO_PROXY", "127.0.0.1"),
    ];
    let facts = probed(&shell, &known);
    assert_eq!(field(&facts, "cli_to_daemon", "route"), "breaks");
    assert_eq!(field(&facts, "cli_to_daemon", "cure_text"), "Unset HTTPS_PROXY, ALL_PROXY");
    assert_eq!(field(&facts, "daemon_to_provider", "error"), "Missing dependencies for SOCKS support.");
    std::fs::create_dir(folder.path().join("socksio")).unwrap();
    std::fs::write(folder.path().join("socks.py"), "").unwrap();
    let facts = probed(&shell, &known);
    assert_eq!(field(&facts, "cli_to_daemon", "route"), "direct");
    assert_eq!(field(&facts, "daemon_to_provider", "proxy"), "socks5h://127.0.0.1:1080");
}

#[test]
fn a_certificate_file_is_looked_at_where_it_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ca.pem");
    let route = |path: &std::path::Path| {
        let facts = probed(&[("SSL_CERT_FILE", path.to_str().unwrap())], &before());
        (field(&facts, "cli_to_daemon", "route"), field(&facts, "cli_to_daemon", "error"))
    };
    assert_eq!(route(&file), ("breaks".into(), "[Errno 2] No such file or directory".into()));
    assert_eq!(route(folder.path()), ("breaks".into(), "[Errno 21] Is a directory".into()));
    std::fs::write(&file, "nothing of the kind").unwrap();
    assert!(route(&file).1.contains("NO_CERTIFICATE_OR_CRL_FOUND"));
    std::fs::write(&file, "-----BEGIN CERTIFICATE-----\n…\n-----END CERTIFICATE-----\n").unwrap();
    assert_eq!(route(&file).0, "direct");
}

#[test]
fn two_spellings_conflict_only_where_they_mean_different_hosts() {
    let conflict = |lower, upper| probed(&[("no_proxy", lower), ("NO_PROXY", upper)], &before());
    assert_eq!(conflict("a, b", "b,a").get("proxy.case_conflict"), Looked::Absent);
    assert_eq!(conflict("a", "b").text("proxy.case_conflict.lower"), Some("a"));
}

/// A process that sleeps, with these variables and no others.
#[cfg(target_os = "linux")]
struct Sleeper(std::process::Child);

#[cfg(target_os = "linux")]
impl Sleeper {
    fn with(pairs: &[(&str, &str)]) -> (Self, Facts) {
        let mut command = std::process::Command::new("sleep");
        let child =
            command.arg("30").env_clear().env("PATH", "/usr/bin:/bin").envs(pairs.iter().copied()).spawn().unwrap();
        let mut facts = before();
        facts.set("daemon.pid", child.id());
        (Self(child), facts)
    }
}

#[cfg(target_os = "linux")]
impl Drop for Sleeper {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[cfg(target_os = "linux")]
#[test]
fn the_running_daemon_is_judged_by_what_it_was_started_with() {
    let (_daemon, known) = Sleeper::with(&[("HTTPS_PROXY", "proxy:3128"), ("AUTHSOME_MASTER_KEY", "secret")]);
    let facts = probed(&[], &known);
    assert_eq!(field(&facts, "daemon_to_provider", "environment"), "running_daemon");
    assert_eq!(field(&facts, "daemon_to_provider", "route"), "breaks");
    assert_eq!(field(&facts, "daemon_to_provider", "with_this_shell"), "directly");
    // Starting it again from this shell is enough.
    assert_eq!(field(&facts, "daemon_to_provider", "cure"), "nothing");
    assert_eq!(facts.text("proxy.daemon_variables[0].name"), Some("HTTPS_PROXY"));
    assert_eq!(facts.list("proxy.daemon_variables").map(<[_]>::len), Some(1));
}

#[cfg(target_os = "linux")]
#[test]
fn a_daemon_that_misses_the_proxy_of_this_shell_is_told() {
    let (_daemon, known) = Sleeper::with(&[]);
    let facts = probed(&[("HTTPS_PROXY", "http://proxy:3128")], &known);
    assert_eq!(field(&facts, "daemon_to_provider", "route"), "direct");
    assert_eq!(field(&facts, "daemon_to_provider", "with_this_shell"), "through http://proxy:3128");
    let same = probed(&[], &known);
    assert_eq!(field(&same, "daemon_to_provider", "with_this_shell"), "Absent");
}
