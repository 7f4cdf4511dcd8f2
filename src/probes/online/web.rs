//! The requests of one run: guarded, few, small and short, each asked once, without cookies, credentials or proxies.

use super::guard::{self, Guard, NoAddress, Policy, Refusal};
use super::plan::Allowed;
use crate::host::http::{FailureKind, TlsFault};
use crate::host::{Answer, Host, HttpFailure, Request};
use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};
use url::Url;

/// One request, name look-up not included.
const EACH: Duration = Duration::from_secs(5);
/// Answers are read up to here.
const LARGEST: usize = 64 * 1024;
/// An answer that leads elsewhere is followed so often.
const REDIRECTS: usize = 3;

/// What is asked. None of these creates anything or begins a login.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Question {
    /// Is anybody there? Answers that lead elsewhere are not followed.
    Head,
    /// A page or a document.
    Get,
    /// The same without following.
    Look,
    /// The device endpoint without a client_id, which it must have (RFC 8628, 3.1).
    EmptyForm,
    /// The registration endpoint with what no reader of JSON can take for a client (RFC 7591, 3.1).
    BrokenJson,
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    Refused(Refusal),
    /// It answered, and led to something that is not asked.
    RedirectRefused {
        to: String,
        refusal: Refusal,
    },
    /// It answered, and led elsewhere again and again.
    RedirectLoop,
    /// It answered, and led to something that gave no answer: why.
    RedirectLost(String),
    NoSuchName,
    NoAddress,
    ConnectionRefused,
    Tls(TlsFault, String),
    /// Could not tell, and why.
    Unknown(String),
}

pub type Asked = Result<Answer, Trouble>;

pub struct Web<'a> {
    host: &'a Host,
    guard: Guard,
    allowed: Allowed,
    deadline: Instant,
    answers: Mutex<HashMap<(Question, Url), Arc<OnceLock<Asked>>>>,
}

impl<'a> Web<'a> {
    pub fn new(host: &'a Host, policy: Policy, allowed: Allowed, limit: Duration) -> Self {
        let deadline = Instant::now() + limit;
        Self { host, guard: Guard::new(policy), allowed, deadline, answers: Mutex::default() }
    }

    /// The answer, asked for now or before.
    pub fn ask(&self, question: Question, url: &Url) -> Asked {
        let mut url = url.clone();
        url.set_fragment(None);
        let cell = {
            let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(answers.entry((question, url.clone())).or_default())
        };
        cell.get_or_init(|| self.follow(question, &url)).clone()
    }

    fn follow(&self, question: Question, url: &Url) -> Asked {
        self.guard.admit(url).map_err(Trouble::Refused)?;
        if !self.allowed.has(question, url) {
            return Err(Trouble::Unknown(format!("{} was asked often enough in this run", name(url))));
        }
        let mut answer = self.once(question, url)?;
        let mut at = url.clone();
        let mut followed = 0;
        while let Some(to) = location(&answer).filter(|_| question == Question::Get) {
            if followed == REDIRECTS {
                return Err(Trouble::RedirectLoop);
            }
            followed += 1;
            let refused = |refusal| Trouble::RedirectRefused { to: to.clone(), refusal };
            at = guard::read(Some(&at), &to).map_err(refused)?;
            self.guard.admit(&at).map_err(refused)?;
            if !self.allowed.may_follow(&at) {
                return Err(Trouble::RedirectLost(format!("{} was asked often enough in this run", name(&at))));
            }
            answer = self.once(question, &at).map_err(|trouble| match trouble {
                Trouble::Refused(refusal) => refused(refusal),
                other => Trouble::RedirectLost(format!("it leads to {}: {}", name(&at), other.in_words())),
            })?;
        }
        Ok(answer)
    }

    /// One request, over the wire.
    fn once(&self, question: Question, url: &Url) -> Asked {
        let limit = self.left()?;
        let addresses = self.guard.addresses(self.host, url, limit).map_err(|none| match none {
            NoAddress::Refused(refusal) => Trouble::Refused(refusal),
            // Behind a proxy names from outside are the proxy's to know.
            NoAddress::NoSuchName if self.proxy(url).is_none() => Trouble::NoSuchName,
            NoAddress::Without if self.proxy(url).is_none() => Trouble::NoAddress,
            NoAddress::NoSuchName | NoAddress::Without => self.unknown(url, format!("{} has no address", name(url))),
            NoAddress::Unknown(why) => self.unknown(url, why),
        })?;
        if !self.allowed.may_reach(&addresses) {
            return Err(Trouble::Unknown(format!("the address of {} was asked often enough in this run", name(url))));
        }
        let limit = self.left()?;
        let sent = self.host.http.send_pinned(&question.request(url, limit), &addresses);
        sent.map_err(|failure| self.trouble(url, failure, limit))
    }

    fn left(&self) -> Result<Duration, Trouble> {
        let left = self.deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(Trouble::Unknown("the time was up (--timeout)".to_owned()));
        }
        Ok(left.min(EACH))
    }

    fn trouble(&self, url: &Url, failure: HttpFailure, limit: Duration) -> Trouble {
        let who = name(url);
        match (failure.kind, failure.tls_fault()) {
            (FailureKind::Tls, Some(fault)) => Trouble::Tls(fault, failure.text),
            (FailureKind::Refused, _) if self.proxy(url).is_none() => Trouble::ConnectionRefused,
            (FailureKind::Refused, _) => self.unknown(url, format!("{who} refused the connection")),
            (FailureKind::Timeout, _) if limit < EACH => {
                self.unknown(url, format!("{who} did not answer in time (--timeout)"))
            }
            (FailureKind::Timeout, _) => self.unknown(url, format!("{who} did not answer in {} s", EACH.as_secs())),
            _ => self.unknown(url, format!("{who} could not be asked: {}", failure.text)),
        }
    }

    fn proxy(&self, url: &Url) -> Option<String> {
        self.host.http.proxy_for(url)
    }

    fn unknown(&self, url: &Url, why: String) -> Trouble {
        Trouble::Unknown(match self.proxy(url) {
            Some(proxy) => format!(
                "{why}; the proxy {proxy} is not used, since it would look the name up itself and the address could not be checked"
            ),
            None => why,
        })
    }
}

impl Trouble {
    /// Why, as it stands after the host's name.
    fn in_words(&self) -> String {
        match self {
            Self::Refused(refusal) | Self::RedirectRefused { refusal, .. } => refusal.why.clone(),
            Self::RedirectLoop => "it leads elsewhere again and again".to_owned(),
            Self::NoSuchName => "there is no such name".to_owned(),
            Self::NoAddress => "the name has no address".to_owned(),
            Self::ConnectionRefused => "connection refused".to_owned(),
            Self::RedirectLost(why) | Self::Tls(_, why) | Self::Unknown(why) => why.clone(),
        }
    }
}

impl Question {
    fn request(self, url: &Url, limit: Duration) -> Request {
        let get = Request { limit, max_body: LARGEST, proxies: false, ..Request::get(url.clone()) };
        let get = get.header("accept", "application/json, text/html;q=0.8, */*;q=0.5");
        match self {
            Self::Get | Self::Look => get,
            Self::Head => Request { method: "HEAD", ..get },
            Self::EmptyForm => Request { method: "POST", body: Some(Vec::new()), ..get }
                .header("content-type", "application/x-www-form-urlencoded"),
            Self::BrokenJson => {
                Request { method: "POST", body: Some(b"{".to_vec()), ..get }.header("content-type", "application/json")
            }
        }
    }
}

/// Host and, where it is not 443, port.
pub fn name(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

fn location(answer: &Answer) -> Option<String> {
    let leads = matches!(answer.status, 301 | 302 | 303 | 307 | 308);
    answer.header("location").filter(|_| leads).map(|to| clipped(to).into_owned())
}

/// Bytes of a server's text that are kept: no name or address of a use is longer.
const LONGEST: usize = 2048;

/// What a server says, so far as it may become a fact.
pub fn clipped(text: &str) -> Cow<'_, str> {
    if text.len() <= LONGEST {
        return Cow::Borrowed(text);
    }
    let kept = &text[..text.floor_char_boundary(LONGEST)];
    Cow::Owned(format!("{kept}…"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_without_end_is_cut_and_says_so() {
        assert_eq!(clipped("https://acme.example/"), "https://acme.example/");
        let cut = clipped(&"ü".repeat(5000)).into_owned();
        assert!(cut.len() < LONGEST + 4 && cut.ends_with("ü…"), "{}", cut.len());
    }
}
