//! The one way out for a secret: for the person who asked for it by name (`get --show-secret`). Everything around it is
//! redacted as ever.

use super::out::emit;
use super::parts::{as_text, redact_json};
use super::{Doc, Screen, Secret, Stream, safe_line};
use serde_json::Value;
use std::io;

/// A text that holds secrets on purpose.
pub struct Revealed(String);

impl Revealed {
    /// The secret alone, on a line.
    pub fn alone(secret: &Secret) -> Self {
        Self(format!("{}\n", safe_line(secret.expose())))
    }

    /// After `doc`, a line for each secret.
    pub fn after(doc: &Doc, screen: &Screen, secrets: &[(String, &Secret)]) -> Self {
        let lines = secrets.iter().map(|(label, secret)| format!("{label}{}\n", safe_line(secret.expose())));
        Self(doc.render(screen) + &lines.collect::<String>())
    }

    /// The document, with the secrets at their JSON pointers.
    pub fn within(document: &Value, secrets: &[(String, &Secret)]) -> Self {
        let mut shown = redact_json(document);
        for (pointer, secret) in secrets {
            if let Some(place) = shown.pointer_mut(pointer) {
                *place = secret.expose().into();
            }
        }
        Self(as_text(&shown))
    }

    /// For the file that the person named.
    pub fn text(&self) -> &str {
        &self.0
    }

    pub fn print(&self) -> io::Result<()> {
        emit(Stream::Out, &self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sink::HIDDEN;
    use serde_json::json;

    #[test]
    fn a_secret_is_shown_in_its_place_and_nowhere_else() {
        let secret = Secret::new("the-token-that-was-asked-for");
        let document =
            json!({"access_token": HIDDEN, "note": "the-token-that-was-asked-for", "client_secret": "abcdef-1"});
        let shown: Value =
            serde_json::from_str(Revealed::within(&document, &[("/access_token".into(), &secret)]).text()).unwrap();
        assert_eq!(
            shown,
            json!({"access_token": "the-token-that-was-asked-for", "note": HIDDEN, "client_secret": HIDDEN})
        );
    }
}
