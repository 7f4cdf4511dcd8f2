//! Reads any provider's error out of any text: what a browser, a library, a log or a person's clipboard holds. Judges
//! nothing (rules do) and keeps no secret: values of codes, tokens and the like are gone before a fact is written.
//!
//! Linear in the length of the text: every shape has a reader of its own that walks the text once. A value that holds
//! another text (JSON in a string, a URL in a parameter) is read the same way, a few levels deep.

mod chance;
mod code_table;
mod codes;
mod encoded;
mod error_words;
mod facts;
mod google;
mod groups;
mod html;
mod keys;
mod literal;
mod log;
mod numbers;
mod object;
mod pair;
mod paste;
mod provider;
mod query;
mod reading;
mod secret_names;
mod secrets;
mod shape;
mod status;
mod step;
mod step_words;
mod subject;
mod words;
mod wrapped;

pub use paste::Paste;

use crate::facts::Facts;
use reading::Reading;

/// Reads a text into the section `error`. `source` is one of the registry's words for `error.source`.
pub fn read(text: impl AsRef<[u8]>, source: &str) -> Facts {
    read_paste(&Paste::new(text.as_ref()), source)
}

/// The same for a text that was read from a stream or a file.
pub fn read_paste(paste: &Paste, source: &str) -> Facts {
    let mut reading = Reading::default();
    let shape = shape::of(&paste.text);
    if shape == "html" {
        html::read(&paste.text, &mut reading);
    } else {
        look(&paste.text, Origin::top(), &mut reading);
        wrapped::read(&paste.text, Origin::top(), &mut reading);
    }
    facts::write(paste, shape, reading, source)
}

/// Where a text that is being read stands in the paste.
#[derive(Clone, Copy, Debug)]
struct Origin {
    /// Byte offset in the paste at which the text, or the value that it was decoded from, begins.
    at: usize,
    /// The text stands in the paste as it is, so that offsets in it may be added to `at`.
    literal: bool,
    /// How many values deep.
    depth: u8,
}

impl Origin {
    /// Texts inside texts are read this deep; each level is no longer than the one that holds it.
    const DEEPEST: u8 = 4;

    fn top() -> Self {
        Self { at: 0, literal: true, depth: 0 }
    }

    fn of(self, offset: usize) -> usize {
        if self.literal { self.at + offset } else { self.at }
    }

    /// The origin of a value that was decoded from what begins at `offset`; none when that would be too deep.
    fn within(self, offset: usize) -> Option<Self> {
        (self.depth < Self::DEEPEST).then(|| Self { at: self.of(offset), literal: false, depth: self.depth + 1 })
    }
}

/// All readers over one text.
fn look(text: &str, origin: Origin, reading: &mut Reading) {
    object::read(text, origin, reading);
    query::read(text, origin, reading);
    status::read(text, reading);
    log::read(text, origin, reading);
    words::read(text, origin, reading);
    encoded::read(text, origin, reading);
}

#[cfg(test)]
mod tests;
