//! Opening the provider's page: in this machine's browser, by a person elsewhere, or by the robot of the practice provider.

use super::plan::{Browser, Plan};
use super::story::Story;
use crate::facts::Facts;
use crate::host::runtime;
use crate::practice::person::{self, Press};
use crate::sink::{Doc, Style};
use serde_json::json;
use std::sync::mpsc::{self, Receiver};
use url::Url;

/// What became of it.
pub struct Opened {
    pub by_us: bool,
    /// What the robot person saw at the end, where it did not come back to us.
    pub robot: Option<Receiver<String>>,
    pub words: String,
}

/// `facts` say whether a browser can be opened here, and whether the person's is elsewhere.
pub fn open(plan: &Plan, story: &Story, url: &Url, facts: &Facts) -> Opened {
    if plan.browser == Browser::Robot {
        return robot(url);
    }
    let why = "Open this address in a browser, log in there, and come back:";
    let can = facts.truth("browser.can_open").unwrap_or(true);
    if plan.browser == Browser::PrintOnly || !can {
        story.address(url.as_str(), why);
        way_back(story, facts);
        let words =
            if can { "the address was printed" } else { "no browser can be opened here: the address was printed" };
        return Opened { by_us: false, robot: None, words: words.to_owned() };
    }
    let opened = webbrowser::open(url.as_str());
    // Also for whoever reads along: a browser that opens in the background, or not at all, is no dead end.
    story.address(url.as_str(), if opened.is_ok() { "Opened in your browser. If nothing is there:" } else { why });
    way_back(story, facts);
    match opened {
        Ok(()) => {
            let name = facts.text("browser.name").unwrap_or("the browser").to_owned();
            Opened { by_us: true, robot: None, words: format!("opened in {name}") }
        }
        Err(error) => Opened { by_us: false, robot: None, words: format!("the browser could not be opened: {error}") },
    }
}

/// Where the browser's 127.0.0.1 is not ours: what leads it back to here, beside the address.
fn way_back(story: &Story, facts: &Facts) {
    let Some(because) = facts.text("browser.elsewhere_because") else { return };
    let (line, words) = (facts.text("browser.forwarding_line"), facts.text("browser.way_back").unwrap_or_default());
    story.event("browser_elsewhere", &json!({"because": because, "way_back": words, "forwarding_line": line}));
    let mut doc = Doc::new();
    doc.push(Style::Warn, "! ").flow(
        Style::Plain,
        2,
        "Your browser may be on another machine: at the end it goes to 127.0.0.1 there, not here.",
    );
    doc.newline().text("  what leads back   ").flow(Style::Plain, 20, words).newline();
    if let Some(line) = line {
        doc.text("  type there first  ").push(Style::Typed, line).newline();
    }
    doc.text("  or else           ");
    doc.flow(Style::Plain, 20, "copy the address of the page that does not load, and paste it here").newline();
    story.say(&doc);
}

fn robot(url: &Url) -> Opened {
    let (send, seen) = mpsc::channel();
    let address = url.as_str().to_owned();
    runtime().spawn(async move {
        let said = match person::act(&address, Press::Authorize).await {
            // A browser has words of its own for an error page without any.
            Ok(seen) if seen.text.trim().is_empty() => {
                let status = seen.status.map_or_else(String::new, |status| format!("HTTP ERROR {status}"));
                format!("{}\nThis page isn't working\n{status}", seen.address)
            }
            Ok(seen) => format!("{}\n{}", seen.address, seen.text),
            Err(error) => error.to_string(),
        };
        // The login may have ended meanwhile.
        let _ = send.send(said);
    });
    Opened { by_us: true, robot: Some(seen), words: "the practice person opens it and presses Authorize".to_owned() }
}
