//! What a name server says, and what a machine without a network or behind a proxy cannot tell.

use super::internet::{Names, PUBLIC, checked, machine, said};
use super::site::{Shown, Site, reply};
use super::world::definition;
use authsome_doctor::diagnosis::{Diagnosis, Status};
use authsome_doctor::host::{DnsFailure, Host, NameServer, Resolver};
use authsome_doctor::probes::online::Policy;
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::sync::Arc;
use std::time::Duration;

fn rules(diagnosis: &Diagnosis) -> Vec<&str> {
    let online = diagnosis.findings.iter().map(|finding| finding.rule.as_str());
    online.filter(|rule| rule.starts_with("definition-online-")).collect()
}

fn asked(host: &Host) -> Diagnosis {
    checked(host, &definition("https://login.acme.example"), Policy::default()).1
}

#[test]
fn a_name_that_a_name_server_does_not_know_is_an_error_at_its_place() {
    let names = Names::saying(&[]);
    let diagnosis = asked(&machine(names.at, None, &[]));
    assert_eq!(rules(&diagnosis), ["definition-online-endpoint-unreachable", "definition-online-docs-unreachable"]);
    assert_eq!(diagnosis.findings[0].place.as_ref().expect("a place").pointer, "/oauth/authorization_url");
}

#[test]
fn without_a_network_nothing_is_fine_and_nothing_is_wrong() {
    let silent = UdpSocket::bind("127.0.0.1:0").expect("a free port");
    let gone = UdpSocket::bind("127.0.0.1:0").expect("a free port").local_addr().expect("it is bound");
    for at in [silent.local_addr().expect("it is bound"), gone] {
        let diagnosis = asked(&machine(at, None, &[]));
        assert_eq!(rules(&diagnosis), [""; 0]);
        assert_eq!(diagnosis.verdict().status, Status::Inconclusive);
        assert!(said(&diagnosis).contains("login.acme.example could not be looked up: no name server answered"));
    }
}

/// A system that knows no name, over name servers that say what they say: a machine without a network says so, too.
struct Deaf(NameServer);

impl Resolver for Deaf {
    fn system(&self, _: &str, _: Duration) -> Result<Vec<IpAddr>, DnsFailure> {
        Err(DnsFailure::NoSuchName)
    }

    fn name_servers(&self, host: &str, limit: Duration) -> Result<Vec<IpAddr>, DnsFailure> {
        self.0.name_servers(host, limit)
    }
}

#[test]
fn what_the_system_alone_says_of_a_name_is_no_proof() {
    let deaf = |at: SocketAddr| Host { resolver: Arc::new(Deaf(NameServer(at))), ..machine(at, None, &[]) };
    let silent = UdpSocket::bind("127.0.0.1:0").expect("a free port");
    let known = Names::saying(&[("login.acme.example", &[&["93.184.216.34"]])]);
    for (at, reason) in
        [(silent.local_addr().expect("it is bound"), "no name server confirms it"), (known.at, "its name servers do")]
    {
        let diagnosis = asked(&deaf(at));
        assert_eq!(rules(&diagnosis), [""; 0]);
        assert_eq!(diagnosis.verdict().status, Status::Inconclusive);
        assert!(said(&diagnosis).contains(reason), "{}", said(&diagnosis));
    }
    let unknown = Names::saying(&[]);
    assert_eq!(asked(&deaf(unknown.at)).verdict().status, Status::Problems);
}

#[test]
fn name_servers_that_know_only_their_own_network_prove_nothing() {
    let names = Names::walled(&[("wiki.corp.example", &[&["10.1.2.3"]])]);
    let diagnosis = asked(&machine(names.at, None, &[]));
    assert_eq!(rules(&diagnosis), [""; 0]);
    assert_eq!(diagnosis.verdict().status, Status::Inconclusive);
    assert!(said(&diagnosis).contains("not even a.root-servers.net"), "{}", said(&diagnosis));
    assert_eq!(names.asked("a.root-servers.net"), 1);
}

#[test]
fn behind_a_proxy_what_cannot_be_asked_directly_could_not_be_told_and_the_reason_names_it() {
    let names = Names::saying(&[]);
    let proxy = [("HTTPS_PROXY", "http://me:hunter2secret@proxy.corp.example:3128")];
    let diagnosis = asked(&machine(names.at, None, &proxy));
    assert_eq!(rules(&diagnosis), [""; 0]);
    assert_eq!(diagnosis.verdict().status, Status::Inconclusive);
    let said = said(&diagnosis);
    assert!(said.contains("the proxy http://proxy.corp.example:3128 is not used"), "{said}");
    assert!(!said.contains("hunter2"), "{said}");
}

#[test]
fn a_vendor_that_answers_404_to_who_has_no_client_is_believed_to_be_there() {
    for (host, found) in [("github.com", false), ("acme.example", true)] {
        let site = Site::showing(Shown::Good, &[host], |_, _| reply(404, "<h1>Not Found</h1>"));
        let names = Names::saying(&[(host, &[&[PUBLIC]])]);
        let mut definition = definition(&format!("https://{host}"));
        definition["docs_url"] = serde_json::Value::Null;
        let (_, diagnosis) = checked(&machine(names.at, Some(&site), &[]), &definition, Policy::default());
        let wanted: &[&str] = if found { &["definition-online-device-endpoint-gone"] } else { &[] };
        assert_eq!(rules(&diagnosis), wanted, "{host}");
    }
}

#[test]
fn a_name_that_leads_nowhere_public_says_which_address_it_was() {
    let names = Names::saying(&[("login.acme.example", &[&["10.1.2.3"]])]);
    let diagnosis = asked(&machine(names.at, None, &[]));
    assert_eq!(diagnosis.verdict().status, Status::Inconclusive, "an error could hide there");
    assert!(said(&diagnosis).contains("login.acme.example leads to 10.1.2.3, a private address"));
}
