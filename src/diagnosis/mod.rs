//! Facts times rules: which rules fired, in which order, with what evidence. Probes nothing and renders nothing.

pub mod cases;
mod diagnose;
mod finding;

pub use diagnose::{Diagnosis, Outcome, apply, diagnose};
pub use finding::{Evidence, Finding, FixOffer, Inconclusive, Report, RunError, Status, Verdict};

#[cfg(test)]
mod order_tests;
