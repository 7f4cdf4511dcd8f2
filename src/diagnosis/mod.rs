//! Facts times rules: which rules fired, in which order, with what evidence. Probes nothing and renders nothing.

mod aside;
pub mod cases;
mod diagnose;
mod finding;
pub mod identity;
mod order;

pub use aside::{Aside, By, Suppressed};
pub use diagnose::{Diagnosis, Docket, Outcome, apply, diagnose};
pub use finding::{Evidence, Finding, FixOffer, Inconclusive, Report, RunError, Status, Verdict};
pub use identity::Identity;

#[cfg(test)]
mod order_tests;
