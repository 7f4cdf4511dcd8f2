//! Google's error page: `authError=` in its URL is a protobuf message in base64 (1: code, 2: text, 3: help page, 4: status).

use super::Origin;
use super::keys::Role;
use super::reading::{Part, Reading, fold};
use super::step::Strength;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use percent_encoding::percent_decode_str;

pub fn read(value: &str, offset: usize, origin: Origin, reading: &mut Reading) {
    let value = percent_decode_str(value).decode_utf8_lossy();
    let value = value.trim_end_matches(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '-' | '_' | '+' | '/'));
    let Ok(message) = URL_SAFE_NO_PAD.decode(value).or_else(|_| STANDARD_NO_PAD.decode(value)) else {
        return;
    };
    let mut parts = Vec::new();
    for (number, field) in fields(&message) {
        let (role, text) = match (number, field) {
            (1, Field::Bytes(bytes)) => (Role::Code, String::from_utf8_lossy(bytes).into_owned()),
            (2, Field::Bytes(bytes)) => (Role::Description, fold(&String::from_utf8_lossy(bytes))),
            (3, Field::Bytes(bytes)) => (Role::Uri, String::from_utf8_lossy(bytes).into_owned()),
            (4, Field::Number(status)) => (Role::Status, status.to_string()),
            _ => continue,
        };
        if role == Role::Code || role == Role::Description {
            reading.note_decoded(&text);
        }
        parts.push(Part { role, value: text, at: origin.of(offset), object: 0, exact: true });
    }
    if parts.iter().any(|part| part.role == Role::Code) {
        reading.note_step("authorize", Strength::Endpoint, "Google's error page");
        reading.add(&mut parts, "authError");
    }
}

enum Field<'a> {
    Number(u64),
    Bytes(&'a [u8]),
}

/// The fields of a protobuf message, up to the first that is malformed or of another wire type.
fn fields(mut message: &[u8]) -> Vec<(u64, Field<'_>)> {
    let mut fields = Vec::new();
    while let Some(key) = varint(&mut message) {
        let field = match key & 7 {
            0 => varint(&mut message).map(Field::Number),
            2 => varint(&mut message)
                .and_then(|len| usize::try_from(len).ok())
                .and_then(|len| message.split_at_checked(len))
                .map(|(bytes, rest)| {
                    message = rest;
                    Field::Bytes(bytes)
                }),
            _ => None,
        };
        let Some(field) = field else { break };
        fields.push((key >> 3, field));
    }
    fields
}

fn varint(message: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for shift in (0..63).step_by(7) {
        let (byte, rest) = message.split_first()?;
        *message = rest;
        number |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_message_in_google_s_error_url_is_read() {
        let mut message = vec![0x0a, 21];
        message.extend_from_slice(b"redirect_uri_mismatch");
        message.extend_from_slice(&[0x12, 5]);
        message.extend_from_slice(b"words");
        message.extend_from_slice(&[0x20, 0x90, 0x03]);
        let mut reading = Reading::default();
        read(&URL_SAFE_NO_PAD.encode(&message), 0, Origin::top(), &mut reading);
        let said = reading.said().next().expect("read");
        assert_eq!(said.code.as_deref(), Some("redirect_uri_mismatch"));
        assert_eq!(said.description.as_deref(), Some("words"));
        assert_eq!(said.status, Some(400));
    }

    #[test]
    fn junk_gives_nothing() {
        let mut reading = Reading::default();
        for junk in ["", "!!!", "////", "Cg", "CgVhYg", "gICAgICAgICAgIA"] {
            read(junk, 0, Origin::top(), &mut reading);
        }
        assert_eq!(reading.said().count(), 0);
    }
}
