//! The real terminal. Questions go to stderr: stdout is the report's.

use super::lines::Typed;
use super::{Answer, Lines, Prompt, interrupt};
use crate::sink::{Secret, safe_line};
use inquire::error::InquireError;
use inquire::{Confirm, Password, PasswordDisplayMode, Select, Text};

pub struct Terminal;

impl Prompt for Terminal {
    fn is_interactive(&self) -> bool {
        true
    }

    fn select(&self, question: &str, options: &[String]) -> Answer<usize> {
        let shown: Vec<String> = options.iter().map(|option| safe_line(option)).collect();
        let asked = Select::new(&safe_line(question), shown).with_page_size(12).raw_prompt();
        answer(asked.map(|chosen| chosen.index))
    }

    fn confirm(&self, question: &str, default: bool) -> Answer<bool> {
        answer(Confirm::new(&safe_line(question)).with_default(default).prompt())
    }

    fn text(&self, question: &str, default: &str) -> Answer<String> {
        answer(Text::new(&safe_line(question)).with_initial_value(default).prompt())
    }

    fn hidden(&self, question: &str) -> Answer<Secret> {
        let asked = Password::new(&safe_line(question))
            .without_confirmation()
            .with_display_mode(PasswordDisplayMode::Masked)
            .prompt();
        answer(asked.map(Secret::new))
    }

    fn lines(&self) -> Option<Box<dyn Lines>> {
        Some(Box::new(Typed::default()))
    }
}

fn answer<T>(asked: Result<T, InquireError>) -> Answer<T> {
    match asked {
        Ok(value) => Answer::Given(value),
        Err(InquireError::OperationCanceled | InquireError::OperationInterrupted) => {
            interrupt::note();
            Answer::Interrupted
        }
        Err(_) => Answer::NotAsked,
    }
}
