//! `--fix`: carries out the edits that the rules offer and call safe enough, one definition at a time. What makes a file worse
//! is left alone and said. Writes nothing: the caller does, and judges again.

use super::edit::{self, Edit};
use super::way::{Judge, Judged};
use crate::definition::Found;
use crate::diagnosis::{Finding, FixOffer};
use crate::rules::{FixPlan, Safety, Severity};

/// One mended fault can lay others open: so often a definition is looked at again. What is left then is for another run.
const ROUNDS: usize = 50;
/// In a round that cannot be made as a whole so many edits are tried one by one.
const ONE_BY_ONE: usize = 50;

/// A definition with the edits in it.
pub struct Mended {
    pub found: Found,
    /// The findings whose edits were made, with `applied` set in the offer, and `verified` where the fault is gone.
    pub done: Vec<Finding>,
    /// Edits that were left alone, each with its finding's rule and the reason.
    pub left: Vec<(Finding, String)>,
}

/// What a rule offers for this finding and allows to be done without a person.
pub fn offer(finding: &Finding) -> Option<&FixOffer> {
    finding.fixes.iter().find(|offer| !finding.from_outside && is_ours_to_do(offer))
}

fn is_ours_to_do(offer: &FixOffer) -> bool {
    matches!(offer.plan, FixPlan::EditFile { .. }) && offer.safety != Safety::Manual
}

/// `settle` gives the findings of a text that count; `judge` all of them.
pub fn mend(found: &Found, judge: &Judge, settle: &dyn Fn(&Found, Judged) -> Vec<Finding>) -> Mended {
    let mut mended = Mended { found: found.clone(), done: Vec::new(), left: Vec::new() };
    for _ in 0..ROUNDS {
        let now = judge(&mended.found);
        let state = State::of(&now);
        let findings = settle(&mended.found, now);
        let Some(text) = mended.found.bytes().and_then(|bytes| std::str::from_utf8(bytes).ok()) else { break };
        let document = mended.found.read().ok();
        let known = |finding: &Finding, left: &[(Finding, String)]| left.iter().any(|(other, _)| same(other, finding));
        let edits: Vec<(Finding, Edit)> = findings
            .into_iter()
            .filter(|finding| !known(finding, &mended.left))
            .filter_map(|finding| {
                let edit = edit::of(&offer(&finding)?.plan, text, document.as_ref())?;
                Some((finding, edit))
            })
            .collect();
        let round = without_overlaps(edits);
        if round.is_empty() {
            break;
        }
        let text = text.to_owned();
        let (made, left) = made(&mended.found, &text, round, state, judge);
        mended.left.extend(left);
        if let Some((after, findings)) = made {
            mended.found = after;
            mended.done.extend(findings);
        }
    }
    let gone = settle(&mended.found, judge(&mended.found));
    for finding in &mut mended.done {
        let there = gone.iter().any(|other| same(other, finding));
        if let Some(offer) = finding.fixes.iter_mut().find(|offer| is_ours_to_do(offer)) {
            (offer.applied, offer.verified) = (true, !there);
        }
    }
    mended
}

fn same(a: &Finding, b: &Finding) -> bool {
    let key = |finding: &Finding| finding.place.as_ref().map(|place| (place.pointer.clone(), finding.title.clone()));
    a.rule == b.rule && key(a) == key(b)
}

/// How good a definition is.
#[derive(Clone, Debug, PartialEq, Eq)]
struct State {
    /// Where it cannot be read, and why.
    broken: Option<String>,
    errors: usize,
}

impl State {
    fn of(judged: &Judged) -> Self {
        let findings = &judged.diagnosis.findings;
        let parses = judged.facts.truth("definition.parses") == Some(true);
        let place = || findings.iter().map(|it| format!("{}{:?}", it.rule, it.place)).collect::<String>();
        Self {
            broken: (!parses).then(place),
            errors: findings.iter().filter(|finding| finding.severity == Severity::Error).count(),
        }
    }

    /// Every error that was to be mended is gone, and none has come: the edits need not be tried one by one.
    fn all_better(&self, after: &Self, made: &[Chosen]) -> bool {
        let mended = made.iter().filter(|(finding, _)| finding.severity == Severity::Error).count();
        self.broken.is_none() && after.broken.is_none() && after.errors + mended <= self.errors
    }

    /// Why the text after an edit is worse than this one.
    fn worse(&self, after: &Self) -> Option<&'static str> {
        match (&self.broken, &after.broken) {
            (None, Some(_)) => Some("the file could not be read any more"),
            (Some(before), Some(after)) if before == after => Some("the file would be as unreadable as before"),
            (None, None) if after.errors > self.errors => Some("the file would have more errors than before"),
            // What a file that can be read at last has of errors was there before.
            _ => None,
        }
    }
}

type Chosen = (Finding, Edit);

/// The edits of a round, all at once where that mends them all, else one after another: each that makes nothing worse stays.
fn made(
    found: &Found,
    text: &str,
    round: Vec<Chosen>,
    state: State,
    judge: &Judge,
) -> (Option<(Found, Vec<Finding>)>, Vec<(Finding, String)>) {
    if round.len() > 1 {
        let after =
            found.with_bytes(applied(text, &round.iter().map(|(_, edit)| edit).collect::<Vec<_>>()).into_bytes());
        if state.all_better(&State::of(&judge(&after)), &round) {
            return (Some((after, round.into_iter().map(|(finding, _)| finding).collect())), Vec::new());
        }
    }
    let (mut kept, mut left): (Vec<Chosen>, Vec<(Finding, String)>) = (Vec::new(), Vec::new());
    let mut best = (None, state);
    for (finding, edit) in round.into_iter().take(ONE_BY_ONE) {
        let edits: Vec<&Edit> = kept.iter().map(|(_, edit)| edit).chain([&edit]).collect();
        let after = found.with_bytes(applied(text, &edits).into_bytes());
        let now = State::of(&judge(&after));
        match best.1.worse(&now) {
            Some(why) => left.push((finding, why.to_owned())),
            None => {
                best = (Some(after), now);
                kept.push((finding, edit));
            }
        }
    }
    (best.0.map(|after| (after, kept.into_iter().map(|(finding, _)| finding).collect())), left)
}

/// Edits that touch the same stretch are not made in one round, none of them: which is right shows afterwards. Where there
/// is nothing else the first goes ahead, so that a round never comes to nothing. Of those that want to bring the same key
/// nobody can say which is meant.
fn without_overlaps(edits: Vec<Chosen>) -> Vec<Chosen> {
    let others = |at: usize| edits.iter().enumerate().filter(move |(other, _)| *other != at).map(|(_, (_, edit))| edit);
    let is_claimed = |at: usize| {
        let key = &edits[at].1.key;
        key.is_some() && others(at).any(|other| other.key == *key)
    };
    let possible: Vec<usize> = (0..edits.len()).filter(|at| !is_claimed(*at)).collect();
    let alone = |at: &&usize| !others(**at).any(|other| other.overlaps(&edits[**at].1));
    let mut chosen: Vec<usize> = possible.iter().filter(alone).copied().collect();
    if chosen.is_empty() {
        chosen.extend(possible.first());
    }
    let mut at = 0..;
    edits.into_iter().filter(|_| at.next().is_some_and(|at| chosen.contains(&at))).collect()
}

/// From the end of the text to its beginning, so that the places of what is still to come stay right.
fn applied(text: &str, edits: &[&Edit]) -> String {
    let mut stretches: Vec<_> = edits.iter().flat_map(|edit| &edit.stretches).collect();
    stretches.sort_by_key(|(range, _)| range.start);
    let mut out = text.to_owned();
    for (range, new) in stretches.into_iter().rev() {
        out.replace_range(range.clone(), new);
    }
    out
}
