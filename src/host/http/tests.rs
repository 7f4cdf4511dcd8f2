//! Requests against real sockets that fail in every way, and proxies that refuse.

use super::*;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;

/// A server that hands each connection to `talk`.
fn server(talk: impl Fn(TcpStream) + Send + 'static) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            talk(stream);
        }
    });
    port
}

fn answering(answer: &'static str) -> u16 {
    server(move |mut stream| {
        let _ = stream.read(&mut [0; 4096]);
        let _ = stream.write_all(answer.as_bytes());
    })
}

fn failure(url: &str) -> HttpFailure {
    let request = Request { limit: Duration::from_millis(700), ..Request::get(Url::parse(url).unwrap()) };
    RealHttp::default().send(&request).err().expect("no answer")
}

/// A key and a certificate of its own for `name`, and the server that shows it.
fn tls_server(name: &str) -> u16 {
    let made = rcgen::generate_simple_self_signed([name.to_owned()]).unwrap();
    serve_tls(vec![made.cert.der().clone()], made.signing_key.serialize_der())
}

fn serve_tls(chain: Vec<rustls::pki_types::CertificateDer<'static>>, key: Vec<u8>) -> u16 {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, rustls::pki_types::PrivateKeyDer::try_from(key).unwrap())
        .unwrap();
    let config = Arc::new(config);
    server(move |mut stream| {
        let mut connection = rustls::ServerConnection::new(config.clone()).unwrap();
        let _ = connection.complete_io(&mut stream);
    })
}

#[test]
fn nobody_listens() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let failure = failure(&format!("http://127.0.0.1:{port}/"));
    assert_eq!(failure.kind, FailureKind::Refused);
    assert!(!failure.text.contains("http://"), "the URL can hold a code: {}", failure.text);
}

#[test]
fn somebody_accepts_and_never_answers() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let failure = failure(&format!("http://{}/", listener.local_addr().unwrap()));
    assert_eq!((failure.kind, failure.text.as_str()), (FailureKind::Timeout, "no answer in time"));
}

#[test]
fn the_name_has_no_address() {
    assert_eq!(failure("http://nobody.invalid/").kind, FailureKind::Dns);
}

#[test]
fn what_speaks_http_where_tls_was_expected_fails_the_handshake() {
    let port = answering("HTTP/1.1 400 Bad Request\r\n\r\n");
    let failure = failure(&format!("https://127.0.0.1:{port}/"));
    assert_eq!(failure.tls_fault(), Some(TlsFault::Handshake), "{failure}");
}

#[test]
fn a_certificate_that_nobody_vouches_for_is_untrusted_and_its_issuer_can_be_told() {
    let port = tls_server("127.0.0.1");
    let url = Url::parse(&format!("https://127.0.0.1:{port}/")).unwrap();
    let failure = failure(url.as_str());
    assert_eq!((failure.kind, failure.tls_fault()), (FailureKind::Tls, Some(TlsFault::Untrusted)), "{failure}");
    let shown = RealHttp::default().certificate(&url, Duration::from_secs(1)).unwrap();
    assert_eq!(shown.issuer, "rcgen self signed cert");
}

#[test]
fn a_self_signed_certificate_that_calls_itself_an_authority_is_untrusted_too() {
    use rcgen::{BasicConstraints, CertificateParams, IsCa, KeyPair};
    let mut params = CertificateParams::new(["127.0.0.1".to_owned()]).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().unwrap();
    let port = serve_tls(vec![params.self_signed(&key).unwrap().der().clone()], key.serialize_der());
    assert_eq!(failure(&format!("https://127.0.0.1:{port}/")).tls_fault(), Some(TlsFault::Untrusted));
}

#[test]
fn a_corporate_interceptor_is_named_by_its_organisation() {
    use rcgen::{CertificateParams, DistinguishedName, DnType, Issuer, KeyPair};
    let named = |organisation, name| {
        let mut distinguished = DistinguishedName::new();
        distinguished.push(DnType::OrganizationName, organisation);
        distinguished.push(DnType::CommonName, name);
        distinguished
    };
    let mut authority = CertificateParams::new(Vec::new()).unwrap();
    authority.distinguished_name = named("Zscaler Inc.", "Zscaler Root CA");
    let issuer = Issuer::new(authority, KeyPair::generate().unwrap());
    let key = KeyPair::generate().unwrap();
    let leaf = CertificateParams::new(["127.0.0.1".to_owned()]).unwrap().signed_by(&key, &issuer).unwrap();
    let port = serve_tls(vec![leaf.der().clone()], key.serialize_der());
    let url = Url::parse(&format!("https://127.0.0.1:{port}/")).unwrap();
    assert_eq!(
        RealHttp::default().certificate(&url, Duration::from_secs(1)).unwrap().issuer,
        "Zscaler Inc., Zscaler Root CA"
    );
}

/// A real handshake against a trusted authority: what is wrong then is the certificate itself.
#[test]
fn expired_not_yet_valid_and_wrong_names_are_told_apart() {
    use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, date_time_ymd};
    let mut authority = CertificateParams::new(Vec::new()).unwrap();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority_key = KeyPair::generate().unwrap();
    let mut roots = rustls::RootCertStore::empty();
    roots.add(authority.self_signed(&authority_key).unwrap().der().clone()).unwrap();
    let issuer = Issuer::new(authority, authority_key);
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let client = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let client = Arc::new(client);
    for (name, from, until, fault) in [
        ("127.0.0.1", 2020, 2021, TlsFault::Expired),
        ("127.0.0.1", 2090, 2091, TlsFault::NotYetValid),
        ("login.acme.example", 2020, 2091, TlsFault::WrongName),
    ] {
        let mut leaf = CertificateParams::new([name.to_owned()]).unwrap();
        (leaf.not_before, leaf.not_after) = (date_time_ymd(from, 1, 1), date_time_ymd(until, 1, 1));
        let key = KeyPair::generate().unwrap();
        let chain = vec![leaf.signed_by(&key, &issuer).unwrap().der().clone()];
        let port = serve_tls(chain, key.serialize_der());
        let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
        let mut connection = rustls::ClientConnection::new(client.clone(), "127.0.0.1".try_into().unwrap()).unwrap();
        let error = connection.complete_io(&mut stream).unwrap_err();
        let error = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()).unwrap();
        assert_eq!(TlsFault::of(error), fault, "{error}");
    }
}

#[test]
fn loopback_never_has_a_proxy() {
    for url in ["http://127.0.0.1:1/", "http://[::1]/", "http://localhost/", "http://a.localhost/"] {
        assert!(RealHttp::default().proxy_for(&Url::parse(url).unwrap()).is_none(), "{url}");
    }
}

fn proxy_at(port: u16) -> tunnel::Proxy {
    tunnel::Proxy { scheme: "http".into(), host: "127.0.0.1".into(), port, authorization: Some("Basic dTpw".into()) }
}

#[test]
fn a_proxy_that_refused_is_asked_for_its_status() {
    let url = Url::parse("https://login.acme.example/").unwrap();
    for (answer, status) in [
        ("HTTP/1.1 403 Forbidden\r\n\r\n", Some(403)),
        ("HTTP/1.0 502 Bad Gateway\r\nX: y\r\n\r\n", Some(502)),
        ("SSH-2.0-OpenSSH\r\n\r\n", None),
    ] {
        assert_eq!(proxy_at(answering(answer)).status(&url, Duration::from_secs(1)), status);
    }
    let refused =
        || HttpFailure { kind: FailureKind::Proxy, text: "tunnel error: unsuccessful".into(), proxy_status: None };
    assert_eq!(refused().with_proxy_status(|| Some(403)).proxy_status, Some(403));
    assert_eq!(refused().with_proxy_status(|| None).text, "tunnel error: unsuccessful");
}

/// reqwest with a proxy of its own, so that no variable of this process decides.
fn through(proxy: u16, url: &str) -> HttpFailure {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let proxy = reqwest::Proxy::all(format!("http://127.0.0.1:{proxy}")).unwrap();
    let client = reqwest::Client::builder().proxy(proxy).timeout(Duration::from_secs(2)).build().unwrap();
    let error = crate::host::runtime().block_on(async { client.get(url).send().await }).expect_err("no answer");
    classify(&error, true)
}

#[test]
fn a_proxy_that_refuses_is_told_from_the_provider() {
    let url = "https://login.acme.example/";
    let wants_password = answering("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n");
    let failure = through(wants_password, url);
    assert_eq!((failure.kind, failure.proxy_status), (FailureKind::Proxy, Some(407)));
    let forbidden = answering("HTTP/1.1 403 Forbidden\r\n\r\n");
    let asked =
        through(forbidden, url).with_proxy_status(|| proxy_at(forbidden).status(&Url::parse(url).unwrap(), ASK_PROXY));
    assert_eq!((asked.kind, asked.proxy_status), (FailureKind::Proxy, Some(403)), "{asked}");
    let gone = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    for url in [url, "http://login.acme.example/"] {
        assert_eq!(through(gone, url).kind, FailureKind::Proxy);
    }
}

#[test]
fn a_tls_fault_behind_a_proxy_is_the_providers_not_the_proxys() {
    let port = server(|mut stream| {
        let _ = stream.read(&mut [0; 4096]);
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n");
        let _ = stream.read(&mut [0; 4096]);
        let _ = stream.write_all(b"not a handshake at all");
    });
    assert_eq!(through(port, "https://login.acme.example/").tls_fault(), Some(TlsFault::Handshake));
}

#[test]
fn proxies_and_authorities_can_be_changed_for_one_run() {
    let proxy = server(|mut stream| {
        let _ = stream.read(&mut [0; 4096]);
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nby proxy!");
    });
    let here = format!("http://127.0.0.1:{proxy}");
    let set = Env::from_iter([("HTTP_PROXY", here.as_str()), ("NO_PROXY", "direct.invalid")]);
    let changed = RealHttp::default().in_environment(&set).unwrap();
    let asked = |url: &str| changed.send(&Request::get(Url::parse(url).unwrap())).map(|answer| answer.text());
    assert_eq!(asked("http://acme.invalid/").unwrap(), "by proxy!");
    assert_eq!(asked("http://direct.invalid/").unwrap_err().kind, FailureKind::Dns, "NO_PROXY holds");
    let unset = changed.in_environment(&Env::default()).unwrap();
    assert_eq!(unset.proxy_for(&Url::parse("http://acme.invalid/").unwrap()), None);
}
