//! What fired, in the order in which a person reads it: roots first.

use super::finding::{Finding, FixOffer};
use crate::rules::compiled::Rule;
use crate::rules::{Certainty, FixPlan, Severity, set};
use std::cmp::Reverse;

/// Roots before what they explain; then severity (a root is as severe as the worst that it explains); then the surer;
/// then the more specific; then the id. What somebody said has one reading: a text rule that another text rule explains
/// is left out.
pub fn order(fired: Vec<(&Rule, Finding)>) -> Vec<Finding> {
    if fired.is_empty() {
        return Vec::new();
    }
    // Most rules explain nothing: a file with thousands of offences is not compared with itself.
    let explainers: Vec<usize> = (0..fired.len()).filter(|index| !fired[*index].0.explains.is_empty()).collect();
    let all: Vec<usize> = (0..fired.len()).collect();
    let roots: Vec<Vec<usize>> = fired
        .iter()
        .map(|(rule, _)| {
            let candidates = if rule.explained_by.is_empty() { &explainers } else { &all };
            let explaining = |other: &usize| {
                let root = fired[*other].0;
                root.id != rule.id && set::explains(root, rule)
            };
            candidates.iter().copied().filter(explaining).collect()
        })
        .collect();
    let weight = weights(&fired, &roots);
    let mut waiting = all;
    waiting.sort_by_key(|index| {
        let (rule, finding) = &fired[*index];
        (weight[*index], finding.certainty, Reverse(rule.specificity), &rule.id, *index)
    });
    let mut done = vec![false; fired.len()];
    let mut sequence = Vec::new();
    while !waiting.is_empty() {
        // In a circle through causes each would wait for the others: the weightiest of them does not.
        let ready = |index: &usize| roots[*index].iter().all(|root| done[*root] || leads_to(&roots, *root, *index));
        let next = waiting.remove(waiting.iter().position(ready).unwrap_or(0));
        done[next] = true;
        sequence.push(next);
    }
    // In a circle what comes first is the root, so that there always is one.
    let mut place = vec![0; fired.len()];
    for (position, index) in sequence.iter().enumerate() {
        place[*index] = position;
    }
    let place = &place;
    let before = |index: usize| roots[index].iter().copied().filter(move |root| place[*root] < place[index]);
    // Two readings of the same words: the better one stands alone.
    let outdone: Vec<bool> = (0..fired.len())
        .map(|index| fired[index].0.is_text_rule() && before(index).any(|root| fired[root].0.is_text_rule()))
        .collect();
    let specificity: Vec<u32> = fired.iter().map(|(rule, _)| rule.specificity).collect();
    let reads: Vec<bool> = fired.iter().map(|(rule, _)| rule.reads_only()).collect();
    let ids: Vec<String> = fired.iter().map(|(rule, _)| rule.id.clone()).collect();
    let mut findings: Vec<Option<Finding>> = fired.into_iter().map(|(_, finding)| Some(finding)).collect();
    let standing: Vec<usize> = sequence.iter().copied().filter(|index| !outdone[*index]).collect();
    let (mut standing, lesser) = readings(standing, &reads, &specificity, &mut findings);
    standing.retain(|index| !lesser.contains(index));
    for general in sequence.into_iter().filter(|index| reads[*index] && !standing.contains(index)) {
        let Some(Finding { cause, fixes, .. }) = findings[general].take() else { continue };
        let same = |index: &&usize| reads[**index] && findings[**index].as_ref().is_some_and(|it| it.cause == cause);
        if let Some(first) = standing.iter().find(same).copied().and_then(|index| findings[index].as_mut()) {
            take_over(fixes, first);
        }
    }
    let mut ordered = Vec::with_capacity(standing.len());
    for index in standing {
        let Some(mut finding) = findings[index].take() else { continue };
        for root in before(index).filter(|root| !outdone[*root]) {
            if !finding.caused_by.contains(&ids[root]) {
                finding.caused_by.push(ids[root].clone());
            }
        }
        ordered.push(finding);
    }
    ordered
}

/// The first reading of what was said stands; another stands beside it only where it is as sure, and names another cause. Of
/// those that name the same cause the most specific stands, as sure as the surest of them. A cause that a less sure one names
/// stays open, unless the first is certain. Returned: what stands, in order, and what is left out.
fn readings(
    mut standing: Vec<usize>,
    reads: &[bool],
    specificity: &[u32],
    findings: &mut [Option<Finding>],
) -> (Vec<usize>, Vec<usize>) {
    let mut kept: Vec<(usize, String, Certainty)> = Vec::new();
    let mut left_out = Vec::new();
    let mut open = Vec::new();
    for place in 0..standing.len() {
        let index = standing[place];
        let Some(finding) = findings[index].as_mut().filter(|_| reads[index]) else { continue };
        if let Some((first, _, certainty)) = kept.iter_mut().find(|(_, cause, _)| *cause == finding.cause) {
            if specificity[index] > specificity[*first] {
                finding.certainty = *certainty;
                let before = standing.iter().position(|index| index == first).unwrap_or(place);
                standing.swap(before, place);
                left_out.push(std::mem::replace(first, index));
            } else {
                left_out.push(index);
            }
            continue;
        }
        let best = kept.first().map(|(_, _, certainty)| *certainty);
        if best.is_none_or(|best| finding.certainty <= best) {
            kept.push((index, finding.cause.clone(), finding.certainty));
        } else {
            left_out.push(index);
            open.push(finding.cause.clone());
        }
    }
    let first = standing.iter().copied().find(|index| reads[*index] && !left_out.contains(index));
    if let Some(first) =
        first.and_then(|first| findings[first].as_mut()).filter(|it| it.certainty != Certainty::Certain)
    {
        for cause in open {
            if !first.alternatives.contains(&cause) && cause != first.cause {
                first.alternatives.push(cause);
            }
        }
    }
    (standing, left_out)
}

/// Where a login itself can do something about a cause (ask, try again with something changed), the general rule offers that,
/// and what goes before it: it stays, before what the rule offers that stands in its place. Of two fixes of one id that rule's own
/// is the better one, unless only the general one is something that the login does.
fn take_over(fixes: Vec<FixOffer>, finding: &mut Finding) {
    let in_login = |offer: &FixOffer| matches!(offer.plan, FixPlan::RetryWith(_) | FixPlan::Ask(_));
    if !fixes.iter().any(in_login) {
        return;
    }
    let own = std::mem::take(&mut finding.fixes);
    let (same, others): (Vec<_>, Vec<_>) =
        own.into_iter().partition(|own| fixes.iter().any(|offer| offer.id == own.id));
    let better = |offer: FixOffer| {
        let own = same.iter().find(|own| own.id == offer.id && (in_login(own) || !in_login(&offer)));
        own.cloned().unwrap_or(offer)
    };
    finding.fixes = fixes.into_iter().map(better).chain(others).collect();
}

/// Is `to` among the roots of `from`, or among theirs?
fn leads_to(roots: &[Vec<usize>], from: usize, to: usize) -> bool {
    let mut seen = vec![from];
    let mut next = 0;
    while let Some(index) = seen.get(next).copied() {
        if roots[index].contains(&to) {
            return true;
        }
        next += 1;
        let new: Vec<usize> = roots[index].iter().copied().filter(|root| !seen.contains(root)).collect();
        seen.extend(new);
    }
    false
}

fn weights(fired: &[(&Rule, Finding)], roots: &[Vec<usize>]) -> Vec<Severity> {
    // Readings of the same words are as severe as the worst of them: how sure a reading is decides between them.
    let worst = fired.iter().filter(|(rule, _)| rule.reads_only()).map(|(rule, _)| rule.severity).min();
    let own = |rule: &Rule| worst.filter(|_| rule.reads_only()).unwrap_or(rule.severity);
    let mut weight: Vec<Severity> = fired.iter().map(|(rule, _)| own(rule)).collect();
    // A chain is as long as it is: until nothing changes any more. Weights only rise.
    loop {
        let before = weight.clone();
        for (index, explaining) in roots.iter().enumerate() {
            for root in explaining {
                weight[*root] = weight[*root].min(weight[index]);
            }
        }
        if weight == before {
            return weight;
        }
    }
}
