//! Fills `callback`: the redirect URI that will be sent, how we know it, and whether what listens, the base URL and the
//! redirect URI name one place. Asks nobody but this machine's resolver, and that only what localhost means.

use super::{Context, LOCAL, Probe};
use crate::authsome::BaseUrl;
use crate::authsome::versions::{DOCUMENTED_CALLBACK, Release, release};
use crate::facts::{Entry, Facts, Looked, Record, Value, unknown};
use std::net::IpAddr;
use std::time::Duration;
use url::Url;

pub const PROBE: Probe = Probe { section: "callback", needs: &["port", "daemon", "authsome"], limit: LOCAL, run };

/// Who will send which redirect URI.
struct Sending {
    uri: Url,
    known_from: &'static str,
    sender: String,
    /// The version of authsome that sends it.
    version: Option<String>,
    /// What it is built from; an error where the running daemon's cannot be read.
    base: Option<Result<Url, String>>,
}

fn run(context: &Context, facts: &Facts) -> Facts {
    let mut found = Facts::new();
    found.set("callback.documented_uri", DOCUMENTED_CALLBACK);
    let sending = match sending(context, facts) {
        Ok(sending) => sending,
        Err(why) => {
            found.set("callback.redirect_uri", unknown(why));
            return found;
        }
    };
    let uri = &sending.uri;
    found.set("callback.redirect_uri", uri.as_str());
    found.set("callback.known_from", sending.known_from);
    found.set("callback.sender", sending.sender.clone());
    found.set("callback.host", uri.host_str().unwrap_or_default());
    found.set("callback.port", uri.port_or_known_default().unwrap_or_default());
    found.set("callback.path", uri.path());
    agreement(context, facts, &sending, &mut found);
    families(context, facts, uri, &mut found);
    found
}

fn sending(context: &Context, facts: &Facts) -> Result<Sending, String> {
    if let Some(uri) = &context.redirect_uri {
        let sender = "this program".to_owned();
        return Ok(Sending { uri: uri.clone(), known_from: "flag", sender, version: None, base: None });
    }
    let running = matches!(facts.text("daemon.state"), Some("running" | "busy"));
    let (version, known_from, base) = if let (true, Some(version)) = (running, facts.text("daemon.version")) {
        let base = match facts.get("daemon.effective_base_url") {
            Looked::Known(value) => Ok(url(value.as_text().unwrap_or_default())?),
            Looked::Unknown(why) => Err(why.to_owned()),
            Looked::Absent | Looked::NotAsked => default_base(release(version).0),
        };
        (version, "running_daemon", base)
    } else if let (Some(version), Some(base)) = (facts.text("authsome.version"), hosted_base(facts)) {
        // A daemon on another machine builds it from its own address, whatever this shell says.
        (version, "hosted_daemon", Ok(base))
    } else if let Some(version) = facts.text("authsome.version") {
        (version, "installed_version", Ok(shell_base(context, version)?))
    } else if let (Some(_), Some(newest)) = (facts.text("authsome.path"), facts.text("authsome.newest_known")) {
        // One whose version cannot be told is taken for the newest that we know.
        (newest, "installed_version", Ok(shell_base(context, newest)?))
    } else {
        let (uri, sender) = (url(DOCUMENTED_CALLBACK)?, "this program".to_owned());
        return Ok(Sending { uri, known_from: "documentation", sender, version: None, base: None });
    };
    // A base that cannot be read is most likely the one that commands use: the same shell started the daemon.
    let (release, _) = release(version);
    let from = base.clone().or_else(|_| facts.text("daemon.base_url").map_or_else(|| default_base(release), url))?;
    let uri = url(&format!("{}{}", from.as_str().trim_end_matches('/'), release.callback_path()))?;
    let told = known_from == "running_daemon" || facts.text("authsome.version").is_some();
    let sender = if told { format!("authsome {version}") } else { format!("authsome, taken for {version}") };
    Ok(Sending { uri, known_from, sender, version: Some(version.to_owned()), base: Some(base) })
}

/// Where the daemon is, if that is another machine.
fn hosted_base(facts: &Facts) -> Option<Url> {
    let base = BaseUrl { text: facts.text("daemon.base_url")?.to_owned(), from: "default" };
    base.url().filter(|_| base.hosted())
}

/// The base URL that a daemon gets when this shell starts it.
fn shell_base(context: &Context, version: &str) -> Result<Url, String> {
    let (release, _) = release(version);
    let set = release.redirect_base.as_deref().and_then(|name| Some((name, context.host.env.filled(name)?)));
    match set {
        Some((name, value)) => url(value).map_err(|why| format!("{name} is {why}")),
        None => default_base(release),
    }
}

/// The base URL of a daemon that nobody configured.
fn default_base(release: &Release) -> Result<Url, String> {
    release.callback.join("/").map_err(|error| error.to_string())
}

fn url(text: &str) -> Result<Url, String> {
    Url::parse(text).ok().filter(Url::has_host).ok_or_else(|| format!("not a URL with a host: {text}"))
}

/// A place that a browser can be sent to.
fn place(url: &Url) -> (String, u16) {
    (url.host_str().unwrap_or_default().to_owned(), url.port_or_known_default().unwrap_or_default())
}

fn agreement(context: &Context, facts: &Facts, sending: &Sending, found: &mut Facts) {
    let Some(base) = &sending.base else { return };
    match base {
        Ok(base) => found.set("callback.base_url", base.as_str()),
        Err(why) => found.set("callback.base_url", unknown(why)),
    }
    let disagreement = disagreement(context, facts, sending);
    if let (None, Err(why)) = (&disagreement, base) {
        found.set("callback.base_agrees", unknown(why));
        found.set("callback.disagreement_kind", unknown(why));
        return;
    }
    found.set("callback.base_agrees", disagreement.is_none());
    found.set("callback.disagreement_kind", disagreement.as_ref().map(|(kind, _)| *kind));
    found.set("callback.disagreement", disagreement.map(|(_, text)| text));
}

/// Where they do not agree: kind, and words.
fn disagreement(context: &Context, facts: &Facts, sending: &Sending) -> Option<(&'static str, String)> {
    let (_, sent_port) = place(&sending.uri);
    let running = sending.known_from == "running_daemon";
    if running {
        let answers = facts.text("daemon.base_url").and_then(|text| Url::parse(text).ok());
        let port = answers.as_ref().map(|url| place(url).1);
        if let Some(port) = port.filter(|port| *port != sent_port && is_loopback(&sending.uri)) {
            let text = format!("the daemon listens on port {port}, and the browser is sent to port {sent_port}");
            return Some(("port_differs", text));
        }
        let version = sending.version.as_deref()?;
        let shell = shell_base(context, version).ok()?;
        let base = sending.base.as_ref()?.as_ref().ok()?;
        if place(base) != place(&shell) || base.scheme() != shell.scheme() {
            let text =
                format!("the running daemon keeps the base URL {base} that it was started with; here it is {shell}");
            return Some(("sticky_base", text));
        }
        return None;
    }
    let version = sending.version.as_deref()?;
    let variable = release(version).0.port_variable.as_deref()?;
    let port = context.host.env.filled(variable)?;
    if port.parse() == Ok(sent_port) || !is_loopback(&sending.uri) {
        return None;
    }
    let text =
        format!("{variable}={port} moves the daemon to that port, and the browser is still sent to port {sent_port}");
    Some(("port_alone", text))
}

fn is_loopback(url: &Url) -> bool {
    crate::host::http::is_loopback(url)
}

/// Do browser and listener mean the same address by the redirect URI's host?
fn families(context: &Context, facts: &Facts, uri: &Url, found: &mut Facts) {
    let listeners: Vec<(IpAddr, Option<&str>)> =
        facts.list("port.listeners").into_iter().flatten().filter_map(listener).collect();
    let daemon = |owner: Option<&str>| matches!(owner, Some("authsome_daemon" | "ourselves"));
    let mut mismatch = None;
    if uri.host_str() == Some("localhost") {
        let addresses = match context.host.resolver.system("localhost", Duration::from_millis(300)) {
            Ok(addresses) => addresses,
            Err(failure) => {
                found.set("callback.localhost_families", unknown(failure.to_string()));
                return;
            }
        };
        let names: Vec<String> = addresses.iter().map(ToString::to_string).collect();
        let stranger = listeners.iter().any(|(address, owner)| address.is_ipv6() && owner.is_some() && !daemon(*owner));
        if stranger && addresses.iter().any(IpAddr::is_ipv6) {
            mismatch = Some(
                "localhost is also [::1] here, which the browser tries first, and another program listens there"
                    .to_owned(),
            );
        } else if !names.is_empty() && !addresses.iter().any(IpAddr::is_ipv4) {
            mismatch = Some(format!("localhost is only {} here, and authsome listens on 127.0.0.1", names.join(", ")));
        }
        found.set("callback.localhost_families", names);
    } else if uri.host_str() == Some("127.0.0.1") {
        let ours: Vec<IpAddr> =
            listeners.iter().filter(|(_, owner)| daemon(*owner)).map(|(address, _)| *address).collect();
        if !ours.is_empty() && ours.iter().all(|address| *address == IpAddr::from(std::net::Ipv6Addr::LOCALHOST)) {
            mismatch = Some("authsome listens on [::1] only, and the browser is sent to 127.0.0.1".to_owned());
        }
    }
    found.set("callback.family_mismatch", mismatch);
}

/// Address, and what kind of program owns it where that is known.
fn listener(entry: &Entry) -> Option<(IpAddr, Option<&str>)> {
    let record = match &entry.fact {
        crate::facts::Fact::Known(value) => value.as_record()?,
        _ => return None,
    };
    let known = |record: &Record, name: &str| match record.get(name).map(|entry| &entry.fact) {
        Some(crate::facts::Fact::Known(value)) => Some(value.clone()),
        _ => None,
    };
    let address = known(record, "address")?.as_text()?.parse().ok()?;
    let owner = match record.get("owner").map(|entry| &entry.fact) {
        Some(crate::facts::Fact::Known(Value::Record(owner))) => match owner.get("kind").map(|entry| &entry.fact) {
            Some(crate::facts::Fact::Known(kind)) => kind.as_text(),
            _ => None,
        },
        _ => None,
    };
    Some((address, owner))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::{Host, Resolver};
    use std::sync::Arc;

    struct Localhost(&'static [&'static str]);

    impl Resolver for Localhost {
        fn system(&self, host: &str, _: Duration) -> Result<Vec<IpAddr>, crate::host::DnsFailure> {
            assert_eq!(host, "localhost");
            Ok(self.0.iter().map(|address| address.parse().unwrap()).collect())
        }
        fn name_servers(&self, _: &str, _: Duration) -> Result<Vec<IpAddr>, crate::host::DnsFailure> {
            unreachable!("localhost is nobody's business but this machine's")
        }
    }

    fn probed(variables: &[(&str, &str)], localhost: &'static [&'static str], known: &Facts) -> Facts {
        let (env, resolver) = (Arc::new(variables.iter().copied().collect()), Arc::new(Localhost(localhost)));
        run(&Context::of(Host { env, resolver, ..Host::real() }), known)
    }

    fn installed(version: &str) -> Facts {
        let mut facts = Facts::new();
        facts.set("authsome.version", version);
        facts
    }

    fn running(version: &str, base: &str) -> Facts {
        let mut facts = installed("0.5.0");
        facts.set("daemon.state", "running");
        facts.set("daemon.base_url", "http://127.0.0.1:7998");
        facts.set("daemon.version", version);
        facts.set("daemon.effective_base_url", base);
        facts
    }

    fn listening(address: &str, kind: &str) -> Record {
        let owner = Record::new().with("kind", kind).with("kind_because", "").with("pid", 1).with("name", "x");
        Record::new()
            .with("address", address)
            .with("covers_callback", true)
            .with("owner", owner.with("protected", false))
    }

    #[test]
    fn who_sends_what_is_told_with_how_we_know_it() {
        let flag =
            Context { redirect_uri: Some(url("http://127.0.0.1:9000/cb").unwrap()), ..Context::of(Host::real()) };
        for (facts, uri, from, sender) in [
            (run(&flag, &installed("0.7.2")), "http://127.0.0.1:9000/cb", "flag", "this program"),
            (
                probed(&[], &[], &running("0.7.2", "http://127.0.0.1:7998")),
                "http://127.0.0.1:7998/api/auth/callback/oauth",
                "running_daemon",
                "authsome 0.7.2",
            ),
            (
                probed(&[], &[], &installed("0.5.0")),
                "http://127.0.0.1:7998/auth/callback/oauth",
                "installed_version",
                "authsome 0.5.0",
            ),
            (probed(&[], &[], &Facts::new()), DOCUMENTED_CALLBACK, "documentation", "this program"),
        ] {
            assert_eq!(facts.text("callback.redirect_uri"), Some(uri));
            assert_eq!(facts.text("callback.known_from"), Some(from));
            assert_eq!(facts.text("callback.sender"), Some(sender));
            assert_eq!(facts.text("callback.documented_uri"), Some(DOCUMENTED_CALLBACK));
        }
    }

    #[test]
    fn each_version_builds_it_from_its_own_variable() {
        let set =
            [("AUTHSOME_BASE_URL", "http://localhost:7998/"), ("AUTHSOME_SERVER_BASE_URL", "http://127.0.0.1:8000")];
        let uri = |version| {
            probed(&set, &["127.0.0.1"], &installed(version)).text("callback.redirect_uri").map(str::to_owned)
        };
        assert_eq!(uri("0.7.2").unwrap(), "http://localhost:7998/api/auth/callback/oauth");
        assert_eq!(uri("0.5.0").unwrap(), "http://127.0.0.1:8000/auth/callback/oauth");
    }

    #[test]
    fn a_daemon_on_another_machine_sends_its_own_address() {
        let mut known = installed("0.7.2");
        known.set("daemon.base_url", "https://authsome.example/");
        let facts = probed(&[("AUTHSOME_PORT", "8123")], &[], &known);
        let sent = "https://authsome.example/api/auth/callback/oauth";
        assert_eq!(facts.text("callback.redirect_uri"), Some(sent));
        assert_eq!(facts.text("callback.known_from"), Some("hosted_daemon"));
        assert_eq!(facts.truth("callback.base_agrees"), Some(true));
    }

    #[test]
    fn an_authsome_whose_version_cannot_be_told_is_taken_for_the_newest_that_we_know() {
        let mut known = Facts::new();
        known.set("authsome.path", "/venv/bin/authsome");
        known.set("authsome.version", unknown("a shim"));
        known.set("authsome.newest_known", "0.7.2");
        let facts = probed(&[], &[], &known);
        assert_eq!(facts.text("callback.path"), Some("/api/auth/callback/oauth"));
        assert_eq!(facts.text("callback.sender"), Some("authsome, taken for 0.7.2"));
    }

    #[test]
    fn a_base_url_that_is_no_url_makes_the_redirect_uri_unknown() {
        let facts = probed(&[("AUTHSOME_BASE_URL", "127.0.0.1:7998")], &[], &installed("0.7.2"));
        let Looked::Unknown(why) = facts.get("callback.redirect_uri") else { panic!("unknown") };
        assert_eq!(why, "AUTHSOME_BASE_URL is not a URL with a host: 127.0.0.1:7998");
    }

    #[test]
    fn the_port_variable_alone_moves_the_daemon_and_not_the_browser() {
        let facts = probed(&[("AUTHSOME_PORT", "8123")], &[], &installed("0.7.2"));
        assert_eq!(facts.truth("callback.base_agrees"), Some(false));
        assert_eq!(facts.text("callback.disagreement_kind"), Some("port_alone"));
        for (variables, version) in [
            (&[("AUTHSOME_PORT", "8123"), ("AUTHSOME_BASE_URL", "http://127.0.0.1:8123")][..], "0.7.2"),
            (&[("AUTHSOME_PORT", "7998")], "0.7.2"),
            (&[("AUTHSOME_PORT", "8123")], "0.5.0"),
        ] {
            assert_eq!(
                probed(variables, &[], &installed(version)).truth("callback.base_agrees"),
                Some(true),
                "{version}"
            );
        }
    }

    #[test]
    fn a_base_url_sticks_in_the_daemon_that_was_started_with_it() {
        let sticky = running("0.7.2", "http://localhost:7998");
        let facts = probed(&[], &["127.0.0.1"], &sticky);
        assert_eq!(facts.text("callback.redirect_uri"), Some("http://localhost:7998/api/auth/callback/oauth"));
        assert_eq!(facts.text("callback.disagreement_kind"), Some("sticky_base"));
        let same = probed(&[("AUTHSOME_BASE_URL", "http://localhost:7998")], &["127.0.0.1"], &sticky);
        assert_eq!(same.truth("callback.base_agrees"), Some(true));
        let elsewhere = probed(&[], &[], &running("0.7.2", "http://127.0.0.1:8123"));
        assert_eq!(elsewhere.text("callback.disagreement_kind"), Some("port_differs"));
    }

    #[test]
    fn a_daemon_whose_environment_is_hidden_may_have_another_base_url() {
        let mut hidden = running("0.7.2", "");
        hidden.set("daemon.effective_base_url", unknown("another user's process"));
        let facts = probed(&[], &[], &hidden);
        assert_eq!(facts.text("callback.redirect_uri"), Some("http://127.0.0.1:7998/api/auth/callback/oauth"));
        assert_eq!(facts.get("callback.base_agrees"), Looked::Unknown("another user's process"));
    }

    #[test]
    fn localhost_is_checked_against_who_listens_on_which_family() {
        let mismatch = |listeners: Vec<Record>, base, localhost| {
            let mut facts = running("0.7.2", base);
            facts.set("port.listeners", listeners);
            probed(&[("AUTHSOME_BASE_URL", base)], localhost, &facts)
                .text("callback.family_mismatch")
                .map(str::to_owned)
        };
        let local = "http://localhost:7998";
        let daemon = || listening("127.0.0.1", "authsome_daemon");
        assert_eq!(mismatch(vec![daemon()], local, &["::1", "127.0.0.1"]), None, "the browser tries both");
        assert!(mismatch(vec![daemon()], local, &["::1"]).unwrap().contains("only ::1"));
        let both = vec![daemon(), listening("::1", "other_program")];
        assert!(mismatch(both.clone(), local, &["::1", "127.0.0.1"]).unwrap().contains("another program"));
        assert_eq!(mismatch(both, "http://127.0.0.1:7998", &["::1", "127.0.0.1"]), None);
        let six = vec![listening("::1", "authsome_daemon")];
        assert!(mismatch(six, "http://127.0.0.1:7998", &[]).unwrap().contains("[::1] only"));
    }
}
