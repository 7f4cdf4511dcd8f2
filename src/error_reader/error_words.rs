//! The words of `data/error_words/`, unpacked when they are first needed.

use super::groups::ErrorWords;
use std::sync::OnceLock;

static WORDS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/words.bin"));

pub fn all() -> &'static ErrorWords {
    static UNPACKED: OnceLock<ErrorWords> = OnceLock::new();
    UNPACKED.get_or_init(|| postcard::from_bytes(WORDS).expect("build.rs wrote it"))
}
