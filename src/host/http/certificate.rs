//! The certificate that a server shows, whether it is trusted or not: who issued it. The handshake ends right there, so
//! nothing is ever sent over a connection that was not verified.

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, ClientConnection, DigitallySignedStruct, Error, SignatureScheme};
use std::net::TcpStream;
use std::sync::{Arc, Mutex};
use std::time::Duration;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    /// Organisation and common name, as far as it has them.
    pub issuer: String,
}

pub(super) fn shown(mut stream: TcpStream, name: &str, limit: Duration) -> Result<Certificate, String> {
    let set = stream.set_read_timeout(Some(limit)).and(stream.set_write_timeout(Some(limit)));
    set.map_err(|error| error.to_string())?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let looking = Arc::new(Looking {
        seen: Mutex::default(),
        schemes: provider.signature_verification_algorithms.supported_schemes(),
    });
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .dangerous()
        .with_custom_certificate_verifier(looking.clone())
        .with_no_client_auth();
    let name = ServerName::try_from(name.trim_matches(['[', ']']).to_owned()).map_err(|error| error.to_string())?;
    let mut connection = ClientConnection::new(Arc::new(config), name).map_err(|error| error.to_string())?;
    // Ends with an error, ours: the certificate is all that was wanted.
    let ended = connection.complete_io(&mut stream);
    let seen = looking.seen.lock().map_or(None, |mut seen| seen.take());
    let der =
        seen.ok_or_else(|| ended.err().map_or("no certificate was shown".to_owned(), |error| error.to_string()))?;
    Ok(Certificate { issuer: issuer(&der).ok_or("the certificate cannot be read")? })
}

/// Keeps the certificate and refuses it.
#[derive(Debug)]
struct Looking {
    seen: Mutex<Option<Vec<u8>>>,
    schemes: Vec<SignatureScheme>,
}

impl ServerCertVerifier for Looking {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        if let Ok(mut seen) = self.seen.lock() {
            *seen = Some(end_entity.to_vec());
        }
        Err(Error::General("only looked at".to_owned()))
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(Error::General("only looked at".to_owned()))
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(Error::General("only looked at".to_owned()))
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.schemes.clone()
    }
}

const SEQUENCE: u8 = 0x30;
const ORGANISATION: &[u8] = &[0x55, 0x04, 0x0a];
const COMMON_NAME: &[u8] = &[0x55, 0x04, 0x03];

/// The issuer of a certificate (RFC 5280, 4.1): version, serial number and algorithm stand before it.
fn issuer(der: &[u8]) -> Option<String> {
    let certificate = Der(der).next_of(SEQUENCE)?;
    let mut fields = Der(Der(certificate).next_of(SEQUENCE)?);
    if fields.0.first() == Some(&0xa0) {
        fields.next()?;
    }
    fields.next()?;
    fields.next()?;
    let mut names = Der(fields.next_of(SEQUENCE)?);
    let (mut organisation, mut common_name) = (None, None);
    while let Some((_, set)) = names.next() {
        let mut pair = Der(Der(set).next_of(SEQUENCE)?);
        let (_, id) = pair.next()?;
        let (_, value) = pair.next()?;
        let text = String::from_utf8_lossy(value).into_owned();
        match id {
            ORGANISATION => organisation = Some(text),
            COMMON_NAME => common_name = Some(text),
            _ => {}
        }
    }
    match (organisation, common_name) {
        (Some(organisation), Some(name)) if organisation != name => Some(format!("{organisation}, {name}")),
        (one, other) => one.or(other),
    }
}

/// Tag, length and value, one after the other (X.690).
struct Der<'a>(&'a [u8]);

impl<'a> Der<'a> {
    fn next(&mut self) -> Option<(u8, &'a [u8])> {
        let (&tag, rest) = self.0.split_first()?;
        let (&first, rest) = rest.split_first()?;
        let (len, rest) = if first < 0x80 {
            (usize::from(first), rest)
        } else {
            let (bytes, rest) = rest.split_at_checked(usize::from(first & 0x7f).min(4))?;
            (bytes.iter().fold(0, |len, byte| len << 8 | usize::from(*byte)), rest)
        };
        let (value, rest) = rest.split_at_checked(len)?;
        self.0 = rest;
        Some((tag, value))
    }

    fn next_of(&mut self, tag: u8) -> Option<&'a [u8]> {
        self.next().filter(|(found, _)| *found == tag).map(|(_, value)| value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn junk_for_a_certificate_is_no_certificate() {
        for junk in [&b""[..], b"\x30", b"\x30\x84\xff\xff\xff\xff", b"\x30\x03\x30\x01\x00", &[0x30; 400]] {
            assert_eq!(issuer(junk), None);
        }
    }
}
