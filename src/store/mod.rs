//! What we keep: credentials, last login. Locked, atomic, 0600.
//!
//! Everything lives in `doctor/` under AUTHSOME_HOME (folder 0700, files 0600). Secrets are there only where the person
//! asked for it with `--store`.

mod connections;
mod journal;
mod last_login;

pub use connections::{Connection, Connections};
pub use journal::{Issued, Journal, Whose};
pub use last_login::LastLogin;
