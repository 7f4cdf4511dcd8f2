//! Commands that are not ours go to the installed authsome, unchanged.

use crate::support::installed;
use crate::support::process::Running;
use crate::support::program::{Answer, World, end_of};

/// What the released program itself says in the same world.
fn released(world: &World, version: &str, arguments: &[&str]) -> Answer {
    let program = installed(&format!("path-{version}/authsome"));
    end_of(Running::start(world.command(program).args(arguments)))
}

#[test]
fn other_commands_answer_as_the_installed_authsome_does() {
    for version in ["0.4.2", "0.7.2"] {
        let world = World::with_authsome(version);
        for arguments in [&["provider", "--help"][..], &["no-such-command"], &["connections", "--no-such-option"]] {
            let (ours, theirs) = (world.run(arguments), released(&world, version, arguments));
            assert_eq!(ours.code, theirs.code, "{version} {arguments:?}: {ours}\n{theirs}");
            assert_eq!(ours.stdout, theirs.stdout, "{version} {arguments:?}");
            assert_eq!(ours.stderr, theirs.stderr, "{version} {arguments:?}");
        }
    }
}

#[test]
fn switched_off_everything_is_handed_on_our_own_commands_too() {
    let world = World::with_authsome("0.7.2").set("AUTHSOME_FRONT", "off");
    let arguments = ["login", "--help"];
    let (ours, theirs) = (world.run(arguments), released(&world, "0.7.2", &arguments));
    assert_eq!((ours.code, ours.stdout), (theirs.code, theirs.stdout));
}

#[test]
fn without_an_installed_authsome_one_clear_line_says_so() {
    let answer = World::new().run(["provider", "list"]);
    assert_eq!(answer.code, 2, "{answer}");
    assert!(answer.stdout.is_empty() && answer.stderr.trim().lines().count() == 1, "{answer}");
}
