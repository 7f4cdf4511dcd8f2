//! Lines that a terminal broke at its width, in the middle of a word or a URL: they are put together and read again.

use super::Origin;
use super::reading::Reading;
use super::secrets;

/// Narrower terminals are no terminals.
const NARROWEST: usize = 40;
/// A longer text is a log, whose lines nobody broke.
const LONGEST: usize = 64 << 10;

pub fn read(text: &str, origin: Origin, reading: &mut Reading) {
    if text.len() > LONGEST || !text.contains('\n') {
        return;
    }
    let width = text.split('\n').map(width_of).max().unwrap_or(0);
    if width < NARROWEST {
        return;
    }
    let full = |line: &str| line.len() >= width && width_of(line) == width;
    let many = text.split('\n').filter(|line| full(line)).count() > 1;
    let (mut at, mut begin) = (0, 0);
    let mut joined = String::new();
    let mut lines = text.split('\n').peekable();
    while let Some(line) = lines.next() {
        if joined.is_empty() {
            begin = at;
        }
        let goes_on = lines.peek().is_some() && full(line) && (many || is_open(line));
        if goes_on || !joined.is_empty() {
            // Where a line was not broken after all, the next one's name of a secret runs into its last word.
            joined.push_str(&secrets::remove(line));
        }
        if !goes_on && !joined.is_empty() {
            if let Some(inner) = origin.within(begin) {
                reading.look_at_decoded(&joined, inner);
            }
            joined.clear();
        }
        at += line.len() + 1;
    }
}

fn width_of(line: &str) -> usize {
    if line.is_ascii() { line.len() } else { line.chars().count() }
}

/// Ends the line in the middle of a URL, a quoted value or an object?
fn is_open(line: &str) -> bool {
    let count = |sign: u8| line.bytes().filter(|b| *b == sign).count();
    let last = line.rsplit(char::is_whitespace).next().unwrap_or_default();
    last.contains("://") && last.contains(['?', '#', '%']) || count(b'"') % 2 == 1 || count(b'{') > count(b'}')
}

#[cfg(test)]
mod tests {
    use super::super::reading::said_by;
    use super::*;

    fn said(text: &str) -> Vec<(Option<String>, Option<String>)> {
        said_by(read, text)
    }

    /// As a terminal of this width shows it.
    fn at_width(text: &str, width: usize) -> String {
        let lines: Vec<_> = text.as_bytes().chunks(width).map(|line| String::from_utf8_lossy(line)).collect();
        lines.join("\n")
    }

    #[test]
    fn what_a_terminal_broke_is_read_whole() {
        let expected = (Some("invalid_grant".to_owned()), Some("Token has been expired or revoked.".to_owned()));
        let url = "http://127.0.0.1:7998/auth/callback/oauth?error=invalid_grant&error_description=Token%20has%20been%20expired%20or%20revoked.&state=x";
        let json = r#"refused: {"error":"invalid_grant","error_description":"Token has been expired or revoked."}"#;
        for text in [url, json] {
            for width in 40..80 {
                let said = said(&at_width(text, width));
                assert!(said.contains(&expected), "{width}: {said:?}");
            }
        }
    }

    #[test]
    fn lines_of_their_own_stay_apart() {
        let text = "the first line of them all is the longest one\nerror: invalid_grant\n";
        assert_eq!(said(text), []);
    }
}
