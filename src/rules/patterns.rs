//! The regexes of conditions. Each compiles when a text may match it, once for the whole run, and was checked when its rule
//! was read. `\w`, `\d`, `\s` and `\b` are those of ASCII: those of Unicode make an automaton a hundred times as large.
//!
//! The first kilobyte of texts is matched by an engine that compiles four times as fast; beyond it the engine pays that matches
//! many times as fast.

use super::compiled::Pattern;
use regex_automata::Input;
use regex_automata::hybrid::BuildError;
use regex_automata::hybrid::dfa::{Cache, DFA};
use regex_automata::nfa::thompson::{self, WhichCaptures};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};

/// Bytes of memory for the states of one automaton and thread.
const STATES: usize = 512 << 10;
/// Bytes of memory for what states are made from: a pattern that needs more repeats too much.
const LARGEST: usize = 256 << 10;
/// So many bytes of texts are matched before the faster engine is compiled.
const FEW: usize = 1 << 10;

/// The engines of a regex, as far as they were compiled.
#[derive(Default)]
struct Engines {
    quick_to_compile: OnceLock<Option<regex_lite::Regex>>,
    quick_to_match: OnceLock<Option<Automaton>>,
    matched: AtomicUsize,
}

impl Engines {
    fn is_match(&self, pattern: &str, text: &str) -> bool {
        if self.matched.fetch_add(text.len(), Ordering::Relaxed) + text.len() <= FEW
            && let Some(regex) =
                self.quick_to_compile.get_or_init(|| regex_lite::Regex::new(&rewritten(pattern, false)).ok())
        {
            return regex.is_match(text);
        }
        self.quick_to_match
            .get_or_init(|| Automaton::new(pattern).ok())
            .as_ref()
            .is_some_and(|regex| regex.is_match(text))
    }
}

/// `holds`: whether the text holds a phrase. Most texts are told apart by that alone.
pub fn found(pattern: &Pattern, text: &str, holds: &dyn Fn(&str) -> bool) -> bool {
    let may = pattern.ways.is_empty()
        || pattern.ways.iter().any(|way| way.iter().all(|needed| needed.iter().any(|one| holds(one))));
    may && matches(&pattern.text, text)
}

pub fn matches(pattern: &str, text: &str) -> bool {
    static ENGINES: RwLock<BTreeMap<String, Arc<Engines>>> = RwLock::new(BTreeMap::new());
    let known = ENGINES.read().unwrap_or_else(PoisonError::into_inner).get(pattern).cloned();
    let known = known.unwrap_or_else(|| {
        let mut all = ENGINES.write().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(all.entry(pattern.to_owned()).or_default())
    });
    known.is_match(pattern, text)
}

/// Tells whether a text matches, and nothing more: states are made as texts need them, and the memory for them is bounded.
pub struct Automaton {
    dfa: DFA,
    /// Those that no thread uses at the moment.
    caches: Mutex<Vec<Cache>>,
}

impl Automaton {
    pub fn new(pattern: &str) -> Result<Self, Box<BuildError>> {
        let dfa = DFA::builder()
            .configure(DFA::config().cache_capacity(STATES).skip_cache_capacity_check(true))
            .thompson(thompson::Config::new().which_captures(WhichCaptures::None).nfa_size_limit(Some(LARGEST)))
            .build(&rewritten(pattern, true))?;
        Ok(Self { dfa, caches: Mutex::default() })
    }

    pub fn is_match(&self, text: &str) -> bool {
        let caches = || self.caches.lock().unwrap_or_else(PoisonError::into_inner);
        let free = caches().pop();
        let mut cache = free.unwrap_or_else(|| self.dfa.create_cache());
        let found = self.dfa.try_search_fwd(&mut cache, &Input::new(text).earliest(true));
        caches().push(cache);
        found.expect("nothing makes it give up").is_some()
    }
}

/// The pattern with groups that remember nothing; `ascii`: with the classes of ASCII in place of those of Unicode, which one of
/// the engines does not have at all.
fn rewritten(pattern: &str, ascii: bool) -> String {
    let mut out = String::with_capacity(pattern.len() + 16);
    let mut in_class = false;
    let mut chars = pattern.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '(' if !in_class && chars.peek() != Some(&'?') => {
                out.push_str("(?:");
                continue;
            }
            '[' => in_class = true,
            ']' => in_class = false,
            '\\' => {
                let escaped = chars.next();
                match escaped.filter(|_| ascii) {
                    Some('w') if in_class => out.push_str("0-9A-Za-z_"),
                    Some('w') => out.push_str("[0-9A-Za-z_]"),
                    Some('W') if !in_class => out.push_str("[^0-9A-Za-z_]"),
                    Some('d') if in_class => out.push_str("0-9"),
                    Some('d') => out.push_str("[0-9]"),
                    Some('s') if in_class => out.push_str(r"\t\n\x0b\x0c\r\x20"),
                    Some('s') => out.push_str(r"[\t\n\x0b\x0c\r\x20]"),
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
    use super::super::catalogue;
    use super::super::compiled::{Argument, Condition, Literal, Op, Test};
    use super::*;

    #[test]
    fn classes_are_those_of_ascii() {
        let ascii = rewritten(r"\bport (\d+)[(\w.-]\W\s\\w", true);
        assert_eq!(ascii, r"(?-u:\b)port (?:[0-9]+)[(0-9A-Za-z_.-][^0-9A-Za-z_][\t\n\x0b\x0c\r\x20]\\w");
        for (pattern, text, matches) in [
            (r"code \w{3}", "code abc", true),
            (r"code \w{3}", "code дом", false),
            (r"código\b", "el código, dijo", true),
            (r"\bcódigo[^\d]", "el código x", true),
            (r"[^\]]b\b", "]ab", true),
            (r"a\sb", "a\u{a0}b", false),
            (r"\p{Lu}", "Ä", true),
        ] {
            let known = Engines::default();
            let long = format!("{}\n{text}", "-\n".repeat(FEW));
            for text in [text, &long] {
                assert_eq!(known.is_match(pattern, text), matches, "{pattern} {text}");
            }
        }
    }

    fn patterns<'r>(condition: &'r Condition, found: &mut Vec<&'r Pattern>) {
        match condition {
            Condition::All(list) | Condition::Any(list) => list.iter().for_each(|one| patterns(one, found)),
            Condition::Not(inner) | Condition::AnyItem { inner, .. } | Condition::NoItem { inner, .. } => {
                patterns(inner, found);
            }
            Condition::Test(Test { op: Op::Matches, argument: Argument::Values(values), .. }) => {
                found.extend(values.iter().filter_map(Literal::as_pattern));
            }
            Condition::Test(_) => {}
        }
    }

    #[test]
    fn both_engines_say_the_same_of_every_pattern_of_a_rule() {
        let mut all = Vec::new();
        catalogue::built_in_rules().for_each(|rule| patterns(&rule.when, &mut all));
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/errors");
        let files = std::fs::read_dir(folder).expect("wordings").filter_map(|entry| Some(entry.ok()?.path()));
        let lines: String = files.filter_map(|path| std::fs::read_to_string(path).ok()).collect();
        let texts: Vec<String> =
            lines.lines().filter_map(|line| Some(line.to_lowercase().get(..400)?.to_owned())).collect();
        assert!(all.len() > 200 && texts.len() > 400);
        for Pattern { text: pattern, ways } in all {
            let (quick, full) = (regex_lite::Regex::new(&rewritten(pattern, false)), Automaton::new(pattern));
            let (Ok(quick), Ok(full)) = (quick, full) else { panic!("{pattern}") };
            let first: Vec<&str> = ways.iter().filter_map(|way| way.first()).flatten().map(String::as_str).collect();
            let likely = |text: &&String| first.is_empty() || first.iter().any(|one| text.contains(one));
            for text in texts.iter().filter(likely).take(60) {
                let whole = Pattern { text: pattern.clone(), ways: ways.clone() };
                let matches = full.is_match(text);
                assert_eq!(quick.is_match(text), matches, "{pattern} {text}");
                assert_eq!(found(&whole, text, &|phrase| text.contains(phrase)), matches, "{pattern} {text}");
            }
        }
    }
}
