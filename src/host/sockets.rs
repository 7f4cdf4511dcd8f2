//! Sockets: who listens on a port, and can one be reached.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

/// One listening TCP socket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listener {
    pub address: IpAddr,
    pub port: u16,
    /// An IPv6 socket that takes IPv4 connections too (`::` without `IPV6_V6ONLY`).
    pub dual_stack: bool,
    /// The processes that hold it; an error where the system hides them from this user, with the reason.
    pub pids: Result<Vec<u32>, String>,
}

pub trait Sockets: Send + Sync {
    fn listeners(&self, port: u16) -> Result<Vec<Listener>, String>;
    /// Connects and closes.
    fn connect(&self, to: SocketAddr, limit: Duration) -> io::Result<()>;
    /// A short exchange: sends `bytes`, reads until `limit` time, `max` bytes, or the other side closes.
    fn exchange(&self, to: SocketAddr, bytes: &[u8], limit: Duration, max: usize) -> io::Result<Vec<u8>>;
}

/// This machine's sockets.
pub struct SystemSockets;

impl Sockets for SystemSockets {
    fn listeners(&self, _: u16) -> Result<Vec<Listener>, String> {
        Err("not built for this system".to_owned())
    }
    fn connect(&self, to: SocketAddr, limit: Duration) -> io::Result<()> {
        std::net::TcpStream::connect_timeout(&to, limit).map(drop)
    }
    fn exchange(&self, _: SocketAddr, _: &[u8], _: Duration, _: usize) -> io::Result<Vec<u8>> {
        Err(io::ErrorKind::Unsupported.into())
    }
}
