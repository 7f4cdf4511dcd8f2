//! From the variables of a shell to what the doctor says about them, and what to type.

use authsome_doctor::diagnosis::{Finding, diagnose};
use authsome_doctor::facts::Facts;
use authsome_doctor::host::Host;
use authsome_doctor::probes::{Context, proxy};
use authsome_doctor::rules::{FixPlan, catalogue};
use std::sync::Arc;
use std::time::Duration;

/// A machine with an authsome whose commands speak with `client`: httpx since 0.6.
fn machine(client: &str) -> Facts {
    let mut facts = Facts::new();
    facts.set("machine.os", "linux");
    facts.set("authsome.path", "/usr/bin/authsome");
    facts.set("authsome.cli_client", client);
    facts.set("callback.redirect_uri", "http://127.0.0.1:7998/api/auth/callback/oauth");
    facts
}

fn found(client: &str, shell: &[(&str, &str)]) -> Vec<Finding> {
    found_on(machine(client), shell)
}

fn found_on(mut facts: Facts, shell: &[(&str, &str)]) -> Vec<Finding> {
    let host = Host { env: Arc::new(shell.iter().copied().collect()), ..Host::real() };
    let context = Context { limit: Duration::from_secs(5), ..Context::of(host) };
    facts.merge((proxy::PROBE.run)(&context, &facts));
    diagnose(catalogue::built_in_rules(), &facts).findings
}

/// Each finding with the first thing to type, as a shell would take it.
fn said(client: &str, shell: &[(&str, &str)]) -> Vec<(String, String)> {
    let typed = |finding: &Finding| match finding.fixes.first().map(|fix| &fix.plan) {
        Some(FixPlan::SetEnv(variables)) => {
            let line = |(name, value): (&String, &Option<String>)| match value {
                Some(value) => format!("export {name}={value}"),
                None => format!("unset {name}"),
            };
            variables.iter().map(line).collect::<Vec<_>>().join("; ")
        }
        Some(other) => other.kind().to_owned(),
        None => "nothing".to_owned(),
    };
    found(client, shell).iter().map(|finding| (finding.rule.clone(), typed(finding))).collect()
}

fn assert_said(client: &str, shell: &[(&str, &str)], expected: &[(&str, &str)]) {
    let said = said(client, shell);
    let said: Vec<(&str, &str)> = said.iter().map(|(rule, typed)| (rule.as_str(), typed.as_str())).collect();
    assert_eq!(said, expected, "{shell:?}");
}

const PROXY: &str = "http://me:secret@proxy:8080";

#[test]
fn a_machine_without_proxies_is_healthy() {
    assert_said("httpx", &[], &[]);
}

#[test]
fn a_machine_whose_proxies_spare_loopback_is_healthy() {
    let shell = [("HTTP_PROXY", PROXY), ("HTTPS_PROXY", PROXY), ("NO_PROXY", "localhost,127.0.0.1")];
    assert_said("httpx", &shell, &[]);
}

#[test]
fn a_command_that_would_ask_the_proxy_for_its_daemon_is_told_what_to_set() {
    let shell = [("HTTP_PROXY", PROXY), ("NO_PROXY", "localhost")];
    assert_said("httpx", &shell, &[("proxy-cli-to-daemon", "export NO_PROXY=localhost,127.0.0.1")]);
    let shell = [("HTTP_PROXY", PROXY), ("NO_PROXY", "127.0.0.0/8")];
    assert_said("httpx", &shell, &[("proxy-cli-to-daemon", "export NO_PROXY=127.0.0.0/8,127.0.0.1")]);
    assert_said("requests", &shell, &[]);
}

#[test]
fn a_value_that_breaks_every_command_is_told_even_where_no_proxy_is_set() {
    let shell = [("NO_PROXY", "localhost,[::1]")];
    assert_said("httpx", &shell, &[("proxy-setting-breaks-commands", "export NO_PROXY=localhost,::1")]);
    assert_said("requests", &shell, &[]);
}

#[test]
fn socks_is_one_root_with_every_variable_that_names_it() {
    let socks = "socks5h://127.0.0.1:1080";
    let shell = [("ALL_PROXY", socks), ("HTTPS_PROXY", socks), ("NO_PROXY", "127.0.0.1")];
    let findings = found("httpx", &shell);
    assert_eq!(findings[0].rule, "proxy-setting-breaks-commands");
    assert_eq!(findings[1].rule, "proxy-setting-breaks-token-request");
    assert_eq!(findings[1].caused_by, ["proxy-setting-breaks-commands"]);
    assert_eq!(said("httpx", &shell)[0].1, "unset ALL_PROXY; unset HTTPS_PROXY");
}

#[test]
fn a_proxy_without_a_scheme_stops_the_daemon_although_commands_take_it() {
    let shell = [("HTTPS_PROXY", "proxy:8080")];
    let expected = [("proxy-setting-breaks-token-request", "export HTTPS_PROXY=http://proxy:8080")];
    assert_said("httpx", &shell, &expected);
}

#[test]
fn a_certificate_file_that_is_not_there_is_told_for_whom_it_breaks() {
    assert_said(
        "httpx",
        &[("SSL_CERT_FILE", "/nonexistent/ca.pem")],
        &[
            ("certificate-file-breaks-commands", "unset SSL_CERT_FILE"),
            #[cfg(not(any(target_vendor = "apple", windows)))]
            ("certificate-file-breaks-this-program", "unset SSL_CERT_FILE"),
        ],
    );
    assert_said(
        "httpx",
        &[("REQUESTS_CA_BUNDLE", "/nonexistent/ca.pem")],
        &[("certificate-file-breaks-token-request", "unset REQUESTS_CA_BUNDLE")],
    );
}

#[test]
fn a_browser_that_is_told_to_ask_the_proxy_for_loopback_is_a_warning() {
    let shell = [("http_proxy", PROXY), ("no_proxy", "<-loopback>,127.0.0.1,localhost")];
    assert_said("httpx", &shell, &[]);
    let shell = [("http_proxy", PROXY), ("no_proxy", "127.0.0.1,<-loopback>")];
    let expected = [("proxy-browser-to-callback", "export no_proxy=<-loopback>,127.0.0.1")];
    assert_said("httpx", &shell, &expected);
}

#[test]
fn two_spellings_of_no_proxy_are_a_note() {
    let shell = [("no_proxy", "localhost,127.0.0.1"), ("NO_PROXY", "localhost")];
    assert_said("httpx", &shell, &[("no-proxy-spelled-twice", "note")]);
}

#[test]
fn no_finding_shows_the_proxys_password() {
    for shell in
        [[("HTTP_PROXY", PROXY), ("NO_PROXY", "localhost")], [("ALL_PROXY", "socks5://me:secret@proxy:1"), ("A", "")]]
    {
        let shown = format!("{:?}", found("httpx", &shell));
        assert!(shown.contains("proxy") && !shown.contains("secret"), "{shown}");
    }
}

#[test]
fn a_provider_on_this_machine_that_the_daemon_would_ask_the_proxy_for_is_told() {
    let mut facts = machine("httpx");
    facts.set("definition.oauth.token_url", "http://127.0.0.1:9100/token");
    // httpx reads an entry with a port, requests does not.
    let findings = found_on(facts, &[("HTTP_PROXY", PROXY), ("NO_PROXY", "127.0.0.1:7998,127.0.0.1:9100")]);
    assert_eq!(findings.iter().map(|f| f.rule.as_str()).collect::<Vec<_>>(), ["proxy-daemon-to-loopback-provider"]);
}

/// A process that stands for the daemon: only its variables are looked at.
#[cfg(target_os = "linux")]
fn with_daemon(daemon: &[(&str, &str)], shell: &[(&str, &str)]) -> Vec<Finding> {
    let mut sleep = std::process::Command::new("sleep");
    let mut child = sleep.arg("30").env_clear().envs(daemon.iter().copied()).spawn().unwrap();
    let mut facts = machine("httpx");
    facts.set("daemon.pid", child.id());
    let findings = found_on(facts, shell);
    child.kill().unwrap();
    child.wait().unwrap();
    findings
}

#[cfg(target_os = "linux")]
#[test]
fn a_daemon_from_before_the_proxy_was_set_is_a_warning() {
    let findings = with_daemon(&[], &[("HTTPS_PROXY", PROXY)]);
    assert_eq!(findings.iter().map(|f| f.rule.as_str()).collect::<Vec<_>>(), ["proxy-daemon-differs-from-shell"]);
    assert_eq!(findings[0].fixes[0].plan, FixPlan::RestartDaemon);
    assert!(with_daemon(&[("HTTPS_PROXY", PROXY)], &[("HTTPS_PROXY", PROXY)]).is_empty());
}

#[cfg(target_os = "linux")]
#[test]
fn a_daemon_that_keeps_a_bad_value_only_has_to_start_again() {
    let findings = with_daemon(&[("REQUESTS_CA_BUNDLE", "/nonexistent/ca.pem")], &[]);
    assert_eq!(findings[0].rule, "certificate-file-breaks-token-request");
    assert_eq!(findings[0].fixes.iter().map(|fix| fix.id.as_str()).collect::<Vec<_>>(), ["restart-daemon"]);
}
