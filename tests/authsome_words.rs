//! Whatever a rule tells a person to type exists in the authsome that is installed: each rule's page and each finding, said for
//! each version, against what that version's command line really has.

mod common;

use authsome_doctor::diagnosis::{Report, diagnose};
use authsome_doctor::report::{self, View};
use authsome_doctor::rules::catalogue;
use authsome_doctor::rules::rule::Expect;
use authsome_doctor::sink::Screen;
use common::rules::{facts_of, written};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::time::Duration;

/// The commands that this program answers itself, with every version.
const OURS: &[&str] =
    &["doctor", "login", "explain", "check", "rules", "practice", "inspect", "get", "revoke", "completions", "man"];

#[derive(Deserialize)]
struct Command {
    arguments: Vec<String>,
    options: Vec<String>,
}

/// By version, then by the words of the command.
type Commands = BTreeMap<String, BTreeMap<String, Command>>;

fn commands() -> Commands {
    serde_yaml::from_str(include_str!("authsome_commands.yaml")).expect("the commands of each version")
}

/// What stands behind "authsome" in a text, as far as it is words.
fn mentions(text: &str) -> Vec<Vec<String>> {
    let words: Vec<&str> = text.split_whitespace().map(|word| word.trim_start_matches(['`', '"', '\'', '('])).collect();
    let starts = words.iter().enumerate().filter(|(_, word)| **word == "authsome").map(|(at, _)| at + 1);
    let is_word = |word: &str| !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase() || c == '-');
    starts
        .map(|start| {
            let mut found = Vec::new();
            for word in &words[start..] {
                let bare = word.trim_end_matches(['`', '"', '\'', ')', ',', '.', ';', ':']);
                if !is_word(bare) {
                    break;
                }
                found.push(bare.to_owned());
                if bare != *word {
                    break;
                }
            }
            found
        })
        .filter(|found| !found.is_empty())
        .collect()
}

/// The longest beginning of these words that is a command of some version: a mention of a command, and not a sentence.
fn command_in(words: &[String], commands: &Commands) -> Option<String> {
    let beginnings = (1..=words.len()).rev().map(|count| words[..count].join(" "));
    let known = |name: &String| commands.values().any(|version| version.contains_key(name));
    let group = |name: &String| {
        let inside = format!("{name} ");
        commands.values().any(|version| version.keys().any(|other| other.starts_with(&inside)))
    };
    beginnings.filter(known).find(|name| !group(name))
}

/// What is wrong with this text for that version.
fn wrong_words(text: &str, version: &str, commands: &Commands) -> Vec<String> {
    let theirs = &commands[version];
    let missing = |words: Vec<String>| {
        if OURS.contains(&words[0].as_str()) {
            return None;
        }
        let command = command_in(&words, commands)?;
        (!theirs.contains_key(&command)).then_some(command)
    };
    mentions(text).into_iter().filter_map(missing).collect()
}

/// What is wrong with an argument list that begins with authsome.
fn wrong_arguments(line: &[&str], version: &str, commands: &Commands) -> Option<String> {
    let theirs = &commands[version];
    let count = (1..line.len()).rev().find(|count| theirs.contains_key(&line[1..=*count].join(" ")));
    let Some(count) = count else { return Some(format!("{} is no command", line.join(" "))) };
    let command = &theirs[&line[1..=count].join(" ")];
    let mut alone = 0;
    let mut rest = line[count + 1..].iter().peekable();
    while let Some(word) = rest.next() {
        if word.starts_with("--") {
            if !command.options.iter().any(|option| option == word) {
                return Some(format!("{} has no {word}", line.join(" ")));
            }
            rest.next_if(|value| !value.starts_with("--"));
        } else {
            alone += 1;
        }
    }
    (alone > command.arguments.len()).then(|| format!("{}: one word too many", line.join(" ")))
}

#[test]
fn every_rules_page_names_only_commands_that_the_version_has() {
    let commands = commands();
    let mut wrong = Vec::new();
    for rule in catalogue::built_in_rules() {
        for version in commands.keys() {
            let pages = [report::rule_page(rule, Some(version)), report::rule_as_read(rule, None, &[], Some(version))];
            for page in pages.map(|page| page.render(&Screen::PLAIN)) {
                let missing = wrong_words(&page, version, &commands);
                wrong.extend(missing.into_iter().map(|it| format!("{}: authsome {version} has no \"{it}\"", rule.id)));
            }
        }
    }
    wrong.sort();
    wrong.dedup();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_finding_names_only_commands_that_the_installed_version_has() {
    let commands = commands();
    let (mut wrong, mut looked_at) = (Vec::new(), 0);
    for one in written() {
        for case in one.cases.iter().filter(|case| case.expect == Expect::Fires) {
            for version in commands.keys() {
                let mut facts = facts_of(&case.facts);
                // The rule fires as it does; only whose words its fixes are said in changes.
                let diagnosis = diagnose([&one.rule], &facts);
                facts.set("authsome.version", version.as_str());
                let report = Report {
                    command: "doctor",
                    verdict: diagnosis.verdict(),
                    findings: diagnosis.findings,
                    inconclusive: Vec::new(),
                    facts,
                    checks: 1,
                    took: Duration::ZERO,
                    extra: serde_json::Map::new(),
                };
                let say = |what: String| format!("{} ({}), authsome {version}: {what}", one.rule.id, case.name);
                let view = View { quiet: false, verbose: true, home: String::new(), installed: None };
                let text = report::human(&report, &view).render(&Screen::PLAIN);
                wrong.extend(wrong_words(&text, version, &commands).into_iter().map(|it| say(format!("no \"{it}\""))));
                let other_words = text.lines().filter_map(|line| line.split_once(" itself: ").map(|(_, line)| line));
                for line in other_words.filter(|line| line.starts_with("authsome ")) {
                    let words: Vec<&str> = line.split_whitespace().collect();
                    wrong.extend(wrong_arguments(&words, version, &commands).map(&say));
                    looked_at += 1;
                }
                let document = report::json(&report, "");
                for fix in document["findings"]
                    .as_array()
                    .into_iter()
                    .flatten()
                    .filter_map(|it| it["fixes"].as_array())
                    .flatten()
                {
                    let words: Vec<&str> =
                        fix["command"].as_array().into_iter().flatten().filter_map(|word| word.as_str()).collect();
                    if words.first() != Some(&"authsome") || OURS.contains(&words[1]) {
                        continue;
                    }
                    wrong.extend(wrong_arguments(&words, version, &commands).map(&say));
                    looked_at += 1;
                }
            }
        }
    }
    wrong.sort();
    wrong.dedup();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(looked_at > 100, "only {looked_at} commands of authsome's own were seen");
}

#[test]
fn a_sentence_about_the_daemon_is_no_command_and_a_command_of_another_version_is_found() {
    let commands = commands();
    let wrong = |text: &str, version: &str| wrong_words(text, version, &commands);
    assert!(wrong("the authsome daemon could not start", "0.4.2").is_empty());
    assert!(wrong("run authsome login github, or: authsome get github", "0.4.2").is_empty());
    assert_eq!(wrong("then type `authsome daemon\n   restart`.", "0.4.2"), ["daemon restart"]);
    assert!(wrong("then type `authsome daemon restart`.", "0.5.0").is_empty());
    assert_eq!(wrong("authsome init makes one", "0.7.2"), ["init"]);
    let line = |text: &str, version: &str| wrong_arguments(&text.split(' ').collect::<Vec<_>>(), version, &commands);
    assert_eq!(line("authsome connections inspect github --field scopes", "0.7.2"), None);
    assert!(line("authsome connections inspect github --fields scopes", "0.7.2").is_some());
    assert!(line("authsome whoami now", "0.7.2").is_some());
}
