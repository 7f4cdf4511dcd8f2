//! A first look at the text, before anything recursive touches it: depth, number of values, and the characters that
//! Python's JSON refuses and the JSONC parser lets pass. A loop over the bytes, so no input can exhaust the stack.

/// Deeper than any definition, far from what a stack bears.
pub const MAX_DEPTH: usize = 64;
/// The largest bundled definition has about 60.
pub const MAX_VALUES: usize = 1_000;

/// Why a text is not even parsed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TooMuch {
    Depth,
    Values,
}

/// What the text has that Python's JSON refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Offence {
    /// A string that is still open at the end of its line; the place is where it opens.
    StringNotClosed,
    /// U+0000 to U+001F as such inside a string.
    ControlCharacter(char),
    /// Between the tokens stands what Unicode calls white space and JSON does not.
    WhiteSpace(char),
}

/// What the first look found, with byte offsets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Looked {
    pub offence: Option<(usize, Offence)>,
    pub comment: Option<usize>,
}

/// The first offence and the first comment; an error where the text is too much to be parsed.
pub fn look(text: &str) -> Result<Looked, (usize, TooMuch)> {
    let mut scan = Scan::default();
    let mut characters = text.char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => scan.string(at, &mut characters),
            '/' if characters.next_if(|(_, next)| *next == '/').is_some() => {
                scan.found.comment.get_or_insert(at);
                while characters.next_if(|(_, c)| !matches!(c, '\n' | '\r')).is_some() {}
            }
            '/' if characters.next_if(|(_, next)| *next == '*').is_some() => {
                scan.found.comment.get_or_insert(at);
                let mut last = ' ';
                for (_, c) in characters.by_ref() {
                    if last == '*' && c == '/' {
                        break;
                    }
                    last = c;
                }
            }
            '{' | '[' => {
                scan.depth += 1;
                scan.values += 1;
            }
            '}' | ']' => scan.depth = scan.depth.saturating_sub(1),
            ',' => scan.values += 1,
            ' ' | '\t' | '\n' | '\r' => {}
            c if c.is_whitespace() => scan.note(at, Offence::WhiteSpace(c)),
            _ => {}
        }
        if scan.depth > MAX_DEPTH {
            return Err((at, TooMuch::Depth));
        }
        if scan.values > MAX_VALUES {
            return Err((at, TooMuch::Values));
        }
    }
    Ok(scan.found)
}

#[derive(Default)]
struct Scan {
    depth: usize,
    values: usize,
    found: Looked,
}

impl Scan {
    fn note(&mut self, at: usize, offence: Offence) {
        self.found.offence.get_or_insert((at, offence));
    }

    fn string(&mut self, opens: usize, characters: &mut std::iter::Peekable<std::str::CharIndices<'_>>) {
        while let Some((at, character)) = characters.next() {
            match character {
                '"' => return,
                '\\' => {
                    characters.next();
                }
                '\n' | '\r' => self.note(opens, Offence::StringNotClosed),
                c if c < ' ' => self.note(at, Offence::ControlCharacter(c)),
                _ => {}
            }
        }
    }
}
