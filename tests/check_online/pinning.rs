//! The address that was judged is the one that is connected to, and the name is still the one that the certificate is for.

use super::internet::{Names, PUBLIC, checked, machine, said};
use super::site::{Shown, Site, Victim, reply};
use super::world::definition;
use authsome_doctor::host::http::{FailureKind, TlsFault};
use authsome_doctor::host::{Host, Request};
use authsome_doctor::probes::online::Policy;
use std::collections::BTreeMap;
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use url::Url;

#[test]
fn a_name_that_leads_elsewhere_at_the_second_look_up_is_looked_up_once() {
    let victim = Victim::start();
    let site = Site::showing(Shown::Good, &["rebind.example"], |_, _| reply(400, "{}"));
    let names = Names::saying(&[("rebind.example", &[&[PUBLIC], &["127.0.0.1"]])]);
    let host = machine(names.at, Some(&site), &[]);
    let definition = definition(&format!("https://rebind.example:{}", victim.port));
    let (_, diagnosis) = checked(&host, &definition, Policy { private_addresses: false, other_ports: true });
    assert_eq!(said(&diagnosis), "");
    assert!(site.requests().len() > 3, "{:?}", site.asked());
    assert_eq!(names.asked("rebind.example"), 1);
    assert_eq!(victim.visits(), 0);
}

#[test]
fn a_name_that_leads_inside_at_the_first_look_up_stays_refused() {
    let victim = Victim::start();
    let names = Names::saying(&[("rebind.example", &[&["127.0.0.1"], &[PUBLIC]])]);
    let definition = definition(&format!("https://rebind.example:{}", victim.port));
    let policy = Policy { private_addresses: false, other_ports: true };
    let (_, diagnosis) = checked(&machine(names.at, None, &[]), &definition, policy);
    assert!(said(&diagnosis).contains("rebind.example leads to 127.0.0.1, a loopback address"), "{}", said(&diagnosis));
    assert_eq!((names.asked("rebind.example"), victim.visits()), (1, 0));
}

fn counting(address: &str, port: u16) -> (u16, Arc<AtomicUsize>) {
    let listener = TcpListener::bind((address, port)).expect("a free port");
    let port = listener.local_addr().expect("it is bound").port();
    let visits = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&visits);
    std::thread::spawn(move || {
        for _ in listener.incoming() {
            counted.fetch_add(1, Ordering::SeqCst);
        }
    });
    (port, visits)
}

#[test]
#[cfg(target_os = "linux")]
fn the_client_goes_to_the_address_that_it_is_given_whatever_the_system_knows_of_the_name() {
    let (port, named) = counting("127.0.0.1", 0);
    let (_, given) = counting("127.0.0.2", port);
    let host = Host::real();
    let to = |url: String| Request::get(url.parse::<Url>().expect("a URL"));
    let by_name = host.http.send_pinned(&to(format!("https://localhost:{port}/")), &["127.0.0.2".parse().unwrap()]);
    assert!(by_name.is_err(), "it speaks no TLS");
    assert_eq!((named.load(Ordering::SeqCst), given.load(Ordering::SeqCst)), (0, 1));
    // A URL that holds an address cannot be sent to another one, nor the other way round.
    let mixed = host.http.send_pinned(&to(format!("https://127.0.0.1:{port}/")), &["127.0.0.2".parse().unwrap()]);
    assert!(mixed.err().expect("it is refused").text.contains("not the address that was checked"));
    let clear = host.http.send_pinned(&to(format!("http://localhost:{port}/")), &["127.0.0.2".parse().unwrap()]);
    assert!(clear.is_err(), "only https");
    assert_eq!((named.load(Ordering::SeqCst), given.load(Ordering::SeqCst)), (0, 1));
}

#[test]
fn the_certificate_is_checked_against_the_name_and_not_the_address() {
    let site = Site::showing(Shown::Good, &["good.example"], |_, _| reply(200, "fine"));
    let authority = site.authority().to_string_lossy().into_owned();
    let host = Host::real().with_environment(&BTreeMap::from([("SSL_CERT_FILE".to_owned(), Some(authority))]));
    let ask = |name: &str| {
        let url = format!("https://{name}:{}/", site.port).parse().expect("a URL");
        host.http.send_pinned(&Request::get(url), &["127.0.0.1".parse().expect("an address")])
    };
    assert_eq!(ask("good.example").map(|answer| answer.status).map_err(|failure| failure.text), Ok(200));
    let failure = ask("other.example").err().expect("the certificate is another's");
    assert_eq!((failure.kind, failure.tls_fault()), (FailureKind::Tls, Some(TlsFault::WrongName)));
}

#[test]
fn no_proxy_of_the_environment_is_used() {
    let proxy = Victim::start();
    let site = Site::showing(Shown::Good, &["good.example"], |_, _| reply(400, "{}"));
    let names = Names::saying(&[("good.example", &[&[PUBLIC]])]);
    let through = format!("http://127.0.0.1:{}", proxy.port);
    let environment = [("HTTPS_PROXY", through.as_str()), ("ALL_PROXY", &through)];
    let host = machine(names.at, Some(&site), &environment);
    let (_, diagnosis) = checked(&host, &definition("https://good.example"), Policy::default());
    assert_eq!(said(&diagnosis), "");
    assert!(!site.requests().is_empty());
    assert_eq!(proxy.visits(), 0);
}
