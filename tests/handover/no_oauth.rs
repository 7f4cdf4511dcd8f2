//! Providers that do not log in by OAuth: their login is authsome's own, whatever of our options stood with it.

use super::common::World;
use super::{RECORDER, arguments_of};
use serde_json::json;

/// An installed 0.7.2 with these bundled definitions, by name, type and flow.
fn installed(definitions: &[(&str, &str, &str)]) -> World {
    installed_version("0.7.2", definitions)
}

pub fn installed_version(version: &str, definitions: &[(&str, &str, &str)]) -> World {
    let world = World::new();
    world.script("venv/bin/authsome", RECORDER);
    let site = "venv/lib/python3.13/site-packages";
    world.file(&format!("{site}/authsome-{version}.dist-info/METADATA"), "Name: authsome\n");
    for (name, auth_type, flow) in definitions {
        let definition = json!({"name": name, "display_name": name, "auth_type": auth_type, "flow": flow});
        world.file(&format!("{site}/authsome/auth/bundled_providers/{name}.jsonc"), definition.to_string());
    }
    let path = world.path("venv/bin");
    world.set("PATH", path)
}

#[track_caller]
fn handed_on(world: &World, arguments: &[&str], expected: &str) {
    let _ = std::fs::remove_file(world.path("arguments"));
    let answer = world.run(arguments).ends_with(7);
    assert_eq!(String::from_utf8_lossy(&arguments_of(world)), expected, "{answer}");
}

#[test]
fn their_login_is_handed_on_unchanged() {
    let world = installed(&[("openai", "api_key", "api_key"), ("linkedin-browser", "browser", "browser")]);
    handed_on(&world, &["login", "openai"], "<login><openai>");
    handed_on(&world, &["login", "linkedin-browser"], "<login><linkedin-browser>");
    handed_on(
        &world,
        &["--log-file", "", "login", "--connection=work", "openai", "--force", "--quiet"],
        "<--log-file><><login><--connection=work><openai><--force><--quiet>",
    );
}

#[test]
fn what_authsome_does_not_know_of_our_options_is_left_out() {
    let world = installed(&[("openai", "api_key", "api_key")]);
    for ours in [
        &["--via", "auto"][..],
        &["--via=daemon"],
        &["--explain", "--no-browser", "--wait", "3", "--yes"],
        &["--format", "json", "--no-input", "--timeout=5", "--client-id", "x"],
    ] {
        let arguments = [&["login", "openai", "--flow", "api_key"], ours].concat();
        handed_on(&world, &arguments, "<login><openai><--flow><api_key>");
    }
}

#[test]
fn the_home_that_was_named_is_handed_on_as_authsome_understands_it() {
    let world = installed(&[("openai", "api_key", "api_key")]);
    world.script("venv/bin/authsome", "printf '%s' \"$AUTHSOME_HOME\"");
    let answer = world.run(["login", "openai", "--home", "/another/home"]).ends_with(0);
    assert_eq!(answer.stdout, "/another/home");
}
