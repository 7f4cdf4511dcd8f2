//! Record `daemon.hosted`: authsome's daemon on another machine. Asks its health address, which needs no proof and creates
//! nothing, on the way that authsome's own commands would take. Sends nothing with `--offline`, and no proof ever.

use crate::authsome::{BaseUrl, daemon, versions};
use crate::facts::{Fact, Facts, Record, unknown};
use crate::host::http::FailureKind;
use crate::host::{Answer, Host, HttpFailure, Request};
use crate::probes::network::{facts, look};
use crate::probes::{Context, NETWORK, Probe};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};
use url::Url;

pub const PROBE: Probe =
    Probe { section: "daemon.hosted", needs: &["authsome", "daemon", "proxy"], limit: NETWORK, run };

/// What is kept back, so that a slow host leaves its own reason and not the runner's.
const RESERVE: Duration = Duration::from_millis(300);

/// What cannot be told without asking.
const ASKED: [&str; 6] = ["answers", "dns_error", "tcp", "tls_error_kind", "clock_offset", "html"];

fn run(context: &Context, known: &Facts) -> Facts {
    let mut found = Facts::new();
    let Some(text) = known.text("daemon.base_url") else { return found };
    let base = BaseUrl { text: text.trim_end_matches('/').to_owned(), from: "default" };
    let Some(url) = base.url().filter(|_| base.hosted()) else {
        found.set("daemon.hosted", None::<Record>);
        return found;
    };
    found.set("daemon.hosted", hosted(context, known, &base, &url));
    found
}

fn hosted(context: &Context, known: &Facts, base: &BaseUrl, url: &Url) -> Record {
    let release = super::super::authsome::release(known);
    let health = release.health_paths.first().map_or("/api/health", String::as_str);
    let asked = under(&base.text, health).unwrap_or_else(|| url.clone());
    let host = if context.offline {
        Err("--offline: no packet leaves this machine".to_owned())
    } else {
        route(&context.host, known)
    };
    let host = match host {
        Ok(host) => host,
        Err(why) => return not_asked(&asked, &why),
    };
    let deadline = Instant::now() + context.limit.min(NETWORK).saturating_sub(RESERVE);
    let seen = look::look(&host, &asked, deadline);
    let mut record = facts::seen(&asked, &seen);
    put_address(&mut record, &asked);
    if let Ok(answer) = &seen.http {
        put_clock(&mut record, answer, seen.answered_at);
    }
    let sought = Sought { host: &host, base: &base.text, url, deadline };
    sought.put_answer(&mut record, &seen.http, health, release);
    record
}

fn not_asked(asked: &Url, why: &str) -> Record {
    let mut record = Record::new()
        .with("host", asked.host_str().unwrap_or_default())
        .with("port", asked.port_or_known_default().unwrap_or_default());
    put_address(&mut record, asked);
    for name in ASKED {
        record.put(name, unknown(why));
    }
    record
}

fn put_address(record: &mut Record, asked: &Url) {
    record.put("url", asked.as_str());
    record.put("plain_http", asked.scheme() == "http");
}

fn put_clock(record: &mut Record, answer: &Answer, at: jiff::Timestamp) {
    let offset = facts::clock_offset(answer, at).ok_or_else(|| "its answer carried no Date".to_owned());
    let offset = offset.map(|offset| i64::try_from(offset.as_millis()).unwrap_or(i64::MAX));
    record.put("clock_offset_size", offset.clone().map(i64::saturating_abs));
    record.put("clock_offset", offset);
}

/// The machine with the one proxy that authsome's client would take, or with none; an error where that client sends
/// nothing at all.
fn route(host: &Host, known: &Facts) -> Result<Host, String> {
    let hops = known.list("proxy.hops").map_or(0, <[_]>::len);
    let hop = (0..hops).map(|at| format!("proxy.hops[{at}]"));
    let Some(hop) = hop.into_iter().find(|hop| known.text(&format!("{hop}.hop")) == Some("cli_to_daemon")) else {
        return Ok(host.clone());
    };
    let text = |name: &str| known.text(&format!("{hop}.{name}"));
    let proxy = match text("route") {
        Some("breaks") => {
            let why = text("why").unwrap_or("its client refuses the environment");
            return Err(format!("authsome's commands send nothing: {why}"));
        }
        // The fact is without user info, which the proxy may want.
        Some("proxy") => text("variable").and_then(|name| host.env.get(name)).map(str::to_owned),
        _ => None,
    };
    let mut changes: BTreeMap<String, Option<String>> =
        ["http_proxy", "https_proxy", "ALL_PROXY", "all_proxy", "NO_PROXY", "no_proxy"]
            .map(|name| (name.to_owned(), None))
            .into();
    for name in ["HTTP_PROXY", "HTTPS_PROXY"] {
        changes.insert(name.to_owned(), proxy.clone());
    }
    Ok(host.with_environment(&changes))
}

struct Sought<'a> {
    host: &'a Host,
    /// As configured, without a last slash.
    base: &'a str,
    url: &'a Url,
    deadline: Instant,
}

impl Sought<'_> {
    fn put_answer(
        &self,
        record: &mut Record,
        first: &Result<Answer, HttpFailure>,
        path: &str,
        release: &versions::Release,
    ) {
        let answer = match first {
            Ok(answer) => answer,
            Err(failure) => {
                // A proxy that refuses says nothing of who is behind it.
                let fact: Fact = match failure.kind {
                    FailureKind::Proxy => unknown(failure.text.as_str()),
                    _ => "nobody".into(),
                };
                record.put("answers", fact);
                return;
            }
        };
        if let Some(health) = healthy(answer, path) {
            record.put("answers", "authsome");
            put_health(record, &health, self.base, release);
        } else if let Some((base, health)) = self.elsewhere(path) {
            let here = base == self.base;
            record.put("answers", if here { "authsome" } else { "authsome_elsewhere" });
            record.put("found_at", (!here).then_some(base.as_str()));
            put_health(record, &health, &base, release);
        } else if let Some(to) = answer.header("location").filter(|_| (300..400).contains(&answer.status)) {
            let to = self.url.join(to).ok().map(|mut to| {
                to.set_query(None);
                to.set_fragment(None);
                to.to_string()
            });
            record.put("answers", "redirect");
            record.put("redirected_to", to);
        } else {
            record.put("answers", "other");
        }
    }

    /// The health answer at another path of that host: of another version, without the path of the base URL, or without an
    /// /api that somebody added to it.
    fn elsewhere(&self, asked: &str) -> Option<(String, daemon::Health)> {
        let origin = self.url.origin().ascii_serialization();
        let mut bases = vec![self.base.to_owned()];
        let cut = self.base.strip_suffix("/api").map(str::to_owned);
        bases.extend(cut.into_iter().chain([origin]).filter(|base| base != self.base));
        bases.dedup();
        let tries = bases.iter().flat_map(|base| ["/api/health", "/health"].map(|path| (base, path)));
        tries.filter(|(base, path)| !(*base == self.base && *path == asked)).find_map(|(base, path)| {
            let left = self.deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return None;
            }
            let request = Request { limit: left, max_body: 16 * 1024, ..Request::get(under(base, path)?) };
            let health = healthy(&self.host.http.send(&request).ok()?, path)?;
            // A daemon that has /health as well as /api/health answers the one under a base URL that is wrong by an /api.
            let (theirs, _) = versions::release(&health.version);
            let own = theirs.health_paths.first().is_none_or(|own| own == path);
            own.then(|| (base.clone(), health))
        })
    }
}

fn under(base: &str, path: &str) -> Option<Url> {
    Url::parse(&format!("{base}{path}")).ok()
}

fn healthy(answer: &Answer, path: &str) -> Option<daemon::Health> {
    (answer.status == 200).then(|| daemon::health(&answer.text(), path))?
}

fn put_health(record: &mut Record, health: &daemon::Health, base: &str, installed: &versions::Release) {
    let (theirs, _) = versions::release(&health.version);
    record.put("status", health.status.as_str());
    record.put("version", health.version.as_str());
    record.put("same_paths", theirs.callback_path() == installed.callback_path());
    record.put("redirect_uri", format!("{base}{}", theirs.callback_path()));
}

#[cfg(test)]
#[path = "hosted_tests.rs"]
mod tests;
