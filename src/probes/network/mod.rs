//! Fills `network`: the named provider's endpoints as they look from here: names, connection, certificate, answer, clock.
//!
//! Asked only for a named provider and never with `--offline`. Each host is asked once, whatever endpoints it has. Where a
//! proxy stands in between, names and connection are the proxy's business and are not asked.

pub(super) mod facts;
mod interceptors;
pub(super) mod look;

#[cfg(test)]
mod tests;

pub use facts::clock;

use super::{Context, NETWORK, Probe};
use crate::facts::Facts;
use std::time::{Duration, Instant};
use url::Url;

pub const PROBE: Probe = Probe { section: "network", needs: &["provider"], limit: NETWORK, run };

/// What is kept back, so that a slow host leaves its own reason and not the runner's.
const RESERVE: Duration = Duration::from_millis(300);

/// An endpoint of the definition.
struct Endpoint {
    role: &'static str,
    url: Url,
}

fn run(context: &Context, known: &Facts) -> Facts {
    let endpoints = endpoints(known);
    if context.offline || endpoints.is_empty() {
        return Facts::new();
    }
    let deadline = Instant::now() + context.limit.min(NETWORK).saturating_sub(RESERVE);
    let mut hosts: Vec<&Url> = Vec::new();
    for endpoint in &endpoints {
        if !hosts.iter().any(|url| url.origin() == endpoint.url.origin()) {
            hosts.push(&endpoint.url);
        }
    }
    let looks: Vec<look::Look> = std::thread::scope(|scope| {
        let looking: Vec<_> =
            hosts.iter().map(|url| scope.spawn(|| look::look(&context.host, url, deadline))).collect();
        looking.into_iter().filter_map(|look| look.join().ok()).collect()
    });
    facts::of(&endpoints, &looks)
}

fn endpoints(known: &Facts) -> Vec<Endpoint> {
    ["authorization_endpoint", "token_endpoint", "device_authorization_endpoint", "registration_endpoint"]
        .into_iter()
        .filter_map(|role| {
            let url = known.text(&format!("provider.{role}"))?.parse().ok()?;
            Some(Endpoint { role, url })
        })
        .collect()
}
