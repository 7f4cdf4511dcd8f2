//! Login sessions of the daemon: begin one, give what it asks for, look how it stands.

use super::{Client, Trouble, read};
use crate::host::Request;
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
            return self.details(id);
        }
        let request = Request { limit: LOOK, ..Request::get(self.url(&format!("/auth/sessions/{id}/status"))) };
        session(&read(&self.send(&request)?)?)
    }

    /// The same with everything that only its owner is told: the address to open, the code of the device flow.
    pub fn details(&self, id: &str) -> Result<Session, Trouble> {
        session(&self.json("GET", &format!("/auth/sessions/{id}"), None)?)
    }

    /// The fields of its form: a list, or up to 0.5 the inputs of a page.
    pub fn form(&self, id: &str) -> Result<Vec<Field>, Trouble> {
        let answer = self.send(&Request::get(self.url(&format!("/auth/sessions/{id}/input"))))?;
        if !self.daemon.api.open_session_status && answer.status == 200 {
            return Ok(inputs(&answer.text()));
        }
        let json = read(&answer)?;
        let text = |json: &Json, name: &str| json.get(name).and_then(Json::as_str).unwrap_or_default().to_owned();
        let fields = json.get("fields").and_then(Json::as_array).map(Vec::as_slice).unwrap_or_default();
        Ok(fields.iter().map(|it| Field { name: text(it, "name"), default: text(it, "default") }).collect())
    }

    /// Hands in the answer of the provider that a browser elsewhere was given: path and query of the callback.
    pub fn deliver(&self, path: &str, query: &str) -> Result<(), Trouble> {
        let mut url = self.daemon.base.clone();
        url.set_path(path);
        url.set_query(Some(query));
        self.send(&Request { limit: super::LIMIT, ..Request::get(url) }).map(drop)
    }

    /// Sends the form, as the page in the browser does; answers with the provider's page. What is filled in is kept by the
    /// daemon for the provider, for every connection.
    pub fn fill(&self, id: &str, fields: &[(&str, &str)]) -> Result<Option<Url>, Trouble> {
        let url = self.url(&format!("/auth/sessions/{id}/input"));
        let answer = self.send(&Request { limit: super::LIMIT, ..Request::post_form(url, fields) })?;
        match answer.header("location") {
            Some(to) if (300..400).contains(&answer.status) => Ok(self.daemon.base.join(to).ok()),
            // A page: the flow has nothing to open.
            _ if answer.status == 200 => Ok(None),
            _ => Err(read(&answer).err().unwrap_or(Trouble::NoAnswer("an answer that says nothing".to_owned()))),
        }
    }
}

/// Name and value of every input of a page of the daemon's.
fn inputs(page: &str) -> Vec<Field> {
    let attribute = |tag: &str, name: &str| {
        let from = tag.find(&format!(" {name}=\""))? + name.len() + 3;
        tag[from..].split('"').next().map(str::to_owned)
    };
    let tags = page.split("<input").skip(1).map(|rest| rest.split('>').next().unwrap_or_default());
    tags.filter_map(|tag| {
        Some(Field { name: attribute(tag, "name")?, default: attribute(tag, "value").unwrap_or_default() })
    })
    .collect()
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
    fn the_inputs_of_a_page_are_its_fields() {
        let page = r#"<form><label>Client ID</label><input class="i" type="text" name="client_id" value="" required>
            <input type="password" name="client_secret"><input name="scopes" value="a,b"></form>"#;
        let names: Vec<_> = inputs(page).into_iter().map(|field| (field.name, field.default)).collect();
        let expected = [("client_id", ""), ("client_secret", ""), ("scopes", "a,b")];
        assert_eq!(names, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    }

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
