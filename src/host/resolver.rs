//! Names to addresses: as the system does it, and as the name servers answer. Both are asked within a limit, and both say
//! why a name has no address in the same few words.

use hickory_resolver::config::{LookupIpStrategy, NameServerConfig, ResolveHosts, ResolverConfig, ResolverOpts};
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::net::{DnsError, NetError};
use hickory_resolver::proto::op::ResponseCode;
use hickory_resolver::{TokioResolver, system_conf};
use std::fmt;
use std::io;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::sync::mpsc;
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

impl DnsFailure {
    /// The value of the fact `network.endpoints[].dns_error`.
    pub fn name(&self) -> &'static str {
        match self {
            Self::NoSuchName => "no_such_name",
            Self::NoAddress => "no_address",
            Self::NoAnswer => "no_answer",
            Self::Refused => "refused",
            Self::Other(_) => "other",
        }
    }
}

impl fmt::Display for DnsFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoSuchName => "there is no such name",
            Self::NoAddress => "the name has no address",
            Self::NoAnswer => "no name server answered",
            Self::Refused => "the name servers refused to answer",
            Self::Other(text) => text,
        })
    }
}

pub trait Resolver: Send + Sync {
    /// As every program on this machine does (hosts file, search domains).
    fn system(&self, host: &str, limit: Duration) -> Result<Vec<IpAddr>, DnsFailure>;
    /// The configured name servers, asked directly. Never from inside the async runtime.
    fn name_servers(&self, host: &str, limit: Duration) -> Result<Vec<IpAddr>, DnsFailure>;
}

/// This machine's resolver.
pub struct SystemResolver;

impl Resolver for SystemResolver {
    fn system(&self, host: &str, limit: Duration) -> Result<Vec<IpAddr>, DnsFailure> {
        if let Some(address) = literal(host) {
            return Ok(vec![address]);
        }
        let (send, receive) = mpsc::channel();
        let host = host.to_owned();
        // The system's call has no limit of its own: a thread that is late is left behind.
        std::thread::spawn(move || {
            let found = (host.as_str(), 0).to_socket_addrs().map(|all| all.map(|one| one.ip()).collect::<Vec<_>>());
            let _ = send.send(found);
        });
        match receive.recv_timeout(limit) {
            Ok(Ok(addresses)) => distinct(addresses),
            Ok(Err(error)) => Err(of_system(&error)),
            Err(_) => Err(DnsFailure::NoAnswer),
        }
    }

    fn name_servers(&self, host: &str, limit: Duration) -> Result<Vec<IpAddr>, DnsFailure> {
        if let Some(address) = literal(host) {
            return Ok(vec![address]);
        }
        let (config, options) = system_conf::read_system_conf()
            .map_err(|error| DnsFailure::Other(format!("the name servers' configuration cannot be read: {error}")))?;
        if config.name_servers.is_empty() {
            return Err(DnsFailure::Other("no name server is configured".to_owned()));
        }
        ask(config, options, host, limit)
    }
}

/// One name server, asked directly and for everything.
pub struct NameServer(pub SocketAddr);

impl Resolver for NameServer {
    fn system(&self, host: &str, limit: Duration) -> Result<Vec<IpAddr>, DnsFailure> {
        self.name_servers(host, limit)
    }

    fn name_servers(&self, host: &str, limit: Duration) -> Result<Vec<IpAddr>, DnsFailure> {
        if let Some(address) = literal(host) {
            return Ok(vec![address]);
        }
        let mut server = NameServerConfig::udp(self.0.ip());
        for connection in &mut server.connections {
            connection.port = self.0.port();
        }
        ask(ResolverConfig::from_name_servers(vec![server]), ResolverOpts::default(), host, limit)
    }
}

/// Asks these name servers, past the hosts file and without search domains.
fn ask(
    config: ResolverConfig,
    mut options: ResolverOpts,
    host: &str,
    limit: Duration,
) -> Result<Vec<IpAddr>, DnsFailure> {
    options.use_hosts_file = ResolveHosts::Never;
    options.ip_strategy = LookupIpStrategy::Ipv4AndIpv6;
    options.timeout = limit / 2;
    options.attempts = 1;
    let name = format!("{}.", host.trim_end_matches('.'));
    let asking = async move {
        let mut builder = TokioResolver::builder_with_config(config, TokioRuntimeProvider::default());
        *builder.options_mut() = options;
        builder.build()?.lookup_ip(name).await
    };
    let answer = super::runtime().block_on(async { tokio::time::timeout(limit, asking).await });
    match answer {
        Err(_) => Err(DnsFailure::NoAnswer),
        Ok(Ok(found)) => distinct(found.iter().collect()),
        Ok(Err(error)) => Err(of_servers(&error)),
    }
}

fn literal(host: &str) -> Option<IpAddr> {
    host.trim_matches(['[', ']']).parse().ok()
}

fn distinct(mut addresses: Vec<IpAddr>) -> Result<Vec<IpAddr>, DnsFailure> {
    let mut seen = std::collections::BTreeSet::new();
    addresses.retain(|address| seen.insert(*address));
    if addresses.is_empty() { Err(DnsFailure::NoAddress) } else { Ok(addresses) }
}

fn of_servers(error: &NetError) -> DnsFailure {
    match error {
        NetError::Timeout | NetError::NoConnections => DnsFailure::NoAnswer,
        NetError::Io(error) if error.kind() == io::ErrorKind::ConnectionRefused => DnsFailure::NoAnswer,
        NetError::Dns(DnsError::NoRecordsFound(none)) => of_code(none.response_code, error),
        NetError::Dns(DnsError::ResponseCode(code)) => of_code(*code, error),
        other => DnsFailure::Other(other.to_string()),
    }
}

fn of_code(code: ResponseCode, error: &NetError) -> DnsFailure {
    match code {
        ResponseCode::NXDomain => DnsFailure::NoSuchName,
        ResponseCode::NoError => DnsFailure::NoAddress,
        ResponseCode::Refused => DnsFailure::Refused,
        ResponseCode::ServFail => DnsFailure::NoAnswer,
        _ => DnsFailure::Other(error.to_string()),
    }
}

/// The system says it in words only: those of glibc, musl, macOS and Windows.
fn of_system(error: &io::Error) -> DnsFailure {
    let words = error.to_string().to_lowercase();
    let any = |known: &[&str]| known.iter().any(|phrase| words.contains(phrase));
    if any(&["no address associated", "no data record"]) {
        DnsFailure::NoAddress
    } else if any(&["not known", "nodename nor servname", "does not resolve", "no such host"]) {
        DnsFailure::NoSuchName
    } else if any(&["temporary failure", "try again", "usually a temporary error"]) {
        DnsFailure::NoAnswer
    } else {
        DnsFailure::Other(error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::UdpSocket;
    use std::time::Instant;

    const LIMIT: Duration = Duration::from_secs(2);

    /// A name server that answers every question with `code` and, for A questions, `address`.
    fn name_server(code: u8, address: Option<[u8; 4]>) -> ResolverConfig {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        let config = config_for(socket.local_addr().unwrap().port());
        std::thread::spawn(move || {
            let mut question = [0; 512];
            while let Ok((len, from)) = socket.recv_from(&mut question) {
                let mut answer = question[..len].to_vec();
                let name_end = 12 + answer[12..].iter().position(|&byte| byte == 0).unwrap() + 1;
                let is_a = answer[name_end..name_end + 2] == [0, 1];
                answer.truncate(name_end + 4);
                answer[2..4].copy_from_slice(&[0x81, 0x80 | code]);
                answer[6..12].fill(0);
                if let Some(address) = address.filter(|_| is_a) {
                    answer[7] = 1;
                    answer.extend([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4]);
                    answer.extend(address);
                }
                socket.send_to(&answer, from).unwrap();
            }
        });
        config
    }

    fn config_for(port: u16) -> ResolverConfig {
        let mut server = NameServerConfig::udp("127.0.0.1".parse().unwrap());
        server.connections[0].port = port;
        ResolverConfig::from_name_servers(vec![server])
    }

    fn asked(config: ResolverConfig) -> Result<Vec<IpAddr>, DnsFailure> {
        ask(config, ResolverOpts::default(), "login.acme.example", LIMIT)
    }

    #[test]
    fn a_name_server_is_asked_directly_and_its_errors_are_told_apart() {
        assert_eq!(asked(name_server(0, Some([192, 0, 2, 7]))), Ok(vec!["192.0.2.7".parse().unwrap()]));
        assert_eq!(asked(name_server(3, None)), Err(DnsFailure::NoSuchName));
        assert_eq!(asked(name_server(0, None)), Err(DnsFailure::NoAddress));
        assert_eq!(asked(name_server(5, None)), Err(DnsFailure::Refused));
        assert_eq!(asked(name_server(2, None)), Err(DnsFailure::NoAnswer));
    }

    #[test]
    fn a_name_server_that_is_silent_or_gone_costs_no_more_than_the_limit() {
        let silent = UdpSocket::bind("127.0.0.1:0").unwrap();
        let begin = Instant::now();
        let port = silent.local_addr().unwrap().port();
        let limit = Duration::from_millis(300);
        let found = ask(config_for(port), ResolverOpts::default(), "acme.example", limit);
        assert_eq!(found, Err(DnsFailure::NoAnswer));
        assert!(begin.elapsed() < Duration::from_secs(2), "{:?}", begin.elapsed());
    }

    #[test]
    fn an_address_and_localhost_need_no_name_server() {
        let resolver = SystemResolver;
        assert_eq!(resolver.system("127.0.0.1", LIMIT), Ok(vec!["127.0.0.1".parse().unwrap()]));
        assert_eq!(resolver.name_servers("[::1]", LIMIT), Ok(vec!["::1".parse().unwrap()]));
        assert!(resolver.system("localhost", LIMIT).unwrap().iter().all(IpAddr::is_loopback));
    }

    #[test]
    fn the_systems_own_words_are_read() {
        for (words, failure) in [
            ("failed to lookup address information: Name or service not known", DnsFailure::NoSuchName),
            (
                "failed to lookup address information: nodename nor servname provided, or not known",
                DnsFailure::NoSuchName,
            ),
            ("failed to lookup address information: Name does not resolve", DnsFailure::NoSuchName),
            ("No such host is known. (os error 11001)", DnsFailure::NoSuchName),
            ("failed to lookup address information: No address associated with hostname", DnsFailure::NoAddress),
            ("failed to lookup address information: Temporary failure in name resolution", DnsFailure::NoAnswer),
        ] {
            assert_eq!(of_system(&io::Error::other(words)), failure, "{words}");
        }
    }
}
