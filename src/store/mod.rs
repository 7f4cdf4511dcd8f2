//! What we keep: credentials, registered clients, last login. Locked, atomic, 0600.
//!
//! Everything lives in `doctor/` under AUTHSOME_HOME (folder 0700, files 0600). Secrets are there only where the person
//! asked for it with `--store`.

mod connection;
mod connections;
mod journal;
mod last_login;
mod registrations;

pub use connection::{Connection, SECRETS};
pub use connections::{Connections, Held, Holder};
pub use journal::Journal;
pub use last_login::LastLogin;
pub use registrations::{Registration, Registrations};
