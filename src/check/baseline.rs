//! A baseline: the findings that were there when an old repository began to be checked. Each is known by its rule, its file
//! and its JSON pointer, so that edits elsewhere in the file change nothing.

use crate::diagnosis::identity::without_positions;
use crate::diagnosis::{Finding, Identity};
use crate::facts::Place;
use crate::sink::{redact_pointer, redact_text};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

/// The format of the file.
const VERSION: u32 = 1;

#[derive(Clone, Debug)]
pub struct Baseline {
    /// As the user names it.
    pub file: String,
    /// What the names of definitions are seen from.
    folder: PathBuf,
    /// How many findings of each identity are listed, and in which line of the file.
    listed: HashMap<Identity, (usize, u32)>,
    /// It is being written: whatever is found belongs to it.
    takes_all: bool,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    version: u32,
    findings: Vec<Entry>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    file: String,
    pointer: String,
    rule: String,
    count: usize,
}

/// An entry of which there is less in the definitions than it lists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gone {
    pub identity: Identity,
    pub count: usize,
    pub place: Place,
}

impl Baseline {
    /// An error is a phrase without the file's name, with line and column.
    pub fn read(text: &str, file: &str) -> Result<Self, (String, u32, u32)> {
        let narrow = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        let written: Written = serde_json::from_str(text)
            .map_err(|error| (error.to_string(), narrow(error.line()), narrow(error.column())))?;
        if written.version != VERSION {
            let message = format!("version {} is not known: this program reads version {VERSION}", written.version);
            return Err((message, 1, 1));
        }
        let mut listed = HashMap::new();
        // One entry a line, as they are written; in a file that was laid out anew the places are less exact.
        let mut lines = text.lines().enumerate().filter(|(_, line)| line.contains("\"rule\""));
        for Entry { file, pointer, rule, count } in written.findings {
            let line = lines.next().map_or(1, |(at, _)| narrow(at + 1));
            // As an identity has them, also where they were written by hand or before names were hidden.
            let (file, pointer) = (redact_text(&file), without_positions(&redact_pointer(&pointer)));
            listed.entry(Identity { file, pointer, rule }).or_insert((0, line)).0 += count;
        }
        Ok(Self { file: file.to_owned(), folder: folder_of(file), listed, takes_all: false })
    }

    /// One to be written to the file of that name: it takes whatever is found.
    pub fn to_be_written(file: &str) -> Self {
        Self { file: file.to_owned(), folder: folder_of(file), listed: HashMap::new(), takes_all: true }
    }

    /// Lists what it took.
    pub fn list<'f>(&mut self, findings: impl Iterator<Item = &'f Finding>, base: &Path) {
        for finding in findings {
            self.listed.entry(Identity::of(finding, base, &self.folder)).or_insert((0, 1)).0 += 1;
        }
    }

    /// The same findings give the same bytes: sorted, one entry a line, no time and no machine in it.
    pub fn to_text(&self) -> String {
        let sorted: BTreeMap<&Identity, usize> = self.listed.iter().map(|(key, (count, _))| (key, *count)).collect();
        let entries = sorted.into_iter().map(|(identity, count)| {
            let Identity { file, pointer, rule } = identity.clone();
            let entry = Entry { file, pointer, rule, count };
            format!("    {}", serde_json::to_string(&entry).unwrap_or_default())
        });
        let entries: Vec<String> = entries.collect();
        let list = if entries.is_empty() { "[]".to_owned() } else { format!("[\n{}\n  ]", entries.join(",\n")) };
        format!("{{\n  \"version\": {VERSION},\n  \"findings\": {list}\n}}\n")
    }

    /// Takes out of one definition's findings those that are listed. Returned: those, and what was met of each identity.
    pub fn apply(&self, findings: &mut Vec<Finding>, base: &Path) -> (Vec<Finding>, Vec<(Identity, usize)>) {
        if self.takes_all {
            return (std::mem::take(findings), Vec::new());
        }
        let mut met: Vec<(Identity, usize)> = Vec::new();
        let mut taken = Vec::new();
        let mut kept = Vec::with_capacity(findings.len());
        for finding in findings.drain(..) {
            let identity = Identity::of(&finding, base, &self.folder);
            let Some((listed, _)) = self.listed.get(&identity) else {
                kept.push(finding);
                continue;
            };
            let at = met.iter().position(|(known, _)| *known == identity).unwrap_or_else(|| {
                met.push((identity, 0));
                met.len() - 1
            });
            if met[at].1 < *listed {
                met[at].1 += 1;
                taken.push(finding);
            } else {
                kept.push(finding);
            }
        }
        *findings = kept;
        (taken, met)
    }

    /// What is listed and was not met. `looked_at` says of a definition, as it is named here, whether this run can know.
    pub fn gone(&self, met: &HashMap<Identity, usize>, looked_at: impl Fn(&Path) -> bool) -> Vec<Gone> {
        let mut gone: Vec<Gone> = self
            .listed
            .iter()
            .filter_map(|(identity, (listed, line))| {
                let count = listed.saturating_sub(met.get(identity).copied().unwrap_or_default());
                let place = Place { file: self.file.as_str().into(), line: *line, column: 5, pointer: Cow::default() };
                (count > 0 && looked_at(&self.folder.join(&identity.file))).then(|| Gone {
                    identity: identity.clone(),
                    count,
                    place,
                })
            })
            .collect();
        gone.sort_by(|a, b| a.identity.cmp(&b.identity));
        gone
    }
}

fn folder_of(file: &str) -> PathBuf {
    Path::new(file).parent().unwrap_or(Path::new("")).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_baseline_is_told_with_its_place() {
        for (text, wanted, line) in [
            ("{\n  \"version\": 1,\n  \"findigs\": []\n}", "unknown field `findigs`", 3),
            ("{\n  \"version\": 2,\n  \"findings\": []\n}", "version 2 is not known", 1),
            ("[", "EOF", 1),
        ] {
            let (message, at, _) = Baseline::read(text, "b.json").expect_err(text);
            assert!(message.contains(wanted) && at == line, "{message} {at}");
        }
    }

    #[test]
    fn an_empty_one_can_be_read_back() {
        let text = Baseline::to_be_written("b.json").to_text();
        assert_eq!(text, "{\n  \"version\": 1,\n  \"findings\": []\n}\n");
        assert!(Baseline::read(&text, "b.json").unwrap().listed.is_empty());
    }
}
