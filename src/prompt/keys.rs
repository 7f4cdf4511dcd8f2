//! Keys and pastes while something else goes on: told apart here, read in `modes`. Shows nothing of them.

use super::modes;
use crate::sink;
use std::collections::VecDeque;

/// A paste longer than this is cut.
const MOST: usize = 256 * 1024;
/// What comes at once and is at least so long was pasted, not typed.
const PASTE: usize = 8;
/// What a terminal that is asked for it puts around a paste.
const BEGIN: &str = "\u{1b}[200~";
const END: &str = "\u{1b}[201~";

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Typed {
    Key(char),
    /// A paste, or lines that were ended with Enter.
    Text(String),
}

/// The terminal while we wait. Dropping it puts the terminal's modes back.
pub struct Keys {
    reader: Reader,
    ready: VecDeque<Typed>,
}

impl Keys {
    /// `None` where keys cannot be read unseen and at once.
    pub fn open() -> Option<Self> {
        modes::quiet().then(|| {
            let _ = sink::mark_pastes(true);
            Self { reader: Reader::default(), ready: VecDeque::new() }
        })
    }

    /// What was typed or pasted since the last look. Never waits for more than the rest of a paste.
    pub fn typed(&mut self) -> Option<Typed> {
        if self.ready.is_empty() && modes::quiet() {
            let mut bytes = modes::read(0).unwrap_or_default();
            // A paste arrives piece by piece, over a slow line with pauses; one that is marked says where it ends.
            while !bytes.is_empty() && bytes.len() < MOST {
                let text = String::from_utf8_lossy(&bytes);
                let pause = if text.contains(BEGIN) && !text.contains(END) { 900 } else { 100 };
                let Some(more) = modes::read(pause) else { break };
                bytes.extend(more);
            }
            self.ready.extend(self.reader.take(&String::from_utf8_lossy(&bytes)));
        }
        self.ready.pop_front()
    }

    /// From now on keys are text, up to Enter; Esc leaves it.
    pub fn type_text(&mut self) {
        self.reader.line = Some(String::new());
    }
}

impl Drop for Keys {
    fn drop(&mut self) {
        put_back();
    }
}

/// Leaves the terminal as it was found, whatever ends the waiting.
pub fn put_back() {
    if modes::restore() {
        let _ = sink::mark_pastes(false);
    }
}

/// Tells keys from text.
#[derive(Default)]
struct Reader {
    /// What was typed so far of a text.
    line: Option<String>,
}

impl Reader {
    fn take(&mut self, typed: &str) -> Vec<Typed> {
        let marked = typed.contains(BEGIN);
        let escaped = typed == "\u{1b}";
        let text = without_sequences(typed);
        if let Some(line) = &mut self.line {
            for key in text.chars() {
                match key {
                    '\u{8}' | '\u{7f}' => drop(line.pop()),
                    // Ctrl-U
                    '\u{15}' => line.clear(),
                    _ => line.push(key),
                }
            }
            let done = line.contains('\n') || line.len() > MOST;
            let line = if done || escaped { self.line.take().unwrap_or_default() } else { String::new() };
            return if escaped || line.trim().is_empty() { Vec::new() } else { vec![Typed::Text(line)] };
        }
        match text.trim() {
            "" => Vec::new(),
            words if marked || words.chars().count() >= PASTE => vec![Typed::Text(text)],
            keys => keys.chars().map(Typed::Key).collect(),
        }
    }
}

/// Arrow keys and the like, and the marks of a paste, are no text.
fn without_sequences(typed: &str) -> String {
    let mut text = String::with_capacity(typed.len());
    let mut rest = typed.chars().peekable();
    while let Some(key) = rest.next() {
        if key != '\u{1b}' {
            text.push(key);
        } else if rest.next_if(|next| matches!(next, '[' | 'O')).is_some() {
            while rest.next().is_some_and(|next| !('\u{40}'..='\u{7e}').contains(&next)) {}
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADDRESS: &str = "http://127.0.0.1:7998/auth/callback/oauth?code=abc&state=def";

    fn text(text: &str) -> Vec<Typed> {
        vec![Typed::Text(text.to_owned())]
    }

    #[test]
    fn a_paste_is_told_from_keys_and_needs_no_enter() {
        let mut reader = Reader::default();
        assert_eq!(reader.take("o"), [Typed::Key('o')]);
        assert_eq!(reader.take("oq"), [Typed::Key('o'), Typed::Key('q')]);
        assert_eq!(reader.take(ADDRESS), text(ADDRESS));
        assert_eq!(reader.take(&format!("{BEGIN}{ADDRESS}{END}")), text(ADDRESS));
        assert_eq!(reader.take(&format!("{BEGIN}?code{END}")), text("?code"));
    }

    #[test]
    fn arrow_keys_and_enter_do_nothing() {
        let mut reader = Reader::default();
        assert_eq!(reader.take("\u{1b}[A\u{1b}OB\n"), []);
        assert_eq!(reader.take("\u{1b}"), []);
    }

    #[test]
    fn text_is_typed_up_to_enter_and_left_by_esc() {
        let mut reader = Reader { line: Some(String::new()) };
        assert_eq!(reader.take("access_dx"), []);
        assert_eq!(reader.take("\u{7f}enied\n"), text("access_denied\n"));
        assert_eq!(reader.take("q"), [Typed::Key('q')]);
        reader.line = Some(String::new());
        assert_eq!(reader.take("qo"), []);
        assert_eq!(reader.take("\u{1b}"), []);
        assert_eq!(reader.take("q"), [Typed::Key('q')]);
    }
}
