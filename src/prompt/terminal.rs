//! The real terminal. Questions go to stderr: stdout is the report's.

use super::{Answer, Keys, Prompt, interrupt};
use crate::sink::{Secret, Stream, redact_text, safe_line, screen};
use inquire::error::InquireError;
use inquire::ui::RenderConfig;
use inquire::{Confirm, Password, PasswordDisplayMode, Select, Text};

pub struct Terminal;

impl Terminal {
    /// With colours where stderr has them.
    pub fn open() -> Self {
        let look = if screen(Stream::Err).colour { RenderConfig::default_colored() } else { RenderConfig::empty() };
        inquire::set_global_render_config(look);
        Self
    }
}

impl Prompt for Terminal {
    fn is_interactive(&self) -> bool {
        true
    }

    fn select(&self, question: &str, options: &[String]) -> Answer<usize> {
        let options = options.iter().map(|option| shown(option)).collect();
        let asked = Select::new(&shown(question), options).with_page_size(12).raw_prompt();
        answer(asked.map(|chosen| chosen.index))
    }

    fn confirm(&self, question: &str, default: bool) -> Answer<bool> {
        answer(Confirm::new(&shown(question)).with_default(default).prompt())
    }

    fn text(&self, question: &str, default: &str) -> Answer<String> {
        answer(Text::new(&shown(question)).with_initial_value(default).prompt())
    }

    fn hidden(&self, question: &str) -> Answer<Secret> {
        let asked = Password::new(&shown(question))
            .without_confirmation()
            .with_display_mode(PasswordDisplayMode::Masked)
            .prompt();
        answer(asked.map(Secret::new))
    }

    fn keys(&self) -> Option<Keys> {
        Keys::open()
    }
}

/// A question may quote what others said.
fn shown(text: &str) -> String {
    safe_line(&redact_text(text))
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
