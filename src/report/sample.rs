//! Reports made by hand, as real runs give them.

use crate::diagnosis::{Evidence, Finding, FixOffer, Inconclusive, Report, RunError, Status, Verdict};
use crate::facts::{self, Facts, Looked, Path, registry};
use crate::rules::{Certainty, FixPlan, Safety, Severity};
use serde_json::json;
use std::collections::BTreeMap;
use std::time::Duration;

pub const HOME: &str = "/home/joe";

pub fn facts(json: &serde_json::Value) -> Facts {
    facts::read(json).unwrap()
}

pub fn report(status: Status, facts: Facts, findings: Vec<Finding>) -> Report {
    Report {
        command: "doctor",
        verdict: Verdict { status, error: None },
        findings,
        inconclusive: Vec::new(),
        facts,
        checks: 24,
        took: Duration::from_millis(14),
        extra: serde_json::Map::new(),
    }
}

pub fn finding(facts: &Facts, rule: &str, cause: &str, severity: Severity, title: &str, evidence: &[&str]) -> Finding {
    let evidence = evidence.iter().map(|fact| Evidence {
        fact: (*fact).to_owned(),
        value: if let Looked::Known(value) = facts.get(fact) { Some(value.clone()) } else { None },
        meaning: registry::find(&Path::parse(fact).spec_name()).map_or("", |spec| spec.meaning),
    });
    Finding {
        rule: rule.to_owned(),
        cause: cause.to_owned(),
        severity,
        certainty: Certainty::Certain,
        title: title.to_owned(),
        explanation: String::new(),
        evidence: evidence.collect(),
        caused_by: Vec::new(),
        alternatives: Vec::new(),
        question: None,
        place: None,
        fixes: Vec::new(),
        refs: Vec::new(),
        from_outside: false,
    }
}

pub fn fix(id: &str, title: &str, plan: FixPlan, safety: Safety) -> FixOffer {
    FixOffer { id: id.to_owned(), title: title.to_owned(), plan, safety, applied: false, verified: false, note: None }
}

pub fn verb(name: &str, arguments: &[(&str, &str)]) -> FixPlan {
    let arguments = arguments.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    FixPlan::Verb { verb: name.to_owned(), arguments }
}

/// A web server on the port, and what follows from it.
pub fn port_held() -> Report {
    let facts = facts(&json!({"port": {"number": 7998, "configured_by": "default", "free": false, "listeners": [{
        "address": "127.0.0.1", "covers_callback": true, "answers": "http",
        "owner": {"kind": "other_program", "kind_because": "its answer is not authsome's", "pid": 4242, "name": "python3",
            "command": "python3 -m http.server 7998 --directory /home/joe/site", "user": "joe", "ours": true,
            "started_at": "2026-11-22T09:20:46Z", "protected": false},
    }]}}));
    let owner = "port.listeners[0].owner";
    let mut root = finding(
        &facts,
        "callback-port-held-by-other-program",
        "port_in_use",
        Severity::Error,
        "Port 7998 is held by python3 (pid 4242)",
        &[
            "port.listeners[0].address",
            &format!("{owner}.command"),
            &format!("{owner}.pid"),
            &format!("{owner}.started_at"),
        ],
    );
    root.explanation =
        "The provider sends the browser back to http://127.0.0.1:7998/auth/callback/oauth.\nAnother program \
                        answers there, so the authorization code would reach it instead of authsome."
            .to_owned();
    root.fixes = vec![
        fix("stop-owner", "Stop python3", FixPlan::StopProcess { pid: 4242, started_at: None }, Safety::Confirm),
        fix(
            "see-owner",
            "Look at it first",
            FixPlan::Run(["lsof", "-nP", "-iTCP:7998", "-sTCP:LISTEN"].map(str::to_owned).to_vec()),
            Safety::Manual,
        ),
    ];
    root.refs = vec!["https://authsome.ai/docs/troubleshooting/oauth-callbacks".to_owned()];
    let mut consequence = finding(
        &facts,
        "daemon-not-reachable",
        "daemon_not_running",
        Severity::Error,
        "authsome's daemon cannot start",
        &[],
    );
    consequence.caused_by = vec![root.rule.clone()];
    report(Status::Problems, facts, vec![root, consequence])
}

/// Another version's path is registered, and a proxy is in the way.
pub fn wrong_path() -> Report {
    let facts = facts(&json!({
        "provider": {"name": "github", "title": "GitHub", "found": true},
        "callback": {
            "redirect_uri": "http://127.0.0.1:7998/api/auth/callback/oauth", "sender": "authsome 0.7.2",
            "path": "/api/auth/callback/oauth",
            "registered": {"verdict": "not_registered", "certainty": "certain", "method": "provider_redirect",
                "uri": "http://127.0.0.1:7998/auth/callback/oauth", "difference_text": "no /api",
                "is_other_version": "0.2.4 to 0.5.0"},
        },
    }));
    let mut root = finding(
        &facts,
        "redirect-uri-other-version",
        "redirect_uri_mismatch",
        Severity::Error,
        "github cannot log in: the redirect URI is not the one GitHub has registered",
        &["callback.redirect_uri", "callback.registered.uri", "callback.registered.method"],
    );
    root.fixes = vec![
        fix(
            "register",
            "Open your app and put the URI that is sent into \"Authorization callback URL\"",
            FixPlan::OpenUrl("https://github.com/settings/developers".to_owned()),
            Safety::Manual,
        ),
        fix("again", "Log in again", verb("login", &[("provider", "github"), ("force", "true")]), Safety::Manual),
    ];
    let mut warning = finding(
        &facts,
        "proxy-cli-to-daemon",
        "loopback_through_proxy",
        Severity::Warning,
        "authsome's own requests to its daemon would go through the proxy (NO_PROXY=localhost does not cover 127.0.0.1)",
        &[],
    );
    let value = Some("localhost,127.0.0.1".to_owned());
    let variables = BTreeMap::from([("NO_PROXY".to_owned(), value)]);
    warning.fixes = vec![fix("cover", "Cover it", FixPlan::SetEnv(variables), Safety::Manual)];
    report(Status::Problems, facts, vec![root, warning])
}

pub fn healthy() -> Report {
    let facts = facts(&json!({
        "callback": {"redirect_uri": "http://127.0.0.1:7998/api/auth/callback/oauth"},
        "daemon": {"state": "running", "version": "0.7.2", "pid": 9852},
        "browser": {"can_open": true, "name": "firefox", "same_machine": true},
        "proxy": {"variables": [], "hops": []},
    }));
    Report { took: Duration::from_millis(11), ..report(Status::Healthy, facts, Vec::new()) }
}

pub fn hidden_owner() -> Report {
    let open = |rule: &str| Inconclusive {
        rule: rule.to_owned(),
        title: rule.replace('-', " "),
        severity: Severity::Error,
        because: "port.listeners[0].owner: belongs to another user; to see it: sudo authsome doctor".to_owned(),
    };
    let mut report = healthy();
    report.verdict.status = Status::Inconclusive;
    report.inconclusive = vec![open("callback-port-held-by-other-program"), open("callback-port-held-by-hung-daemon")];
    report
}

pub fn vague_answer() -> Report {
    let facts = facts(&json!({"error": {"code": "invalid_client", "status": 401, "source": "argument", "text": "x"}}));
    let mut finding = finding(
        &facts,
        "token-invalid-client",
        "invalid_client_credentials",
        Severity::Error,
        "The provider does not accept this client id and secret",
        &["error.code", "error.status"],
    );
    finding.certainty = Certainty::Likely;
    finding.alternatives = vec!["client_not_found".to_owned()];
    finding.question = Some("Is the client id still listed in the provider's app settings?".to_owned());
    let ask = BTreeMap::from([("client_secret".to_owned(), true)]);
    finding.fixes = vec![fix("ask", "Enter a new client secret", FixPlan::Ask(ask), Safety::Confirm)];
    Report { command: "explain", ..report(Status::Problems, facts, vec![finding]) }
}

pub fn unreadable() -> Report {
    let place = facts::Place { file: "facts.json".into(), line: 3, column: 7, pointer: "/port/numbr".into() };
    let message = "there is no fact port.numbr; the nearest is port.number".to_owned();
    let mut report = report(Status::Error, Facts::new(), Vec::new());
    report.verdict.error = Some(RunError { kind: "unreadable_input", message, place: Some(place) });
    report
}
