//! Does a pattern compile in Python's `re` (3.13)? authsome compiles `regex:` hosts when a definition is registered, and key
//! patterns when a person logs in. Says what is wrong and where, and of a sound one whether it can take anything.

mod characters;
mod engine;
mod groups;

pub use engine::compile;

use std::collections::HashMap;

/// Why Python refuses it, in Python's words where it has some.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    pub message: String,
    /// In characters, from 0.
    pub at: usize,
}

/// Deeper than any pattern that means something.
const DEEPEST: usize = 50;
/// Python's own limit (`MAXREPEAT`) is far above; a width beyond this is one that varies.
const WIDEST: usize = 1 << 24;

/// What the pattern is held against, as a whole (`re.fullmatch`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    Host,
    Key,
}

/// Why a pattern takes nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Never {
    /// It demands a character that its subject cannot have.
    Character(char),
    /// It demands something before `^` or behind `$`.
    Anchor,
}

/// Of a pattern that Python compiles.
#[derive(Clone, Debug)]
pub struct Read {
    /// Said only where it is certain.
    pub never: Option<Never>,
    /// A text that it spells, in lower case; whether it takes it is for the engine to say.
    pub sample: String,
}

/// The samples of one pattern differ by `way`: an even one leaves out what may be left out, and every two take the next
/// alternative.
pub fn read(pattern: &str, subject: Subject, way: usize) -> Result<Read, Refused> {
    let characters: Vec<char> = pattern.chars().collect();
    let mut parser = Parser {
        text: &characters,
        at: 0,
        groups: 0,
        open: Vec::new(),
        names: HashMap::new(),
        verbose: false,
        subject,
        way,
        because: None,
        sample: String::new(),
    };
    parser.flags_at_the_start()?;
    let (least, _) = parser.alternatives(0, false)?;
    if parser.at < characters.len() {
        return Err(refuse("unbalanced parenthesis", parser.at));
    }
    Ok(Read { never: parser.because.filter(|_| least >= WIDEST), sample: parser.sample })
}

fn refuse(message: impl Into<String>, at: usize) -> Refused {
    Refused { message: message.into(), at }
}

/// More than a host or a token needs.
const LONGEST_SAMPLE: usize = 256;

/// How many characters a part matches: from, to. From `WIDEST` on: it can match nothing.
type Width = (usize, usize);

struct Parser<'a> {
    text: &'a [char],
    at: usize,
    groups: usize,
    /// Numbers of the groups that are not closed yet.
    open: Vec<usize>,
    /// A pattern can have very many.
    names: HashMap<String, usize>,
    verbose: bool,
    subject: Subject,
    way: usize,
    /// The first thing that can match nothing; it counts where nothing beside it can.
    because: Option<Never>,
    sample: String,
}

impl Parser<'_> {
    fn peek(&self) -> Option<char> {
        self.text.get(self.at).copied()
    }

    fn eat(&mut self, wanted: char) -> bool {
        let there = self.peek() == Some(wanted);
        self.at += usize::from(there);
        there
    }

    /// Global flags stand at the very start, if anywhere.
    fn flags_at_the_start(&mut self) -> Result<(), Refused> {
        while self.text[self.at.min(self.text.len())..].starts_with(&['(', '?']) {
            let rest = &self.text[self.at + 2..];
            let flags = rest.iter().take_while(|c| c.is_ascii_alphabetic()).count();
            if flags == 0 || rest.get(flags) != Some(&')') {
                break;
            }
            if let Some(at) = rest[..flags].iter().position(|flag| !"aiLmsux".contains(*flag)) {
                return Err(refuse("unknown flag", self.at + 2 + at));
            }
            if rest[..flags].contains(&'L') {
                return Err(refuse("bad inline flags: cannot use 'L' flag with a str pattern", self.at + 2));
            }
            if rest[..flags].contains(&'a') && rest[..flags].contains(&'u') {
                return Err(refuse("bad inline flags: flags 'a', 'u' and 'L' are incompatible", self.at + 2));
            }
            self.verbose |= rest[..flags].contains(&'x');
            self.at += flags + 3;
        }
        Ok(())
    }

    fn alternatives(&mut self, depth: usize, behind: bool) -> Result<Width, Refused> {
        if depth > DEEPEST {
            return Err(refuse("nested too deeply", self.at));
        }
        let begin = self.sample.len();
        let mut width = self.sequence(depth, behind)?;
        let mut number = 0;
        while self.eat('|') {
            number += 1;
            let end = self.sample.len();
            let other = self.sequence(depth, behind)?;
            if number <= self.way / 2 {
                self.sample.drain(begin..end);
            } else {
                self.sample.truncate(end);
            }
            width = (width.0.min(other.0), width.1.max(other.1));
        }
        Ok(width)
    }

    fn sequence(&mut self, depth: usize, behind: bool) -> Result<Width, Refused> {
        let mut sum = (0, 0);
        let mut ended = false;
        while let Some(next) = self.peek() {
            if matches!(next, '|' | ')') {
                break;
            }
            if self.verbose && (next.is_whitespace() || next == '#') {
                self.verbose_space(next);
                continue;
            }
            let begin = self.sample.len();
            let escaped = self.text.get(self.at + 1).filter(|_| next == '\\');
            let starts = next == '^' || escaped == Some(&'A');
            let ends = next == '$' || escaped == Some(&'Z');
            let (width, repeatable) = self.atom(depth, behind)?;
            let mut width = self.repeats(width, repeatable, begin)?;
            if !behind && (starts && sum.0 > 0 || ended && width.0 > 0) {
                self.because.get_or_insert(Never::Anchor);
                width = (WIDEST, WIDEST);
            }
            ended |= ends;
            sum = (sum.0 + width.0, (sum.1 + width.1).min(WIDEST));
        }
        Ok(sum)
    }

    fn verbose_space(&mut self, next: char) {
        if next == '#' {
            while self.peek().is_some_and(|c| c != '\n') {
                self.at += 1;
            }
        } else {
            self.at += 1;
        }
    }

    fn atom(&mut self, depth: usize, behind: bool) -> Result<(Width, bool), Refused> {
        let begin = self.at;
        let Some(next) = self.peek() else { return Ok(((0, 0), false)) };
        self.at += 1;
        match next {
            '*' | '+' | '?' => Err(refuse("nothing to repeat", begin)),
            '{' if self.counted(begin).is_some() => Err(refuse("nothing to repeat", begin)),
            '^' | '$' => Ok(((0, 0), false)),
            '.' => {
                // Alone it is most often meant for a dot.
                let many = matches!(self.peek(), Some('*' | '+' | '?' | '{'));
                self.sample.push(if many { 'a' } else { '.' });
                Ok(((1, 1), true))
            }
            '[' => self.set(begin).map(|()| ((1, 1), true)),
            '\\' => self.escape(begin, behind),
            '(' => self.group(begin, depth, behind),
            _ => Ok((self.literal(next, behind), true)),
        }
    }

    /// A character that stands for itself.
    fn literal(&mut self, character: char, behind: bool) -> Width {
        let possible = match self.subject {
            Subject::Key => character != '\\' && !character.is_ascii_control(),
            Subject::Host => {
                !character.is_ascii() || character.is_ascii_alphanumeric() || matches!(character, '.' | '-' | '_')
            }
        };
        if !possible && !behind {
            self.because.get_or_insert(Never::Character(character));
            return (WIDEST, WIDEST);
        }
        self.sample.push(character.to_ascii_lowercase());
        (1, 1)
    }

    /// `*`, `+`, `?`, `{m,n}`, each with `?` or `+` behind it, once.
    fn repeats(&mut self, width: Width, repeatable: bool, sample: usize) -> Result<Width, Refused> {
        let Some((bounds, length)) = self.quantifier(self.at)? else { return Ok(width) };
        let here = self.at;
        if !repeatable {
            return Err(refuse("nothing to repeat", here));
        }
        self.at += length;
        if !self.eat('?') {
            self.eat('+');
        }
        if self.quantifier(self.at)?.is_some() {
            return Err(refuse("multiple repeat", self.at));
        }
        if bounds.0 == 0 && self.way.is_multiple_of(2) {
            self.sample.truncate(sample);
        } else {
            let piece = self.sample[sample..].to_owned();
            for _ in 1..bounds.0.min(LONGEST_SAMPLE) {
                if self.sample.len() + piece.len() <= LONGEST_SAMPLE {
                    self.sample.push_str(&piece);
                }
            }
        }
        let times = |width: usize, bound: usize| width.saturating_mul(bound).min(WIDEST);
        Ok((times(width.0, bounds.0), times(width.1, bounds.1)))
    }

    fn quantifier(&self, at: usize) -> Result<Option<(Width, usize)>, Refused> {
        Ok(match self.text.get(at) {
            Some('*') => Some(((0, WIDEST), 1)),
            Some('+') => Some(((1, WIDEST), 1)),
            Some('?') => Some(((0, 1), 1)),
            Some('{') => match self.counted(at) {
                Some((low, high, _)) if low > high => {
                    return Err(refuse("min repeat greater than max repeat", at));
                }
                Some((low, high, length)) => Some(((low, high), length)),
                None => None,
            },
            _ => None,
        })
    }

    /// `{m}`, `{m,}`, `{,n}`, `{m,n}`; anything else after a brace is a brace.
    fn counted(&self, at: usize) -> Option<(usize, usize, usize)> {
        let rest = &self.text[at + 1..];
        let closes = rest.iter().position(|c| *c == '}')?;
        let inside: String = rest[..closes].iter().collect();
        let number = |digits: &str| digits.parse::<usize>().map(|n| n.min(WIDEST)).ok();
        let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
        let (low, high) = match inside.split_once(',') {
            Some((low, high)) if digits(low) && digits(high) => (low, high),
            None if !inside.is_empty() && digits(&inside) => (inside.as_str(), inside.as_str()),
            _ => return None,
        };
        let low = if low.is_empty() { 0 } else { number(low)? };
        let high = if high.is_empty() { WIDEST } else { number(high)? };
        Some((low, high, closes + 2))
    }
}

#[cfg(test)]
mod tests;
