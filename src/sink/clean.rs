//! Texts that have nothing to hide. A run over thousands of definitions says the same sentences again and again.

use super::secret;
use std::cell::RefCell;
use std::collections::HashSet;

/// Longer texts are rarely said twice.
const LONGEST: usize = 1024;
/// How many are kept.
const KEPT: usize = 2048;

thread_local! {
    static CLEAN: RefCell<HashSet<String>> = RefCell::default();
}

/// It was looked through before. Not told once literals are known: what is clean then depends on when it is asked.
pub fn is_known(text: &str) -> bool {
    text.len() <= LONGEST && !secret::knows_secrets() && CLEAN.with_borrow(|clean| clean.contains(text))
}

/// Keeps a text in which nothing was found; `plain` is what was looked through.
pub fn remember(text: &str, plain: &str) {
    if text.len() <= LONGEST && text == plain {
        CLEAN.with_borrow_mut(|clean| {
            if clean.len() < KEPT {
                clean.insert(text.to_owned());
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use crate::sink::{HIDDEN, redact_text, remember};

    #[test]
    fn what_was_clean_is_looked_through_again_once_a_literal_is_known() {
        let text = "the word is Tr7-literal-x9, twice Tr7-literal-x9";
        assert_eq!(redact_text(text), text);
        assert_eq!(redact_text(text), text);
        remember("Tr7-literal-x9");
        assert_eq!(redact_text(text), format!("the word is {HIDDEN}, twice {HIDDEN}"));
    }
}
