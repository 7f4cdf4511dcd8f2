//! What went over the wire: one client for the whole login, which keeps every request and answer.

use crate::host::http::Certificate;
use crate::host::{Answer, Http, HttpFailure, Request};
use crate::sink;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use url::Url;

/// One request and what became of it. Holds secrets: it is redacted where it is shown.
pub struct Exchange {
    /// The step of the login (`token`, `registration`, …).
    pub step: &'static str,
    pub request: Request,
    pub outcome: Result<Answer, HttpFailure>,
    pub began: Instant,
    pub took: Duration,
}

/// An HTTP client that remembers. A clone goes the same way and writes into the same record.
#[derive(Clone)]
pub struct Recorder {
    http: Arc<Mutex<Arc<dyn Http>>>,
    exchanges: Arc<Mutex<Vec<Arc<Exchange>>>>,
}

impl Recorder {
    pub fn new(http: Arc<dyn Http>) -> Self {
        Self { http: Arc::new(Mutex::new(http)), exchanges: Arc::default() }
    }

    /// From now on by this one: a fix has changed the way.
    pub fn go_through(&self, http: Arc<dyn Http>) {
        *self.http.lock().expect("nobody panics while holding it") = http;
    }

    fn way(&self) -> Arc<dyn Http> {
        Arc::clone(&self.http.lock().expect("nobody panics while holding it"))
    }

    pub fn send(&self, step: &'static str, request: Request) -> Arc<Exchange> {
        let began = Instant::now();
        for (_, value) in request.headers.iter().filter(|(name, _)| name == "authorization") {
            // The secret in a form of its own, which an answer may repeat without its name.
            sink::remember(value.split_once(' ').map_or(value, |(_, credentials)| credentials));
        }
        let outcome = self.way().send(&request);
        let exchange = Arc::new(Exchange { step, request, outcome, began, took: began.elapsed() });
        self.exchanges.lock().expect("nobody panics while holding it").push(Arc::clone(&exchange));
        exchange
    }

    pub fn all(&self) -> Vec<Arc<Exchange>> {
        self.exchanges.lock().expect("nobody panics while holding it").clone()
    }
}

/// The requests of whoever takes it for a plain client (the preflight) are in the record too.
impl Http for Recorder {
    fn send(&self, request: &Request) -> Result<Answer, HttpFailure> {
        self.send("preflight", request.clone()).outcome.clone()
    }

    fn proxy_for(&self, url: &Url) -> Option<String> {
        self.way().proxy_for(url)
    }

    fn certificate(&self, url: &Url, limit: Duration) -> Result<Certificate, String> {
        self.way().certificate(url, limit)
    }
}
