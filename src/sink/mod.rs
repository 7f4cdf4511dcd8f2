//! The one way out. Everything that leaves (terminal, file, browser page, JSON) is redacted and made safe for a terminal
//! here, so no call site can forget it. Stands on nothing of the crate.
//!
//! - [`Secret`] holds what must never be seen; making one registers its literal, so it is hidden wherever it turns up.
//! - [`redact_text`], [`redact_url`], [`redact_form`], [`redact_headers`], [`redact_json`] hide secrets by name, by place
//!   in a URL, by shape and by literal. Each is idempotent: what is hidden stays [`HIDDEN`].
//! - [`safe_line`], [`safe_block`] take control characters, escape sequences and direction overrides out of foreign text.
//! - [`Doc`] is composed text with [`Style`]s; [`print`] and [`print_json`] write it, [`Doc::render`] and [`json_text`]
//!   give what a file gets.

mod address;
mod clean;
mod disarm;
mod doc;
mod exact;
mod keyed;
mod names;
mod out;
mod parts;
mod private_key;
mod reveal;
mod screen;
mod secret;
mod shapes;
mod shell;
mod source;
mod terminal;
mod written;

pub use disarm::disarmed;
pub use doc::{Doc, Style};
pub use out::{Stream, clear_status, mark_pastes, print, print_json, print_lines, print_raw, screen, set_up, status};
pub use parts::{json_line, json_text, redact_form, redact_headers, redact_json, redact_pointer, redact_url};
pub use reveal::Revealed;
pub use screen::{Color, Screen};
pub use secret::{Secret, remember};
pub use shell::{quote, set_variable};
pub use source::Source;
pub use terminal::{is_invisible, safe_block, safe_line};

use std::ops::Range;

/// What stands where a secret stood.
pub const HIDDEN: &str = "‹hidden›";

/// Hides every secret that can be told in free text: literals seen in this run, token shapes, credentials after a
/// telling name, user info and fragments of URLs. Escape sequences, which could part a secret, are taken out.
pub fn redact_text(text: &str) -> String {
    if clean::is_known(text) {
        return text.to_owned();
    }
    let plain = terminal::without_sequences(text);
    let hidden = find(&plain);
    if hidden.is_empty() {
        clean::remember(text, &plain);
    }
    splice(&plain, &hidden)
}

/// The byte ranges of `text` that hold secrets, in order, not overlapping.
fn find(text: &str) -> Vec<Range<usize>> {
    find_within(text, 0)
}

/// `depth` counts the layers of percent-encoding that were taken off.
fn find_within(text: &str, depth: usize) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    secret::find(text, &mut found);
    shapes::find(text, &mut found);
    exact::find(text, &mut found);
    address::find(text, &mut found);
    keyed::find(text, depth, &mut found);
    merged(text, found)
}

/// In order, not overlapping, without what this program hid before.
fn merged(text: &str, mut found: Vec<Range<usize>>) -> Vec<Range<usize>> {
    found.retain(|range| !names::is_label(&text[range.clone()]));
    found.sort_by_key(|range| (range.start, std::cmp::Reverse(range.end)));
    let mut merged: Vec<Range<usize>> = Vec::with_capacity(found.len());
    for range in found {
        match merged.last_mut() {
            Some(last) if range.start < last.end => last.end = last.end.max(range.end),
            _ if range.is_empty() => {}
            _ => merged.push(range),
        }
    }
    merged
}

/// Where in `text` something has the shape of a token, whatever stands before it.
pub fn tokens_in(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    shapes::find(text, &mut found);
    exact::find(text, &mut found);
    found
}

fn splice(text: &str, hidden: &[Range<usize>]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for range in hidden {
        out.push_str(&text[at..range.start]);
        out.push_str(HIDDEN);
        at = range.end;
    }
    out.push_str(&text[at..]);
    out
}

#[cfg(test)]
mod speed;
#[cfg(test)]
mod tests;
