//! What would be changed in files, as a unified diff (the form that `patch` and code hosts read). What is secret is looked
//! for in each file by itself.

use crate::sink::{Doc, Source, Style, redact_text, safe_line};
use similar::{ChangeTag, TextDiff};
use std::fmt::Write;

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
        unified(self)
    }
}

/// The lines are compared as they are, and shown as they may be seen.
fn unified(patch: &Patch) -> String {
    let file = redact_text(&patch.file.trim_start_matches("./").replace(['\n', '\r'], " "));
    let (before, after) = (Source::new(patch.before.as_str()), Source::new(patch.after.as_str()));
    let diff = TextDiff::from_lines(before.text(), after.text());
    let mut out = String::new();
    for hunk in diff.unified_diff().context_radius(3).iter_hunks() {
        if out.is_empty() {
            out = format!("--- a/{file}\n+++ b/{file}\n");
        }
        // Writing to a String cannot fail.
        let _ = writeln!(out, "{}", hunk.header());
        for change in hunk.iter_changes() {
            let (sign, source) = match change.tag() {
                ChangeTag::Equal => (' ', &before),
                ChangeTag::Delete => ('-', &before),
                ChangeTag::Insert => ('+', &after),
            };
            let line = change.value();
            let begin = line.as_ptr() as usize - source.text().as_ptr() as usize;
            let text = line.trim_end_matches('\n');
            let end = if change.missing_newline() { "\n\\ No newline at end of file\n" } else { &line[text.len()..] };
            let _ = write!(out, "{sign}{}{end}", source.shown(begin..begin + text.len()));
        }
    }
    out
}

/// For a person: each line's kind by its first character and by its colour; foreign text made safe.
pub fn patch(patch: &Patch) -> Doc {
    let mut doc = Doc::new();
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
    doc
}

#[cfg(test)]
mod tests {
    use super::*;

    fn patch_of(before: &str, after: &str) -> Patch {
        Patch { file: "a.json".to_owned(), before: before.to_owned(), after: after.to_owned() }
    }

    #[test]
    fn a_diff_is_as_programs_write_it() {
        assert_eq!(
            patch_of("a\r\nb\nc", "a\r\nB\nc").to_text(),
            "--- a/a.json\n+++ b/a.json\n@@ -1,3 +1,3 @@\n a\r\n-b\n+B\n c\n\\ No newline at end of file\n"
        );
        assert_eq!(patch_of("a\n", "a\n").to_text(), "");
    }

    #[test]
    fn a_secret_in_a_line_that_stays_is_hidden_by_the_line_before_it() {
        let text = "{\n\"client_secret\":\n\"hunter2-hunter2\",\n\"a\": 1\n}\n";
        let shown = patch_of(text, &text.replace('1', "2")).to_text();
        assert!(shown.contains("\n \"‹hidden›\",\n-\"a\": 1\n+\"a\": 2\n"), "{shown}");
    }

    #[test]
    fn a_first_line_of_a_key_in_a_comment_hides_no_line_of_the_diff() {
        let text = "{\n// -----BEGIN PRIVATE KEY-----\n\"token_url\": \" https://a.example\",\n\"b\": 1\n}\n";
        let one = patch_of(text, &text.replace("\" h", "\"h"));
        for shown in [one.to_text(), patch(&one).render(&crate::sink::Screen::PLAIN)] {
            assert!(shown.contains("+\"token_url\": \"https://a.example\",\n \"b\": 1\n }"), "{shown}");
        }
    }
}
