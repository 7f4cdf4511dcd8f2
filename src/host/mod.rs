//! All contact with the machine, behind traits that tests replace.
//!
//! Everything here is synchronous for its callers and bounded in time and size. What costs start-up time (async runtime,
//! TLS, resolver, process table) is made on first use. Platform differences live in files of their own.

mod address;
mod clock;
mod env;
mod files;
pub mod http;
mod processes;
mod resolver;
mod runtime;
mod sockets;
pub mod sqlite;

pub use address::not_public;
pub use clock::{Clock, FixedClock, SystemClock};
pub use env::Env;
pub use files::{FileIdentity, Files, Kind, Metadata, RealFiles};
pub use http::{Answer, Http, HttpFailure, Request};
pub use processes::{Process, Processes, Service, SystemProcesses};
pub use resolver::{DnsFailure, NameServer, Resolver, SystemResolver};
pub use runtime::runtime;
pub use sockets::{Listener, Sockets, SystemSockets};

use std::collections::BTreeMap;
use std::sync::Arc;

/// The machine as probes, fixes and logins see it. Cheap to clone.
#[derive(Clone)]
pub struct Host {
    pub clock: Arc<dyn Clock>,
    pub env: Arc<Env>,
    pub files: Arc<dyn Files>,
    pub processes: Arc<dyn Processes>,
    pub sockets: Arc<dyn Sockets>,
    pub resolver: Arc<dyn Resolver>,
    pub http: Arc<dyn Http>,
}

impl Host {
    /// This machine.
    pub fn real() -> Self {
        Self {
            clock: Arc::new(SystemClock),
            env: Arc::new(Env::real()),
            files: Arc::new(RealFiles),
            processes: Arc::new(SystemProcesses),
            sockets: Arc::new(SystemSockets),
            resolver: Arc::new(SystemResolver),
            http: Arc::new(http::RealHttp::default()),
        }
    }

    /// The same machine, with these variables set (or, with `None`, unset) in this run only.
    #[must_use]
    pub fn with_environment(&self, changes: &BTreeMap<String, Option<String>>) -> Self {
        let env = Arc::new(self.env.changed(changes));
        let http = self.http.in_environment(&env).unwrap_or_else(|| Arc::clone(&self.http));
        Self { env, http, ..self.clone() }
    }
}
