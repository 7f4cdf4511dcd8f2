//! One attempt by the device authorization grant (RFC 8628).

use super::attempt::{Granted, Ground, Stop};
use super::failure::Failure;
use super::plan::{Browser, Plan};
use super::steps;
use super::story::Story;
use crate::host::runtime;
use crate::oauth::device::{self, DeviceCode, Poll};
use crate::practice::person::{self, Press};
use crate::sink::{Doc, Style};
use serde_json::json;
use std::time::{Duration, Instant};
use url::Url;

pub fn run(ground: &Ground, plan: &Plan, story: &mut Story) -> Result<Granted, Stop> {
    let (Some(endpoint), Ok(token_url)) = (plan.device_authorization_url(), plan.token_url()) else {
        let words = "Provider does not have a device_authorization_url configured.";
        return Err(Failure::said(plan, &steps::DEVICE_START, words.as_bytes(), "login").into());
    };
    let Some(client) = &plan.client else {
        return Err(Failure::said(plan, &steps::DEVICE_START, b"no client id is stored", "login").into());
    };
    let mut going = Story::begin(&steps::DEVICE_START);
    let code = match device::start(ground.recorder, &endpoint, client, &plan.scopes) {
        Ok((code, exchange)) => {
            going.wire(&exchange);
            story.end(going, "done", "");
            code
        }
        Err(exchange) => {
            going.wire(&exchange);
            story.end(going, "failed", "no code");
            return Err(Failure::answered(plan, &steps::DEVICE_START, &exchange).into());
        }
    };
    show(story, &code);
    if plan.browser == Browser::Robot {
        let address = code.verification_uri_complete.clone().unwrap_or_else(|| code.verification_uri.clone());
        // What the robot sees does not matter: the polls tell.
        runtime().spawn(async move { person::act(&address, Press::Authorize).await.map(drop) });
    }
    poll(ground, plan, story, &token_url, &code)
}

fn show(story: &Story, code: &DeviceCode) {
    let mut doc = Doc::new();
    doc.line("On any device, open").text("  ").push(Style::Typed, &code.verification_uri).newline();
    doc.line("and type").text("  ").push(Style::Strong, &code.user_code).newline();
    story.say(&doc);
    story.event(
        "device_code",
        &json!({
            "user_code": code.user_code,
            "verification_uri": code.verification_uri,
            "verification_uri_complete": code.verification_uri_complete,
            "expires_in_s": code.expires_in.as_secs(),
        }),
    );
}

fn poll(ground: &Ground, plan: &Plan, story: &mut Story, token_url: &Url, code: &DeviceCode) -> Result<Granted, Stop> {
    let client = plan.client.as_ref().expect("was there for the code");
    let mut going = Story::begin(&steps::DEVICE_POLL);
    let end = Instant::now() + plan.wait;
    let mut interval = code.interval;
    loop {
        if !pause(interval, end) {
            return Err(Stop::Interrupted);
        }
        let (poll, exchange) = device::poll(ground.recorder, token_url, client, code);
        match poll {
            Poll::Granted(tokens) => {
                going.wire(&exchange);
                story.end(going, "done", "");
                return Ok(Granted { scopes: tokens.scopes.clone().unwrap_or_else(|| plan.scopes.clone()), tokens });
            }
            Poll::Pending if Instant::now() < end => {}
            // RFC 8628, 3.5: five seconds more from now on.
            Poll::SlowDown if Instant::now() < end => interval += Duration::from_secs(5),
            Poll::Pending | Poll::SlowDown | Poll::Failed(_) => {
                going.wire(&exchange);
                story.end(going, "failed", "");
                return Err(Failure::answered(plan, &steps::DEVICE_POLL, &exchange).into());
            }
        }
    }
}

/// Sleeps until the next poll, but not beyond the end of the waiting; false when the person stops it.
fn pause(interval: Duration, end: Instant) -> bool {
    let until = (Instant::now() + interval).min(end.max(Instant::now() + Duration::from_millis(50)));
    while Instant::now() < until {
        if crate::prompt::interrupted() {
            return false;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    true
}
