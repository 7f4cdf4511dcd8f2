//! What a fault shows, in one line for people: from the answer itself, so that it cannot say anything else.

use serde_json::Value;

use super::{Answer, Certificate, Described, Row};

impl Row {
    /// In one line, plain text.
    pub fn shows(&self) -> String {
        let said = said(&self.answer);
        match self.described {
            Described::Rightly => said,
            Described::With(changes) => format!("described as {}; {said}", one_line(changes)),
            Described::Nowhere => format!("no description; {said}"),
        }
    }
}

fn said(answer: &Answer) -> String {
    match *answer {
        Answer::Page { status, title, words } => {
            format!("page, {status}: {}", one_line(&[&[title], words].concat().join(" / ")))
        }
        Answer::Body { status, media, headers, text } => {
            let telling = headers.iter().filter(|(name, _)| ["date", "retry-after"].contains(name));
            let telling = telling.map(|(name, value)| format!(", {name} {value}")).collect::<String>();
            body(&format!("{status}{telling}"), media, text)
        }
        Answer::Back(parameters) => format!("back with {}", pairs(parameters)),
        Answer::BackToRegistered(parameters) => {
            format!("back to the address that is registered, with {}", pairs(parameters))
        }
        Answer::OtherState => "back with a code and another state".to_owned(),
        Answer::NoState => "back with a code and no state".to_owned(),
        Answer::OtherIssuer(issuer) => format!("back with a code and iss={issuer}"),
        Answer::NoIssuer => "back with a code and no iss".to_owned(),
        Answer::Granted("") => "a token without any scope".to_owned(),
        Answer::Granted(scopes) => format!("a token for {scopes} only"),
        Answer::Late(seconds, later) => format!("{seconds} s later: {}", said(later)),
        Answer::Torn { status, media, text, length } => {
            format!("{}, cut off at {} of {length} bytes", body(&status.to_string(), media, text), text.len())
        }
        Answer::Reset => "the connection is reset".to_owned(),
        Answer::Certificate(Certificate::OwnAuthority) => "https, an authority that nobody knows".to_owned(),
        Answer::Certificate(Certificate::Expired) => "https, a certificate that has expired".to_owned(),
        Answer::Certificate(Certificate::OtherName) => "https, the certificate of another host".to_owned(),
        Answer::Certificate(Certificate::Interceptor) => "https, a certificate by an interceptor".to_owned(),
    }
}

fn body(status: &str, media: &str, text: &str) -> String {
    let kind = media.split([';', '/']).nth(1).unwrap_or("no body");
    let words = one_line(&error(text).unwrap_or_else(|| visible(text)));
    if words.is_empty() { format!("{status}, {kind}") } else { format!("{status}, {kind}: {words}") }
}

fn pairs(parameters: &[(&str, &str)]) -> String {
    let told = parameters.iter().filter(|(name, _)| *name != "error_uri");
    told.map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(", ")
}

/// The code and the description of an error in JSON (RFC 6749, 5.2).
fn error(text: &str) -> Option<String> {
    let json: Value = serde_json::from_str(text).ok()?;
    let code = json["error"].as_str()?;
    Some(json["error_description"].as_str().map_or_else(|| code.to_owned(), |words| format!("{code}: {words}")))
}

/// A page without its tags; anything else as it is.
fn visible(text: &str) -> String {
    if !text.starts_with('<') {
        return text.to_owned();
    }
    let mut inside = false;
    let keep = |letter: char| {
        inside = (inside && letter != '>') || letter == '<';
        if letter == '<' { Some(' ') } else { (!inside && letter != '>').then_some(letter) }
    };
    text.chars().filter_map(keep).collect()
}

const LONGEST: usize = 160;

fn one_line(text: &str) -> String {
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if words.chars().count() <= LONGEST {
        return words;
    }
    let cut: String = words.chars().take(LONGEST).collect();
    format!("{}…", cut.rsplit_once(' ').map_or(&*cut, |(whole, _)| whole))
}

#[cfg(test)]
mod tests {
    use super::super::table;

    #[test]
    fn every_fault_shows_something_in_one_line() {
        for row in table() {
            let shown = row.shows();
            assert!(!shown.is_empty() && !shown.contains('\n') && !shown.contains('<'), "{}: {shown}", row.name());
        }
    }
}
