//! Files: read with a limit, looked at, written atomically.

use jiff::Timestamp;
use std::fs;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// What a look at a path gives, without following a last symbolic link's content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Metadata {
    pub is_dir: bool,
    pub is_file: bool,
    pub len: u64,
    /// Permission bits; `None` where the system has none.
    pub mode: Option<u32>,
    /// Numeric owner; `None` where the system has none.
    pub uid: Option<u32>,
    /// When its content last changed; `None` where the file system does not keep it.
    pub modified: Option<Timestamp>,
}

/// Device and inode; where the system has none, the path without links.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum FileIdentity {
    Inode(u64, u64),
    Path(PathBuf),
}

/// What an entry of a folder is, links not followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    File,
    Folder,
    Link,
    /// A pipe, a socket, a device.
    Other,
}

pub trait Files: Send + Sync {
    /// At most `limit` bytes; a longer file is an error of kind `FileTooLarge`.
    fn read(&self, path: &Path, limit: u64) -> io::Result<Vec<u8>>;
    /// The last `limit` bytes.
    fn tail(&self, path: &Path, limit: u64) -> io::Result<Vec<u8>>;
    /// Follows symbolic links.
    fn metadata(&self, path: &Path) -> io::Result<Metadata>;
    /// What is in a folder, by name.
    fn entries(&self, path: &Path) -> io::Result<Vec<(PathBuf, Kind)>>;
    /// May this user write in (a folder) or to (a file) it? Asks the system, writes nothing.
    fn writable(&self, path: &Path) -> io::Result<bool>;
    /// Replaces the file in one step, readable by its owner alone.
    fn write_private(&self, path: &Path, content: &[u8]) -> io::Result<()>;
    /// Replaces the file in one step; its permissions and, where we may, its owner stay. A new one has those of any new file.
    fn replace(&self, path: &Path, content: &[u8]) -> io::Result<()>;
    /// Holds the lock of a file, made where it is not there, until the result is dropped. Waits for whoever has it.
    fn lock(&self, path: &Path) -> io::Result<fs::File>;
    /// The same without waiting; `None` where somebody has it.
    fn try_lock(&self, path: &Path) -> io::Result<Option<fs::File>>;
    fn remove(&self, path: &Path) -> io::Result<()>;
    /// Gives a file another name in the same folder; one that has that name already is an error, and stays.
    fn rename_new(&self, from: &Path, to: &Path) -> io::Result<()>;
    fn set_mode(&self, path: &Path, mode: u32) -> io::Result<()>;
    /// The first `limit` bytes.
    fn head(&self, path: &Path, limit: u64) -> io::Result<Vec<u8>>;
    /// Which file this is, links followed: two paths with the same answer are one file.
    fn identity(&self, path: &Path) -> io::Result<FileIdentity>;
    /// The path without links.
    fn real_path(&self, path: &Path) -> io::Result<PathBuf>;
    /// Is it a file that this user may run?
    fn executable(&self, path: &Path) -> bool;

    fn list(&self, path: &Path) -> io::Result<Vec<PathBuf>> {
        Ok(self.entries(path)?.into_iter().map(|(path, _)| path).collect())
    }

    /// Text of at most `limit` bytes; what is not UTF-8 is an error of kind `InvalidData`.
    fn read_text(&self, path: &Path, limit: u64) -> io::Result<String> {
        String::from_utf8(self.read(path, limit)?).map_err(|e| {
            let at = e.utf8_error().valid_up_to();
            io::Error::new(io::ErrorKind::InvalidData, format!("not UTF-8 at byte {at}"))
        })
    }
}

/// What one call gives; nothing where a signal came between.
fn read_once(file: &mut fs::File, bytes: &mut [u8]) -> io::Result<usize> {
    match file.read(bytes) {
        Err(why) if why.kind() == io::ErrorKind::Interrupted => Ok(0),
        given => given,
    }
}

pub struct RealFiles;

impl Files for RealFiles {
    fn read(&self, path: &Path, limit: u64) -> io::Result<Vec<u8>> {
        let mut file = fs::File::open(path)?;
        // Room for what is there, as far as that can be told, and to see that nothing follows.
        let length = file.metadata().map_or(0, |about| if about.is_file() { about.len() } else { 0 }).min(limit);
        let length = usize::try_from(length).unwrap_or(0);
        let mut bytes = vec![0; length + 1];
        let first = if length > 0 { read_once(&mut file, &mut bytes)? } else { 0 };
        bytes.truncate(first);
        // A file of the length that it says is read in one piece.
        if first == 0 || first != length {
            file.take(limit + 1 - first as u64).read_to_end(&mut bytes)?;
        }
        if bytes.len() as u64 > limit {
            return Err(io::Error::new(
                io::ErrorKind::FileTooLarge,
                format!("larger than the {} KiB that are read", limit / 1024),
            ));
        }
        Ok(bytes)
    }

    fn tail(&self, path: &Path, limit: u64) -> io::Result<Vec<u8>> {
        let mut file = fs::File::open(path)?;
        let len = file.metadata()?.len();
        file.seek(SeekFrom::Start(len.saturating_sub(limit)))?;
        let mut bytes = Vec::new();
        file.take(limit).read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    fn metadata(&self, path: &Path) -> io::Result<Metadata> {
        let found = fs::metadata(path)?;
        let (mode, uid) = owner_and_mode(&found);
        let modified = found.modified().ok().and_then(|at| Timestamp::try_from(at).ok());
        Ok(Metadata { is_dir: found.is_dir(), is_file: found.is_file(), len: found.len(), mode, uid, modified })
    }

    fn entries(&self, path: &Path) -> io::Result<Vec<(PathBuf, Kind)>> {
        let entry = |entry: io::Result<fs::DirEntry>| {
            let entry = entry?;
            let kind = entry.file_type()?;
            let kind = match kind {
                _ if kind.is_file() => Kind::File,
                _ if kind.is_dir() => Kind::Folder,
                _ if kind.is_symlink() => Kind::Link,
                _ => Kind::Other,
            };
            Ok((entry.path(), kind))
        };
        let mut entries = fs::read_dir(path)?.map(entry).collect::<io::Result<Vec<_>>>()?;
        // All in one folder: their names decide, which are compared sooner than paths.
        entries.sort_unstable_by(|(a, _), (b, _)| a.as_os_str().cmp(b.as_os_str()));
        Ok(entries)
    }

    fn writable(&self, path: &Path) -> io::Result<bool> {
        writable(path)
    }

    fn write_private(&self, path: &Path, content: &[u8]) -> io::Result<()> {
        let folder = path.parent().unwrap_or(Path::new("."));
        make_private_folder(folder)?;
        // tempfile makes it 0600, and persist is one rename.
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        file.write_all(content)?;
        file.as_file().sync_all()?;
        file.persist(path)?;
        Ok(())
    }

    fn replace(&self, path: &Path, content: &[u8]) -> io::Result<()> {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let mut builder = tempfile::Builder::new();
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        let mut file = builder.tempfile_in(folder)?;
        file.write_all(content)?;
        if let Ok(before) = fs::metadata(path) {
            keep_owner(file.path(), &before);
            file.as_file().set_permissions(before.permissions())?;
        }
        file.as_file().sync_all()?;
        file.persist(path)?;
        Ok(())
    }

    fn lock(&self, path: &Path) -> io::Result<fs::File> {
        let file = lock_file(path)?;
        file.lock()?;
        Ok(file)
    }

    fn try_lock(&self, path: &Path) -> io::Result<Option<fs::File>> {
        let file = lock_file(path)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(file)),
            Err(fs::TryLockError::WouldBlock) => Ok(None),
            Err(fs::TryLockError::Error(error)) => Err(error),
        }
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)
    }

    fn rename_new(&self, from: &Path, to: &Path) -> io::Result<()> {
        // A second name is made in one step where there is none, which a renaming does not promise.
        match fs::hard_link(from, to) {
            Ok(()) => fs::remove_file(from),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(error),
            // A file system without second names, or a folder.
            Err(_) if fs::symlink_metadata(to).is_err() => fs::rename(from, to),
            Err(error) => Err(error),
        }
    }

    fn set_mode(&self, path: &Path, mode: u32) -> io::Result<()> {
        set_mode(path, mode)
    }

    fn head(&self, path: &Path, limit: u64) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        fs::File::open(path)?.take(limit).read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    fn identity(&self, path: &Path) -> io::Result<FileIdentity> {
        identity(path)
    }

    fn real_path(&self, path: &Path) -> io::Result<PathBuf> {
        fs::canonicalize(path)
    }

    fn executable(&self, path: &Path) -> bool {
        fs::metadata(path).is_ok_and(|found| found.is_file()) && executable(path)
    }
}

fn lock_file(path: &Path) -> io::Result<fs::File> {
    make_private_folder(path.parent().unwrap_or(Path::new(".")))?;
    let mut options = fs::OpenOptions::new();
    options.create(true).truncate(false).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn make_private_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

#[cfg(unix)]
fn owner_and_mode(found: &fs::Metadata) -> (Option<u32>, Option<u32>) {
    use std::os::unix::fs::MetadataExt;
    (Some(found.mode() & 0o7777), Some(found.uid()))
}

/// Only an administrator can give a file to somebody else; for others it is their own already.
#[cfg(unix)]
fn keep_owner(path: &Path, before: &fs::Metadata) {
    use std::os::unix::fs::MetadataExt;
    let _ = std::os::unix::fs::chown(path, Some(before.uid()), Some(before.gid()));
}

#[cfg(unix)]
fn writable(path: &Path) -> io::Result<bool> {
    use rustix::fs::{Access, access};
    match access(path, Access::WRITE_OK) {
        Ok(()) => Ok(true),
        Err(rustix::io::Errno::ACCESS | rustix::io::Errno::ROFS | rustix::io::Errno::PERM) => Ok(false),
        Err(other) => Err(other.into()),
    }
}

#[cfg(unix)]
fn executable(path: &Path) -> bool {
    rustix::fs::access(path, rustix::fs::Access::EXEC_OK).is_ok()
}

#[cfg(unix)]
fn identity(path: &Path) -> io::Result<FileIdentity> {
    use std::os::unix::fs::MetadataExt;
    let found = fs::metadata(path)?;
    Ok(FileIdentity::Inode(found.dev(), found.ino()))
}

#[cfg(unix)]
fn set_mode(path: &Path, mode: u32) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
fn owner_and_mode(_: &fs::Metadata) -> (Option<u32>, Option<u32>) {
    (None, None)
}

#[cfg(not(unix))]
fn keep_owner(_: &Path, _: &fs::Metadata) {}

#[cfg(not(unix))]
fn writable(path: &Path) -> io::Result<bool> {
    Ok(!fs::metadata(path)?.permissions().readonly())
}

#[cfg(not(unix))]
fn executable(_: &Path) -> bool {
    true
}

#[cfg(not(unix))]
fn identity(path: &Path) -> io::Result<FileIdentity> {
    fs::canonicalize(path).map(FileIdentity::Path)
}

#[cfg(not(unix))]
fn set_mode(_: &Path, _: u32) -> io::Result<()> {
    Err(io::Error::new(io::ErrorKind::Unsupported, "file modes: not built for this system"))
}
