//! A rule's edit as stretches of a definition's text: what is replaced by what. Everything else of the file stays, byte for
//! byte; a comment stays even where what it belongs to goes.

use super::comments::{Piece, pieces};
use crate::definition::{Document, Member, Node, Spot, Tree};
use crate::rules::FixPlan;
use std::ops::Range;

/// Stretches, none of which overlap, with what is to stand there.
pub type Stretches = Vec<(Range<usize>, String)>;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    pub stretches: Stretches,
    /// A key that it brings into the object that begins at that byte: two edits cannot bring the same one.
    pub key: Option<(usize, String)>,
}

impl Edit {
    pub fn overlaps(&self, other: &Self) -> bool {
        let touch = |a: &Range<usize>, b: &Range<usize>| a == b || (a.start < b.end && b.start < a.end);
        self.stretches.iter().any(|(a, _)| other.stretches.iter().any(|(b, _)| touch(a, b)))
    }
}

/// The stretches of a plan; `None`: it is no edit of this text, or not a certain one.
pub fn of(plan: &FixPlan, text: &str, document: Option<&Document>) -> Option<Edit> {
    // What is to be inserted where is for a person to see.
    let FixPlan::EditFile { line, column, pointer, replace, insert: None, remove, .. } = plan else { return None };
    let plain = |stretches| Edit { stretches, key: None };
    let Some(document) = document else {
        return remove.then(|| unreadable(text, *line, *column)).flatten().map(plain);
    };
    let (target, owner) = find(&document.root, pointer, (*line, *column))?;
    match (target, replace) {
        (Target::Key(member), Some(name)) => rename(text, member, owner, name),
        (Target::Value(node), Some(new)) => Some(plain(value(text, node, new))),
        (target, None) if *remove => Some(plain(removal(text, target.range(owner)?, &siblings(owner)))),
        _ => None,
    }
}

/// What keeps a text from being read and is one character: a comma too many, a byte order mark.
fn unreadable(text: &str, line: u32, column: u32) -> Option<Stretches> {
    let line = text.split_inclusive('\n').nth(usize::try_from(line).ok()?.checked_sub(1)?)?;
    let start = line.as_ptr() as usize - text.as_ptr() as usize;
    let (at, found) = line.char_indices().nth(usize::try_from(column).ok()?.checked_sub(1)?)?;
    let at = start + at;
    matches!(found, ',' | '\u{feff}').then(|| vec![(at..at + found.len_utf8(), String::new())])
}

/// What the pointer and the place name.
#[derive(Clone, Copy)]
enum Target<'d> {
    Key(&'d Member),
    Value(&'d Node),
}

impl Target<'_> {
    /// The item or member that goes when this is removed; `None` for the definition itself.
    fn range(self, owner: Option<&Node>) -> Option<Range<usize>> {
        let owner = owner?;
        let spot = match self {
            Self::Key(member) => member.key_spot,
            Self::Value(node) => node.spot,
        };
        let whole = |member: &Member| member.key_spot.start..member.value.spot.end;
        let member = owner.members().iter().find(|it| it.key_spot == spot || it.value.spot == spot).map(whole);
        member
            .or_else(|| owner.items().iter().find(|item| item.spot == spot).map(|item| item.spot.start..item.spot.end))
    }
}

/// The target with the object or list that holds it. Of a key that stands twice the place says which one is meant.
fn find<'d>(root: &'d Node, pointer: &str, place: (u32, u32)) -> Option<(Target<'d>, Option<&'d Node>)> {
    let at = |spot: Spot| (spot.line, spot.column) == place;
    let (mut node, mut owner) = (root, None);
    let steps: Vec<String> =
        pointer.split('/').skip(1).map(|step| step.replace("~1", "/").replace("~0", "~")).collect();
    for (depth, step) in steps.iter().enumerate() {
        owner = Some(node);
        if let Tree::List(items) = &node.value {
            node = items.get(step.parse::<usize>().ok()?)?;
            continue;
        }
        let mut named = node.members().iter().filter(|member| member.key == *step);
        if depth + 1 == steps.len() {
            let member = named.find(|member| at(member.key_spot) || at(member.value.spot))?;
            let target = if at(member.key_spot) { Target::Key(member) } else { Target::Value(&member.value) };
            return Some((target, owner));
        }
        node = &named.next_back()?.value;
    }
    at(node.spot).then_some((Target::Value(node), owner))
}

fn siblings(owner: Option<&Node>) -> Vec<Range<usize>> {
    let Some(owner) = owner else { return Vec::new() };
    let members = owner.members().iter().map(|member| member.key_spot.start..member.value.spot.end);
    members.chain(owner.items().iter().map(|item| item.spot.start..item.spot.end)).collect()
}

/// A key that is there already is not written a second time.
fn rename(text: &str, member: &Member, owner: Option<&Node>, name: &str) -> Option<Edit> {
    let owner = owner?;
    if owner.members().iter().any(|other| other.key == name) {
        return None;
    }
    let stretches = string(text, member.key_spot.start..member.key_spot.end, name);
    Some(Edit { stretches, key: Some((owner.spot.start, name.to_owned())) })
}

/// The new value in the form of the old one: a text stays a text.
fn value(text: &str, node: &Node, new: &str) -> Stretches {
    let range = node.spot.start..node.spot.end;
    match &node.value {
        Tree::Text(_) => string(text, range, new),
        _ if serde_json::from_str::<serde_json::Value>(new).is_ok() => vec![(range, new.to_owned())],
        _ => vec![(range, quoted(new))],
    }
}

/// Where characters only go, the others keep the way in which they are written (`\u00e9`, `\/`).
fn string(text: &str, range: Range<usize>, new: &str) -> Stretches {
    let whole = |range: Range<usize>| vec![(range, quoted(new))];
    let Some(raw) = text.get(range.start + 1..range.end.saturating_sub(1)) else { return whole(range) };
    let mut wanted = new.chars().peekable();
    let mut gone: Stretches = Vec::new();
    let mut at = 0;
    while at < raw.len() {
        let Some((length, character)) = first_character(&raw[at..]) else { return whole(range) };
        let start = range.start + 1 + at;
        at += length;
        if wanted.next_if_eq(&character).is_some() {
            continue;
        }
        match gone.last_mut() {
            Some((last, _)) if last.end == start => last.end = start + length,
            _ => gone.push((start..start + length, String::new())),
        }
    }
    if wanted.peek().is_some() || gone.is_empty() { whole(range) } else { gone }
}

/// A character of a string as it is written: how many bytes, and what it stands for. `None`: not worth understanding.
fn first_character(raw: &str) -> Option<(usize, char)> {
    let first = raw.chars().next()?;
    if first != '\\' {
        return Some((first.len_utf8(), first));
    }
    let length = if raw[1..].starts_with('u') { 6 } else { 2 };
    let decoded: String = serde_json::from_str(&format!("\"{}\"", raw.get(..length)?)).ok()?;
    let mut characters = decoded.chars();
    characters.next().filter(|_| characters.next().is_none()).map(|character| (length, character))
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// Takes an item or member out, with one comma: the one behind it, or of the last one that before it. A line on which
/// nothing is left goes as a whole.
fn removal(text: &str, item: Range<usize>, siblings: &[Range<usize>]) -> Stretches {
    let commas: Vec<Piece> =
        pieces(text).filter(|piece| !piece.is_comment && &text[piece.start..piece.end] == ",").collect();
    let next = siblings.iter().find(|other| other.start >= item.end);
    let previous = siblings.iter().rev().find(|other| other.end <= item.start);
    let between = |from: usize, to: usize| commas.iter().find(|comma| from <= comma.start && comma.end <= to);
    let behind = next.and_then(|next| between(item.end, next.start));
    let ahead = previous.and_then(|previous| between(previous.end, item.start));
    // Some people begin their lines with the comma.
    let beside = |a: usize, b: usize| !text[a..b].contains('\n');
    let leads = ahead.is_some_and(|comma| beside(comma.end, item.start))
        && behind.is_some_and(|comma| !beside(item.end, comma.start));
    let comma = if leads { ahead } else { behind.or(ahead) };
    let mut gone = vec![item.clone()];
    gone.extend(comma.map(|comma| comma.start..comma.end));
    gone.sort_by_key(|range| range.start);

    let begins = text[..item.start].rfind('\n').map_or(0, |at| at + 1);
    let ends = text[item.end..].find('\n').map_or(text.len(), |at| item.end + at + 1);
    let is_gone = |at: usize| gone.iter().any(|range| range.contains(&at));
    let nothing_left = text[begins..ends].char_indices().all(|(at, c)| c.is_whitespace() || is_gone(begins + at));
    if nothing_left {
        gone.retain(|range| range.start < begins || range.start >= ends);
        gone.push(begins..ends);
    } else {
        let blank = |at: usize| text[at..].starts_with([' ', '\t']);
        let close = |a: usize, b: usize| text[a..b].trim_matches([' ', '\t']).is_empty();
        if let [first, second] = &gone[..]
            && close(first.end, second.start)
        {
            let whole = first.start..second.end;
            gone.clear();
            gone.push(whole);
        }
        // The blanks behind what goes go with it, save those before the closing bracket.
        if next.is_some()
            && let Some(last) = gone.last_mut()
        {
            while last.end < ends && blank(last.end) {
                last.end += 1;
            }
        }
    }
    gone.sort_by_key(|range| range.start);
    gone.into_iter().map(|range| (range, String::new())).collect()
}
