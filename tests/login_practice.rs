//! `login practice`: the happy login, its narration, and every fault of the practice provider named for what it is.

mod common;

use common::{Answer, World, callback_on, free_port};
use serde_json::Value;
use std::fmt::Write;
use std::sync::Mutex;
use std::thread;

struct Fault {
    name: String,
    cause: String,
    flow: String,
}

fn faults() -> Vec<Fault> {
    let list = World::new().run(["practice", "--list-faults", "--format", "json"]).document();
    let text = |row: &Value, key: &str| row[key].as_str().expect("a text").to_owned();
    let rows = list["faults"].as_array().expect("a list");
    rows.iter()
        .map(|row| Fault { name: text(row, "name"), cause: text(row, "cause"), flow: text(row, "flow") })
        .collect()
}

/// Runs a login for every fault, as many at once as there are processors.
fn each_fault(faults: Vec<Fault>, arguments: &[&str], judge: impl Fn(&Fault, &Answer) -> Option<String> + Sync) {
    let (waiting, wrong) = (Mutex::new(faults), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(2, usize::from) {
            scope.spawn(|| {
                loop {
                    let Some(fault) = waiting.lock().expect("nobody panics while holding it").pop() else { return };
                    // A device code that nobody approves is polled for to the end of the waiting.
                    let named = ["--fault", &fault.name, "--flow", &fault.flow, "--format", "json", "--wait", "8"];
                    let answer = World::new().practise(&[&named, arguments].concat());
                    if let Some(why) = judge(&fault, &answer) {
                        wrong.lock().expect("nobody panics while holding it").push((fault.name, fault.cause, why));
                    }
                }
            });
        }
    });
    let mut wrong = wrong.into_inner().expect("nobody panicked while holding it");
    wrong.sort();
    let mut table = String::new();
    for (name, cause, why) in &wrong {
        writeln!(table, "{name:50} wanted {cause:36} {why}").expect("memory takes it");
    }
    assert!(wrong.is_empty(), "{} faults are not met rightly:\n{table}", wrong.len());
}

/// The first finding's cause, and what else it may be.
fn named(answer: &Answer) -> (String, Vec<String>) {
    let document = answer.document();
    let first = &document["findings"][0];
    let others = first["alternatives"].as_array().into_iter().flatten();
    let text = |value: &Value| value.as_str().unwrap_or("nothing").to_owned();
    (text(&first["cause"]), others.map(text).collect())
}

#[test]
fn every_fault_is_named_or_is_among_what_it_may_be() {
    each_fault(faults(), &[], |fault, answer| {
        let (cause, others) = named(answer);
        let right = answer.code == 1 && (cause == fault.cause || others.contains(&fault.cause));
        (!right).then(|| format!("exit {}, said {cause}, or {others:?}", answer.code))
    });
}

#[test]
fn a_login_that_goes_well_says_so_and_keeps_nothing() {
    let world = World::new();
    let answer = world.practise(&["--format", "human"]).ends_with(0);
    assert!(answer.stdout.contains("Logged in to Practice provider"), "{answer}");
    assert!(answer.stdout.contains("not kept"), "{answer}");
    assert_eq!(answer.stdout.lines().count(), 1, "{answer}");
    assert_eq!(world.kept(), ["doctor/states.json", "doctor/states.lock"]);
    let login = world.practise(&["--store"]).ends_with(0).document()["login"].clone();
    assert_eq!(login["credential"], "a practice credential is not kept", "{login}");
    assert_eq!(world.kept(), ["doctor/states.json", "doctor/states.lock"], "no tokens, whatever was asked");
}

#[test]
fn every_step_is_narrated_in_order_with_its_reason() {
    let port = free_port();
    let redirect_uri = callback_on(port);
    let world = World::new();
    let arguments = ["login", "practice", "--auto-approve", "--explain", "--format", "human"];
    let answer = world.run(arguments.iter().chain(&["--redirect-uri", &redirect_uri])).ends_with(0);
    let mut from = 0;
    for words in [
        " 1  Look first",
        " 2  Make a secret that only this program knows",
        "RFC 7636",
        " 3  Listen",
        &port.to_string(),
        " 4  Ask the provider",
        "/authorize",
        "response_type=code",
        &redirect_uri,
        "code_challenge_method=S256",
        " 5  The browser came back",
        "/auth/callback/oauth",
        "ours, matches",
        " 6  Swap the code for a token",
        "/token",
        "200",
        " 7  Compare what was granted",
        "asked read, write; granted read, write",
    ] {
        let at = answer.stderr[from..]
            .find(words)
            .unwrap_or_else(|| panic!("{words:?} is not narrated in its place: {answer}"));
        from += at + words.len();
    }
    assert!(answer.stdout.contains("Logged in"), "{answer}");
}

#[test]
fn a_second_attempt_is_told_apart_and_the_story_ends_with_a_timeline_and_what_was_proved() {
    let fault = ["--fault", "invalid_or_expired_code", "--fault-times", "1", "--yes"];
    let answer = World::new().practise(&[&fault[..], &["--explain", "--format", "human"]].concat()).ends_with(0);
    let mut from = 0;
    for words in [
        " 6  Swap the code for a token",
        "sent  grant_type=authorization_code, code=‹hidden›",
        "got   error=",
        "Attempt 2",
        " 7  Make a secret",
        "got   access_token=‹hidden›, token_type=Bearer, expires_in=3600",
        "Where the time went",
        "attempt 1",
        "attempt 2",
        "together",
        "What this run proves",
        "redirect URI registered: the provider sent the browser back",
        "not proved: that the provider checks the code_verifier",
    ] {
        let at = answer.stderr[from..].find(words).unwrap_or_else(|| panic!("{words:?} is not in its place: {answer}"));
        from += at + words.len();
    }
    // A word alone, an address, is never parted.
    let wide = answer.stderr.lines().filter(|line| line.chars().count() > 80 && line.trim().contains(' '));
    assert_eq!(wide.collect::<Vec<_>>(), Vec::<&str>::new());
}

#[test]
fn the_steps_of_a_login_are_in_the_document_too() {
    let answer = World::new().practise(&[]).ends_with(0);
    let steps = answer.document()["login"]["steps"].as_array().expect("steps").clone();
    let names: Vec<&str> = steps.iter().filter_map(|step| step["step"].as_str()).collect();
    assert_eq!(names, ["preflight", "secret", "listen", "authorize", "callback", "token", "scopes"]);
    assert!(steps.iter().all(|step| step["outcome"] == "done" && step["took_ms"].is_u64()), "{answer}");
    assert_eq!(steps[5]["exchange"]["answer"]["status"], 200, "{answer}");
    let login = &answer.document()["login"];
    assert_eq!(
        (&login["flow"], &login["via"], &login["outcome"]),
        (&"pkce".into(), &"standalone".into(), &"logged_in".into())
    );
}

#[test]
fn the_device_flow_and_a_registered_client_log_in_too() {
    for flow in ["device_code", "dcr_pkce"] {
        let answer = World::new().practise(&["--flow", flow]).ends_with(0);
        assert_eq!(answer.document()["login"]["flow"], flow, "{answer}");
    }
}

#[test]
fn a_fault_that_passes_is_mended_without_a_person_in_the_same_run() {
    for (fault, flow) in [("insufficient_scope", "pkce"), ("invalid_or_expired_code", "pkce")] {
        let answer = World::new().practise(&["--fault", fault, "--flow", flow, "--fault-times", "1", "--yes"]);
        let login = answer.document()["login"].clone();
        assert_eq!((answer.code, &login["attempts"]), (0, &2.into()), "{fault}: {answer}");
        assert_eq!(login["outcome"], "logged_in", "{answer}");
    }
}

#[test]
fn a_device_that_waits_or_is_told_to_slow_down_logs_in_all_the_same() {
    for (fault, times) in [("device_code_pending:github", "2"), ("rate_limited:device", "1")] {
        let arguments = ["--flow", "device_code", "--fault", fault, "--fault-times", times, "--format", "json"];
        let login = World::new().practise(&arguments).ends_with(0).document()["login"].clone();
        assert_eq!((&login["outcome"], &login["attempts"]), (&"logged_in".into(), &1.into()), "{fault}: {login}");
    }
}

#[test]
fn two_practice_logins_at_once_do_not_stand_in_each_others_way() {
    let world = World::new();
    thread::scope(|scope| {
        let logins: Vec<_> =
            (0..4).map(|_| scope.spawn(|| world.run(["login", "practice", "--auto-approve"]))).collect();
        for login in logins {
            login.join().expect("it does not panic").ends_with(0);
        }
    });
}
