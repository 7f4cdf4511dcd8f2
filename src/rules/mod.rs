//! The rule format: as written, as checked, the catalogue, lint and cases. Reads facts only through the registry; probes nothing.

mod plan;
mod words;

pub use plan::{FixPlan, Retry};
pub use words::{Certainty, Safety, Severity};
