//! The rooms stand on each other as the architecture says: every `use crate::…` is held against this table.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Room, and the rooms that it may use. `sink` is the ground floor and open to all; `cli` may use everything.
const ROOMS: &[(&str, &[&str])] = &[
    (
        "login",
        &[
            "authsome",
            "definition",
            "diagnosis",
            "error_reader",
            "facts",
            "fixes",
            "host",
            "oauth",
            "pages",
            "practice",
            "probes",
            "prompt",
            "rules",
            "store",
            "vendors",
        ],
    ),
    ("report", &["authsome", "diagnosis", "facts", "rules"]),
    ("fixes", &["authsome", "diagnosis", "facts", "host", "probes", "prompt", "rules", "store"]),
    // Which findings count, and mending definitions: judging and reporting are others' work.
    ("check", &["definition", "diagnosis", "facts", "host", "rules"]),
    ("probes", &["authsome", "definition", "error_reader", "facts", "host", "oauth", "rules", "vendors"]),
    ("handover", &["authsome", "diagnosis", "host"]),
    ("diagnosis", &["facts", "rules"]),
    ("rules", &["facts", "phrases"]),
    ("oauth", &["facts", "host"]),
    ("error_reader", &["facts", "phrases", "vendors"]),
    ("authsome", &["facts", "host", "rules"]),
    ("definition", &["authsome", "facts", "host"]),
    ("vendors", &["phrases"]),
    ("store", &["host"]),
    ("prompt", &["host"]),
    ("pages", &["host"]),
    ("practice", &[]),
    ("facts", &[]),
    ("host", &[]),
    ("sink", &[]),
];

#[test]
fn rooms_stand_on_each_other_as_the_architecture_says() {
    let allowed: BTreeMap<&str, BTreeSet<&str>> =
        ROOMS.iter().map(|(room, others)| (*room, others.iter().copied().collect())).collect();
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut wrong = Vec::new();
    for (room, others) in &allowed {
        for file in files_below(&src.join(room)) {
            for used in rooms_used(&fs::read_to_string(&file).unwrap()) {
                if used != **room && used != "sink" && !others.contains(used.as_str()) {
                    wrong.push(format!("{} uses {used}", file.strip_prefix(&src).unwrap().display()));
                }
            }
        }
    }
    wrong.sort();
    wrong.dedup();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_room_is_in_the_table() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for entry in fs::read_dir(src).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let known = ROOMS.iter().any(|(room, _)| *room == name);
        assert!(!path.is_dir() || known || name == "cli", "{name} is not in the table");
    }
}

/// The first names after `crate::`, one by one or in braces.
fn rooms_used(text: &str) -> BTreeSet<String> {
    let mut rooms = BTreeSet::new();
    for (at, _) in text.match_indices("crate::") {
        let rest = &text[at + "crate::".len()..];
        let names: Vec<&str> = match rest.strip_prefix('{') {
            Some(list) => list.split('}').next().unwrap_or_default().split(',').collect(),
            None => vec![rest],
        };
        for name in names {
            let name: String = name.trim().chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
            if ROOMS.iter().any(|(room, _)| *room == name) {
                rooms.insert(name);
            }
        }
    }
    rooms
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(files_below(&path));
        } else if path.extension().is_some_and(|e| e == "rs") {
            files.push(path);
        }
    }
    files
}
