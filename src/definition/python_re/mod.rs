//! Does a pattern compile in Python's `re` (3.13)? authsome compiles `regex:` hosts when a definition is registered, and key
//! patterns when a person logs in. Says what is wrong and where; matches nothing.

mod groups;

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

pub fn check(pattern: &str) -> Result<(), Refused> {
    let characters: Vec<char> = pattern.chars().collect();
    let mut parser =
        Parser { text: &characters, at: 0, groups: 0, open: Vec::new(), names: HashMap::new(), verbose: false };
    parser.flags_at_the_start()?;
    parser.alternatives(0, false)?;
    if parser.at < characters.len() {
        return Err(refuse("unbalanced parenthesis", parser.at));
    }
    Ok(())
}

fn refuse(message: impl Into<String>, at: usize) -> Refused {
    Refused { message: message.into(), at }
}

/// How many characters a part matches: from, to.
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
        let mut width = self.sequence(depth, behind)?;
        while self.eat('|') {
            let other = self.sequence(depth, behind)?;
            width = (width.0.min(other.0), width.1.max(other.1));
        }
        Ok(width)
    }

    fn sequence(&mut self, depth: usize, behind: bool) -> Result<Width, Refused> {
        let mut sum = (0, 0);
        while let Some(next) = self.peek() {
            if matches!(next, '|' | ')') {
                break;
            }
            if self.verbose && (next.is_whitespace() || next == '#') {
                self.verbose_space(next);
                continue;
            }
            let (width, repeatable) = self.atom(depth, behind)?;
            let width = self.repeats(width, repeatable)?;
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
            '[' => self.set(begin).map(|()| ((1, 1), true)),
            '\\' => self.escape(begin),
            '(' => self.group(begin, depth, behind),
            _ => Ok(((1, 1), true)),
        }
    }

    /// `*`, `+`, `?`, `{m,n}`, each with `?` or `+` behind it, once.
    fn repeats(&mut self, width: Width, repeatable: bool) -> Result<Width, Refused> {
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

    fn set(&mut self, begin: usize) -> Result<(), Refused> {
        self.eat('^');
        let first = self.at;
        loop {
            let Some(next) = self.peek() else { return Err(refuse("unterminated character set", begin)) };
            if next == ']' && self.at > first {
                self.at += 1;
                return Ok(());
            }
            let low_at = self.at;
            let low = self.in_set(begin)?;
            if self.peek() != Some('-') {
                continue;
            }
            match self.text.get(self.at + 1) {
                None => return Err(refuse("unterminated character set", begin)),
                Some(']') => {}
                Some(_) => {
                    self.at += 1;
                    let high = self.in_set(begin)?;
                    let range: String = self.text[low_at..self.at].iter().collect();
                    match (low, high) {
                        (Some(low), Some(high)) if low <= high => {}
                        _ => return Err(refuse(format!("bad character range {range}"), low_at)),
                    }
                }
            }
        }
    }

    /// One character of a set, or a class (`\d`).
    fn in_set(&mut self, begin: usize) -> Result<Option<char>, Refused> {
        let Some(next) = self.peek() else { return Err(refuse("unterminated character set", begin)) };
        self.at += 1;
        if next != '\\' {
            return Ok(Some(next));
        }
        let at = self.at - 1;
        let Some(escaped) = self.peek() else { return Err(refuse("bad escape (end of pattern)", at)) };
        self.at += 1;
        match escaped {
            'd' | 'D' | 's' | 'S' | 'w' | 'W' => Ok(None),
            'a' | 'b' | 'f' | 'n' | 'r' | 't' | 'v' => Ok(Some('\u{7}')),
            'x' | 'u' | 'U' | 'N' => self.coded(escaped, at).map(Some),
            '0'..='7' => {
                self.octal(2);
                self.octal_fits(at).map(|()| Some('\0'))
            }
            c if c.is_ascii_alphanumeric() => Err(refuse(format!("bad escape \\{c}"), at)),
            c => Ok(Some(c)),
        }
    }

    fn octal(&mut self, most: usize) {
        let mut left = most;
        while left > 0 && self.peek().is_some_and(|c| ('0'..='7').contains(&c)) {
            self.at += 1;
            left -= 1;
        }
    }

    /// The escape that begins at `at` and ends here.
    fn octal_fits(&self, at: usize) -> Result<(), Refused> {
        let digits: String = self.text[at + 1..self.at].iter().collect();
        let value = u32::from_str_radix(&digits, 8).unwrap_or(u32::MAX);
        let message = || format!("octal escape value \\{digits} outside of range 0-0o377");
        if value > 0o377 { Err(refuse(message(), at)) } else { Ok(()) }
    }

    /// `\xhh`, `\uhhhh`, `\Uhhhhhhhh`, `\N{NAME}`.
    fn coded(&mut self, kind: char, at: usize) -> Result<char, Refused> {
        if kind == 'N' {
            let name = self.eat('{').then(|| self.text[self.at..].iter().position(|c| *c == '}')).flatten();
            let Some(length) = name.filter(|length| *length > 0) else {
                return Err(refuse("missing {: \\N takes the name of a character", at));
            };
            self.at += length + 1;
            return Ok('\0');
        }
        let digits = match kind {
            'x' => 2,
            'u' => 4,
            _ => 8,
        };
        let hex: String = self.text[self.at..].iter().take(digits).take_while(|c| c.is_ascii_hexdigit()).collect();
        self.at += hex.len();
        let code = u32::from_str_radix(&hex, 16).ok().filter(|_| hex.len() == digits);
        // Python knows lone surrogates; a place holder stands for them.
        let character = code.filter(|code| *code <= 0x10_FFFF).map(|code| char::from_u32(code).unwrap_or('\u{FFFD}'));
        character.ok_or_else(|| refuse(format!("incomplete escape \\{kind}{hex}"), at))
    }

    fn escape(&mut self, at: usize) -> Result<(Width, bool), Refused> {
        let Some(next) = self.peek() else { return Err(refuse("bad escape (end of pattern)", at)) };
        self.at += 1;
        match next {
            'A' | 'b' | 'B' | 'Z' => Ok(((0, 0), false)),
            'd' | 'D' | 's' | 'S' | 'w' | 'W' | 'a' | 'f' | 'n' | 'r' | 't' | 'v' => Ok(((1, 1), true)),
            'x' | 'u' | 'U' | 'N' => self.coded(next, at).map(|_| ((1, 1), true)),
            '0' => {
                self.octal(2);
                Ok(((1, 1), true))
            }
            '1'..='9' => self.reference(next, at),
            c if c.is_ascii_alphabetic() => Err(refuse(format!("bad escape \\{c}"), at)),
            _ => Ok(((1, 1), true)),
        }
    }

    fn reference(&mut self, first: char, at: usize) -> Result<(Width, bool), Refused> {
        let mut digits = String::from(first);
        if let Some(second) = self.peek().filter(char::is_ascii_digit) {
            digits.push(second);
            self.at += 1;
            let octal = |c: char| ('0'..='7').contains(&c);
            if self.peek().is_some_and(|c| octal(c) && digits.chars().all(octal)) {
                self.at += 1;
                return self.octal_fits(at).map(|()| ((1, 1), true));
            }
        }
        self.group_is_there(digits.parse().unwrap_or(usize::MAX), &digits, at)
    }
}

#[cfg(test)]
mod tests;
