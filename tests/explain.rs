//! `authsome explain`, end to end: what it names, what it prints, how it exits, and what it never lets out.

use assert_cmd::Command;
use serde_json::Value;
use std::io::Write;

fn explain(arguments: &[&str]) -> Command {
    let mut command = Command::cargo_bin("authsome").expect("the program");
    let home = std::env::temp_dir().join("authsome-explain-tests");
    command.env("AUTHSOME_HOME", home).env_remove("AUTHSOME_FRONT").env("NO_COLOR", "1").arg("explain").args(arguments);
    command
}

fn text(mut command: Command, code: i32) -> String {
    let output = command.output().expect("it runs");
    let stdout = String::from_utf8(output.stdout).expect("text");
    assert_eq!(output.status.code(), Some(code), "{stdout}{}", String::from_utf8_lossy(&output.stderr));
    stdout
}

fn json(arguments: &[&str], code: i32) -> Value {
    let mut command = explain(arguments);
    command.args(["--format", "json"]);
    serde_json::from_str(&text(command, code)).expect("one JSON document")
}

const MISMATCH: &str = r#"{"error":"redirect_uri_mismatch","error_description":"The redirect_uri MUST match the registered callback URL for this application."}"#;

#[test]
fn a_provider_s_error_is_named_with_what_to_do() {
    let answer = text(explain(&[MISMATCH]), 0);
    assert!(answer.starts_with("✖ The provider has not registered the redirect URI that was sent"), "{answer}");
    assert!(answer.contains("Register the exact address at the provider"), "{answer}");
    assert!(answer.contains("authsome explain redirect-uri-not-registered"), "{answer}");
}

#[test]
fn fixes_speak_of_the_vendor_s_own_page_and_field() {
    let answer = text(explain(&[r#"{"error":"incorrect_client_credentials"}"#]), 0);
    assert!(answer.contains("https://github.com/settings/developers"), "{answer}");
    assert!(answer.contains("authsome revoke github"), "{answer}");
    assert!(!answer.contains("Enter a new client secret"), "only a login can ask: {answer}");
}

#[test]
fn the_json_document_has_verdict_facts_and_alternatives() {
    let document = json(&["Error: token exchange failed: invalid_client"], 0);
    assert_eq!(document["command"], "explain");
    assert_eq!(document["verdict"]["cause"], "invalid_client_credentials");
    assert_eq!(document["verdict"]["rule"], "invalid-client");
    assert_eq!(document["verdict"]["certainty"], "likely");
    assert_eq!(document["findings"][0]["alternatives"], serde_json::json!(["client_not_found"]));
    assert!(document["findings"][0]["question"].is_string());
    assert_eq!(document["facts"]["error"]["code"], "invalid_client");
    assert_eq!(document["facts"]["error"]["step"], "token");
    assert_eq!(document["facts"]["error"]["candidates"][0]["line"], 1);
}

#[test]
fn what_authsome_left_in_its_audit_table_is_named_though_it_dropped_the_answer() {
    let said = "AuthenticationFailedError: [github] Authentication failed: Token exchange failed: 401 Client Error: Unauthorized for url: https://github.com/login/oauth/access_token";
    let answer = text(explain(&[said]), 0);
    assert!(
        answer.starts_with("✖ The provider refused the token request with 401; authsome threw its words away"),
        "{answer}"
    );
    assert!(answer.contains("authsome revoke github"), "{answer}");
}

#[test]
fn a_text_about_something_else_is_no_login_matter() {
    assert!(text(explain(&["make: *** [all] Error 2"]), 0).contains("Not a login matter"));
    let document = json(&["segmentation fault (core dumped)"], 0);
    assert_eq!(document["verdict"]["status"], "healthy");
    assert!(document["verdict"]["cause"].is_null());
}

#[test]
fn an_unknown_error_of_a_login_says_what_was_read_and_exits_3() {
    let answer =
        text(explain(&[r#"{"error":"purple_elephant","error_description":"the oauth elephant is purple"}"#]), 3);
    assert!(answer.contains("Not recognised") && answer.contains("purple_elephant"), "{answer}");
    assert_eq!(json(&["the oauth login is purple"], 3)["verdict"]["status"], "inconclusive");
}

#[test]
fn a_rule_and_a_cause_have_pages() {
    let page = text(explain(&["redirect-uri-not-registered"]), 0);
    for part in ["The provider has not registered", "fix", "cause", "see also", "read", "https://"] {
        assert!(page.contains(part), "{part}: {page}");
    }
    assert!(!page.contains("{provider"), "a page is no template: {page}");
    let page = text(explain(&["state_mismatch"]), 0);
    assert!(page.contains("What to fix") && page.contains("state-does-not-match"), "{page}");
    assert_eq!(json(&["state_mismatch"], 0)["cause"]["label"], "state_mismatch");
    assert_eq!(json(&["invalid-client"], 0)["rule"]["cause"], "invalid_client_credentials");
}

#[test]
fn every_rule_and_every_cause_has_a_page_without_a_hole() {
    use authsome_doctor::rules::catalogue;
    let rules: Vec<_> = catalogue::built_in_rules().collect();
    for cause in catalogue::causes() {
        let of_cause: Vec<_> = rules.iter().copied().filter(|rule| rule.cause == cause.label).collect();
        let page =
            authsome_doctor::report::cause_page(cause, &of_cause, &[]).render(&authsome_doctor::sink::Screen::PLAIN);
        assert!(page.contains(&cause.label) && !page.contains("{provider"), "{page}");
    }
    for rule in rules {
        let page =
            authsome_doctor::report::rule_as_read(rule, None, &[], None).render(&authsome_doctor::sink::Screen::PLAIN);
        assert!(page.lines().count() > 5 && !page.contains("|or "), "{page}");
    }
}

#[test]
fn text_makes_a_text_of_a_label_and_standard_input_always_is_one() {
    let page = text(explain(&["invalid_scope"]), 0);
    assert!(page.starts_with("invalid_scope"), "{page}");
    let answer = text(explain(&["--text", "invalid_scope"]), 0);
    assert!(answer.starts_with("✖ "), "{answer}");
    for arguments in [&["-"][..], &[]] {
        let mut command = explain(arguments);
        command.write_stdin("invalid_scope");
        assert!(text(command, 0).starts_with("✖ "));
    }
}

#[test]
fn a_file_is_read_and_one_that_is_not_there_is_a_clear_error() {
    let mut file = tempfile::NamedTempFile::new().expect("a file");
    file.write_all(MISMATCH.as_bytes()).expect("written");
    let at = format!("@{}", file.path().display());
    assert!(text(explain(&[&at]), 0).contains("redirect-uri-not-registered"));
    let document = json(&["@/nonexistent/said.txt"], 2);
    assert_eq!(document["error"]["kind"], "unreadable_input");
    assert_eq!(json(&["   "], 2)["error"]["kind"], "usage");
    assert_eq!(json(&["@/"], 2)["error"]["kind"], "unreadable_input");
}

#[test]
fn the_last_word_of_a_hundred_megabytes_is_still_heard() {
    let mut file = tempfile::NamedTempFile::new().expect("a file");
    let line = "2026-03-02 10:00:00 DEBUG nothing to see here, and a {brace, \"quote and 'apostrophe\n".repeat(12_500);
    for _ in 0..100 {
        file.write_all(line.as_bytes()).expect("written");
    }
    file.write_all(b"2026-03-02 10:00:01 ERROR token exchange failed: invalid_client\n").expect("written");
    let begun = std::time::Instant::now();
    let document = json(&[&format!("@{}", file.path().display())], 0);
    assert_eq!(document["verdict"]["cause"], "invalid_client_credentials");
    assert!(document["facts"]["error"]["skipped"].as_u64().expect("said") > 90_000_000);
    assert!(begun.elapsed().as_secs() < 60, "{:?}", begun.elapsed());
}

#[test]
fn bytes_that_are_no_text_and_escape_sequences_neither_break_it_nor_get_out() {
    let mut command = explain(&["-"]);
    command.write_stdin(
        &b"\xfe\x80 \x1b[31merror\x1b[0m: \x1b]0;owned\x07invalid_scope \xe2\x80\xae::set-output name=x::y\n"[..],
    );
    let answer = text(command, 0);
    assert!(answer.starts_with("✖ ") && !answer.contains('\u{1b}') && !answer.contains('\u{202e}'), "{answer}");
    let mut command = explain(&["-"]);
    command.write_stdin("[{".repeat(200_000));
    text(command, 0);
}

#[test]
fn no_secret_of_the_text_is_in_any_answer() {
    let said = "http://127.0.0.1:7998/auth/callback/oauth?code=Zq7secretPlanted9&state=Zq7secretPlanted9&error=access_denied \
                {\"client_secret\":\"Zq7secretPlanted9\",\"access_token\":\"Zq7secretPlanted9\"} Authorization: Bearer Zq7secretPlanted9";
    for format in ["human", "json"] {
        let mut command = explain(&[said]);
        command.args(["--format", format, "-v"]);
        let answer = text(command, 0).to_lowercase();
        assert!(!answer.contains("zq7secretplanted9"), "{answer}");
    }
}
