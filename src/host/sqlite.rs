//! Other programs' `SQLite` databases, read without leaving anything behind.

use rusqlite::{Connection, OpenFlags, Result};
use std::path::Path;
use std::time::Duration;

/// A writer may hold the file for a moment; longer is an error that says so.
const PATIENCE: Duration = Duration::from_millis(200);

/// Opens a database to read from it. Beside its live owner the file is opened read-only and its locks are kept; without
/// one it is taken as unchanging, because a read-only look at a WAL database would leave `-wal` and `-shm` files behind.
pub fn open_to_read(path: &Path, beside_live_owner: bool) -> Result<Connection> {
    let mode = if beside_live_owner { "mode=ro" } else { "immutable=1" };
    let uri = format!("file:{}?{mode}", escape(&path.to_string_lossy()));
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(uri, flags)?;
    connection.busy_timeout(PATIENCE)?;
    Ok(connection)
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
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("50% #1?.db");
        let made = Connection::open(&path).unwrap();
        made.execute_batch("PRAGMA journal_mode=WAL; CREATE TABLE t (n); INSERT INTO t VALUES (7);").unwrap();
        drop(made);
        let count = || std::fs::read_dir(folder.path()).unwrap().count();
        assert_eq!(count(), 1);
        let connection = open_to_read(&path, false).unwrap();
        assert_eq!(connection.query_row("SELECT n FROM t", [], |row| row.get::<_, i64>(0)), Ok(7));
        assert!(connection.execute("DELETE FROM t", []).is_err());
        drop(connection);
        assert_eq!(count(), 1);
    }

    #[test]
    fn beside_the_live_owner_what_it_has_just_written_is_seen() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        let owner = Connection::open(&path).unwrap();
        owner.execute_batch("PRAGMA journal_mode=WAL; CREATE TABLE t (n); INSERT INTO t VALUES (8);").unwrap();
        let connection = open_to_read(&path, true).unwrap();
        assert_eq!(connection.query_row("SELECT n FROM t", [], |row| row.get::<_, i64>(0)), Ok(8));
    }
}
