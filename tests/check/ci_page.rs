//! `docs/ci.md` is copied as it stands: what is in its blocks is YAML, is run here as far as it needs no network and no code host,
//! and names nothing that is not there.

use super::runner::{PROGRAM, Runner, SYSTEM_PATH, action, root, yaml};
use super::world::SOUND;
use serde_json::Value;
use std::process::{Command, Output};

fn page() -> String {
    std::fs::read_to_string(root().join("docs/ci.md")).expect("the page")
}

/// The blocks of that language.
fn blocks(language: &str) -> Vec<String> {
    let page = page();
    let begin = format!("\n```{language}\n");
    let blocks = page.split(&begin).skip(1);
    blocks.map(|rest| rest.split_once("\n```").expect("an end").0.to_owned() + "\n").collect()
}

/// A repository like those that the page is for, with the program on PATH.
fn machine() -> Runner {
    let other = SOUND.replace("acme", "other").replace("ACME", "OTHER");
    let runner = Runner::with(&[("providers/acme.jsonc", SOUND), ("more providers/other.jsonc", &other)]);
    runner.git(&["update-ref", "refs/remotes/origin/main", "HEAD"]);
    std::fs::create_dir_all(runner.repo(".authsome-doctor/bin")).unwrap();
    std::os::unix::fs::symlink(PROGRAM, runner.repo(".authsome-doctor/bin/authsome")).unwrap();
    runner
}

fn spoil(runner: &Runner) {
    let spoiled = SOUND.replace("\"https://acme.example/oauth/token", "\" https://acme.example/oauth/token");
    std::fs::write(runner.repo("providers/acme.jsonc"), spoiled).unwrap();
}

fn shell(runner: &Runner, lines: &str, variables: &[(&str, &str)]) -> Output {
    let program = runner.repo(".authsome-doctor/bin");
    let mut command = Command::new("sh");
    command.args(["-e", "-c", lines]).current_dir(runner.repo("")).env_clear().envs(variables.iter().copied());
    command.env("HOME", runner.world.path("home")).env("PATH", format!("{}:{SYSTEM_PATH}", program.display()));
    command.output().expect("a shell")
}

fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

/// Every mapping in a document.
fn mappings<'v>(value: &'v Value, all: &mut Vec<&'v Value>) {
    match value {
        Value::Object(entries) => {
            all.push(value);
            entries.values().for_each(|one| mappings(one, all));
        }
        Value::Array(items) => items.iter().for_each(|one| mappings(one, all)),
        _ => {}
    }
}

#[test]
fn every_flag_that_the_page_types_is_one() {
    let (runner, mut typed) = (machine(), 0);
    for block in blocks("sh").into_iter().chain(blocks("yaml")) {
        for line in block.lines().filter_map(|line| Some(&line[line.find("authsome check")?..])) {
            let (line, _) = line.split_once(" #").unwrap_or((line, ""));
            let (line, _) = line.split_once(" ||").unwrap_or((line, ""));
            // The help is shown only where all flags before it are known.
            let shown = shell(&runner, &format!("{line} --help"), &[("CI_MERGE_REQUEST_DIFF_BASE_SHA", "HEAD")]);
            let text = told(&shown);
            assert!(shown.status.success() && text.contains("Usage: authsome check"), "{line}: {text}");
            typed += 1;
        }
    }
    assert!(typed >= 12, "{typed}");
    let unknown = shell(&runner, "authsome check providers --unknown --help", &[]);
    assert_eq!(unknown.status.code(), Some(2));
}

#[test]
fn the_shell_lines_pass_with_a_sound_definition_and_fail_with_a_wrong_one() {
    let mut failed = 0;
    for block in blocks("sh") {
        if block.contains("--online") || !block.contains("authsome check") {
            continue;
        }
        let runner = machine();
        let passed = shell(&runner, &block, &[]);
        assert!(passed.status.success(), "{block}{}", told(&passed));
        let runner = machine();
        spoil(&runner);
        let ended = shell(&runner, &block, &[]);
        // A baseline and --fix make it pass; nothing else does.
        let lives = block.contains("baseline");
        let mends = block.contains("--fix");
        let code = i32::from(!lives);
        assert_eq!(ended.status.code(), Some(code), "{block}{}", told(&ended));
        assert!(lives || mends || told(&ended).contains("definition-url-white-space"), "{block}");
        failed += code;
    }
    assert!(failed >= 4, "{failed}");
}

#[test]
fn what_is_decided_about_code_3_is_what_the_page_says() {
    let block = blocks("sh").into_iter().find(|block| block.contains("case $code")).expect("the block");
    let runner = machine();
    for (code, wanted) in [(0, 0), (1, 1), (2, 2), (3, 0), (101, 101)] {
        let lines = format!("authsome() {{ return {code}; }}\n{block}");
        assert_eq!(shell(&runner, &lines, &[]).status.code(), Some(wanted));
    }
}

#[test]
fn the_github_workflows_name_what_the_action_has_and_do_what_they_say() {
    let action = action();
    let mut judged = 0;
    for block in blocks("yaml") {
        let document = yaml(&block);
        let mut all = Vec::new();
        mappings(&document, &mut all);
        for step in all.into_iter().filter(|one| one.get("uses").is_some()) {
            let uses = step["uses"].as_str().unwrap();
            let Some((_, version)) = uses.split_once('@') else { panic!("no version: {uses}") };
            if !uses.starts_with("OWNER/authsome-doctor@") {
                assert!(uses.starts_with("actions/") || uses.starts_with("github/"), "{uses}");
                continue;
            }
            assert_eq!(version, "COMMIT");
            let mut with = Vec::new();
            for (name, value) in step["with"].as_object().expect("inputs") {
                assert!(action["inputs"].get(name).is_some(), "there is no input {name}");
                let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                with.push((name.clone(), value.replace("${{ github.base_ref }}", "main")));
            }
            let with: Vec<(&str, &str)> = with.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            if with.contains(&("online", "true")) {
                continue;
            }
            let mut runner = machine();
            assert_eq!(runner.check(&with).code, 0, "{block}");
            spoil(&runner);
            let ran = runner.check(&with);
            assert!(ran.code == 1 && ran.commands().len() == 1, "{block}{}", ran.log);
            judged += 1;
        }
        for used in block.split("steps.definitions.outputs.").skip(1) {
            let name: String = used.chars().take_while(|c| c.is_ascii_lowercase() || *c == '-').collect();
            assert!(action["outputs"].get(&name).is_some(), "there is no output {name}");
        }
    }
    assert_eq!(judged, 3);
}

#[test]
fn the_table_of_inputs_is_whole() {
    let page = page();
    let (_, rest) = page.split_once("| input | is | unless given |").expect("the table");
    let (table, _) = rest.split_once("\n\n").expect("an end");
    for name in action()["inputs"].as_object().unwrap().keys() {
        assert!(table.contains(&format!("`{name}`")), "{name}");
    }
}

#[test]
fn the_gitlab_job_fails_for_what_a_merge_request_brought_and_leaves_its_junit() {
    let blocks = blocks("yaml").into_iter().map(|block| yaml(&block)).collect::<Vec<_>>();
    let job = blocks.iter().find_map(|one| one.get("definitions")).expect("a job");
    let script: Vec<&str> = job["script"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    let script = script.join("\n");
    let report = job["artifacts"]["reports"]["junit"].as_str().unwrap();
    let runner = machine();
    assert!(shell(&runner, &script, &[]).status.success());
    spoil(&runner);
    let merge = [("CI_MERGE_REQUEST_DIFF_BASE_SHA", "HEAD")];
    for variables in [&[][..], &merge] {
        std::fs::remove_file(runner.repo(report)).unwrap();
        assert_eq!(shell(&runner, &script, variables).status.code(), Some(1));
        let text = std::fs::read_to_string(runner.repo(report)).unwrap();
        assert!(text.contains("definition-url-white-space"), "{text}");
    }
    runner.commit("spoiled");
    assert_eq!(shell(&runner, &script, &merge).status.code(), Some(0), "it was there before");
    assert_eq!(shell(&runner, &script, &[]).status.code(), Some(1));
}

#[test]
fn the_hooks_that_the_page_names_are_there() {
    let text = std::fs::read_to_string(root().join(".pre-commit-hooks.yaml")).unwrap();
    let there = yaml(&text);
    let ids: Vec<&str> = there.as_array().unwrap().iter().filter_map(|hook| hook["id"].as_str()).collect();
    let mut named = 0;
    for block in blocks("yaml") {
        let document = yaml(&block);
        for repo in document["repos"].as_array().into_iter().flatten() {
            for hook in repo["hooks"].as_array().expect("hooks") {
                assert!(ids.contains(&hook["id"].as_str().expect("an id")), "{hook}");
                if let Some(pattern) = hook["files"].as_str() {
                    regex::Regex::new(pattern).expect("a pattern");
                }
                named += 1;
            }
        }
    }
    assert_eq!(named, 4);
    for id in ids {
        assert!(page().contains(&format!("`{id}`")), "{id}");
    }
}
