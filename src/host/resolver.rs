//! Names to addresses: as the system does it, and as the name servers answer.

use std::net::IpAddr;
use std::time::Duration;

/// Why a name has no address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DnsFailure {
    NoSuchName,
    NoAddress,
    NoAnswer,
    Refused,
    Other(String),
}

pub trait Resolver: Send + Sync {
    /// As every program on this machine does (hosts file, search domains).
    fn system(&self, host: &str, limit: Duration) -> Result<Vec<IpAddr>, DnsFailure>;
    /// The configured name servers, asked directly.
    fn name_servers(&self, host: &str, limit: Duration) -> Result<Vec<IpAddr>, DnsFailure>;
}

/// This machine's resolver.
pub struct SystemResolver;

impl Resolver for SystemResolver {
    fn system(&self, _: &str, _: Duration) -> Result<Vec<IpAddr>, DnsFailure> {
        Err(DnsFailure::Other("not built for this system".to_owned()))
    }
    fn name_servers(&self, _: &str, _: Duration) -> Result<Vec<IpAddr>, DnsFailure> {
        Err(DnsFailure::Other("not built for this system".to_owned()))
    }
}
