//! The story of a login: preflight, step, diagnose, offer, fix, resume. Must not speak HTTP itself (`oauth` does) nor judge (`diagnosis` does).

mod ask;
mod attempt;
mod browser;
pub mod daemon;
mod device;
mod failure;
mod foreign;
pub mod granted;
mod mend;
mod metadata;
mod narrate;
mod plan;
pub mod practice;
mod preflight;
mod proofs;
mod qr;
mod registration;
mod run;
mod steps;
pub mod stored;
mod story;
mod told;
mod wait;

pub use attempt::Granted;
pub use mend::Mended;
pub use plan::{Browser, CodeChallenge, Flow, Plan, Registration, Via};
pub use run::{Done, Outcome, Setup, run};
pub use story::{Narration, Sighting, Story};
