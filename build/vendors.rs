//! The index over the vendor records.

use crate::phrases::Phrases;
use crate::vendor_index::{Card, Index};
use serde::Deserialize;

/// What a rule of one provider is the more specific by: it is before every rule for all providers that is no surer.
pub const OWN_WORDS: u32 = 10;

/// What is shorter is no vendor's own.
const SHORTEST: usize = 4;

/// The part of a record that is looked for.
#[derive(Deserialize)]
struct Signs {
    names: Vec<String>,
    hosts: Vec<String>,
    #[serde(default)]
    says: Vec<String>,
}

/// Makes the index out of records in YAML, by file name. A mistake comes with the file's name.
pub fn index(files: &[(String, String)]) -> Result<Index, String> {
    let mut index = Index::default();
    let mut says = Vec::new();
    for (number, (id, text)) in (0u16..).zip(files) {
        let signs: Signs = serde_yaml::from_str(text).map_err(|error| format!("{id}.yaml: {error}"))?;
        if let Some(wrong) = signs.says.iter().find(|said| said.len() < SHORTEST || said.to_lowercase() != **said) {
            return Err(format!("{id}.yaml: says: {wrong:?} must have {SHORTEST} letters or more, all of them small"));
        }
        index.hosts.extend(signs.hosts.into_iter().map(|host| (host, number)));
        for name in signs.names {
            // A star at the end stands for any rest.
            match name.strip_suffix('*') {
                Some(begin) => index.beginnings.push((begin.to_owned(), number)),
                None => index.names.push((name, number)),
            }
        }
        index.sayers.extend(signs.says.iter().map(|_| number));
        says.extend(signs.says);
        let comment = |line: &&str| !line.trim_start().starts_with('#');
        let record = text.lines().filter(comment).collect::<Vec<_>>().join("\n");
        index.cards.push(Card { id: id.clone(), record });
    }
    index.says = Phrases::new(says.iter().map(String::as_str));
    index.hosts.sort();
    index.names.sort();
    index.beginnings.sort_by(|(one, _), (other, _)| other.len().cmp(&one.len()).then_with(|| one.cmp(other)));
    Ok(index)
}
