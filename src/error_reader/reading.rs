//! What the readers found so far: errors as they were said, and what stands around them.

use super::codes;
use super::keys::Role;
use super::step::{Step, Strength};
use super::{Origin, look, numbers, secrets};
use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;
use std::collections::VecDeque;

/// One error as it was said in one place. Its words may hold secrets still; `fit_to_show` takes them out.
#[derive(Clone, Debug, Default)]
pub struct Said {
    /// In lower case.
    pub code: Option<String>,
    pub description: Option<String>,
    pub hint: Option<String>,
    pub uri: Option<String>,
    pub status: Option<u16>,
    /// A word for people: json, query, header, log line …
    pub found_in: &'static str,
    /// Byte offset in the paste.
    pub at: usize,
}

/// The whole reading.
#[derive(Debug, Default)]
pub struct Reading {
    pub first: Vec<Said>,
    /// What was said after the first many: the last many of it.
    pub last: VecDeque<Said>,
    pub numbers: Vec<String>,
    /// Statuses that the text names, the surest kind of place first.
    pub statuses: Vec<(Sureness, u16)>,
    pub content_type: Option<String>,
    pub retry_after: Option<RetryAfter>,
    /// When the answer was given, by the server's clock.
    pub date: Option<Timestamp>,
    pub www_authenticate: Option<String>,
    pub redirect_uri: Option<String>,
    /// authsome's own name of the provider, out of its messages.
    pub named_provider: Option<String>,
    /// The step of the login, by the surest sign so far.
    pub step: Option<Step>,
    /// Texts that stand in the paste in another form: decoded parameters, base64, visible page text.
    pub decoded: Vec<String>,
    /// Bytes in `decoded`.
    pub decoded_bytes: usize,
    /// How many texts inside texts were read.
    pub looks: usize,
    /// The text that a person sees, where the paste is a page.
    pub visible: Option<String>,
}

/// Retry-After in its two forms (RFC 9110, 10.2.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RetryAfter {
    Seconds(u32),
    At(Timestamp),
}

fn http_date(text: &str) -> Option<Timestamp> {
    DateTimeParser::new().parse_timestamp(text).ok()
}

/// How sure a number is an HTTP status of the answer in question; the surest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sureness {
    Field,
    StatusLine,
    Phrase,
    AccessLog,
}

/// A part of an error, as a reader met it.
#[derive(Clone, Debug)]
pub struct Part {
    pub role: Role,
    pub value: String,
    /// Byte offset in the paste.
    pub at: usize,
    /// Which object of a group it stood in.
    pub object: u32,
    /// It was quoted, or stood alone: the whole value is meant.
    pub exact: bool,
}

/// More than twice this is never of use, and would only cost: as many of the first and of the last are kept.
const MOST_SAID: usize = 128;
const MOST_NUMBERS: usize = 64;
const MOST_DECODED: usize = 256;
/// Texts inside texts.
const MOST_LOOKS: usize = 4096;
/// Bytes of texts in another form.
const MOST_DECODED_BYTES: usize = 96 << 10;
pub const MOST_PARTS: usize = 64;
const LONGEST_VALUE: usize = 2000;

impl Reading {
    /// Adds the parts that belong together: one object, one URL, one header, one run of lines.
    pub fn add(&mut self, parts: &mut Vec<Part>, found_in: &'static str) {
        // A log says the same again and again.
        if let [part] = &parts[..]
            && part.role == Role::Code
            && let Some(again) = self.last.back_mut()
            && again.description.is_none()
            && again.code.as_ref().is_some_and(|code| *code == part.value)
        {
            again.at = part.at;
            parts.clear();
            return;
        }
        let mut saids: Vec<(u32, Said)> = Vec::new();
        let mut rest = Vec::new();
        for part in parts.drain(..).take(MOST_PARTS) {
            match self.settle(part) {
                Settled::Code(part) => {
                    saids
                        .push((part.object, Said { code: Some(part.value), found_in, at: part.at, ..Said::default() }));
                }
                Settled::Other(part) => rest.push(part),
                Settled::Done => {}
            }
        }
        // What is called a description is one before what is only called a message.
        rest.sort_by_key(|part| part.role == Role::Words);
        for part in rest {
            let here = saids.iter().position(|(object, said)| *object == part.object && said.lacks(part.role));
            let at = here.or_else(|| saids.iter().position(|(_, said)| said.lacks(part.role)));
            if at.is_none() && part.role == Role::Words && !saids.is_empty() {
                continue;
            }
            let at = at.unwrap_or_else(|| {
                saids.push((part.object, Said { found_in, at: part.at, ..Said::default() }));
                saids.len() - 1
            });
            saids[at].1.take(part);
        }
        for (_, said) in saids {
            self.push(said);
        }
    }

    pub fn push(&mut self, said: Said) {
        if self.first.len() < MOST_SAID {
            self.first.push(said);
            return;
        }
        if self.last.len() == MOST_SAID {
            self.last.pop_front();
        }
        self.last.push_back(said);
    }

    /// All that was said, in the order in which it was read; it is taken out.
    pub fn said(&mut self) -> impl Iterator<Item = Said> {
        std::mem::take(&mut self.first).into_iter().chain(std::mem::take(&mut self.last))
    }

    pub fn said_mut(&mut self) -> impl Iterator<Item = &mut Said> {
        self.first.iter_mut().chain(&mut self.last)
    }

    /// Was this code said already?
    pub fn says(&self, code: &str) -> bool {
        self.first.iter().chain(&self.last).any(|said| said.code.as_deref() == Some(code))
    }

    /// A value that may hold a text of its own is read as one.
    pub fn look_into(&mut self, value: &str, offset: usize, origin: Origin) {
        if value.len() > 8
            && may_hold_an_error(value)
            && !code_shaped(value)
            && let Some(inner) = origin.within(offset)
        {
            self.look(value, inner);
        }
    }

    /// Reads a text that stands in the paste in another form.
    pub fn look_at_decoded(&mut self, decoded: &str, inner: Origin) {
        self.decoded(decoded, MOST_DECODED_BYTES);
        self.look(decoded, inner);
    }

    fn look(&mut self, text: &str, inner: Origin) {
        if self.looks < MOST_LOOKS {
            self.looks += 1;
            look(text, inner, self);
        }
    }

    /// What the value of a part turns out to be.
    fn settle(&mut self, mut part: Part) -> Settled {
        cut(&mut part.value, LONGEST_VALUE);
        let value = part.value.trim();
        if value.is_empty() || matches!(value, "null" | "None" | "nil" | "undefined" | "true" | "false") {
            return Settled::Done;
        }
        match part.role {
            Role::Code | Role::CodeOrSecret => self.settle_code(part),
            Role::Status => match value.parse().ok().filter(|status| (100..600).contains(status)) {
                Some(status) => {
                    self.statuses.push((Sureness::Field, status));
                    part.value = status.to_string();
                    Settled::Other(part)
                }
                None if code_shaped(value) && value.contains('_') => {
                    part.value = value.to_ascii_lowercase();
                    Settled::Code(part)
                }
                None => Settled::Done,
            },
            Role::Number => {
                if value.chars().all(|c| c.is_ascii_digit()) {
                    self.number(&format!("AADSTS{value}"));
                }
                Settled::Done
            }
            Role::Description | Role::Words => {
                if !part.exact && value.ends_with([';', ',']) {
                    part.value = value.trim_end_matches([';', ',']).into();
                }
                if !part.value.contains(' ') && secrets::looks_random(part.value.trim_end_matches('=')) {
                    Settled::Done
                } else {
                    Settled::Other(part)
                }
            }
            Role::Hint if value.bytes().all(|byte| byte.is_ascii_digit()) => {
                self.number(value);
                Settled::Done
            }
            Role::Hint | Role::Uri => Settled::Other(part),
            Role::Kind if value == "OAuthException" || codes::find(value).is_some() => {
                part.value = value.to_ascii_lowercase();
                Settled::Code(part)
            }
            Role::Kind => Settled::Done,
            Role::ContentType => {
                self.content_type.get_or_insert_with(|| value.to_ascii_lowercase());
                Settled::Done
            }
            Role::RetryAfter => {
                let until = || http_date(value).map(RetryAfter::At);
                let read = value.parse::<u32>().ok().map(RetryAfter::Seconds).or_else(until);
                self.retry_after = self.retry_after.or(read);
                Settled::Done
            }
            Role::Date => {
                self.date = self.date.or_else(|| http_date(value));
                Settled::Done
            }
            Role::WwwAuthenticate => {
                self.www_authenticate.get_or_insert_with(|| secrets::remove(value));
                Settled::Done
            }
            Role::RedirectUri => {
                self.note_redirect_uri(value);
                Settled::Done
            }
        }
    }

    fn settle_code(&mut self, mut part: Part) -> Settled {
        let value = part.value.trim();
        if value.chars().all(|c| c.is_ascii_digit()) {
            match value.parse::<u16>() {
                Ok(status @ 400..600) if part.role == Role::CodeOrSecret => {
                    self.statuses.push((Sureness::Field, status));
                }
                Ok(_) => self.number(value),
                Err(_) => {}
            }
            return Settled::Done;
        }
        if let Some(code) = codes::find(value).or_else(|| codes::find_camel(value)) {
            part.value = code.name.into();
            return Settled::Code(part);
        }
        if let Some(number) = numbers::of(value).filter(|number| number.len() == value.len()) {
            self.number(number);
        }
        let secret = part.role == Role::CodeOrSecret && secrets::is_authorization_code(value);
        let shaped = code_shaped(value) && !secret && !secrets::looks_random(value);
        if shaped && (part.exact || value.contains('_')) {
            part.value = value.to_ascii_lowercase();
            return Settled::Code(part);
        }
        // `POST https://… resulted in …` is a request, and what went wrong stands elsewhere.
        let begins = ["POST ", "GET ", "PUT ", "http://", "https://"];
        if !shaped && begins.iter().any(|begin| value.starts_with(begin)) {
            return Settled::Done;
        }
        if part.role == Role::CodeOrSecret {
            return Settled::Done;
        }
        part.role = Role::Words;
        Settled::Other(part)
    }

    /// How long to wait, in milliseconds. A date says it only beside the server's own: our clock may be another.
    pub fn retry_after(&self) -> Option<i64> {
        match self.retry_after? {
            RetryAfter::Seconds(seconds) => Some(i64::from(seconds) * 1000),
            RetryAfter::At(until) => Some((until.as_millisecond() - self.date?.as_millisecond()).max(0)),
        }
    }

    pub fn number(&mut self, number: &str) {
        if self.numbers.len() < MOST_NUMBERS && !self.numbers.iter().any(|known| known == number) {
            self.numbers.push(number.to_owned());
        }
    }

    pub fn note_redirect_uri(&mut self, uri: &str) {
        let ends = |c: char| c.is_whitespace() || "?#\"'<>,;)]}&\\`".contains(c);
        if self.redirect_uri.is_none() && uri.contains("://") {
            let bare = uri.split(ends).next().unwrap_or(uri).trim_end_matches(['.', ':']);
            if bare.len() > 500 || !bare.contains("://") {
                return;
            }
            self.redirect_uri = Some(secrets::remove(bare));
        }
    }

    /// The surest reason for a step wins, then the first.
    pub fn note_step(&mut self, step: &'static str, strength: Strength, because: impl Into<String>) {
        if self.step.as_ref().is_none_or(|known| strength < known.strength) {
            self.step = Some(Step { name: step, strength, because: because.into() });
        }
    }

    /// A text that does not stand in the paste as it reads.
    pub fn note_decoded(&mut self, text: &str) {
        self.decoded(text, LONGEST_VALUE);
    }

    fn decoded(&mut self, text: &str, longest: usize) {
        let left = MOST_DECODED_BYTES - self.decoded_bytes;
        if self.decoded.len() < MOST_DECODED && left > 0 {
            let text = &text[..text.floor_char_boundary(longest.min(left))];
            self.decoded_bytes += text.len();
            self.decoded.push(text.to_owned());
        }
    }
}

/// Has it a sign of an object, of a parameter or of an error?
pub fn may_hold_an_error(value: &str) -> bool {
    let bytes = value.as_bytes();
    let object = bytes.windows(2).any(|pair| pair[0] == b'{' && matches!(pair[1], b'"' | b'\'' | b'\\' | b' '));
    object || ["rror", "%3", "AADSTS", "nvalid"].iter().any(|sign| value.contains(sign))
}

enum Settled {
    Code(Part),
    Other(Part),
    Done,
}

impl Said {
    /// White space folded, secrets removed.
    pub fn fit_to_show(&mut self) {
        for part in [&mut self.description, &mut self.hint, &mut self.uri].into_iter().flatten() {
            let folded = fold(part);
            // Its name stayed with what was read before it: nobody can tell whether it is a secret.
            let nameless = folded.strip_prefix('=').map(|value| value.trim_start_matches(['=', ' ']));
            let known = nameless.map_or(folded.as_str(), |value| value.split_once(' ').map_or("", |(_, rest)| rest));
            *part = secrets::remove(known);
        }
    }

    fn lacks(&self, role: Role) -> bool {
        match role {
            Role::Description | Role::Words => self.description.is_none(),
            Role::Hint => self.hint.is_none(),
            Role::Uri => self.uri.is_none(),
            _ => self.status.is_none(),
        }
    }

    fn take(&mut self, part: Part) {
        match part.role {
            Role::Description | Role::Words => self.description = Some(part.value),
            Role::Hint => self.hint = Some(part.value),
            Role::Uri => self.uri = Some(part.value),
            _ => self.status = part.value.parse().ok(),
        }
    }
}

/// Could this be an error code rather than a sentence?
pub fn code_shaped(value: &str) -> bool {
    (2..=80).contains(&value.len())
        && value.starts_with(|c: char| c.is_ascii_alphabetic())
        && value.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | ':' | '/'))
        && !value.contains("://")
        && !value.ends_with(['.', ':'])
}

/// White space folded into single blanks.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !folded.is_empty() {
            folded.push(' ');
        }
        folded.push_str(word);
    }
    folded
}

fn cut(text: &mut String, longest: usize) {
    if text.len() > longest {
        text.truncate(text.floor_char_boundary(longest));
    }
}

/// For tests: the codes and descriptions that a reader finds in a text.
#[cfg(test)]
pub fn said_by(read: fn(&str, Origin, &mut Reading), text: &str) -> Vec<(Option<String>, Option<String>)> {
    let mut reading = Reading::default();
    read(text, Origin::top(), &mut reading);
    reading.said().map(|said| (said.code, said.description)).collect()
}
