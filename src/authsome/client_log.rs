//! The end of authsome's own log, for the one thing that no other file tells: when somebody began a login, and to what. The
//! daemon's log has no times; a callback that no begun login follows came after the last that was.

use crate::host::Files;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use std::io;
use std::path::Path;

/// How much of the end is read.
const TAIL: u64 = 1024 * 1024;

/// A login that authsome's command line began.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Begun {
    pub at: Timestamp,
    pub provider: String,
    pub connection: Option<String>,
}

/// The last one in the log; `zone` is what its times are in, which it does not say.
///
/// # Errors
/// Where the file cannot be read; one that is not there is of kind `NotFound`.
pub fn last_begun(files: &dyn Files, path: &Path, zone: &TimeZone) -> io::Result<Option<Begun>> {
    let text = files.tail(path, TAIL)?;
    Ok(String::from_utf8_lossy(&text).lines().rev().find_map(|line| begun(line, zone)))
}

/// `2026-11-28 20:16:31.218 | INFO     | … - client_event event=login provider=acme connection=default … status=started`
fn begun(line: &str, zone: &TimeZone) -> Option<Begun> {
    let (head, event) = line.split_once(" - client_event ")?;
    let value = |name: &str| event.split(' ').find_map(|word| word.strip_prefix(name)?.strip_prefix('='));
    if value("event") != Some("login") || value("status") != Some("started") {
        return None;
    }
    let at: DateTime = head.split(" | ").next()?.trim().parse().ok()?;
    Some(Begun {
        at: zone.to_timestamp(at).ok()?,
        provider: value("provider")?.to_owned(),
        connection: value("connection").map(str::to_owned),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::Host;

    const LOG: &str = "\
ft at the cut - client_event event=login provider=cut status=started
2026-11-28 20:16:12.709 | INFO     | authsome.server.credential_service:register_provider:175 - Registered provider: acme
2026-11-28 20:16:31.218 | INFO     | authsome.cli.commands.core:login:229 - client_event event=login provider=acme connection=default flow=unknown status=started
2026-11-28 20:16:31.887 | INFO     | authsome.server.credential_service:resume_login_flow:817 - Login successful: provider=acme connection=default identity=steady
2026-11-28 20:19:00.000 | INFO     | authsome.cli.commands.core:login:229 - client_event event=login provider=github connection=default flow=unknown status=success
";

    fn read(text: &str, zone: &TimeZone) -> Option<Begun> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("authsome.log");
        std::fs::write(&path, text).unwrap();
        last_begun(&*Host::real().files, &path, zone).unwrap()
    }

    #[test]
    fn the_last_login_that_was_begun_is_told_with_its_time() {
        let begun = read(LOG, &TimeZone::UTC).unwrap();
        assert_eq!((begun.provider.as_str(), begun.connection.as_deref()), ("acme", Some("default")));
        assert_eq!(begun.at.to_string(), "2026-11-28T20:16:31.218Z");
    }

    #[test]
    fn its_times_are_those_of_the_place() {
        let zone = TimeZone::fixed(jiff::tz::offset(2));
        assert_eq!(read(LOG, &zone).unwrap().at.to_string(), "2026-11-28T18:16:31.218Z");
    }

    #[test]
    fn a_log_without_logins_and_junk_have_none() {
        let junk = "\u{0} - client_event event=login status=started\n2026-99-99 | x - client_event event=login provider=a status=started";
        for text in ["", "2026-11-28 20:16:12.709 | INFO     | x - Registered provider: acme\n", junk] {
            assert_eq!(read(text, &TimeZone::UTC), None);
        }
    }
}
