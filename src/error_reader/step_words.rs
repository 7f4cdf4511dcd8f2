//! Sentences, names of functions and parameters that say in which step of a login something went wrong.

use super::error_words;
use super::reading::Reading;
use super::step::Strength::{self, Endpoint, Guess, Named, Words};

/// Takes the step from the words of the folded text.
pub fn read(text: &str, reading: &mut Reading) {
    // Sentences that name more than one step.
    let mut without = None;
    for sentence in OF_SEVERAL {
        let so_far = without.as_deref().unwrap_or(text);
        if let Some((before, after)) = so_far.split_once(sentence) {
            without = Some(format!("{before}{after}"));
        }
    }
    let text = without.as_deref().unwrap_or(text);
    let words = error_words::all();
    for (found, (step, sure)) in words.steps.find(text).into_iter().zip(&words.named) {
        if let Some(phrase) = found {
            reading.note_step(step, strength(sure), format!("it says \"{phrase}\""));
        }
    }
}

/// RFC 6749, 5.2, and what servers made of it.
const OF_SEVERAL: &[&str] = &[
    "(e.g., authorization code, resource owner credentials) or refresh token is invalid",
    "(for example, authorization code, resource owner credentials) or refresh token is invalid",
    "authorization code or refresh token has expired",
    "authorization code or refresh token is invalid",
    "authorization code, refresh token",
    "used in the authorization request",
    "denied the authorization request",
    "denied your request",
];

/// How sure a group of `data/error_words/steps.yaml` is.
fn strength(word: &str) -> Strength {
    match word {
        "named" => Named,
        "words" => Words,
        "endpoint" => Endpoint,
        "guess" => Guess,
        other => unreachable!("a test reads every group, and there is no strength {other}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_group_names_a_step_of_the_registry_and_a_strength() {
        let steps = crate::facts::registry::find("error.step").expect("registered").one_of;
        for (step, sure) in &error_words::all().named {
            assert!(steps.contains(&step.as_str()), "{step}");
            strength(sure);
        }
    }

    fn step(text: &str) -> Option<&'static str> {
        let mut reading = Reading::default();
        read(&text.to_lowercase(), &mut reading);
        reading.step.map(|step| step.name)
    }

    #[test]
    fn a_refresh_is_told_from_a_first_exchange() {
        for text in [
            "Error: refresh failed for github (default): invalid_grant",
            "curl -d 'grant_type=refresh_token&refresh_token=x'",
            "File \"credentials.py\", line 302, in refresh_grant: google.auth.exceptions.RefreshError",
            "Get \"https://api.example/me\": oauth2: cannot fetch token: 400 Bad Request",
            "failed to acquire token silently",
        ] {
            assert_eq!(step(text), Some("refresh"), "{text}");
        }
        for text in [
            "data: 'grant_type=authorization_code&code=x'",
            "oauthproxy.go: error redeeming code: invalid_grant",
            "{\"error_description\":\"Invalid \\\"code\\\" in request.\"}",
            "failed to turn code into token",
        ] {
            assert_eq!(step(text), Some("token"), "{text}");
        }
    }

    #[test]
    fn the_standard_s_own_sentence_about_grants_names_no_refresh() {
        let sentence = "The provided authorization grant (e.g., authorization code, resource owner credentials) or refresh token is invalid, expired, revoked";
        assert_ne!(step(sentence), Some("refresh"));
    }
}
