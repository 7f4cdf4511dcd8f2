//! Section `home`: `AUTHSOME_HOME`, and whether the files in it are whole. authsome replaces some of them silently when they
//! are not, so this looks before any of its commands runs. Writes nothing, and no key leaves this probe.

mod content;
mod mended;
#[cfg(test)]
mod tests;

use super::{Context, LOCAL, Probe};
use crate::authsome::{ActiveIdentity, Home, Release, settings};
use crate::facts::{Entry, Facts, Record, unknown};
use crate::host::{Files, Metadata};
use content::Verdict;
use mended::put_mended_config;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

pub const PROBE: Probe = Probe { section: "home", needs: &["authsome"], limit: LOCAL, run };

fn run(context: &Context, known: &Facts) -> Facts {
    let release = super::authsome::release(known);
    let home = Home::find(&context.host.env, context.home_flag.as_deref());
    let mut facts = Facts::new();
    facts.set("home.path", shown(&home.path));
    facts.set("home.configured_by", home.configured_by);
    facts.set("home.literal_tilde", home.literal_tilde);
    facts.set("home.relative", home.path.is_relative() && !home.literal_tilde);
    let files = &*context.host.files;
    match files.metadata(&home.path) {
        Ok(found) => {
            facts.set("home.exists", true);
            facts.set("home.is_directory", found.is_dir);
            facts.set("home.owner", found.uid.map(|uid| owner(context, uid)));
            if found.is_dir {
                put_writable(&mut facts, files, &home.path);
                put_files(&mut facts, context, release, &home.path);
            }
        }
        Err(error) if error.kind() == ErrorKind::NotFound => {
            facts.set("home.exists", false);
            put_active_identity(&mut facts, &ActiveIdentity::find(&context.host.env, None, release));
            // authsome makes it: may it?
            put_writable(&mut facts, files, nearest_folder(files, &home.path).as_deref().unwrap_or(Path::new("/")));
        }
        Err(error) => {
            facts.set("home.exists", unknown(format!("{} cannot be looked at: {error}", home.path.display())));
        }
    }
    facts
}

fn owner(context: &Context, uid: u32) -> String {
    let ours = context.host.processes.own_uid() == Some(uid);
    context.host.processes.own_user().filter(|_| ours).unwrap_or_else(|| match uid {
        0 => "root".to_owned(),
        uid => format!("user id {uid}"),
    })
}

fn put_writable(facts: &mut Facts, files: &dyn Files, folder: &Path) {
    match files.writable(folder) {
        Ok(true) => facts.set("home.writable", true),
        Ok(false) => {
            facts.set("home.writable", false);
            facts.set("home.not_writable_because", format!("the system refuses to write in {}", folder.display()));
        }
        Err(error) => facts.set("home.writable", unknown(format!("{} cannot be looked at: {error}", folder.display()))),
    }
}

fn nearest_folder(files: &dyn Files, path: &Path) -> Option<PathBuf> {
    path.ancestors().skip(1).find(|folder| files.metadata(folder).is_ok()).map(Path::to_owned)
}

fn put_files(facts: &mut Facts, context: &Context, release: &Release, home: &Path) {
    let host = &context.host;
    facts.set("home.layout", layout(&*host.files, home));
    let config = settings::client_config(host, home, release);
    let text = |name: &str| config.as_ref().and_then(|config| config.get(name)?.as_str().map(str::to_owned));
    facts.set("home.config_base_url", text("daemon_base_url"));
    facts.set("home.config_path", release.file(home, "config").map(|path| shown(&path)));
    let mut listed: Vec<(&'static str, PathBuf)> =
        ["config", "master_key", "ui_secret", "database", "daemon_log", "client_log"]
            .into_iter()
            .filter_map(|role| Some((role, release.file(home, role)?)))
            .collect();
    let active = ActiveIdentity::find(&host.env, config.as_ref(), release);
    put_active_identity(facts, &active);
    put_mended_config(facts, context, release, home, &active);
    // With a key in the environment no file of an identity is read.
    if let ActiveIdentity::Named { handle, .. } = active
        && let (true, Some(folder)) = (is_handle(&handle), identities(release, home))
    {
        let key = folder.join(format!("{handle}.key"));
        let metadata = folder.join(format!("{handle}.json"));
        facts.set("home.identity_key_present", host.files.metadata(&key).is_ok());
        facts.set("home.identity_metadata_present", host.files.metadata(&metadata).is_ok());
        listed.extend([("identity_key", key), ("identity_metadata", metadata)]);
    }
    let there = listed.into_iter().filter_map(|(role, path)| {
        let found = host.files.metadata(&path).ok()?;
        Some(record(&*host.files, release, role, &path, &found))
    });
    facts.set("home.files", there.collect::<Vec<Record>>());
}

/// Who authsome's commands act as, and what says so.
fn put_active_identity(facts: &mut Facts, active: &ActiveIdentity) {
    let (handle, from) = match active {
        ActiveIdentity::Named { handle, from } => (Some(handle.clone()), Some(*from)),
        ActiveIdentity::Key { handle } => (handle.clone(), Some("AUTHSOME_IDENTITY_PRIVATE_KEY")),
        ActiveIdentity::None => (None, None),
        ActiveIdentity::Refused(why) => {
            facts.set("home.identity_refused", *why);
            return;
        }
    };
    facts.set("home.active_identity", handle);
    facts.set("home.active_identity_from", from);
    facts.set("home.identity_refused", None::<String>);
}

/// Before 0.3 an identity was a folder with other files in it.
fn identities(release: &Release, home: &Path) -> Option<PathBuf> {
    release.file(home, "identities").filter(|folder| folder.ends_with("client/identities"))
}

/// A handle becomes a file name: nothing else may.
fn is_handle(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
}

fn record(files: &dyn Files, release: &Release, role: &'static str, path: &Path, found: &Metadata) -> Record {
    let secret = matches!(role, "identity_key" | "master_key" | "ui_secret");
    let mut record = Record::new()
        .with("path", shown(path))
        .with("role", role)
        .with("mode", found.mode.map(|mode| format!("{mode:04o}")));
    if secret {
        record.put("too_open", found.mode.map(|mode| mode & 0o077 != 0));
    }
    let (readable, verdict) = content::judge(files, release, role, path);
    record.put("readable", readable);
    match verdict {
        Verdict::Whole => record.put("intact", true),
        Verdict::Broken(defect) => {
            record.put("intact", false);
            record.put("defect", defect);
        }
        Verdict::CannotTell(reason) => record.put("intact", Entry::from(unknown(reason))),
        Verdict::NotJudged => {}
    }
    record
}

/// The first version that laid files out like this.
fn layout(files: &dyn Files, home: &Path) -> Option<&'static str> {
    let there = |path: &str| files.metadata(&home.join(path)).is_ok();
    if there("server/authsome.db") {
        Some("0.5.0")
    } else if there("server") || there("client") {
        Some("0.3.0")
    } else if there("profiles") || there("config.json") {
        Some("0.1.12")
    } else {
        None
    }
}

fn shown(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}
