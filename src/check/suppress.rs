//! Suppressions in the definitions themselves: `// authsome-check: allow RULE reason`. What is wrong with a suppression is
//! for the rules over `definition.suppressions` to say.

use super::comments::pieces;
use crate::diagnosis::{By, Finding, Suppressed};
use crate::facts::{Entry, Fact, Facts, Place, Record};
use crate::rules::compiled::Rule;
use crate::rules::names::nearest;
use std::borrow::Cow;
use std::sync::Arc;

/// What every such comment begins with. A text without it costs one look.
const MARK: &str = "authsome-check";
/// As many as a definition can have values. What stands behind them covers nothing.
const MOST: usize = 1_000;
/// What the rules over definitions are called.
const PREFIX: &str = "definition-";

/// Which findings a comment is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Covers {
    File,
    Line(u32),
    /// Nothing stands behind it any more.
    Nothing,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suppression {
    /// None: it does not say `allow RULE`.
    pub rule: Option<String>,
    pub reason: Option<String>,
    pub covers: Covers,
    /// Of the comment, from 1.
    pub line: u32,
    pub column: u32,
}

/// The suppressions in a definition that can be read, in their order.
pub fn read(text: &str) -> Vec<Suppression> {
    // Whoever writes it with capitals means it, too.
    if !["uthsome-check", "uthsome-Check", "UTHSOME-CHECK"].iter().any(|mark| text.contains(mark)) {
        return Vec::new();
    }
    let mut found: Vec<Suppression> = Vec::new();
    let (mut counted, mut line) = (0, 1_u32);
    let mut line_of = |at: usize| {
        line += lines_in(&text[counted..at]);
        counted = at;
        line
    };
    // Where the last piece begins that is no comment, and from where on the suppressions wait for the next such piece.
    let (mut before, mut waiting) = (None, 0);
    for piece in pieces(text) {
        if !piece.is_comment {
            if waiting < found.len() {
                let line = line_of(piece.start);
                let waiting = found[waiting..].iter_mut().filter(|one| one.covers == Covers::Nothing);
                waiting.for_each(|one| one.covers = Covers::Line(line));
            }
            (before, waiting) = (Some(piece.start), found.len());
            continue;
        }
        if found.len() >= MOST {
            break;
        }
        let Some((rules, reason)) = directive(&text[piece.start..piece.end]) else { continue };
        let line = line_of(piece.start);
        let begins = text[..piece.start].rfind('\n').map_or(0, |at| at + 1);
        let column = u32::try_from(text[begins..piece.start].chars().count()).unwrap_or(u32::MAX - 1) + 1;
        let covers = match before {
            None => Covers::File,
            Some(before) if before >= begins => Covers::Line(line),
            Some(_) => Covers::Nothing,
        };
        let each = |rule| Suppression { rule, reason: reason.clone(), covers, line, column };
        found.extend(rules.into_iter().map(each));
    }
    found
}

fn lines_in(text: &str) -> u32 {
    u32::try_from(text.bytes().filter(|byte| *byte == b'\n').count()).unwrap_or(u32::MAX / 2)
}

/// Rules and reason of a comment that is meant for us. A sentence that only names us is none.
fn directive(comment: &str) -> Option<(Vec<Option<String>>, Option<String>)> {
    let nothing = || (vec![None], None);
    let inside = match comment.strip_prefix("/*") {
        Some(block) => block.strip_suffix("*/").unwrap_or(block),
        None => comment.trim_start_matches('/'),
    };
    let lines = inside.lines().map(|line| line.trim().trim_start_matches('*').trim());
    let words: Vec<&str> = lines.flat_map(str::split_whitespace).collect();
    let joined = words.join(" ");
    let (_, rest) = joined.split_at_checked(MARK.len()).filter(|(mark, _)| mark.eq_ignore_ascii_case(MARK))?;
    let said = match rest.trim_start().strip_prefix(':') {
        Some(said) => said.trim_start(),
        // The colon was forgotten.
        None if rest.starts_with(" allow") => return Some(nothing()),
        None => return None,
    };
    let Some(said) = said.strip_prefix("allow ") else { return Some(nothing()) };
    let mut rules = Vec::new();
    let mut rest = said;
    // Several in one comment: each but the last has a comma behind it.
    let reason = loop {
        let (rule, behind) = rest.split_once(' ').unwrap_or((rest, ""));
        rules.push(Some(rule.trim_end_matches([':', ','])).filter(|rule| !rule.is_empty()).map(str::to_owned));
        if !(rule.ends_with(',') && behind.starts_with(PREFIX)) {
            break behind;
        }
        rest = behind;
    };
    let reason = reason.trim_start_matches([':', '-', '–', '—', ' ']);
    let says_something = reason.contains(char::is_alphanumeric);
    Some((rules, says_something.then(|| reason.to_owned())))
}

impl Suppression {
    fn covers(&self, finding: &Finding) -> bool {
        self.rule.as_deref() == Some(finding.rule.as_str())
            && match self.covers {
                Covers::File => true,
                Covers::Line(line) => finding.place.as_ref().is_some_and(|place| place.line == line),
                Covers::Nothing => false,
            }
    }
}

/// Takes out of `findings` what the suppressions cover. Returned: those, and which of the suppressions covered something.
pub fn apply(suppressions: &[Suppression], findings: &mut Vec<Finding>) -> (Vec<Suppressed>, Vec<bool>) {
    let mut used = vec![false; suppressions.len()];
    if suppressions.is_empty() {
        return (Vec::new(), used);
    }
    let mut taken = Vec::new();
    let mut kept = Vec::with_capacity(findings.len());
    for finding in findings.drain(..) {
        let mut reason = None;
        // All that cover it are of use.
        for (one, used) in suppressions.iter().zip(&mut used).filter(|(one, _)| one.covers(&finding)) {
            *used = true;
            reason = reason.or(one.reason.as_ref());
        }
        match reason {
            Some(reason) => taken.push(Suppressed { finding, by: By::Inline, reason: Some(reason.clone()) }),
            None => kept.push(finding),
        }
    }
    *findings = kept;
    (taken, used)
}

/// Writes what the comments are into the facts. `judged`: the rules that took part in this run; `known`: all rules.
pub fn write_facts(
    facts: &mut Facts,
    file: &str,
    suppressions: &[Suppression],
    used: &[bool],
    judged: impl Fn(&str) -> bool,
    known: &[&str],
) {
    let file: Arc<str> = file.into();
    let records: Vec<Entry> = suppressions
        .iter()
        .zip(used)
        .map(|(one, used)| {
            let rule = one.rule.as_deref();
            let is_known = rule.map(|rule| known.contains(&rule));
            let near = rule.filter(|_| is_known == Some(false)).and_then(|rule| nearest(rule, known.iter().copied()));
            // Of a rule that did not take part nobody can say that it would have found nothing.
            let used = rule.filter(|rule| *used || judged(rule)).map(|_| *used);
            let record = Record::new()
                .with("rule", rule)
                .with("known", is_known)
                .with("nearest", near)
                .with("reason", one.reason.as_deref())
                .with("used", used);
            let place = Place { file: file.clone(), line: one.line, column: one.column, pointer: Cow::default() };
            Fact::from(record).at(place)
        })
        .collect();
    facts.set("definition.suppressions", records);
}

/// Is it a rule about suppressions, levels or a baseline, which is judged after the others?
pub fn is_about_suppressions(rule: &Rule) -> bool {
    goes_over(rule, &["definition.suppressions"]) || is_about_the_run(rule)
}

/// Is it a rule about what a whole run used of the config file and the baseline?
pub fn is_about_the_run(rule: &Rule) -> bool {
    goes_over(rule, &["definition.levels", "definition.baseline"])
}

fn goes_over(rule: &Rule, lists: &[&str]) -> bool {
    rule.for_each.as_ref().is_some_and(|each| lists.contains(&each.list.spec.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(text: &str) -> (Option<String>, Option<String>, Covers) {
        let mut all = read(text);
        assert_eq!(all.len(), 1, "{text}");
        let Suppression { rule, reason, covers, .. } = all.remove(0);
        (rule, reason, covers)
    }

    #[test]
    fn where_a_comment_stands_says_what_it_covers() {
        for (text, covers) in [
            ("// authsome-check: allow r because\n{\n}", Covers::File),
            ("/* licence */ /* authsome-check: allow r because */ {\n}", Covers::File),
            ("{\n  // authsome-check: allow r because\n\n  // other\n  \"a\": 1\n}", Covers::Line(5)),
            ("{\r\n  \"a\": 1, // authsome-check: allow r because\r\n  \"b\": 2\r\n}", Covers::Line(2)),
            ("{\n  \"ä\": 1 /* authsome-check: allow r because */\n}", Covers::Line(2)),
            ("{\n  /* authsome-check: allow r because */ \"a\": 1\n}", Covers::Line(2)),
            ("{ // authsome-check: allow r because\n  \"a\": 1\n}", Covers::Line(1)),
            ("{\n}\n// authsome-check: allow r because\n", Covers::Nothing),
        ] {
            assert_eq!(one(text), (Some("r".to_owned()), Some("because".to_owned()), covers), "{text}");
        }
    }

    #[test]
    fn what_is_said_is_understood_in_the_ways_in_which_people_write_it() {
        for (comment, rule, reason) in [
            ("// authsome-check: allow r their server wants it", Some("r"), Some("their server wants it")),
            ("//authsome-check:allow r: their server", Some("r"), Some("their server")),
            ("/* authsome-check: allow r -- their server */", Some("r"), Some("their server")),
            ("/**\n   * authsome-check: allow r\n   * their\n   * server\n   */", Some("r"), Some("their server")),
            ("// Authsome-Check: allow r their server", Some("r"), Some("their server")),
            ("// Authsome-check: allow r their server", Some("r"), Some("their server")),
            ("// authsome-check: allow r, their server", Some("r"), Some("their server")),
            ("// authsome-check: allow r", Some("r"), None),
            ("// authsome-check: allow r --", Some("r"), None),
            ("// authsome-check: allow", None, None),
            ("// authsome-check: ignore r because", None, None),
            ("// authsome-check allow r because", None, None),
        ] {
            let found = one(&format!("{comment}\n{{}}"));
            assert_eq!((found.0.as_deref(), found.1.as_deref()), (rule, reason), "{comment}");
        }
        for sentence in ["// authsome-check.yaml says more", "// see authsome-check: allow", "// authsome-checker: no"]
        {
            assert_eq!(read(&format!("{sentence}\n{{}}")), [], "{sentence}");
        }
        assert_eq!(read(r#"{"a": "// authsome-check: allow r because"}"#), []);
    }

    #[test]
    fn one_comment_can_name_several_rules() {
        let all = read("// authsome-check: allow definition-a, definition-b their server\n{}");
        let said: Vec<_> = all.iter().map(|one| (one.rule.as_deref(), one.reason.as_deref())).collect();
        assert_eq!(said, [(Some("definition-a"), Some("their server")), (Some("definition-b"), Some("their server"))]);
    }

    #[test]
    fn a_comment_has_its_place() {
        let all = read("{\n  \"é\": 1, // authsome-check: allow r x\n  // authsome-check: allow q y\n  \"b\": 2\n}");
        let places: Vec<_> = all.iter().map(|one| (one.line, one.column)).collect();
        assert_eq!(places, [(2, 11), (3, 3)]);
    }
}
