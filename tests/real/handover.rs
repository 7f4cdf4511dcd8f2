//! Commands that are not ours go to the installed authsome, unchanged.

use crate::support::daemon::Daemon;
use crate::support::port::CallbackPort;
use crate::support::process::Running;
use crate::support::program::{Answer, World, end_of};
use crate::support::{installed, server_script};
use serde_json::json;
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::PathBuf;

const VERSIONS: &[&str] = &["0.4.2", "0.5.0", "0.6.4", "0.7.2"];

/// What the released program itself says in the same world.
fn released(world: &World, version: &str, arguments: &[&str]) -> Answer {
    let program = installed(&format!("path-{version}/authsome"));
    end_of(Running::start(world.command(program).args(arguments)))
}

#[track_caller]
fn same(world: &World, version: &str, arguments: &[&str]) -> Answer {
    let (ours, theirs) = (world.run(arguments), released(world, version, arguments));
    assert_eq!(ours.code, theirs.code, "{version} {arguments:?}: {ours}\n{theirs}");
    assert_eq!(ours.stdout, theirs.stdout, "{version} {arguments:?}");
    assert_eq!(ours.stderr, theirs.stderr, "{version} {arguments:?}");
    ours
}

#[test]
fn other_commands_answer_as_the_installed_authsome_does() {
    for version in VERSIONS {
        let world = World::with_authsome(version);
        for arguments in [&["provider", "--help"][..], &["connections", "--no-such-option"]] {
            same(&world, version, arguments);
        }
    }
    let world = World::with_authsome("0.7.2");
    for arguments in [
        &["no-such-command"][..],
        &["--log-file", "", "--quiet", "provider", "--help"],
        &["--no-such-option", "provider", "list"],
    ] {
        same(&world, "0.7.2", arguments);
    }
}

#[test]
fn switched_off_everything_is_handed_on_our_own_commands_too() {
    let world = World::with_authsome("0.7.2").set("AUTHSOME_FRONT", "off");
    same(&world, "0.7.2", &["login", "--help"]);
    same(&world, "0.7.2", &["--help"]);
}

#[test]
fn without_an_installed_authsome_one_clear_line_says_so() {
    let answer = World::new().run(["provider", "list"]);
    assert_eq!(answer.code, 2, "{answer}");
    assert!(answer.stdout.is_empty() && answer.stderr.trim().lines().count() == 1, "{answer}");
}

/// What the person's shell asks while a line is typed: the words and where the cursor is, in variables.
#[test]
fn the_shell_completion_of_the_python_program_is_its_own() {
    let completes = |version: &str, shell: &str, words: &str, at: &str| {
        let world = World::with_authsome(version).set("_AUTHSOME_COMPLETE", format!("{shell}_complete"));
        let world = world.set("COMP_WORDS", words).set("COMP_CWORD", at);
        let answer = same(&world, version, &[]);
        assert!(answer.code == 0 && !answer.stdout.trim().is_empty(), "{version} {shell} {words:?}: {answer}");
    };
    for version in VERSIONS {
        completes(version, "bash", "authsome provider ", "2");
        completes(version, "zsh", "authsome login --", "2");
    }
    // fish gives the word under the cursor itself.
    completes("0.7.2", "fish", "authsome provider ins", "ins");
    for shell in ["bash", "zsh", "fish"] {
        let world = World::with_authsome("0.7.2").set("_AUTHSOME_COMPLETE", format!("{shell}_source"));
        let script = same(&world, "0.7.2", &[]).stdout;
        assert!(script.contains("_AUTHSOME_COMPLETE"), "{shell}: {script}");
    }
}

/// The script of a shell calls the command by its name: ours, where ours is first on PATH.
#[test]
fn the_completion_script_of_the_python_program_works_with_ours_in_front() {
    let world = World::with_authsome("0.7.2");
    let source = world.command(env!("CARGO_BIN_EXE_authsome")).env("_AUTHSOME_COMPLETE", "bash_source").output();
    let script = world.file("complete.bash", &String::from_utf8(source.expect("it runs").stdout).expect("a script"));
    let lines = format!(
        ". {}; COMP_WORDS=({} provider ins); COMP_CWORD=2; _authsome_completion {}; echo \"${{COMPREPLY[@]}}\"",
        script.display(),
        env!("CARGO_BIN_EXE_authsome"),
        env!("CARGO_BIN_EXE_authsome"),
    );
    let answer = end_of(Running::start(world.command("bash").args(["-c", &lines])));
    assert_eq!(answer.stdout.trim(), "inspect", "{answer}");
}

/// `authsome run` starts its command with ours in front again, and behind that the released program.
#[test]
fn authsome_run_can_run_authsome() {
    let port = CallbackPort::take();
    for version in ["0.6.4", "0.7.2"] {
        let world = World::with_authsome(version).set("BROWSER", "true");
        let front = world.authsome_home().with_file_name("front");
        fs::create_dir(&front).expect("a folder of ours");
        symlink(env!("CARGO_BIN_EXE_authsome"), front.join("authsome")).expect("a link of ours");
        let path = world
            .command("x")
            .get_envs()
            .find(|(name, _)| *name == "PATH")
            .and_then(|(_, path)| path.map(ToOwned::to_owned));
        let folders = std::env::split_paths(&path.expect("it is set")).collect::<Vec<_>>();
        let world = world.set("PATH", std::env::join_paths([vec![front], folders].concat()).expect("plain folders"));
        let _daemon = Daemon::start(&port, &world, version);
        claim(&world, version);
        let nested = world.run(["run", "--", "authsome", "provider", "--help"]);
        let direct = released(&world, version, &["provider", "--help"]);
        assert_eq!((nested.code, &nested.stdout), (0, &direct.stdout), "{version}: {nested}");
        let ours = world.run(["run", "--", "authsome", "explain", "invalid_grant", "--format", "json"]);
        assert_eq!(ours.cause(), "invalid_or_expired_code", "{version}: {ours}");
    }
}

/// The agent is claimed, with a provider that nobody logs in to.
fn claim(world: &World, version: &str) {
    let definition = json!({
        "schema_version": 1, "name": "acme", "display_name": "Acme", "auth_type": "api_key", "flow": "api_key",
        "api_url": "api.acme.example", "api_key": {"header_name": "Authorization", "env_var": "ACME_KEY"},
    });
    let file = world.file("acme.json", &definition.to_string());
    let python = installed(&format!("authsome-{version}/bin/python"));
    let answer = end_of(Running::start(world.command(python).arg(server_script("authsome_setup.py")).arg(file)));
    assert_eq!(answer.code, 0, "{version}: {answer}");
}

fn bundled(version: &str) -> PathBuf {
    let library = installed(&format!("authsome-{version}")).join("lib");
    let python = fs::read_dir(&library).expect("the library of the environment").flatten().next();
    python.expect("one python").path().join("site-packages/authsome")
}

/// Every provider of every version, with a program behind ours that only says that it was reached.
#[test]
fn a_login_is_authsomes_own_exactly_where_the_definition_is_no_oauth_flow() {
    for (version, oauth, all) in [("0.4.2", 14, 45), ("0.5.0", 14, 47), ("0.6.4", 39, 73), ("0.7.2", 39, 88)] {
        let world = World::new();
        let site = world.authsome_home().with_file_name("venv/lib/python3.13/site-packages");
        fs::create_dir_all(site.join(format!("authsome-{version}.dist-info"))).expect("a folder of ours");
        symlink(bundled(version), site.join("authsome")).expect("a link of ours");
        fs::create_dir(world.authsome_home().with_file_name("venv/bin")).expect("a folder of ours");
        let script = world.file("venv/bin/authsome", "#!/bin/sh\nexit 77\n");
        fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).expect("a file of ours");
        let world = world.set("PATH", script.parent().expect("it has one"));

        let mut counted = (0, 0);
        for file in fs::read_dir(bundled(version).join("auth/bundled_providers")).expect("it is there").flatten() {
            let path = file.path();
            if !path.extension().is_some_and(|it| it == "json" || it == "jsonc") {
                continue;
            }
            let is_oauth = fs::read_to_string(&path).expect("a text").contains("\"auth_type\": \"oauth2\"");
            let name = path.file_stem().expect("it has a name").to_string_lossy().into_owned();
            // A standalone login would fail before it does anything: there is no such file.
            let answer =
                world.run(["login", &name, "--store", "--offline", "--client-secret-file", "/nonexistent/secret"]);
            assert_eq!(answer.code == 77, !is_oauth, "{version} {name}: {answer}");
            counted = (counted.0 + i32::from(is_oauth), counted.1 + 1);
        }
        assert_eq!(counted, (oauth, all), "{version}");
    }
}
