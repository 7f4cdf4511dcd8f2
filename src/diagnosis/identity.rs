//! What makes a finding the same one in another run: its rule, its file and the JSON pointer in it. Neither lines nor positions
//! in a list count, so that an edit elsewhere in the file changes nothing.

use super::Finding;
use crate::sink::{redact_pointer, redact_text};
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::path::{Component, Path, PathBuf};

/// Several findings can have one identity; whoever compares counts them. It is written to files: what is secret in a name
/// is hidden.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Identity {
    /// As seen from the folder that was chosen, with slashes.
    pub file: String,
    /// RFC 6901 with `*` for a position in a list; empty for the file as a whole.
    pub pointer: String,
    pub rule: String,
}

impl Identity {
    /// `base` is where relative names of files begin; the identity names its file as seen from `folder`.
    pub fn of(finding: &Finding, base: &Path, folder: &Path) -> Self {
        let place = finding.place.as_ref();
        Self {
            file: place.map_or_else(String::new, |place| redact_text(&named_from(&place.file, base, folder))),
            pointer: place.map(|place| without_positions(&redact_pointer(&place.pointer))).unwrap_or_default(),
            rule: finding.rule.clone(),
        }
    }

    /// A short text for machines that compare runs. `count`: the how many-eth of this identity it is, from 1.
    pub fn fingerprint(&self, count: usize) -> String {
        let key = format!("{}\u{0}{}\u{0}{}\u{0}{count}", self.rule, self.file, self.pointer);
        Sha256::digest(key).iter().take(16).fold(String::new(), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        })
    }
}

/// A JSON pointer in which each position in a list is `*`: what stands before an item may come and go.
pub fn without_positions(pointer: &str) -> String {
    let is_position = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let parts: Vec<&str> = pointer.split('/').map(|part| if is_position(part) { "*" } else { part }).collect();
    parts.join("/")
}

/// A file's name as seen from `folder`, with slashes and, where it must be, with `../`. Works on the names alone: what
/// links lead to is not asked.
pub fn named_from(file: &str, base: &Path, folder: &Path) -> String {
    let (file, folder) = (tidy(&base.join(file)), tidy(&base.join(folder)));
    let shared = file.components().zip(folder.components()).take_while(|(a, b)| a == b).count();
    // Nothing in common, not even the root: another drive, or names that cannot be compared.
    if shared == 0 {
        return file.to_string_lossy().replace('\\', "/");
    }
    let up = folder.components().skip(shared).map(|_| "..".to_owned());
    let down = file.components().skip(shared).map(|part| part.as_os_str().to_string_lossy().into_owned());
    up.chain(down).collect::<Vec<_>>().join("/")
}

/// From where files are named.
#[derive(Clone, Debug)]
pub struct Names {
    /// Where relative names begin.
    pub base: PathBuf,
    /// The folder as seen from which reports name files.
    pub top: PathBuf,
}

impl Names {
    /// A file's name below the top, with slashes; `None`: it lies elsewhere.
    pub fn relative(&self, file: &str) -> Option<String> {
        let file = tidy(&self.base.join(file));
        let inside = file.strip_prefix(&self.top).ok()?;
        let parts: Vec<_> = inside.components().map(|part| part.as_os_str().to_string_lossy()).collect();
        (!parts.is_empty()).then(|| parts.join("/"))
    }
}

/// Without `.` and `..`, where the names alone can tell.
pub fn tidy(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if matches!(out.components().next_back(), Some(Component::Normal(_))) => {
                out.pop();
            }
            Component::ParentDir if out.has_root() => {}
            part => out.push(part),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_named_from_where_the_run_began() {
        let at_the_top = Names { base: "/repo".into(), top: "/repo".into() };
        let below = Names { base: "/repo/tools".into(), top: "/repo".into() };
        assert_eq!(below.relative("a.json").as_deref(), Some("tools/a.json"));
        assert_eq!(below.relative("../providers/a.json").as_deref(), Some("providers/a.json"));
        for (file, name) in [
            ("providers/a.json", Some("providers/a.json")),
            ("./a.json", Some("a.json")),
            ("x/../a.json", Some("a.json")),
            ("/repo/providers/a.json", Some("providers/a.json")),
            ("/elsewhere/a.json", None),
            ("../a.json", None),
        ] {
            assert_eq!(at_the_top.relative(file).as_deref(), name, "{file}");
        }
    }

    #[test]
    fn a_position_in_a_list_does_not_count() {
        for (pointer, same) in
            [("/oauth/scopes/12", "/oauth/scopes/*"), ("/browser/extract/0/cookie", "/browser/extract/*/cookie")]
        {
            assert_eq!(without_positions(pointer), same);
        }
        for pointer in ["", "/oauth/scopes", "/oauth/key2", "/a//b"] {
            assert_eq!(without_positions(pointer), pointer);
        }
    }

    #[test]
    fn a_file_has_one_name_from_wherever_the_run_began() {
        for (file, base, folder, name) in [
            ("providers/a.json", "/repo", "/repo", "providers/a.json"),
            ("a.json", "/repo/providers", "/repo", "providers/a.json"),
            ("../providers/./a.json", "/repo/tools", "/repo", "providers/a.json"),
            ("/repo/providers/a.json", "/tmp", "/repo", "providers/a.json"),
            ("a.json", "/repo", "ci", "../a.json"),
            ("/a.json", "/repo", "/repo/ci", "../../a.json"),
        ] {
            assert_eq!(named_from(file, Path::new(base), Path::new(folder)), name, "{file} {base} {folder}");
        }
    }
}
