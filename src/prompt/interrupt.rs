//! Ctrl-C: noted, so that a login can end in order. The terminal is left as it was found.

use super::{keys, modes};
use crate::host::runtime;
use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};

static NOTED: AtomicBool = AtomicBool::new(false);

/// What a shell gives a program that SIGTERM ended.
const ASKED_TO_END: i32 = 128 + 15;

/// From now on Ctrl-C is noted instead of ending the program; a second one ends it, and so does SIGTERM.
pub fn watch_interrupts() {
    static WATCHING: Once = Once::new();
    WATCHING.call_once(|| {
        runtime().spawn(async {
            while tokio::signal::ctrl_c().await.is_ok() {
                if NOTED.swap(true, Ordering::SeqCst) {
                    keys::put_back();
                    std::process::exit(130);
                }
            }
        });
        runtime().spawn(async {
            modes::asked_to_end().await;
            keys::put_back();
            std::process::exit(ASKED_TO_END);
        });
    });
}

/// From now on Ctrl-C ends the program with 130, after `last` has said the last word.
pub fn end_on_interrupt(last: impl FnOnce() + Send + 'static) {
    runtime().spawn(async {
        if tokio::signal::ctrl_c().await.is_ok() {
            last();
            std::process::exit(130);
        }
    });
}

pub fn interrupted() -> bool {
    NOTED.load(Ordering::SeqCst)
}

/// A question was left by Ctrl-C.
pub fn note() {
    NOTED.store(true, Ordering::SeqCst);
}
