//! A small internet: a real name server that says what a test says, and one public address behind which a server of the
//! test's own stands. Everything but that one translation is the real program: look-up, guard, sockets, TLS.

use super::site::Site;
use authsome_doctor::definition::{Source, Surroundings, Target, facts, read};
use authsome_doctor::diagnosis::{Diagnosis, diagnose};
use authsome_doctor::facts::Facts;
use authsome_doctor::host::{Answer, Host, Http, HttpFailure, NameServer, Request};
use authsome_doctor::probes::online::{Policy, look};
use authsome_doctor::rules::Rules;
use authsome_doctor::rules::compiled::Rule;
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;
use url::Url;

/// The public address of the test's own server.
pub const PUBLIC: &str = "93.184.216.34";

/// Answers A and AAAA questions out of a table; each further question for a name gets the next of its answers, and the
/// last one stays. Who is not in the table does not exist.
pub struct Names {
    pub at: SocketAddr,
    asked: Arc<Mutex<HashMap<String, usize>>>,
}

impl Names {
    /// Of the internet, so they know its root.
    pub fn saying(table: &[(&str, &[&[&str]])]) -> Self {
        let root: (&str, &[&[&str]]) = ("a.root-servers.net", &[&["198.41.0.4"]]);
        Self::walled(&[table, &[root]].concat())
    }

    /// These names and no others.
    pub fn walled(table: &[(&str, &[&[&str]])]) -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").expect("a free port");
        let at = socket.local_addr().expect("it is bound");
        let table: HashMap<String, Vec<Vec<IpAddr>>> = table
            .iter()
            .map(|(name, turns)| {
                let turns = turns.iter().map(|all| all.iter().map(|one| one.parse().expect("an address")).collect());
                ((*name).to_owned(), turns.collect())
            })
            .collect();
        let asked = Arc::new(Mutex::new(HashMap::new()));
        let counted = Arc::clone(&asked);
        thread::spawn(move || {
            let mut question = [0; 1500];
            while let Ok((length, from)) = socket.recv_from(&mut question) {
                let _ = socket.send_to(&answer(&question[..length], &table, &counted), from);
            }
        });
        Self { at, asked }
    }

    /// How often the IPv4 addresses of a name were asked for.
    pub fn asked(&self, name: &str) -> usize {
        self.asked.lock().expect("nobody panics while holding it").get(name).copied().unwrap_or(0)
    }
}

fn answer(
    question: &[u8],
    table: &HashMap<String, Vec<Vec<IpAddr>>>,
    asked: &Mutex<HashMap<String, usize>>,
) -> Vec<u8> {
    let mut labels = Vec::new();
    let mut at = 12;
    while question[at] != 0 {
        let length = usize::from(question[at]);
        labels.push(String::from_utf8_lossy(&question[at + 1..=at + length]).to_lowercase());
        at += length + 1;
    }
    let (name, end) = (labels.join("."), at + 1);
    let is_a = question[end..end + 2] == [0, 1];
    let turn = {
        let mut asked = asked.lock().expect("nobody panics while holding it");
        let times = asked.entry(name.clone()).or_insert(0);
        *times += usize::from(is_a);
        times.saturating_sub(usize::from(is_a))
    };
    let known = table.get(&name).and_then(|turns| turns.get(turn.min(turns.len() - 1)));
    let mut reply = question[..end + 4].to_vec();
    reply[2..4].copy_from_slice(&[0x81, if known.is_some() { 0x80 } else { 0x83 }]);
    reply[6..12].fill(0);
    for address in known.into_iter().flatten().filter(|address| address.is_ipv4() == is_a) {
        reply[7] += 1;
        reply.extend([0xc0, 12, 0, if is_a { 1 } else { 28 }, 0, 1, 0, 0, 0, 0]);
        match address {
            IpAddr::V4(address) => reply.extend([&[0, 4][..], &address.octets()].concat()),
            IpAddr::V6(address) => reply.extend([&[0, 16][..], &address.octets()].concat()),
        }
    }
    reply
}

/// The real HTTP, where packets to [`PUBLIC`] arrive at a server on loopback, as behind a router.
struct Router {
    real: Arc<dyn Http>,
    server: Option<u16>,
}

impl Http for Router {
    fn send(&self, request: &Request) -> Result<Answer, HttpFailure> {
        self.real.send(request)
    }

    fn send_pinned(&self, request: &Request, addresses: &[IpAddr]) -> Result<Answer, HttpFailure> {
        let public: IpAddr = PUBLIC.parse().expect("an address");
        match self.server.filter(|_| addresses.contains(&public)) {
            None => self.real.send_pinned(request, addresses),
            Some(port) => {
                let mut request = request.clone();
                request.url.set_port(Some(port)).expect("it has a host");
                self.real.send_pinned(&request, &[Ipv4Addr::LOCALHOST.into()])
            }
        }
    }

    fn proxy_for(&self, url: &Url) -> Option<String> {
        self.real.proxy_for(url)
    }
}

/// This machine, with those names and, where one is given, that server at the public address.
pub fn machine(names: SocketAddr, server: Option<&Site>, environment: &[(&str, &str)]) -> Host {
    let mut changes: BTreeMap<String, Option<String>> = BTreeMap::new();
    for name in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"] {
        changes.insert(name.to_owned(), None);
    }
    for (name, value) in environment {
        changes.insert((*name).to_owned(), Some((*value).to_owned()));
    }
    if let Some(site) = server {
        changes.insert("SSL_CERT_FILE".to_owned(), Some(site.authority().to_string_lossy().into_owned()));
    }
    let host = Host::real().with_environment(&changes);
    let http = Arc::new(Router { real: Arc::clone(&host.http), server: server.map(|site| site.port) });
    Host { resolver: Arc::new(NameServer(names)), http, ..host }
}

/// What is seen of a definition from there, and what the rules say of it.
pub fn checked(host: &Host, definition: &Value, policy: Policy) -> (Facts, Diagnosis) {
    let document = read(definition.to_string().as_bytes(), "acme.json").expect("it parses");
    let around = Surroundings {
        source: Source::File,
        file: "acme.json",
        bundled: None,
        in_package: false,
        target: Target::newest(),
        endpoints: true,
        in_use: None,
    };
    let mut all = facts(Ok(&document), around);
    let seen = look(host, &[&all], policy, Duration::from_secs(20)).remove(0);
    all.merge(seen);
    let rules = Rules::built_in();
    let rules: Vec<&Rule> = rules.iter().filter(|rule| rule.sections == ["definition"]).collect();
    let diagnosis = diagnose(rules.iter().copied(), &all);
    (all, diagnosis)
}

/// Title, explanation and reasons of all that was said about online matters.
pub fn said(diagnosis: &Diagnosis) -> String {
    let findings = diagnosis.findings.iter().filter(|finding| finding.rule.starts_with("definition-online-"));
    let findings = findings.map(|finding| format!("{}: {}: {}", finding.rule, finding.title, finding.explanation));
    findings.chain(diagnosis.inconclusive.iter().map(|open| open.because.clone())).collect::<Vec<_>>().join("\n")
}
