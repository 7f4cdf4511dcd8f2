//! The certificates of a provider that serves https: an authority made at every start, known to nobody but who is told of
//! its file. Its key is never written anywhere.

use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, DistinguishedName, DnType, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use tempfile::NamedTempFile;
use tokio_rustls::TlsAcceptor;

use super::faults::Certificate;

/// What https is served with. The authority's file is there as long as this is.
pub struct Tls {
    pub acceptor: TlsAcceptor,
    authority: NamedTempFile,
}

impl Tls {
    pub fn new(shown: Certificate) -> io::Result<Self> {
        let (server, pem) = made(shown).map_err(io::Error::other)?;
        let mut authority = tempfile::Builder::new().prefix("authsome-practice-ca-").suffix(".pem").tempfile()?;
        authority.write_all(pem.as_bytes())?;
        Ok(Self { acceptor: TlsAcceptor::from(Arc::new(server)), authority })
    }

    /// The file (PEM) that a client must trust.
    pub fn authority(&self) -> &Path {
        self.authority.path()
    }
}

type Failure = Box<dyn std::error::Error + Send + Sync>;

fn made(shown: Certificate) -> Result<(ServerConfig, String), Failure> {
    let mut authority = CertificateParams::new(Vec::new())?;
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    authority.distinguished_name = match shown {
        Certificate::Interceptor => named("Zscaler Inc.", "Zscaler Intermediate Root CA"),
        _ => named("Practice Company", "Practice Company Root CA"),
    };
    let authority_key = KeyPair::generate()?;
    let pem = authority.self_signed(&authority_key)?.pem();
    let names: &[&str] = match shown {
        Certificate::OtherName => &["login.practice.example"],
        _ => &["127.0.0.1", "localhost"],
    };
    let mut own = CertificateParams::new(names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>())?;
    own.distinguished_name = named("Practice Company", names[0]);
    if shown == Certificate::Expired {
        (own.not_before, own.not_after) = (date_time_ymd(2020, 1, 1), date_time_ymd(2021, 1, 1));
    }
    let own_key = KeyPair::generate()?;
    let certificate = own.signed_by(&own_key, &Issuer::new(authority, authority_key))?;
    let key = PrivateKeyDer::try_from(own_key.serialize_der())?;
    let server = ServerConfig::builder_with_provider(rustls::crypto::ring::default_provider().into())
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)?;
    Ok((server, pem))
}

fn named(organisation: &str, name: &str) -> DistinguishedName {
    let mut whole = DistinguishedName::new();
    whole.push(DnType::OrganizationName, organisation);
    whole.push(DnType::CommonName, name);
    whole
}
