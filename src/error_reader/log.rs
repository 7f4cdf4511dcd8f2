//! Sentences of authsome that say more than their words: whose login, which code.

use super::Origin;
use super::keys::Role;
use super::reading::{Part, Reading, code_shaped};

pub fn read(text: &str, origin: Origin, reading: &mut Reading) {
    // "AuthenticationFailedError: [github] Authentication failed: …"
    if let Some(end) = text.find("] Authentication failed")
        && let Some(begin) = text[..end].rfind('[')
    {
        name_provider(&text[begin + 1..end], reading);
    }
    // "refresh failed for github (default): invalid_grant"
    if let Some((_, rest)) = text.split_once("refresh failed for ") {
        name_provider(rest.split([' ', ':']).next().unwrap_or_default(), reading);
    }
    // "OAuth error: access_denied", "Token exchange error: bad_redirect_uri — Unknown error"
    for phrase in ["OAuth error: ", "Token exchange error: ", "Token endpoint error: "] {
        for (begin, _) in text.match_indices(phrase).take(MOST) {
            read_error(text, begin + phrase.len(), origin, reading);
        }
    }
}

/// As many of one sentence as are read.
const MOST: usize = 256;
/// As much of a line as is read.
const LONGEST: usize = 1000;

fn read_error(text: &str, begin: usize, origin: Origin, reading: &mut Reading) {
    let rest = &text[begin..];
    let line = rest[..rest.floor_char_boundary(LONGEST)].split('\n').next().unwrap_or_default();
    let line = line.trim_end_matches(['"', '\'', '}']);
    let (code, told) = line.split_once(['—', ' ']).unwrap_or((line, ""));
    let code = code.trim_end_matches([',', '.', '"', '\'', '\\']);
    if code_shaped(code) {
        let at = origin.of(begin);
        let part = |role, value: &str| Part { role, value: value.to_owned(), at, object: 0, exact: true };
        let told = told.trim_start_matches(['—', ' ', '-']);
        reading.add(&mut vec![part(Role::Code, code), part(Role::Description, told)], "log line");
    }
}

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
    fn authsome_s_own_sentences_give_provider_and_code() {
        let mut reading = Reading::default();
        read(
            "AuthenticationFailedError: [github] Authentication failed: Token exchange error: bad_verification_code — The code passed is incorrect or expired.",
            Origin::top(),
            &mut reading,
        );
        let said = reading.said().next().expect("an error");
        assert_eq!(said.code.as_deref(), Some("bad_verification_code"));
        assert_eq!(said.description.as_deref(), Some("The code passed is incorrect or expired."));
        assert_eq!(reading.named_provider.as_deref(), Some("github"));
    }

    #[test]
    fn a_failed_refresh_names_its_provider() {
        let mut reading = Reading::default();
        read("Error: refresh failed for github (default): invalid_grant", Origin::top(), &mut reading);
        assert_eq!(reading.named_provider.as_deref(), Some("github"));
    }
}
