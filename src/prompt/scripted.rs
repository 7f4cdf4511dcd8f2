//! A person whose answers are written down beforehand, for tests.

use super::{Answer, Keys, Prompt};
use crate::sink::Secret;
use std::cell::RefCell;
use std::collections::VecDeque;

/// Answers in order; `select` takes the first option that contains the answer. What was asked is kept.
#[derive(Default)]
pub struct Scripted {
    answers: RefCell<VecDeque<String>>,
    pub asked: RefCell<Vec<String>>,
}

impl Scripted {
    pub fn new<'a>(answers: impl IntoIterator<Item = &'a str>) -> Self {
        Self { answers: RefCell::new(answers.into_iter().map(str::to_owned).collect()), asked: RefCell::default() }
    }

    fn next(&self, question: &str) -> Option<String> {
        self.asked.borrow_mut().push(question.to_owned());
        self.answers.borrow_mut().pop_front()
    }
}

impl Prompt for Scripted {
    fn is_interactive(&self) -> bool {
        true
    }

    fn select(&self, question: &str, options: &[String]) -> Answer<usize> {
        let Some(answer) = self.next(question) else { return Answer::Interrupted };
        match options.iter().position(|option| option.contains(&answer)) {
            Some(index) => Answer::Given(index),
            None => panic!("no option of {options:?} contains {answer:?}"),
        }
    }

    fn confirm(&self, question: &str, _: bool) -> Answer<bool> {
        self.next(question).map_or(Answer::Interrupted, |answer| Answer::Given(answer == "yes"))
    }

    fn text(&self, question: &str, _: &str) -> Answer<String> {
        self.next(question).map_or(Answer::Interrupted, Answer::Given)
    }

    fn hidden(&self, question: &str) -> Answer<Secret> {
        self.next(question).map_or(Answer::Interrupted, |answer| Answer::Given(Secret::new(answer)))
    }

    fn keys(&self) -> Option<Keys> {
        None
    }
}
