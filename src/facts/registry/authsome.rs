//! Section `authsome`: the installed (Python) authsome.

use super::{Kind, Spec, spec};

pub const SPECS: &[Spec] = &[
    spec(
        "authsome.path",
        Kind::Text,
        "the installed authsome that commands are handed to; absent where none is installed",
    )
    .personal(),
    spec("authsome.version", Kind::Text, "its version"),
    spec("authsome.python", Kind::Text, "the Python that runs it").personal(),
    spec("authsome.package", Kind::Text, "the folder of its Python package").personal(),
    spec("authsome.version_unknown_because", Kind::Text, "why its version cannot be told, where it cannot"),
    spec("authsome.known_version", Kind::Truth, "this program's version table covers that version"),
    spec(
        "authsome.taken_for",
        Kind::Text,
        "the version that it is taken to behave like, where the table lacks its own",
    ),
    spec("authsome.newest_known", Kind::Text, "the newest version that the table covers").always(),
    spec("authsome.callback_path", Kind::Text, "the callback path that this version sends").by_version(),
    spec("authsome.health_path", Kind::Text, "the health path that this version asks").by_version(),
    spec("authsome.cli_client", Kind::Text, "the HTTP library with which its command line talks to the daemon")
        .one_of(&["httpx", "requests"])
        .by_version(),
    spec(
        "authsome.claim",
        Kind::Text,
        "how a new identity gets at a vault: a person's account claims it, or init registers it",
    )
    .one_of(&["account", "init"])
    .by_version(),
    spec(
        "authsome.ignored_variables",
        Kind::Texts,
        "AUTHSOME_ variables that are set and that another version reads, this one does not",
    )
    .by_version(),
    spec("authsome.other_paths", Kind::Texts, "further installations of authsome on PATH, after the first").personal(),
    spec("authsome.other_versions", Kind::Texts, "their versions, where they differ from the first"),
    spec("authsome.elsewhere", Kind::Records, "installations of authsome that PATH does not lead to").always(),
    spec("authsome.elsewhere[].path", Kind::Text, "the command").personal().always(),
    spec(
        "authsome.elsewhere[].how",
        Kind::Text,
        "what it was installed with: pipx, uv tool, the .venv of this folder …",
    )
    .always(),
    spec("authsome.elsewhere[].version", Kind::Text, "its version"),
    spec("authsome.elsewhere[].differs", Kind::Truth, "that is another version than the one on PATH"),
];
