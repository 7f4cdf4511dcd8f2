//! Facts times rules: which rules fired, in which order, with what evidence. Probes nothing and renders nothing.

mod finding;

pub use finding::{Evidence, Finding, FixOffer, Inconclusive, Report, RunError, Status, Verdict};
