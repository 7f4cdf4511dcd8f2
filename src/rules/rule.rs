//! A rule: from YAML to the compiled form, with its cases.

use super::compiled::{Condition, FactRef, ForEach, Rule, Target, Template};
use super::names::{Scope, items_of};
use super::problem::{Desk, Fields, Problem};
use super::yaml::{self, Node, Raw, Spot};
use super::{Certainty, Severity, condition, fix, template};
use std::collections::BTreeSet;

const KEYS: &[&str] = &[
    "id",
    "cause",
    "severity",
    "certainty",
    "last_resort",
    "title",
    "for_each",
    "when",
    "evidence",
    "explanation",
    "question",
    "alternatives",
    "fixes",
    "explains",
    "explained_by",
    "at",
    "refs",
    "since",
    "cases",
];

/// A rule with what only lint and tests need.
#[derive(Clone, Debug)]
pub struct Written {
    pub rule: Rule,
    pub cases: Vec<Case>,
    pub spot: Spot,
    /// Where its `explains` and `explained_by` stand.
    pub target_spots: Vec<(Target, Spot)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expect {
    Fires,
    Silent,
    Inconclusive,
}

#[derive(Clone, Debug)]
pub struct Case {
    pub name: String,
    pub facts: CaseFacts,
    pub expect: Expect,
    pub spot: Spot,
}

#[derive(Clone, Debug)]
pub enum CaseFacts {
    Inline(crate::facts::Facts),
    /// A file of recorded facts, relative to the fixtures folder.
    Fixture(String),
    /// What somebody said, as it was said: the error reader makes facts of it. Other facts may stand beside it, and win.
    Text {
        text: String,
        beside: crate::facts::Facts,
    },
}

/// Reads one file of rules. Everything that is wrong comes back, in the order of the file.
pub fn read_file(
    text: &str,
    file: &str,
    family: &str,
    outside: bool,
    causes: &[String],
) -> (Vec<Written>, Vec<Problem>) {
    let mut desk = Desk::new(file, outside, causes);
    let mut written = Vec::new();
    match yaml::parse(text) {
        Err(error) => desk.say(error.spot, error.message),
        Ok(Node { value: Raw::List(items), .. }) => {
            for item in &items {
                written.extend(read_rule(&mut desk, item, family));
            }
        }
        Ok(Node { value: Raw::Null, .. }) => {}
        Ok(other) => desk.say(other.spot, format!("a rule file holds a list of rules, not {}", other.kind())),
    }
    desk.problems.sort();
    (written, desk.problems)
}

fn read_rule(desk: &mut Desk, node: &Node, family: &str) -> Option<Written> {
    let fields = desk.entries("a rule", node, KEYS);
    for needed in ["id", "cause", "severity", "title", "when", "explanation", "since", "cases"] {
        if fields.get(needed).is_none() {
            desk.say(node.spot, format!("a rule needs {needed}"));
        }
    }
    let id_node = fields.get("id")?;
    let id = desk.text("id", id_node)?.to_owned();
    let kebab = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if !id.chars().all(kebab) || id.is_empty() {
        desk.say(id_node.spot, format!("the id {id} must be kebab-case: a-z, 0-9 and -"));
    }
    let cause = read_cause(desk, "cause", fields.get("cause")?)?;
    let severity = word(desk, fields.get("severity")?, "severity", Severity::WORDS, Severity::from_word)?;
    let certainty = match fields.get("certainty") {
        Some(node) => word(desk, node, "certainty", Certainty::WORDS, Certainty::from_word)?,
        None => Certainty::Certain,
    };
    let last_resort = read_last_resort(desk, &fields, certainty);
    let mut scope = Scope::default();
    let for_each = match fields.get("for_each") {
        Some(node) => Some(read_for_each(desk, &mut scope, node)?),
        None => None,
    };
    let when = condition::compile(desk, &scope, fields.get("when")?);
    let mut implied = condition::implied(&when);
    implied.extend(for_each.as_ref().map(|each| each.list.clone()));
    let text = |desk: &mut Desk, name: &str| {
        fields.get(name).map(|node| template::compile(desk, &scope, node, name, Some(&implied)))
    };
    let title = text(desk, "title").unwrap_or_default();
    let explanation = text(desk, "explanation").unwrap_or_default();
    let question = text(desk, "question");
    let evidence = fact_list(desk, &scope, fields.get("evidence"));
    let at = fields.get("at").and_then(|node| {
        let name = desk.text("at", node)?.to_owned();
        // `each.place` is written for "the place of the item".
        let name = name.strip_suffix(".place").unwrap_or(&name).to_owned();
        condition::resolve(desk, &scope, &name, node.spot).map(|(fact, _)| fact)
    });
    let fixes = match fields.get("fixes").map(|n| (n, &n.value)) {
        Some((_, Raw::List(items))) => items.iter().filter_map(|item| fix::compile(desk, &scope, item)).collect(),
        Some((node, _)) => {
            desk.say(node.spot, "fixes is a list");
            Vec::new()
        }
        None => Vec::new(),
    };
    let (explains, mut target_spots) = targets(desk, fields.get("explains"));
    let (explained_by, spots) = targets(desk, fields.get("explained_by"));
    target_spots.extend(spots);
    let alternatives = match fields.get("alternatives") {
        Some(node) => desk
            .texts("alternatives", node)
            .into_iter()
            .map(|(label, spot)| {
                check_cause(desk, "alternative", &label, spot);
                label
            })
            .collect(),
        None => Vec::new(),
    };
    let (specificity, sections) = weigh(&when, for_each.as_ref());
    let cases = read_cases(desk, &id, fields.get("cases")?);
    let rule = Rule {
        id,
        cause,
        severity,
        certainty,
        last_resort,
        title,
        for_each,
        when,
        evidence,
        explanation,
        question,
        alternatives,
        fixes,
        explains,
        explained_by,
        at,
        refs: texts(desk, &fields, "refs"),
        since: texts(desk, &fields, "since").concat(),
        family: family.to_owned(),
        file: desk.file.clone(),
        line: node.spot.line,
        specificity,
        sections,
        outside: desk.outside,
    };
    Some(Written { rule, cases, spot: id_node.spot, target_spots })
}

/// What is asked last knows no more than a few words: it is never likely.
fn read_last_resort(desk: &mut Desk, fields: &Fields, certainty: Certainty) -> bool {
    let Some(node) = fields.get("last_resort") else { return false };
    let Raw::Truth(last) = node.value else {
        desk.say(node.spot, format!("last_resort must be true or false, not {}", node.kind()));
        return false;
    };
    if last && certainty != Certainty::Possible {
        desk.say(node.spot, "a rule of last resort has certainty: possible");
    }
    last
}

fn texts(desk: &mut Desk, fields: &Fields, name: &str) -> Vec<String> {
    fields.get(name).map(|node| desk.texts(name, node)).unwrap_or_default().into_iter().map(|(t, _)| t).collect()
}

fn word<T>(desk: &mut Desk, node: &Node, what: &str, words: &[&str], from: fn(&str) -> Option<T>) -> Option<T> {
    let text = desk.text(what, node)?;
    let found = from(text);
    if found.is_none() {
        desk.wrong_word(node.spot, what, text, words.iter().copied());
    }
    found
}

fn read_cause(desk: &mut Desk, what: &str, node: &Node) -> Option<String> {
    let label = desk.text(what, node)?.to_owned();
    check_cause(desk, what, &label, node.spot);
    Some(label)
}

fn check_cause(desk: &mut Desk, what: &str, label: &str, spot: Spot) {
    let causes = desk.causes.clone();
    if !causes.iter().any(|known| known == label) {
        desk.wrong_word(spot, what, label, causes.iter().map(String::as_str));
    }
}

fn read_for_each(desk: &mut Desk, scope: &mut Scope, node: &Node) -> Option<ForEach> {
    let text = desk.text("for_each", node)?;
    let (name, each) = text.split_once(" as ").unwrap_or((text, "each"));
    let (name, each) = (name.trim().to_owned(), each.trim().to_owned());
    let (list, spec) = condition::resolve(desk, scope, &name, node.spot)?;
    let Some(items) = spec.and_then(items_of) else {
        desk.say(node.spot, format!("{name} is not a list of records"));
        return None;
    };
    if crate::facts::registry::known_prefix(&each) {
        desk.say(node.spot, format!("{each} is the name of a section: choose another after as"));
    }
    scope.each = Some((each.clone(), items));
    Some(ForEach { list, name: each })
}

fn fact_list(desk: &mut Desk, scope: &Scope, node: Option<&Node>) -> Vec<FactRef> {
    let Some(node) = node else { return Vec::new() };
    desk.texts("evidence", node)
        .into_iter()
        .filter_map(|(name, spot)| condition::resolve(desk, scope, &name, spot).map(|(fact, _)| fact))
        .collect()
}

fn targets(desk: &mut Desk, node: Option<&Node>) -> (Vec<Target>, Vec<(Target, Spot)>) {
    let Some(node) = node else { return (Vec::new(), Vec::new()) };
    let mut targets = Vec::new();
    let mut spots = Vec::new();
    for (text, spot) in desk.texts("explains", node) {
        let target = match text.strip_prefix("cause:") {
            Some(label) => {
                check_cause(desk, "cause", label, spot);
                Target::Cause(label.to_owned())
            }
            None => Target::Rule(text),
        };
        spots.push((target.clone(), spot));
        targets.push(target);
    }
    (targets, spots)
}

/// Specificity and the sections that are asked.
fn weigh(when: &Condition, for_each: Option<&ForEach>) -> (u32, Vec<String>) {
    let tested = condition::tested(when);
    let names: BTreeSet<&str> = tested.iter().map(|fact| fact.spec.as_str()).collect();
    let weight = |name: &&str| {
        if matches!(*name, "error.provider" | "provider.name" | "provider.vendor") { 2 } else { 1 }
    };
    let specificity = names.iter().map(weight).sum();
    let list = for_each.map(|each| each.list.spec.as_str());
    let sections: BTreeSet<String> =
        names.into_iter().chain(list).filter_map(|name| name.split(['.', '[']).next()).map(str::to_owned).collect();
    (specificity, sections.into_iter().collect())
}

fn read_cases(desk: &mut Desk, id: &str, node: &Node) -> Vec<Case> {
    let Raw::List(items) = &node.value else {
        desk.say(node.spot, "cases is a list");
        return Vec::new();
    };
    let cases: Vec<Case> = items.iter().filter_map(|item| read_case(desk, item)).collect();
    if cases.len() == items.len() {
        for (expect, what) in [(Expect::Fires, "firing"), (Expect::Silent, "silent")] {
            if !cases.iter().any(|case| case.expect == expect) {
                desk.say(node.spot, format!("the rule {id} has no {what} case"));
            }
        }
    }
    cases
}

fn read_case(desk: &mut Desk, node: &Node) -> Option<Case> {
    let fields = desk.entries("a case", node, &["name", "facts", "fixture", "text", "expect"]);
    let (Some(name), Some(expect)) = (fields.get("name"), fields.get("expect")) else {
        desk.say(node.spot, "a case needs name, expect, and facts, text or fixture");
        return None;
    };
    let name = desk.text("name", name)?.to_owned();
    let expect = match desk.text("expect", expect)? {
        "fires" => Expect::Fires,
        "silent" => Expect::Silent,
        "inconclusive" => Expect::Inconclusive,
        other => {
            desk.wrong_word(expect.spot, "expectation", other, ["fires", "silent", "inconclusive"]);
            return None;
        }
    };
    let inline = match fields.get("facts") {
        Some(facts) => match crate::facts::read(&facts.to_json()) {
            Ok(read) => Some(read),
            Err(error) => {
                desk.say(facts.spot_of(&error.pointer), error.message);
                return None;
            }
        },
        None => None,
    };
    let facts = match (inline, fields.get("text"), fields.get("fixture")) {
        (Some(facts), None, None) => CaseFacts::Inline(facts),
        (None, None, Some(file)) => CaseFacts::Fixture(desk.text("fixture", file)?.to_owned()),
        (beside, Some(text), None) => {
            CaseFacts::Text { text: desk.text("text", text)?.to_owned(), beside: beside.unwrap_or_default() }
        }
        _ => {
            desk.say(
                node.spot,
                format!("the case {name} needs facts, a text (facts may stand beside it) or a fixture"),
            );
            return None;
        }
    };
    Some(Case { name, facts, expect, spot: node.spot })
}

/// Unused texts are a rule without content.
impl Template {
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
