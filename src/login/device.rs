//! One attempt by the device authorization grant (RFC 8628).

use super::attempt::{Granted, Ground, Stop};
use super::failure::Failure;
use super::plan::{Browser, Plan};
use super::steps::{self, Step};
use super::story::{Going, Story, in_words};
use super::{preflight, qr};
use crate::definition::DeviceTokenRequest;
use crate::host::{Request, runtime};
use crate::oauth::device::{self, DeviceCode, Poll, PollForm};
use crate::oauth::record::Exchange;
use crate::practice::person::{self, Press};
use crate::sink::{self, Doc, Style};
use serde_json::json;
use std::cell::Cell;
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};
use url::Url;

/// So often is looked whether the person stops, and the countdown drawn.
const TICK: Duration = Duration::from_millis(50);
/// So many polls in a row that bring no answer, and the provider is taken for gone.
const SILENT: u32 = 4;

pub fn run(ground: &Ground, plan: &Plan, story: &mut Story) -> Result<Granted, Stop> {
    let (Some(endpoint), Ok(token_url)) = (plan.device_authorization_url(), plan.token_url()) else {
        let words = "Provider does not have a device_authorization_url configured.";
        return Err(Failure::said(plan, &steps::DEVICE_START, words.as_bytes(), "login").into());
    };
    let Some(client) = &plan.client else {
        return Err(Failure::said(plan, &steps::DEVICE_START, b"no client id is stored", "login").into());
    };
    let mut going = Story::begin(&steps::DEVICE_START);
    let exchange = send(ground, device::start(&endpoint, client, &plan.scopes), || {})?;
    going.wire(&exchange);
    let Some(code) = device::read_start(&exchange) else {
        story.end(going, "failed", "no code");
        return Err(Failure::answered(plan, &steps::DEVICE_START, &exchange).into());
    };
    story.end(going, "done", &format!("good for {}", in_words(code.expires_in)));
    show(story, &code);
    open(ground, plan, story, &code);
    Polling { ground, plan, token_url, code, began: Instant::now(), shown: Cell::default() }.run(story)
}

/// The address and the code, each on a line of its own; the complete address to scan where that can be drawn.
fn show(story: &Story, code: &DeviceCode) {
    let mut doc = Doc::new();
    doc.line("On any device, open").newline();
    doc.text("    ").push(Style::Typed, &code.verification_uri).newline().newline();
    doc.line("and type").newline();
    doc.text("    ").push(Style::Strong, &code.user_code).newline().newline();
    if let Some(picture) = code.verification_uri_complete.as_deref().and_then(qr::picture) {
        doc.line("or scan this, which has the code in it:").newline();
        doc.block(Style::Scanned, "    ", picture).newline();
    }
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

/// Opens the page where this machine can; the person may use any other.
fn open(ground: &Ground, plan: &Plan, story: &Story, code: &DeviceCode) {
    let address = code.verification_uri_complete.as_ref().unwrap_or(&code.verification_uri).clone();
    match plan.browser {
        Browser::PrintOnly => {}
        // What the robot sees does not matter: the polls tell.
        Browser::Robot => drop(runtime().spawn(async move { person::act(&address, Press::Authorize).await.map(drop) })),
        Browser::Open => {
            let is_page = Url::parse(&address).is_ok_and(|url| matches!(url.scheme(), "https" | "http"));
            let can = is_page && preflight::browser(ground.setup, plan).truth("browser.can_open") == Some(true);
            if can && webbrowser::open(&address).is_ok() {
                let mut doc = Doc::new();
                doc.line("The page was opened in your browser.");
                story.say(&doc);
            }
        }
    }
}

/// Sends a request beside the person, who can stop at any moment.
fn send(ground: &Ground, request: Request, meanwhile: impl Fn()) -> Result<Arc<Exchange>, Stop> {
    let (send, answered) = mpsc::channel();
    let recorder = ground.recorder.clone();
    std::thread::spawn(move || send.send(recorder.send("device", request)));
    loop {
        if crate::prompt::interrupted() {
            return Err(Stop::Interrupted);
        }
        match answered.recv_timeout(TICK) {
            Ok(exchange) => return Ok(exchange),
            Err(mpsc::RecvTimeoutError::Timeout) => meanwhile(),
            Err(mpsc::RecvTimeoutError::Disconnected) => return Err(Stop::Interrupted),
        }
    }
}

/// The person may wait for nothing meanwhile.
fn no_answer(story: &Story, exchange: &Exchange, interval: Duration) {
    let why = exchange.outcome.as_ref().err().map_or_else(String::new, ToString::to_string);
    let mut doc = Doc::new();
    let words = format!("The provider did not answer ({why}). It is asked again in {}.", in_words(interval));
    doc.push(Style::Warn, "! ").flow(Style::Plain, 2, words).newline();
    story.say(&doc);
}

struct Polling<'a> {
    ground: &'a Ground<'a>,
    plan: &'a Plan,
    token_url: Url,
    code: DeviceCode,
    began: Instant,
    /// The seconds left that stand on the screen.
    shown: Cell<Option<u64>>,
}

const STEP: &Step = &steps::DEVICE_POLL;

impl Polling<'_> {
    /// Polls as slowly as the provider says, until it grants, refuses, or the time is over (RFC 8628, 3.4 and 3.5).
    fn run(&self, story: &mut Story) -> Result<Granted, Stop> {
        let client = self.plan.client.as_ref().expect("was there for the code");
        let form = match self.plan.definition.oauth.as_ref().map(|oauth| oauth.device_token_request) {
            Some(DeviceTokenRequest::Json) => PollForm::Json,
            _ => PollForm::Form,
        };
        let mut going = Story::begin(STEP);
        let mut interval = self.code.interval;
        let (mut polls, mut silent) = (0_u32, 0_u32);
        let (exchange, problem) = loop {
            self.pause(interval)?;
            let request = device::poll(&self.token_url, client, &self.code, form);
            let exchange = send(self.ground, request, || self.countdown())?;
            polls += 1;
            let poll = device::read_poll(&exchange);
            silent = if matches!(poll, Poll::Silence) { silent + 1 } else { 0 };
            let pending = matches!(poll, Poll::Pending);
            match poll {
                Poll::Granted(tokens) => {
                    let _ = sink::clear_status();
                    going.line(format!("asked {polls} times"));
                    going.wire(&exchange);
                    story.end(going, "done", "");
                    let scopes = tokens.scopes.clone().unwrap_or_else(|| self.plan.scopes.clone());
                    return Ok(Granted { tokens, scopes });
                }
                Poll::Failed => break (exchange, None),
                Poll::Silence if silent >= SILENT => break (exchange, None),
                // RFC 8628, 3.5: five seconds more from now on; twice as long where no answer comes.
                Poll::SlowDown(least) => {
                    interval = (interval + Duration::from_secs(5)).max(least.unwrap_or_default());
                    going.line(format!("slow_down: every {} from now on", in_words(interval)));
                }
                Poll::Silence => {
                    interval *= 2;
                    going.line(format!("no answer: in {} again", in_words(interval)));
                    no_answer(story, &exchange, interval);
                }
                Poll::Pending => {}
            }
            if self.left().is_zero() {
                break (exchange, self.over(pending));
            }
        };
        let _ = sink::clear_status();
        going.line(format!("asked {polls} times"));
        self.failed(story, going, &exchange, problem)
    }

    fn failed(
        &self,
        story: &mut Story,
        mut going: Going,
        exchange: &Exchange,
        problem: Option<(&'static str, String)>,
    ) -> Result<Granted, Stop> {
        going.wire(exchange);
        let mut failure = Failure::answered(self.plan, STEP, exchange);
        let decision = match problem {
            Some((problem, words)) => {
                failure.facts.set("login.problem", problem);
                failure.facts.set("login.problem_text", words.clone());
                words
            }
            None => String::new(),
        };
        story.end(going, "failed", &decision);
        let waited = i64::try_from(self.began.elapsed().as_millis()).unwrap_or(i64::MAX);
        failure.facts.set("login.waited", waited);
        Err(failure.into())
    }

    /// What is left of the life of the code, and of the person's time.
    fn left(&self) -> Duration {
        self.code.expires_in.min(self.plan.wait).saturating_sub(self.began.elapsed())
    }

    /// Which of the two ended; where the provider said something else than that it waits, its own words say more.
    fn over(&self, pending: bool) -> Option<(&'static str, String)> {
        let expired = self.began.elapsed() >= self.code.expires_in;
        match (expired, pending) {
            (true, _) => Some(("device_expired", format!("the code was good for {}", in_words(self.code.expires_in)))),
            (false, true) => Some(("device_pending", format!("nobody approved it in {}", in_words(self.plan.wait)))),
            (false, false) => None,
        }
    }

    /// Until the next poll. The last one comes when the time is over, for the provider may have the last word.
    fn pause(&self, interval: Duration) -> Result<(), Stop> {
        let until = Instant::now() + interval.min(self.left().max(TICK));
        while Instant::now() < until {
            if crate::prompt::interrupted() {
                return Err(Stop::Interrupted);
            }
            self.countdown();
            std::thread::sleep(TICK);
        }
        Ok(())
    }

    fn countdown(&self) {
        let left = self.left().as_secs();
        if !self.ground.setup.prompt.is_interactive() || self.shown.replace(Some(left)) == Some(left) {
            return;
        }
        let mut doc = Doc::new();
        let words = format!(
            "    waiting for you to approve {}   {}:{:02}   Ctrl-C stops",
            self.code.user_code,
            left / 60,
            left % 60
        );
        doc.push(Style::Faint, words);
        let _ = sink::status(&doc);
    }
}
