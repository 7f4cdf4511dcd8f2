//! Numbers by which vendors name their errors: Microsoft's `AADSTS50011`, Zoom's `(4,700)`.

use super::reading::Reading;

pub fn read(text: &str, reading: &mut Reading) {
    for (at, sign) in text.match_indices("AADSTS") {
        let digits = digits(&text[at + sign.len()..]);
        if (4..=8).contains(&digits.len()) {
            reading.number(&format!("{sign}{digits}"));
        }
    }
    for (at, _) in text.match_indices("(4,") {
        let rest = &text[at + 3..];
        let digits = digits(rest);
        if digits.len() == 3 && rest[3..].starts_with(')') {
            reading.number(&format!("4{digits}"));
        }
    }
}

fn digits(text: &str) -> &str {
    let text = &text[..text.floor_char_boundary(12)];
    &text[..text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len())]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vendor_numbers_are_read_once_each() {
        let mut reading = Reading::default();
        read("AADSTS50011: … AADSTS50011 and Invalid redirect (4,700), (4,70), AADSTS", &mut reading);
        assert_eq!(reading.numbers, ["AADSTS50011", "4700"]);
    }
}
