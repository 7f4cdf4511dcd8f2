//! Sends the person to the provider's page, to the daemon's form, or shows the code of the device flow.

use super::Ground;
use super::session::Begun;
use crate::login::browser::{self, Opened};
use crate::login::plan::Plan;
use crate::login::steps;
use crate::login::story::Story;
use crate::sink::{Doc, Style};
use serde_json::json;
use url::Url;

/// How the waiting can open the page once more.
pub struct Page {
    pub url: Option<Url>,
    pub by_us: bool,
}

pub fn open(ground: &Ground, plan: &Plan, story: &mut Story, begun: &Begun) -> Page {
    let mut going = Story::begin(if begun.session.user_code.is_some() { &steps::DEVICE_START } else { &steps::ASK });
    if let (Some(code), Some(address)) = (&begun.session.user_code, &begun.session.verification_uri) {
        show_code(story, code, address);
        story.end(going, "done", "");
        return Page { url: Url::parse(address).ok(), by_us: false };
    }
    let Some(url) = &begun.url else {
        story.end(going, "failed", "the daemon named no address to open");
        return Page { url: None, by_us: false };
    };
    if begun.form_in_browser {
        going.line("authsome's own form comes first: client id and secret of the provider");
    }
    going.line(format!("GET {}", url.as_str().split('?').next().unwrap_or_default()));
    let Opened { by_us, words, .. } = browser::open(plan, story, url, ground.facts);
    story.end(going, "done", &words);
    Page { url: Some(url.clone()), by_us }
}

fn show_code(story: &Story, code: &str, address: &str) {
    let mut doc = Doc::new();
    doc.line("On any device, open").newline();
    doc.text("    ").push(Style::Typed, address).newline().newline();
    doc.line("and type").newline();
    doc.text("    ").push(Style::Strong, code).newline().newline();
    story.say(&doc);
    story.event("device_code", &json!({"user_code": code, "verification_uri": address}));
}
