//! `inspect`, `get` and `revoke` where no daemon runs: the installed version's own words, and nothing that it does not know.

use super::arguments_of;
use super::common::World;
use super::no_oauth::installed_version;

#[track_caller]
fn said(world: &World, arguments: &[&str], expected: &str) {
    let _ = std::fs::remove_file(world.path("arguments"));
    let answer = world.run(arguments).ends_with(7);
    assert_eq!(String::from_utf8_lossy(&arguments_of(world)).replace("><", " "), expected, "{answer}");
}

#[test]
fn each_version_is_asked_in_its_own_words() {
    for (version, inspect, get, revoke) in [
        ("0.2.4", "inspect", "get", "revoke"),
        ("0.3.2", "inspect", "get", "revoke"),
        ("0.4.2", "provider inspect", "connections inspect", "provider revoke"),
        ("0.5.0", "provider inspect", "connections inspect", "provider revoke"),
        ("0.7.2", "provider inspect", "connections inspect", "provider revoke"),
        ("9.9.9", "provider inspect", "connections inspect", "provider revoke"),
    ] {
        let world = installed_version(version, &[]);
        said(&world, &["inspect", "github"], &format!("<{inspect} github>"));
        said(&world, &["get", "github"], &format!("<{get} github>"));
        said(&world, &["get", "github", "--field", "scopes"], &format!("<{get} github --field scopes>"));
        said(&world, &["revoke", "github"], &format!("<{revoke} github>"));
        said(&world, &["get", "github", "--connection", "work"], &format!("<{get} github --connection work>"));
    }
}

#[test]
fn authsomes_own_options_go_with_them_and_ours_do_not() {
    let world = installed_version("0.7.2", &[]);
    said(
        &world,
        &[
            "--verbose",
            "--log-file",
            "x.log",
            "get",
            "github",
            "--quiet",
            "--format",
            "json",
            "--no-input",
            "--offline",
        ],
        "<--verbose --quiet --log-file x.log connections inspect github>",
    );
    said(&world, &["revoke", "github", "--yes"], "<provider revoke github>");
}

#[test]
fn only_a_version_that_shows_secrets_is_asked_for_them() {
    said(&installed_version("0.3.2", &[]), &["get", "github", "--show-secret"], "<get github --show-secret>");
    for (version, part) in [("0.4.2", "no command of authsome 0.4.2"), ("0.7.2", "authsome daemon start")] {
        let world = installed_version(version, &[]);
        let answer = world.run(["get", "github", "--show-secret"]).ends_with(2);
        assert!(answer.message().contains(part) && arguments_of(&world).is_empty(), "{answer}");
    }
}

/// authsome would forget the whole provider, and not the one connection that was named.
#[test]
fn one_connection_is_never_taken_for_all_of_them() {
    for version in ["0.3.2", "0.7.2"] {
        let world = installed_version(version, &[]);
        let answer = world.run(["revoke", "github", "--connection", "work", "--yes"]).ends_with(2);
        assert!(answer.message().contains("authsome logout github --connection work"), "{answer}");
        assert!(arguments_of(&world).is_empty(), "{answer}");
    }
}

#[test]
fn at_a_terminal_revoke_asks_before_it_is_handed_on() {
    use super::common::terminal::Terminal;
    let soon = std::time::Duration::from_secs(30);
    for (word, code, reached) in [("n\r", 1, ""), ("y\r", 7, "<provider revoke github>")] {
        let world = installed_version("0.7.2", &[]);
        let mut asked = Terminal::start(&world, &["revoke", "github"]);
        asked.shows("Forget all of github", soon);
        asked.types(word);
        assert_eq!(asked.end(soon).0, code);
        assert_eq!(String::from_utf8_lossy(&arguments_of(&world)).replace("><", " "), reached);
    }
}
