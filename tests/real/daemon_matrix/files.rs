//! What can be wrong with the files of the home. authsome replaces some of them without a word; `doctor` speaks first.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;

use super::scene::Scene;
use super::{Row, VERSIONS};
use crate::support::port::CallbackPort;
use crate::support::program::read;

pub const ROWS: &[Row] = &[
    Row {
        cause: "identity_problem",
        fault: "the key of the identity is missing",
        rule: "home-identity-key-missing",
        fix: "put it back",
        versions: &VERSIONS,
        play: missing_key,
    },
    Row {
        cause: "identity_problem",
        fault: "the key of the identity is no key",
        rule: "home-identity-file-broken",
        fix: "put it back",
        versions: &VERSIONS,
        play: corrupt_key,
    },
    Row {
        cause: "identity_problem",
        fault: "config.json is half a file",
        rule: "home-config-would-be-replaced",
        fix: "mend it as told",
        versions: &VERSIONS,
        play: corrupt_config,
    },
    Row {
        cause: "home_not_usable",
        fault: "a home on a read-only file system",
        rule: "home-not-writable",
        fix: "make it writable",
        versions: &VERSIONS,
        play: read_only,
    },
];

/// The identity that `config.json` names.
fn key(scene: &Scene) -> PathBuf {
    let client = scene.world.authsome_home().join("client");
    let config: Value = serde_json::from_str(&read(&client.join("config.json"))).expect("authsome's own file");
    client.join("identities").join(format!("{}.key", config["active_identity"].as_str().expect("an identity")))
}

fn missing_key(row: &Row, scene: &mut Scene, _: &CallbackPort) {
    let key = key(scene);
    let aside = scene.world.folder().join("copy.key");
    fs::rename(&key, &aside).expect("a file in our own home");
    row.is_named(scene, &["--offline"]);
    fs::rename(&aside, &key).expect("a file in our own home");
    scene.world.doctor(&["--offline"]).expect_no_problem();
}

fn corrupt_key(row: &Row, scene: &mut Scene, _: &CallbackPort) {
    let key = key(scene);
    let good = read(&key);
    fs::write(&key, "this is no key\n").expect("a file in our own home");
    row.is_named(scene, &["--offline"]);
    fs::write(&key, good).expect("a file in our own home");
    scene.world.doctor(&["--offline"]).expect_no_problem();
}

fn corrupt_config(row: &Row, scene: &mut Scene, _: &CallbackPort) {
    let handle = key(scene).file_stem().expect("a name").to_string_lossy().into_owned();
    let config = scene.world.authsome_home().join("client/config.json");
    fs::write(&config, r#"{"active_ide"#).expect("a file in our own home");
    row.is_named(scene, &["--offline"]);
    // As it is told: a JSON object whose active_identity is the name of a key file.
    fs::write(&config, format!("{{\"active_identity\": \"{handle}\"}}")).expect("a file in our own home");
    scene.world.doctor(&["--offline"]).expect_no_problem();
}

/// Root sees no file mode fail, but a mount it does. The mount lives in a namespace of the one doctor run.
fn read_only(row: &Row, scene: &mut Scene, _: &CallbackPort) {
    let home = scene.world.authsome_home();
    let mut command: Command = scene.world.command("unshare");
    command.args(["--map-root-user", "--mount", "sh", "-c"]);
    command.arg(r#"mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && exec "$@""#).arg(&home);
    command.arg(env!("CARGO_BIN_EXE_authsome")).args(["doctor", "--format", "json", "--offline"]);
    row.is_what_is_said_first(scene, &mut command);
    scene.world.doctor(&["--offline"]).expect_no_problem();
}
