//! Known error codes that stand in a text by themselves, as in "token exchange failed: `invalid_client`".

use super::reading::{Reading, Said};
use super::{Origin, codes};

pub fn read(text: &str, origin: Origin, reading: &mut Reading) {
    let mut at = 0;
    for word in text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_') {
        if (8..=40).contains(&word.len()) {
            let lower = word.to_ascii_lowercase();
            if codes::find(&lower).is_some() && !reading.said.iter().any(|said| said.code.as_ref() == Some(&lower)) {
                reading.push(Said { code: Some(lower), found_in: "text", at: origin.of(at), ..Said::default() });
            }
        }
        at += word.len();
        at += text[at..].chars().next().map_or(0, char::len_utf8);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_in_a_sentence_is_found_with_its_place() {
        let mut reading = Reading::default();
        read("Error: token exchange failed: invalid_client (not_invalid_client_at_all)", Origin::top(), &mut reading);
        assert_eq!(reading.said.len(), 1);
        assert_eq!((reading.said[0].code.as_deref(), reading.said[0].at), (Some("invalid_client"), 30));
    }
}
