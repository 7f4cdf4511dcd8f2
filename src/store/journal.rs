//! The states that were issued here lately, as hashes: a state that comes back and is not this login's is a stale tab of
//! ours, or was never issued here.

use crate::host::Host;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

const KEPT_HOURS: i64 = 24;
const MOST: usize = 200;

pub struct Journal {
    host: Host,
    file: PathBuf,
    entries: Vec<Entry>,
}

#[derive(Clone, Serialize, Deserialize)]
struct Entry {
    state_sha256: String,
    at: jiff::Timestamp,
}

impl Journal {
    /// Reads what is there; what cannot be read is as though nothing were.
    pub fn open(host: &Host, home: &Path) -> Self {
        let file = home.join("doctor").join("states.json");
        let entries = read(host, &file);
        Self { host: host.clone(), file, entries }
    }

    /// Notes the hash of a state before it is sent, beside those of logins that run at the same time. A home that cannot
    /// be written costs only the telling apart.
    pub fn issued(&mut self, state_sha256: String) {
        let lock = self.host.files.lock(&self.file.with_extension("lock"));
        self.entries = read(&self.host, &self.file);
        self.entries.push(Entry { state_sha256, at: self.host.clock.now() });
        let from = self.entries.len().saturating_sub(MOST);
        self.entries.drain(..from);
        if let (Ok(_), Ok(json)) = (&lock, serde_json::to_vec(&self.entries)) {
            let _ = self.host.files.write_private(&self.file, &json);
        }
    }

    pub fn knows(&self, state_sha256: &str) -> bool {
        self.entries.iter().any(|entry| entry.state_sha256 == state_sha256)
    }
}

fn read(host: &Host, file: &Path) -> Vec<Entry> {
    let text = host.files.read_text(file, 256 * 1024).unwrap_or_default();
    let mut entries: Vec<Entry> = serde_json::from_str(&text).unwrap_or_default();
    let oldest = host.clock.now() - jiff::SignedDuration::from_hours(KEPT_HOURS);
    entries.retain(|entry| entry.at >= oldest);
    entries
}
