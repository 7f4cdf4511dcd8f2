//! What can only be checked over all rules together: ids, what explains what, rivals.

use super::compiled::{Rule, Target};
use super::problem::Problem;
use super::rule::Written;
use super::yaml::Spot;
use std::collections::{BTreeMap, BTreeSet};

/// Mistakes across rules. `taken` are the ids of rules that stand already (the built-in ones, for rules from outside).
pub fn check(written: &[Written], taken: &BTreeSet<&str>) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut say = |one: &Written, spot: Spot, message: String| {
        problems.push(Problem { file: one.rule.file.clone(), spot, message });
    };
    let mut first: BTreeMap<&str, &Written> = BTreeMap::new();
    for one in written {
        let id = one.rule.id.as_str();
        if taken.contains(id) {
            say(one, one.spot, format!("the id {id} is a built-in rule's"));
        } else if let Some(before) = first.get(id) {
            let at = format!("{}:{}", before.rule.file, before.spot.line);
            say(one, one.spot, format!("the id {id} is taken: {at}"));
        } else {
            first.insert(id, one);
        }
    }
    let links = written.iter().any(|one| !one.target_spots.is_empty());
    for one in written {
        for (target, spot) in &one.target_spots {
            let Target::Rule(id) = target else { continue };
            if taken.contains(id.as_str()) && one.rule.outside {
                say(one, *spot, format!("{id} is built in: a rule from outside may not explain it away"));
            } else if !taken.contains(id.as_str()) && !first.contains_key(id.as_str()) {
                let known = first.keys().copied().chain(taken.iter().copied());
                let hint =
                    super::names::nearest(id, known).map_or_else(String::new, |n| format!("; did you mean {n}?"));
                say(one, *spot, format!("there is no rule {id}{hint}"));
            }
        }
        if links && let Some(circle) = circle(&one.rule.id, written) {
            say(one, one.spot, format!("explains makes a circle: {}", circle.join(" -> ")));
        }
    }
    problems.sort();
    problems
}

/// The rules that a rule names as what it explains, directly; causes are no circle since they name no rule.
fn explained<'a>(id: &str, written: &'a [Written]) -> Vec<&'a str> {
    let mut found = Vec::new();
    for one in written {
        if one.rule.id == id {
            for target in &one.rule.explains {
                if let Target::Rule(other) = target
                    && let Some(other) = written.iter().find(|w| w.rule.id == *other)
                {
                    found.push(other.rule.id.as_str());
                }
            }
        }
        if one.rule.explained_by.contains(&Target::Rule(id.to_owned())) {
            found.push(one.rule.id.as_str());
        }
    }
    found
}

fn circle(start: &str, written: &[Written]) -> Option<Vec<String>> {
    let mut trails = vec![vec![start.to_owned()]];
    let mut seen = BTreeSet::new();
    while let Some(trail) = trails.pop() {
        for next in explained(trail.last()?, written) {
            let mut longer = trail.clone();
            longer.push(next.to_owned());
            if next == start {
                return Some(longer);
            }
            if seen.insert(next.to_owned()) {
                trails.push(longer);
            }
        }
    }
    None
}

/// Does `a` explain `b`, directly?
pub fn explains(a: &Rule, b: &Rule) -> bool {
    a.explains.iter().any(|target| names(target, b)) || b.explained_by.iter().any(|target| names(target, a))
}

fn names(target: &Target, rule: &Rule) -> bool {
    match target {
        Target::Rule(id) => *id == rule.id,
        Target::Cause(label) => *label == rule.cause,
    }
}

/// Two rules that would stand side by side for one observation, with nothing to say which is right.
pub fn rivals(a: &Rule, b: &Rule) -> bool {
    a.id != b.id
        && a.cause != b.cause
        && a.is_text_rule()
        && b.is_text_rule()
        && a.specificity == b.specificity
        && a.severity == b.severity
        && a.certainty == b.certainty
        && !(a.last_resort || b.last_resort)
        && !explains(a, b)
        && !explains(b, a)
}
