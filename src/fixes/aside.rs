//! Puts a file out of the way without losing it: renamed beside itself, never deleted, never over another.

use crate::host::Host;
use std::path::{Path, PathBuf};

/// Renames it to `NAME.aside-YYYYMMDD-HHMMSS` (UTC) and returns the new path.
pub fn move_aside(host: &Host, path: &Path) -> Result<PathBuf, String> {
    let time = host.clock.now().strftime("%Y%m%d-%H%M%S").to_string();
    let aside = path.with_file_name(format!("{}.aside-{time}", name(path)?));
    let moved = host.files.rename_new(path, &aside);
    moved.map_err(|error| format!("{} cannot be renamed to {}: {error}", path.display(), aside.display()))?;
    Ok(aside)
}

/// Writes a file anew; what stands there is moved aside first, and comes back where the new one cannot be written. Returns
/// where the old one lies.
pub fn write_file(host: &Host, path: &Path, content: &str) -> Result<Option<PathBuf>, String> {
    let mode = host.files.metadata(path).ok().and_then(|found| found.mode);
    let aside = if host.files.metadata(path).is_ok() { Some(move_aside(host, path)?) } else { None };
    let written = host.files.write_private(path, content.as_bytes());
    if let Err(error) = written {
        if let Some(aside) = &aside {
            host.files.rename_new(aside, path).map_err(|why| {
                format!(
                    "{} could not be written ({error}), and the old one is now {}: {why}",
                    path.display(),
                    aside.display()
                )
            })?;
        }
        return Err(format!("{} cannot be written: {error}", path.display()));
    }
    // As open as the old one was.
    if let Some(mode) = mode {
        host.files.set_mode(path, mode & 0o777).map_err(|error| error.to_string())?;
    }
    Ok(aside)
}

fn name(path: &Path) -> Result<String, String> {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
    name.ok_or_else(|| format!("{} names no file", path.display()))
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use crate::host::FixedClock;
    use std::fs;
    use std::os::unix::fs::PermissionsExt;
    use std::sync::Arc;

    fn host() -> Host {
        Host { clock: Arc::new(FixedClock("2026-11-22T09:30:05Z".parse().unwrap())), ..Host::real() }
    }

    #[test]
    fn a_file_is_renamed_beside_itself_and_never_over_another() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.json");
        fs::write(&path, "half").unwrap();
        let aside = move_aside(&host(), &path).unwrap();
        assert_eq!(aside, folder.path().join("config.json.aside-20261122-093005"));
        assert_eq!((fs::read_to_string(&aside).unwrap().as_str(), path.exists()), ("half", false));
        fs::write(&path, "another").unwrap();
        assert!(move_aside(&host(), &path).is_err());
        assert_eq!(fs::read_to_string(&aside).unwrap(), "half");
        assert_eq!(fs::read_to_string(&path).unwrap(), "another");
    }

    #[test]
    fn a_file_that_is_written_anew_keeps_the_old_one_and_its_mode() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.json");
        fs::write(&path, "half").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        let aside = write_file(&host(), &path, "{}").unwrap().unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "{}");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o644);
        assert_eq!(fs::read_to_string(aside).unwrap(), "half");
        let new = folder.path().join("new.json");
        assert_eq!(write_file(&host(), &new, "{}").unwrap(), None);
        assert_eq!(fs::metadata(&new).unwrap().permissions().mode() & 0o777, 0o600);
    }
}
