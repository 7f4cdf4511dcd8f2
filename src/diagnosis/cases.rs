//! The cases of rules: what `rules test` and `cargo test` run.

use super::diagnose::{apply, diagnose};
use crate::facts::{self, Facts};
use crate::rules::compiled::Rule;
use crate::rules::problem::Problem;
use crate::rules::rule::{CaseFacts, Expect, Written};
use crate::rules::set;
use std::path::Path;

/// Runs every case of `written`. `all` are the rules beside which they stand; `fixtures` is the folder of recorded facts;
/// `read` makes facts of a case's text.
pub fn run(written: &[Written], all: &[Rule], fixtures: Option<&Path>, read: impl Fn(&str) -> Facts) -> Vec<Problem> {
    let mut problems = Vec::new();
    for one in written {
        for case in &one.cases {
            let mut say = |message: String| {
                let message = format!("{}: case \"{}\": {message}", one.rule.id, case.name);
                problems.push(Problem { file: one.rule.file.clone(), spot: case.spot, message });
            };
            let facts = match &case.facts {
                CaseFacts::Inline(facts) => facts.clone(),
                CaseFacts::Text { text, beside } => {
                    let mut facts = read(text);
                    facts.merge(beside.clone());
                    facts
                }
                CaseFacts::Fixture(name) => match read_fixture(fixtures, name) {
                    Ok(facts) => facts,
                    Err(why) => {
                        say(why);
                        continue;
                    }
                },
            };
            let outcome = apply(&one.rule, &facts);
            let got = match (outcome.findings.is_empty(), outcome.because) {
                (false, _) => Expect::Fires,
                (true, Some(_)) => Expect::Inconclusive,
                (true, None) => Expect::Silent,
            };
            if got != case.expect {
                say(format!("expected {}, but it is {}", word(case.expect), word(got)));
            }
            if got == Expect::Fires {
                for rival in rivals(&one.rule, all, &facts) {
                    say(format!(
                        "{rival} fires on it too, equally specific: say which is the root, or test one fact more"
                    ));
                }
            }
        }
    }
    problems
}

fn rivals<'r>(rule: &Rule, all: &'r [Rule], facts: &Facts) -> Vec<&'r str> {
    let suspects: Vec<&Rule> = all.iter().filter(|other| set::rivals(rule, other)).collect();
    let fired = diagnose(suspects.iter().copied(), facts).findings;
    suspects.iter().map(|r| r.id.as_str()).filter(|id| fired.iter().any(|f| f.rule == *id)).collect()
}

fn word(expect: Expect) -> &'static str {
    match expect {
        Expect::Fires => "to fire",
        Expect::Silent => "silent",
        Expect::Inconclusive => "inconclusive",
    }
}

fn read_fixture(folder: Option<&Path>, name: &str) -> Result<Facts, String> {
    let Some(folder) = folder else { return Err("its fixture folder is not at hand".to_owned()) };
    let text = std::fs::read_to_string(folder.join(name)).map_err(|e| format!("fixture {name}: {e}"))?;
    let json = serde_json::from_str(&text).map_err(|e| format!("fixture {name}: {e}"))?;
    facts::read(&json).map_err(|e| format!("fixture {name} at {}: {e}", e.pointer))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::catalogue;
    use crate::rules::rule::read_file;
    use std::path::PathBuf;

    fn sources() -> Vec<Written> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut files: Vec<PathBuf> = Vec::new();
        for family in std::fs::read_dir(root.join("rules")).unwrap() {
            files.extend(std::fs::read_dir(family.unwrap().path()).unwrap().map(|f| f.unwrap().path()));
        }
        files.sort();
        let mut all = Vec::new();
        for file in files {
            let text = std::fs::read_to_string(&file).unwrap();
            let name = file.strip_prefix(root).unwrap().to_string_lossy().into_owned();
            let (written, problems) = read_file(&text, &name, "machine", false, &catalogue::labels());
            assert_eq!(problems, []);
            all.extend(written);
        }
        all
    }

    #[test]
    fn the_binary_holds_the_rules_of_the_files() {
        let ids: Vec<String> = sources().into_iter().map(|one| one.rule.id).collect();
        let mut built_in: Vec<String> = catalogue::built_in_rules().map(|r| r.id.clone()).collect();
        built_in.sort();
        let mut ids = ids;
        ids.sort();
        assert_eq!(ids, built_in);
    }
}
