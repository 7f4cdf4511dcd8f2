//! What must be in a text before a rule over it can hold: so that of a thousand rules those few are looked at that can.

use super::compiled::{Argument, Condition, Literal, Op, Test, Way};
use regex_syntax::hir::{Hir, HirKind};
use std::cmp::Reverse;
use std::collections::BTreeSet;

/// One sign; a rule that has any cannot hold without one of them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Trigger {
    /// A part of `error.text`.
    Phrase(String),
    /// An item of `error.codes` or `error.numbers`, or `error.code`.
    Code(String),
    Status(i64),
    Provider(String),
}

impl Trigger {
    /// The rarer a sign, the better it picks.
    fn weight(&self) -> usize {
        match self {
            Self::Phrase(_) => 1,
            Self::Code(_) => 3,
            Self::Provider(_) => 6,
            Self::Status(_) => 8,
        }
    }
}

/// A shorter phrase stands in too many texts to pick by.
const SHORTEST: usize = 4;

/// The facts that the triggers stand for.
pub const FACTS: &[&str] =
    &["error.text", "error.code", "error.codes", "error.numbers", "error.status", "error.provider"];

/// `None`: the condition may hold without any sign.
pub fn of(condition: &Condition) -> Option<BTreeSet<Trigger>> {
    match condition {
        Condition::All(all) => {
            all.iter().filter_map(of).min_by_key(|signs| signs.iter().map(Trigger::weight).sum::<usize>())
        }
        Condition::Any(any) => Some(any.iter().map(of).collect::<Option<Vec<_>>>()?.into_iter().flatten().collect()),
        Condition::Test(test) => of_test(test),
        Condition::Not(_) | Condition::AnyItem { .. } | Condition::NoItem { .. } => None,
    }
}

fn of_test(Test { fact, op, argument }: &Test) -> Option<BTreeSet<Trigger>> {
    let Argument::Values(values) = argument else { return None };
    match (fact.spec.as_str(), op) {
        ("error.text", Op::Contains | Op::Is | Op::OneOf | Op::StartsWith | Op::EndsWith) => {
            texts(values)?.into_iter().map(phrase).collect()
        }
        ("error.text", Op::Matches) => {
            let mut signs = BTreeSet::new();
            for pattern in values.iter().filter_map(Literal::as_pattern) {
                for way in &pattern.ways {
                    signs.extend(way.first()?.iter().cloned().map(Trigger::Phrase));
                }
                if pattern.ways.is_empty() {
                    return None;
                }
            }
            Some(signs)
        }
        ("error.code", Op::Is | Op::OneOf) | ("error.codes" | "error.numbers", Op::Contains | Op::Overlaps) => {
            Some(texts(values)?.into_iter().map(|text| Trigger::Code(text.to_owned())).collect())
        }
        ("error.provider", Op::Is | Op::OneOf) => {
            Some(texts(values)?.into_iter().map(|text| Trigger::Provider(text.to_owned())).collect())
        }
        ("error.status", Op::Is | Op::OneOf) => values
            .iter()
            .map(|value| if let Literal::Number(n) = value { Some(Trigger::Status(*n)) } else { None })
            .collect(),
        _ => None,
    }
}

fn texts(values: &[Literal]) -> Option<Vec<&str>> {
    values.iter().map(Literal::as_text).collect()
}

fn phrase(text: &str) -> Option<Trigger> {
    (text.len() >= SHORTEST).then(|| Trigger::Phrase(text.to_owned()))
}

/// What a text must hold so that a regular expression can match it. Empty: nothing is known.
pub fn ways(pattern: &str) -> Vec<Way> {
    let Ok(hir) = regex_syntax::parse(pattern) else { return Vec::new() };
    let mut whole = &hir;
    while let HirKind::Capture(capture) = whole.kind() {
        whole = &capture.sub;
    }
    let ways: Vec<Way> = match whole.kind() {
        HirKind::Alternation(ways) => ways.iter().map(needed).collect(),
        _ => vec![needed(whole)],
    };
    if ways.iter().any(Vec::is_empty) { Vec::new() } else { ways }
}

/// The lists of texts of which a match holds one each, the most telling first.
fn needed(hir: &Hir) -> Way {
    let mut way = match hir.kind() {
        HirKind::Literal(literal) => match std::str::from_utf8(&literal.0) {
            Ok(text) if text.len() >= SHORTEST => vec![vec![text.to_owned()]],
            _ => Vec::new(),
        },
        HirKind::Capture(capture) => needed(&capture.sub),
        HirKind::Repetition(repetition) if repetition.min > 0 => needed(&repetition.sub),
        HirKind::Concat(parts) => parts.iter().flat_map(needed).collect(),
        HirKind::Alternation(ways) => {
            let each: Option<Vec<_>> = ways.iter().map(|way| needed(way).into_iter().next()).collect();
            each.map(|each| each.concat()).into_iter().collect()
        }
        _ => Vec::new(),
    };
    way.sort_by_key(|texts| Reverse(shortest(texts)));
    way
}

fn shortest(texts: &[String]) -> usize {
    texts.iter().map(String::len).min().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::examples::condition;

    fn signs(yaml: &str) -> Option<Vec<Trigger>> {
        of(&condition(yaml)).map(|signs| signs.into_iter().collect())
    }

    fn phrases(texts: &[&str]) -> Vec<Trigger> {
        texts.iter().map(|text| Trigger::Phrase((*text).to_owned())).collect()
    }

    #[test]
    fn of_what_must_all_hold_the_rarest_sign_counts() {
        assert_eq!(signs("{error.status: 400, error.text: {contains: bad code}}"), Some(phrases(&["bad code"])));
        assert_eq!(signs("{error.status: 400, error.step: token}"), Some(vec![Trigger::Status(400)]));
        assert_eq!(signs("{error.step: token}"), None);
    }

    #[test]
    fn of_what_may_hold_every_sign_counts_and_one_without_any_spoils_them() {
        assert_eq!(
            signs("{any: [{error.text: {contains: [first one, second one]}}, {error.code: invalid_grant}]}"),
            Some(vec![
                Trigger::Phrase("first one".into()),
                Trigger::Phrase("second one".into()),
                Trigger::Code("invalid_grant".into())
            ])
        );
        assert_eq!(signs("{any: [{error.text: {contains: first}}, {error.step: token}]}"), None);
        assert_eq!(signs("{not: {error.text: {contains: first}}}"), None);
    }

    #[test]
    fn an_expression_is_known_by_the_text_that_it_cannot_do_without() {
        assert_eq!(
            signs(r"{error.text: {matches: 'app \d+ was (deleted|blocked)'}}"),
            Some(phrases(&["blocked", "deleted"]))
        );
        assert_eq!(signs(r"{error.text: {matches: '\bredirect.?uri\b'}}"), Some(phrases(&["redirect"])));
        assert_eq!(signs(r"{error.text: {matches: '(?i)redirect'}}"), None);
        assert_eq!(signs(r"{error.text: {matches: '\d+'}}"), None);
    }
}
