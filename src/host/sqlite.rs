//! Other programs' `SQLite` databases, read without leaving anything behind.

use rusqlite::{Connection, OpenFlags, Result};
use std::fs::{self, File};
use std::io::{self, Read};
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};
use tempfile::TempDir;

/// A writer may hold the file for a moment; longer is an error that says so.
const PATIENCE: Duration = Duration::from_millis(200);
/// More than this is not copied to be looked at; authsome's own stay far below it.
const LARGEST_COPY: u64 = 64 << 20;

/// A connection for reading, and the copy that it reads, where one had to be made.
pub struct Database {
    connection: Connection,
    _copy: Option<TempDir>,
}

impl Deref for Database {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        &self.connection
    }
}

/// Opens a database to read from it. In WAL mode even a read-only look writes: it makes `-wal` and `-shm` files, or marks
/// its place in the `-shm` file that is there. So a database in that mode is taken as unchanging, and where a log lies beside
/// it, a copy of both is read, with what was written last in it. Any other is opened read-only, its owner's locks kept.
pub fn open_to_read(path: &Path) -> Result<Database> {
    let read_only = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let open = |mode: &str| {
        let connection = Connection::open_with_flags(format!("file:{}?{mode}", escape(&path.to_string_lossy())), read_only)?;
        connection.busy_timeout(PATIENCE)?;
        Ok(Database { connection, _copy: None })
    };
    if !in_wal_mode(path) {
        return open("mode=ro");
    }
    let log = beside(path, "-wal");
    if fs::metadata(&log).map_or(0, |log| log.len()) == 0 {
        return open("immutable=1");
    }
    match copy_with_log(path, &log) {
        Ok(copy) => {
            // SQLite reads the log in when it opens the copy, for which it has to write to it.
            let whole = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
            let connection = Connection::open_with_flags(copy.path().join(COPY), whole)?;
            connection.pragma_update(None, "query_only", true)?;
            Ok(Database { connection, _copy: Some(copy) })
        }
        // Without what is in the log alone; nothing is touched all the same.
        Err(_) => open("immutable=1"),
    }
}

/// Bytes 18 and 19 of the header are the file format's write and read versions: 2 is WAL.
fn in_wal_mode(path: &Path) -> bool {
    let mut header = [0; 20];
    File::open(path).and_then(|mut file| file.read_exact(&mut header)).is_ok_and(|()| header[18..] == [2, 2])
}

const COPY: &str = "copy.db";

/// A copy that no writer came between: both files have the same sizes and times before and after.
fn copy_with_log(path: &Path, log: &Path) -> io::Result<TempDir> {
    let state = || -> io::Result<[(u64, SystemTime); 2]> {
        let of = |path: &Path| fs::metadata(path).and_then(|file| Ok((file.len(), file.modified()?)));
        Ok([of(path)?, of(log)?])
    };
    let folder = TempDir::new()?;
    for _ in 0..5 {
        let before = state()?;
        if before.iter().map(|(size, _)| size).sum::<u64>() > LARGEST_COPY {
            break;
        }
        fs::copy(path, folder.path().join(COPY))?;
        fs::copy(log, beside(&folder.path().join(COPY), "-wal"))?;
        if state()? == before {
            return Ok(folder);
        }
    }
    Err(io::ErrorKind::ResourceBusy.into())
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
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

    #[test]
    fn beside_the_live_owner_what_it_has_just_written_is_seen() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        let owner = Connection::open(&path).unwrap();
        owner.execute_batch("PRAGMA journal_mode=WAL; CREATE TABLE t (n); INSERT INTO t VALUES (8);").unwrap();
        let connection = open_to_read(&path).unwrap();
        assert_eq!(connection.query_row("SELECT n FROM t", [], |row| row.get::<_, i64>(0)), Ok(8));
    }

    /// Its process was killed: the log is all that has the last row, and nobody will read it in.
    #[test]
    fn what_a_killed_owner_left_is_read_whole_and_stays_as_it_is() {
        let (folder, left) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let path = folder.path().join("a.db");
        let owner = Connection::open(&path).unwrap();
        owner.execute_batch("PRAGMA journal_mode=WAL; CREATE TABLE t (n); INSERT INTO t VALUES (9);").unwrap();
        for name in ["a.db", "a.db-wal", "a.db-shm"] {
            fs::copy(folder.path().join(name), left.path().join(name)).unwrap();
        }
        let state = || {
            let of = |name: &str| (fs::metadata(left.path().join(name)).unwrap().modified(), fs::read(left.path().join(name)));
            ["a.db", "a.db-wal", "a.db-shm"].map(of).map(|(time, bytes)| (time.unwrap(), bytes.unwrap()))
        };
        let before = state();
        let connection = open_to_read(&left.path().join("a.db")).unwrap();
        assert_eq!(connection.query_row("SELECT n FROM t", [], |row| row.get::<_, i64>(0)), Ok(9));
        assert!(connection.execute("DELETE FROM t", []).is_err());
        drop(connection);
        assert!(state() == before);
    }
}
