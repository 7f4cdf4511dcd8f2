//! Why no answer came: told apart by the types of the errors where they have some, else by their words.

use rustls::CertificateError;
use std::error::Error;
use std::io;

/// Why no answer came. `text` is the cause in words, without the URL.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text}")]
pub struct HttpFailure {
    pub kind: FailureKind,
    pub text: String,
    /// The proxy's own status, where a proxy refused.
    pub proxy_status: Option<u16>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailureKind {
    Dns,
    Refused,
    Timeout,
    Tls,
    Proxy,
    Other,
}

impl FailureKind {
    /// The value of the fact `login.transport_error`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Dns => "dns",
            Self::Refused => "refused",
            Self::Timeout => "timeout",
            Self::Tls => "tls",
            Self::Proxy => "proxy",
            Self::Other => "other",
        }
    }
}

impl HttpFailure {
    pub(super) fn other(text: String) -> Self {
        Self { kind: FailureKind::Other, text, proxy_status: None }
    }

    pub(super) fn of_proxy(status: Option<u16>) -> Self {
        let text = match status {
            Some(407) => "the proxy wants a user name and a password (407)".to_owned(),
            Some(status) => format!("the proxy refused with status {status}"),
            None => "the proxy refused".to_owned(),
        };
        Self { kind: FailureKind::Proxy, text, proxy_status: status }
    }

    /// Asks for the status where the proxy refused and the error does not carry it.
    pub(super) fn with_proxy_status(self, ask: impl FnOnce() -> Option<u16>) -> Self {
        let refused = self.kind == FailureKind::Proxy && self.text.contains(REFUSED_TUNNEL);
        match refused.then(ask).flatten() {
            Some(status) => Self::of_proxy(Some(status)),
            None => self,
        }
    }

    /// What is wrong with the certificate or the handshake, where that is why no answer came.
    pub fn tls_fault(&self) -> Option<TlsFault> {
        let faults = TlsFault::ALL.iter().copied();
        (self.kind == FailureKind::Tls)
            .then(|| faults.into_iter().find(|fault| self.text.starts_with(fault.words())))?
    }
}

/// What can be wrong between the TCP connection and the first byte of HTTP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TlsFault {
    Untrusted,
    Expired,
    NotYetValid,
    WrongName,
    Handshake,
    Other,
}

impl TlsFault {
    const ALL: [Self; 6] =
        [Self::Untrusted, Self::Expired, Self::NotYetValid, Self::WrongName, Self::Handshake, Self::Other];

    /// The value of the fact `network.endpoints[].tls_error_kind`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Untrusted => "untrusted",
            Self::Expired => "expired",
            Self::NotYetValid => "not_yet_valid",
            Self::WrongName => "wrong_name",
            Self::Handshake => "handshake",
            Self::Other => "other",
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::Untrusted => "the certificate is not trusted on this machine",
            Self::Expired => "the certificate has expired",
            Self::NotYetValid => "the certificate is not valid yet",
            Self::WrongName => "the certificate belongs to another name",
            Self::Handshake => "the TLS handshake failed",
            Self::Other => "the certificate cannot be used",
        }
    }

    pub(super) fn of(error: &rustls::Error) -> Self {
        match error {
            rustls::Error::InvalidCertificate(fault) => match fault {
                CertificateError::Expired | CertificateError::ExpiredContext { .. } => Self::Expired,
                CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => Self::NotYetValid,
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => Self::WrongName,
                CertificateError::UnknownIssuer
                | CertificateError::BadSignature
                | CertificateError::Revoked
                | CertificateError::UnknownRevocationStatus => Self::Untrusted,
                // A platform's own verifier says some of it in words only.
                CertificateError::Other(other) => Self::of_words(&other.to_string()),
                _ => Self::Other,
            },
            _ => Self::Handshake,
        }
    }

    fn of_words(words: &str) -> Self {
        let words = words.to_lowercase();
        if words.contains("expired") {
            Self::Expired
        } else if ["not trusted", "issuer", "self-signed", "causedasendentity"].iter().any(|word| words.contains(word))
        {
            // A self-signed certificate as openssl makes it is an authority of its own.
            Self::Untrusted
        } else {
            Self::Other
        }
    }
}

/// hyper-util's word for a proxy that answered CONNECT with anything but 200; the status is lost there.
const REFUSED_TUNNEL: &str = "tunnel error: unsuccessful";

/// Words of the layers in between, which tell a person nothing.
const LAYERS: [&str; 4] = [
    "client error (Connect): ",
    "client error (SendRequest): ",
    "failed to create underlying connection: ",
    "dns error: error resolving DNS: ",
];

/// `proxied`: the request went through a proxy, so what could not be reached is the proxy.
pub(super) fn classify(error: &reqwest::Error, proxied: bool) -> HttpFailure {
    // The outermost text names the URL, which can hold a code: begin with its cause.
    let text = error.source().map_or_else(|| "no answer".to_owned(), chain);
    let text = LAYERS.iter().fold(text, |text, layer| text.replace(layer, ""));
    let words = text.to_lowercase();
    let tunnel = words.contains("tunnel error") || words.contains("socks");
    if words.contains("proxy authorization required") {
        return HttpFailure::of_proxy(Some(407));
    }
    if let (Some(fault), false) = (find::<rustls::Error>(error), tunnel) {
        let text = format!("{}: {fault}", TlsFault::of(fault).words());
        return HttpFailure { kind: FailureKind::Tls, text, proxy_status: None };
    }
    let refused = find::<io::Error>(error).is_some_and(|cause| cause.kind() == io::ErrorKind::ConnectionRefused);
    let (kind, text) = if tunnel || (proxied && error.is_connect()) {
        (FailureKind::Proxy, format!("the proxy cannot be used: {text}"))
    } else if error.is_timeout() {
        (FailureKind::Timeout, "no answer in time".to_owned())
    } else if words.contains("dns error") || words.contains("lookup address") || words.contains("no such host") {
        (FailureKind::Dns, text)
    } else if refused {
        (FailureKind::Refused, text)
    } else {
        (FailureKind::Other, text)
    };
    HttpFailure { kind, text, proxy_status: None }
}

/// The first error of this type in the chain of causes. An `io::Error` hides the one that it wraps from `source`.
fn find<'a, T: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a T> {
    let mut next = Some(error);
    while let Some(cause) = next {
        if let Some(found) = cause.downcast_ref::<T>() {
            return Some(found);
        }
        next = match cause.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(wrapped) => Some(wrapped),
            None => cause.source(),
        };
    }
    None
}

/// An error and its causes in one line, without saying the same twice.
pub(super) fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        let words = cause.to_string();
        if !text.contains(&words) {
            text = format!("{text}: {words}");
        }
        next = cause.source();
    }
    text
}
