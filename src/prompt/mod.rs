//! The person at the terminal: one trait, the real terminal and a scripted one.
//!
//! Never asks without a terminal on stdin and stderr, under `CI`, with `--no-input` or with `--format json`.

mod interrupt;
mod keys;
#[cfg(unix)]
#[path = "modes_unix.rs"]
mod modes;
#[cfg(not(unix))]
#[path = "modes_other.rs"]
mod modes;
mod nobody;
mod scripted;
mod terminal;

pub use interrupt::{end_on_interrupt, interrupted, watch_interrupts};
pub use keys::{Keys, Typed};
pub use nobody::Nobody;
pub use scripted::Scripted;
pub use terminal::Terminal;

use crate::host::Env;
use crate::sink::Secret;
use std::io::IsTerminal;

/// What became of a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer<T> {
    Given(T),
    /// There is nobody to ask.
    NotAsked,
    /// Ctrl-C, or Esc.
    Interrupted,
}

pub trait Prompt {
    fn is_interactive(&self) -> bool;
    /// The index of the option that was chosen.
    fn select(&self, question: &str, options: &[String]) -> Answer<usize>;
    fn confirm(&self, question: &str, default: bool) -> Answer<bool>;
    fn text(&self, question: &str, default: &str) -> Answer<String>;
    /// Not shown while it is typed.
    fn hidden(&self, question: &str) -> Answer<Secret>;
    /// What is typed or pasted while something else goes on; `None` where nobody types.
    fn keys(&self) -> Option<Keys>;
}

/// The terminal, or nobody.
pub fn for_this_run(env: &Env, forbidden: bool) -> Box<dyn Prompt> {
    let terminal = std::io::stdin().is_terminal() && std::io::stderr().is_terminal();
    if may_ask(env, forbidden, terminal) { Box::new(Terminal::open()) } else { Box::new(Nobody) }
}

/// `forbidden`: by `--no-input` or `--format json`.
fn may_ask(env: &Env, forbidden: bool, terminal: bool) -> bool {
    terminal && !forbidden && env.filled("CI").is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_is_asked_only_at_a_terminal_and_where_nothing_forbids_it() {
        let (plain, ci) = (Env::default(), Env::from_iter([("CI", "true")]));
        assert!(may_ask(&plain, false, true));
        assert!(!may_ask(&plain, false, false));
        assert!(!may_ask(&plain, true, true));
        assert!(!may_ask(&ci, false, true));
    }

    #[test]
    fn nobody_answers_nothing() {
        assert!(!Nobody.is_interactive());
        assert_eq!(Nobody.confirm("stop it?", true), Answer::NotAsked);
        assert_eq!(Nobody.select("which?", &["this".into()]), Answer::NotAsked);
        assert_eq!(Nobody.text("name?", "x"), Answer::NotAsked);
        assert!(matches!(Nobody.hidden("secret?"), Answer::NotAsked));
    }

    #[test]
    fn a_script_answers_in_order_and_then_leaves() {
        let person = Scripted::new(["second", "yes", "hidden-answer"]);
        assert_eq!(person.select("which?", &["first one".into(), "second one".into()]), Answer::Given(1));
        assert_eq!(person.confirm("sure?", false), Answer::Given(true));
        assert!(matches!(person.hidden("secret?"), Answer::Given(secret) if secret.expose() == "hidden-answer"));
        assert_eq!(person.text("more?", ""), Answer::Interrupted);
        assert_eq!(*person.asked.borrow(), ["which?", "sure?", "secret?", "more?"]);
    }
}
