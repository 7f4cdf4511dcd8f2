//! The practice provider: a real OAuth authorization server on loopback, run as a process of its own.
//!
//! It exists so that every way a login can fail can be met on purpose, in the words of real servers ([`faults`]), and
//! so that a login can be tried without an account anywhere. It shares no code with `oauth`: a client that is tested
//! against itself proves nothing. It binds 127.0.0.1 only, keeps everything in memory, stores no secret in clear, logs nothing.

mod answer;
mod authorize;
mod clients;
mod device;
mod discovery;
mod fault;
pub mod faults;
mod grants;
mod management;
mod page;
mod params;
pub mod person;
mod pushed;
mod ready;
mod registration;
mod resource;
mod server;
mod tls;
mod token;
mod wire;

use std::convert::Infallible;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware;
use axum::routing::{get, post};
use tokio::net::TcpListener;

use clients::{Client, Clients};
use fault::Injected;
pub use fault::{Fault, UnknownFault, parse_fault};
use faults::{Answer, Certificate, Described, Place, Row};
use grants::Grants;
use page::Pages;
pub use ready::Ready;
use tls::Tls;

/// The redirect URIs that are registered unless [`Options::redirect_uris`] names others: the documented path of every
/// authsome version so far.
pub const DOCUMENTED_REDIRECT_URIS: [&str; 2] =
    ["http://127.0.0.1:7998/auth/callback/oauth", "http://127.0.0.1:7998/api/auth/callback/oauth"];

/// The scopes that can be asked for; `admin` is known and never granted.
pub const SCOPES: [&str; 3] = ["read", "write", "admin"];
const GRANTED_SCOPES: [&str; 2] = ["read", "write"];

/// Bytes of a request body that are read at most; more is answered 413.
const BODY_LIMIT: usize = 64 * 1024;

/// What to serve.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The port on 127.0.0.1; 0 takes a free one.
    pub port: u16,
    /// The fault to show; none is a healthy provider.
    pub fault: Option<Fault>,
    /// How often the fault is shown before all goes well; none is always.
    pub fault_times: Option<u32>,
    /// The registered redirect URIs; empty means [`DOCUMENTED_REDIRECT_URIS`].
    pub redirect_uris: Vec<String>,
    /// Compare the port of a loopback redirect URI too, against RFC 8252, 7.3, as many providers do.
    pub exact_port: bool,
    /// Serve https, with the certificate of an authority that is made at the start.
    pub tls: bool,
}

/// Why the provider could not start.
#[derive(Debug, thiserror::Error)]
pub enum PracticeError {
    #[error("cannot listen on 127.0.0.1:{port}: {source}")]
    Listen { port: u16, source: std::io::Error },
    #[error("cannot make a certificate: {0}")]
    Certificate(std::io::Error),
    #[error("--registered-uri {uri}: {why}")]
    RedirectUri { uri: String, why: &'static str },
}

/// What all requests share.
struct Provider {
    /// `http://127.0.0.1:PORT` (or https), the issuer (RFC 8414) and base of every endpoint.
    origin: String,
    clients: Clients,
    grants: Grants,
    fault: Option<Injected>,
    /// The path that the fault `redirect_uri_mismatch` has taken out of the registration: that of the first request.
    refused_path: Mutex<Option<String>>,
    pages: Pages,
}

type Shared = axum::extract::State<Arc<Provider>>;

impl Provider {
    fn fault_at(&self, place: Place) -> Option<&'static Row> {
        self.fault.as_ref().and_then(|fault| fault.at(place))
    }

    /// What it says of itself at this moment.
    fn described(&self) -> Described {
        self.fault.as_ref().and_then(Injected::shown).map_or(Described::Rightly, |row| row.described)
    }

    /// The transformations of a verifier that can be read here (RFC 7636, 4.2).
    fn challenge_methods(&self) -> &'static [&'static str] {
        if self.fault_at(Place::Challenge).is_some() { &["S256", "plain"] } else { &["S256"] }
    }

    fn spend_fault(&self) {
        if let Some(fault) = &self.fault {
            fault.spend();
        }
    }
}

/// Serves until the future is dropped. `on_ready` is called once, when connections are accepted.
pub async fn serve(options: Options, on_ready: impl FnOnce(Ready)) -> Result<Infallible, PracticeError> {
    let redirect_uris = registered(options.redirect_uris)?;
    let listen = |source| PracticeError::Listen { port: options.port, source };
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, options.port)).await.map_err(listen)?;
    let certificate = match options.fault.map(|fault| fault.row().answer) {
        Some(Answer::Certificate(certificate)) => Some(certificate),
        _ => options.tls.then_some(Certificate::OwnAuthority),
    };
    let tls = certificate.map(Tls::new).transpose().map_err(PracticeError::Certificate)?;
    let scheme = if tls.is_some() { "https" } else { "http" };
    let origin = format!("{scheme}://{}", listener.local_addr().map_err(listen)?);
    let secret = grants::random();
    let provider = Arc::new(Provider {
        clients: Clients::new(
            [
                Client::confidential("practice", &secret, redirect_uris.clone()),
                Client::public("practice-public", redirect_uris),
            ],
            options.exact_port,
        ),
        grants: Grants::default(),
        fault: options.fault.map(|fault| Injected::new(fault, options.fault_times)),
        refused_path: Mutex::default(),
        pages: Pages::new(),
        origin: origin.clone(),
    });
    let by_description = options.fault.is_some_and(|fault| fault.row().place == Place::Discovery);
    on_ready(Ready::new(&origin, secret, by_description, tls.as_ref().map(Tls::authority)));
    Ok(server::run(listener, tls.as_ref().map(|tls| &tls.acceptor), router(provider)).await)
}

fn registered(given: Vec<String>) -> Result<Vec<String>, PracticeError> {
    if given.is_empty() {
        return Ok(DOCUMENTED_REDIRECT_URIS.map(String::from).to_vec());
    }
    for uri in &given {
        clients::check_redirect_uri(uri).map_err(|why| PracticeError::RedirectUri { uri: uri.clone(), why })?;
    }
    Ok(given)
}

fn router(provider: Arc<Provider>) -> Router {
    Router::new()
        .route("/", get(discovery::about))
        .route("/favicon.ico", get(|| async { axum::http::StatusCode::NO_CONTENT }))
        .route("/authorize", get(authorize::ask))
        .route("/consent", post(authorize::decide))
        .route("/token", post(token::token))
        .route("/revoke", post(token::revoke))
        .route("/me", get(resource::me))
        .route("/device/code", post(device::start))
        .route("/device", get(device::show).post(device::decide))
        .route("/par", post(pushed::push))
        .route("/register", post(registration::register))
        .route("/register/{client_id}", get(management::manage).put(management::manage).delete(management::manage))
        .route("/jwks", get(discovery::keys))
        .route("/.well-known/oauth-authorization-server", get(discovery::metadata))
        .route("/.well-known/openid-configuration", get(discovery::openid))
        .fallback(discovery::not_found)
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(middleware::map_response(answer::harden))
        .layer(middleware::from_fn_with_state(provider.clone(), server::own_host_only))
        .with_state(provider)
}
