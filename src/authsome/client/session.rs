//! Login sessions of the daemon: begin one, give what it asks for, look how it stands.

use super::{Client, Trouble, read};
use crate::host::Request;
use crate::sink::Secret;
use serde_json::{Value as Json, json};
use std::time::Duration;
use url::Url;

/// A daemon that exchanges a code answers nobody: one look waits no longer than this.
const LOOK: Duration = Duration::from_secs(3);

/// What a login asks for.
#[derive(Clone, Debug, Default)]
pub struct Start<'a> {
    pub provider: &'a str,
    pub connection: &'a str,
    pub flow: Option<&'a str>,
    /// None: those that the daemon keeps for the provider, else the definition's.
    pub scopes: Option<&'a [String]>,
    pub base_url: Option<&'a str>,
    pub force: bool,
}

/// How a session stands. Its URL holds a state.
#[derive(Clone)]
pub struct Session {
    pub id: String,
    /// `waiting_for_user`, `completed`, `failed` …
    pub status: String,
    pub message: Option<String>,
    pub error: Option<String>,
    /// What is to be opened: the provider's page, or the daemon's own form.
    pub url: Option<Url>,
    /// The device flow's (RFC 8628, 3.2).
    pub user_code: Option<String>,
    pub verification_uri: Option<String>,
}

impl Session {
    /// The daemon wants client id, secret or scopes first.
    pub fn wants_input(&self) -> bool {
        self.url.as_ref().is_some_and(|url| url.path().ends_with("/input") || url.path().ends_with("/input/"))
    }

    fn of(json: &Json) -> Option<Self> {
        let text = |json: &Json, name: &str| json.get(name).and_then(Json::as_str).map(str::to_owned);
        let action = json.get("next_action").unwrap_or(&Json::Null);
        Some(Self {
            id: text(json, "id")?,
            status: text(json, "status")?,
            message: text(json, "message"),
            error: text(json, "error"),
            url: text(action, "url").and_then(|url| Url::parse(&url).ok()),
            user_code: text(json, "user_code"),
            verification_uri: text(json, "verification_uri"),
        })
    }
}

/// One field of the session's form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    pub name: String,
    pub default: String,
}

impl Client {
    /// Makes a session, which lives for 300 s in the daemon's memory.
    pub fn start(&self, start: &Start) -> Result<Session, Trouble> {
        let body = json!({
            "provider": start.provider, "connection": start.connection, "flow": start.flow,
            "scopes": start.scopes, "base_url": start.base_url, "force": start.force,
        });
        session(&self.json("POST", "/auth/sessions", Some(&body))?)
    }

    /// How it stands. Needs no proof where the version tells it to anybody who knows the id.
    pub fn session(&self, id: &str) -> Result<Session, Trouble> {
        if !self.daemon.api.open_session_status {
            return session(&self.json("GET", &format!("/auth/sessions/{id}"), None)?);
        }
        let request = Request { limit: LOOK, ..Request::get(self.url(&format!("/auth/sessions/{id}/status"))) };
        session(&read(&self.send(&request)?)?)
    }

    /// The fields of its form; none where the version has a page and no list: then those that a login can want.
    pub fn form(&self, id: &str) -> Result<Option<Vec<Field>>, Trouble> {
        if !self.daemon.api.open_session_status {
            return Ok(None);
        }
        let answer = read(&self.send(&Request::get(self.url(&format!("/auth/sessions/{id}/input"))))?)?;
        let text = |json: &Json, name: &str| json.get(name).and_then(Json::as_str).unwrap_or_default().to_owned();
        let fields = answer.get("fields").and_then(Json::as_array).map(Vec::as_slice).unwrap_or_default();
        Ok(Some(fields.iter().map(|it| Field { name: text(it, "name"), default: text(it, "default") }).collect()))
    }

    /// Sends the form, as the page in the browser does; answers with the provider's page. What is filled in is kept by the
    /// daemon for the provider, for every connection.
    pub fn fill(&self, id: &str, fields: &[(&str, Secret)]) -> Result<Option<Url>, Trouble> {
        let pairs: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.expose())).collect();
        let url = self.url(&format!("/auth/sessions/{id}/input"));
        let answer = self.send(&Request { limit: super::LIMIT, ..Request::post_form(url, &pairs) })?;
        match answer.header("location") {
            Some(to) if (300..400).contains(&answer.status) => Ok(self.daemon.base.join(to).ok()),
            // A page: the flow has nothing to open.
            _ if answer.status == 200 => Ok(None),
            _ => Err(read(&answer).err().unwrap_or(Trouble::NoAnswer("an answer that says nothing".to_owned()))),
        }
    }
}

fn session(json: &Json) -> Result<Session, Trouble> {
    Session::of(json).ok_or_else(|| Trouble::Refused {
        status: 200,
        error: String::new(),
        message: "the answer is no session as this program knows it".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_of_the_daemon_is_told_from_the_page_of_the_provider() {
        let of = |url: &str| {
            let action = json!({"type": "open_url", "url": url});
            Session::of(&json!({"id": "sess_1", "status": "waiting_for_user", "next_action": action})).unwrap()
        };
        assert!(of("http://127.0.0.1:7998/auth/input?session=sess_1").wants_input());
        assert!(of("http://127.0.0.1:7998/auth/sessions/sess_1/input").wants_input(), "0.5.0");
        assert!(!of("https://github.com/login/oauth/authorize?client_id=x").wants_input());
        let done = Session::of(&json!({"id": "s", "status": "completed", "next_action": {"type": "none"}})).unwrap();
        assert!(done.url.is_none() && !done.wants_input());
    }
}
