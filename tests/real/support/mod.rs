//! What the tests stand on: processes that end with their test, the built program in a clean world, the installed
//! pieces, the one callback port that all of them share, a browser.

pub mod browser;
pub mod daemon;
pub mod http;
pub mod opened;
pub mod port;
pub mod process;
pub mod program;
#[allow(dead_code, reason = "its own suite uses the rest")]
#[path = "../../common/provider.rs"]
pub mod provider;
pub mod proxy;
pub mod servers;
pub mod service;
pub mod snapshot;
pub mod ssh;
pub mod tabs;
#[allow(dead_code, reason = "the other end-to-end tests use the rest of it")]
#[path = "../../common/terminal.rs"]
pub mod terminal;

pub use program::World;

use std::path::PathBuf;

/// Where `tests/real/install` put `piece`.
pub fn installed(piece: &str) -> PathBuf {
    let folder = std::env::var_os("AUTHSOME_REAL_DIR").map_or_else(
        || {
            std::env::var_os("XDG_CACHE_HOME")
                .map_or_else(|| home().join(".cache"), PathBuf::from)
                .join("authsome-doctor-real")
        },
        PathBuf::from,
    );
    let path = folder.join(piece);
    assert!(path.exists(), "{} is missing: run tests/real/install first", path.display());
    path
}

/// A file of `tests/real/servers`.
pub fn server_script(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/real/servers").join(name)
}

fn home() -> PathBuf {
    PathBuf::from(std::env::var_os("HOME").expect("HOME is set"))
}
