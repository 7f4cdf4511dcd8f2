//! Where real clients were seen to send a request, the same is said by our reading of their rules: every cell of the
//! tables in `fixtures/proxies/`.

use std::collections::BTreeMap;

use authsome_doctor::host::http::is_loopback;
use authsome_doctor::probes::proxy::{Certificates, Client, ProxyEnv, Route, chromium_bypasses, cure};
use url::Url;

const HOSTS: [&str; 4] = ["127.0.0.1", "localhost", "[::1]", "127.0.0.2"];

/// The lines of a table, split at tabs.
fn rows(table: &str) -> impl Iterator<Item = Vec<&str>> {
    table.lines().filter(|line| !line.starts_with('#')).map(|line| line.split('\t').collect())
}

fn variables(json: &str) -> BTreeMap<String, String> {
    serde_json::from_str(json).expect(json)
}

fn env(json: &str) -> ProxyEnv {
    read(variables(json))
}

fn read(variables: BTreeMap<String, String>) -> ProxyEnv {
    ProxyEnv::read(variables, |path| match path {
        "/tmp" => Certificates::Folder,
        "/etc/hostname" => Certificates::NotThese,
        _ => Certificates::Nowhere,
    })
}

fn url(text: &str) -> Url {
    Url::parse(text).expect(text)
}

fn letter(route: &Route) -> char {
    match route {
        Route::Direct => 'D',
        Route::Proxy { .. } => 'P',
        Route::Breaks { .. } => 'E',
    }
}

fn judged(client: Client, variables: &str, hosts: &[&str]) -> String {
    let env = env(variables);
    hosts.iter().map(|host| letter(&client.route(&env, &url(&format!("http://{host}:17998/x"))))).collect()
}

#[test]
fn every_cell_of_the_loopback_table_is_judged_as_the_client_behaved() {
    let mut cells = 0;
    for row in rows(include_str!("../fixtures/proxies/loopback.tsv")) {
        let clients = [Client::Curl, Client::Requests, Client::Httpx, Client::Reqwest];
        for (client, &seen) in clients.into_iter().zip(&row[1..]) {
            assert_eq!(judged(client, row[0], &HOSTS), seen, "{} with {}", client.name(), row[0]);
            cells += seen.len();
        }
    }
    assert_eq!(cells, 36 * 4 * 4);
}

#[test]
fn every_row_of_the_authsome_table_is_judged_as_authsome_behaved() {
    let mut rows_seen = 0;
    for row in rows(include_str!("../fixtures/proxies/authsome.tsv")) {
        let client = if row[0] == "httpx" { Client::Httpx } else { Client::Requests };
        let route = client.route(&env(row[1]), &url(row[2]));
        match row[3] {
            "ok" => assert_eq!(route, Route::Direct, "{row:?}"),
            _ if row[4].is_empty() => assert!(matches!(route, Route::Proxy { .. }), "{row:?} gave {route:?}"),
            _ => assert!(matches!(&route, Route::Breaks { why, .. } if why == row[4]), "{row:?} gave {route:?}"),
        }
        rows_seen += 1;
    }
    assert_eq!(rows_seen, 37);
}

#[test]
fn every_cell_of_the_chromium_table_is_judged_as_chromium_behaved() {
    let hosts = ["127.0.0.1", "localhost", "[::1]", "127.0.0.2", "foo.localhost"];
    for row in rows(include_str!("../fixtures/proxies/chromium.tsv")) {
        let judged = match row[0] {
            "env" => judged(Client::Chromium, row[1], &hosts),
            // A script's answer is not asked for what the implicit rules send direct.
            _ => hosts
                .iter()
                .map(|host| chromium_bypasses(row[1], &url(&format!("http://{host}:17995/cb"))))
                .map(|direct| if direct { 'D' } else { 'P' })
                .collect(),
        };
        for ((seen, judged), host) in row[2].chars().zip(judged.chars()).zip(hosts) {
            assert!(seen == judged || seen == '-', "{row:?} on {host}: {judged}");
        }
    }
}

#[test]
fn every_odd_value_is_judged_as_the_client_behaved_and_its_error_quoted() {
    let mut wrong = Vec::new();
    for row in rows(include_str!("../fixtures/proxies/measured.tsv")) {
        for (client, seen) in [Client::Curl, Client::Requests, Client::Httpx].into_iter().zip(&row[2..]) {
            let route = client.route(&env(row[0]), &url(row[1]));
            let quoted = match &route {
                Route::Breaks { why, .. } => seen.contains(&why.replace('\t', "\\t")) || row[0].contains('@'),
                _ => true,
            };
            if !seen.starts_with(letter(&route)) || !quoted {
                wrong.push(format!("{} {} {}: saw {seen}, judged {route:?}", client.name(), row[0], row[1]));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_judgement_shows_a_password() {
    for row in rows(include_str!("../fixtures/proxies/measured.tsv")).filter(|row| row[0].contains('@')) {
        let env = env(row[0]);
        assert!(!format!("{env:?}").contains("user"), "{env:?}");
        for client in [Client::Curl, Client::Requests, Client::Httpx, Client::Reqwest, Client::Chromium] {
            let shown = format!("{:?}", client.route(&env, &url(row[1])));
            let told: Vec<&str> =
                ["user", "pw", "'pa", "p@ss"].into_iter().filter(|secret| shown.contains(secret)).collect();
            assert!(told.is_empty(), "{} with {}: {shown} tells {told:?}", client.name(), row[0]);
        }
    }
}

#[test]
fn every_trouble_in_the_tables_has_a_cure_that_works() {
    let mut cured = 0;
    let measured = rows(include_str!("../fixtures/proxies/measured.tsv")).map(|row| (row[0], row[1]));
    let loopback =
        rows(include_str!("../fixtures/proxies/loopback.tsv")).map(|row| (row[0], "http://127.0.0.1:17998/x"));
    for (json, target) in measured.chain(loopback) {
        let url = url(target);
        for client in [Client::Curl, Client::Requests, Client::Httpx, Client::Reqwest, Client::Chromium] {
            let Some(changes) = cure(&env(json), client, &url) else {
                assert_eq!(client.route(&env(json), &url), Route::Direct, "{json} {target}");
                continue;
            };
            let mut variables = variables(json);
            for change in &changes {
                match &change.value {
                    Some(value) => variables.insert(change.variable.to_owned(), value.clone()),
                    None => variables.remove(change.variable),
                };
            }
            assert!(is_loopback(&url) && !changes.is_empty());
            assert_eq!(client.route(&read(variables), &url), Route::Direct, "{json} with {changes:?}");
            cured += 1;
        }
    }
    assert!(cured > 500, "{cured}");
}
