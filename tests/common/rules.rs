//! Rules of a user's own that fire on nothing but what a test's facts say, and facts for them.

use super::World;
use std::path::PathBuf;

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
