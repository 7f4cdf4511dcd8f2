//! A mended definition on its way back to the disk: in one step, to the file that a link leads to, with its permissions, and
//! only while it is still what was judged.

use crate::definition::{Found, LIMIT, Source};
use crate::host::Files;
use std::path::Path;

/// Writes `after` where `before` was read. An error is a phrase.
pub fn write(files: &dyn Files, before: &Found, after: &Found) -> Result<(), String> {
    if before.source != Source::File {
        return Err("it is the installed authsome's own: only files that are named are changed".to_owned());
    }
    let path = files.real_path(Path::new(&before.file)).map_err(|error| error.to_string())?;
    let about = files.metadata(&path).map_err(|error| error.to_string())?;
    // The system lets an administrator write to it all the same, and a folder lets a file be replaced.
    let is_read_only = about.mode.is_some_and(|mode| mode & 0o222 == 0);
    if is_read_only || !files.writable(&path).map_err(|error| error.to_string())? {
        return Err("it is read-only".to_owned());
    }
    let now = files.read(&path, LIMIT).map_err(|error| error.to_string())?;
    if before.bytes() != Some(&now) {
        return Err("it has changed since it was looked at: run it again".to_owned());
    }
    files.replace(&path, after.bytes().unwrap_or_default()).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::definition::read_file;
    use crate::host::RealFiles;

    #[test]
    fn a_file_that_changed_in_between_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.json");
        std::fs::write(&path, "{}").unwrap();
        let before = read_file(&RealFiles, &path, Source::File).unwrap();
        let after = before.with_bytes(b"{ }".to_vec());
        std::fs::write(&path, "{\"mine\": 1}").unwrap();
        let why = write(&RealFiles, &before, &after).unwrap_err();
        assert!(why.contains("has changed since"), "{why}");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "{\"mine\": 1}");
        std::fs::write(&path, "{}").unwrap();
        write(&RealFiles, &before, &after).unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "{ }");
    }
}
