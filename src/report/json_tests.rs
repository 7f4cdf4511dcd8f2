//! What a program reads, letter by letter.

use super::sample::{self, HOME};
use super::*;
use crate::rules::{FixPlan, Safety};
use insta::assert_snapshot;
use serde_json::json;

#[test]
fn the_json_document_is_the_contracts() {
    let mut document = json(&sample::port_held(), HOME);
    let mut taken = |key| document.as_object_mut().unwrap().shift_remove(key).unwrap();
    assert_eq!(taken("tool"), json!({"name": "authsome-doctor", "version": env!("CARGO_PKG_VERSION")}));
    assert_eq!(taken("facts")["port"]["listeners"][0]["owner"]["pid"], 4242);
    assert_snapshot!(sink::json_text(&document), @r##"
    {
      "schema_version": "1",
      "command": "doctor",
      "verdict": {
        "status": "problems",
        "cause": "port_in_use",
        "rule": "callback-port-held-by-other-program",
        "certainty": "certain"
      },
      "findings": [
        {
          "rule": "callback-port-held-by-other-program",
          "cause": "port_in_use",
          "severity": "error",
          "certainty": "certain",
          "title": "Port 7998 is held by python3 (pid 4242)",
          "explanation": "The provider sends the browser back to http://127.0.0.1:7998/auth/callback/oauth.\nAnother program answers there, so the authorization code would reach it instead of authsome.",
          "evidence": [
            {
              "fact": "port.listeners[0].address",
              "value": "127.0.0.1"
            },
            {
              "fact": "port.listeners[0].owner.command",
              "value": "python3 -m http.server 7998 --directory ~/site"
            },
            {
              "fact": "port.listeners[0].owner.pid",
              "value": 4242
            },
            {
              "fact": "port.listeners[0].owner.started_at",
              "value": "2026-11-22T09:20:46Z"
            }
          ],
          "fixes": [
            {
              "id": "stop-owner",
              "title": "Stop python3",
              "kind": "stop_process",
              "command": [
                "kill",
                "4242"
              ],
              "safety": "confirm",
              "applied": false,
              "verified": false
            },
            {
              "id": "see-owner",
              "title": "Look at it first",
              "kind": "run",
              "command": [
                "lsof",
                "-nP",
                "-iTCP:7998",
                "-sTCP:LISTEN"
              ],
              "safety": "manual",
              "applied": false,
              "verified": false
            }
          ],
          "refs": [
            "https://authsome.ai/docs/troubleshooting/oauth-callbacks"
          ],
          "page": "docs/causes/port_in_use.md#callback-port-held-by-other-program"
        },
        {
          "rule": "daemon-not-reachable",
          "cause": "daemon_not_running",
          "severity": "error",
          "certainty": "certain",
          "title": "authsome's daemon cannot start",
          "caused_by": [
            "callback-port-held-by-other-program"
          ],
          "page": "docs/causes/daemon_not_running.md#daemon-not-reachable"
        }
      ],
      "timings_ms": {
        "total": 14
      }
    }
    "##);
}

#[test]
fn a_healthy_document_has_two_nulls_and_nothing_empty_but_the_findings() {
    let document = json(&sample::healthy(), HOME);
    assert_eq!(document["verdict"], json!({"status": "healthy", "cause": null, "rule": null}));
    assert_eq!(document["findings"], json!([]));
    assert!(document.get("inconclusive").is_none());
}

#[test]
fn a_run_that_failed_gives_a_document_with_the_error_and_its_place() {
    let mut document = json(&sample::unreadable(), HOME);
    document.as_object_mut().unwrap().shift_remove("tool");
    assert_snapshot!(sink::json_text(&document), @r##"
    {
      "schema_version": "1",
      "command": "doctor",
      "verdict": {
        "status": "error",
        "cause": null,
        "rule": null
      },
      "error": {
        "kind": "unreadable_input",
        "message": "there is no fact port.numbr; the nearest is port.number",
        "location": {
          "file": "facts.json",
          "line": 3,
          "column": 7,
          "pointer": "/port/numbr"
        }
      }
    }
    "##);
}

#[test]
fn keys_of_a_command_stand_beside_ours_and_never_replace_them() {
    let mut report = sample::healthy();
    report.extra.insert("v".into(), json!(1));
    report.extra.insert("verdict".into(), json!("theirs"));
    let document = json(&report, HOME);
    assert_eq!(document["v"], 1);
    assert_eq!(document["verdict"]["status"], "healthy");
}

#[test]
fn every_kind_of_fix_says_what_to_do_in_json_too() {
    let plans = [
        (FixPlan::OpenUrl("https://a.example/".into()), json!({"url": "https://a.example/"})),
        (FixPlan::Note("n".into()), json!({"text": "n"})),
        (FixPlan::RestartDaemon, json!({"command": ["authsome", "daemon", "restart"]})),
        (FixPlan::StartDaemon, json!({"command": ["authsome", "daemon", "start"]})),
        (FixPlan::MoveAside { path: "/a b".into() }, json!({"command": ["mv", "-n", "/a b", "/a b.aside"]})),
        (
            FixPlan::WriteFile { path: "/a".into(), content: "{}".into() },
            json!({"file": {"path": "/a", "content": "{}"}}),
        ),
        (FixPlan::Chmod { path: "/a b".into(), mode: 0o600 }, json!({"command": ["chmod", "0600", "/a b"]})),
        (FixPlan::SetEnv([("A".to_owned(), None)].into()), json!({"env": {"A": null}})),
        (FixPlan::Ask([("client_secret".to_owned(), true)].into()), json!({"ask": ["client_secret"]})),
    ];
    for (plan, expected) in plans {
        let mut report = sample::port_held();
        let kind = plan.kind();
        report.findings[0].fixes = vec![sample::fix("f", "t", plan, Safety::Manual)];
        let fix = &json(&report, HOME)["findings"][0]["fixes"][0];
        assert_eq!(fix["kind"], kind);
        for (key, value) in expected.as_object().unwrap() {
            assert_eq!(&fix[key], value, "{kind}");
        }
    }
}
