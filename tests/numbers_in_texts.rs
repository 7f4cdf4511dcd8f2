//! A port is only a port, and an identifier only that: no number that the rules look for is found inside one. Both are chance, and
//! what is read out of port 33060 or of request 2f-503d-42fa would be wrong once in a hundred logins.

use authsome_doctor::diagnosis::diagnose;
use authsome_doctor::error_reader;
use authsome_doctor::rules::Rules;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// A port that looks like nothing.
const PLAIN: &str = "40961";
const TEXTS: [&str; 6] = [
    "http://127.0.0.1:PORT/authorize\nSomething happened",
    "http://127.0.0.1:PORT/consent\nSign in\nYou have to confirm your email address before continuing.",
    "Error 400: redirect_uri_mismatch http://localhost:PORT/callback",
    "dial tcp 127.0.0.1:PORT: connect: connection refused",
    "POST http://localhost:PORT/token failed: {\"error\":\"invalid_client\",\"error_description\":\"Client authentication failed\"}",
    "Error: listen EADDRINUSE: address already in use 127.0.0.1:PORT",
];

/// What is found in this text, with this port in it.
fn found(text: &str, port: &str) -> Vec<String> {
    let facts = error_reader::read(text.replace("PORT", port), "argument");
    let diagnosis = diagnose(Rules::built_in().over(&facts), &facts);
    diagnosis.findings.into_iter().map(|finding| finding.rule).collect()
}

/// Every number of three or four digits in the files below.
fn numbers(folder: &Path, into: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).expect("a folder of ours") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            numbers(&path, into);
        } else {
            let text = fs::read_to_string(path).expect("a text of ours");
            let runs = text.split(|c: char| !c.is_ascii_digit()).filter(|run| [3, 4].contains(&run.len()));
            into.extend(runs.map(str::to_owned));
        }
    }
}

#[test]
fn a_port_that_holds_a_known_number_is_read_like_any_other() {
    let mut known = BTreeSet::new();
    for folder in ["rules", "data/error_words"] {
        numbers(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder), &mut known);
    }
    let longer =
        |number: &String| [format!("{number}7"), format!("{number}70"), format!("1{number}"), format!("1{number}7")];
    let is_port =
        |port: &String| port.len() > 3 && port.parse::<u32>().is_ok_and(|port| (1024..=65_535).contains(&port));
    let ports: BTreeSet<String> =
        known.iter().flat_map(longer).filter(is_port).filter(|port| !known.contains(port)).collect();
    assert!(ports.len() > 500, "{}", ports.len());
    let mut wrong = Vec::new();
    for text in TEXTS {
        let plain = found(text, PLAIN);
        let differs = |port: &&String| found(text, port) != plain;
        wrong
            .extend(ports.iter().filter(differs).map(|port| format!("{port}: {:?}, not {plain:?}", found(text, port))));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn an_identifier_of_a_request_says_nothing() {
    let mut known = BTreeSet::from(["2fa".to_owned()]);
    numbers(&Path::new(env!("CARGO_MANIFEST_DIR")).join("rules"), &mut known);
    let text = "login failed, request PORT was not served";
    assert_eq!(found(text, "one"), Vec::<String>::new());
    for number in known.iter().filter(|number| number.len() == 3) {
        for id in [format!("2ecb5371-9{number}-0a2f-9e84-1eb199ffc327"), format!("8f2a50{number}c2d1e0f")] {
            assert_eq!(found(text, &id), Vec::<String>::new(), "{id}");
        }
    }
}
