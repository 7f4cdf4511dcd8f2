//! Sentences of authsome and of libraries that say more than their words: whose login, which step, which code.

use super::Origin;
use super::keys::Role;
use super::reading::{Part, Reading, code_shaped};
use super::step::Strength;

pub fn read(text: &str, origin: Origin, reading: &mut Reading) {
    let mut at = 0;
    for line in text.split('\n') {
        read_line(line, at, origin, reading);
        at += line.len() + 1;
    }
}

fn read_line(line: &str, at: usize, origin: Origin, reading: &mut Reading) {
    if !line.contains(['F', 'f', 'E', 'e']) || line.len() < 12 {
        return;
    }
    let lower = line.to_ascii_lowercase();
    for (phrase, step) in STEPS {
        if lower.contains(phrase) {
            reading.note_step(step, Strength::Words, format!("it says \"{phrase}\""));
        }
    }
    // authsome: "AuthenticationFailedError: [github] Authentication failed: …"
    if let Some(end) = line.find("] Authentication failed")
        && let Some(begin) = line[..end].rfind('[')
    {
        name_provider(&line[begin + 1..end], reading);
    }
    // "refresh failed for github (default): invalid_grant"
    if let Some((_, rest)) = line.split_once("refresh failed for ") {
        name_provider(rest.split([' ', ':']).next().unwrap_or_default(), reading);
    }
    // "OAuth error: access_denied", "Token exchange error: bad_redirect_uri — Unknown error"
    for phrase in ["OAuth error: ", "Token exchange error: ", "Token endpoint error: "] {
        if let Some(begin) = line.find(phrase) {
            let rest = line[begin + phrase.len()..].trim_end_matches(['"', '\'', '}']);
            let (code, told) = rest.split_once(['—', ' ']).unwrap_or((rest, ""));
            let code = code.trim_end_matches([',', '.', '"', '\'', '\\']);
            if code_shaped(code) {
                let begin = origin.of(at + begin + phrase.len());
                let part =
                    |role, value: &str| Part { role, value: value.to_owned(), at: begin, object: 0, exact: true };
                let told = told.trim_start_matches(['—', ' ', '-']);
                reading.add(vec![part(Role::Code, code), part(Role::Description, told)], "log line");
            }
        }
    }
}

/// Sentences that say in which step of a login something went wrong; the more telling first.
const STEPS: &[(&str, &str)] = &[
    ("refresh failed", "refresh"),
    ("refreshing token", "refresh"),
    ("failed to refresh", "refresh"),
    ("token refresh", "refresh"),
    ("device authorization", "device"),
    ("dynamic client registration", "registration"),
    ("token exchange", "token"),
    ("token endpoint", "token"),
    ("token request failed", "token"),
    ("oauth error: ", "callback"),
    ("address already in use", "local"),
    ("daemon failed to start", "local"),
];

fn name_provider(name: &str, reading: &mut Reading) {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if reading.named_provider.is_none() && (1..=40).contains(&name.len()) && name.chars().all(fits) {
        reading.named_provider = Some(name.to_owned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn authsome_s_own_sentences_give_provider_step_and_code() {
        let mut reading = Reading::default();
        read(
            "AuthenticationFailedError: [github] Authentication failed: Token exchange error: bad_verification_code — The code passed is incorrect or expired.",
            Origin::top(),
            &mut reading,
        );
        let said = &reading.said[0];
        assert_eq!(said.code.as_deref(), Some("bad_verification_code"));
        assert_eq!(said.description.as_deref(), Some("The code passed is incorrect or expired."));
        assert_eq!(reading.named_provider.as_deref(), Some("github"));
        assert_eq!(reading.step.as_ref().map(|s| s.name), Some("token"));
    }

    #[test]
    fn a_refresh_is_told_from_a_first_exchange() {
        let mut reading = Reading::default();
        read("Error: refresh failed for github (default): invalid_grant", Origin::top(), &mut reading);
        assert_eq!(reading.named_provider.as_deref(), Some("github"));
        assert_eq!(reading.step.as_ref().map(|s| s.name), Some("refresh"));
    }
}
