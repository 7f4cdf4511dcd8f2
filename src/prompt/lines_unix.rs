//! Lines typed at the terminal, read only when some are there, so that a later question finds its own.

use super::Lines;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use std::io::{self, BufRead};

/// A paste longer than this is cut.
const MOST: usize = 256 * 1024;

pub struct Typed;

impl Lines for Typed {
    fn next(&mut self) -> Option<String> {
        let mut text = String::new();
        // A paste arrives line by line within a moment.
        while waiting(if text.is_empty() { 0 } else { 100 }) && text.len() < MOST {
            let mut line = String::new();
            match io::stdin().lock().read_line(&mut line) {
                Ok(0) | Err(_) => break,
                Ok(_) => text.push_str(&line),
            }
        }
        (!text.trim().is_empty()).then_some(text)
    }
}

fn waiting(milliseconds: i64) -> bool {
    let stdin = io::stdin();
    let mut watched = [PollFd::new(&stdin, PollFlags::IN)];
    let limit = Timespec { tv_sec: 0, tv_nsec: milliseconds * 1_000_000 };
    poll(&mut watched, Some(&limit)).is_ok_and(|ready| ready > 0)
}
