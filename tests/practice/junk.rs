//! Whatever connects, the provider goes on.

use std::time::{Duration, Instant};

use authsome_doctor::practice::Options;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::{Provider, healthy, start};

impl Provider {
    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.origin.strip_prefix("http://").unwrap()).await.unwrap()
    }

    /// The status of the answer to raw bytes; empty where the connection was closed without one.
    async fn raw(&self, bytes: &[u8]) -> String {
        let mut stream = self.connect().await;
        // The provider may close before all is written.
        let _ = stream.write_all(bytes).await;
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer).await;
        String::from_utf8_lossy(&answer).lines().next().unwrap_or_default().to_owned()
    }

    async fn is_well(&self) {
        assert!(self.tokens(&[]).await["access_token"].is_string());
    }
}

#[tokio::test]
async fn junk_is_answered_or_dropped_and_the_next_login_works() {
    let provider = healthy().await;
    let host = provider.origin.strip_prefix("http://").unwrap().to_owned();
    let huge = format!("GET / HTTP/1.1\r\nhost: {host}\r\nx: {}\r\n\r\n", "a".repeat(100_000));
    assert!(provider.raw(huge.as_bytes()).await.contains("431"));
    assert!(provider.raw(b"\x16\x03\x01\x00\xa5\x01\x00\x00 not http\r\n\r\n").await.contains("400"));
    let foreign = provider.raw(b"GET /authorize HTTP/1.1\r\nhost: evil.example\r\n\r\n").await;
    assert!(foreign.contains("421"), "{foreign}");
    let body = "a".repeat(200_000);
    let flood = format!(
        "POST /token HTTP/1.1\r\nhost: {host}\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    assert!(provider.raw(flood.as_bytes()).await.contains("413"));
    provider.is_well().await;
}

#[tokio::test]
async fn wrong_methods_types_and_paths_are_named() {
    let provider = healthy().await;
    let token = provider.get("/token").await;
    assert_eq!((token.status, token.header("allow")), (405, "POST"));
    assert_eq!(provider.post("/authorize", []).await.status, 405);
    assert_eq!(provider.get("/nothing/here").await.status, 404);
    assert_eq!(provider.get("/favicon.ico").await.status, 204);
    let json =
        provider.http.post(format!("{}/token", provider.origin)).body("{}").header("content-type", "application/json");
    assert_eq!(json.send().await.unwrap().status(), 400);
    assert_eq!(provider.post("/token", [("grant_type", "a"), ("grant_type", "b")]).await.error(), "invalid_request");
    assert_eq!(provider.exchange("x", &[("grant_type", "bogus")]).await.error(), "unsupported_grant_type");
    assert_eq!(provider.exchange("x", &[("grant_type", "")]).await.error(), "invalid_request");
    for long in ["state", "client_id", "redirect_uri", "scope"] {
        provider.authorize(&[(long, &"é\u{202e}<".repeat(500))]).await;
    }
    provider.is_well().await;
}

#[tokio::test]
async fn silent_and_slow_connections_are_cut_off_and_keep_nobody_out() {
    let provider = healthy().await;
    let mut silent = Vec::new();
    for _ in 0..100 {
        silent.push(provider.connect().await);
    }
    let mut slow = provider.connect().await;
    slow.write_all(b"GET / HTT").await.unwrap();
    provider.is_well().await;
    let begun = Instant::now();
    let mut rest = Vec::new();
    let _ = tokio::time::timeout(Duration::from_secs(15), slow.read_to_end(&mut rest)).await.expect("cut off");
    assert!(begun.elapsed() < Duration::from_secs(10));
    provider.is_well().await;
}

#[tokio::test]
async fn a_taken_port_and_a_bad_redirect_uri_are_said_before_anything_is_served() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let serve = |options| authsome_doctor::practice::serve(options, |_| panic!("it is not ready"));
    let refused = serve(Options { port, ..Options::default() }).await.unwrap_err().to_string();
    assert!(refused.contains(&port.to_string()), "{refused}");
    let wrong = Options { redirect_uris: vec!["http://evil.example/cb".to_owned()], ..Options::default() };
    assert!(serve(wrong).await.unwrap_err().to_string().contains("http://evil.example/cb"));
}

#[tokio::test]
async fn a_dropped_provider_leaves_nothing_listening() {
    let (ready, wait) = tokio::sync::oneshot::channel();
    let serving = tokio::spawn(authsome_doctor::practice::serve(Options::default(), |up| drop(ready.send(up.issuer))));
    let address = wait.await.unwrap().strip_prefix("http://").unwrap().to_owned();
    assert!(TcpStream::connect(&address).await.is_ok());
    serving.abort();
    let _ = serving.await;
    assert!(TcpStream::connect(&address).await.is_err());
    start(Options::default()).await.is_well().await;
}
