//! Section `home`: `AUTHSOME_HOME` and the files in it that a login needs.

use super::{Kind, Spec, spec};

pub const SPECS: &[Spec] = &[
    spec("home.path", Kind::Text, "AUTHSOME_HOME, or ~/.authsome").personal().always(),
    spec("home.configured_by", Kind::Text, "what decided the path")
        .one_of(&["flag", "environment", "default"])
        .always(),
    spec("home.literal_tilde", Kind::Truth, "the configured path begins with a ~ that nobody expanded").always(),
    spec("home.relative", Kind::Truth, "the configured path is not absolute: every folder has a home of its own")
        .always(),
    spec("home.exists", Kind::Truth, "the folder exists"),
    spec("home.is_directory", Kind::Truth, "it is a folder"),
    spec("home.writable", Kind::Truth, "this user may write in it"),
    spec("home.not_writable_because", Kind::Text, "why not"),
    spec("home.owner", Kind::Text, "the user who owns it").personal(),
    spec("home.layout", Kind::Text, "the first authsome version that laid files out as they are found in it"),
    spec("home.files", Kind::Records, "the files that matter and are there"),
    spec("home.files[].path", Kind::Text, "path").personal().always(),
    spec("home.files[].role", Kind::Text, "what it is")
        .one_of(&[
            "config",
            "identity_key",
            "identity_metadata",
            "master_key",
            "ui_secret",
            "database",
            "daemon_log",
            "client_log",
        ])
        .always(),
    spec("home.files[].mode", Kind::Text, "permission bits, octal (0600)"),
    spec("home.files[].too_open", Kind::Truth, "others may read a file that holds a secret"),
    spec("home.files[].readable", Kind::Truth, "this user may read it"),
    spec(
        "home.files[].intact",
        Kind::Truth,
        "its content is what authsome can read; unknown where it cannot be judged",
    )
    .by_version(),
    spec("home.files[].defect", Kind::Text, "what is wrong with its content"),
    spec("home.active_identity", Kind::Text, "the identity that authsome's commands act as").personal().by_version(),
    spec("home.active_identity_from", Kind::Text, "what names it; absent where there is none yet")
        .one_of(&["AUTHSOME_IDENTITY", "AUTHSOME_IDENTITY_PRIVATE_KEY", "AUTHSOME_ACTIVE_IDENTITY", "config"])
        .by_version(),
    spec("home.identity_refused", Kind::Text, "why authsome's commands end before they do anything, where the variables say too little")
        .by_version(),
    spec("home.whole_identities", Kind::Texts, "the identities of which both files are there and whole").personal(),
    spec(
        "home.mended_config",
        Kind::Text,
        "what client/config.json is to hold so that authsome goes on with an identity that is whole, or else makes a new one",
    )
    .personal(),
    spec("home.mended_identity", Kind::Text, "the whole identity that it names; absent where authsome makes a new one").personal(),
    spec("home.metadata_path", Kind::Text, "the metadata file of the active identity, where it is missing or broken").personal(),
    spec("home.mended_metadata", Kind::Text, "what is to stand in it, where the key is whole: it follows from the key").personal(),
    spec("home.config_path", Kind::Text, "client/config.json, or where this version has it").personal().by_version(),
    spec("home.identity_key_present", Kind::Truth, "the active identity's key file exists"),
    spec("home.identity_metadata_present", Kind::Truth, "the active identity's metadata file exists"),
    spec("home.config_base_url", Kind::Url, "daemon_base_url of client/config.json"),
];
