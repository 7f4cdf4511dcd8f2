//! Where answers lead: followed three times at most, each step judged like a URL of the definition.

use super::internet::{Names, PUBLIC, checked, machine, said};
use super::site::{Shown, Site, Victim, leading_to, reply};
use super::world::{World, assert_found, definition};
use authsome_doctor::probes::online::Policy;

#[test]
fn no_redirect_reaches_a_listener_and_each_is_told() {
    let victim = Victim::start();
    for (to, reason) in [
        ("https://127.0.0.1:PORT/", "loopback"),
        ("https://2130706433:PORT/", "loopback"),
        ("https://[::ffff:127.0.0.1]:PORT/", "loopback"),
        ("//127.0.0.1:PORT/", "loopback"),
        ("https://inside.example:PORT/", "inside.example leads to 127.0.0.1"),
        ("https://inside.example/", "inside.example leads to 127.0.0.1"),
        ("https://localhost:PORT/", "(localhost)"),
        ("https://169.254.169.254/latest/meta-data/", "metadata"),
        ("https://good.example@127.0.0.1:PORT/", "user name"),
        ("https://127.0.0.1:PORT\\@good.example/", "backslash"),
        ("http://127.0.0.1:PORT/", "only https is asked, not http"),
        ("http://good.example/", "only https is asked, not http"),
        ("https://good.example:PORT/", "only port 443"),
        ("file:///etc/passwd", "only https is asked, not file"),
        ("gopher://127.0.0.1:PORT/", "only https is asked, not gopher"),
    ] {
        let location = to.replace("PORT", &victim.port.to_string());
        let site = Site::showing(Shown::Good, &["good.example"], move |_, _| leading_to(location.clone()));
        let names = Names::saying(&[("good.example", &[&[PUBLIC]]), ("inside.example", &[&["127.0.0.1"]])]);
        let host = machine(names.at, Some(&site), &[]);
        let (_, diagnosis) = checked(&host, &definition("https://good.example"), Policy::default());
        let strict = said(&diagnosis);
        assert!(strict.contains(reason) || strict.contains("only port 443"), "{to}: {strict}");
        // Where ports are no matter, only the address stands between.
        let any_port = Policy { private_addresses: false, other_ports: true };
        let open = said(&checked(&host, &definition("https://good.example"), any_port).1);
        assert!(open.contains(reason) || reason == "only port 443", "{to}: {open}");
        for pointer in ["/docs_url", "/oauth/authorization_url"] {
            let at = |finding: &authsome_doctor::diagnosis::Finding| {
                finding.rule.starts_with("definition-online-")
                    && finding.place.as_ref().is_some_and(|place| place.pointer == pointer)
            };
            assert!(diagnosis.findings.iter().any(at), "{to}: nothing is told at {pointer}");
        }
        assert_eq!(victim.visits(), 0, "{to} reached the listener");
    }
}

#[test]
fn the_same_redirect_is_followed_by_those_who_mean_it() {
    let victim = Victim::start();
    let location = format!("https://127.0.0.1:{}/", victim.port);
    let site = Site::start(move |_, _| leading_to(location.clone()));
    World::trusting(&site).asked(&definition(&site.origin()));
    assert!(victim.visits() > 0);
}

#[test]
fn requests_that_are_not_for_a_page_are_never_led_anywhere() {
    let victim = Victim::start();
    let location = format!("https://127.0.0.1:{}/", victim.port);
    let site = Site::start(move |_, request| match request.path.as_str() {
        "/docs" => reply(200, "documentation"),
        path if path.contains(".well-known") => reply(404, ""),
        _ => leading_to(location.clone()),
    });
    let (code, document) = World::trusting(&site).asked(&definition(&site.origin()));
    assert_found(&document, &[]);
    assert_eq!((code, victim.visits()), (0, 0));
}

#[test]
fn a_page_that_moved_is_followed_three_times() {
    let site = Site::start(|_, request| match request.path.as_str() {
        "/docs" => leading_to("/docs/1"),
        "/docs/1" => leading_to("2"),
        "/docs/2" => leading_to("/docs/3"),
        "/docs/3" => reply(200, "documentation"),
        path if path.contains(".well-known") => reply(404, ""),
        _ => reply(400, ""),
    });
    let (_, document) = World::trusting(&site).asked(&definition(&site.origin()));
    assert_found(&document, &[]);
    assert!(site.asked().contains(&"GET /docs/3".to_owned()), "{:?}", site.asked());
}

#[test]
fn redirects_without_an_end_are_given_up_and_told() {
    let site = Site::start(|_, request| match request.path.as_str() {
        path if path.starts_with("/docs") => leading_to(format!("{path}x")),
        path if path.contains(".well-known") => leading_to(path.to_owned()),
        _ => reply(400, ""),
    });
    let (code, document) = World::trusting(&site).asked(&definition(&site.origin()));
    assert_found(&document, &[("definition-online-docs-unreachable", "/docs_url")]);
    assert_eq!(code, 0);
    let docs = site.asked().iter().filter(|asked| asked.contains("/docs")).count();
    assert_eq!(docs, 4, "{:?}", site.asked());
}
