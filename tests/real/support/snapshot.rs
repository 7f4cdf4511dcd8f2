//! Everything under a folder, as a look must leave it: names, sizes, times of change to the nanosecond, modes, bytes.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

#[derive(PartialEq, Eq)]
struct Entry {
    size: u64,
    changed: (i64, i64),
    mode: u32,
    bytes: Vec<u8>,
}

pub struct Snapshot {
    folder: PathBuf,
    entries: BTreeMap<PathBuf, Entry>,
}

impl Snapshot {
    pub fn of(folder: &Path) -> Self {
        let mut entries = BTreeMap::new();
        take(folder, &mut entries);
        Self { folder: folder.to_owned(), entries }
    }

    /// What is not as it was. A live daemon writes each request into its log: there, lines that tell of health alone
    /// may have been added.
    pub fn changes(&self) -> String {
        let now = Self::of(&self.folder);
        let mut told = String::new();
        for (path, before) in &self.entries {
            match now.entries.get(path) {
                Some(after) if after == before || is_log_of_health(path, before, after) => {}
                Some(after) => {
                    let what = if before.bytes != after.bytes {
                        "its bytes"
                    } else if before.mode != after.mode {
                        "its mode"
                    } else {
                        "its time of change"
                    };
                    writeln!(told, "{}: {what}", path.display()).expect("a text");
                    if let Some(added) = after.bytes.strip_prefix(&*before.bytes) {
                        writeln!(told, "  added: {}", String::from_utf8_lossy(added)).expect("a text");
                    }
                }
                None => writeln!(told, "{}: gone", path.display()).expect("a text"),
            }
        }
        for path in now.entries.keys().filter(|path| !self.entries.contains_key(*path)) {
            writeln!(told, "{}: new", path.display()).expect("a text");
        }
        told
    }

    #[track_caller]
    pub fn is_unchanged(&self, after_what: &str) {
        let changes = self.changes();
        assert!(changes.is_empty(), "{after_what} changed under {}:\n{changes}", self.folder.display());
    }
}

fn is_log_of_health(path: &Path, before: &Entry, after: &Entry) -> bool {
    let Some(added) = after.bytes.strip_prefix(&*before.bytes) else { return false };
    path.ends_with("server/daemon/daemon.log")
        && before.mode == after.mode
        && String::from_utf8_lossy(added)
            .lines()
            .all(|line| line.contains("/health HTTP/1.0\"") || line.contains("/health HTTP/1.1\""))
}

fn take(path: &Path, entries: &mut BTreeMap<PathBuf, Entry>) {
    let Ok(metadata) = fs::symlink_metadata(path) else { return };
    let bytes = if metadata.is_file() { fs::read(path).unwrap_or_default() } else { Vec::new() };
    let entry = Entry {
        size: metadata.len(),
        changed: (metadata.mtime(), metadata.mtime_nsec()),
        mode: metadata.mode(),
        bytes,
    };
    entries.insert(path.to_owned(), entry);
    for child in fs::read_dir(path).into_iter().flatten().flatten() {
        take(&child.path(), entries);
    }
}
