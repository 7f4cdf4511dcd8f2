//! The GitHub Action, its steps run here as a runner runs them: a wrong definition fails with an annotation at its line, the fix
//! makes it pass, and no text of a stranger is run, taken for an option or heard by the runner.

use super::runner::{PROGRAM, Runner, SYSTEM_PATH, action};
use super::world::SOUND;
use serde_json::Value;
use std::os::unix::fs::PermissionsExt;

fn spoiled() -> String {
    SOUND.replace("\"https://acme.example/oauth/token", "\" https://acme.example/oauth/token")
}

#[test]
fn what_is_given_reaches_the_shell_through_variables_alone() {
    let action = action();
    let text = std::fs::read_to_string(super::runner::root().join("action.yml")).unwrap();
    assert_eq!(action["runs"]["using"], "composite");
    let mut lines = 0;
    for step in action["runs"]["steps"].as_array().unwrap() {
        if let Some(run) = step.get("run") {
            lines += 1;
            assert!(!run.as_str().unwrap().contains("${{"), "{step}");
        }
    }
    assert_eq!(lines, 3);
    for name in action["inputs"].as_object().unwrap().keys() {
        assert!(text.contains(&format!("inputs.{name}")), "nothing asks for {name}");
    }
    for used in text.split("inputs.").skip(1) {
        let name: String = used.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
        assert!(action["inputs"].get(&name).is_some(), "there is no input {name}");
    }
}

#[test]
fn a_wrong_definition_fails_at_its_line_and_the_fix_makes_it_pass() {
    let mut runner = Runner::with(&[("providers/acme.jsonc", &spoiled())]);
    let with = [("sarif-file", "check.sarif"), ("junit-file", "check ü.xml")];
    let ran = runner.check(&with);
    assert_eq!((ran.code, &ran.steps[..]), (1, &["Check the definitions".to_owned()][..]), "{}", ran.log);
    let begin = "::error file=providers/acme.jsonc,line=15,col=18,title=token_url has white space in it or around it::";
    let commands = ran.commands();
    assert!(commands.len() == 1 && commands[0].starts_with(begin), "{}", ran.log);
    assert!(ran.log.contains("--> providers/acme.jsonc:15:18"), "a person reads it in the log, too: {}", ran.log);
    assert!(ran.log.ends_with("problems in the definitions (exit code 1)\n"), "{}", ran.log);
    assert!(ran.summary.starts_with("### authsome check: 1 definition, 1 error\n"), "{}", ran.summary);
    assert!(ran.summary.contains("| error | `providers/acme.jsonc:15:18` | "), "{}", ran.summary);
    let outputs: Vec<&str> = ran.outputs.values().map(String::as_str).collect();
    assert_eq!(outputs, ["1", "check ü.xml", "check.sarif"]);
    let sarif: Value = serde_json::from_str(&std::fs::read_to_string(runner.repo("check.sarif")).unwrap()).unwrap();
    assert_eq!(sarif["runs"][0]["results"][0]["ruleId"], "definition-url-white-space");
    assert!(std::fs::read_to_string(runner.repo("check ü.xml")).unwrap().contains("definition-url-white-space"));

    let fixed = runner.world.command().current_dir(runner.repo("")).args(["check", "--fix", "providers"]).output();
    assert_eq!(fixed.unwrap().status.code(), Some(0));
    runner.commit("fixed");
    let ran = runner.check(&with);
    assert_eq!((ran.code, &ran.commands()[..], ran.outputs["exit-code"].as_str()), (0, &[][..], "0"), "{}", ran.log);
    assert_eq!(ran.summary, "### authsome check: 1 definition, nothing wrong\n");
}

#[test]
fn every_input_means_what_the_program_means_by_it() {
    let risky = SOUND.replace(r#""pkce": true"#, r#""pkce": false"#);
    let mut runner = Runner::with(&[("a b/acme.jsonc", &risky), ("-x/acme.jsonc", &spoiled()), ("c.json", "{")]);
    let off = "rules: {definition-pkce-false: {level: off, reason: a reason}}\n";
    std::fs::write(runner.repo("own.yaml"), off).unwrap();
    assert_eq!(runner.check(&[("paths", "a b")]).code, 0);
    assert_eq!(runner.check(&[("paths", "a b"), ("fail-on", "warning")]).code, 1);
    assert_eq!(runner.check(&[("paths", "a b\r\n\r\n"), ("fail-on", "warning"), ("config", "own.yaml")]).code, 0);
    assert_eq!(runner.check(&[("paths", "-x"), ("fail-on", "never")]).code, 0);
    let ran = runner.check(&[("paths", "a b\n-x\nc.json\n")]);
    for file in ["file=-x/acme.jsonc,line=15,", "file=c.json,line=1,", "file=a b/acme.jsonc,line=20,"] {
        assert!(ran.code == 1 && ran.commands().iter().any(|line| line.contains(file)), "{file}: {}", ran.log);
    }

    let base = ["check", "--write-baseline", "base.json", "c.json"];
    runner.world.command().current_dir(runner.repo("")).args(base).output().unwrap();
    assert_eq!(runner.check(&[("paths", "c.json"), ("baseline", "base.json")]).code, 0);
    let old = runner.check(&[("paths", "a b"), ("authsome-version", "x")]);
    assert_eq!(old.code, 2, "{}", old.log);
    assert!(old.log.contains("--authsome-version x is no version"), "{}", old.log);
}

#[test]
fn the_step_says_what_its_exit_code_means() {
    let mut runner = Runner::with(&[("providers/acme.jsonc", SOUND)]);
    for (with, words) in [
        (&[("paths", "nowhere")][..], "could not run (exit code 2)"),
        (&[("paths", " \n")], "could not run (exit code 2)"),
        (&[("paths", "")], "The input paths is empty"),
        (&[("fail-on", "sometimes")], "could not run (exit code 2)"),
        (&[("sarif-file", "providers")], "could not run (exit code 2)"),
        (&[("online", "perhaps")], "The input online is true or false"),
        (&[("program", "no-such-program")], "The program that the input program names is not there"),
        (&[("program", "")], "There is no cargo here"),
    ] {
        let ran = runner.check(with);
        assert_eq!(ran.code, if with[0] == ("program", "") { 1 } else { 2 }, "{with:?}: {}", ran.log);
        let commands = ran.commands();
        assert!(commands.len() == 1 && commands[0].starts_with("::error title="), "{with:?}: {}", ran.log);
        assert!(commands[0].contains(words), "{with:?}: {}", ran.log);
        assert_eq!(ran.outputs["sarif-file"], "", "{with:?}");
    }
    for (code, words) in [(3, "could not tell everything"), (101, "ended with exit code 101, which is a fault")] {
        let program = script(&runner, &format!("bin/ends-{code}"), &format!("exit {code}"));
        let ran = runner.run(&[("program", &program), ("online", "true"), ("timeout", "5")]);
        assert_eq!((ran.code, ran.outputs["exit-code"].as_str()), (code, code.to_string().as_str()), "{}", ran.log);
        assert!(ran.commands().len() == 1 && ran.commands()[0].contains(words), "{}", ran.log);
        assert!(ran.summary.contains(words), "{}", ran.summary);
    }
}

#[test]
fn a_hostile_path_is_a_name_and_nothing_else() {
    let mut runner = Runner::with(&[("providers/acme.jsonc", &spoiled())]);
    let before = std::fs::read_to_string(runner.repo("providers/acme.jsonc")).unwrap();
    for hostile in [
        "; touch owned",
        "$(touch owned)",
        "`touch owned`",
        "providers; touch owned",
        "providers' 'owned",
        "\"; touch owned; \"",
        "--fix",
        "--output=owned",
        "--also=human=owned",
        "-",
        "::error::owned",
        "x\u{1b}[2J::error::owned",
        "providers\n::error::owned",
        "providers\n--fix",
        "--fix\nproviders",
        "prov*",
        "$HOME",
        "~",
        "${{ github.token }}",
    ] {
        for name in ["paths", "config", "baseline", "diff", "authsome-version", "fail-on", "timeout", "program"] {
            let ran = runner.check(&[(name, hostile)]);
            assert_ne!(ran.code, 0, "{name} {hostile}: {}", ran.log);
            let ours = ran.commands().iter().all(|line| line.starts_with("::error title=authsome check::"));
            assert!(ours, "{name} {hostile}: {}", ran.log);
            assert!(!ran.log.contains('\u{1b}'), "{name} {hostile}: {:?}", ran.log);
        }
    }
    assert_eq!(names(&runner, ""), [".git", "providers"]);
    assert_eq!(std::fs::read_to_string(runner.repo("providers/acme.jsonc")).unwrap(), before);
    assert_eq!(std::fs::read_dir(runner.world.path("home")).unwrap().count(), 0);

    // As a name of a file that is written, each is one: its output is that name, and no other output comes of it.
    for hostile in ["; touch owned", "$(touch owned)", "x\nexit-code=0\nowned=1"] {
        let ran = runner.check(&[("sarif-file", hostile), ("junit-file", "new/x.xml")]);
        assert_eq!((ran.code, ran.outputs["exit-code"].as_str()), (1, "1"), "{}", ran.log);
        assert_eq!(ran.outputs["sarif-file"], hostile);
        std::fs::remove_file(runner.repo(hostile)).unwrap();
        std::fs::remove_dir_all(runner.repo("new")).unwrap();
    }
    assert_eq!(names(&runner, ""), [".git", "providers"]);
}

fn names(runner: &Runner, folder: &str) -> Vec<String> {
    let all = std::fs::read_dir(runner.repo(folder)).unwrap();
    let mut names: Vec<String> = all.map(|one| one.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

#[test]
fn a_hostile_file_runs_nothing_and_forges_no_command() {
    let hostile = [
        "; touch owned.json",
        "$(touch owned).json",
        "`touch owned`.json",
        "--fix.json",
        "a\n::error::owned.json",
        "a\r\n::set-output name=exit-code::0.json",
        "| # owned <b>.json",
        "```.json",
    ];
    let forged = "\\r\\n::error file=x::owned\\n::stop-commands::owned\\n##[error]owned\\n```\\n# owned\\n<script>";
    let text = SOUND.replace(r#""flow": "pkce""#, &format!(r#""flow": "{forged}", "{forged}": 1"#));
    let files: Vec<(String, &str)> = hostile.iter().map(|name| (format!("providers/{name}"), text.as_str())).collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), *text)).collect();
    let mut runner = Runner::with(&files);
    let ran = runner.check(&[]);
    assert_eq!((ran.code, ran.outputs["exit-code"].as_str()), (1, "1"), "{}", ran.log);
    let commands = ran.commands();
    assert!(commands.len() >= hostile.len() * 2, "{}", ran.log);
    for line in commands {
        let level = line.strip_prefix("::").and_then(|rest| rest.split_once(" file=providers/")).expect(line).0;
        assert!(["error", "warning", "notice"].contains(&level), "{line}");
    }
    for line in ran.summary.lines().skip(4) {
        assert!(line.is_empty() || line.starts_with("| error | ``") || line.starts_with("| "), "{}", ran.summary);
        assert!(!line.contains("<script>"), "{}", ran.summary);
    }
    assert_eq!(names(&runner, ""), [".git", "providers"]);
    assert_eq!(names(&runner, "providers").len(), hostile.len());
}

#[test]
fn a_pull_request_fails_only_for_what_it_brought() {
    let old = spoiled().replace("acme", "old").replace("ACME", "OLD");
    let mut runner = Runner::with(&[("providers/old.jsonc", &old), ("providers/acme.jsonc", SOUND)]);
    runner.git(&["update-ref", "refs/remotes/origin/main", "HEAD"]);
    runner.git(&["checkout", "-q", "-b", "feature"]);
    std::fs::write(runner.repo("README.md"), "words").unwrap();
    runner.commit("words");
    assert_eq!(runner.check(&[]).code, 1);
    let diff = [("diff", "origin/main")];
    let ran = runner.check(&diff);
    assert_eq!((ran.code, ran.commands().len()), (0, 0), "{}", ran.log);
    assert!(ran.summary.ends_with("\nnot counted: 1 there before this change\n"), "{}", ran.summary);

    std::fs::write(runner.repo("providers/acme.jsonc"), spoiled()).unwrap();
    runner.commit("a definition");
    let ran = runner.check(&diff);
    let commands = ran.commands();
    assert_eq!((ran.code, commands.len()), (1, 1), "{}", ran.log);
    assert!(commands[0].starts_with("::error file=providers/acme.jsonc,line=15,"), "{}", ran.log);
    let without_history = runner.check(&[("diff", "origin/other")]);
    assert_eq!(without_history.code, 2, "{}", without_history.log);
}

/// A program that is a few lines of shell.
fn script(runner: &Runner, name: &str, lines: &str) -> String {
    let file = runner.world.file(name, format!("#!/bin/sh\n{lines}\n"));
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o755)).unwrap();
    file.display().to_string()
}

/// cargo and rustc of this test stand for those of the runner: the one hands over the program of this build.
#[test]
fn the_program_is_built_once_and_anew_for_another_compiler() {
    let mut runner = Runner::with(&[("providers/acme.jsonc", &spoiled())]);
    runner.path = format!("{}:{SYSTEM_PATH}", runner.world.path("bin").display());
    let install = r#"
        [ "$1 $2 $4 $5 $6" = "install --path --locked --force --root" ] && [ -f "$3/Cargo.lock" ] || exit 9
        case $CARGO_TARGET_DIR in "$RUNNER_TEMP"/*) ;; *) exit 9 ;; esac
        mkdir -p "$7/bin" && ln -sf PROGRAM "$7/bin/authsome""#;
    script(&runner, "bin/cargo", &install.replace("PROGRAM", PROGRAM));
    script(&runner, "bin/rustc", "echo rustc 1.95.0");
    let all = ["What to build", "Build the program", "Check the definitions"];
    let ran = runner.run(&[]);
    assert_eq!((ran.code, &ran.steps[..]), (1, &all.map(str::to_owned)[..]), "{}", ran.log);
    assert!(ran.commands()[0].starts_with("::error file=providers/acme.jsonc,line=15,"), "{}", ran.log);
    // It is kept although the definition was wrong.
    std::fs::write(runner.repo("providers/acme.jsonc"), SOUND).unwrap();
    let ran = runner.run(&[]);
    assert_eq!((ran.code, ran.steps.len()), (0, 2), "{}", ran.log);
    script(&runner, "bin/rustc", "echo rustc 1.96.0");
    assert_eq!(runner.run(&[]).steps.len(), 3);
    script(&runner, "bin/cargo", "exit 101");
    script(&runner, "bin/rustc", "echo rustc 1.97.0");
    let ran = runner.run(&[]);
    assert_eq!((ran.code, ran.steps.len(), runner.cache.len()), (101, 2, 2), "{}", ran.log);
}
