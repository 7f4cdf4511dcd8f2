//! The audit table of authsome's database: when a login last failed, and when one last worked. Read-only, and no file is
//! left behind.

use crate::host::sqlite;
use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OptionalExtension};
use std::path::Path;

/// How long a login session lives in a daemon, in every version.
const SESSION: SignedDuration = SignedDuration::from_mins(5);

/// The last events about logins.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Audit {
    pub last_failure: Option<Failure>,
    pub last_login_at: Option<Timestamp>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    pub at: Timestamp,
    pub provider: String,
    pub connection: Option<String>,
    pub error: String,
    /// A login to the same provider and connection has worked since.
    pub mended: bool,
    /// When a login to them had worked, where that was the last thing to happen before and its session still lived: then the
    /// failure may be no more than the same tab once again.
    pub after_success_at: Option<Timestamp>,
}

/// `live`: a daemon may be writing.
pub fn read(database: &Path, live: bool) -> Result<Audit, String> {
    let audit = if live {
        sqlite::open_to_read(database).and_then(|connection| events(&connection))
    } else {
        sqlite::open_unowned(database).and_then(|connection| events(&connection))
    };
    audit.map_err(|error| format!("the audit table cannot be read: {error}"))
}

fn events(connection: &Connection) -> rusqlite::Result<Audit> {
    Ok(Audit { last_failure: last_failure(connection)?, last_login_at: last_login(connection)? })
}

fn last_login(connection: &Connection) -> rusqlite::Result<Option<Timestamp>> {
    let query = "SELECT timestamp FROM audit_events WHERE event = 'provider.login' ORDER BY timestamp DESC LIMIT 1";
    let at: Option<String> = connection.query_row(query, [], |row| row.get(0)).optional()?;
    Ok(at.and_then(|at| time(&at)))
}

/// What happened to the same provider and connection before decides what a failure is worth, and what happened since.
fn last_failure(connection: &Connection) -> rusqlite::Result<Option<Failure>> {
    let query = "SELECT timestamp, provider, connection, payload_json, EXISTS (
                     SELECT 1 FROM audit_events AS later WHERE later.event = 'provider.login'
                     AND later.provider = failed.provider AND later.connection IS failed.connection
                     AND later.timestamp > failed.timestamp),
                     (SELECT CASE earlier.event WHEN 'provider.login' THEN earlier.timestamp END
                     FROM audit_events AS earlier WHERE earlier.event IN ('provider.login', 'provider.login_failed')
                     AND earlier.provider = failed.provider AND earlier.connection IS failed.connection
                     AND earlier.timestamp < failed.timestamp ORDER BY earlier.timestamp DESC LIMIT 1)
                 FROM audit_events AS failed
                 WHERE event = 'provider.login_failed' ORDER BY timestamp DESC LIMIT 1";
    let row = connection
        .query_row(query, [], |row| {
            let text = |column: usize| row.get::<_, Option<String>>(column);
            Ok((text(0)?, text(1)?, text(2)?, text(3)?, row.get(4)?, text(5)?))
        })
        .optional()?;
    Ok(row.and_then(|(at, provider, connection, payload, mended, success)| {
        let payload: serde_json::Value = serde_json::from_str(&payload?).ok()?;
        let at = time(&at?)?;
        let within_the_session = |success: &Timestamp| at.duration_since(*success) <= SESSION;
        Some(Failure {
            at,
            provider: provider?,
            connection,
            error: payload.get("error")?.as_str()?.to_owned(),
            mended,
            after_success_at: success.and_then(|success| time(&success)).filter(within_the_session),
        })
    }))
}

/// authsome writes ISO 8601, in UTC where no offset stands.
fn time(text: &str) -> Option<Timestamp> {
    let text = text.trim().replacen(' ', "T", 1);
    text.parse().ok().or_else(|| format!("{text}Z").parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    const TABLE: &str =
        "CREATE TABLE audit_events(event_id, timestamp, event, source, principal_id, identity, provider,
        connection, payload_json, created_at);";

    fn database(folder: &Path) -> PathBuf {
        let path = folder.join("what? 100%#.db");
        let connection = Connection::open(&path).unwrap();
        connection.execute_batch(&format!("PRAGMA journal_mode = WAL; {TABLE}")).unwrap();
        connection
            .execute_batch(
                r#"INSERT INTO audit_events(timestamp, event, provider, connection, payload_json) VALUES
                    ('2026-11-20T10:00:00+00:00', 'provider.login_failed', 'github', 'default', '{"error":"the older one"}'),
                    ('2026-11-21T10:00:00.25+00:00', 'provider.login_failed', 'acme', 'work', '{"error":"Token exchange failed: 401"}'),
                    ('2026-11-22 10:00:00', 'provider.login', 'acme', 'work', '{}'),
                    ('2026-11-22T11:00:00+00:00', 'identity.created', NULL, NULL, '{}');"#,
            )
            .unwrap();
        path
    }

    #[test]
    fn the_last_failure_and_the_last_success_are_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = database(folder.path());
        for live in [true, false] {
            let audit = read(&path, live).unwrap();
            let failure = audit.last_failure.unwrap();
            assert_eq!((failure.provider.as_str(), failure.connection.as_deref()), ("acme", Some("work")));
            assert_eq!(failure.error, "Token exchange failed: 401");
            assert_eq!(failure.at.to_string(), "2026-11-21T10:00:00.25Z");
            assert!(failure.mended, "a later login to acme worked");
            assert_eq!(audit.last_login_at.unwrap().to_string(), "2026-11-22T10:00:00Z");
        }
    }

    /// A login at 10:00 that worked or not, and the failures after it, by minutes.
    fn after(first: &str, failures: &[(u32, &str)]) -> Option<String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("authsome.db");
        let connection = Connection::open(&path).unwrap();
        connection.execute_batch(TABLE).unwrap();
        let put = |minute: u32, event: &str, of: &str| {
            let values = (format!("2026-11-28T10:{minute:02}:00.5Z"), event, of, r#"{"error":"400"}"#);
            let insert = "INSERT INTO audit_events(timestamp, event, provider, connection, payload_json)
                          VALUES (?1, ?2, ?3, 'default', ?4)";
            connection.execute(insert, values).unwrap();
        };
        put(0, first, "acme");
        for (minute, of) in failures {
            put(*minute, "provider.login_failed", of);
        }
        let failure = read(&path, true).unwrap().last_failure.unwrap();
        assert!(!failure.mended);
        failure.after_success_at.map(|at| at.to_string())
    }

    #[test]
    fn a_failure_right_after_a_success_of_the_same_connection_is_told_as_one() {
        let success = Some("2026-11-28T10:00:00.5Z".to_owned());
        assert_eq!(after("provider.login", &[(1, "acme")]), success);
        assert_eq!(after("provider.login", &[(6, "acme")]), None, "that session was over");
        assert_eq!(after("provider.login", &[(1, "github")]), None, "another provider");
        assert_eq!(after("provider.login", &[(1, "acme"), (2, "acme")]), None, "a failure stood between");
        assert_eq!(after("provider.login_failed", &[(1, "acme")]), None);
    }

    #[test]
    fn reading_without_a_daemon_leaves_no_file_behind() {
        let folder = tempfile::tempdir().unwrap();
        let path = database(folder.path());
        let files = || std::fs::read_dir(folder.path()).unwrap().map(|f| f.unwrap().file_name()).collect::<Vec<_>>();
        let before = files();
        read(&path, false).unwrap();
        assert_eq!(files(), before);
    }

    #[test]
    fn a_database_without_the_table_and_one_that_is_none_are_said_to_be_unreadable() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("authsome.db");
        std::fs::write(&path, "not a database, but long enough to be looked at").unwrap();
        assert!(read(&path, false).unwrap_err().contains("cannot be read"));
        assert!(!folder.path().join("none.db").exists());
        assert!(read(&folder.path().join("none.db"), true).is_err());
        assert!(!folder.path().join("none.db").exists(), "nothing is made");
    }
}
