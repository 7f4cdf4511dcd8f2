//! The way to a host: straight, or through the proxy that reqwest would take. Asks a proxy that refused for its status,
//! which reqwest's error does not carry. A proxy's password goes to that proxy and nowhere else.

use base64::Engine as _;
use hyper_util::client::proxy::matcher::Intercept;
use std::io::{Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::time::Duration;
use url::Url;

/// The proxy of a request. It can hold a password: there is no `Debug`.
pub(super) struct Proxy {
    pub(super) scheme: String,
    pub(super) host: String,
    pub(super) port: u16,
    /// The value of `Proxy-Authorization`.
    pub(super) authorization: Option<String>,
}

impl Proxy {
    pub(super) fn of(found: &Intercept) -> Option<Self> {
        let uri = found.uri();
        let scheme = uri.scheme_str().unwrap_or("http").to_owned();
        let port = uri.port_u16().unwrap_or(match scheme.as_str() {
            "https" => 443,
            "http" => 80,
            _ => 1080,
        });
        let raw = found.raw_auth().map(|(user, password)| {
            format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(format!("{user}:{password}")))
        });
        let basic = found.basic_auth().and_then(|value| value.to_str().ok()).map(str::to_owned);
        Some(Self { scheme, host: uri.host()?.trim_matches(['[', ']']).to_owned(), port, authorization: basic.or(raw) })
    }

    /// Without user info.
    pub(super) fn shown(&self) -> String {
        format!("{}://{}:{}", self.scheme, self.host, self.port)
    }

    /// What it answers to CONNECT, where it speaks HTTP in the clear.
    pub(super) fn status(&self, url: &Url, limit: Duration) -> Option<u16> {
        self.connect(url, limit).ok().map(|(status, _)| status)
    }

    fn connect(&self, url: &Url, limit: Duration) -> Result<(u16, TcpStream), String> {
        if self.scheme != "http" {
            return Err(format!("not looked at through a proxy of the kind {}", self.scheme));
        }
        let mut stream = open_tcp(&self.host, self.port, limit)?;
        let to = target(url);
        let authorization =
            self.authorization.as_ref().map(|value| format!("Proxy-Authorization: {value}\r\n")).unwrap_or_default();
        let words = |error: std::io::Error| error.to_string();
        let question = format!("CONNECT {to} HTTP/1.1\r\nHost: {to}\r\n{authorization}\r\n");
        stream.write_all(question.as_bytes()).map_err(words)?;
        let mut head = Vec::new();
        // Byte by byte: what follows the head belongs to the tunnel.
        while !head.ends_with(b"\r\n\r\n") && head.len() < 16 * 1024 {
            let mut byte = [0];
            if stream.read(&mut byte).map_err(words)? == 0 {
                break;
            }
            head.push(byte[0]);
        }
        let line = String::from_utf8_lossy(&head);
        let status = line.strip_prefix("HTTP/1.").and_then(|rest| rest.get(2..5)?.parse().ok());
        Ok((status.ok_or("the proxy does not speak HTTP")?, stream))
    }
}

/// A TCP connection to the host of `url`, through the proxy where there is one.
pub(super) fn open(url: &Url, proxy: Option<&Proxy>, limit: Duration) -> Result<TcpStream, String> {
    let Some(proxy) = proxy else {
        let host = url.host_str().ok_or("the URL has no host")?;
        return open_tcp(host.trim_matches(['[', ']']), url.port_or_known_default().unwrap_or(443), limit);
    };
    match proxy.connect(url, limit)? {
        (200, stream) => Ok(stream),
        (status, _) => Err(format!("the proxy refused with status {status}")),
    }
}

fn target(url: &Url) -> String {
    format!("{}:{}", url.host_str().unwrap_or_default(), url.port_or_known_default().unwrap_or(443))
}

fn open_tcp(host: &str, port: u16, limit: Duration) -> Result<TcpStream, String> {
    let addresses = (host, port).to_socket_addrs().map_err(|error| error.to_string())?;
    let mut last = "the name has no address".to_owned();
    for address in addresses {
        match TcpStream::connect_timeout(&address, limit) {
            Ok(stream) => {
                let set = stream.set_read_timeout(Some(limit)).and(stream.set_write_timeout(Some(limit)));
                return set.map(|()| stream).map_err(|error| error.to_string());
            }
            Err(error) => last = error.to_string(),
        }
    }
    Err(last)
}
