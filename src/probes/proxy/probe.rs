//! Fills `proxy`: for each hop of a login, where its client sends it with the variables that it has. Sends nothing.

use super::{Change, Client, ProxyEnv, Route, Socks, VARIABLES, cure, paths, without_userinfo};
use crate::authsome::BaseUrl;
use crate::definition::BASE_URL;
use crate::facts::{Facts, Record, unknown};
use crate::host::http::is_loopback;
use crate::probes::{Context, LOCAL, Probe};
use std::path::Path;
use url::Url;

pub const PROBE: Probe = Probe {
    section: "proxy",
    needs: &["machine", "authsome", "port", "daemon", "callback", "definition"],
    limit: LOCAL,
    run,
};

/// A provider that nobody named: any host that is not this machine (RFC 2606).
const SOME_PROVIDER: &str = "https://provider.example/";

fn run(context: &Context, facts: &Facts) -> Facts {
    let look = |path: &str| paths::look(&*context.host.files, path);
    let socks = socks(context, facts);
    let shell = ProxyEnv::read(context.host.env.iter(), look).with_socks(socks);
    let daemon = daemon_pid(facts).map(|pid| {
        let pairs = context.host.processes.environment(pid, &VARIABLES)?;
        Ok::<_, String>(ProxyEnv::read(pairs, look).with_socks(socks))
    });

    let mut found = Facts::new();
    found.set("proxy.variables", shown(&shell));
    match &daemon {
        Some(Ok(env)) => found.set("proxy.daemon_variables", shown(env)),
        Some(Err(why)) => found.set("proxy.daemon_variables", unknown(why)),
        None => found.set("proxy.daemon_variables", None::<String>),
    }
    found.set("proxy.case_conflict", case_conflict(&shell));
    found.set("proxy.hops", hops(context, facts, &shell, daemon.and_then(Result::ok).as_ref()));
    found
}

/// What stands beside authsome's package in its Python.
fn socks(context: &Context, facts: &Facts) -> Socks {
    let Some(packages) = facts.text("authsome.package").and_then(|package| Path::new(package).parent()) else {
        return Socks::default();
    };
    let there = |name: &str| context.host.files.metadata(&packages.join(name)).is_ok();
    Socks { httpx: there("socksio"), requests: there("socks.py") }
}

/// The process that the commands would talk to.
fn daemon_pid(facts: &Facts) -> Option<u32> {
    const DAEMONS: [&str; 4] = ["authsome_daemon", "claimed_daemon", "daemon_busy", "daemon_hung"];
    // One of this machine is not the one that they talk to.
    let base = BaseUrl { text: facts.text("daemon.base_url").unwrap_or_default().to_owned(), from: "default" };
    if base.hosted() {
        return None;
    }
    let listeners = facts.list("port.listeners").map_or(0, <[_]>::len);
    let on_port = (0..listeners).find_map(|index| {
        let owner = format!("port.listeners[{index}].owner");
        let kind = facts.text(&format!("{owner}.kind"))?;
        DAEMONS.contains(&kind).then(|| facts.number(&format!("{owner}.pid")))?
    });
    facts.number("daemon.pid").or(on_port).and_then(|pid| u32::try_from(pid).ok())
}

fn hops(context: &Context, facts: &Facts, shell: &ProxyEnv, daemon: Option<&ProxyEnv>) -> Vec<Record> {
    let home = facts.text("daemon.base_url").and_then(|base| Url::parse(base).ok());
    let home = home.unwrap_or_else(|| crate::authsome::versions::latest().callback.join("/").expect("a base"));
    let provider = provider(context, facts);
    let mut hops = Vec::new();
    // Without an authsome there is no command and no daemon that could go astray.
    if facts.text("authsome.path").is_some() || daemon_pid(facts).is_some() {
        let client =
            if facts.text("authsome.cli_client") == Some("requests") { Client::Requests } else { Client::Httpx };
        hops.push(hop("cli_to_daemon", client, "shell", &home, shell, shell));
        let (whose, env) = daemon.map_or(("shell", shell), |env| ("running_daemon", env));
        hops.push(hop("daemon_to_provider", Client::Requests, whose, &provider, env, shell));
    }
    // Elsewhere a browser does not read the environment.
    if facts.text("machine.os") == Some("linux")
        && let Some(callback) = facts.text("callback.redirect_uri").and_then(|uri| Url::parse(uri).ok())
    {
        hops.push(hop("browser_to_callback", Client::Chromium, "shell", &callback, shell, shell));
    }
    // Ours to loopback come from a client that has no proxies at all.
    hops.push(hop("this_program_to_daemon", Client::Reqwest, "shell", &home, &ProxyEnv::default(), shell));
    hops.push(hop("this_program_to_provider", Client::Reqwest, "shell", &provider, shell, shell));
    hops
}

/// Where the token request goes.
fn provider(context: &Context, facts: &Facts) -> Url {
    let known = context.definition.as_ref().and_then(|definition| definition.oauth.as_ref()?.token_url.clone());
    let written = || {
        let base = facts.text("definition.oauth.base_url").unwrap_or_default().trim_end_matches('/');
        facts.text("definition.oauth.token_url").map(|url| url.replace(BASE_URL, base))
    };
    let url = known.or_else(written).and_then(|url| Url::parse(url.trim()).ok()).filter(Url::has_host);
    url.unwrap_or_else(|| Url::parse(SOME_PROVIDER).expect("a URL"))
}

/// `env` is what the client has; `shell` what it would be given anew, and what can be changed.
fn hop(name: &str, client: Client, whose: &str, url: &Url, env: &ProxyEnv, shell: &ProxyEnv) -> Record {
    let route = client.route(env, url);
    let mut record = Record::new()
        .with("hop", name)
        .with("client", client.name())
        .with("environment", whose)
        .with("url", url.as_str())
        .with("loopback", is_loopback(url))
        .with("route", word(&route));
    match &route {
        Route::Direct => record.put("why", why_direct(client, env, url)),
        Route::Proxy { url, from, why } => {
            record.put("proxy", url.as_str());
            record.put("variable", *from);
            record.put("why", why.as_str());
        }
        Route::Breaks { why, variable, value } => {
            record.put("variable", *variable);
            record.put("value", value.as_str());
            record.put("why", format!("{} refuses what is in {variable}", client.name()));
            record.put("error", why.as_str());
        }
    }
    if whose == "running_daemon" {
        let anew = client.route(shell, url);
        record.put("with_this_shell", Some(in_words(&anew)).filter(|anew| *anew != in_words(&route)));
    }
    if route != Route::Direct
        && let Some(changes) = cure(shell, client, url)
    {
        record.put("cure_text", cure_text(&changes));
        record.put("cure", changes.into_iter().map(change).collect::<Vec<_>>());
    }
    record
}

fn word(route: &Route) -> &'static str {
    match route {
        Route::Direct => "direct",
        Route::Proxy { .. } => "proxy",
        Route::Breaks { .. } => "breaks",
    }
}

fn in_words(route: &Route) -> String {
    match route {
        Route::Direct => "directly".to_owned(),
        Route::Proxy { url, .. } => format!("through {url}"),
        Route::Breaks { variable, .. } => format!("nowhere, because of {variable}"),
    }
}

fn why_direct(client: Client, env: &ProxyEnv, url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    if client == Client::Chromium && is_loopback(url) {
        return "browsers send what is on this machine directly".to_owned();
    }
    let (name, list) = client.exceptions(env);
    if client.route(&env.without_exceptions(), url) == Route::Direct {
        return format!("no proxy is set for {host}");
    }
    format!("{name}={} covers {host}", without_userinfo(list.unwrap_or_default()))
}

fn change(change: Change) -> Record {
    let record = Record::new().with("variable", change.variable);
    match change.value {
        Some(value) => record.with("value", value),
        None => record,
    }
}

fn cure_text(changes: &[Change]) -> String {
    let set = |change: &Change| change.value.as_ref().map(|value| format!("{}={value}", change.variable));
    let setting: Vec<String> = changes.iter().filter_map(set).collect();
    let unsetting: Vec<&str> = changes.iter().filter(|change| change.value.is_none()).map(|c| c.variable).collect();
    match (setting.join(" and "), unsetting.join(", ")) {
        (setting, unsetting) if unsetting.is_empty() => format!("Set {setting}"),
        (setting, unsetting) if setting.is_empty() => format!("Unset {unsetting}"),
        (setting, unsetting) => format!("Set {setting} and unset {unsetting}"),
    }
}

fn shown(env: &ProxyEnv) -> Vec<Record> {
    env.shown().map(|(name, value)| Record::new().with("name", name).with("value", value)).collect()
}

/// Both spellings are set and mean different hosts.
fn case_conflict(env: &ProxyEnv) -> Option<Record> {
    let hosts = |list: &str| -> std::collections::BTreeSet<String> {
        list.split(',').map(|entry| entry.trim().to_owned()).filter(|entry| !entry.is_empty()).collect()
    };
    let (lower, upper) = (env.get("no_proxy")?, env.get("NO_PROXY")?);
    (hosts(lower) != hosts(upper)).then(|| {
        Record::new().with("lower", without_userinfo(lower)).with("upper", without_userinfo(upper)).with(
            "readers",
            "authsome, curl and browsers follow no_proxy, this program and other Rust programs NO_PROXY",
        )
    })
}

#[cfg(test)]
#[path = "probe_tests.rs"]
mod tests;
