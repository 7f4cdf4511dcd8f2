//! HTTP statuses: status lines, access-log lines, and the phrases of HTTP libraries.

use super::reading::{Reading, Sureness};

/// What stands before a status in the words of libraries and people.
const BEFORE: &[&str] = &[
    "http ",
    "http error ",
    "status ",
    "status: ",
    "status=",
    "status code ",
    "status code: ",
    "status_code=",
    "response code: ",
    "response code ",
    "returned error: ",
    "returned ",
    "error ",
    "error: ",
    "error code: ",
    "failed: ",
    "failed with ",
    "exited with ",
    "error '",
    "got ",
    "response [",
    "statuscode: ",
    "statuscode=",
    "httpstatus: ",
    // The title of Google's error page in other languages.
    "fehler ",
    "erreur ",
    "erro ",
    "errore ",
    "fout ",
    "błąd ",
    "chyba ",
    "fel ",
    "feil ",
    "fejl ",
    "hata ",
    "ошибка ",
    "помилка ",
    "エラー ",
    "오류 ",
    "错误 ",
    "錯誤 ",
    "错误代码：",
];
/// What stands after one.
const AFTER: &[&str] = &[
    " client error",
    " server error",
    " unauthorized",
    " bad request",
    " forbidden",
    " not found",
    " method not",
    " too many requests",
    " internal server",
    " bad gateway",
    " service unavailable",
    " gateway time",
    ": unauthorized",
    ": bad request",
    ": forbidden",
    ": not found",
    ". that's an error",
];
const LONGEST: usize = 24;

const MOST: usize = 64;

pub fn read(text: &str, reading: &mut Reading) {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(ahead) = bytes[at..].iter().position(u8::is_ascii_digit) {
        at += ahead;
        let digits = bytes[at..].iter().take_while(|b| b.is_ascii_digit()).count();
        let alone = at == 0 || !(bytes[at - 1].is_ascii_alphanumeric() || matches!(bytes[at - 1], b'.' | b'_' | b'-'));
        let ends = bytes.get(at + 3).is_none_or(|b| !b.is_ascii_alphanumeric() && !matches!(b, b'_' | b'-'));
        if digits == 3 && alone && ends && matches!(bytes[at], b'1'..=b'5') {
            let status = text[at..at + 3].parse().unwrap_or(0);
            if let Some(sureness) = judge(text, at, status) {
                reading.statuses.push((sureness, status));
                if reading.statuses.len() > MOST {
                    return;
                }
            }
        }
        at += digits;
    }
}

fn judge(text: &str, at: usize, status: u16) -> Option<Sureness> {
    let mut before = [0; LONGEST];
    let before = lower(&text.as_bytes()[at.saturating_sub(LONGEST)..at], &mut before);
    for version in [&b"http/1.0"[..], b"http/1.1", b"http/2", b"http/2.0", b"http/3"] {
        if before.strip_suffix(b" ").is_some_and(|b| b.ends_with(version)) {
            return Some(Sureness::StatusLine);
        }
        if before.strip_suffix(b"\" ").is_some_and(|b| b.ends_with(version)) {
            return (status >= 400).then_some(Sureness::AccessLog);
        }
    }
    if status < 400 {
        return None;
    }
    let mut after = [0; LONGEST];
    let after = lower(&text.as_bytes()[at + 3..text.len().min(at + 3 + LONGEST)], &mut after);
    let said = BEFORE.iter().any(|words| before.ends_with(words.as_bytes()))
        || AFTER.iter().any(|words| after.starts_with(words.as_bytes()));
    said.then_some(Sureness::Phrase)
}

fn lower<'b>(bytes: &[u8], into: &'b mut [u8; LONGEST]) -> &'b [u8] {
    into[..bytes.len()].copy_from_slice(bytes);
    into[..bytes.len()].make_ascii_lowercase();
    &into[..bytes.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(text: &str) -> Option<u16> {
        let mut reading = Reading::default();
        read(text, &mut reading);
        reading.statuses.iter().min().map(|(_, status)| *status)
    }

    #[test]
    fn a_status_is_read_where_one_is_meant() {
        assert_eq!(first("HTTP/1.1 401 Unauthorized\r\nx: 500"), Some(401));
        assert_eq!(first("401 Client Error: Unauthorized for url: https://x"), Some(401));
        assert_eq!(first("Client error '403 Forbidden' for url"), Some(403));
        assert_eq!(first("Request failed with status code 429"), Some(429));
        assert_eq!(first("\"GET /auth/callback/oauth HTTP/1.1\" 404 Not Found"), Some(404));
    }

    #[test]
    fn other_numbers_are_no_status() {
        for text in ["in 400 ms", "port 443", "pid 404", "\"GET / HTTP/1.1\" 303", "AADSTS50011", "v1.401.2", "id-404"]
        {
            assert_eq!(first(text), None, "{text}");
        }
    }
}
