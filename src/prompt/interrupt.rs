//! Ctrl-C: noted, so that a login can end in order.

use crate::host::runtime;
use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};

static NOTED: AtomicBool = AtomicBool::new(false);

/// From now on Ctrl-C is noted instead of ending the program; a second one ends it.
pub fn watch_interrupts() {
    static WATCHING: Once = Once::new();
    WATCHING.call_once(|| {
        runtime().spawn(async {
            while tokio::signal::ctrl_c().await.is_ok() {
                if NOTED.swap(true, Ordering::SeqCst) {
                    std::process::exit(130);
                }
            }
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
