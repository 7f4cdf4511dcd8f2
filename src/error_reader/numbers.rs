//! Numbers by which vendors name their errors: Microsoft's `AADSTS50011`, Okta's `E0000011`, Zoom's `(4,700)`.

use super::reading::Reading;

/// What stands before the digits, how many digits there are, and what may follow them.
const KINDS: &[(&str, std::ops::RangeInclusive<usize>)] = &[
    // Microsoft Entra ID, Azure AD B2C, the identity model libraries of .NET, AD FS.
    ("AADSTS", 4..=8),
    ("AADB2C", 5..=6),
    ("IDX", 5..=5),
    ("MSIS", 4..=4),
    // OpenIddict.
    ("ID2", 3..=3),
    // Okta.
    ("E0000", 3..=3),
    // Kakao.
    ("KOE", 3..=3),
    // IBM's servers.
    ("CWOAU", 4..=4),
    ("CWWKS", 4..=4),
    ("FBTOAU", 3..=3),
];

/// The number that a word is or begins with.
pub fn of(word: &str) -> Option<&str> {
    let first = *word.as_bytes().first()?;
    if !matches!(first, b'A' | b'C' | b'E' | b'F' | b'I' | b'K' | b'M') {
        return None;
    }
    let (sign, lengths) = KINDS.iter().find(|(sign, _)| word.starts_with(sign))?;
    let digits = word[sign.len()..].bytes().take(12).take_while(u8::is_ascii_digit).count();
    let rest = &word.as_bytes()[sign.len() + digits..];
    // IBM's have a letter for the severity behind; Microsoft's often run into the next word.
    let ends = rest.first().is_none_or(|byte| byte.is_ascii_alphabetic() || *byte == b'_');
    (lengths.contains(&digits) && ends).then(|| &word[..sign.len() + digits])
}

/// Zoom's numbers, which stand in brackets with a comma.
pub fn read_in_brackets(text: &str, reading: &mut Reading) {
    for (at, _) in text.match_indices("(4,") {
        let rest = &text.as_bytes()[at + 3..];
        if rest.len() > 3 && rest[..3].iter().all(u8::is_ascii_digit) && rest[3] == b')' {
            reading.number(&format!("4{}", &text[at + 3..at + 6]));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vendors_numbers_are_known_by_their_signs() {
        for (word, number) in [
            ("AADSTS50011", Some("AADSTS50011")),
            ("AADSTS70002Error", Some("AADSTS70002")),
            ("AADB2C90118", Some("AADB2C90118")),
            ("IDX20803", Some("IDX20803")),
            ("MSIS9612", Some("MSIS9612")),
            ("E0000011", Some("E0000011")),
            ("ID2052", Some("ID2052")),
            ("KOE006", Some("KOE006")),
            ("CWOAU0061E", Some("CWOAU0061")),
            ("AADSTS", None),
            ("IDX2", None),
            ("ID20521", None),
            ("E00000111", None),
        ] {
            assert_eq!(of(word), number, "{word}");
        }
    }

    #[test]
    fn a_number_in_brackets_is_zoom_s() {
        let mut reading = Reading::default();
        read_in_brackets("Invalid redirect (4,700), (4,70), (4,", &mut reading);
        assert_eq!(reading.numbers, ["4700"]);
    }
}
