//! A client of authsome's daemon: the requests that its own commands make, with proof of possession, in each version's
//! paths. Speaks only to a daemon that was proved, and never starts or ends one.

mod identity;
mod proof;
mod records;
mod session;

pub use identity::{Identity, NoIdentity};
pub use records::{Connection, Connections};
pub use session::{Field, Session, Start};

use super::versions::{self, Api};
use crate::facts::Facts;
use crate::host::{Answer, Clock, Http, Request};
use serde_json::Value as Json;
use std::sync::Arc;
use std::time::Duration;
use url::Url;

/// The daemon exchanges codes inside of a request, for up to 30 s.
const LIMIT: Duration = Duration::from_secs(35);

/// A daemon that may be told who we are: it answered as authsome does, and where that can be seen, it is our user's
/// process with authsome's command line; elsewhere its certificate names it.
pub struct Proved {
    pub base: Url,
    pub version: String,
    pub api: &'static Api,
    /// On another machine: none of its files are here.
    pub hosted: bool,
}

impl Proved {
    /// What the probes found; an error says why no secret may go there.
    pub fn by(facts: &Facts) -> Result<Self, String> {
        if facts.text("daemon.hosted.url").is_some() {
            return Self::hosted(facts);
        }
        match facts.text("daemon.state") {
            Some("running") => {}
            Some("not_running") => return Err("no daemon runs".to_owned()),
            Some("busy" | "hung") => return Err("the daemon does not answer".to_owned()),
            Some(_) => return Err("what answers there is not proved to be this user's daemon".to_owned()),
            None => return Err("what answers there could not be told".to_owned()),
        }
        if facts.truth("daemon.home_matches") == Some(false) {
            return Err("the daemon serves another home".to_owned());
        }
        let base = facts.text("daemon.base_url").and_then(|text| Url::parse(text).ok()).ok_or("it has no address")?;
        let version = facts.text("daemon.version").ok_or("the daemon names no version")?;
        Self::speaking(base, version, false)
    }

    /// The one that its certificate names.
    fn hosted(facts: &Facts) -> Result<Self, String> {
        let base = facts.text("daemon.base_url").and_then(|text| Url::parse(text).ok()).ok_or("it has no address")?;
        if base.scheme() != "https" {
            return Err("it is asked without TLS, and secrets are not sent in the clear".to_owned());
        }
        match (facts.text("daemon.hosted.answers"), facts.text("daemon.hosted.version")) {
            (Some("authsome"), Some(version)) => Self::speaking(base, version, true),
            (Some("nobody"), _) => Err(format!("nobody answers at {base}")),
            (Some(_), _) => Err(format!("what answers at {base} is no authsome daemon")),
            (None, _) => Err(format!("what answers at {base} could not be told")),
        }
    }

    fn speaking(base: Url, version: &str, hosted: bool) -> Result<Self, String> {
        let release = versions::release(version).0;
        let api = release.api.as_ref().ok_or_else(|| {
            format!("authsome {version} serves nothing that this program speaks (0.5.0 and later do)")
        })?;
        Ok(Self { base, version: version.to_owned(), api, hosted })
    }
}

/// Why a request did not bring what it was for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// No answer, and why.
    NoAnswer(String),
    /// The daemon has never heard of this identity.
    NotRegistered,
    /// Nobody has claimed it in the browser.
    NotClaimed,
    /// The proof was refused: another key is registered under this name, or the clocks differ.
    ProofRefused(String),
    /// The account behind the identity may not do this.
    NotAllowed(String),
    NotFound(String),
    /// Any other answer: authsome's error and message.
    Refused {
        status: u16,
        error: String,
        message: String,
    },
}

impl std::fmt::Display for Trouble {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NoAnswer(why) => write!(f, "the daemon did not answer: {why}"),
            Self::NotRegistered => write!(f, "the daemon does not know this identity"),
            Self::NotClaimed => write!(f, "nobody has claimed this identity yet"),
            Self::ProofRefused(said) => write!(f, "the daemon refused the proof of this identity: {said}"),
            Self::NotAllowed(said) => write!(f, "the account behind this identity may not do that: {said}"),
            Self::NotFound(said) => write!(f, "{said}"),
            Self::Refused { status, error, message } if error.is_empty() => write!(f, "HTTP {status}: {message}"),
            Self::Refused { error, message, .. } => write!(f, "{error}: {message}"),
        }
    }
}

pub struct Client {
    pub daemon: Proved,
    pub identity: Identity,
    http: Arc<dyn Http>,
    clock: Arc<dyn Clock>,
}

impl Client {
    pub fn new(daemon: Proved, identity: Identity, http: Arc<dyn Http>, clock: Arc<dyn Clock>) -> Self {
        Self { daemon, identity, http, clock }
    }

    /// Who the daemon takes us for; it creates nothing.
    pub fn whoami(&self) -> Result<Json, Trouble> {
        self.json("GET", "/whoami", None)
    }

    /// The name under which the daemon knows this key; none where it does not.
    pub fn known_as(&self) -> Result<Option<String>, Trouble> {
        let url = self.url(&format!("/identities/by-did/{}", self.identity.did));
        match read(&self.send(&Request::get(url))?) {
            Ok(known) => Ok(known.get("identity").and_then(Json::as_str).map(str::to_owned)),
            Err(Trouble::NotFound(_)) => Ok(None),
            Err(trouble) => Err(trouble),
        }
    }

    /// Makes this identity known to the daemon, as the first command of authsome does. It needs no proof.
    pub fn register(&self) -> Result<(), Trouble> {
        let body = serde_json::json!({"handle": self.identity.handle, "did": self.identity.did}).to_string();
        let url = self.url("/identities/register");
        let request = Request { method: "POST", body: Some(body.into_bytes()), ..Request::get(url) };
        read(&self.send(&request.header("content-type", "application/json"))?).map(drop)
    }

    /// The address at which a person claims this identity; none where it is claimed. Each call makes a new one.
    pub fn claim_url(&self) -> Result<Option<Url>, Trouble> {
        let url = self.url(&format!("/identities/{}", self.identity.handle));
        let status = read(&self.send(&Request::get(url))?)?;
        let address = status.get("claim_url").and_then(Json::as_str).filter(|text| !text.is_empty());
        Ok(address.and_then(|text| self.daemon.base.join(text).ok()))
    }

    /// One request with proof; `path` without the version's prefix. Asked once: a proof that is refused is not tried again.
    fn json(&self, method: &'static str, path: &str, body: Option<&Json>) -> Result<Json, Trouble> {
        let body = body.map(|json| json.to_string().into_bytes());
        let url = self.url(path);
        let target = url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()));
        let sent = body.as_deref().unwrap_or_default();
        let authorization = proof::authorization(&self.identity, self.clock.now(), method, &target, sent);
        let mut request = Request { method, body, limit: LIMIT, ..Request::get(url) };
        if request.body.is_some() {
            request = request.header("content-type", "application/json");
        }
        read(&self.send(&request.header("authorization", &authorization))?)
    }

    fn send(&self, request: &Request) -> Result<Answer, Trouble> {
        self.http.send(request).map_err(|failure| Trouble::NoAnswer(failure.to_string()))
    }

    /// The base URL may have a path of its own, where a hosted daemon lies behind a proxy.
    fn url(&self, path: &str) -> Url {
        let base = self.daemon.base.as_str().trim_end_matches('/');
        let text = format!("{base}{}{path}", self.daemon.api.prefix);
        Url::parse(&text).expect("a base URL that was parsed, and a path of ours")
    }
}

fn read(answer: &Answer) -> Result<Json, Trouble> {
    let json = serde_json::from_slice::<Json>(&answer.body);
    if (200..300).contains(&answer.status) {
        return json.map_err(|_| Trouble::Refused {
            status: answer.status,
            error: String::new(),
            message: "the answer is no JSON".to_owned(),
        });
    }
    let json = json.unwrap_or_default();
    let word = |name: &str| json.get(name).and_then(Json::as_str).unwrap_or_default().to_owned();
    let (detail, error) = (word("detail"), word("error"));
    let said = if detail.is_empty() { word("message") } else { detail };
    Err(match answer.status {
        401 if said == "Unknown identity handle" => Trouble::NotRegistered,
        401 => Trouble::ProofRefused(said),
        403 if said.contains("not claimed") => Trouble::NotClaimed,
        403 => Trouble::NotAllowed(said),
        400 if said.contains("requires an admin principal") => Trouble::NotAllowed(said),
        404 if error.is_empty() || error.ends_with("NotFoundError") => {
            Trouble::NotFound(if said.is_empty() { "the daemon knows nothing of that name".to_owned() } else { said })
        }
        status => Trouble::Refused { status, error, message: said },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts;
    use serde_json::json;

    fn proved(daemon: &Json) -> Result<Proved, String> {
        Proved::by(&facts::read(&json!({"daemon": daemon})).unwrap())
    }

    #[test]
    fn only_a_proved_daemon_of_this_home_is_spoken_to() {
        let daemon = |state: &str, version: &str, home: bool| json!({"base_url": "http://127.0.0.1:7998", "state": state, "version": version, "home_matches": home});
        assert_eq!(proved(&daemon("running", "0.7.2", true)).unwrap().api.prefix, "/api");
        assert_eq!(proved(&daemon("running", "0.5.0", true)).unwrap().api.prefix, "");
        assert!(proved(&daemon("unproved", "0.7.2", true)).err().unwrap().contains("not proved"));
        assert!(proved(&daemon("running", "0.7.2", false)).err().unwrap().contains("another home"));
        assert!(proved(&daemon("running", "0.4.2", true)).err().unwrap().contains("0.5.0"));
        assert!(proved(&json!({})).is_err());
    }

    #[test]
    fn a_hosted_daemon_is_proved_by_its_certificate_and_never_without_one() {
        let hosted = |base: &str, answers: &str| {
            let found = json!({"url": format!("{base}/api/health"), "host": "a.example", "port": 443, "plain_http": false,
                "answers": answers, "version": "0.7.2"});
            proved(&json!({"base_url": base, "hosted": found}))
        };
        assert!(hosted("https://a.example", "authsome").unwrap().hosted);
        assert!(hosted("http://a.example", "authsome").err().unwrap().contains("TLS"));
        assert!(hosted("https://a.example", "other").err().unwrap().contains("no authsome daemon"));
        assert!(hosted("https://a.example", "nobody").is_err());
    }

    #[test]
    fn what_the_daemon_refuses_is_told_apart() {
        let said = |status: u16, body: &Json| {
            let body = body.to_string().into_bytes();
            read(&Answer { status, headers: Vec::new(), body, cut_off: false, took: Duration::ZERO }).unwrap_err()
        };
        assert_eq!(said(401, &json!({"detail": "Unknown identity handle"})), Trouble::NotRegistered);
        assert_eq!(said(403, &json!({"detail": "Identity 'a' is not claimed"})), Trouble::NotClaimed);
        let late = said(401, &json!({"detail": "Invalid proof JWT: Signature has expired"}));
        assert!(matches!(late, Trouble::ProofRefused(ref said) if said.contains("expired")));
        assert!(matches!(said(403, &json!({"detail": "Admin role required"})), Trouble::NotAllowed(_)));
        let failed = json!({"error": "AuthenticationFailedError", "message": "[v9] Authentication failed: no", "provider": "v9"});
        assert_eq!(said(400, &failed).to_string(), "AuthenticationFailedError: [v9] Authentication failed: no");
        assert!(matches!(said(404, &json!({"detail": "Authentication session not found"})), Trouble::NotFound(_)));
    }
}
