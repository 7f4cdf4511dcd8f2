//! A browser program that opens nothing: it writes the address that it is given into a file, so that the test drives
//! Chromium with it. What a program hands to `BROWSER` is thereby known.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant};

use super::program::{World, read};

pub struct Opened {
    file: PathBuf,
}

impl Opened {
    /// Makes it the browser of `world`.
    pub fn of(world: &mut World) -> Self {
        let file = world.folder().join("opened");
        let script = format!("#!/bin/sh\nprintf '%s\\n' \"$1\" >> '{}'\n", file.display());
        let program = world.file("browser", &script);
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).expect("our own file");
        world.put("BROWSER", &program);
        Self { file }
    }

    /// Every address so far.
    pub fn addresses(&self) -> Vec<String> {
        read(&self.file).lines().map(str::to_owned).collect()
    }

    /// Forgets the addresses so far.
    pub fn clear(&self) {
        let _ = fs::remove_file(&self.file);
    }

    /// Waits for the first address.
    #[track_caller]
    pub fn first(&self, limit: Duration) -> String {
        let until = Instant::now() + limit;
        loop {
            if let Some(address) = self.addresses().into_iter().next() {
                return address;
            }
            assert!(Instant::now() < until, "no browser was opened in {limit:?}");
            thread::sleep(Duration::from_millis(20));
        }
    }
}
