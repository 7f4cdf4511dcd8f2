//! The states that were issued here lately, as hashes, and by which login: a state that comes back and is not this login's
//! is a stale tab of ours, is of a login that runs now, or was never issued here. Holds no state that could be sent.

use crate::host::Host;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

const KEPT_HOURS: i64 = 24;
const MOST: usize = 200;

pub struct Journal {
    host: Host,
    file: PathBuf,
    /// What we noted is there: only then does it mean something that another state is not.
    kept: bool,
}

/// One attempt of a login.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Issued {
    pub state_sha256: String,
    pub at: Timestamp,
    pub provider: String,
    pub connection: String,
    pub pid: u32,
    /// When that process began, where it can be told: a process id is given out again.
    pub started_at: Option<Timestamp>,
    /// The attempt is over: another one took its place, or its login has ended.
    pub ended: bool,
}

/// Whose a state is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whose {
    /// Of an attempt that is over.
    StaleTab(Issued),
    /// Of a login that runs now, in another process.
    OtherLogin(Issued),
    /// Of no attempt of the last 24 hours.
    NeverIssued,
    /// The journal cannot be read or written.
    Unknown,
}

impl Journal {
    pub fn open(host: &Host, home: &Path) -> Self {
        Self { host: host.clone(), file: home.join("doctor").join("states.json"), kept: false }
    }

    /// Notes the hash of a state before it is sent, beside those of logins that run at the same time. A home that cannot
    /// be written costs only the telling apart.
    pub fn issued(&mut self, state_sha256: String, provider: &str, connection: &str) {
        let pid = self.host.processes.own_pid();
        let own = self.host.processes.get(pid).ok().flatten();
        let issued = Issued {
            state_sha256,
            at: self.host.clock.now(),
            provider: provider.to_owned(),
            connection: connection.to_owned(),
            pid,
            started_at: own.and_then(|process| process.started_at),
            ended: false,
        };
        self.kept = self.change(|entries| {
            end_those_of(pid, entries);
            entries.push(issued);
        });
    }

    /// The login of this process is over.
    pub fn end(&self) {
        if self.kept {
            self.change(|entries| end_those_of(self.host.processes.own_pid(), entries));
        }
    }

    pub fn whose(&self, state_sha256: &str) -> Whose {
        let Some(entries) = self.read().filter(|_| self.kept) else { return Whose::Unknown };
        match entries.into_iter().find(|entry| entry.state_sha256 == state_sha256) {
            Some(entry) if self.runs(&entry) => Whose::OtherLogin(entry),
            Some(entry) => Whose::StaleTab(entry),
            None => Whose::NeverIssued,
        }
    }

    fn runs(&self, entry: &Issued) -> bool {
        let Some(started_at) = entry.started_at.filter(|_| !entry.ended) else { return false };
        let process = self.host.processes.get(entry.pid).ok().flatten();
        process.is_some_and(|process| process.is_still(started_at) && !process.zombie)
    }

    /// Read anew, changed and written while nobody else does.
    fn change(&self, change: impl FnOnce(&mut Vec<Issued>)) -> bool {
        let Ok(_lock) = self.host.files.lock(&self.file.with_extension("lock")) else { return false };
        let mut entries = self.read().unwrap_or_default();
        change(&mut entries);
        let from = entries.len().saturating_sub(MOST);
        serde_json::to_vec(&entries[from..]).is_ok_and(|json| self.host.files.write_private(&self.file, &json).is_ok())
    }

    fn read(&self) -> Option<Vec<Issued>> {
        let text = self.host.files.read_text(&self.file, 256 * 1024).ok()?;
        let mut entries: Vec<Issued> = serde_json::from_str(&text).ok()?;
        let oldest = self.host.clock.now() - SignedDuration::from_hours(KEPT_HOURS);
        entries.retain(|entry| entry.at >= oldest);
        Some(entries)
    }
}

fn end_those_of(pid: u32, entries: &mut [Issued]) {
    entries.iter_mut().filter(|entry| entry.pid == pid).for_each(|entry| entry.ended = true);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::FixedClock;
    use std::sync::Arc;

    /// The journal of a home, seen by a process of its own some hours later.
    fn journal(home: &Path, hours: i64) -> Journal {
        let real = Host::real();
        let clock = Arc::new(FixedClock(real.clock.now() + SignedDuration::from_hours(hours)));
        Journal::open(&Host { clock, ..real }, home)
    }

    /// Writes an entry as another process would.
    fn edit(journal: &Journal, change: impl FnOnce(&mut Issued)) {
        assert!(journal.change(|entries| change(entries.last_mut().unwrap())));
    }

    #[test]
    fn an_attempt_that_was_followed_by_another_is_a_stale_tab_and_says_whose() {
        let home = tempfile::tempdir().unwrap();
        let mut journal = journal(home.path(), 0);
        journal.issued("first".into(), "github", "work");
        journal.issued("second".into(), "github", "work");
        let Whose::StaleTab(entry) = journal.whose("first") else { panic!("{:?}", journal.whose("first")) };
        assert_eq!((entry.provider.as_str(), entry.connection.as_str()), ("github", "work"));
        assert_eq!(journal.whose("third"), Whose::NeverIssued);
    }

    #[test]
    fn a_login_that_runs_in_another_process_is_told_from_one_whose_number_was_given_out_again() {
        let home = tempfile::tempdir().unwrap();
        let mut journal = journal(home.path(), 0);
        let parent = journal.host.processes.ancestors()[1];
        let started_at = journal.host.processes.get(parent).unwrap().unwrap().started_at;
        journal.issued("other".into(), "slack", "default");
        edit(&journal, |entry| (entry.pid, entry.started_at) = (parent, started_at));
        journal.issued("mine".into(), "github", "default");
        assert!(matches!(journal.whose("other"), Whose::OtherLogin(entry) if entry.provider == "slack"));

        journal.change(|entries| entries[0].started_at = Some(Timestamp::UNIX_EPOCH));
        assert!(matches!(journal.whose("other"), Whose::StaleTab(_)));
        journal.change(|entries| (entries[0].started_at, entries[0].ended) = (started_at, true));
        assert!(matches!(journal.whose("other"), Whose::StaleTab(_)));
    }

    #[test]
    fn a_login_that_ended_leaves_a_stale_tab_and_after_a_day_nothing() {
        let home = tempfile::tempdir().unwrap();
        let mut first = journal(home.path(), 0);
        first.issued("first".into(), "github", "default");
        first.end();
        let mut soon = journal(home.path(), 23);
        soon.issued("soon".into(), "github", "default");
        assert!(matches!(soon.whose("first"), Whose::StaleTab(entry) if entry.ended));
        let mut later = journal(home.path(), 25);
        later.issued("later".into(), "github", "default");
        assert_eq!(later.whose("first"), Whose::NeverIssued);
    }

    #[test]
    fn where_nothing_can_be_kept_nothing_is_told_of_others() {
        let home = tempfile::NamedTempFile::new().unwrap();
        let mut journal = journal(home.path(), 0);
        journal.issued("mine".into(), "github", "default");
        assert_eq!(journal.whose("other"), Whose::Unknown);
    }

    #[cfg(unix)]
    #[test]
    fn the_journal_is_for_its_owner_alone_and_holds_hashes() {
        use std::os::unix::fs::PermissionsExt;
        let home = tempfile::tempdir().unwrap();
        let mut journal = journal(home.path(), 0);
        journal.issued("a-hash".into(), "github", "default");
        let mode = std::fs::metadata(&journal.file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
