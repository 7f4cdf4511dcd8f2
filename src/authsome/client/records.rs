//! What the daemon keeps of a provider: its definition, the connections, the client.

use super::{Client, Trouble};
use crate::sink::Secret;
use serde_json::{Map, Value as Json, json};

/// A connection as the daemon keeps it. What is secret in it stands apart, so that the rest can be shown.
pub struct Connection {
    /// Without secrets.
    pub record: Map<String, Json>,
    /// By name: `access_token`, `refresh_token`, `api_key` …
    pub secrets: Vec<(String, Secret)>,
}

/// The fields that authsome itself marks as secret, in any version.
const SECRETS: &[&str] = &["access_token", "refresh_token", "id_token", "api_key", "credentials"];

impl Connection {
    fn of(json: Json) -> Self {
        let mut record = match json {
            Json::Object(record) => record,
            _ => Map::new(),
        };
        let mut secrets = Vec::new();
        for name in SECRETS {
            match record.remove(*name) {
                Some(Json::String(value)) => secrets.push(((*name).to_owned(), Secret::new(value))),
                Some(Json::Object(values)) => secrets
                    .extend(values.iter().filter_map(|(key, value)| Some((key.clone(), Secret::new(value.as_str()?))))),
                _ => {}
            }
        }
        Self { record, secrets }
    }

    pub fn secret(&self, name: &str) -> Option<&Secret> {
        self.secrets.iter().find(|(mine, _)| mine == name).map(|(_, secret)| secret)
    }

    /// Those that were asked for: authsome does not read what was granted.
    pub fn scopes(&self) -> Vec<String> {
        let list = self.record.get("scopes").and_then(Json::as_array).map(Vec::as_slice).unwrap_or_default();
        list.iter().filter_map(Json::as_str).map(str::to_owned).collect()
    }
}

/// What authsome's own list tells of a provider's connections; there are no secrets in it.
pub struct Connections {
    /// This account's.
    pub own: Vec<Json>,
    /// Those that stand in for everybody; none where the version has no such thing.
    pub global: Option<Vec<Json>>,
}

impl Connections {
    fn of(json: &Json, provider: &str) -> Self {
        let list = |json: &Json, name: &str| json.get(name).and_then(Json::as_array).cloned();
        let is = |group: &Json, key: &str| group.get(key).and_then(Json::as_str) == Some(provider);
        let groups = list(json, "connections").unwrap_or_default();
        let group = groups.iter().find(|group| is(group, "name"));
        Self {
            own: group.and_then(|group| list(group, "connections")).unwrap_or_default(),
            global: list(json, "global_connections")
                .map(|all| all.into_iter().filter(|one| is(one, "provider")).collect()),
        }
    }
}

impl Client {
    /// The definition that the daemon goes by.
    pub fn provider(&self, name: &str) -> Result<Json, Trouble> {
        self.json("GET", &format!("/providers/{}", segment(name)), None)
    }

    pub fn connection(&self, provider: &str, name: &str) -> Result<Connection, Trouble> {
        let path = format!("/connections/{}/{}", segment(provider), segment(name));
        Ok(Connection::of(self.json("GET", &path, None)?))
    }

    pub fn connections(&self, provider: &str) -> Result<Connections, Trouble> {
        Ok(Connections::of(&self.json("GET", "/connections", None)?, provider))
    }

    /// Forgets the client of the provider and every connection of it, of every account at this daemon.
    pub fn revoke(&self, provider: &str) -> Result<(), Trouble> {
        self.json("POST", &format!("/connections/{}/revoke", segment(provider)), Some(&json!({}))).map(drop)
    }
}

/// A name as one segment of a path.
fn segment(name: &str) -> String {
    const KEPT: percent_encoding::AsciiSet =
        percent_encoding::NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');
    percent_encoding::utf8_percent_encode(name, &KEPT).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_can_be_shown_without_its_secrets() {
        let connection = Connection::of(json!({
            "provider": "acme", "status": "connected", "scopes": ["a", "b"], "access_token": "tok-1234567890",
            "refresh_token": null, "credentials": {"session": "cookie-1234567890"},
        }));
        let shown = Json::Object(connection.record.clone()).to_string();
        assert!(!shown.contains("tok-1234567890") && !shown.contains("cookie-1234567890"), "{shown}");
        assert_eq!(connection.secret("access_token").unwrap().expose(), "tok-1234567890");
        assert_eq!(connection.secret("session").unwrap().expose(), "cookie-1234567890");
        assert!(connection.secret("refresh_token").is_none());
        assert_eq!(connection.scopes(), ["a", "b"]);
    }

    #[test]
    fn the_connections_of_one_provider_are_found_among_all() {
        let told = json!({
            "connections": [
                {"name": "github", "connections": [{"connection_name": "default", "status": "connected"}]},
                {"name": "google", "connections": [{"connection_name": "work", "status": "expired"}]},
            ],
            "global_connections": [{"provider": "google", "connection_name": "work"}],
        });
        let google = Connections::of(&told, "google");
        assert_eq!(google.own[0]["connection_name"], "work");
        assert_eq!(google.global.unwrap().len(), 1);
        assert_eq!(Connections::of(&told, "github").global.unwrap(), Vec::<Json>::new());
        let older = json!({"connections": []});
        assert!(Connections::of(&older, "github").own.is_empty() && Connections::of(&older, "github").global.is_none());
    }

    #[test]
    fn a_name_stays_one_segment() {
        assert_eq!(segment("../admin?x"), "..%2Fadmin%3Fx");
        assert_eq!(segment("google-calendar"), "google-calendar");
    }
}
