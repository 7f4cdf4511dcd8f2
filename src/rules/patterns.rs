//! The regexes of conditions. Each compiles when a text may match it, once for the whole run, and was checked when its rule
//! was read. `\w`, `\d` and `\b` are those of ASCII: those of Unicode make an automaton a hundred times as large.

use super::triggers;
use regex::Regex;
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

/// A regex, and texts of which a match of it holds one.
struct Pattern {
    needed: Option<Vec<String>>,
    regex: OnceLock<Option<Regex>>,
}

/// `may`: whether the text may hold a phrase.
pub fn found(pattern: &str, text: &str, may: &dyn Fn(&str) -> bool) -> bool {
    static PATTERNS: RwLock<BTreeMap<String, Arc<Pattern>>> = RwLock::new(BTreeMap::new());
    let known = PATTERNS.read().unwrap_or_else(PoisonError::into_inner).get(pattern).cloned();
    let known = known.unwrap_or_else(|| {
        let made = Arc::new(Pattern { needed: triggers::needed_by(pattern), regex: OnceLock::new() });
        PATTERNS.write().unwrap_or_else(PoisonError::into_inner).insert(pattern.to_owned(), Arc::clone(&made));
        made
    });
    known.needed.as_ref().is_none_or(|needed| needed.iter().any(|one| may(one) && text.contains(one.as_str())))
        && known.regex.get_or_init(|| compile(pattern).ok()).as_ref().is_some_and(|regex| regex.is_match(text))
}

pub fn compile(pattern: &str) -> Result<Regex, regex::Error> {
    Regex::new(&of_ascii(pattern))
}

/// The pattern with the classes of ASCII in place of those of Unicode.
fn of_ascii(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len() + 16);
    let mut in_class = false;
    let mut chars = pattern.chars();
    while let Some(c) = chars.next() {
        match c {
            '[' => in_class = true,
            ']' => in_class = false,
            '\\' => {
                let escaped = chars.next();
                match escaped {
                    Some('w') if in_class => out.push_str("0-9A-Za-z_"),
                    Some('w') => out.push_str("[0-9A-Za-z_]"),
                    Some('W') if !in_class => out.push_str("[^0-9A-Za-z_]"),
                    Some('d') if in_class => out.push_str("0-9"),
                    Some('d') => out.push_str("[0-9]"),
                    Some('b') if !in_class => out.push_str(r"(?-u:\b)"),
                    _ => {
                        out.push('\\');
                        out.extend(escaped);
                    }
                }
                continue;
            }
            _ => {}
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_are_those_of_ascii() {
        assert_eq!(of_ascii(r"\bport \d+[\w.-]\W\s\\w"), r"(?-u:\b)port [0-9]+[0-9A-Za-z_.-][^0-9A-Za-z_]\s\\w");
        for (pattern, text, matches) in [
            (r"code \w{3}", "code abc", true),
            (r"code \w{3}", "code дом", false),
            (r"código\b", "el código, dijo", false),
            (r"\bcódigo[^\d]", "el código x", true),
            (r"[^\]]b\b", "]ab", true),
        ] {
            assert_eq!(compile(pattern).expect("a pattern").is_match(text), matches, "{pattern} {text}");
        }
    }
}
