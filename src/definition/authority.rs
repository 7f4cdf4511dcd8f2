//! What stands between `//` and the path of a URL, taken apart as Python's `urlparse` does: what is wrong with it is for others
//! to say.

use std::net::IpAddr;

/// RFC 3986, section 3.2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Authority<'a> {
    pub user_info: Option<&'a str>,
    /// Without brackets; may be empty.
    pub host: &'a str,
    pub port: Option<&'a str>,
}

impl<'a> Authority<'a> {
    /// Of what follows the scheme and `//`, and what stands behind it: path, query and fragment.
    pub fn split(rest: &'a str) -> (Self, &'a str) {
        let (authority, behind) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
        let (user_info, host) = authority.rsplit_once('@').map_or((None, authority), |(user, host)| (Some(user), host));
        let (host, port) = match host.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            Some((address, rest)) => (address, rest.strip_prefix(':')),
            None => host.split_once(':').map_or((host, None), |(host, port)| (host, Some(port))),
        };
        (Self { user_info, host, port }, behind)
    }
}

/// The host of a URL, without building one.
pub fn host_of(url: &str) -> Option<&str> {
    let (_, rest) = url.trim().split_once("://")?;
    Some(Authority::split(rest).0.host).filter(|host| !host.is_empty())
}

/// This machine: `localhost`, 127.0.0.0/8, `::1`.
pub fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}
