//! A small runner of composite actions: it does with `action.yml` what GitHub's does, as far as this action needs it, and reads
//! the log as that one does.

use super::world::World;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

pub const SYSTEM_PATH: &str = "/usr/local/bin:/usr/bin:/bin";
pub const PROGRAM: &str = env!("CARGO_BIN_EXE_authsome");

pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

pub fn yaml(text: &str) -> Value {
    serde_yaml::from_str(text).unwrap_or_else(|why| panic!("{why}\n{text}"))
}

pub fn action() -> Value {
    yaml(&std::fs::read_to_string(root().join("action.yml")).expect("action.yml"))
}

/// A machine with a repository in `repo`, and what earlier runs left in the cache.
pub struct Runner {
    pub world: World,
    pub path: String,
    pub cache: BTreeSet<(String, String)>,
}

#[derive(Default, Debug)]
pub struct Ran {
    pub code: i32,
    pub log: String,
    pub summary: String,
    /// The action's own.
    pub outputs: BTreeMap<String, String>,
    /// The names of the steps that ran, those with `uses` left out.
    pub steps: Vec<String>,
}

type Outputs = BTreeMap<String, BTreeMap<String, String>>;

impl Runner {
    pub fn with(files: &[(&str, &str)]) -> Self {
        let world = World::new();
        std::fs::create_dir_all(world.path("temp")).expect("a folder");
        std::fs::create_dir_all(world.path("home")).expect("a folder");
        for (file, text) in files {
            world.file(&format!("repo/{file}"), text);
        }
        let runner = Self { world, path: SYSTEM_PATH.to_owned(), cache: BTreeSet::new() };
        runner.git(&["init", "-q", "-b", "main"]);
        runner.commit("first");
        runner
    }

    pub fn repo(&self, file: &str) -> PathBuf {
        self.world.path("repo").join(file)
    }

    pub fn git(&self, arguments: &[&str]) {
        let mut command = Command::new("git");
        command.current_dir(self.repo("")).env_clear().env("PATH", SYSTEM_PATH).env("HOME", self.world.path("home"));
        let output = command.args(["-c", "user.name=t", "-c", "user.email=t@example.org"]).args(arguments).output();
        let output = output.expect("git runs");
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    }

    pub fn commit(&self, message: &str) {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "--allow-empty", "-m", message]);
    }

    /// The action with the program of this build.
    pub fn check(&mut self, with: &[(&str, &str)]) -> Ran {
        self.run(&[&[("program", PROGRAM)], with].concat())
    }

    pub fn run(&mut self, with: &[(&str, &str)]) -> Ran {
        let action = action();
        let mut inputs = BTreeMap::new();
        for (name, about) in action["inputs"].as_object().expect("inputs") {
            inputs.insert(name.clone(), about["default"].as_str().expect("a default that is a text").to_owned());
        }
        for (name, value) in with {
            assert!(inputs.insert((*name).to_owned(), (*value).to_owned()).is_some(), "there is no input {name}");
        }
        let (mut ran, mut outputs) = (Ran::default(), Outputs::new());
        for step in action["runs"]["steps"].as_array().expect("steps") {
            let context = (&inputs, &outputs);
            if step.get("if").is_some_and(|condition| !holds(condition.as_str().expect("a text"), context)) {
                continue;
            }
            let id = step["id"].as_str().unwrap_or_default().to_owned();
            if let Some(uses) = step.get("uses") {
                let with = |name: &str| filled(step["with"][name].as_str().expect("a text"), context);
                let kept = (with("key"), with("path"));
                assert!(!kept.0.is_empty() && Path::new(&kept.1).is_absolute(), "{kept:?}");
                match uses.as_str().and_then(|uses| uses.split_once('@')).expect("a version").0 {
                    "actions/cache/restore" => {
                        let hit = self.cache.contains(&kept).to_string();
                        outputs.entry(id).or_default().insert("cache-hit".to_owned(), hit);
                    }
                    "actions/cache/save" => assert!(self.cache.insert(kept), "kept already"),
                    other => panic!("not known: {other}"),
                }
                continue;
            }
            let environment: Vec<(String, String)> = step["env"].as_object().map_or_else(Vec::new, |variables| {
                let value = |value: &Value| filled(value.as_str().expect("a text"), context);
                variables.iter().map(|(name, text)| (name.clone(), value(text))).collect()
            });
            ran.steps.push(step["name"].as_str().expect("a name").to_owned());
            let done = self.step(step, environment, &mut ran);
            outputs.insert(id, done);
            if ran.code != 0 {
                break;
            }
        }
        for (name, about) in action["outputs"].as_object().expect("outputs") {
            let value = filled(about["value"].as_str().expect("a value"), (&inputs, &outputs));
            ran.outputs.insert(name.clone(), value);
        }
        ran
    }

    fn step(&self, step: &Value, environment: Vec<(String, String)>, ran: &mut Ran) -> BTreeMap<String, String> {
        assert_eq!(step["shell"], "bash", "{step}");
        let script = self.world.file("temp/step.sh", step["run"].as_str().expect("a script"));
        let (output, summary) = (self.world.file("temp/output", ""), self.world.file("temp/summary", ""));
        let mut command = Command::new("bash");
        // One pipe for both, as on a runner.
        let line = "exec bash --noprofile --norc -eo pipefail \"$0\" 2>&1";
        command.args(["-c", line]).arg(script).current_dir(self.repo("")).env_clear();
        command.env("PATH", &self.path).env("HOME", self.world.path("home")).env("LANG", "C.UTF-8");
        command.env("GITHUB_ACTIONS", "true").env("CI", "true").env("GITHUB_ACTION_PATH", root());
        command.env("GITHUB_WORKSPACE", self.repo("")).env("RUNNER_TEMP", self.world.path("temp"));
        command.env("GITHUB_OUTPUT", &output).env("GITHUB_STEP_SUMMARY", &summary);
        command.env("RUNNER_OS", "Linux").env("RUNNER_ARCH", "X64").envs(environment);
        let done = command.output().expect("bash runs");
        ran.code = done.status.code().unwrap_or(-1);
        ran.log.push_str(&String::from_utf8(done.stdout).expect("UTF-8"));
        ran.summary.push_str(&std::fs::read_to_string(summary).expect("a summary"));
        let left: Vec<_> = std::fs::read_dir(self.world.path("temp")).expect("a folder").collect();
        assert_eq!(left.len(), 3, "a step leaves nothing behind: {left:?}");
        outputs_of(&std::fs::read_to_string(output).expect("outputs"))
    }
}

impl Ran {
    /// What the runner acts on: lines that begin with `::`, but where commands are stopped.
    pub fn commands(&self) -> Vec<&str> {
        let mut stopped: Option<&str> = None;
        let mut commands = Vec::new();
        for line in self.log.lines().map(str::trim_start) {
            match stopped {
                Some(word) if line.strip_prefix("::").and_then(|rest| rest.strip_suffix("::")) == Some(word) => {
                    stopped = None;
                }
                Some(_) => {}
                None => match line.strip_prefix("::stop-commands::") {
                    Some(word) => stopped = Some(word),
                    None if line.starts_with("::") || line.starts_with("##[") => commands.push(line),
                    None => {}
                },
            }
        }
        assert_eq!(stopped, None, "commands stay stopped: {}", self.log);
        commands
    }
}

/// `name=value`, and `name<<END` with lines up to that word.
fn outputs_of(text: &str) -> BTreeMap<String, String> {
    let mut outputs = BTreeMap::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if let Some((name, end)) = line.split_once("<<") {
            let value: Vec<&str> = lines.by_ref().take_while(|line| *line != end).collect();
            outputs.insert(name.to_owned(), value.join("\n"));
        } else {
            let (name, value) = line.split_once('=').unwrap_or_else(|| panic!("no output: {line}"));
            outputs.insert(name.to_owned(), value.to_owned());
        }
    }
    outputs
}

type Context<'c> = (&'c BTreeMap<String, String>, &'c Outputs);

/// `a == 'b' && c != 'd'`.
fn holds(condition: &str, context: Context) -> bool {
    condition.split("&&").all(|part| {
        if let Some((left, right)) = part.split_once("==") {
            return value(left, context) == value(right, context);
        }
        let (left, right) = part.split_once("!=").unwrap_or_else(|| panic!("not understood: {part}"));
        value(left, context) != value(right, context)
    })
}

/// The text with each `${{ … }}` as its value.
fn filled(text: &str, context: Context) -> String {
    let mut parts = text.split("${{");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (expression, rest) = part.split_once("}}").expect("an end");
        let found = expression.split("||").map(|one| value(one, context)).find(|one| !one.is_empty());
        out.push_str(&found.unwrap_or_default());
        out.push_str(rest);
    }
    out
}

fn value(expression: &str, (inputs, outputs): Context) -> String {
    let parts: Vec<&str> = expression.trim().split('.').collect();
    match &parts[..] {
        [text] if text.len() >= 2 && text.starts_with('\'') && text.ends_with('\'') => {
            text[1..text.len() - 1].to_owned()
        }
        ["inputs", name] => inputs.get(*name).unwrap_or_else(|| panic!("there is no input {name}")).clone(),
        // One that has not run has no outputs.
        ["steps", id, "outputs", name] => outputs.get(*id).and_then(|all| all.get(*name)).cloned().unwrap_or_default(),
        _ => panic!("not understood: {expression}"),
    }
}
