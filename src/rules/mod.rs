//! The rule format: as written, as checked, the catalogue, lint and cases. Reads facts only through the registry; probes nothing.

pub mod catalogue;
pub mod causes;
pub mod compiled;
pub mod condition;
pub mod evaluate;
pub mod fill;
pub mod fix;
pub mod index;
pub mod names;
pub mod operators;
pub mod packed;
mod patterns;
mod plan;
pub mod problem;
pub mod rule;
pub mod schema;
pub mod set;
pub mod template;
pub mod triggers;
mod words;
pub mod yaml;

pub use catalogue::Rules;
pub use fix::{OUR_VERBS, THEIR_VERBS};
pub use plan::{FixPlan, Retry};
pub use words::{Certainty, Safety, Severity};

#[cfg(test)]
mod evaluate_tests;
#[cfg(test)]
pub mod examples;
#[cfg(test)]
mod mistakes_tests;
