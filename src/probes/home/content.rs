//! Is a file of authsome's what authsome can read? Only its shape is looked at; nothing of a key is kept.

use crate::authsome::Release;
use crate::host::Files;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value as Json};
use std::io::{self, ErrorKind};
use std::path::Path;

pub enum Verdict {
    Whole,
    /// What is wrong, in words.
    Broken(String),
    CannotTell(String),
    /// Nothing is known of what belongs in it.
    NotJudged,
}

const MOST: u64 = 256 * 1024;

/// May this user read it, and is it whole?
pub fn judge(files: &dyn Files, release: &Release, role: &str, path: &Path) -> (bool, Verdict) {
    let text = match role {
        "database" | "daemon_log" | "client_log" => match files.head(path, 16) {
            Ok(start) if role == "database" => return (true, database(&start)),
            Ok(_) => return (true, Verdict::NotJudged),
            Err(error) => Err(error),
        },
        _ => files.read_text(path, MOST),
    };
    match text {
        Ok(text) => (true, judge_text(release, role, path, &text)),
        Err(error) if error.kind() == ErrorKind::PermissionDenied => {
            (false, Verdict::CannotTell("you may not read it".to_owned()))
        }
        Err(error) if matches!(error.kind(), ErrorKind::InvalidData | ErrorKind::FileTooLarge) => {
            (true, Verdict::Broken(error.to_string()))
        }
        Err(error) => (false, Verdict::CannotTell(say(&error))),
    }
}

fn say(error: &io::Error) -> String {
    format!("it cannot be read: {error}")
}

fn judge_text(release: &Release, role: &str, path: &Path, text: &str) -> Verdict {
    let broken = match role {
        "config" => config(release, text),
        "identity_key" => identity_key(text),
        "identity_metadata" => identity_metadata(path, text),
        "master_key" | "ui_secret" => secret(text),
        _ => return Verdict::NotJudged,
    };
    broken.map_or(Verdict::Whole, Verdict::Broken)
}

/// A new database is an empty file until something is written.
fn database(start: &[u8]) -> Verdict {
    if start.is_empty() || start.starts_with(b"SQLite format 3\0") {
        Verdict::Whole
    } else {
        Verdict::Broken("it is no SQLite database".to_owned())
    }
}

/// As strict as the release's own reader, which takes a file that it does not like for none at all.
fn config(release: &Release, text: &str) -> Option<String> {
    let json = match serde_json::from_str(text) {
        Ok(Json::Object(map)) => map,
        Ok(_) => return Some("it is JSON, but no object".to_owned()),
        Err(error) => return Some(format!("it is not JSON: {error}")),
    };
    let wrong_type = json.iter().find(|(key, value)| !right_type(key, value));
    let wrong_type = wrong_type.map(|(key, _)| format!("{key} has a value that authsome does not take"));
    let unknown_key = || {
        let unknown = json.keys().find(|key| !known_key(release, key))?;
        Some(format!("it has the key {unknown}, which this version of authsome does not know"))
    };
    wrong_type.or_else(unknown_key)
}

fn right_type(key: &str, value: &Json) -> bool {
    match key {
        "active_identity" | "daemon_base_url" => value.is_string() || value.is_null(),
        "proxy_ca_installed" => value.is_boolean(),
        "proxy_mode" => value.as_str().is_some_and(|mode| PROXY_MODES.contains(&mode)),
        _ => true,
    }
}

fn known_key(release: &Release, key: &String) -> bool {
    release.config_keys.as_ref().is_none_or(|keys| keys.contains(key))
}

/// The settings in it that authsome takes; none where it is no JSON object.
pub fn fit_settings(release: &Release, text: &str) -> Map<String, Json> {
    let Ok(Json::Object(settings)) = serde_json::from_str(text) else { return Map::new() };
    settings.into_iter().filter(|(key, value)| known_key(release, key) && right_type(key, value)).collect()
}

const PROXY_MODES: [&str; 4] = ["connected_allow", "connected_deny", "configured_allow", "configured_deny"];

/// A raw Ed25519 seed: 32 bytes as 64 figures.
fn identity_key(text: &str) -> Option<String> {
    let text = text.trim();
    if text.is_empty() {
        Some("it is empty".to_owned())
    } else if !text.chars().all(|c| c.is_ascii_hexdigit()) {
        Some("it is not a key in hexadecimal figures".to_owned())
    } else if text.len() != 64 {
        Some(format!("it holds {} figures where a key has 64", text.len()))
    } else {
        None
    }
}

fn identity_metadata(path: &Path, text: &str) -> Option<String> {
    let json: Json = match serde_json::from_str(text) {
        Ok(json) => json,
        Err(error) => return Some(format!("it is not JSON: {error}")),
    };
    let Some(handle) = json.get("handle").and_then(Json::as_str) else { return Some("it has no handle".to_owned()) };
    if !json.get("did").and_then(Json::as_str).is_some_and(|did| did.starts_with("did:key:z")) {
        return Some("it has no did that begins with did:key:z".to_owned());
    }
    let named = path.file_stem().map(|stem| stem.to_string_lossy());
    (named.as_deref() != Some(handle)).then(|| format!("it belongs to another identity: {handle}"))
}

/// Since 0.5 any text is a secret (Argon2id makes the key of it), and an empty file is silently filled with a new one.
/// Before, the file was JSON with the key itself in base64.
fn secret(text: &str) -> Option<String> {
    if text.trim().is_empty() {
        return Some("it is empty".to_owned());
    }
    let json: Json = serde_json::from_str(text).ok()?;
    match STANDARD.decode(json.get("key")?.as_str()?) {
        Ok(bytes) if bytes.len() == 32 => None,
        Ok(bytes) => Some(format!("its key holds {} bytes where one has 32", bytes.len())),
        Err(_) => Some("its key is not in base64".to_owned()),
    }
}
