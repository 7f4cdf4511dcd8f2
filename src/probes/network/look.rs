//! One host, looked at: every question bounded by one deadline, the slow ones side by side.

use crate::host::http::{Certificate, FailureKind, is_loopback};
use crate::host::{Answer, DnsFailure, Host, HttpFailure, Request};
use jiff::Timestamp;
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};
use url::Url;

/// What came of it. `None`: not asked.
pub struct Look {
    pub origin: url::Origin,
    /// The proxy that a request goes through.
    pub proxy: Option<String>,
    pub addresses: Option<Result<Vec<IpAddr>, DnsFailure>>,
    pub name_servers: Option<Result<Vec<IpAddr>, DnsFailure>>,
    pub tcp: Option<Result<(), String>>,
    pub http: Result<Answer, HttpFailure>,
    /// The certificate that was shown, where it was not accepted.
    pub certificate: Option<Result<Certificate, String>>,
    /// This machine's clock when the answer came.
    pub answered_at: Timestamp,
    pub took: Duration,
}

pub fn look(host: &Host, url: &Url, deadline: Instant) -> Look {
    let begin = Instant::now();
    let left = || deadline.saturating_duration_since(Instant::now()).max(Duration::from_millis(1));
    let proxy = host.http.proxy_for(url);
    let name = url.host_str().unwrap_or_default();
    let direct = proxy.is_none();
    let asks_servers = direct && matches!(url.host(), Some(url::Host::Domain(_))) && !is_loopback(url);
    std::thread::scope(|scope| {
        let reached = scope.spawn(|| direct.then(|| reach(host, url, name, left())));
        let name_servers = scope.spawn(|| asks_servers.then(|| host.resolver.name_servers(name, left())));
        let request = Request { limit: left(), max_body: 16 * 1024, ..Request::get(url.clone()) };
        let http = host.http.send(&request);
        let answered_at = host.clock.now();
        let untrusted = http.as_ref().is_err_and(|failure| failure.kind == FailureKind::Tls);
        let certificate = untrusted.then(|| host.http.certificate(url, left()));
        let (addresses, tcp) = reached.join().ok().flatten().map_or((None, None), |(names, tcp)| (Some(names), tcp));
        Look {
            origin: url.origin(),
            proxy,
            addresses,
            name_servers: name_servers.join().ok().flatten(),
            tcp,
            http,
            certificate,
            answered_at,
            took: begin.elapsed(),
        }
    })
}

type Addresses = Result<Vec<IpAddr>, DnsFailure>;

/// The system's addresses, and whether one of them takes a connection.
fn reach(host: &Host, url: &Url, name: &str, limit: Duration) -> (Addresses, Option<Result<(), String>>) {
    let end = Instant::now() + limit;
    let found = host.resolver.system(name, limit);
    let port = url.port_or_known_default().unwrap_or(443);
    let tcp = found.as_ref().ok().map(|addresses| {
        let mut last = "no time was left".to_owned();
        for (tried, address) in addresses.iter().enumerate() {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            // A silent address must leave time for the next one.
            let share = left / u32::try_from(addresses.len() - tried).unwrap_or(1);
            match host.sockets.connect(SocketAddr::new(*address, port), share) {
                Ok(()) => return Ok(()),
                Err(error) => last = format!("{address}: {}", words(&error)),
            }
        }
        Err(last)
    });
    (found, tcp)
}

fn words(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::TimedOut | std::io::ErrorKind::WouldBlock => "no answer in time".to_owned(),
        std::io::ErrorKind::ConnectionRefused => "connection refused".to_owned(),
        _ => error.to_string(),
    }
}
