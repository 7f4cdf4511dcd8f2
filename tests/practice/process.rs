//! The provider as the process that `login` and people start.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use authsome_doctor::practice::faults::table;
use serde_json::Value;

fn practice(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_authsome"));
    command.arg("practice").args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// The document that it announces itself with; it goes on running after that.
fn announced(child: &mut Child) -> Value {
    let mut document = String::new();
    for line in BufReader::new(child.stdout.as_mut().unwrap()).lines() {
        let line = line.unwrap();
        let last = line == "}";
        document.push_str(&line);
        if last {
            break;
        }
    }
    serde_json::from_str(&document).unwrap_or_else(|problem| panic!("{problem}: {document}"))
}

fn exit_code(mut child: Child) -> Option<i32> {
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(10) {
        if let Some(status) = child.try_wait().unwrap() {
            return status.code();
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    child.kill().unwrap();
    panic!("it did not end");
}

#[test]
fn it_announces_what_a_login_needs_and_ends_with_its_parent() {
    let mut child = practice(&["--format", "json", "--exit-with-stdin", "--fault", "rate_limited"]).spawn().unwrap();
    let document = announced(&mut child);
    for key in ["issuer", "client_id", "client_secret", "public_client_id"] {
        assert!(document[key].as_str().is_some_and(|value| value.len() > 7), "{key}: {document:#}");
    }
    assert!(!document.to_string().contains("rate_limited"), "it tells the client of the fault");
    let address = document["issuer"].as_str().unwrap().strip_prefix("http://").unwrap();
    assert!(std::net::TcpStream::connect(address).is_ok());
    drop(child.stdin.take());
    assert_eq!(exit_code(child), Some(0));
    assert!(std::net::TcpStream::connect(address).is_err());
}

#[test]
#[cfg(unix)]
fn it_ends_when_it_is_told_to() {
    let mut child = practice(&["--format", "json"]).spawn().unwrap();
    announced(&mut child);
    let pid = child.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    assert_eq!(exit_code(child), Some(0));
}

#[test]
fn a_port_that_is_taken_is_named_and_exits_2() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let output = practice(&["--format", "json", "--port", &port]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(document["verdict"]["status"], "error");
    assert!(document["error"]["message"].as_str().unwrap().contains(&port));
}

#[test]
fn a_misspelt_fault_is_answered_with_the_right_name_and_exits_2() {
    let mut child = practice(&["--fault", "invalid_scop"]).spawn().unwrap();
    let mut said = String::new();
    child.stderr.as_mut().unwrap().read_to_string(&mut said).unwrap();
    child.stdout.as_mut().unwrap().read_to_string(&mut said).unwrap();
    assert_eq!(exit_code(child), Some(2));
    assert!(said.contains("invalid_scope"), "{said}");
}

#[test]
fn the_faults_can_be_listed() {
    let output = practice(&["--list-faults", "--format", "human"]).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(table().all(|row| text.contains(&row.name())), "{text}");
}
