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
    spec("authsome.known_version", Kind::Truth, "this program's version table covers that version"),
    spec("authsome.callback_path", Kind::Text, "the callback path that this version sends"),
    spec("authsome.health_path", Kind::Text, "the health path that this version asks"),
    spec("authsome.cli_client", Kind::Text, "the HTTP library with which its command line talks to the daemon")
        .one_of(&["httpx", "requests"]),
    spec("authsome.other_paths", Kind::Texts, "further installations of authsome on PATH, after the first").personal(),
    spec("authsome.other_versions", Kind::Texts, "their versions, where they differ from the first"),
];
