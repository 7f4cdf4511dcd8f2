//! The built-in rules as they are written, with their cases; and rules of a user's own that fire on nothing but what a test's
//! facts say, with facts for them.

use super::World;
use authsome_doctor::error_reader;
use authsome_doctor::facts::{self, Facts};
use authsome_doctor::rules::catalogue;
use authsome_doctor::rules::rule::{CaseFacts, Written, read_file};
use std::path::{Path, PathBuf};

/// Every built-in rule, in the order in which the binary holds them.
pub fn written() -> Vec<Written> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let list = |folder: &Path| {
        let entries = std::fs::read_dir(folder).expect("a folder of rules");
        let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("it is listed").path()).collect();
        paths.sort();
        paths
    };
    let mut all = Vec::new();
    for family in ["machine", "callback", "daemon", "provider", "definition"] {
        for file in list(&root.join("rules").join(family))
            .into_iter()
            .filter(|file| file.extension().is_some_and(|end| end == "yaml"))
        {
            let text = std::fs::read_to_string(&file).expect("a rule file");
            let shown = file.strip_prefix(root).expect("under the root").display().to_string();
            let (rules, problems) = read_file(&text, &shown, family, false, &catalogue::labels());
            assert_eq!(problems, []);
            all.extend(rules);
        }
    }
    all
}

/// The facts of a case, as `rules test` makes them.
pub fn facts_of(case: &CaseFacts) -> Facts {
    match case {
        CaseFacts::Inline(facts) => facts.clone(),
        CaseFacts::Text { text, beside } => {
            let mut facts = error_reader::read(text, "argument");
            facts.merge(beside.clone());
            facts
        }
        CaseFacts::Fixture(name) => {
            let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name);
            let text = std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
            let json = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
            facts::read(&json).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
        }
    }
}

/// A rule that fires where `port.free` is false, and does not know where it is unknown.
pub fn rule(id: &str, severity: &str) -> String {
    format!(
        "- id: {id}
  cause: port_in_use
  severity: {severity}
  title: The port is taken
  when:
    port.free: false
  explanation: Something listens.
  since: 0.1.0
  cases:
    - name: taken
      facts: {{port: {{free: false}}}}
      expect: fires
    - name: free
      facts: {{port: {{free: true}}}}
      expect: silent
"
    )
}

pub const TAKEN: &str = r#"{"port": {"free": false}}"#;
pub const FREE: &str = r#"{"port": {"free": true}}"#;
pub const UNKNOWN: &str = r#"{"port": {"free": {"$unknown": "the table of sockets cannot be read"}}}"#;

/// A world with one rule of that severity in a folder for `--rules`; answers with the arguments that judge `facts` by it.
pub fn judged_by(world: &World, severity: &str, facts: &str) -> Vec<String> {
    let rules = world.file("rules/own.yaml", rule("own-port-taken", severity));
    let facts = world.file("facts.json", facts);
    let text = |path: PathBuf| path.display().to_string();
    let folder = text(rules.parent().expect("it is in a folder").to_owned());
    ["doctor", "--only", "own-port-taken", "--rules", &folder, "--facts", &text(facts)].map(str::to_owned).to_vec()
}
