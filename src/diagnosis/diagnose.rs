//! Facts times rules: what fired, ordered, roots first.

use super::finding::{Evidence, Finding, FixOffer, Inconclusive, Status, Verdict};
use crate::facts::{Facts, Looked, Path, Value, registry};
use crate::rules::compiled::Rule;
use crate::rules::evaluate::{self, Truth, View, first_words, judge, tested};
use crate::rules::{Certainty, FixPlan, Severity, fill, set};
use std::cmp::Reverse;

/// What the rules say about the facts.
#[derive(Clone, Debug)]
pub struct Diagnosis {
    pub findings: Vec<Finding>,
    pub inconclusive: Vec<Inconclusive>,
    /// How many rules took part.
    pub checks: usize,
}

/// One rule over one document.
pub struct Outcome<'r> {
    pub rule: &'r Rule,
    pub took_part: bool,
    pub findings: Vec<Finding>,
    /// Undecided, and why.
    pub because: Option<String>,
}

/// Judges the facts by every rule and orders what fired.
pub fn diagnose<'r>(rules: impl IntoIterator<Item = &'r Rule>, facts: &Facts) -> Diagnosis {
    let mut fired: Vec<(&Rule, Finding)> = Vec::new();
    let mut inconclusive = Vec::new();
    let mut checks = 0;
    let said = View::runs(facts);
    let mut ask = |rule: &'r Rule| {
        let outcome = outcome(rule, &View::new(facts, said.as_ref()));
        checks += usize::from(outcome.took_part);
        if outcome.findings.is_empty()
            && let Some(because) = outcome.because
        {
            let title = rule.id.replace('-', " ");
            inconclusive.push(Inconclusive { rule: rule.id.clone(), title, severity: rule.severity, because });
        }
        outcome.findings.into_iter().map(move |finding| (rule, finding))
    };
    let mut last = Vec::new();
    for rule in rules {
        if rule.last_resort {
            last.push(rule);
        } else {
            fired.extend(ask(rule));
        }
    }
    if !fired.iter().any(|(rule, _)| rule.is_text_rule()) {
        fired.extend(best(last.into_iter().flat_map(ask).collect(), &View::new(facts, said.as_ref())));
    }
    inconclusive.sort_by(|a, b| (a.severity, &a.rule).cmp(&(b.severity, &b.rule)));
    Diagnosis { findings: order(fired), inconclusive, checks }
}

/// Of the rules of last resort the one of whose words the text holds most; what the others name stays open.
fn best<'r>(last: Vec<(&'r Rule, Finding)>, view: &View) -> Option<(&'r Rule, Finding)> {
    let rules: Vec<&Rule> = last.iter().map(|(rule, _)| *rule).collect();
    let explained = |rule: &Rule| rules.iter().any(|other| other.id != rule.id && set::explains(other, rule));
    let mut last: Vec<_> = last.into_iter().filter(|(rule, _)| !explained(rule)).collect();
    last.sort_by_cached_key(|(rule, _)| {
        (Reverse(first_words(&rule.when, view).len()), Reverse(rule.specificity), rule.id.clone())
    });
    let mut last = last.into_iter();
    let (rule, mut finding) = last.next()?;
    let words = first_words(&rule.when, view);
    let whole = |word: &&&str| !words.iter().any(|other| other.len() > word.len() && other.contains(**word));
    let words: Vec<&str> = words.iter().filter(whole).map(|word| word.trim()).collect();
    let (fact, value) = ("error.text".to_owned(), Some(Value::Text(words.join(", "))));
    finding.evidence = vec![Evidence { fact, value, meaning: "words that stand in it" }];
    for (_, Finding { cause, .. }) in last {
        if cause != finding.cause && !finding.alternatives.contains(&cause) {
            finding.alternatives.push(cause);
        }
    }
    Some((rule, finding))
}

/// Judges the facts by one rule.
pub fn apply<'r>(rule: &'r Rule, facts: &Facts) -> Outcome<'r> {
    outcome(rule, &View::new(facts, None))
}

fn outcome<'r>(rule: &'r Rule, view: &View) -> Outcome<'r> {
    let mut outcome = Outcome { rule, took_part: false, findings: Vec::new(), because: None };
    let Some(each) = &rule.for_each else {
        decide(rule, view, &mut outcome);
        return outcome;
    };
    match view.look(&each.list) {
        Looked::NotAsked => {}
        Looked::Absent => outcome.took_part = true,
        Looked::Unknown(why) => {
            outcome.took_part = true;
            outcome.because = Some(format!("{}: {why}", view.path(&each.list)));
        }
        Looked::Known(value) => {
            outcome.took_part = true;
            let bar = evaluate::bar(&rule.when);
            for (index, entry) in value.as_list().unwrap_or_default().iter().enumerate() {
                if bar.as_ref().is_some_and(|bar| bar.is_down(entry)) {
                    continue;
                }
                decide(rule, &view.at_each(&each.list, index, entry), &mut outcome);
            }
        }
    }
    outcome
}

fn decide(rule: &Rule, view: &View, outcome: &mut Outcome) {
    match judge(&rule.when, view) {
        Truth::NotAsked => {}
        Truth::False => outcome.took_part = true,
        Truth::Unknown(why) => {
            outcome.took_part = true;
            outcome.because.get_or_insert(why);
        }
        Truth::True => {
            outcome.took_part = true;
            outcome.findings.push(finding(rule, view));
        }
    }
}

fn finding(rule: &Rule, view: &View) -> Finding {
    let mut paths: Vec<Path> = rule.evidence.iter().map(|fact| view.path(fact)).collect();
    if rule.is_text_rule() && paths.is_empty() {
        // What was said, in its own words, proves more than that a rule matched.
        paths.extend(["error.description", "error.status"].map(Path::parse));
    }
    for path in tested(&rule.when, view) {
        if !paths.contains(&path) {
            paths.push(path);
        }
    }
    let offers = rule.fixes.iter().filter_map(|fix| {
        let (title, plan) = fill::fix(fix, view)?;
        let safety = fix.safety;
        Some(FixOffer { id: fix.id.clone(), title, plan, safety, applied: false, verified: false, note: None })
    });
    Finding {
        rule: rule.id.clone(),
        cause: rule.cause.clone(),
        severity: rule.severity,
        certainty: certainty(rule, view.facts, &paths),
        title: fill::text(&rule.title, view),
        explanation: fill::text(&rule.explanation, view).trim_end().to_owned(),
        evidence: paths.iter().filter_map(|path| evidence(view.facts, path)).collect(),
        caused_by: Vec::new(),
        alternatives: rule.alternatives.clone(),
        question: rule.question.as_ref().map(|question| fill::text(question, view)),
        place: rule.at.as_ref().and_then(|at| view.find(at).ok()).and_then(|entry| entry.place.clone()),
        fixes: offers.collect(),
        refs: rule.refs.clone(),
        from_outside: rule.outside,
    }
}

/// What follows from a version of authsome that we do not know is likely at most. What a provider said, and a redirect URI
/// that a person named, follow from none.
fn certainty(rule: &Rule, facts: &Facts, paths: &[Path]) -> Certainty {
    let whose = |path: &Path| {
        let spec = registry::find(&path.spec_name()).filter(|spec| spec.by_version)?;
        match facts.text("callback.known_from").filter(|_| spec.probe() == "callback") {
            Some("flag" | "documentation" | "practice") => None,
            Some("running_daemon") => Some("daemon.known_version"),
            _ => Some("authsome.known_version"),
        }
    };
    let unknown = |name: &str| match facts.get(name) {
        Looked::Known(known) => known.as_truth() == Some(false),
        Looked::Unknown(_) => true,
        Looked::Absent | Looked::NotAsked => false,
    };
    let in_doubt = || paths.iter().filter_map(whose).any(unknown);
    if rule.certainty == Certainty::Certain && !rule.is_text_rule() && in_doubt() {
        Certainty::Likely
    } else {
        rule.certainty
    }
}

fn evidence(facts: &Facts, path: &Path) -> Option<Evidence> {
    let value = match facts.look(path) {
        Looked::Known(Value::Record(_)) | Looked::NotAsked | Looked::Unknown(_) => return None,
        Looked::Known(Value::Text(text)) => Some(Value::Text(in_short(text))),
        Looked::Known(value) => Some(value.clone()),
        Looked::Absent => None,
    };
    let meaning = registry::find(&path.spec_name()).map_or("", |spec| spec.meaning);
    Some(Evidence { fact: path.to_string(), value, meaning })
}

/// A long text proves as much by its beginning; the whole of it is among the facts.
fn in_short(text: &str) -> String {
    const LONGEST: usize = 1000;
    let end = text.floor_char_boundary(LONGEST);
    if end < text.len() { format!("{} …", text[..end].trim_end()) } else { text.to_owned() }
}

/// Roots before what they explain; then severity (a root is as severe as the worst that it explains); then the surer;
/// then the more specific; then the id. What somebody said has one reading: a text rule that another text rule explains
/// is left out.
fn order(fired: Vec<(&Rule, Finding)>) -> Vec<Finding> {
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
    standing
        .into_iter()
        .filter_map(|index| {
            let mut finding = findings[index].take()?;
            for root in before(index).filter(|root| !outdone[*root]) {
                if !finding.caused_by.contains(&ids[root]) {
                    finding.caused_by.push(ids[root].clone());
                }
            }
            Some(finding)
        })
        .collect()
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

impl Diagnosis {
    /// The verdict in one word.
    pub fn verdict(&self) -> Verdict {
        let worst = self.findings.iter().map(|finding| finding.severity).min();
        let hidden_error = self.inconclusive.iter().any(|one| one.severity == Severity::Error);
        let status = match worst {
            Some(Severity::Error) => Status::Problems,
            _ if hidden_error => Status::Inconclusive,
            Some(Severity::Warning) => Status::Warnings,
            _ => Status::Healthy,
        };
        Verdict { status, error: None }
    }
}
