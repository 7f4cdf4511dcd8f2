//! Living with findings: which of them count in this repository (comments in the definitions, a config file, a baseline, what
//! a change brought), and mending definitions where the rules say how. Judges nothing itself, prints nothing, and knows
//! neither the command line nor a report.

mod baseline;
mod comments;
mod config;
mod diff;
mod edit;
mod git;
mod mend;
mod suppress;
mod way;
mod write;

pub use baseline::Baseline;
pub use config::{Config, FILE as CONFIG_FILE};
pub use diff::{Base, Old};
pub use mend::{Mended, mend, offer};
pub use suppress::is_about_suppressions;
pub use way::{Judge, Judged, Marks, Settled, Way};
pub use write::write;
