//! What `client/config.json` is to hold where authsome would not go on with it as it is: the settings that are fit, and an
//! identity that is whole, or none, so that authsome makes a new one. Says it; writes nothing.

use super::content::{self, Verdict};
use super::{identities, is_handle};
use crate::authsome::client::Identity;
use crate::authsome::versions::Claim;
use crate::authsome::{ActiveIdentity, Release};
use crate::facts::Facts;
use crate::host::Files;
use crate::probes::Context;
use serde_json::{Value as Json, json};
use std::path::Path;

const MOST: u64 = 256 * 1024;

pub fn put_mended_config(
    facts: &mut Facts,
    context: &Context,
    release: &Release,
    home: &Path,
    active: &ActiveIdentity,
) {
    let files = &*context.host.files;
    let (Some(path), Some(folder)) = (release.file(home, "config"), identities(release, home)) else { return };
    let whole = whole_identities(files, release, &folder);
    facts.set("home.whole_identities", whole.clone());
    put_mended_metadata(facts, context, release, &folder, active);
    let Ok(text) = files.read_text(&path, MOST) else { return };
    let mut settings = content::fit_settings(release, &text);
    let named = settings.remove("active_identity").and_then(|name| name.as_str().map(str::to_owned));
    // The one that it names, the only one that there is, or a new one: among several nobody but the person can choose.
    let chosen = match (named.filter(|name| whole.contains(name)), &whole[..]) {
        (Some(named), _) => Some(named),
        (None, [one]) if !files_of_another(files, &folder, active) => Some(one.clone()),
        _ => None,
    };
    if let Some(chosen) = &chosen {
        settings.insert("active_identity".to_owned(), chosen.as_str().into());
    }
    facts.set("home.mended_config", Json::Object(settings).to_string());
    facts.set("home.mended_identity", chosen);
}

/// The metadata of an identity follow from its key: with a whole key nothing is lost.
fn put_mended_metadata(
    facts: &mut Facts,
    context: &Context,
    release: &Release,
    folder: &Path,
    active: &ActiveIdentity,
) {
    let ActiveIdentity::Named { handle, .. } = active else { return };
    if !is_handle(handle) || release.claim != Some(Claim::Account) {
        return;
    }
    let files = &*context.host.files;
    let path = folder.join(format!("{handle}.json"));
    if files.metadata(&path).is_ok()
        && !matches!(content::judge(files, release, "identity_metadata", &path), (true, Verdict::Broken(_)))
    {
        return;
    }
    let Ok(seed) = files.read_text(&folder.join(format!("{handle}.key")), 1024) else { return };
    let Ok(identity) = Identity::of_seed(handle, seed.trim()) else { return };
    let now = context.host.clock.now().to_string();
    let mended = json!({"handle": handle, "did": identity.did, "created_at": now, "updated_at": now});
    facts.set("home.metadata_path", path.to_string_lossy().into_owned());
    facts.set("home.mended_metadata", mended.to_string());
}

/// Does the configuration name an identity of which something is left? Then the other one is not what the person had.
fn files_of_another(files: &dyn Files, folder: &Path, active: &ActiveIdentity) -> bool {
    let ActiveIdentity::Named { handle, from: "config" } = active else { return false };
    let there = |extension: &str| files.metadata(&folder.join(format!("{handle}.{extension}"))).is_ok();
    is_handle(handle) && (there("key") || there("json"))
}

fn whole_identities(files: &dyn Files, release: &Release, folder: &Path) -> Vec<String> {
    let handle = |path: &std::path::PathBuf| {
        let name = path.file_name()?.to_str()?.strip_suffix(".key")?;
        // authsome itself takes this one away.
        (is_handle(name) && name != "default").then(|| name.to_owned())
    };
    let is_whole = |name: &String| {
        [("identity_key", "key"), ("identity_metadata", "json")].iter().all(|(role, extension)| {
            let path = folder.join(format!("{name}.{extension}"));
            matches!(content::judge(files, release, role, &path), (true, Verdict::Whole))
        })
    };
    files.list(folder).unwrap_or_default().iter().filter_map(handle).filter(is_whole).collect()
}
