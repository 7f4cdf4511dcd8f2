//! The healthy rows: which callback, which browser, which proxy a login would use.

use crate::facts::Facts;

/// Label and text of each row; a row whose facts were not asked for is left out.
pub fn rows(facts: &Facts) -> Vec<(&'static str, String)> {
    let rows = [("callback", callback(facts)), ("browser", browser(facts)), ("proxy", proxy(facts))];
    rows.into_iter().filter_map(|(label, text)| Some((label, text?))).collect()
}

fn callback(facts: &Facts) -> Option<String> {
    let uri = facts.text("callback.redirect_uri")?;
    let version = facts.text("daemon.version");
    let pid = facts.number("daemon.pid").map_or_else(String::new, |pid| format!(" (pid {pid})"));
    Some(match (facts.text("daemon.state"), version, facts.truth("port.free")) {
        (Some("running"), Some(version), _) => format!("{uri}, served by authsome {version}{pid}"),
        (Some("running"), None, _) => format!("{uri}, served by authsome{pid}"),
        (_, _, Some(true)) => format!("{uri}, the port is free"),
        _ => uri.to_owned(),
    })
}

fn browser(facts: &Facts) -> Option<String> {
    let can_open = facts.truth("browser.can_open")?;
    if !can_open {
        let why = facts.text("browser.why_not").map_or_else(String::new, |why| format!(" ({why})"));
        return Some(format!("none opens by itself{why}: open the address yourself"));
    }
    let name = facts.text("browser.name").unwrap_or("the system's own");
    let place = match facts.truth("browser.same_machine") {
        Some(true) => ", on this machine",
        Some(false) => ", on another machine",
        None => "",
    };
    Some(format!("{name}{place}"))
}

/// Loopback goes direct, or there would be a finding; what goes out may need a proxy.
fn proxy(facts: &Facts) -> Option<String> {
    let hops = facts.list("proxy.hops")?;
    let through: Vec<&str> = (0..hops.len())
        .filter(|index| facts.text(&format!("proxy.hops[{index}].route")) == Some("proxy"))
        .filter_map(|index| facts.text(&format!("proxy.hops[{index}].proxy")))
        .collect();
    Some(match through.first() {
        None => "none in the way".to_owned(),
        Some(proxy) => format!("{proxy} to the provider, none for this machine's own addresses"),
    })
}
