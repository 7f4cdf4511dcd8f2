//! Names in a rule: from what the author wrote to a fact of the registry.

use super::compiled::{Base, FactRef, Seen};
use crate::facts::{Kind, Spec, registry};

/// The names that can be used at one point of a rule: the document's, the item's of `for_each`, the innermost list's.
#[derive(Clone, Default)]
pub struct Scope {
    /// The name after `as`, and the registry's name of the items (`port.listeners[]`).
    pub each: Option<(String, String)>,
    pub item: Option<String>,
}

/// A name that stands for no fact, with the nearest that does.
#[derive(Debug, PartialEq, Eq)]
pub struct NoSuchFact {
    pub nearest: Option<String>,
}

impl Scope {
    /// The fact, its type where it has one of its own (a section has none).
    pub fn resolve(&self, name: &str) -> Result<(FactRef, Option<&'static Spec>), NoSuchFact> {
        if let Some(item) = &self.item
            && let Some(found) = below(Base::Item, item, name)
        {
            return Ok(found);
        }
        if let Some((each, items)) = &self.each {
            if name == each {
                let spec = registry::find(items);
                return Ok((
                    FactRef { base: Base::Each, fields: Vec::new(), spec: items.clone(), seen: Seen::default() },
                    spec,
                ));
            }
            if let Some(rest) = name.strip_prefix(each.as_str()).and_then(|r| r.strip_prefix('.')) {
                return below(Base::Each, items, rest).ok_or_else(|| NoSuchFact {
                    nearest: registry::nearest(&format!("{items}.{rest}"))
                        .map(|near| near.replacen(items.as_str(), each, 1)),
                });
            }
        }
        let fields = || name.split('.').map(str::to_owned).collect();
        if name.contains('[') || !registry::known_prefix(name) {
            let nearest = registry::nearest(name).map(str::to_owned);
            return Err(NoSuchFact { nearest });
        }
        Ok((
            FactRef { base: Base::Root, fields: fields(), spec: name.to_owned(), seen: Seen::default() },
            registry::find(name),
        ))
    }
}

fn below(base: Base, items: &str, rest: &str) -> Option<(FactRef, Option<&'static Spec>)> {
    let spec = format!("{items}.{rest}");
    if rest.contains('[') || !registry::known_prefix(&spec) {
        return None;
    }
    let found = registry::find(&spec);
    Some((FactRef { base, fields: rest.split('.').map(str::to_owned).collect(), spec, seen: Seen::default() }, found))
}

/// The registry's name of the items of a list fact; `None` where the fact is no list of records.
pub fn items_of(spec: &Spec) -> Option<String> {
    matches!(spec.kind, Kind::Records).then(|| format!("{}[]", spec.name))
}

/// Longer words are like none that is known.
const LONGEST_WORD: usize = 64;

/// The nearest of a closed set of words, where one is near at all.
pub fn nearest<'a>(word: &str, among: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if word.len() > LONGEST_WORD {
        return None;
    }
    among
        .into_iter()
        .map(|known| (strsim::jaro_winkler(known, word), known))
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .filter(|(likeness, _)| *likeness > 0.7)
        .map(|(_, known)| known)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_word_without_end_is_like_none() {
        assert_eq!(nearest("oauth.scope", ["oauth.scopes", "daemon"]), Some("oauth.scopes"));
        assert_eq!(nearest(&"scopes".repeat(200_000), ["scopes"]), None);
    }
}
