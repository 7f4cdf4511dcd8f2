//! What may be asked. Definitions come from strangers, so an address in one must not make this machine ask what only this
//! machine or its network can reach. Every address of a name is looked up once a run and judged; the ones that were
//! judged are handed on and connected to.

use crate::host::{DnsFailure, Host, not_public};
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;
use url::Url;

/// What is permitted beside public addresses and port 443.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    pub private_addresses: bool,
    pub other_ports: bool,
}

impl Policy {
    /// `--allow-private`, or not.
    pub fn of(allow_private: bool) -> Self {
        Self { private_addresses: allow_private, other_ports: allow_private }
    }
}

/// Why a URL is not asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    pub kind: RefusalKind,
    /// As a sentence without its full stop.
    pub why: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefusalKind {
    NotAUrl,
    Scheme,
    UserInfo,
    Port,
    Name,
    Address,
}

impl RefusalKind {
    /// The value of the fact `definition.online.refused[].kind`.
    pub fn word(self) -> &'static str {
        match self {
            Self::NotAUrl => "not_a_url",
            Self::Scheme => "scheme",
            Self::UserInfo => "user_info",
            Self::Port => "port",
            Self::Name => "name",
            Self::Address => "address",
        }
    }

    fn because(self, why: impl Into<String>) -> Refusal {
        Refusal { kind: self, why: why.into() }
    }
}

/// Why a name leads nowhere that may be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoAddress {
    Refused(Refusal),
    /// A name server says so.
    NoSuchName,
    /// The same: the name is there, without an address.
    Without,
    /// Could not tell, and why.
    Unknown(String),
}

type Looked = Result<Vec<IpAddr>, NoAddress>;

pub struct Guard {
    policy: Policy,
    looked: Mutex<HashMap<String, Arc<OnceLock<Looked>>>>,
    knows_the_internet: OnceLock<bool>,
}

/// A name that every name server of the internet knows.
const KNOWN_TO_ALL: &str = "a.root-servers.net";

/// Reads a URL as it was written, a relative one from `base`. What programs read in different ways is read in none.
pub fn read(base: Option<&Url>, written: &str) -> Result<Url, Refusal> {
    if written.chars().any(|c| c.is_whitespace() || c.is_control() || c == '\\') {
        let why = "it has white space, a control character or a backslash in it, which programs read in different ways";
        return Err(RefusalKind::NotAUrl.because(why));
    }
    let read = Url::options().base_url(base).parse(written);
    let url = read.map_err(|why| RefusalKind::NotAUrl.because(format!("it is no URL ({why})")))?;
    if url.scheme() == "https" && !url.has_host() {
        return Err(RefusalKind::NotAUrl.because("it has no host"));
    }
    Ok(url)
}

impl Guard {
    pub fn new(policy: Policy) -> Self {
        Self { policy, looked: Mutex::default(), knows_the_internet: OnceLock::new() }
    }

    /// All that can be said without a look-up.
    pub fn admit(&self, url: &Url) -> Result<(), Refusal> {
        if url.scheme() != "https" {
            return Err(RefusalKind::Scheme.because(format!("only https is asked, not {}", url.scheme())));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(RefusalKind::UserInfo.because("it has a user name or a password in it"));
        }
        if !self.policy.private_addresses {
            match url.host() {
                Some(url::Host::Ipv4(address)) => public(IpAddr::V4(address))?,
                Some(url::Host::Ipv6(address)) => public(IpAddr::V6(address))?,
                Some(url::Host::Domain(name)) => public_name(name)?,
                None => return Err(RefusalKind::NotAUrl.because("it has no host")),
            }
        }
        match url.port_or_known_default() {
            Some(443) => Ok(()),
            _ if self.policy.other_ports => Ok(()),
            port => {
                let port = port.map_or_else(|| "none".to_owned(), |port| port.to_string());
                Err(RefusalKind::Port.because(format!("only port 443 is asked, not {port}")))
            }
        }
    }

    /// The addresses of an admitted URL's host, all of them permitted. Asked once a run for each host.
    pub fn addresses(&self, host: &Host, url: &Url, limit: Duration) -> Looked {
        let name = match url.host() {
            Some(url::Host::Ipv4(address)) => return Ok(vec![IpAddr::V4(address)]),
            Some(url::Host::Ipv6(address)) => return Ok(vec![IpAddr::V6(address)]),
            Some(url::Host::Domain(name)) => name,
            None => return Err(NoAddress::Refused(RefusalKind::NotAUrl.because("it has no host"))),
        };
        let cell = {
            let mut looked = self.looked.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(looked.entry(name.to_owned()).or_default())
        };
        cell.get_or_init(|| self.look(host, name, limit)).clone()
    }

    fn look(&self, host: &Host, name: &str, limit: Duration) -> Looked {
        let found = match host.resolver.system(name, limit) {
            Ok(found) => found,
            Err(DnsFailure::NoSuchName | DnsFailure::NoAddress) => return Err(self.confirmed(host, name, limit)),
            Err(why) => return Err(NoAddress::Unknown(format!("the address of {name} could not be looked up: {why}"))),
        };
        if !self.policy.private_addresses {
            for address in &found {
                if let Some(what) = not_public(*address) {
                    let why = format!("{name} leads to {address}, {what}");
                    return Err(NoAddress::Refused(RefusalKind::Address.because(why)));
                }
            }
        }
        Ok(found)
    }

    /// The system says the same without a network: a name server has to say it, too, and one that knows more than its own
    /// network.
    fn confirmed(&self, host: &Host, name: &str, limit: Duration) -> NoAddress {
        let none = match host.resolver.name_servers(name, limit) {
            Err(DnsFailure::NoSuchName) => NoAddress::NoSuchName,
            Err(DnsFailure::NoAddress) => NoAddress::Without,
            Err(why) => {
                let why = format!("this machine knows no {name}, and no name server confirms it: {why}");
                return NoAddress::Unknown(why);
            }
            Ok(_) => return NoAddress::Unknown(format!("this machine knows no {name}, but its name servers do")),
        };
        let ask = || host.resolver.name_servers(KNOWN_TO_ALL, limit).is_ok();
        if *self.knows_the_internet.get_or_init(ask) {
            none
        } else {
            NoAddress::Unknown(format!("the name servers here know no {name}, but not even {KNOWN_TO_ALL}"))
        }
    }
}

fn public(address: IpAddr) -> Result<(), Refusal> {
    match not_public(address) {
        Some(what) => Err(RefusalKind::Address.because(format!("{address} is {what}"))),
        None => Ok(()),
    }
}

/// Endings that mean this machine, this network or a cloud's inside, whatever a name server says (RFC 6761, 6762, 8375).
const INSIDE: &[&str] = &["localhost", "localdomain", "local", "internal", "intranet", "lan", "home.arpa"];

fn public_name(name: &str) -> Result<(), Refusal> {
    let bare = name.trim_end_matches('.');
    let ends = |ending: &str| bare.strip_suffix(ending).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    if let Some(ending) = INSIDE.iter().find(|ending| ends(ending)) {
        return Err(RefusalKind::Name.because(format!("{name} is a name inside a machine or a network ({ending})")));
    }
    if !bare.contains('.') {
        return Err(RefusalKind::Name.because(format!("{name} is a name that only one network knows")));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(url: &str, policy: Policy) -> Option<RefusalKind> {
        read(None, url).and_then(|url| Guard::new(policy).admit(&url)).err().map(|refusal| refusal.kind)
    }

    #[test]
    fn what_can_be_said_without_a_look_up_is_said() {
        let strict = |url| refused(url, Policy::default());
        assert_eq!(strict("https://login.acme.example/token"), None);
        assert_eq!(strict("https://8.8.8.8/token"), None);
        assert_eq!(strict("http://login.acme.example/token"), Some(RefusalKind::Scheme));
        assert_eq!(strict("file:///etc/passwd"), Some(RefusalKind::Scheme));
        assert_eq!(strict("https://me:pw@login.acme.example/"), Some(RefusalKind::UserInfo));
        assert_eq!(strict("https://login.acme.example:8443/"), Some(RefusalKind::Port));
        assert_eq!(strict("https://2130706433/"), Some(RefusalKind::Address));
        assert_eq!(strict("https://localhost/"), Some(RefusalKind::Name));
        assert_eq!(strict("https://a.localhost./"), Some(RefusalKind::Name));
        assert_eq!(strict("https://metadata.google.internal/"), Some(RefusalKind::Name));
        assert_eq!(strict("https://intranet/"), Some(RefusalKind::Name));
        assert_eq!(strict("https://notlocalhost.example/"), None);
        assert_eq!(strict("https://[fe80::1%25eth0]/"), Some(RefusalKind::NotAUrl));
        assert_eq!(strict("https://login.acme.example\\@10.0.0.1/"), Some(RefusalKind::NotAUrl));
    }

    #[test]
    fn those_who_mean_it_may_ask_inside_but_never_in_the_clear() {
        let free = |url| refused(url, Policy::of(true));
        assert_eq!(free("https://127.0.0.1:8443/"), None);
        assert_eq!(free("https://localhost/"), None);
        assert_eq!(free("http://127.0.0.1/"), Some(RefusalKind::Scheme));
        assert_eq!(free("https://me@127.0.0.1/"), Some(RefusalKind::UserInfo));
    }
}
