//! Nobody to ask.

use super::{Answer, Keys, Prompt};
use crate::sink::Secret;

pub struct Nobody;

impl Prompt for Nobody {
    fn is_interactive(&self) -> bool {
        false
    }

    fn select(&self, _: &str, _: &[String]) -> Answer<usize> {
        Answer::NotAsked
    }

    fn confirm(&self, _: &str, _: bool) -> Answer<bool> {
        Answer::NotAsked
    }

    fn text(&self, _: &str, _: &str) -> Answer<String> {
        Answer::NotAsked
    }

    fn hidden(&self, _: &str) -> Answer<Secret> {
        Answer::NotAsked
    }

    fn keys(&self) -> Option<Keys> {
        None
    }
}
