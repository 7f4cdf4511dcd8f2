//! What was seen of the hosts, as facts of each endpoint.

use super::Endpoint;
use super::interceptors::interceptor;
use super::look::Look;
use crate::facts::{Fact, Facts, Record, unknown};
use crate::host::http::is_loopback;
use crate::host::{Answer, DnsFailure};
use jiff::fmt::rfc2822::DateTimeParser;
use jiff::{SignedDuration, Timestamp};
use std::net::IpAddr;
use url::Url;

pub(super) fn of(endpoints: &[Endpoint], looks: &[Look]) -> Facts {
    let mut found = Facts::new();
    let records = endpoints.iter().enumerate().filter_map(|(index, endpoint)| {
        let origin = endpoint.url.origin();
        let look = looks.iter().find(|look| look.origin == origin)?;
        let first = !endpoints[..index].iter().any(|before| before.url.origin() == origin);
        Some(record(endpoint, look).with("first_of_host", first))
    });
    found.set("network.endpoints", records.collect::<Vec<Record>>());
    if looks.iter().any(|look| look.http.is_ok()) {
        let answers = looks.iter().filter_map(|look| Some((look.http.as_ref().ok()?, look.answered_at)));
        found.merge(clock(answers));
    }
    found
}

fn record(endpoint: &Endpoint, look: &Look) -> Record {
    let url = &endpoint.url;
    seen(url, look).with("role", endpoint.role)
}

/// What was seen of the host of this URL.
pub fn seen(url: &Url, look: &Look) -> Record {
    let mut record = Record::new()
        .with("host", url.host_str().unwrap_or_default())
        .with("port", url.port_or_known_default().unwrap_or_default())
        .with("through_proxy", look.proxy.is_some())
        .with("proxy", look.proxy.clone())
        .with("took", i64::try_from(look.took.as_millis()).unwrap_or(i64::MAX));
    names(&mut record, look);
    if let Some(tcp) = &look.tcp {
        record.put("tcp", tcp.is_ok());
        record.put("tcp_error", tcp.as_ref().err().cloned());
    }
    answer(&mut record, url, look);
    tls(&mut record, url, look);
    record
}

fn names(record: &mut Record, look: &Look) {
    if let Some(addresses) = &look.addresses {
        record.put("addresses", texts(addresses));
        record.put("dns_error", addresses.as_ref().err().map(DnsFailure::name));
    }
    if let Some(servers) = &look.name_servers {
        record.put("dns_addresses", texts(servers));
        if let (Some(Ok(system)), Ok(servers)) = (&look.addresses, servers) {
            record.put("dns_differs", differ(system, servers));
        }
    }
}

fn texts(addresses: &Result<Vec<IpAddr>, DnsFailure>) -> Fact {
    match addresses {
        Ok(addresses) => addresses.iter().map(ToString::to_string).collect::<Vec<String>>().into(),
        Err(failure) => unknown(failure.to_string()),
    }
}

/// Public addresses of one name change from answer to answer; a private one on one side only is somebody's doing.
fn differ(system: &[IpAddr], servers: &[IpAddr]) -> bool {
    !system.iter().any(|address| servers.contains(address))
        && system.iter().any(is_private) != servers.iter().any(is_private)
}

fn is_private(address: &IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => v4.is_private() || v4.is_loopback() || v4.is_unspecified() || v4.is_link_local(),
        IpAddr::V6(v6) => v6.is_loopback() || v6.is_unspecified() || v6.is_unique_local() || v6.is_unicast_link_local(),
    }
}

fn answer(record: &mut Record, url: &Url, look: &Look) {
    match &look.http {
        Ok(answer) => {
            record.put("http_status", answer.status);
            record.put("html", foreign_page(url, look));
        }
        Err(failure) => {
            record.put("http_error", failure.text.as_str());
            record.put("proxy_status", failure.proxy_status);
            record.put("http_error_kind", failure.kind.name());
        }
    }
}

/// Did something on the way answer in place of the provider? By its own status (RFC 6585, section 6), or where plain http
/// let it: with a page, or by sending us elsewhere.
fn foreign_page(url: &Url, look: &Look) -> bool {
    let Ok(answer) = &look.http else { return false };
    let page = answer.header("content-type").is_some_and(|kind| kind.starts_with("text/html"));
    let elsewhere = answer
        .header("location")
        .and_then(|location| url.join(location).ok())
        .is_some_and(|to| to.host() != url.host());
    answer.status == 511
        || (url.scheme() == "http" && !is_loopback(url) && ((answer.status == 200 && page) || elsewhere))
}

fn tls(record: &mut Record, url: &Url, look: &Look) {
    if url.scheme() != "https" {
        record.put("tls", Fact::Absent);
        return;
    }
    match &look.http {
        Ok(_) => record.put("tls", true),
        Err(failure) => {
            let Some(fault) = failure.tls_fault() else {
                record.put("tls", unknown(failure.text.as_str()));
                return;
            };
            record.put("tls", false);
            record.put("tls_error", failure.text.as_str());
            record.put("tls_error_kind", fault.name());
            let shown = look.certificate.clone().unwrap_or_else(|| Err("not looked at".to_owned()));
            let issuer = shown.map(|certificate| certificate.issuer);
            record.put("tls_interceptor", issuer.as_deref().ok().and_then(interceptor));
            record.put("tls_issuer", issuer);
        }
    }
}

/// How far the clocks are apart, by the first of these answers that tells.
pub fn clock<'a>(answers: impl IntoIterator<Item = (&'a Answer, Timestamp)>) -> Facts {
    let offset = answers.into_iter().find_map(|(answer, at)| clock_offset(answer, at));
    let offset = offset.map(|offset| i64::try_from(offset.as_millis()).unwrap_or(i64::MAX));
    let offset = offset.ok_or_else(|| "no answer of the provider carried a Date".to_owned());
    let mut found = Facts::new();
    found.set("network.clock_offset_size", offset.clone().map(i64::saturating_abs));
    found.set("network.clock_offset", offset);
    found
}

/// This machine's clock minus the provider's; none for an answer out of a cache, whose Date is old.
pub fn clock_offset(answer: &Answer, answered_at: Timestamp) -> Option<SignedDuration> {
    let date = answer.header("date").filter(|_| answer.header("age").is_none())?;
    let date: Timestamp = DateTimeParser::new().parse_timestamp(date).ok()?;
    Some(answered_at.duration_since(date))
}
