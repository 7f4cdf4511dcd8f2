//! Facts times rules: what fired, and what each finding says.

use super::finding::{Evidence, Finding, FixOffer, Inconclusive, Status, Verdict};
use super::order::order;
use crate::facts::{Facts, Looked, Path, Value, registry};
use crate::rules::compiled::{Base, FactRef, Rule};
use crate::rules::evaluate::{self, Bar, Heads, Truth, View, first_words, judge, tested};
use crate::rules::{Certainty, Severity, fill, set};
use std::cmp::Reverse;
use std::collections::HashMap;

/// What the rules say about the facts.
#[derive(Clone, Debug)]
pub struct Diagnosis {
    pub findings: Vec<Finding>,
    pub inconclusive: Vec<Inconclusive>,
    /// How many rules took part.
    pub checks: usize,
}

/// What one rule says of one document.
pub struct Outcome {
    pub findings: Vec<Finding>,
    /// Undecided, and why.
    pub because: Option<String>,
}

/// Rules made ready for one document after another. Those over one list stand together, so that it is looked up once for all
/// of them.
pub struct Docket<'r> {
    alone: Vec<(&'r Rule, Option<Bar<'r>>)>,
    lists: Vec<Over<'r>>,
    /// Asked where no other rule read anything in the text.
    last: Vec<&'r Rule>,
}

/// The rules over one list, each with what its items fall by.
struct Over<'r> {
    list: &'r FactRef,
    rules: Vec<(&'r Rule, Option<Bar<'r>>)>,
}

/// What the rules said so far.
#[derive(Default)]
struct Said<'r> {
    fired: Vec<(&'r Rule, Finding)>,
    inconclusive: Vec<Inconclusive>,
    checks: usize,
}

impl<'r> Docket<'r> {
    pub fn of(rules: impl IntoIterator<Item = &'r Rule>) -> Self {
        let mut docket = Self { alone: Vec::new(), lists: Vec::new(), last: Vec::new() };
        let mut places: HashMap<&FactRef, usize> = HashMap::new();
        for rule in rules {
            match &rule.for_each {
                _ if rule.last_resort => docket.last.push(rule),
                None => docket.alone.push((rule, evaluate::bar(&rule.when, Base::Root))),
                Some(each) => {
                    let place = *places.entry(&each.list).or_insert_with(|| {
                        docket.lists.push(Over { list: &each.list, rules: Vec::new() });
                        docket.lists.len() - 1
                    });
                    docket.lists[place].rules.push((rule, evaluate::bar(&rule.when, Base::Each)));
                }
            }
        }
        docket
    }

    /// Judges the facts by every rule and orders what fired.
    pub fn judge(&self, facts: &Facts) -> Diagnosis {
        let runs = View::runs(facts);
        let heads = Heads::of(facts);
        let view = View::new(facts, runs.as_ref()).knowing(&heads);
        let mut said = Said::default();
        for (rule, bar) in &self.alone {
            if bar.as_ref().is_some_and(|bar| bar.is_down_in(&view)) {
                said.checks += 1;
            } else {
                said.ask(rule, &view);
            }
        }
        for Over { list, rules } in &self.lists {
            let looked = view.look(list);
            match looked {
                Looked::NotAsked => {}
                // Nothing to decide, whatever the rules say of an item.
                Looked::Absent => said.checks += rules.len(),
                Looked::Known(value) if value.as_list().is_none_or(<[_]>::is_empty) => said.checks += rules.len(),
                _ => rules.iter().for_each(|(rule, bar)| said.ask_over(rule, list, bar.as_ref(), looked, &view)),
            }
        }
        if !said.fired.iter().any(|(rule, _)| rule.is_text_rule()) {
            let mut last = Said::default();
            for rule in &self.last {
                last.ask(rule, &view);
            }
            said.fired.extend(best(last.fired, &view));
            said.inconclusive.extend(last.inconclusive);
            said.checks += last.checks;
        }
        said.inconclusive.sort_by(|a, b| (a.severity, &a.rule).cmp(&(b.severity, &b.rule)));
        Diagnosis { findings: order(said.fired), inconclusive: said.inconclusive, checks: said.checks }
    }
}

impl<'r> Said<'r> {
    fn ask(&mut self, rule: &'r Rule, view: &View) {
        if let Some(each) = &rule.for_each {
            let bar = evaluate::bar(&rule.when, Base::Each);
            return self.ask_over(rule, &each.list, bar.as_ref(), view.look(&each.list), view);
        }
        let truth = judge(&rule.when, view);
        self.checks += usize::from(truth != Truth::NotAsked);
        match truth {
            Truth::NotAsked | Truth::False => {}
            Truth::Unknown(why) => self.leave_open(rule, why),
            Truth::True => self.fired.push((rule, finding(rule, view))),
        }
    }

    /// `looked`: what looking up the list gave.
    fn ask_over(&mut self, rule: &'r Rule, list: &'r FactRef, bar: Option<&Bar>, looked: Looked, view: &View) {
        self.checks += usize::from(looked != Looked::NotAsked);
        match looked {
            Looked::NotAsked | Looked::Absent => {}
            Looked::Unknown(why) => self.leave_open(rule, format!("{}: {why}", view.path(list))),
            Looked::Known(value) => {
                let before = self.fired.len();
                let mut because = None;
                for (index, entry) in value.as_list().unwrap_or_default().iter().enumerate() {
                    if bar.is_some_and(|bar| bar.is_down(entry)) {
                        continue;
                    }
                    let view = view.at_each(list, index, entry);
                    match judge(&rule.when, &view) {
                        Truth::NotAsked | Truth::False => {}
                        Truth::Unknown(why) => because = because.or(Some(why)),
                        Truth::True => self.fired.push((rule, finding(rule, &view))),
                    }
                }
                if let Some(why) = because.filter(|_| self.fired.len() == before) {
                    self.leave_open(rule, why);
                }
            }
        }
    }

    fn leave_open(&mut self, rule: &Rule, because: String) {
        let title = rule.id.replace('-', " ");
        self.inconclusive.push(Inconclusive { rule: rule.id.clone(), title, severity: rule.severity, because });
    }
}

/// Judges the facts by every rule and orders what fired.
pub fn diagnose<'r>(rules: impl IntoIterator<Item = &'r Rule>, facts: &Facts) -> Diagnosis {
    Docket::of(rules).judge(facts)
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
pub fn apply(rule: &Rule, facts: &Facts) -> Outcome {
    let mut said = Said::default();
    said.ask(rule, &View::new(facts, None));
    Outcome {
        findings: said.fired.into_iter().map(|(_, finding)| finding).collect(),
        because: said.inconclusive.pop().map(|open| open.because),
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
    let fixes = rule.fixes.iter().filter_map(|fix| {
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
        evidence: fitting(paths.iter().filter_map(|path| evidence(view.facts, path))),
        caused_by: Vec::new(),
        alternatives: rule.alternatives.clone(),
        question: rule.question.as_ref().map(|question| fill::text(question, view)),
        place: rule.at.as_ref().and_then(|at| view.find(at).ok()).and_then(|entry| entry.place.clone()),
        fixes: fitting(fixes),
        refs: rule.refs.clone(),
        from_outside: rule.outside,
    }
}

/// Nothing is kept free: there can be findings by the thousand.
fn fitting<T>(items: impl Iterator<Item = T>) -> Vec<T> {
    let mut list: Vec<T> = items.collect();
    list.shrink_to_fit();
    list
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
