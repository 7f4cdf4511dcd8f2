//! The connections: bounded in number, size and time, so that nothing that connects can end the provider or fill it.

use std::convert::Infallible;
use std::error::Error;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;

use super::Shared;
use super::wire::Wire;

const MAX_CONNECTIONS: usize = 512;
/// Bytes of request line and headers.
const HEADER_LIMIT: usize = 16 * 1024;
const HEADER_TIME: Duration = Duration::from_secs(5);
/// One request and its answer, body included. Connections are not kept open after that.
const CONNECTION_TIME: Duration = Duration::from_secs(20);
/// How long to wait when the system has no more file descriptors.
const BREATH: Duration = Duration::from_millis(50);

/// With `tls`, every connection begins with a handshake.
pub async fn run(listener: TcpListener, tls: Option<&TlsAcceptor>, router: Router) -> Infallible {
    let room = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    let mut connections = JoinSet::new();
    loop {
        let Ok(place) = room.clone().acquire_owned().await else { continue };
        let Ok((stream, _)) = listener.accept().await else {
            sleep(BREATH).await;
            continue;
        };
        while connections.try_join_next().is_some() {}
        let (router, tls) = (router.clone(), tls.cloned());
        connections.spawn(async move {
            let _place = place;
            // A connection that fails or lasts too long is its own affair.
            let _ = timeout(CONNECTION_TIME, connection(stream, tls, router)).await;
        });
    }
}

async fn connection(mut stream: TcpStream, tls: Option<TlsAcceptor>, router: Router) {
    let ended = match tls {
        None => served(&mut stream, router).await,
        Some(tls) => match timeout(HEADER_TIME, tls.accept(&mut stream)).await {
            Ok(Ok(secured)) => served(secured, router).await,
            _ => return,
        },
    };
    if ended == Ended::Reset {
        // Closed so, the other side is told of a reset and not of an end.
        let _ = stream.set_zero_linger();
    }
}

#[derive(PartialEq, Eq)]
enum Ended {
    Somehow,
    Reset,
}

async fn served(stream: impl AsyncRead + AsyncWrite + Unpin, router: Router) -> Ended {
    let router = TowerToHyperService::new(router);
    let answer = service_fn(|request| {
        let answered = router.call(request);
        async move {
            let response = answered.await.unwrap_or_else(|never| match never {});
            match Wire::of(&response) {
                Some(Wire::Late(time)) => sleep(time).await,
                Some(Wire::Reset) => return Err(io::Error::from(io::ErrorKind::ConnectionReset)),
                None => {}
            }
            Ok(response)
        }
    });
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_TIME)
        .max_buf_size(HEADER_LIMIT)
        .keep_alive(false)
        .serve_connection(TokioIo::new(stream), answer)
        .await;
    let reset = |cause: &(dyn Error + 'static)| {
        cause.downcast_ref::<io::Error>().is_some_and(|cause| cause.kind() == io::ErrorKind::ConnectionReset)
    };
    if served.is_err_and(|error| error.source().is_some_and(reset)) { Ended::Reset } else { Ended::Somehow }
}

/// A page on the web can make a browser send requests here under a name of its own (DNS rebinding): those are not for us.
pub async fn own_host_only(State(provider): Shared, request: Request, next: Next) -> Response {
    let host = request.headers().get(header::HOST).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let port = provider.origin.rsplit(':').next().unwrap_or_default();
    let ours = host.rsplit_once(':').is_some_and(|(name, at)| at == port && ["127.0.0.1", "localhost"].contains(&name));
    if ours { next.run(request).await } else { StatusCode::MISDIRECTED_REQUEST.into_response() }
}
