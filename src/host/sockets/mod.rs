//! Sockets: who listens on a port, and can one be reached. Binds nothing.

#[cfg(target_os = "linux")]
#[path = "linux.rs"]
mod platform;
#[cfg(not(target_os = "linux"))]
#[path = "other.rs"]
mod platform;

use std::io::{self, Read, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpStream};
use std::time::{Duration, Instant};

/// One listening TCP socket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listener {
    pub address: IpAddr,
    pub port: u16,
    /// An IPv6 socket that takes IPv4 connections too (`::` without `IPV6_V6ONLY`).
    pub dual_stack: bool,
    /// Who made it, where the system says so even of processes that it hides.
    pub uid: Option<u32>,
    /// The processes that hold it, the one that the others come from first; an error where the system hides them from
    /// this user, with the reason.
    pub pids: Result<Vec<u32>, String>,
}

pub trait Sockets: Send + Sync {
    /// In the order of their addresses. No listener in this system's tables is an empty list, not an error.
    fn listeners(&self, port: u16) -> Result<Vec<Listener>, String>;
    /// Connects and closes.
    fn connect(&self, to: SocketAddr, limit: Duration) -> io::Result<()>;
    /// A short exchange: sends `bytes`, reads until `limit` time, `max` bytes, or the other side closes. What was read
    /// before the limit is returned; nothing read by then is an error of kind `TimedOut`.
    fn exchange(&self, to: SocketAddr, bytes: &[u8], limit: Duration, max: usize) -> io::Result<Vec<u8>>;
}

/// This machine's sockets.
pub struct SystemSockets;

/// Loopback answers a connection at once, or nobody accepts any more.
const LOOPBACK_CONNECT: Duration = Duration::from_millis(100);

impl Sockets for SystemSockets {
    fn listeners(&self, port: u16) -> Result<Vec<Listener>, String> {
        let mut found = platform::listeners(port)?;
        found.sort_by_key(|l| (l.address, l.pids.clone().unwrap_or_default()));
        settle_dual_stack(&mut found, |to| connect_once(to, LOOPBACK_CONNECT));
        Ok(found)
    }

    fn connect(&self, to: SocketAddr, limit: Duration) -> io::Result<()> {
        connect_once(to, limit)
    }

    fn exchange(&self, to: SocketAddr, bytes: &[u8], limit: Duration, max: usize) -> io::Result<Vec<u8>> {
        let end = Instant::now() + limit;
        let mut stream = TcpStream::connect_timeout(&to, limit)?;
        stream.set_write_timeout(Some(left(end)?))?;
        stream.write_all(bytes)?;
        let mut answer = Vec::new();
        let mut piece = [0; 4096];
        while answer.len() < max {
            let read = left(end).and_then(|time| {
                stream.set_read_timeout(Some(time))?;
                stream.read(&mut piece)
            });
            match read {
                Ok(0) => break,
                Ok(count) => answer.extend_from_slice(&piece[..count.min(max - answer.len())]),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(_) if !answer.is_empty() => break,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Err(io::ErrorKind::TimedOut.into()),
                Err(error) => return Err(error),
            }
        }
        Ok(answer)
    }
}

fn left(end: Instant) -> io::Result<Duration> {
    let left = end.saturating_duration_since(Instant::now());
    if left.is_zero() { Err(io::ErrorKind::TimedOut.into()) } else { Ok(left) }
}

fn connect_once(to: SocketAddr, limit: Duration) -> io::Result<()> {
    let stream = TcpStream::connect_timeout(&to, limit)?;
    // A connection to a free port that the system happened to choose as our own end reaches ourselves.
    if stream.local_addr()? == stream.peer_addr()? {
        return Err(io::ErrorKind::ConnectionRefused.into());
    }
    Ok(())
}

/// The tables do not say whether a socket on `::` takes IPv4 too. Where another socket takes it, that one wins; else a
/// connection tells.
fn settle_dual_stack(found: &mut [Listener], connect: impl Fn(SocketAddr) -> io::Result<()>) {
    let taken = found.iter().any(|l| l.address == Ipv4Addr::LOCALHOST || l.address == Ipv4Addr::UNSPECIFIED);
    for listener in found.iter_mut().filter(|l| l.address.is_ipv6() && l.address.is_unspecified()) {
        let refused = || {
            connect((Ipv4Addr::LOCALHOST, listener.port).into())
                .is_err_and(|error| error.kind() == io::ErrorKind::ConnectionRefused)
        };
        listener.dual_stack = !taken && !refused();
    }
}

#[cfg(test)]
mod tests;
