//! `--diff BASE`: what the definitions were before a change. The working tree is what is judged, committed or not.

use super::git::{self, Contents};
use crate::definition::{Found, LIMIT, Source, read_file};
use crate::host::Files;
use crate::sink::safe_line;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// What a definition was before the change.
#[derive(Clone, Debug)]
pub enum Old {
    /// The change brought it, or git does not know it.
    New,
    Same,
    /// With its text as it was.
    Changed(Box<Found>),
}

/// The definitions that were there before, by the names in which they are looked at now.
#[derive(Clone, Debug, Default)]
pub struct Base {
    old: HashMap<String, Old>,
}

impl Base {
    /// `base` is where the run began, `revision` what the user named, `wanted` the files that are looked at. Unchanged ones are
    /// not kept. An error is a sentence that says what to do.
    pub fn look<'p>(
        files: &dyn Files,
        base: &Path,
        revision: &str,
        wanted: impl Iterator<Item = &'p Path>,
    ) -> Result<Self, String> {
        if revision.starts_with('-') || revision.is_empty() {
            return Err(format!("{} is no revision: name a branch, a tag or a commit", quoted(revision)));
        }
        let top = git::ask(base, ["rev-parse", "--show-toplevel"])?;
        if !top.ok {
            let why = safe_line(&top.complaint);
            return Err(format!("--diff needs a git repository, and git finds none at {}: {why}", base.display()));
        }
        let top = PathBuf::from(top.word());
        let top = files.real_path(&top).unwrap_or(top);
        let commit = commit(&top, revision)?;
        let renamed = renamed(&top, &commit)?;
        let mut contents = Contents::start(&top)?;
        let mut old = HashMap::new();
        for path in wanted {
            // One that cannot be read ends the run when its turn comes.
            let Ok(one) = read_file(files, path, Source::File) else { continue };
            let path = path_in(files, &top, base, path);
            let before = path.as_ref().and_then(|path| renamed.get(path));
            let was = match before.or(path.as_ref()) {
                Some(path) => contents
                    .of(&commit, path, LIMIT + 1)
                    .map_err(|error| format!("git does not give {} as it was: {error}", quoted(path)))?,
                None => None,
            };
            let was = match (was, before) {
                (None, _) => Old::New,
                (Some(bytes), Some(before)) => {
                    let file = top.join(before).display().to_string();
                    Old::Changed(Box::new(one.formerly(file, bytes)))
                }
                (Some(bytes), None) if one.bytes() == Some(&bytes) => Old::Same,
                (Some(bytes), None) => Old::Changed(Box::new(one.with_bytes(bytes))),
            };
            old.insert(one.file, was);
        }
        Ok(Self { old })
    }

    pub fn of(&self, file: &str) -> &Old {
        self.old.get(file).unwrap_or(&Old::New)
    }
}

/// The commit that the change began from: where BASE and HEAD parted; BASE itself where the two have nothing in common.
fn commit(top: &Path, revision: &str) -> Result<String, String> {
    let name = format!("{revision}^{{commit}}");
    let found = git::ask(top, ["rev-parse", "--verify", "--quiet", "--end-of-options", &name])?;
    if !found.ok || found.word().is_empty() {
        let revision = quoted(revision);
        return Err(if is_shallow(top)? {
            format!("this clone is shallow and does not have the revision {revision}: {FETCH_ALL}")
        } else {
            format!("git knows no revision {revision}: see git branch --all, or fetch it first")
        });
    }
    let found = found.word();
    let parted = git::ask(top, ["merge-base", &found, "HEAD"])?;
    match Some(parted.word()).filter(|word| parted.ok && !word.is_empty()) {
        Some(parted) => Ok(parted),
        // They did part somewhere: what others did since would be taken for this change.
        None if is_shallow(top)? => Err(format!(
            "this clone is shallow and does not reach back to where HEAD and {} parted: {FETCH_ALL}",
            quoted(revision)
        )),
        None => Ok(found),
    }
}

const FETCH_ALL: &str =
    "fetch the whole history (actions/checkout: fetch-depth: 0; GitLab: GIT_DEPTH: 0; a shell: git fetch --unshallow)";

fn is_shallow(top: &Path) -> Result<bool, String> {
    Ok(git::ask(top, ["rev-parse", "--is-shallow-repository"])?.word() == "true")
}

/// Files that have another name now: new name to old one, both from the top of the repository.
fn renamed(top: &Path, commit: &str) -> Result<HashMap<String, String>, String> {
    let options = ["-c", "diff.relative=false", "diff", "--name-status", "-M", "-z", "--no-ext-diff", "--no-textconv"];
    let changed = git::ask(top, options.into_iter().chain([commit, "--"]))?;
    if !changed.ok {
        return Err(format!("git does not say what changed: {}", safe_line(&changed.complaint)));
    }
    let text = String::from_utf8_lossy(&changed.stdout);
    let mut parts = text.split('\0');
    let mut renamed = HashMap::new();
    while let Some(status) = parts.next().filter(|status| !status.is_empty()) {
        let Some(path) = parts.next() else { break };
        // A copy has no old self: what is wrong in it is new.
        if status.starts_with(['R', 'C'])
            && let Some(new) = parts.next()
            && status.starts_with('R')
        {
            renamed.insert(new.to_owned(), path.to_owned());
        }
    }
    Ok(renamed)
}

/// A definition's path from the top of the repository, links followed; `None`: it is elsewhere.
fn path_in(files: &dyn Files, top: &Path, base: &Path, path: &Path) -> Option<String> {
    let real = files.real_path(&base.join(path)).ok()?;
    let inside = real.strip_prefix(top).ok()?.to_str()?;
    Some(if cfg!(windows) { inside.replace('\\', "/") } else { inside.to_owned() })
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", safe_line(text))
}
