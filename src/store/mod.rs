//! What we keep: credentials, registered clients, last login. Locked, atomic, 0600.
//!
//! Everything lives in `doctor/` under AUTHSOME_HOME (folder 0700, files 0600). Secrets are there only where the person
//! asked for it with `--store`.

mod connections;
mod journal;
mod last_login;
mod registrations;

pub use connections::{Connection, Connections};
pub use journal::Journal;
pub use last_login::LastLogin;
pub use registrations::{Registration, Registrations};
