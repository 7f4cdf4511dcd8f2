//! What stands for one character: sets, and what a backslash begins.

use super::{Parser, Refused, Width, refuse};

impl Parser<'_> {
    pub(super) fn set(&mut self, begin: usize) -> Result<(), Refused> {
        let mut sample = self.eat('^').then_some('a');
        let first = self.at;
        loop {
            let Some(next) = self.peek() else { return Err(refuse("unterminated character set", begin)) };
            if next == ']' && self.at > first {
                self.at += 1;
                self.sample.push(sample.unwrap_or('-'));
                return Ok(());
            }
            let low_at = self.at;
            let low = self.in_set(begin)?;
            let shown = low.unwrap_or('0').to_ascii_lowercase();
            sample = sample.or(Some(shown).filter(char::is_ascii_alphanumeric));
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

    pub(super) fn escape(&mut self, at: usize, behind: bool) -> Result<(Width, bool), Refused> {
        let Some(next) = self.peek() else { return Err(refuse("bad escape (end of pattern)", at)) };
        self.at += 1;
        match next {
            'A' | 'b' | 'B' | 'Z' => Ok(((0, 0), false)),
            'd' => Ok((self.literal('0', behind), true)),
            'w' | 'D' | 'S' => Ok((self.literal('a', behind), true)),
            's' | 'a' | 'f' | 'n' | 'r' | 't' | 'v' => Ok((self.literal(' ', behind), true)),
            'W' => Ok((self.literal('-', behind), true)),
            'x' | 'u' | 'U' | 'N' => self.coded(next, at).map(|_| ((1, 1), true)),
            '0' => {
                self.octal(2);
                Ok(((1, 1), true))
            }
            '1'..='9' => self.reference(next, at),
            c if c.is_ascii_alphabetic() => Err(refuse(format!("bad escape \\{c}"), at)),
            c => Ok((self.literal(c, behind), true)),
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
