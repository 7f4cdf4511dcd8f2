//! Other programs' `SQLite` databases, read without leaving anything behind.

use rusqlite::{Connection, OpenFlags, Result};
use std::fs::File;
use std::io::{self, Read};
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tempfile::TempDir;

/// A writer may hold the file for a moment; longer is an error that says so.
const PATIENCE: Duration = Duration::from_millis(200);

/// Opens a database to read from it, whether somebody has it open or not. In WAL mode even a read-only look writes: it makes
/// `-wal` and `-shm` files, or marks its place in the `-shm` file that is there. So in that mode a database without a log is
/// taken as unchanging, and one with a log is copied with it; only where its owner never stops writing it is opened
/// read-only, and so is any database in another mode, its owner's locks kept.
pub fn open_to_read(path: &Path) -> Result<Opened> {
    let mut copy = None;
    let mode = if !in_wal_mode(path) {
        "mode=ro"
    } else if length(&beside(path, "-wal")) == 0 {
        "immutable=1"
    } else {
        copy = copy_between_writings(path);
        "mode=ro"
    };
    let connection = match &copy {
        Some(folder) => Connection::open(folder.path().join(COPY))?,
        None => open(path, mode)?,
    };
    connection.pragma_update(None, "query_only", true)?;
    Ok(Opened { connection, _copy: copy })
}

/// A database, or the copy of one, that is read for its rows alone.
pub struct Opened {
    connection: Connection,
    /// What it was copied to, until it is read.
    _copy: Option<TempDir>,
}

impl Deref for Opened {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        &self.connection
    }
}

/// Opens a database whose owner is gone. An owner that was killed leaves its last writing in a file beside it, and reading
/// that would finish its work: so both are copied, and the copy is read. Else it is taken as unchanging.
pub fn open_unowned(path: &Path) -> Result<Opened> {
    let copy = copy_with_leftovers(path).unwrap_or_default();
    let connection = match &copy {
        Some(folder) => Connection::open(folder.path().join(COPY))?,
        None => open(path, "immutable=1")?,
    };
    Ok(Opened { connection, _copy: copy })
}

const COPY: &str = "copy.db";
/// A larger database is read without what its owner left beside it.
const LARGEST_COPY: u64 = 32 * 1024 * 1024;

/// `None` where nothing is left beside it.
fn copy_with_leftovers(path: &Path) -> io::Result<Option<TempDir>> {
    let left: Vec<(&str, PathBuf)> = ["-wal", "-journal"].map(|suffix| (suffix, beside(path, suffix))).into();
    let left: Vec<_> = left.into_iter().filter(|(_, file)| length(file) > 0).collect();
    let all = length(path) + left.iter().map(|(_, file)| length(file)).sum::<u64>();
    if left.is_empty() || all > LARGEST_COPY {
        return Ok(None);
    }
    let folder = tempfile::tempdir()?;
    std::fs::copy(path, folder.path().join(COPY))?;
    for (suffix, file) in left {
        std::fs::copy(file, folder.path().join(format!("{COPY}{suffix}")))?;
    }
    Ok(Some(folder))
}

/// A copy that no writer came between: sizes and times are the same before and after.
fn copy_between_writings(path: &Path) -> Option<TempDir> {
    let state = |file: &Path| std::fs::metadata(file).and_then(|found| Ok((found.len(), found.modified()?))).ok();
    let both = || [state(path), state(&beside(path, "-wal"))];
    (0..5).find_map(|_| {
        let before = both();
        let copy = copy_with_leftovers(path).ok()??;
        (both() == before).then_some(copy)
    })
}

fn length(path: &Path) -> u64 {
    std::fs::metadata(path).map_or(0, |found| found.len())
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

fn open(path: &Path, mode: &str) -> Result<Connection> {
    let uri = format!("file:{}?{mode}", escape(&path.to_string_lossy()));
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(uri, flags)?;
    connection.busy_timeout(PATIENCE)?;
    Ok(connection)
}

/// Bytes 18 and 19 of the header are the file format's write and read versions: 2 is WAL.
fn in_wal_mode(path: &Path) -> bool {
    let mut header = [0; 20];
    File::open(path).and_then(|mut file| file.read_exact(&mut header)).is_ok_and(|()| header[18..] == [2, 2])
}

/// The characters that end a path in `SQLite`'s file URIs.
fn escape(path: &str) -> String {
    path.replace('%', "%25").replace('?', "%3f").replace('#', "%23")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reading_leaves_no_file_behind_and_cannot_write() {
        for mode in ["WAL", "DELETE"] {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("50% #1?.db");
            let made = Connection::open(&path).unwrap();
            let set_up = format!("PRAGMA journal_mode={mode}; CREATE TABLE t (n); INSERT INTO t VALUES (7);");
            made.execute_batch(&set_up).unwrap();
            drop(made);
            let count = || std::fs::read_dir(folder.path()).unwrap().count();
            let connection = open_to_read(&path).unwrap();
            assert_eq!(connection.query_row("SELECT n FROM t", [], |row| row.get::<_, i64>(0)), Ok(7));
            assert!(connection.execute("DELETE FROM t", []).is_err());
            assert_eq!(count(), 1, "{mode}, while open");
            drop(connection);
            assert_eq!(count(), 1, "{mode}");
        }
    }

    /// Every file of a folder, with its length and the time of its last change.
    fn state(folder: &Path) -> Vec<(std::ffi::OsString, u64, std::time::SystemTime)> {
        let of = |entry: std::fs::DirEntry| {
            let found = entry.metadata().unwrap();
            (entry.file_name(), found.len(), found.modified().unwrap())
        };
        let mut all: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| of(entry.unwrap())).collect();
        all.sort();
        all
    }

    fn numbers(connection: &Connection) -> Vec<i64> {
        let mut statement = connection.prepare("SELECT n FROM t ORDER BY n").unwrap();
        statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    }

    /// The files of an owner that was killed: copied while it lives, as a kill leaves them.
    fn of_a_killed_owner(mode: &str) -> TempDir {
        let (live, dead) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let owner = Connection::open(live.path().join("a.db")).unwrap();
        owner
            .execute_batch(&format!("PRAGMA journal_mode={mode}; CREATE TABLE t (n); INSERT INTO t VALUES (7);"))
            .unwrap();
        if mode == "WAL" {
            owner.execute_batch("INSERT INTO t VALUES (8);").unwrap();
        } else {
            // In the middle of a writing that is too large for its cache.
            owner.execute_batch("PRAGMA cache_size=1; PRAGMA cache_spill=1; BEGIN;").unwrap();
            owner.execute_batch("UPDATE t SET n = 9; CREATE TABLE u (x); ").unwrap();
            owner
                .execute_batch("INSERT INTO u WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM c LIMIT 9000) SELECT randomblob(300) FROM c;")
                .unwrap();
        }
        for entry in std::fs::read_dir(live.path()).unwrap() {
            let from = entry.unwrap().path();
            std::fs::copy(&from, dead.path().join(from.file_name().unwrap())).unwrap();
        }
        dead
    }

    #[test]
    fn what_a_killed_owner_left_is_read_and_stays_as_it_was_left() {
        for (mode, beside, expected) in [("WAL", "a.db-wal", vec![7, 8]), ("DELETE", "a.db-journal", vec![7])] {
            let folder = of_a_killed_owner(mode);
            assert!(folder.path().join(beside).exists(), "the fault is not there: {mode}");
            let before = state(folder.path());
            let connection = open_unowned(&folder.path().join("a.db")).unwrap();
            assert_eq!(numbers(&connection), expected, "{mode}");
            drop(connection);
            assert_eq!(state(folder.path()), before, "{mode}");
        }
    }

    /// Whoever does not know whether the owner lives may look all the same.
    #[test]
    fn without_knowing_that_the_owner_was_killed_nothing_is_touched_either() {
        let folder = of_a_killed_owner("WAL");
        let before = state(folder.path());
        let connection = open_to_read(&folder.path().join("a.db")).unwrap();
        assert_eq!(numbers(&connection), [7, 8]);
        assert!(connection.execute("DELETE FROM t", []).is_err());
        drop(connection);
        assert_eq!(state(folder.path()), before);
    }

    #[test]
    fn beside_the_live_owner_what_it_has_just_written_is_seen() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        let owner = Connection::open(&path).unwrap();
        owner.execute_batch("PRAGMA journal_mode=WAL; CREATE TABLE t (n); INSERT INTO t VALUES (8);").unwrap();
        let connection = open_to_read(&path).unwrap();
        assert_eq!(connection.query_row("SELECT n FROM t", [], |row| row.get::<_, i64>(0)), Ok(8));
    }

    #[test]
    fn beside_a_live_owner_no_file_comes_goes_or_changes() {
        for mode in ["WAL", "DELETE"] {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("a.db");
            let owner = Connection::open(&path).unwrap();
            let set_up = format!("PRAGMA journal_mode={mode}; CREATE TABLE t (n); INSERT INTO t VALUES (8);");
            owner.execute_batch(&set_up).unwrap();
            std::thread::sleep(Duration::from_millis(20));
            let before = state(folder.path());
            let connection = open_to_read(&path).unwrap();
            assert_eq!(numbers(&connection), [8]);
            assert_eq!(state(folder.path()), before, "{mode}, while open");
            drop(connection);
            assert_eq!(state(folder.path()), before, "{mode}");
            owner.execute_batch("INSERT INTO t VALUES (9);").unwrap();
        }
    }
}
