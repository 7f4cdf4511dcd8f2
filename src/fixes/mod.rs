//! Acts: plan, confirm, apply, verify. A fix is done only when the probe that found the fault says so.

mod apply;
mod stop_process;

pub use apply::{Run, carry_over, mend};
pub use stop_process::{NotStopped, stop_or_ask};
