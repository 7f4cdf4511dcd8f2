//! No alarm on a healthy machine.

use crate::support::port::CallbackPort;
use crate::support::program::{Answer, World};

/// Whatever is said of a machine without a fault is a warning or a note, and says why and how it is known.
#[track_caller]
fn nothing_but_explained_warnings(answer: &Answer) {
    answer.expect_no_problem();
    for finding in answer.document()["findings"].as_array().expect("findings") {
        assert_ne!(finding["severity"], "error", "{answer}");
        for part in ["explanation", "title"] {
            assert!(finding[part].as_str().is_some_and(|text| !text.trim().is_empty()), "no {part}: {answer}");
        }
        assert!(finding["evidence"].as_array().is_some_and(|evidence| !evidence.is_empty()), "no evidence: {answer}");
    }
}

#[test]
fn a_machine_without_authsome_is_fine() {
    let _port = CallbackPort::take();
    nothing_but_explained_warnings(&World::new().doctor(&[]));
}

#[test]
fn a_machine_with_authsome_installed_and_never_used_is_fine() {
    let _port = CallbackPort::take();
    for version in ["0.4.2", "0.5.0", "0.6.4", "0.7.2"] {
        nothing_but_explained_warnings(&World::with_authsome(version).doctor(&["--offline"]));
    }
}

#[test]
fn a_proxy_that_leaves_loopback_alone_is_fine() {
    let _port = CallbackPort::take();
    let world = World::with_authsome("0.7.2")
        .set("HTTP_PROXY", "http://127.0.0.1:9")
        .set("HTTPS_PROXY", "http://127.0.0.1:9")
        .set("NO_PROXY", "localhost,127.0.0.1");
    nothing_but_explained_warnings(&world.doctor(&["--offline"]));
}

#[test]
fn looking_leaves_the_home_as_it_was() {
    let _port = CallbackPort::take();
    let world = World::with_authsome("0.7.2");
    world.doctor(&["--offline"]).expect_no_problem();
    let left: Vec<_> = std::fs::read_dir(world.authsome_home()).expect("the home").collect();
    assert!(left.is_empty(), "doctor wrote into a fresh home: {left:?}");
}
