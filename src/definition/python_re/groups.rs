//! What stands in parentheses, and what refers to it.

use super::{Parser, Refused, WIDEST, Width, refuse};
use std::ops::Range;

impl Parser<'_> {
    pub(super) fn group_is_there(&self, number: usize, name: &str, at: usize) -> Result<(Width, bool), Refused> {
        if number > self.groups {
            return Err(refuse(format!("invalid group reference {name}"), at + 1));
        }
        if self.open.contains(&number) {
            return Err(refuse("cannot refer to an open group", at));
        }
        Ok(((0, WIDEST), true))
    }

    pub(super) fn group(&mut self, begin: usize, depth: usize, behind: bool) -> Result<(Width, bool), Refused> {
        let mut number = None;
        let mut looks_behind = behind;
        let mut empty = false;
        let verbose = self.verbose;
        if self.eat('?') {
            let Some(kind) = self.peek() else { return Err(refuse("unexpected end of pattern", self.at)) };
            self.at += 1;
            match kind {
                ':' | '>' => {}
                '#' => return self.comment(begin),
                '=' | '!' => empty = true,
                '<' if matches!(self.peek(), Some('=' | '!')) => {
                    self.at += 1;
                    empty = true;
                    looks_behind = true;
                }
                'P' if self.peek() == Some('=') => return self.named_reference(),
                'P' if self.peek() == Some('<') => number = Some(self.named()?),
                '(' => return self.conditional(begin, depth, behind),
                c if c == '-' || c.is_ascii_alphabetic() && c != 'P' => {
                    self.at -= 1;
                    self.scoped_flags(begin)?;
                }
                other => {
                    let shown = if other == 'P' || other == '<' {
                        let next = self.peek().map(String::from).unwrap_or_default();
                        format!("{other}{next}")
                    } else {
                        other.to_string()
                    };
                    return Err(refuse(format!("unknown extension ?{shown}"), begin + 1));
                }
            }
        } else {
            self.groups += 1;
            number = Some(self.groups);
        }
        self.open.extend(number);
        let inside = self.text.len().min(self.at);
        let sample = self.sample.len();
        let width = self.alternatives(depth + 1, looks_behind)?;
        if !self.eat(')') {
            return Err(refuse("missing ), unterminated subpattern", begin));
        }
        if number.is_some() {
            self.open.pop();
        }
        if empty {
            self.sample.truncate(sample);
        }
        self.verbose = verbose;
        if empty && looks_behind && !behind && width.0 != width.1 {
            return Err(refuse("look-behind requires fixed-width pattern", inside));
        }
        Ok((if empty { (0, 0) } else { width }, true))
    }

    fn comment(&mut self, begin: usize) -> Result<(Width, bool), Refused> {
        match self.text[self.at..].iter().position(|c| *c == ')') {
            Some(length) => {
                self.at += length + 1;
                Ok(((0, 0), false))
            }
            None => Err(refuse("missing ), unterminated comment", begin)),
        }
    }

    fn name_until(&mut self, end: char) -> Result<(String, Range<usize>), Refused> {
        let begin = self.at;
        let Some(length) = self.text[begin..].iter().position(|c| *c == end) else {
            return Err(refuse(format!("missing {end}, unterminated name"), begin));
        };
        self.at += length + 1;
        Ok((self.text[begin..begin + length].iter().collect(), begin..begin + length))
    }

    fn named(&mut self) -> Result<usize, Refused> {
        self.at += 1;
        let (name, place) = self.name_until('>')?;
        if name.is_empty() {
            return Err(refuse("missing group name", place.start));
        }
        if !is_identifier(&name) {
            return Err(refuse(format!("bad character in group name '{name}'"), place.start));
        }
        if self.names.contains_key(&name) {
            return Err(refuse(format!("redefinition of group name '{name}'"), place.start));
        }
        self.groups += 1;
        self.names.insert(name, self.groups);
        Ok(self.groups)
    }

    fn named_reference(&mut self) -> Result<(Width, bool), Refused> {
        self.at += 1;
        let (name, place) = self.name_until(')')?;
        match self.names.get(&name) {
            Some(number) => self.group_is_there(*number, &name, place.start),
            None if is_identifier(&name) => Err(refuse(format!("unknown group name '{name}'"), place.start)),
            None => Err(refuse(format!("bad character in group name '{name}'"), place.start)),
        }
    }

    /// `(?(1)yes|no)`.
    fn conditional(&mut self, begin: usize, depth: usize, behind: bool) -> Result<(Width, bool), Refused> {
        let (name, place) = self.name_until(')')?;
        let known = self.names.contains_key(&name);
        let number = name.parse::<usize>().ok();
        if !known && number.is_none_or(|number| number == 0) {
            let message = if is_identifier(&name) { "unknown group name" } else { "bad character in group name" };
            return Err(refuse(format!("{message} '{name}'"), place.start));
        }
        let yes = self.sequence(depth + 1, behind)?;
        let no = if self.eat('|') { self.sequence(depth + 1, behind)? } else { (0, 0) };
        if self.peek() == Some('|') {
            return Err(refuse("conditional backref with more than two branches", self.at));
        }
        if !self.eat(')') {
            return Err(refuse("missing ), unterminated subpattern", begin));
        }
        if number.is_some_and(|number| number > self.groups) {
            return Err(refuse(format!("invalid group reference {name}"), place.start));
        }
        Ok(((yes.0.min(no.0), yes.1.max(no.1)), true))
    }

    /// `(?i:…)`, `(?-i:…)`; `(?i)` stands at the start of the pattern only.
    fn scoped_flags(&mut self, begin: usize) -> Result<(), Refused> {
        let rest = &self.text[self.at..];
        let length = rest.iter().take_while(|c| c.is_ascii_alphabetic() || **c == '-').count();
        let flags: String = rest[..length].iter().collect();
        match rest.get(length) {
            Some(')') if !flags.contains('-') => {
                return Err(refuse("global flags not at the start of the expression", begin));
            }
            Some(':') => {}
            _ => return Err(refuse("missing -, : or )", self.at + length)),
        }
        let (on, off) = flags.split_once('-').map_or((flags.as_str(), None), |(on, off)| (on, Some(off)));
        let unknown = |flags: &str| flags.chars().any(|flag| !"aiLmsux".contains(flag));
        let wrong = unknown(on)
            || on.contains('L')
            || on.contains('a') && on.contains('u')
            || off.is_some_and(|off| off.is_empty() || unknown(off) || off.contains(['a', 'u', 'L']))
            || off.is_some_and(|off| on.chars().any(|flag| off.contains(flag)));
        if wrong {
            return Err(refuse("bad inline flags", self.at));
        }
        self.verbose = (self.verbose || on.contains('x')) && !off.is_some_and(|off| off.contains('x'));
        self.at += length + 1;
        Ok(())
    }
}

fn is_identifier(name: &str) -> bool {
    let mut characters = name.chars();
    characters.next().is_some_and(|first| first == '_' || first.is_alphabetic())
        && characters.all(|c| c == '_' || c.is_alphanumeric())
}
