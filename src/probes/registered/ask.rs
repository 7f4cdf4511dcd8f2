//! Asks a provider whether it takes the redirect URI: the P1 probe. At most six requests, without cookies, no redirect
//! followed, nothing secret sent, and what comes back is read for its error only.

use super::answer::{self, Reading};
use super::judge::{Certainty, Judgement, Pair, Verdict, judge, judge_stranger};
use crate::authsome::versions::callback_paths;
use crate::host::{Http, Request};
use crate::vendors::Vendor;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use std::cell::Cell;
use std::time::{Duration, Instant};
use url::Url;

const AT_MOST: u32 = 6;

/// What the provider's answers tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// An error is "could not tell", with its reason.
    pub verdict: Result<(Verdict, Certainty), String>,
    pub method: Option<&'static str>,
    /// The registered redirect URI, where the provider gave it away.
    pub registered_uri: Option<String>,
    /// The answers in short, to the real request and to the control.
    pub answer: Option<String>,
    pub control_answer: Option<String>,
}

impl Outcome {
    pub fn open(why: impl Into<String>) -> Self {
        Self { verdict: Err(why.into()), method: None, registered_uri: None, answer: None, control_answer: None }
    }
}

/// `request` is the authorization request as the browser would get it; its state and PKCE challenge are replaced by
/// made-up ones. Never from inside the async runtime.
pub fn ask(http: &dyn Http, request: &Url, vendor: Option<&Vendor>, limit: Duration) -> Outcome {
    let Some(redirect_uri) = parameter(request, "redirect_uri") else {
        return Outcome::open("no redirect_uri is sent, so the provider uses the registered one");
    };
    let Some(control_uri) = control_of(&redirect_uri) else {
        return Outcome::open("the redirect URI is not a URL");
    };
    let asking = Asking { http, request, deadline: Instant::now() + limit, left: Cell::new(AT_MOST) };
    let mut first: Option<Outcome> = None;
    for pair in [Pair::Plain, Pair::PromptNone, Pair::ResponseType] {
        let (real, control) = asking.pair(pair, &redirect_uri, &control_uri);
        let mut judgement = judge(&real, &control, pair);
        if let (Reading::Refused { status, .. }, Reading::Refused { .. }) = (&real, &control)
            && vendor.and_then(|vendor| vendor.unknown_client_status) == Some(*status)
        {
            judgement = Judgement::Verdict(Verdict::ClientUnknown, Certainty::Likely);
        }
        if judgement == Judgement::AskStranger {
            judgement = match asking.stranger(pair, &redirect_uri) {
                Some(stranger) => judge_stranger(&real, &stranger),
                None => Judgement::Open("the provider refuses the request, and not for its redirect URI".to_owned()),
            };
        }
        let said = |verdict, registered_uri, method| Outcome {
            verdict,
            method,
            registered_uri,
            answer: Some(real.in_short()),
            control_answer: Some(control.in_short()),
        };
        match judgement {
            Judgement::Verdict(verdict, certainty) => {
                if let Reading::Elsewhere { uri, .. } = &real {
                    return said(Ok((verdict, certainty)), Some(uri.clone()), Some("provider_redirect"));
                }
                let taken = match verdict {
                    Verdict::NotRegistered | Verdict::Refused => asking.other_version(pair, &redirect_uri, &control),
                    _ => None,
                };
                let verdict = if taken.is_some() { Verdict::NotRegistered } else { verdict };
                return said(Ok((verdict, certainty)), taken, Some(pair.name()));
            }
            Judgement::Open(why) => {
                let over = matches!(real, Reading::Nothing { .. } | Reading::Wall { .. });
                first.get_or_insert(said(Err(why), None, None));
                if over {
                    break;
                }
            }
            Judgement::AskStranger => unreachable!("answered above"),
        }
    }
    first.unwrap_or_else(|| Outcome::open("nothing was asked"))
}

/// A redirect URI that nobody registered: another first path segment, since some providers take paths below theirs.
fn control_of(redirect_uri: &str) -> Option<String> {
    let mut url = Url::parse(redirect_uri).ok().filter(Url::has_host)?;
    url.set_query(None);
    url.set_fragment(None);
    url.set_path(&format!("/doctor-{}", &random()[..16]));
    Some(url.to_string())
}

/// The same address with the callback path of other authsome versions; none where the path is not authsome's.
fn of_other_version(redirect_uri: &str) -> Option<String> {
    let mut url = Url::parse(redirect_uri).ok()?;
    let paths = callback_paths();
    paths.iter().find(|path| **path == url.path())?;
    let other = paths.iter().find(|path| **path != url.path())?;
    url.set_path(other);
    Some(url.to_string())
}

struct Asking<'a> {
    http: &'a dyn Http,
    request: &'a Url,
    deadline: Instant,
    left: Cell<u32>,
}

impl Asking<'_> {
    fn pair(&self, pair: Pair, redirect_uri: &str, control_uri: &str) -> (Reading, Reading) {
        self.left.set(self.left.get().saturating_sub(2));
        let (http, request, deadline) = (self.http, self.request, self.deadline);
        std::thread::scope(|scope| {
            let control = scope.spawn(move || one(http, request, deadline, pair, control_uri, None));
            let real = one(http, request, deadline, pair, redirect_uri, None);
            let lost = || Reading::Nothing { why: "a bug in this program stopped the request".to_owned() };
            (real, control.join().unwrap_or_else(|_| lost()))
        })
    }

    /// `None`: no request is left.
    fn stranger(&self, pair: Pair, redirect_uri: &str) -> Option<Reading> {
        self.left.set(self.left.get().checked_sub(1)?);
        let nobody = format!("doctor-{}", &random()[..20]);
        Some(one(self.http, self.request, self.deadline, pair, redirect_uri, Some(&nobody)))
    }

    /// The redirect URI of other authsome versions, where the provider takes that one: an app that was set up for them.
    fn other_version(&self, pair: Pair, redirect_uri: &str, control: &Reading) -> Option<String> {
        let other = of_other_version(redirect_uri)?;
        self.left.set(self.left.get().checked_sub(1)?);
        let reading = one(self.http, self.request, self.deadline, pair, &other, None);
        matches!(judge(&reading, control, pair), Judgement::Verdict(Verdict::Registered, _)).then_some(other)
    }
}

fn one(
    http: &dyn Http,
    request: &Url,
    deadline: Instant,
    pair: Pair,
    redirect_uri: &str,
    client: Option<&str>,
) -> Reading {
    let limit = deadline.saturating_duration_since(Instant::now());
    if limit.is_zero() {
        return Reading::Nothing { why: "no time was left".to_owned() };
    }
    let state = random();
    let url = altered(request, pair, redirect_uri, &state, client);
    // As a browser asks: some servers answer a request for JSON with 401 in place of their login page.
    let question = Request { limit, ..Request::get(url.clone()) }.header("accept", "text/html,application/json;q=0.9");
    match http.send(&question) {
        Ok(answer) => answer::read(&answer, &url, redirect_uri, &state),
        Err(failure) => Reading::Nothing { why: failure.text },
    }
}

/// The request with what this question changes in it.
fn altered(request: &Url, pair: Pair, redirect_uri: &str, state: &str, client: Option<&str>) -> Url {
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(random()));
    let mut parameters: Vec<(String, String)> = Vec::new();
    for (name, value) in request.query_pairs() {
        let value = match &*name {
            "redirect_uri" => redirect_uri,
            "state" => state,
            "code_challenge" => &challenge,
            "client_id" => client.unwrap_or(&value),
            "response_type" if pair == Pair::ResponseType => "doctor",
            "prompt" if pair == Pair::PromptNone => continue,
            _ => &value,
        };
        let value = match (&*name, pair) {
            // django-oauth-toolkit breaks over prompt=none with openid; without it, it answers.
            ("scope", Pair::PromptNone) => {
                value.split(' ').filter(|scope| *scope != "openid").collect::<Vec<_>>().join(" ")
            }
            _ => value.to_owned(),
        };
        parameters.push((name.into_owned(), value));
    }
    if !parameters.iter().any(|(name, _)| name == "state") {
        parameters.push(("state".to_owned(), state.to_owned()));
    }
    if pair == Pair::PromptNone {
        parameters.push(("prompt".to_owned(), "none".to_owned()));
    }
    let mut url = request.clone();
    url.query_pairs_mut().clear().extend_pairs(parameters);
    url
}

fn parameter(url: &Url, name: &str) -> Option<String> {
    url.query_pairs().find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
}

/// 43 characters that nobody can guess.
pub fn random() -> String {
    URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>())
}
