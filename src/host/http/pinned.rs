//! Requests to addresses that the caller has looked up and judged: nothing is looked up a second time, so a name that
//! changes its mind in between changes nothing. The certificate is still checked against the name.

use super::HttpFailure;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use url::Url;

/// The addresses of each name, as far as they were given: a resolver that never asks anybody.
#[derive(Clone, Default)]
pub(super) struct Pins(Arc<Mutex<HashMap<String, Vec<SocketAddr>>>>);

impl Pins {
    /// Only these addresses for the host of `url`.
    pub(super) fn set(&self, url: &Url, addresses: &[IpAddr]) -> Result<(), HttpFailure> {
        let literal = match url.host() {
            None => return Err(HttpFailure::other("the URL has no host".to_owned())),
            Some(url::Host::Domain(name)) => {
                // Port 0 stands for the port of the URL.
                let all = addresses.iter().map(|address| SocketAddr::new(*address, 0)).collect();
                self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned(), all);
                return Ok(());
            }
            Some(url::Host::Ipv4(address)) => IpAddr::V4(address),
            Some(url::Host::Ipv6(address)) => IpAddr::V6(address),
        };
        // An address in the URL is connected to without asking the resolver.
        if addresses == [literal] {
            Ok(())
        } else {
            Err(HttpFailure::other(format!("{literal} is not the address that was checked")))
        }
    }
}

impl Resolve for Pins {
    fn resolve(&self, name: Name) -> Resolving {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(name.as_str()).cloned();
        Box::pin(async move {
            match known {
                Some(addresses) => Ok(Box::new(addresses.into_iter()) as Addrs),
                None => Err("no address was checked for this name".into()),
            }
        })
    }
}
