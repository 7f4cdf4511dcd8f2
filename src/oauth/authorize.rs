//! The authorization request (RFC 6749, 4.1.1; RFC 7636, 4.3).

use crate::sink::Secret;
use oauth2::{CsrfToken, PkceCodeChallenge};
use url::Url;

/// What only this program knows of one attempt, and what may be shown of it.
pub struct Attempt {
    pub state: Secret,
    pub code_verifier: Secret,
    /// S256 of the verifier; public.
    pub code_challenge: String,
}

impl Attempt {
    /// A state of 256 bits and a verifier of 64 random bytes (RFC 7636, 4.1).
    pub fn new() -> Self {
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256_len(64);
        Self {
            state: Secret::new(CsrfToken::new_random_len(32).into_secret()),
            code_verifier: Secret::new(verifier.secret().clone()),
            code_challenge: challenge.as_str().to_owned(),
        }
    }
}

impl Default for Attempt {
    fn default() -> Self {
        Self::new()
    }
}

/// What is asked of the authorization endpoint.
#[derive(Clone, Debug)]
pub struct Authorization {
    pub endpoint: Url,
    pub client_id: String,
    /// `None`: the parameter is left out, and the provider uses the registered one where it has just one.
    pub redirect_uri: Option<Url>,
    pub scopes: Vec<String>,
    /// Send the code_challenge (RFC 7636, 4.3).
    pub code_challenge: bool,
    /// The definition's authorization_params.
    pub parameters: Vec<(String, String)>,
}

impl Authorization {
    /// The URL for the browser.
    pub fn url(&self, attempt: &Attempt) -> Url {
        let mut url = self.endpoint.clone();
        {
            let mut query = url.query_pairs_mut();
            for (name, value) in &self.parameters {
                query.append_pair(name, value);
            }
            query.append_pair("response_type", "code").append_pair("client_id", &self.client_id);
            if let Some(redirect_uri) = &self.redirect_uri {
                query.append_pair("redirect_uri", redirect_uri.as_str());
            }
            query.append_pair("state", attempt.state.expose());
            if self.code_challenge {
                query
                    .append_pair("code_challenge", &attempt.code_challenge)
                    .append_pair("code_challenge_method", "S256");
            }
            if !self.scopes.is_empty() {
                query.append_pair("scope", &self.scopes.join(" "));
            }
        }
        url
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine;
    use sha2::{Digest, Sha256};

    #[test]
    fn the_challenge_is_the_s256_of_the_verifier() {
        let attempt = Attempt::new();
        let verifier = attempt.code_verifier.expose();
        assert_eq!(verifier.len(), 86, "64 bytes in base64url");
        let expected = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(Sha256::digest(verifier));
        assert_eq!(attempt.code_challenge, expected);
    }

    #[test]
    fn two_attempts_share_nothing() {
        let (a, b) = (Attempt::new(), Attempt::new());
        assert_ne!(a.state.expose(), b.state.expose());
        assert_ne!(a.code_verifier.expose(), b.code_verifier.expose());
    }

    #[test]
    fn an_endpoint_that_has_a_query_keeps_it() {
        let ask = Authorization {
            endpoint: Url::parse("https://acme.example/authorize?tenant=7").unwrap(),
            client_id: "abc".into(),
            redirect_uri: None,
            scopes: vec!["read".into(), "write".into()],
            code_challenge: true,
            parameters: vec![("prompt".into(), "consent".into())],
        };
        let url = ask.url(&Attempt::new());
        let names: Vec<String> = url.query_pairs().map(|(name, _)| name.into_owned()).collect();
        let expected = [
            "tenant",
            "prompt",
            "response_type",
            "client_id",
            "state",
            "code_challenge",
            "code_challenge_method",
            "scope",
        ];
        assert_eq!(names, expected);
    }
}
