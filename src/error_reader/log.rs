//! Sentences of authsome that say more than their words: whose login, which code.

use super::Origin;
use super::keys::Role;
use super::reading::{Part, Reading, code_shaped};

pub fn read(text: &str, origin: Origin, reading: &mut Reading) {
    // Each of its sentences holds one of these.
    if !["] Authentication failed", "refresh failed for ", "error: "].iter().any(|sign| text.contains(sign)) {
        return;
    }
    let mut at = 0;
    for line in text.split('\n') {
        if line.len() >= 12 && line.contains(" failed") || line.contains("error: ") {
            read_line(line, at, origin, reading);
        }
        at += line.len() + 1;
    }
}

fn read_line(line: &str, at: usize, origin: Origin, reading: &mut Reading) {
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
                reading.add(&mut vec![part(Role::Code, code), part(Role::Description, told)], "log line");
            }
        }
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
