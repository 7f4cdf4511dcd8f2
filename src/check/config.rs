//! `authsome-check.yaml`: how a repository wants its definitions judged. Reads it strictly; every mistake has its place.

use crate::diagnosis::identity::named_from;
use crate::facts::Place;
use crate::rules::Severity;
use crate::rules::compiled::Rule;
use crate::rules::problem::{Desk, Problem};
use crate::rules::yaml::{self, Key, Node, Raw, Spot};
use std::path::{Path, PathBuf};

/// The file's name in the folder where a run begins.
pub const FILE: &str = "authsome-check.yaml";

const LEVELS: &[&str] = &["error", "warning", "note", "off"];
const FAIL_ON: &[&str] = &["error", "warning", "never"];

#[derive(Clone, Debug)]
pub struct Config {
    /// As the user names it.
    pub file: String,
    /// What its `paths` are seen from.
    folder: PathBuf,
    /// Default for `--authsome-version`: a semantic version.
    pub authsome_version: Option<String>,
    /// Default for `--fail-on`: error, warning or never.
    pub fail_on: Option<String>,
    pub levels: Vec<Level>,
}

/// What one rule's findings count as here.
#[derive(Clone, Debug)]
pub struct Level {
    pub rule: String,
    /// None: they do not count.
    pub severity: Option<Severity>,
    pub reason: String,
    /// Empty: everywhere.
    paths: Vec<glob::Pattern>,
    pub place: Place,
}

impl Config {
    /// `rules`: those that can find something in a definition.
    pub fn read(text: &str, file: &str, rules: &[&Rule]) -> Result<Self, Vec<Problem>> {
        let mut desk = Desk::new(file, false, &[]);
        let folder = Path::new(file).parent().unwrap_or(Path::new("")).to_owned();
        let mut config =
            Self { file: file.to_owned(), folder, authsome_version: None, fail_on: None, levels: Vec::new() };
        match yaml::parse(text) {
            Err(error) => desk.say(error.spot, error.message),
            // Nothing but comments.
            Ok(Node { value: Raw::Null, .. }) => {}
            Ok(root) => {
                let fields = desk.entries("the config file", &root, &["rules", "authsome_version", "fail_on"]);
                config.authsome_version = fields.get("authsome_version").and_then(|node| version(&mut desk, node));
                config.fail_on = fields.get("fail_on").and_then(|node| word(&mut desk, "fail_on", node, FAIL_ON));
                if let Some(node) = fields.get("rules") {
                    config.levels = levels(&mut desk, node, rules);
                }
            }
        }
        if desk.problems.is_empty() { Ok(config) } else { Err(desk.problems) }
    }

    /// The level that a rule's findings have in a file, with its number. `base` is where relative names begin.
    pub fn level(&self, rule: &str, file: &str, base: &Path) -> Option<(usize, &Level)> {
        let (at, level) = self.levels.iter().enumerate().find(|(_, level)| level.rule == rule)?;
        if level.paths.is_empty() {
            return Some((at, level));
        }
        let name = named_from(file, base, &self.folder);
        let options = glob::MatchOptions {
            case_sensitive: true,
            require_literal_separator: true,
            require_literal_leading_dot: false,
        };
        level.paths.iter().any(|pattern| pattern.matches_with(&name, options)).then_some((at, level))
    }
}

fn version(desk: &mut Desk, node: &Node) -> Option<String> {
    const WHAT: &str = "write a whole version in quotes, such as \"0.6.4\"";
    let text = match &node.value {
        Raw::Text(text) => Some(text.clone()),
        _ => None,
    };
    let found = text.filter(|text| text.parse::<semver::Version>().is_ok());
    if found.is_none() {
        desk.say(node.spot, format!("authsome_version is no version: {WHAT}"));
    }
    found
}

/// A word of a closed set. A bare `off` is a text or a truth value, by the YAML version.
fn word(desk: &mut Desk, what: &str, node: &Node, allowed: &[&str]) -> Option<String> {
    let text = match &node.value {
        Raw::Truth(false) if allowed.contains(&"off") => "off",
        _ => desk.text(what, node)?,
    };
    if !allowed.contains(&text) {
        desk.wrong_word(node.spot, what, text, allowed.iter().copied());
        desk.say(node.spot, format!("{what} is one of {}", allowed.join(", ")));
        return None;
    }
    Some(text.to_owned())
}

fn levels(desk: &mut Desk, node: &Node, rules: &[&Rule]) -> Vec<Level> {
    match &node.value {
        Raw::Map(map) => map.iter().filter_map(|(key, node)| level(desk, key, node, rules)).collect(),
        Raw::Null => Vec::new(),
        _ => {
            desk.say(node.spot, format!("rules is a mapping of rules to levels, not {}", node.kind()));
            Vec::new()
        }
    }
}

fn level(desk: &mut Desk, key: &Key, node: &Node, rules: &[&Rule]) -> Option<Level> {
    let rule = rules.iter().find(|rule| rule.id == key.name);
    if rule.is_none() {
        desk.wrong_word(key.spot, "rule", &key.name, rules.iter().map(|rule| rule.id.as_str()));
    }
    let fields = desk.entries(&key.name, node, &["level", "reason", "paths"]);
    let Some(word) = fields.get("level").map(|node| word(desk, "level", node, LEVELS)) else {
        say_missing(desk, key, "level: error, warning, note or off");
        return None;
    };
    let reason = match fields.get("reason") {
        Some(node) => desk.text("reason", node).unwrap_or_default().trim().to_owned(),
        None => String::new(),
    };
    if reason.is_empty() {
        say_missing(desk, key, "a reason: who reads it later wants to know why");
    }
    let paths = fields.get("paths").map(|node| patterns(desk, node)).unwrap_or_default();
    let severity = match word?.as_str() {
        "error" => Some(Severity::Error),
        "warning" => Some(Severity::Warning),
        "note" => Some(Severity::Note),
        _ => None,
    };
    if rule.is_some_and(|rule| is_about_syntax(rule)) && severity != Some(Severity::Error) {
        desk.say(key.spot, format!("{} stays an error: a file that cannot be read is no definition", key.name));
    }
    let Spot { line, column } = key.spot;
    let place = Place { file: desk.file.as_str().into(), line, column, pointer: format!("/rules/{}", key.name).into() };
    Some(Level { rule: key.name.clone(), severity, reason, paths, place })
}

fn say_missing(desk: &mut Desk, key: &Key, what: &str) {
    desk.say(key.spot, format!("{} needs {what}", key.name));
}

fn patterns(desk: &mut Desk, node: &Node) -> Vec<glob::Pattern> {
    let texts = desk.texts("paths", node);
    if texts.is_empty() && matches!(&node.value, Raw::List(items) if items.is_empty()) {
        desk.say(node.spot, "paths is empty, so that the entry is for no file: name some, or leave it out");
    }
    let mut patterns = Vec::new();
    for (text, spot) in texts {
        match glob::Pattern::new(text.strip_prefix("./").unwrap_or(&text)) {
            Ok(pattern) => patterns.push(pattern),
            Err(why) => desk.say(spot, format!("{text} is no pattern of paths: {}", why.msg)),
        }
    }
    patterns
}

/// A rule over what keeps a file from being read.
pub fn is_about_syntax(rule: &Rule) -> bool {
    rule.at.as_ref().is_some_and(|at| at.spec.starts_with("definition.parse_error"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::Rules;

    fn read(text: &str) -> Result<Config, Vec<String>> {
        let rules = Rules::built_in();
        let rules: Vec<&Rule> = rules.iter().filter(|rule| rule.sections == ["definition"]).collect();
        Config::read(text, "authsome-check.yaml", &rules)
            .map_err(|problems| problems.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn what_is_written_is_read() {
        let config = read(
            "authsome_version: \"0.6.4\"\nfail_on: warning\nrules:\n  definition-pkce-false:\n    level: off\n    \
             reason: the vendor's form has it\n    paths: [old/**, 'x?.json']\n  definition-key-unknown: {level: error, reason: we want none}\n",
        )
        .unwrap();
        assert_eq!((config.authsome_version.as_deref(), config.fail_on.as_deref()), (Some("0.6.4"), Some("warning")));
        let level = |rule: &str, file: &str| {
            config.level(rule, file, Path::new("/repo")).map(|(at, level)| (at, level.severity))
        };
        assert_eq!(level("definition-pkce-false", "old/deep/a.json"), Some((0, None)));
        assert_eq!(level("definition-pkce-false", "./xy.json"), Some((0, None)));
        assert_eq!(level("definition-pkce-false", "/repo/old/a.json"), Some((0, None)));
        assert_eq!(level("definition-pkce-false", "new/xy.json"), None);
        assert_eq!(level("definition-key-unknown", "new/a.json"), Some((1, Some(Severity::Error))));
        assert_eq!(level("definition-url-white-space", "a.json"), None);
    }

    #[test]
    fn a_file_with_nothing_in_it_changes_nothing() {
        assert!(read("# later\n").unwrap().levels.is_empty());
        assert!(read("rules:\n").unwrap().levels.is_empty());
    }

    #[test]
    fn every_mistake_is_told_with_its_place_and_the_nearest_right_name() {
        for (text, wanted) in [
            ("rule: {}\n", "authsome-check.yaml:1:1: unknown key rule; did you mean rules?"),
            ("rules: [a]\n", "authsome-check.yaml:1:8: rules is a mapping of rules to levels, not a list"),
            ("fail_on: warn\n", "authsome-check.yaml:1:10: unknown fail_on warn; did you mean warning?"),
            ("authsome_version: 0.6\n", "authsome-check.yaml:1:19: authsome_version is no version"),
            (
                "rules:\n  definition-pkce-fals: {level: off, reason: x}\n",
                "authsome-check.yaml:2:3: unknown rule definition-pkce-fals; did you mean definition-pkce-false?",
            ),
            (
                "rules:\n  definition-pkce-false: {level: off, reson: x}\n",
                "authsome-check.yaml:2:39: unknown key reson; did you mean reason?",
            ),
            (
                "rules:\n  definition-pkce-false: {level: silent, reason: x}\n",
                "authsome-check.yaml:2:34: level is one of error, warning, note, off",
            ),
            ("rules:\n  definition-pkce-false: {level: off}\n", "2:3: definition-pkce-false needs a reason"),
            (
                "rules:\n  definition-pkce-false: {level: off, reason: ' '}\n",
                "2:3: definition-pkce-false needs a reason",
            ),
            ("rules:\n  definition-pkce-false: {reason: x}\n", "2:3: definition-pkce-false needs level"),
            ("rules:\n  definition-pkce-false: {level: off, reason: x, paths: []}\n", "paths is empty"),
            ("rules:\n  definition-pkce-false: {level: off, reason: x, paths: ['a***']}\n", "is no pattern of paths"),
            ("rules:\n  definition-not-json: {level: off, reason: x}\n", "2:3: definition-not-json stays an error"),
            ("rules:\n  definition-not-json: {level: note, reason: x}\n", "2:3: definition-not-json stays an error"),
            ("fail_on: never\nfail_on: error\n", "authsome-check.yaml:2:1: duplicate"),
            ("fail_on: [\n", "authsome-check.yaml:"),
        ] {
            let problems = read(text).expect_err(text).join("\n");
            assert!(problems.contains(wanted), "{text}\n{problems}");
        }
    }
}
