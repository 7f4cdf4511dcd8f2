//! Conditions: from YAML to the compiled form, names and types checked.

use super::compiled::{Argument, Condition, FactRef, Literal, Op, Pattern, Test};
use super::names::{Scope, items_of};
use super::patterns::Automaton;
use super::problem::Desk;
use super::triggers;
use super::yaml::{Key, Node, Raw, Spot};
use crate::facts::{Kind, Sensitivity, Spec};
use std::collections::BTreeSet;
use std::error::Error as _;

/// Reads a mapping of which all entries must hold.
pub fn compile(desk: &mut Desk, scope: &Scope, node: &Node) -> Condition {
    let Raw::Map(map) = &node.value else {
        desk.say(node.spot, format!("a condition must be a mapping, not {}", node.kind()));
        return Condition::All(Vec::new());
    };
    if map.is_empty() {
        desk.say(node.spot, "an empty condition holds always: test a fact");
    }
    let mut all = Vec::new();
    for (key, value) in map {
        match key.name.as_str() {
            "all" => all.push(Condition::All(list(desk, scope, "all", value))),
            "any" => all.push(Condition::Any(list(desk, scope, "any", value))),
            "not" => all.push(Condition::Not(Box::new(compile(desk, scope, value)))),
            "any_item" | "no_item" => all.extend(items(desk, scope, key, value)),
            _ => all.extend(tests(desk, scope, key, value)),
        }
    }
    if all.len() == 1 { all.swap_remove(0) } else { Condition::All(all) }
}

fn list(desk: &mut Desk, scope: &Scope, what: &str, node: &Node) -> Vec<Condition> {
    let Raw::List(items) = &node.value else {
        desk.say(node.spot, format!("{what} must be a list of conditions, not {}", node.kind()));
        return Vec::new();
    };
    if items.is_empty() {
        desk.say(node.spot, format!("{what} without conditions decides nothing"));
    }
    items.iter().map(|item| compile(desk, scope, item)).collect()
}

fn items(desk: &mut Desk, scope: &Scope, key: &Key, node: &Node) -> Option<Condition> {
    let fields = desk.entries(&key.name, node, &["in", "where"]);
    let (Some(list), Some(inner)) = (fields.get("in"), fields.get("where")) else {
        desk.say(node.spot, format!("{} needs both in and where", key.name));
        return None;
    };
    let name = desk.text("in", list)?.to_owned();
    let (fact, spec) = resolve(desk, scope, &name, list.spot)?;
    let Some(items) = spec.and_then(items_of) else {
        desk.say(list.spot, format!("{name} is not a list of records"));
        return None;
    };
    let scope = Scope { item: Some(items), ..scope.clone() };
    let inner = Box::new(compile(desk, &scope, inner));
    Some(if key.name == "any_item" {
        Condition::AnyItem { list: fact, inner }
    } else {
        Condition::NoItem { list: fact, inner }
    })
}

/// The fact of that name; says so when there is none or this author may not read it.
pub fn resolve(desk: &mut Desk, scope: &Scope, name: &str, spot: Spot) -> Option<(FactRef, Option<&'static Spec>)> {
    match scope.resolve(name) {
        Ok((fact, spec)) => {
            if desk.outside && spec.is_some_and(|s| s.sensitivity == Sensitivity::Secret) {
                desk.say(spot, format!("{name} is secret: rules from outside may not read it"));
            }
            Some((fact, spec))
        }
        Err(none) => {
            let hint = none.nearest.map_or_else(String::new, |near| format!("; did you mean {near}?"));
            desk.say(spot, format!("unknown fact {name}{hint}"));
            None
        }
    }
}

/// The tests of one fact, all of which must hold.
fn tests(desk: &mut Desk, scope: &Scope, key: &Key, node: &Node) -> Option<Condition> {
    let (fact, spec) = resolve(desk, scope, &key.name, key.spot)?;
    let mut tests = Vec::new();
    match &node.value {
        Raw::Map(map) => {
            if map.is_empty() {
                desk.say(node.spot, format!("{} is tested by nothing", key.name));
            }
            for (word, argument) in map {
                let Some(op) = Op::from_word(&word.name) else {
                    desk.wrong_word(word.spot, "operator", &word.name, Op::WORDS.iter().copied());
                    continue;
                };
                tests.extend(test(desk, scope, (&key.name, &fact, spec), op, word.spot, argument));
            }
        }
        Raw::List(_) => tests.extend(test(desk, scope, (&key.name, &fact, spec), Op::OneOf, node.spot, node)),
        _ => tests.extend(test(desk, scope, (&key.name, &fact, spec), Op::Is, node.spot, node)),
    }
    let mut tests: Vec<Condition> = tests.into_iter().map(Condition::Test).collect();
    Some(if tests.len() == 1 { tests.swap_remove(0) } else { Condition::All(tests) })
}

type Named<'a> = (&'a str, &'a FactRef, Option<&'static Spec>);

fn test(desk: &mut Desk, scope: &Scope, (name, fact, spec): Named, op: Op, spot: Spot, node: &Node) -> Option<Test> {
    let kind = spec.map_or(Kind::Record, |s| s.kind);
    if !fits(op, kind) {
        desk.say(spot, format!("the operator {} does not fit {name}, which is {}", op.word(), kind.in_words()));
        return None;
    }
    if let Raw::Map(_) = &node.value {
        let fields = desk.entries("an argument", node, &["fact"]);
        let other = fields.get("fact")?;
        let other_name = desk.text("fact", other)?.to_owned();
        let (other_fact, other_spec) = resolve(desk, scope, &other_name, other.spot)?;
        if !comparable(op, kind, other_spec.map_or(Kind::Record, |s| s.kind)) {
            desk.say(other.spot, format!("{name} cannot be compared with {other_name} by {}", op.word()));
        }
        return Some(Test { fact: fact.clone(), op, argument: Argument::Fact(other_fact) });
    }
    let list = matches!(op, Op::OneOf | Op::Contains | Op::StartsWith | Op::EndsWith | Op::SubsetOf | Op::Overlaps);
    let nodes: Vec<&Node> = match &node.value {
        Raw::List(items) if list => items.iter().collect(),
        Raw::List(_) => {
            desk.say(node.spot, format!("{} takes one value, not a list", op.word()));
            return None;
        }
        _ => vec![node],
    };
    if nodes.is_empty() {
        desk.say(node.spot, format!("{} with an empty list never holds", op.word()));
    }
    let values = nodes.into_iter().filter_map(|n| literal(desk, name, spec, kind, op, n)).collect();
    Some(Test { fact: fact.clone(), op, argument: Argument::Values(values) })
}

fn fits(op: Op, kind: Kind) -> bool {
    let text = matches!(kind, Kind::Text | Kind::Url);
    let many = matches!(kind, Kind::Texts | Kind::Numbers);
    match op {
        Op::Is | Op::IsNot => !matches!(kind, Kind::Records | Kind::Record),
        Op::OneOf => text || kind == Kind::Number,
        Op::IEquals | Op::StartsWith | Op::EndsWith | Op::InCidr | Op::Version => text,
        Op::Contains => text || many,
        Op::Matches => text || kind == Kind::Texts,
        Op::Lt | Op::Le | Op::Gt | Op::Ge => matches!(kind, Kind::Number | Kind::Duration | Kind::Time),
        Op::OlderThan | Op::YoungerThan => kind == Kind::Time,
        Op::Exists => true,
        Op::Empty => text || many || kind == Kind::Records,
        Op::SubsetOf | Op::Overlaps => many,
    }
}

fn comparable(op: Op, mine: Kind, other: Kind) -> bool {
    let base = |kind| match kind {
        Kind::Url => Kind::Text,
        Kind::Duration => Kind::Number,
        kind => kind,
    };
    match op {
        Op::OneOf => (base(mine), base(other)) == (Kind::Text, Kind::Texts),
        Op::Contains if mine == Kind::Texts => base(other) == Kind::Text,
        Op::Exists | Op::Empty | Op::Matches | Op::OlderThan | Op::YoungerThan | Op::InCidr | Op::Version => false,
        _ => base(mine) == base(other),
    }
}

fn literal(desk: &mut Desk, name: &str, spec: Option<&Spec>, kind: Kind, op: Op, node: &Node) -> Option<Literal> {
    let wanted = match op {
        Op::Exists | Op::Empty => Kind::Truth,
        Op::OlderThan | Op::YoungerThan => Kind::Duration,
        _ => match kind {
            Kind::Texts | Kind::Url => Kind::Text,
            Kind::Numbers => Kind::Number,
            kind => kind,
        },
    };
    let literal = match (wanted, &node.value) {
        (Kind::Text, Raw::Text(text)) => {
            check_text(desk, name, spec, op, text, node.spot);
            if op == Op::Matches {
                Literal::Pattern(Pattern { text: text.clone(), ways: triggers::ways(text) })
            } else {
                Literal::Text(text.clone())
            }
        }
        (Kind::Number | Kind::Duration, Raw::Number(number)) => Literal::Number(*number),
        (Kind::Duration, Raw::Text(text)) => {
            if let Some(ms) = duration(text) {
                Literal::Number(ms)
            } else {
                desk.say(node.spot, format!("{text} is no duration: write 300ms, 5s, 10min, 2h or 3d"));
                return None;
            }
        }
        (Kind::Truth, Raw::Truth(truth)) => Literal::Truth(*truth),
        (Kind::Time, Raw::Text(text)) if text.parse::<jiff::Timestamp>().is_ok() => Literal::Time(text.clone()),
        _ => {
            desk.say(node.spot, format!("{} of {name} must be {}, not {}", op.word(), wanted.in_words(), node.kind()));
            return None;
        }
    };
    Some(literal)
}

fn check_text(desk: &mut Desk, name: &str, spec: Option<&Spec>, op: Op, text: &str, spot: Spot) {
    let closed = spec.map_or(&[][..], |s| s.one_of);
    match op {
        Op::Is | Op::IsNot | Op::OneOf if !closed.is_empty() && !closed.contains(&text) => {
            desk.wrong_word(spot, &format!("value of {name}"), text, closed.iter().copied());
        }
        Op::Matches => {
            // Only what is long or repeats can come out too big.
            let large = text.len() >= 200 || text.contains('{');
            if let Err(error) = regex_syntax::parse(text) {
                let why = error.to_string();
                let why = why.lines().last().unwrap_or_default();
                desk.say(spot, format!("not a regular expression: {why}"));
            } else if large && let Err(error) = Automaton::new(text) {
                let why = error.source().map_or_else(|| error.to_string(), ToString::to_string);
                desk.say(spot, format!("no regular expression that can be used ({why}): repeat less, or use *"));
            }
        }
        Op::Version => {
            if let Err(error) = semver::VersionReq::parse(text) {
                desk.say(spot, format!("not a version requirement: {error}"));
            }
        }
        Op::InCidr if super::operators::cidr(text).is_none() => {
            desk.say(spot, format!("{text} is no network: write 10.0.0.0/8 or fd00::/8"));
        }
        Op::Is | Op::OneOf | Op::Contains | Op::StartsWith | Op::EndsWith
            if name == "error.text" && text.chars().any(char::is_uppercase) =>
        {
            desk.say(spot, "error.text is lower case: this never matches");
        }
        // A rule from outside may mean it so; among ours it never was.
        Op::Contains if name == "error.text" && !desk.outside && is_number(text) => {
            let number = text.trim_start_matches([':', ' ']);
            desk.say(
                spot,
                format!("{text} is also found in longer numbers, as a port is: write matches: '(^|[^0-9]){number}([^0-9]|$)'"),
            );
        }
        _ => {}
    }
}

/// A number of three digits or more and nothing else, as `500`, ` 429` and `:3306` are.
fn is_number(text: &str) -> bool {
    let digits = text.trim_start_matches([':', ' ']);
    digits.len() >= 3 && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// `300ms`, `5s`, `10min`, `2h`, `3d` in milliseconds.
fn duration(text: &str) -> Option<i64> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = match &text[digits.len()..] {
        "ms" => 1,
        "s" => 1_000,
        "min" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => return None,
    };
    digits.parse::<i64>().ok()?.checked_mul(unit)
}

/// The facts that have a value whenever the condition holds.
pub fn implied(condition: &Condition) -> BTreeSet<FactRef> {
    match condition {
        Condition::All(all) => all.iter().flat_map(implied).collect(),
        Condition::Any(any) => {
            let mut each = any.iter().map(implied);
            let first = each.next().unwrap_or_default();
            each.fold(first, |kept, next| kept.intersection(&next).cloned().collect())
        }
        Condition::Not(_) | Condition::AnyItem { .. } | Condition::NoItem { .. } => BTreeSet::new(),
        Condition::Test(test) => {
            let present = match test.op {
                Op::Exists => test.argument == Argument::Values(vec![Literal::Truth(true)]),
                Op::Empty => test.argument == Argument::Values(vec![Literal::Truth(false)]),
                Op::IsNot => false,
                _ => true,
            };
            let other = if let Argument::Fact(other) = &test.argument { Some(other.clone()) } else { None };
            if present { [test.fact.clone()].into_iter().chain(other).collect() } else { BTreeSet::new() }
        }
    }
}

/// Every fact that is tested.
pub fn tested(condition: &Condition) -> BTreeSet<FactRef> {
    match condition {
        Condition::All(inner) | Condition::Any(inner) => inner.iter().flat_map(tested).collect(),
        Condition::Not(inner) => tested(inner),
        Condition::AnyItem { list, inner } | Condition::NoItem { list, inner } => {
            let mut facts = tested(inner);
            facts.insert(list.clone());
            facts
        }
        Condition::Test(test) => {
            let other = if let Argument::Fact(other) = &test.argument { Some(other.clone()) } else { None };
            [test.fact.clone()].into_iter().chain(other).collect()
        }
    }
}
