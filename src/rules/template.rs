//! Texts with placeholders: `{fact}`, `{fact|filter "argument"}`; `{{` is a brace.

use super::compiled::{Base, FactRef, Filter, Piece, Template};
use super::names::Scope;
use super::problem::Desk;
use super::yaml::{Node, Spot};
use crate::facts::{Kind, Sensitivity};
use std::collections::BTreeSet;

const FILTERS: &[&str] = &["join", "or", "count", "duration", "bare"];

/// Reads a text. `implied` are the facts that the condition shows to have a value; `None`: the text is used only
/// where all its facts have one.
pub fn compile(
    desk: &mut Desk,
    scope: &Scope,
    node: &Node,
    what: &str,
    implied: Option<&BTreeSet<FactRef>>,
) -> Template {
    let Some(text) = desk.text(what, node) else { return Template::default() };
    let mut pieces = Vec::new();
    let mut plain = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(['{', '}']) {
        plain.push_str(&rest[..at]);
        let brace = &rest[at..=at];
        if rest[at + 1..].starts_with(brace) {
            plain.push_str(brace);
            rest = &rest[at + 2..];
        } else if brace == "}" {
            desk.say(node.spot, format!("{what}: a lone }}; write }}}} for a brace"));
            return Template::default();
        } else {
            let Some(end) = rest[at..].find('}').map(|end| at + end) else {
                desk.say(node.spot, format!("{what}: a {{ that is not closed"));
                return Template::default();
            };
            if !plain.is_empty() {
                pieces.push(Piece::Plain(std::mem::take(&mut plain)));
            }
            pieces.extend(placeholder(desk, scope, node.spot, &rest[at + 1..end], implied));
            rest = &rest[end + 1..];
        }
    }
    plain.push_str(rest);
    if !plain.is_empty() {
        pieces.push(Piece::Plain(plain));
    }
    Template(pieces)
}

fn placeholder(
    desk: &mut Desk,
    scope: &Scope,
    spot: Spot,
    inside: &str,
    implied: Option<&BTreeSet<FactRef>>,
) -> Option<Piece> {
    let mut parts = split_filters(inside).into_iter();
    let name = parts.next().unwrap_or_default();
    let (fact, spec) = match scope.resolve(&name) {
        Ok(found) => found,
        Err(none) => {
            let hint = none.nearest.map_or_else(String::new, |near| format!("; did you mean {near}?"));
            desk.say(spot, format!("unknown fact {name} in a placeholder{hint}"));
            return None;
        }
    };
    let Some(spec) = spec else {
        desk.say(spot, format!("{name} is a section; a placeholder names one fact"));
        return None;
    };
    if desk.outside && spec.sensitivity == Sensitivity::Secret {
        desk.say(spot, format!("{name} is secret: rules from outside may not read it"));
    }
    let filters: Vec<Filter> = parts.filter_map(|part| filter(desk, spot, &part, spec.kind)).collect();
    let listed = matches!(spec.kind, Kind::Texts | Kind::Numbers | Kind::Records);
    if listed && !filters.iter().any(|f| matches!(f, Filter::Join(_) | Filter::Count)) {
        desk.say(spot, format!("{name} is a list: use {{{name}|join \", \"}} or {{{name}|count}}"));
    }
    let has_or = filters.iter().any(|f| matches!(f, Filter::Or(_)));
    if let Some(implied) = implied
        && !has_or
        && !is_implied(&fact, spec.always, implied)
    {
        desk.say(spot, format!("{name} may be absent here: write {{{name}|or \"…\"}}, or test it in the condition"));
    }
    Some(Piece::Fact { fact, filters })
}

/// `a|join ", "|or "x"` at the bars that are outside quotes.
fn split_filters(inside: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut quoted = false;
    for c in inside.chars() {
        match c {
            '"' => quoted = !quoted,
            '|' if !quoted => {
                parts.push(String::new());
                continue;
            }
            _ => {}
        }
        parts.last_mut().expect("never empty").push(c);
    }
    parts.iter().map(|p| p.trim().to_owned()).collect()
}

fn filter(desk: &mut Desk, spot: Spot, text: &str, kind: Kind) -> Option<Filter> {
    let (word, argument) = text.split_once(' ').unwrap_or((text, ""));
    let argument = argument.trim();
    let quoted = argument.strip_prefix('"').and_then(|a| a.strip_suffix('"'));
    let listed = matches!(kind, Kind::Texts | Kind::Numbers | Kind::Records);
    let (filter, fits) = match (word, quoted) {
        ("join", Some(separator)) => (Filter::Join(separator.to_owned()), matches!(kind, Kind::Texts | Kind::Numbers)),
        ("or", Some(other)) => (Filter::Or(other.to_owned()), true),
        ("join" | "or", None) => {
            desk.say(spot, format!("the filter {word} takes a text in quotes: {{…|{word} \"…\"}}"));
            return None;
        }
        ("count", None) => (Filter::Count, listed),
        ("duration", None) => (Filter::Duration, kind == Kind::Duration),
        ("bare", None) => (Filter::Bare, kind == Kind::Url),
        ("count" | "duration" | "bare", Some(_)) => {
            desk.say(spot, format!("the filter {word} takes no argument"));
            return None;
        }
        _ => {
            desk.wrong_word(spot, "filter", word, FILTERS.iter().copied());
            return None;
        }
    };
    if !fits {
        desk.say(spot, format!("the filter {word} does not fit {}", kind.in_words()));
    }
    Some(filter)
}

/// Has the fact a value wherever the facts in `implied` have one? Itself tested, or always there beside one that is.
pub fn is_implied(fact: &FactRef, always: bool, implied: &BTreeSet<FactRef>) -> bool {
    if implied.contains(fact) {
        return true;
    }
    if !always {
        return false;
    }
    let parent = &fact.fields[..fact.fields.len().saturating_sub(1)];
    // An item of a list is there; a section or a record is there when something in it is.
    if fact.base == Base::Root {
        // A section is there when anything in it is; `port.number` beside an item of `port.listeners`.
        let Some((parent, _)) = fact.spec.rsplit_once('.') else { return false };
        let inside = |spec: &str| spec.strip_prefix(parent).is_some_and(|rest| rest.starts_with(['.', '[']));
        return implied.iter().any(|seen| inside(&seen.spec));
    }
    if parent.is_empty() {
        return true;
    }
    implied.iter().any(|seen| seen.base == fact.base && seen.fields.starts_with(parent))
}
