//! From a reading to the facts of the section `error`.

use super::Paste;
use super::codes::{self, Rank};
use super::reading::{Reading, Said};
use super::subject::Subject;
use super::{chance, provider, secrets, step, step_words};
use crate::facts::{Facts, Record};

/// How much of the folded text is kept; of a longer one the first and the last half.
const LONGEST_TEXT: usize = 64 << 10;
/// How much of each end of a long text is folded.
const LONGEST_END: usize = 48 << 10;
const MOST_CANDIDATES: usize = 50;

pub fn write(paste: &Paste, shape: &str, mut reading: Reading, source: &str) -> Facts {
    let mut said = in_order(reading.said().collect());
    for said in &mut said {
        said.fit_to_show();
    }
    let text = folded(paste, &reading);
    let hosts = provider::hosts(&text);
    let vendor = provider::recognise(&reading, &hosts, &text);
    let codes = codes_of(&said);
    step::guess(&codes, &text, &mut reading);
    step::from_numbers(&mut reading);
    step_words::read(&text, &mut reading);
    if let Some(first) = codes.first() {
        step::from_code(first, &mut reading);
    }
    let of_logins = |code: &str| codes::find(code).is_some_and(|known| !known.is_of_every_service());
    // `AccessDenied` is what cloud storage says.
    let named_so = |said: &Said| {
        said.code.as_deref().is_some_and(|code| of_logins(code) && (said.found_in != "name" || code != "access_denied"))
    };
    let structured = said
        .iter()
        .any(|said| !matches!(said.found_in, "text" | "name") && said.code.as_deref().is_some_and(of_logins));
    let by_code = said.iter().any(named_so)
        || reading.numbers.iter().any(|number| number.starts_with("AADSTS") || number.starts_with("AADB2C"));
    let subject = Subject::of(&text, structured, by_code);

    let mut facts = Facts::new();
    facts.set("error.source", source);
    facts.set("error.shape", shape);
    facts.set("error.code", codes.first().cloned());
    facts.set("error.codes", codes);
    let retry_after = reading.retry_after();
    facts.set("error.description", first_of(&said, |said| said.description.clone()));
    facts.set("error.hint", first_of(&said, |said| said.hint.clone()));
    facts.set("error.uri", first_of(&said, |said| said.uri.clone()));
    facts.set("error.numbers", reading.numbers);
    facts.set("error.status", reading.statuses.iter().min_by_key(|(sure, _)| *sure).map(|(_, status)| *status));
    facts.set("error.provider", vendor.as_ref().map(|vendor| vendor.name.clone()));
    facts.set("error.provider_because", vendor.map(|vendor| vendor.because));
    facts.set("error.step", reading.step.as_ref().map(|step| step.name));
    facts.set("error.step_because", reading.step.map(|step| step.because));
    facts.set("error.content_type", reading.content_type);
    facts.set("error.retry_after", retry_after);
    facts.set("error.www_authenticate", reading.www_authenticate);
    facts.set("error.redirect_uri", reading.redirect_uri);
    facts.set("error.hosts", hosts);
    facts.set("error.about_login", subject.is_login());
    facts.set("error.about_other", subject.other());
    facts.set("error.skipped", (paste.skipped > 0).then(|| i64::try_from(paste.skipped).unwrap_or(i64::MAX)));
    facts.set("error.candidates", candidates(&said, &paste.text));
    facts.set("error.length", i64::try_from(text.chars().count()).unwrap_or(i64::MAX));
    facts.set("error.text", text);
    facts
}

/// The most telling first; among equals what was said in a structure before a bare word, then what was said last.
fn in_order(said: Vec<Said>) -> Vec<Said> {
    let mut kept: Vec<Said> = Vec::new();
    for one in said {
        let twin = kept.iter_mut().find(|known| known.code == one.code && agree(known, &one));
        match twin {
            Some(known) => {
                known.description = known.description.take().or(one.description);
                known.hint = known.hint.take().or(one.hint);
                known.uri = known.uri.take().or(one.uri);
            }
            None => kept.push(one),
        }
    }
    kept.sort_by_key(|one| {
        let rank = one.code.as_deref().map_or(Rank::Wrapper, codes::rank);
        // The name of an exception may be that of a wrapper.
        let by_name = one.found_in == "name";
        (one.code.is_none(), by_name, rank, one.found_in == "text", std::cmp::Reverse(one.at))
    });
    kept
}

/// The same error said twice: one of the two has no more to say.
fn agree(one: &Said, other: &Said) -> bool {
    match (&one.description, &other.description) {
        (Some(a), Some(b)) => a == b,
        _ => one.code.is_some(),
    }
}

fn codes_of(said: &[Said]) -> Vec<String> {
    let mut codes: Vec<String> = Vec::new();
    for code in said.iter().filter_map(|said| said.code.as_ref()) {
        if !codes.contains(code) {
            codes.push(code.clone());
        }
    }
    codes
}

fn first_of(said: &[Said], part: impl Fn(&Said) -> Option<String>) -> Option<String> {
    said.iter().find_map(part)
}

fn candidates(said: &[Said], text: &str) -> Vec<Record> {
    let with_code = said.iter().filter_map(|said| Some((said.code.as_ref()?, said)));
    let shown: Vec<_> = with_code.take(MOST_CANDIDATES).collect();
    let offsets: Vec<_> = shown.iter().map(|(_, said)| said.at).collect();
    let lines = lines_of(&offsets, text);
    shown
        .into_iter()
        .zip(lines)
        .map(|((code, said), line)| {
            Record::new()
                .with("code", code.as_str())
                .with("description", said.description.clone())
                .with("found_in", said.found_in)
                .with("line", i64::try_from(line).unwrap_or(i64::MAX))
        })
        .collect()
}

/// The line of each offset, from 1.
fn lines_of(offsets: &[usize], text: &str) -> Vec<usize> {
    let mut sorted: Vec<(usize, usize)> = offsets.iter().copied().enumerate().map(|(which, at)| (at, which)).collect();
    sorted.sort_unstable();
    let mut lines = vec![1; offsets.len()];
    let (mut counted, mut line) = (0, 1);
    for (at, which) in sorted {
        let at = text.floor_char_boundary(at.min(text.len())).max(counted);
        line += text[counted..at].matches('\n').count();
        counted = at;
        lines[which] = line;
    }
    lines
}

/// `error.text`: what a person would read, and after it what had to be decoded; without secrets.
fn folded(paste: &Paste, reading: &Reading) -> String {
    let shown = reading.visible.as_deref().unwrap_or(&paste.text);
    let (first, last) = ends(shown);
    let mut text = fold_lower(first);
    let last = last.map(fold_lower);
    let mut rest = String::new();
    for decoded in &reading.decoded {
        rest.push(' ');
        rest.push_str(&fold_lower(decoded));
    }
    if let Some(last) = &last {
        cut_end(&mut text, LONGEST_TEXT / 2);
        text.push_str(" … ");
        text.push_str(&last[last.ceil_char_boundary(last.len().saturating_sub(LONGEST_TEXT / 2))..]);
    }
    text.push_str(&rest);
    if text.len() <= LONGEST_TEXT + 8 {
        return text;
    }
    let first = &text[..text.floor_char_boundary(LONGEST_TEXT / 2)];
    let last = &text[text.ceil_char_boundary(text.len() - LONGEST_TEXT / 2)..];
    format!("{first} … {last}")
}

fn cut_end(text: &mut String, longest: usize) {
    if text.len() > longest {
        text.truncate(text.floor_char_boundary(longest));
    }
}

/// Of a long text as much of both ends as can be needed; each ends with a whole word, so that no secret loses its name.
fn ends(text: &str) -> (&str, Option<&str>) {
    if text.len() <= 2 * LONGEST_TEXT {
        return (text, None);
    }
    let apart = |c: char| c.is_whitespace() || "\"'&,;".contains(c);
    let first = &text[..text.floor_char_boundary(LONGEST_END)];
    let first = first.rfind(apart).map_or("", |end| &first[..end]);
    let last = &text[text.ceil_char_boundary(text.len() - LONGEST_END)..];
    let last = last.find(apart).map_or("", |begin| &last[begin..]);
    (first, Some(last))
}

/// Without secrets and what is chance, in lower case, white space and the marks of quoted lines folded.
fn fold_lower(text: &str) -> String {
    let kept = secrets::remove(text);
    let mut folded = String::with_capacity(kept.len());
    for line in kept.split('\n') {
        let line = line.trim_start_matches([' ', '\t', '>', '|']);
        for word in line.split_whitespace() {
            if !folded.is_empty() {
                folded.push(' ');
            }
            let word = &*chance::without(word);
            if word.is_ascii() {
                folded.push_str(word);
                let begin = folded.len() - word.len();
                folded[begin..].make_ascii_lowercase();
            } else {
                folded.push_str(&word.to_lowercase());
            }
        }
    }
    folded
}
