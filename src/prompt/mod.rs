//! The person at the terminal: one trait, the real terminal and a scripted one.
//!
//! Never asks without a terminal on stdin and stderr, under `CI`, with `--no-input` or with `--format json`.

mod interrupt;
#[cfg(unix)]
#[path = "lines_unix.rs"]
mod lines;
#[cfg(not(unix))]
#[path = "lines_other.rs"]
mod lines;
mod nobody;
mod scripted;
mod terminal;

pub use interrupt::{interrupted, watch_interrupts};
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
    fn lines(&self) -> Option<Box<dyn Lines>>;
}

/// Lines that arrive while we wait for something else.
pub trait Lines {
    /// What was pasted since the last look: all lines of it. Never waits.
    fn next(&mut self) -> Option<String>;
}

/// The terminal, or nobody.
pub fn for_this_run(env: &Env, forbidden: bool) -> Box<dyn Prompt> {
    let terminal = std::io::stdin().is_terminal() && std::io::stderr().is_terminal();
    if forbidden || !terminal || env.filled("CI").is_some() { Box::new(Nobody) } else { Box::new(Terminal) }
}
