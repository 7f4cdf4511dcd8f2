//! Acts: plan, confirm, apply, verify. A fix is done only when the probe that found the fault says so.

mod apply;
mod aside;
mod daemon;
mod stop_process;

pub use apply::{Run, act, carry_over, in_words, mend};
pub use stop_process::NotStopped;
use stop_process::stop_or_ask;
