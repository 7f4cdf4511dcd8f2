//! A person at a pseudo-terminal: the program finds a terminal on all three streams, and what it writes there is read.

#![cfg(unix)]

use super::World;
use nix::pty::{OpenptyResult, Winsize, openpty};
use std::fs::File;
use std::io::{Read, Write};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

pub struct Terminal {
    child: Child,
    keyboard: File,
    screen: Arc<Mutex<Vec<u8>>>,
    /// How much of the screen has been read by the test.
    seen: usize,
}

impl Terminal {
    /// Starts our program with a terminal of 100 columns on its three streams.
    pub fn start(world: &World, arguments: &[&str]) -> Self {
        let mut process = world.process();
        process.args(arguments);
        Self::run(process)
    }

    /// The same for any program.
    pub fn run(mut process: Command) -> Self {
        let size = Winsize { ws_row: 40, ws_col: 100, ws_xpixel: 0, ws_ypixel: 0 };
        let OpenptyResult { master, slave } = openpty(Some(&size), None).expect("a pseudo-terminal");
        let stream = || Stdio::from(slave.try_clone().expect("a descriptor"));
        process.env("TERM", "xterm").stdin(stream()).stdout(stream()).stderr(stream());
        let child = process.spawn().expect("the program starts");
        // The terminal ends with the last program at it, so this process must not hold its other side.
        drop(process);
        drop(slave);
        let keyboard = File::from(master);
        let screen = Arc::new(Mutex::new(Vec::new()));
        let (mut lines, shown) = (keyboard.try_clone().expect("a descriptor"), Arc::clone(&screen));
        std::thread::spawn(move || {
            let mut piece = [0; 4096];
            // Linux ends the reading with an error when the last program at the terminal is gone.
            while let Ok(length @ 1..) = lines.read(&mut piece) {
                shown.lock().expect("nobody panics while holding it").extend_from_slice(&piece[..length]);
            }
        });
        Self { child, keyboard, screen, seen: 0 }
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Waits until the screen shows this, after what was waited for before.
    #[track_caller]
    pub fn shows(&mut self, words: &str, within: Duration) {
        let until = Instant::now() + within;
        loop {
            let text = self.text();
            let from = self.seen.min(text.len());
            if let Some(at) = text[from..].find(words) {
                self.seen = from + at + words.len();
                return;
            }
            assert!(Instant::now() < until, "{words:?} is not shown within {within:?}; the screen:\n{text}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    pub fn types(&mut self, keys: &str) {
        self.keyboard.write_all(keys.as_bytes()).and_then(|()| self.keyboard.flush()).expect("the terminal takes keys");
    }

    /// Chooses an option of a list by typing a part of its words.
    pub fn chooses(&mut self, words: &str) {
        self.types(words);
        // The list is drawn anew for what was typed before Enter is read.
        std::thread::sleep(Duration::from_millis(200));
        self.types("\r");
    }

    /// Everything that was written, without colours and cursor movements.
    pub fn text(&self) -> String {
        let bytes = self.screen.lock().expect("nobody panics while holding it").clone();
        without_sequences(&String::from_utf8_lossy(&bytes))
    }

    /// Waits for the end: the exit code, and all that was on the screen.
    #[track_caller]
    pub fn end(mut self, within: Duration) -> (i32, String) {
        let until = Instant::now() + within;
        loop {
            if let Some(status) = self.child.try_wait().expect("it is our child") {
                std::thread::sleep(Duration::from_millis(100));
                return (status.code().unwrap_or(-1), self.text());
            }
            assert!(Instant::now() < until, "it does not end within {within:?}; the screen:\n{}", self.text());
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // It may have ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn without_sequences(text: &str) -> String {
    let mut plain = String::new();
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\u{1b}' => {
                if characters.next_if_eq(&'[').is_some() {
                    while characters.next().is_some_and(|c| !('\u{40}'..='\u{7e}').contains(&c)) {}
                }
            }
            '\r' => {}
            other => plain.push(other),
        }
    }
    plain
}
