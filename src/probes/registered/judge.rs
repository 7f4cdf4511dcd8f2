//! The verdict from a pair of answers: to the real request, and to a control that differs only in a redirect URI that
//! cannot be registered. No single answer is trusted: what the control gets too says nothing about the real one.

use super::answer::{About, Reading};
use Certainty::{Certain, Likely, Possible};
use Judgement::{AskStranger, Open};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Registered,
    NotRegistered,
    ClientUnknown,
    /// Redirect URI or client: the provider does not say which.
    Refused,
    /// The provider takes any redirect URI.
    Unchecked,
}

impl Verdict {
    /// The value of the fact `callback.registered.verdict`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Registered => "registered",
            Self::NotRegistered => "not_registered",
            Self::ClientUnknown => "client_unknown",
            Self::Refused => "refused",
            Self::Unchecked => "unchecked",
        }
    }
}

/// How sure a verdict is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Certainty {
    Certain,
    Likely,
    Possible,
}

impl Certainty {
    /// The value of the fact `callback.registered.certainty`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Certain => "certain",
            Self::Likely => "likely",
            Self::Possible => "possible",
        }
    }
}

/// What a pair tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Judgement {
    Verdict(Verdict, Certainty),
    /// Refused both, without saying why: the same request with a made-up client id would tell more.
    AskStranger,
    /// Why it cannot be told.
    Open(String),
}

/// Which pair was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pair {
    /// The request as it will be sent.
    Plain,
    /// The same with `prompt=none` (`OpenID` Connect Core, 3.1.2.1).
    PromptNone,
    /// The same with a response type that does not exist.
    ResponseType,
}

impl Pair {
    /// The value of the fact `callback.registered.method`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Plain => "authorize_pair",
            Self::PromptNone => "authorize_pair_prompt_none",
            Self::ResponseType => "authorize_pair_response_type",
        }
    }
}

pub fn judge(real: &Reading, control: &Reading, pair: Pair) -> Judgement {
    use Reading::{Back, Broken, Code, Elsewhere, Moved, Nothing, Page, Refused, Wall};
    match (real, control) {
        (Nothing { why }, _) | (_, Nothing { why }) => Open(why.clone()),
        (Wall { .. }, _) | (_, Wall { .. }) => {
            Open("a bot protection or rate limit of the provider answered".to_owned())
        }
        // It tells the two apart, and approves without asking: a server for tests, or an app that was approved before.
        (Code, Refused { .. }) => is(Verdict::Registered, Certain),
        (Code, _) | (Back { .. }, Code | Back { .. }) => is(Verdict::Unchecked, Certain),
        (Back { state_is_ours, .. }, _) => is(Verdict::Registered, if *state_is_ours { Certain } else { Likely }),
        (Elsewhere { .. }, _) => is(Verdict::NotRegistered, Likely),
        (Refused { .. }, Refused { .. }) => both_refused(real, control, pair),
        (Moved { .. } | Page { .. }, Refused { .. }) => is(Verdict::Registered, Likely),
        // express-oauth-server answers 503, and django-oauth-toolkit 500, to the right request.
        (Broken { .. }, Refused { .. }) => is(Verdict::Registered, Possible),
        (Moved { to }, Moved { to: control }) if to == control => {
            Open("the provider asks for the login first".to_owned())
        }
        (Page { .. }, Page { .. }) => Open("the provider answers every redirect URI with the same page".to_owned()),
        (Broken { status }, Broken { .. }) => Open(format!("the provider answers {status} whatever is asked")),
        _ => Open("the provider's answers contradict each other".to_owned()),
    }
}

fn both_refused(real: &Reading, control: &Reading, pair: Pair) -> Judgement {
    let (Reading::Refused { status, about, code }, Reading::Refused { about: control_about, .. }) = (real, control)
    else {
        unreachable!("asked only with two refusals")
    };
    match about {
        About::RedirectUri => is(Verdict::NotRegistered, Likely),
        // The control fell over its redirect URI, the real request over something else: it got further.
        About::Other if *control_about == About::RedirectUri => is(Verdict::Registered, Likely),
        About::Other => Open(format!(
            "the provider refuses the request for another reason: {}",
            code.as_deref().unwrap_or("not named")
        )),
        // The altered request may be what it refuses.
        About::Unsaid if pair != Pair::Plain => Open("the provider refuses the question itself".to_owned()),
        About::Unsaid if *status == 401 => Open("the provider asks for the login first".to_owned()),
        About::Unsaid if matches!(status, 404 | 405 | 410) => {
            Open(format!("the authorization endpoint answers {status} to everything"))
        }
        About::Unsaid if !real.alike(control) => Open("the provider's answers contradict each other".to_owned()),
        About::Client | About::Unsaid => AskStranger,
    }
}

/// After a pair that ended in [`Judgement::AskStranger`]: the real request with a client id that nobody has.
pub fn judge_stranger(real: &Reading, stranger: &Reading) -> Judgement {
    let client = matches!(real, Reading::Refused { about: About::Client, .. });
    match stranger {
        Reading::Nothing { why } => Open(why.clone()),
        Reading::Wall { .. } => Open("a bot protection or rate limit of the provider answered".to_owned()),
        _ if real.alike(stranger) && client => is(Verdict::ClientUnknown, Likely),
        _ if real.alike(stranger) => is(Verdict::Refused, Possible),
        // A stranger is refused otherwise, so the client is known, and the redirect URI is what is left.
        Reading::Refused { .. } if !client => is(Verdict::NotRegistered, Likely),
        _ => Open("the provider's answers contradict each other".to_owned()),
    }
}

fn is(verdict: Verdict, certainty: Certainty) -> Judgement {
    Judgement::Verdict(verdict, certainty)
}
