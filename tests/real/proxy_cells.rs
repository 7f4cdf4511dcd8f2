//! Proxy variables in eight spellings with a dozen values of `NO_PROXY`: in each cell, with each version, authsome's own
//! client is asked whether it reaches its daemon, and `doctor` must say the same.

use std::process::Stdio;

use serde_json::{Map, Value, json};

use crate::support::daemon::Daemon;
use crate::support::port::CallbackPort;

use crate::support::program::World;
use crate::support::{installed, server_script};

const PROXIES: [(&str, &str); 8] = [
    ("HTTP_PROXY", "http://127.0.0.1:9"),
    ("http_proxy", "http://127.0.0.1:9"),
    ("ALL_PROXY", "http://127.0.0.1:9"),
    ("all_proxy", "http://127.0.0.1:9"),
    ("HTTPS_PROXY", "http://127.0.0.1:9"),
    ("https_proxy", "http://127.0.0.1:9"),
    ("HTTP_PROXY", "127.0.0.1:9"),
    ("all_proxy", "socks5://127.0.0.1:9"),
];

const EXCEPTIONS: [Option<&str>; 12] = [
    None,
    Some(""),
    Some("localhost"),
    Some("127.0.0.1"),
    Some("localhost, 127.0.0.1"),
    Some("127.0.0.1:7998"),
    Some("127.0.0.0/8"),
    Some("127.0.0.1/32"),
    Some("127.*"),
    Some(".local"),
    Some("*"),
    Some("127.0.0.1,localhost,[::1]"),
];

/// The rules that say that authsome's command does not reach its daemon.
const SAID_BY: [&str; 2] = ["proxy-cli-to-daemon", "proxy-setting-breaks-commands"];

fn cells() -> Vec<Map<String, Value>> {
    let cell = |(name, value): (&str, &str), exception: Option<&str>| {
        let mut cell = Map::from_iter([(name.to_owned(), json!(value))]);
        if let Some(exception) = exception {
            cell.insert("NO_PROXY".to_owned(), json!(exception));
        }
        cell
    };
    PROXIES.into_iter().flat_map(|proxy| EXCEPTIONS.into_iter().map(move |one| cell(proxy, one))).collect()
}

/// What authsome's own client meets in each cell.
fn met(world: &World, version: &str, cells: &[Map<String, Value>]) -> Vec<Value> {
    let mut command = world.command(installed(&format!("authsome-{version}/bin/python")));
    let sets = world.file("cells.json", &json!(cells).to_string());
    command.arg(server_script("authsome_reaches.py")).stdin(std::fs::File::open(sets).expect("our own file"));
    let output = command.stdout(Stdio::piped()).output().expect("authsome's interpreter runs");
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{version}: {error}: {}", String::from_utf8_lossy(&output.stderr)))
}

#[test]
fn in_every_cell_doctor_says_what_authsomes_own_client_meets() {
    let port = CallbackPort::take();
    let cells = cells();
    let mut wrong = Vec::new();
    for version in ["0.5.0", "0.6.4", "0.7.2"] {
        let mut world = World::with_authsome(version);
        let _daemon = Daemon::start(&port, &world, version);
        let met = met(&world, version, &cells);
        assert_eq!(met.len(), cells.len());
        let fine = met.iter().filter(|met| met.is_null()).count();
        assert!(fine > 10 && fine < cells.len() - 10, "{version}: {fine} cells are fine, the table tells nothing");
        for (cell, met) in cells.iter().zip(&met) {
            for (name, value) in cell {
                world.put(name, value.as_str().expect("a text"));
            }
            let answer = world.doctor(&["--offline"]);
            let findings = answer.findings("loopback_through_proxy");
            let said = findings.iter().any(|finding| SAID_BY.iter().any(|rule| finding["rule"] == *rule));
            if said == met.is_null() {
                wrong.push(format!("{version} {}: authsome's client: {met}; {}", json!(cell), answer.gist()));
            }
            for name in cell.keys() {
                world.forget(name);
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {} cells:\n{}", wrong.len(), 3 * cells.len(), wrong.join("\n"));
}
