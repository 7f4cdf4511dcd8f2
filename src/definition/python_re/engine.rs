//! A pattern of Python's `re` in the words of the engine that is here: for probes, where no answer is better than a wrong one.

use regex_lite::{Regex, RegexBuilder};

const LONGEST: usize = 500;
/// In bytes; a pattern of hosts takes a hundredth of it.
const LARGEST: usize = 256 << 10;

/// Over the whole text, letter case set aside, as authsome holds patterns against hosts. None of what the two understand in
/// different ways.
pub fn compile(pattern: &str) -> Option<Regex> {
    let possessive = ["*+", "++", "?+", "}+"].iter().any(|it| pattern.contains(it));
    if possessive || pattern.len() > LONGEST {
        return None;
    }
    let mut out = String::from("^(?i:");
    let mut in_set = false;
    let mut opened_at = 0;
    let mut characters = pattern.chars().enumerate();
    while let Some((at, next)) = characters.next() {
        match next {
            '\\' => match characters.next()?.1 {
                'Z' => out.push_str("\\z"),
                '<' | '>' => return None,
                escaped => out.extend(['\\', escaped]),
            },
            '[' if !in_set => {
                (in_set, opened_at) = (true, at + 1);
                out.push('[');
            }
            '^' if in_set && at == opened_at => {
                opened_at += 1;
                out.push('^');
            }
            ']' if in_set && at > opened_at => {
                in_set = false;
                out.push(']');
            }
            '[' | ']' | '&' | '~' if in_set => out.extend(['\\', next]),
            _ => out.push(next),
        }
    }
    out.push_str(")$");
    RegexBuilder::new(&out).size_limit(LARGEST).build().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_text_is_held_against_it_as_python_reads_it() {
        for (pattern, text, taken) in [
            (r"api\.acme", "API.acme", true),
            (r"api\.acme", "api.acme.x", false),
            (r"a|ab", "ab", true),
            (r"\Aapi\Z", "api", true),
            (r"[[:alpha:]]+x", "a]x", true),
            (r"[[:alpha:]]+x", "zx", false),
            (r"[]a]", "]", true),
            (r"[^]a]", "b", true),
            (r"(?P<n>a)b", "ab", true),
        ] {
            assert_eq!(compile(pattern).unwrap().is_match(text), taken, "{pattern}: {text}");
        }
        assert!(compile("a(?=b)").is_none() && compile("a++").is_none() && compile(r"(a)\1").is_none());
    }
}
