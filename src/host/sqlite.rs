//! Other programs' `SQLite` databases, read without leaving anything behind.

use rusqlite::{Connection, OpenFlags, Result};
use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::time::Duration;

/// A writer may hold the file for a moment; longer is an error that says so.
const PATIENCE: Duration = Duration::from_millis(200);

/// Opens a database to read from it. In WAL mode a read-only look would leave `-wal` and `-shm` files behind, so a database
/// in that mode that nobody has open (a live owner's files lie beside it) is taken as unchanging; any other is opened
/// read-only, its owner's locks kept.
pub fn open_to_read(path: &Path) -> Result<Connection> {
    let mode = if in_wal_mode(path) && !has_live_files(path) { "immutable=1" } else { "mode=ro" };
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

fn has_live_files(path: &Path) -> bool {
    ["-wal", "-shm"].iter().all(|suffix| {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        Path::new(&name).exists()
    })
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
}
