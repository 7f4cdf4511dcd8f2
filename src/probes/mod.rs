//! Fills the facts, one file a section. Reads only, judges never, says why when it cannot tell.
//!
//! A probe is a function from a [`Context`] to the facts of its own section (its name in [`Probe`] is the section's).
//! Probes run side by side, each with a limit of its own; what hits its limit becomes unknown with that reason.

pub mod authsome;
pub mod browser;
pub mod callback;
pub mod daemon;
pub mod definition;
pub mod home;
pub mod machine;
pub mod network;
pub mod online;
pub mod port;
pub mod provider;
pub mod proxy;
pub mod registered;
mod runner;
pub mod vendor;
mod way_back;

pub use runner::{for_sections, run};

use crate::definition::ProviderDefinition;
use crate::facts::Facts;
use crate::host::Host;
use std::path::PathBuf;
use std::time::Duration;
use url::Url;

/// What the user asked about: the same for every probe.
#[derive(Clone)]
pub struct Context {
    pub host: Host,
    /// `--home`.
    pub home_flag: Option<PathBuf>,
    /// The provider that was named.
    pub provider: Option<String>,
    pub provider_file: Option<PathBuf>,
    /// The provider's definition, where the caller has it already: it is not looked up again.
    pub definition: Option<ProviderDefinition>,
    /// `--redirect-uri`.
    pub redirect_uri: Option<Url>,
    pub registered_uri: Option<String>,
    pub client_id: Option<String>,
    /// No packet leaves this machine.
    pub offline: bool,
    /// What is left of `--timeout`.
    pub limit: Duration,
}

/// One section's probe.
pub struct Probe {
    /// The section that it fills; a record of a section where another probe fills the rest (`callback.registered`).
    pub section: &'static str,
    /// Sections whose facts it reads: they run first and are handed to it.
    pub needs: &'static [&'static str],
    pub limit: Duration,
    pub run: fn(&Context, &Facts) -> Facts,
}

/// What local probes may take.
pub const LOCAL: Duration = Duration::from_millis(500);
/// What a probe over the network may take.
pub const NETWORK: Duration = Duration::from_secs(5);

/// Every probe, in the order of the sections.
// One a line: sections are added side by side.
#[rustfmt::skip]
pub const ALL: &[Probe] = &[
    machine::PROBE,
    authsome::PROBE,
    home::PROBE,
    port::PROBE,
    daemon::PROBE,
    daemon::HOSTED,
    callback::PROBE,
    registered::PROBE,
    browser::PROBE,
    definition::PROBE,
    provider::PROBE,
    network::PROBE,
    proxy::PROBE,
];

impl Context {
    /// Nothing but the machine: no provider, no packet beyond it.
    pub fn of(host: Host) -> Self {
        Self {
            host,
            home_flag: None,
            provider: None,
            provider_file: None,
            definition: None,
            redirect_uri: None,
            registered_uri: None,
            client_id: None,
            offline: true,
            limit: LOCAL,
        }
    }
}
