//! A JSON document with findings by the thousand: it comes in parts, each made when it is wanted, so that never more than some
//! of their texts are kept.

use crate::diagnosis::Finding;
use crate::sink::json_text;
use serde_json::Value;

/// Findings that are made ready before they are handed on.
pub const TOGETHER: usize = 512;

/// Does one piece of work for every finding, whose place in the list is told; the answers stand in their order. Whoever calls
/// knows how to share the work out.
pub trait Each: Fn(&[&Finding], &(dyn Fn(usize, &Finding) -> String + Sync)) -> Vec<String> {}

impl<F: Fn(&[&Finding], &(dyn Fn(usize, &Finding) -> String + Sync)) -> Vec<String>> Each for F {}

/// Where the list stands in the document.
pub struct List {
    pub key: &'static str,
    /// How far its key is indented, in blanks.
    pub indent: usize,
}

impl List {
    /// The document in parts. `frame` is the document with an empty list; `text` makes the text of one finding in it.
    pub fn parts<'a, E: Each, T: Fn(usize, &Finding) -> Value + Sync>(
        self,
        frame: &Value,
        findings: Vec<&'a Finding>,
        each: E,
        text: T,
    ) -> impl Iterator<Item = String> + use<'a, E, T> {
        let frame = json_text(frame);
        let (blanks, key) = (" ".repeat(self.indent), self.key);
        // A text cannot hold what parts them: in a string a line's end is escaped.
        let parted = frame.split_once(&format!("\n{blanks}\"{key}\": []")).filter(|_| !findings.is_empty());
        let (before, after) = match parted {
            Some((before, after)) => (format!("{before}\n{blanks}\"{key}\": ["), Some(format!("\n{blanks}]{after}"))),
            None => (frame, None),
        };
        let chunks = if after.is_some() { findings.len().div_ceil(TOGETHER) } else { 0 };
        let inside = (0..chunks).map(move |chunk| {
            let begin = chunk * TOGETHER;
            let some = &findings[begin..findings.len().min(begin + TOGETHER)];
            let texts = each(some, &|at, one| indented(&text(begin + at, one), self.indent + 2));
            format!("{}{}", if chunk > 0 { "," } else { "" }, texts.join(","))
        });
        std::iter::once(before).chain(inside).chain(after)
    }
}

fn indented(value: &Value, indent: usize) -> String {
    let line = format!("\n{}", " ".repeat(indent));
    format!("{line}{}", json_text(value).trim_end().replace('\n', &line))
}
