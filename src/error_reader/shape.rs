//! What a text looks like as a whole: the fact `error.shape`.

/// A word of `error.shape`.
pub fn of(text: &str) -> &'static str {
    let text = text.trim();
    let head = &text[..text.floor_char_boundary(2000)];
    let lower = head.to_ascii_lowercase();
    let one_line = !text.contains('\n');
    let one_word = !text.contains(char::is_whitespace);
    if lower.starts_with('<')
        && ["<!doctype", "<html", "<head", "<body", "<title", "<div", "<p", "<h1"].iter().any(|tag| lower.contains(tag))
        || ["<!doctype html", "<html"].iter().any(|tag| lower.contains(tag))
    {
        "html"
    } else if text.starts_with(['{', '[']) && text.ends_with(['}', ']']) {
        "json"
    } else if one_word && text.contains("://") {
        "url"
    } else if one_word && text.contains('=') && (text.contains('&') || text.starts_with("error")) {
        "form"
    } else if header_lines(text) {
        "headers"
    } else if one_line && !is_log_line(text) {
        "text"
    } else if text.lines().take(50).any(is_log_line) {
        "log"
    } else {
        "text"
    }
}

fn header_lines(text: &str) -> bool {
    let first = text.lines().next().unwrap_or_default().trim_start_matches(['<', '>', ' ']);
    let is_header = |line: &str| {
        line.split_once(':').is_some_and(|(name, _)| {
            name.contains('-') && name.len() < 40 && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
        })
    };
    first.starts_with("HTTP/") || is_header(first)
}

/// A level, a time or the place of a traceback at the beginning of a line.
fn is_log_line(line: &str) -> bool {
    let line = line.trim_start();
    let starts = |words: &[&str]| words.iter().any(|word| line.starts_with(word));
    let date = line.as_bytes();
    let dated = date.len() > 10 && date[..4].iter().all(u8::is_ascii_digit) && date[4] == b'-' && date[7] == b'-';
    dated
        || line.starts_with('[') && line.as_bytes().get(1).is_some_and(u8::is_ascii_digit)
        || starts(&["INFO", "ERROR", "WARN", "DEBUG", "CRITICAL", "FATAL", "Traceback (", "at ", "File \"", "time="])
        || line.contains(" HTTP/1.1\" ")
}

#[cfg(test)]
mod tests {
    use super::of;

    #[test]
    fn each_shape_is_told_from_the_others() {
        for (text, shape) in [
            (r#"{"error":"x"}"#, "json"),
            ("https://a.example/cb?error=x", "url"),
            ("error=x&error_description=y", "form"),
            ("<!DOCTYPE html><html></html>", "html"),
            ("HTTP/1.1 401 Unauthorized\nContent-Type: text/plain", "headers"),
            ("WWW-Authenticate: Bearer error=\"invalid_token\"", "headers"),
            ("INFO:     127.0.0.1:1 - \"GET /x HTTP/1.1\" 303 See Other", "log"),
            ("2026-03-02 10:00:00 error\n2026-03-02 10:00:01 again", "log"),
            ("Error: OAuth state parameter does not match", "text"),
            ("", "text"),
        ] {
            assert_eq!(of(text), shape, "{text}");
        }
    }
}
