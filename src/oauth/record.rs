//! What went over the wire: one client for the whole login, which keeps every request and answer.

use crate::host::{Answer, Http, HttpFailure, Request};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// One request and what became of it. Holds secrets: it is redacted where it is shown.
pub struct Exchange {
    /// The step of the login (`token`, `registration`, …).
    pub step: &'static str,
    pub request: Request,
    pub outcome: Result<Answer, HttpFailure>,
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

    pub fn send(&self, step: &'static str, request: Request) -> Arc<Exchange> {
        let begin = Instant::now();
        let http = Arc::clone(&self.http.lock().expect("nobody panics while holding it"));
        let outcome = http.send(&request);
        let exchange = Arc::new(Exchange { step, request, outcome, took: begin.elapsed() });
        self.exchanges.lock().expect("nobody panics while holding it").push(Arc::clone(&exchange));
        exchange
    }

    pub fn all(&self) -> Vec<Arc<Exchange>> {
        self.exchanges.lock().expect("nobody panics while holding it").clone()
    }
}
