//! The audit table of authsome's database: when a login last failed, and when one last worked. Read-only, and no file is
//! left behind.

use crate::host::sqlite::open_to_read;
use jiff::Timestamp;
use rusqlite::OptionalExtension;
use std::path::Path;

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
}

pub fn read(database: &Path) -> Result<Audit, String> {
    let say = |error: rusqlite::Error| format!("the audit table cannot be read: {error}");
    let connection = open_to_read(database).map_err(say)?;
    let failure = "SELECT timestamp, provider, connection, payload_json, EXISTS (
                       SELECT 1 FROM audit_events AS later WHERE later.event = 'provider.login'
                       AND later.provider = failed.provider AND later.connection IS failed.connection
                       AND later.timestamp > failed.timestamp)
                   FROM audit_events AS failed
                   WHERE event = 'provider.login_failed' ORDER BY timestamp DESC LIMIT 1";
    let login = "SELECT timestamp FROM audit_events WHERE event = 'provider.login' ORDER BY timestamp DESC LIMIT 1";
    let last_failure = connection
        .query_row(failure, [], |row| {
            let text = |column: usize| row.get::<_, Option<String>>(column);
            Ok((text(0)?, text(1)?, text(2)?, text(3)?, row.get(4)?))
        })
        .optional()
        .map_err(say)?;
    let last_login: Option<String> = connection.query_row(login, [], |row| row.get(0)).optional().map_err(say)?;
    Ok(Audit {
        last_failure: last_failure.and_then(|(at, provider, connection, payload, mended)| {
            let payload: serde_json::Value = serde_json::from_str(&payload?).ok()?;
            Some(Failure {
                at: time(&at?)?,
                provider: provider?,
                connection,
                error: payload.get("error")?.as_str()?.to_owned(),
                mended,
            })
        }),
        last_login_at: last_login.and_then(|at| time(&at)),
    })
}

/// authsome writes ISO 8601, in UTC where no offset stands.
fn time(text: &str) -> Option<Timestamp> {
    let text = text.trim().replacen(' ', "T", 1);
    text.parse().ok().or_else(|| format!("{text}Z").parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use rusqlite::Connection;
    use std::path::PathBuf;

    fn database(folder: &Path) -> PathBuf {
        let path = folder.join("what? 100%#.db");
        let connection = Connection::open(&path).unwrap();
        connection
            .execute_batch(
                r#"PRAGMA journal_mode = WAL;
                CREATE TABLE audit_events(event_id, timestamp, event, source, principal_id, identity, provider, connection,
                    payload_json, created_at);
                INSERT INTO audit_events(timestamp, event, provider, connection, payload_json) VALUES
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
        let audit = read(&path).unwrap();
        let failure = audit.last_failure.unwrap();
        assert_eq!((failure.provider.as_str(), failure.connection.as_deref()), ("acme", Some("work")));
        assert_eq!(failure.error, "Token exchange failed: 401");
        assert_eq!(failure.at.to_string(), "2026-11-21T10:00:00.25Z");
        assert!(failure.mended, "a later login to acme worked");
        assert_eq!(audit.last_login_at.unwrap().to_string(), "2026-11-22T10:00:00Z");
    }

    #[test]
    fn reading_without_a_daemon_leaves_no_file_behind() {
        let folder = tempfile::tempdir().unwrap();
        let path = database(folder.path());
        let files = || std::fs::read_dir(folder.path()).unwrap().map(|f| f.unwrap().file_name()).collect::<Vec<_>>();
        let before = files();
        read(&path).unwrap();
        assert_eq!(files(), before);
    }

    #[test]
    fn a_database_without_the_table_and_one_that_is_none_are_said_to_be_unreadable() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("authsome.db");
        std::fs::write(&path, "not a database, but long enough to be looked at").unwrap();
        assert!(read(&path).unwrap_err().contains("cannot be read"));
        assert!(!folder.path().join("none.db").exists());
        assert!(read(&folder.path().join("none.db")).is_err());
        assert!(!folder.path().join("none.db").exists(), "nothing is made");
    }
}
