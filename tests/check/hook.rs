//! The hooks of `.pre-commit-hooks.yaml`, called as pre-commit calls them: entry, arguments, and the staged files that match.

use super::runner::{PROGRAM, Runner, SYSTEM_PATH, root, yaml};
use super::world::SOUND;
use serde_json::Value;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Output};

fn hooks() -> Vec<Value> {
    let text = std::fs::read_to_string(root().join(".pre-commit-hooks.yaml")).unwrap();
    yaml(&text).as_array().expect("a list").clone()
}

/// A repository whose commits pass that hook.
fn repository(id: &str, files: &[(&str, &str)]) -> Runner {
    let runner = Runner::with(files);
    let hook = hooks().into_iter().find(|hook| hook["id"] == id).expect("a hook of that id");
    let word = |name: &str| hook[name].as_str().expect(name).to_owned();
    let args: Vec<&str> = hook["args"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    assert_eq!((word("language").as_str(), args.last()), ("rust", Some(&"--")), "{hook}");
    assert_eq!(hook["require_serial"], true, "{hook}");
    runner.world.file("home/pattern", word("files"));
    let script = format!(
        "#!/bin/sh\ngit diff --cached --name-only -z --diff-filter=ACMRT | grep -zE -f ~/pattern | xargs -0 -r {} {}\n",
        word("entry"),
        args.join(" ")
    );
    let file = runner.world.file("repo/.git/hooks/pre-commit", script);
    std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o755)).unwrap();
    std::fs::create_dir_all(runner.world.path("bin")).unwrap();
    std::os::unix::fs::symlink(PROGRAM, runner.world.path("bin/authsome")).unwrap();
    runner
}

fn commit(runner: &Runner) -> Output {
    runner.git(&["add", "-A"]);
    let mut command = Command::new("git");
    command.current_dir(runner.repo("")).env_clear().env("HOME", runner.world.path("home"));
    command.env("PATH", format!("{}:{SYSTEM_PATH}", runner.world.path("bin").display()));
    command.args(["-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "-q", "-m", "a definition"]);
    command.output().unwrap()
}

fn spoiled() -> String {
    SOUND.replace("\"https://acme.example/oauth/token", "\" https://acme.example/oauth/token")
}

#[test]
fn a_commit_with_a_wrong_definition_is_rejected_and_the_fixed_one_accepted() {
    let runner = repository("authsome-check", &[("README.md", "words")]);
    std::fs::create_dir(runner.repo("providers")).unwrap();
    let file = runner.repo("providers/-a b.jsonc");
    std::fs::write(&file, spoiled()).unwrap();
    let rejected = commit(&runner);
    let words = String::from_utf8_lossy(&rejected.stdout) + String::from_utf8_lossy(&rejected.stderr);
    assert!(!rejected.status.success(), "{words}");
    assert!(
        words.contains("error[definition-url-white-space]") && words.contains("providers/-a b.jsonc:15:18"),
        "{words}"
    );
    assert_eq!(std::fs::read_to_string(&file).unwrap(), spoiled());
    std::fs::write(&file, SOUND).unwrap();
    let accepted = commit(&runner);
    assert!(accepted.status.success(), "{}", String::from_utf8_lossy(&accepted.stderr));
}

#[test]
fn the_other_hook_mends_the_files() {
    let runner = repository("authsome-check-fix", &[("README.md", "words")]);
    std::fs::create_dir(runner.repo("providers")).unwrap();
    std::fs::write(runner.repo("providers/acme.jsonc"), spoiled()).unwrap();
    let done = commit(&runner);
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    assert_eq!(std::fs::read_to_string(runner.repo("providers/acme.jsonc")).unwrap(), SOUND);
}

#[test]
fn the_hooks_look_at_definitions_of_provider_folders_and_at_nothing_else() {
    for hook in hooks() {
        let pattern = regex::Regex::new(hook["files"].as_str().unwrap()).unwrap();
        for (file, wanted) in [
            ("providers/acme.json", true),
            ("src/authsome/auth/bundled_providers/acme.jsonc", true),
            ("package.json", false),
            ("providers/README.md", false),
            ("providers/deeper/acme.json", false),
            ("my_providers/acme.json", false),
            ("providers/acme.json5", false),
        ] {
            assert_eq!(pattern.is_match(file), wanted, "{file}");
        }
    }
}
