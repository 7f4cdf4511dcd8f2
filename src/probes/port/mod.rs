//! Section `port`: who listens on the callback port, and which listener the callback would reach.

mod forwarders;
mod owner;
#[cfg(test)]
mod tests;

pub(super) use owner::command_line;
pub use owner::keep_off;

use super::{Context, LOCAL, Probe};
use crate::authsome::daemon::{self, Answer, HEALTH_LIMIT};
use crate::authsome::{BaseUrl, Home, Release, settings};
use crate::facts::{Entry, Facts, Record, unknown};
use crate::host::Listener;
use std::io::ErrorKind;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::{Duration, Instant};

/// Twice that of other local probes: silence has to be waited for, and told.
const LIMIT: Duration = LOCAL.saturating_mul(2);

pub const PROBE: Probe = Probe { section: "port", needs: &["authsome"], limit: LIMIT, run };

/// How long authsome's own daemon may take, which is slow when it has just started. Others get `HEALTH_LIMIT`.
const DAEMON_HEALTH_LIMIT: Duration = Duration::from_millis(700);
const CONNECT_LIMIT: Duration = Duration::from_millis(100);

fn run(context: &Context, facts: &Facts) -> Facts {
    let release = super::authsome::release(facts);
    look(context, release, &Callback::find(context, release))
}

/// The same for another address than the callback's.
pub(super) fn look_at(context: &Context, release: &Release, base: &url::Url) -> Facts {
    let port = base.port_or_known_default().unwrap_or(80);
    look(context, release, &Callback { port, configured_by: "default", hosts: loopback(base) })
}

fn look(context: &Context, release: &Release, callback: &Callback) -> Facts {
    let mut found = Facts::new();
    found.set("port.number", callback.port);
    found.set("port.configured_by", callback.configured_by);
    let listeners = match context.host.sockets.listeners(callback.port) {
        Ok(listeners) => listeners,
        Err(reason) => {
            found.set("port.listeners", unknown(&reason));
            found.set("port.free", Entry::from(nobody_answers(context, callback).ok_or(reason)));
            return found;
        }
    };
    let covering: Vec<Vec<IpAddr>> = listeners.iter().map(|l| callback.reached_by(l, &listeners)).collect();
    let mut records: Vec<Record> = std::thread::scope(|scope| {
        let looking: Vec<_> = listeners
            .iter()
            .zip(&covering)
            .map(|(listener, hosts)| scope.spawn(|| record(context, release, listener, hosts.first().copied())))
            .collect();
        looking.into_iter().map(|look| look.join().expect("looking at a listener does not panic")).collect()
    });
    let covered = covering.iter().any(|hosts| !hosts.is_empty());
    let free = if covered { Some(false) } else { nobody_answers(context, callback) };
    if !covered && free == Some(false) {
        records.extend(callback.hosts.first().map(|host| not_in_our_tables(*host)));
    }
    found.set("port.listeners", records);
    if !callback.hosts.is_empty() {
        found
            .set("port.free", Entry::from(free.ok_or_else(|| "a connection was neither taken nor refused".to_owned())));
    }
    found
}

/// Where the callback will arrive.
struct Callback {
    port: u16,
    configured_by: &'static str,
    /// The loopback addresses that the redirect URI's host means; none where it is another machine.
    hosts: Vec<IpAddr>,
}

impl Callback {
    fn find(context: &Context, release: &Release) -> Self {
        let env = &context.host.env;
        if let Some(uri) = &context.redirect_uri {
            return Self {
                port: uri.port_or_known_default().unwrap_or(80),
                configured_by: "redirect_uri",
                hosts: loopback(uri),
            };
        }
        let home = Home::find(env, context.home_flag.as_deref());
        let config = settings::client_config(&context.host, &home.path, release);
        let base = BaseUrl::find(env, config.as_ref(), release);
        let url = base.url().filter(|_| base.from != "default").unwrap_or_else(|| release.callback.clone());
        let default = release.callback.port().unwrap_or(crate::authsome::versions::DEFAULT_PORT);
        let hosts = loopback(&url);
        match base.loopback_port().filter(|_| base.from != "default") {
            Some(port) => Self { port, configured_by: base.from, hosts },
            None => Self { port: default, configured_by: "default", hosts },
        }
    }

    /// The addresses at which the callback would reach this listener: the most specific of those on the port wins.
    fn reached_by(&self, listener: &Listener, all: &[Listener]) -> Vec<IpAddr> {
        let takes = |listener: &Listener, host: IpAddr| match (listener.address, host) {
            (address, host) if address == host => 3,
            (IpAddr::V4(any), IpAddr::V4(_)) if any.is_unspecified() => 2,
            (IpAddr::V6(any), IpAddr::V6(_)) if any.is_unspecified() => 2,
            (IpAddr::V6(any), IpAddr::V4(_)) if any.is_unspecified() && listener.dual_stack => 1,
            _ => 0,
        };
        let wins = |host: &&IpAddr| {
            let own = takes(listener, **host);
            own > 0 && all.iter().all(|other| takes(other, **host) <= own)
        };
        self.hosts.iter().filter(wins).copied().collect()
    }
}

/// `localhost` is both families: which one a browser takes is its own affair.
fn loopback(uri: &url::Url) -> Vec<IpAddr> {
    match uri.host() {
        Some(url::Host::Ipv4(ip)) if ip.is_loopback() => vec![ip.into()],
        Some(url::Host::Ipv6(ip)) if ip.is_loopback() => vec![ip.into()],
        Some(url::Host::Domain("localhost")) => vec![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()],
        _ => Vec::new(),
    }
}

/// Is a connection refused at every address? `None` where one is neither taken nor refused.
fn nobody_answers(context: &Context, callback: &Callback) -> Option<bool> {
    let mut certain = true;
    for host in &callback.hosts {
        match context.host.sockets.connect((*host, callback.port).into(), CONNECT_LIMIT) {
            Ok(()) => return Some(false),
            Err(error) if error.kind() == ErrorKind::ConnectionRefused => {}
            // No such family here.
            Err(error) if matches!(error.kind(), ErrorKind::AddrNotAvailable | ErrorKind::NetworkUnreachable) => {}
            Err(_) => certain = false,
        }
    }
    certain.then_some(true)
}

/// `host`: where to connect so that this listener answers; none where the callback does not reach it.
fn record(context: &Context, release: &Release, listener: &Listener, host: Option<IpAddr>) -> Record {
    let process = owner::process(context, listener);
    let mut record = Record::new()
        .with("address", listener.address.to_string())
        .with("covers_callback", host.is_some())
        .with("owner_hidden", process.is_err());
    // Nothing that is stopped answers, and we do not talk to ourselves.
    let silent = process.as_ref().is_ok_and(|p| p.stopped || p.pid == context.host.processes.own_pid());
    let answer = host.filter(|_| !silent).map(|host| {
        let begin = Instant::now();
        let to = SocketAddr::new(host, listener.port);
        let ours = process.as_ref().is_ok_and(|process| daemon::is_daemon_command(&process.command));
        let limit = if ours { DAEMON_HEALTH_LIMIT } else { HEALTH_LIMIT };
        let answer = daemon::ask(&*context.host.sockets, to, &daemon::health_paths(release), limit);
        record.put("waited", i64::try_from(begin.elapsed().as_millis()).unwrap_or(i64::MAX));
        answer
    });
    if let Some(answer) = &answer {
        put_answer(&mut record, answer);
    }
    record.put("owner", owner::entry(context, listener, process, answer.as_ref()));
    record
}

fn put_answer(record: &mut Record, answer: &Answer) {
    let word = match answer {
        Answer::Authsome(_) => "authsome_health",
        Answer::Http { .. } => "http",
        Answer::NotHttp => "not_http",
        Answer::Nothing => "nothing",
        Answer::Refused => "refused",
    };
    record.put("answers", word);
    match answer {
        Answer::Authsome(health) => {
            record.put("http_status", 200);
            record.put("version", health.version.as_str());
            record.put("health_path", health.path.as_str());
            record.put("health_status", health.status.as_str());
        }
        Answer::Http { status, server } => {
            record.put("http_status", *status);
            record.put("http_server", server.clone());
        }
        _ => {}
    }
}

/// Something takes connections that no table here shows: the Windows side of WSL, another network namespace, a virtual
/// machine's forwarder.
fn not_in_our_tables(host: IpAddr) -> Record {
    Record::new()
        .with("address", host.to_string())
        .with("covers_callback", true)
        .with("owner_hidden", true)
        .with("owner", unknown("it takes connections but is not in this system's tables: it runs outside of it"))
}
