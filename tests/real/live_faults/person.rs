//! A person at the terminal of a login.

use std::process::Command;
use std::time::Duration;

use super::Row;
use crate::support::terminal::Terminal;

pub const SOON: Duration = Duration::from_secs(30);

/// A login at a pseudo-terminal of 100 columns.
pub struct Login(pub Terminal);

impl Login {
    pub fn start(command: Command) -> Self {
        Self(Terminal::run(command))
    }

    /// Waits until the row's rule is what is named, and the question what to do about it.
    #[track_caller]
    pub fn names(&mut self, row: &Row) {
        self.0.shows(&format!("authsome explain {}", row.rule), SOON);
        self.0.shows("What now", SOON);
    }

    /// Takes the way out with these words in its title.
    pub fn takes(&mut self, words: &str) {
        self.0.chooses(words);
    }

    /// Answers a question that has these words.
    #[track_caller]
    pub fn answers(&mut self, question: &str, answer: &str) {
        self.0.shows(question, SOON);
        // What stands in the field already is taken away first.
        self.0.types(&format!("{}{answer}\r", "\u{7f}".repeat(80)));
    }

    /// The last address that the login printed, which begins so.
    #[track_caller]
    pub fn address(&mut self, part: &str) -> String {
        self.0.shows(part, SOON);
        self.0.shows("waiting for you", SOON);
        let text = self.0.text();
        let last = text.rfind(part).unwrap_or_else(|| panic!("no {part} in:\n{text}"));
        text[last..].lines().next().expect("it is on a line").trim().to_owned()
    }

    /// The login is done.
    #[track_caller]
    pub fn completes(self) -> String {
        let (code, screen) = self.0.end(SOON);
        assert!(code == 0 && screen.contains("Logged in to"), "exit {code}; the screen:\n{screen}");
        screen
    }
}
