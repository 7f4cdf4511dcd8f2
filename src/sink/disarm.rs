//! The signs that begin a command where a CI system reads along: `::` at the start of a line, `##[` and `##vso[` anywhere.

use std::borrow::Cow;

/// Positions behind which a blank takes the sign its meaning.
pub fn signs<T>(text: &[T], char_of: impl Fn(&T) -> char) -> Vec<usize> {
    let mut signs = Vec::new();
    let mut at_line_start = true;
    for (at, one) in text.iter().enumerate() {
        let begins = |command: &str| text[at..].iter().map(&char_of).take(command.len()).eq(command.chars());
        let char = char_of(one);
        let is_sign = match char {
            ':' => at_line_start && begins("::"),
            '#' => begins("##[") || begins("##vso["),
            _ => false,
        };
        if is_sign {
            signs.push(at);
        }
        at_line_start = char == '\n' || at_line_start && char.is_whitespace();
    }
    signs
}

/// A text for stdout in which nothing is a command, whatever foreign text is in it.
pub fn disarmed(text: &str) -> Cow<'_, str> {
    if !text.contains("::") && !text.contains("##") {
        return Cow::Borrowed(text);
    }
    let chars: Vec<char> = text.chars().collect();
    let mut signs = signs(&chars, |char| *char).into_iter().peekable();
    let mut out = String::with_capacity(text.len() + 8);
    for (at, char) in chars.into_iter().enumerate() {
        out.push(char);
        if signs.next_if_eq(&at).is_some() {
            out.push(' ');
        }
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::disarmed;

    #[test]
    fn what_begins_a_command_is_parted() {
        for (text, safe) in [
            ("a\n  ::error::x ::y", "a\n  : :error::x ::y"),
            ("a ##[error]b ##vso[c]d", "a # #[error]b # #vso[c]d"),
            ("### a :: b", "### a :: b"),
        ] {
            assert_eq!(disarmed(text), safe);
        }
    }
}
