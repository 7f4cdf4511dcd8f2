//! What would be changed in files, as a unified diff (the form that `patch` and code hosts read).

use crate::sink::{Doc, Style, redact_text, safe_line};
use similar::TextDiff;

/// One file before and after.
#[derive(Clone, Debug)]
pub struct Patch {
    pub file: String,
    pub before: String,
    pub after: String,
}

impl Patch {
    /// For a program: secrets hidden, all else as it is.
    pub fn to_text(&self) -> String {
        redact_text(&unified(self))
    }
}

fn unified(patch: &Patch) -> String {
    let file = patch.file.trim_start_matches("./").replace(['\n', '\r'], " ");
    let diff = TextDiff::from_lines(&patch.before, &patch.after);
    diff.unified_diff().context_radius(3).header(&format!("a/{file}"), &format!("b/{file}")).to_string()
}

/// For a person: each line's kind by its first character and by its colour; foreign text made safe.
pub fn patches(patches: &[Patch]) -> Doc {
    let mut doc = Doc::new();
    for patch in patches {
        for line in unified(patch).split_terminator('\n') {
            let style = match line.as_bytes().first() {
                _ if line.starts_with("---") || line.starts_with("+++") => Style::Strong,
                Some(b'@') => Style::Faint,
                Some(b'+') => Style::Good,
                Some(b'-') => Style::Bad,
                _ => Style::Plain,
            };
            // What a line begins with is ours; a line break of the old kind would be shown as a blank.
            let (sign, rest) = line.split_at(line.chars().next().map_or(0, char::len_utf8));
            doc.push(style, sign).push(style, safe_line(rest.trim_end_matches('\r'))).newline();
        }
        doc.newline();
    }
    doc
}
