//! `authsome explain --batch`: lines in, lines out, for logs, bots and agents.

use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Output, Stdio};

fn start(file: &str, more: &[&str]) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_authsome"));
    command.args(["explain", "--batch", file]).args(more).env_remove("AUTHSOME_FRONT").env("NO_COLOR", "1");
    command.env("AUTHSOME_HOME", std::env::temp_dir().join("authsome-explain-batch-tests"));
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts")
}

fn batch(lines: &[u8]) -> (Vec<Value>, i32) {
    let mut child = start("-", &[]);
    let mut input = child.stdin.take().expect("piped");
    let lines = lines.to_vec();
    let writer = std::thread::spawn(move || input.write_all(&lines));
    let output: Output = child.wait_with_output().expect("it ends");
    writer.join().expect("joined").expect("written");
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    let read = |line: &str| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
    (text.lines().map(read).collect(), output.status.code().expect("an exit code"))
}

fn line(id: &Value, input: &str) -> String {
    format!("{}\n", json!({"id": id, "input": input}))
}

const MISMATCH: &str = r#"{"error":"redirect_uri_mismatch"}"#;

#[test]
fn every_line_is_answered_by_one_document_with_its_id_in_the_order_of_the_lines() {
    let lines: String = (0..1000)
        .map(|n| match n % 3 {
            0 => line(&json!(n), MISMATCH),
            1 => line(&json!(format!("n{n}")), "make: *** [all] Error 2"),
            _ => line(&json!({"deep": n}), "Error: invalid_scope"),
        })
        .collect();
    let (answers, code) = batch(lines.as_bytes());
    assert_eq!((answers.len(), code), (1000, 0));
    for (n, answer) in answers.iter().enumerate() {
        let (id, cause) = match n % 3 {
            0 => (json!(n), json!("redirect_uri_mismatch")),
            1 => (json!(format!("n{n}")), Value::Null),
            _ => (json!({"deep": n}), json!("invalid_scope")),
        };
        assert_eq!((&answer["id"], &answer["verdict"]["cause"]), (&id, &cause), "{answer}");
        assert_eq!(answer["schema_version"], "1");
        assert_eq!(answer["command"], "explain");
    }
    assert_eq!(answers[1]["verdict"]["status"], "healthy");
}

#[test]
fn a_line_says_the_same_as_explain_with_one_text() {
    let one = Command::new(env!("CARGO_BIN_EXE_authsome"))
        .args(["explain", MISMATCH, "--provider", "github", "--format", "json"])
        .env("AUTHSOME_HOME", std::env::temp_dir().join("authsome-explain-batch-tests"))
        .output()
        .expect("it runs");
    let mut one: Value = serde_json::from_slice(&one.stdout).expect("JSON");
    let text = format!("{}\n", json!({"id": 1, "input": MISMATCH, "provider": "github"}));
    let mut of_batch = batch(text.as_bytes()).0.remove(0);
    of_batch.as_object_mut().expect("an object").remove("id");
    for document in [&mut one, &mut of_batch] {
        document.as_object_mut().expect("an object").remove("timings_ms");
    }
    assert_eq!(one, of_batch);
    let fixes = one["findings"][0]["fixes"].to_string();
    assert!(fixes.contains("github.com/settings/developers"), "the provider that was named: {fixes}");
}

#[test]
fn a_line_that_cannot_be_read_has_an_error_with_its_place_and_the_others_are_answered() {
    let long = format!("{{\"id\": 5, \"input\": \"{}\"}}\n", "a".repeat(9 << 20));
    let lines = [
        b"{\"id\": 1, \"input\": \"invalid_scope\"\n\n".as_slice(),
        b"{\"id\": \"b\", \"text\": \"invalid_scope\"}\n",
        b"\xff\xfe\n",
        b"{\"id\": 4, \"input\": \"  \"}\n",
        long.as_bytes(),
        b"{\"id\": 6, \"input\": \"Error: invalid_scope\"}",
    ]
    .concat();
    let (answers, code) = batch(&lines);
    assert_eq!((answers.len(), code), (6, 2));
    let places: Vec<_> = answers.iter().map(|answer| answer["error"]["location"]["line"].as_u64()).collect();
    assert_eq!(places, [Some(1), Some(3), Some(4), Some(5), Some(6), None]);
    assert_eq!(answers[1]["id"], "b", "the id is there, though the rest is not");
    assert!(answers[1]["error"]["message"].as_str().expect("words").contains("input"), "{}", answers[1]);
    assert_eq!(answers[3]["error"]["kind"], "usage");
    assert_eq!(answers[0]["verdict"], json!({"status": "error", "cause": null, "rule": null}));
    assert_eq!(answers[5]["verdict"]["cause"], "invalid_scope");
}

#[test]
fn a_text_that_no_rule_knows_makes_the_exit_code_3() {
    let lines = line(&json!(1), MISMATCH) + &line(&json!(2), "the oauth login is purple");
    let (answers, code) = batch(lines.as_bytes());
    assert_eq!(code, 3);
    assert_eq!(answers[1]["verdict"]["status"], "inconclusive");
}

#[test]
fn whoever_writes_a_line_and_waits_is_answered() {
    let mut child = start("-", &[]);
    let mut input = child.stdin.take().expect("piped");
    let mut output = BufReader::new(child.stdout.take().expect("piped"));
    for n in 0..3 {
        input.write_all(line(&json!(n), MISMATCH).as_bytes()).expect("written");
        let mut answer = String::new();
        output.read_line(&mut answer).expect("an answer");
        assert_eq!(serde_json::from_str::<Value>(&answer).expect("JSON")["id"], n);
    }
    drop(input);
    assert!(child.wait().expect("it ends").success());
}

#[test]
fn a_file_is_read_and_the_answers_can_go_to_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let (from, to) = (folder.path().join("in.jsonl"), folder.path().join("out.jsonl"));
    std::fs::write(&from, line(&json!("x"), MISMATCH).repeat(600)).expect("written");
    let output = start(&from.display().to_string(), &["--output", &to.display().to_string()]).wait_with_output();
    let output = output.expect("it ends");
    assert!(output.status.success() && output.stdout.is_empty(), "{output:?}");
    assert_eq!(std::fs::read_to_string(&to).expect("written").lines().count(), 600);
    let missing =
        start(&folder.path().join("none.jsonl").display().to_string(), &[]).wait_with_output().expect("it ends");
    assert_eq!(missing.status.code(), Some(2));
}

#[test]
fn no_secret_of_a_line_comes_out() {
    let said = "POST /token code=SplxlOBeZQQYbYS6WxSbIA1&client_secret=planted-s3cr3t-77&code_verifier=dBjftJeZ4CVPmB92K27uhbUJU1p1rwW1gFWFOEjXk {\"error\":\"invalid_grant\"}";
    let (answers, _) = batch(line(&json!(1), said).as_bytes());
    let text = answers[0].to_string();
    for secret in ["SplxlOBeZQQYbYS6WxSbIA1", "planted-s3cr3t-77", "dBjftJeZ4CVPmB92K27uhbUJU1p1rwW1gFWFOEjXk"] {
        assert!(!text.contains(secret), "{text}");
    }
}
