//! git, asked for what a revision holds. Arguments are a list and never a shell's; what it answers is bounded. Writes nothing
//! and fetches nothing.

use std::ffi::OsStr;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// Of one answer, so many bytes are read: the names of half a million changed files.
const LONGEST_ANSWER: u64 = 64 * 1024 * 1024;
/// Of what it complains about.
const LONGEST_COMPLAINT: usize = 2000;

/// What one call gave.
pub struct Answer {
    pub ok: bool,
    pub stdout: Vec<u8>,
    /// For people: foreign text.
    pub complaint: String,
}

impl Answer {
    /// The first line.
    pub fn word(&self) -> String {
        String::from_utf8_lossy(&self.stdout).lines().next().unwrap_or_default().to_owned()
    }
}

fn command<S: AsRef<OsStr>>(folder: &Path, arguments: impl IntoIterator<Item = S>) -> Command {
    let mut command = Command::new("git");
    command.args(arguments).current_dir(folder).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    // Its words are for programs; it asks nobody, and looking takes no lock.
    command.env("LC_ALL", "C").env("GIT_TERMINAL_PROMPT", "0").env("GIT_OPTIONAL_LOCKS", "0");
    command
}

/// Runs it to its end. An error is a sentence.
pub fn ask<S: AsRef<OsStr>>(folder: &Path, arguments: impl IntoIterator<Item = S>) -> Result<Answer, String> {
    let mut child = command(folder, arguments).spawn().map_err(|error| cannot_run(&error))?;
    let complaints = child.stderr.take();
    // Read beside the answer, so that neither waits for the other.
    let complaints = std::thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut stderr) = complaints {
            let _ = stderr.by_ref().take(LONGEST_COMPLAINT as u64).read_to_end(&mut bytes);
            let _ = io::copy(&mut stderr, &mut io::sink());
        }
        String::from_utf8_lossy(&bytes).trim().to_owned()
    });
    let mut stdout = Vec::new();
    let read = child.stdout.take().map_or(Ok(0), |out| out.take(LONGEST_ANSWER + 1).read_to_end(&mut stdout));
    if read.is_err() || stdout.len() as u64 > LONGEST_ANSWER {
        let _ = child.kill();
        let _ = child.wait();
        return Err(format!("git answers with more than the {} MiB that are read", LONGEST_ANSWER / 1024 / 1024));
    }
    let status = child.wait().map_err(|error| cannot_run(&error))?;
    let complaint = complaints.join().unwrap_or_default();
    Ok(Answer { ok: status.success(), stdout, complaint })
}

fn cannot_run(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "git is not installed, or not on PATH".to_owned(),
        _ => format!("git cannot be run: {error}"),
    }
}

/// One process that gives the content of as many files as it is asked for.
pub struct Contents {
    child: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
}

impl Contents {
    pub fn start(folder: &Path) -> Result<Self, String> {
        let mut command = command(folder, ["cat-file", "--batch"]);
        command.stdin(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().map_err(|error| cannot_run(&error))?;
        let (Some(to), Some(from)) = (child.stdin.take(), child.stdout.take()) else {
            return Err("git cannot be talked to".to_owned());
        };
        Ok(Self { child, to, from: BufReader::new(from) })
    }

    /// The content of `path` (from the top of the repository, with slashes) in a revision; `None`: it is not there, or no
    /// file. Of one that is longer than `limit` the first bytes.
    pub fn of(&mut self, revision: &str, path: &str, limit: u64) -> io::Result<Option<Vec<u8>>> {
        // Requests are lines.
        if path.contains(['\n', '\r', '\0']) {
            return Ok(None);
        }
        writeln!(self.to, "{revision}:{path}")?;
        self.to.flush()?;
        let mut head = String::new();
        self.from.by_ref().take(64 * 1024).read_line(&mut head)?;
        let words: Vec<&str> = head.trim_end_matches('\n').rsplitn(3, ' ').collect();
        let [size, kind, _] = words[..] else {
            return if head.ends_with(" missing\n") {
                Ok(None)
            } else {
                Err(io::Error::other("git stopped answering"))
            };
        };
        let Ok(size) = size.parse::<u64>() else { return Ok(None) };
        let mut bytes = Vec::new();
        self.from.by_ref().take(size.min(limit)).read_to_end(&mut bytes)?;
        // What is left of it, and the line break behind it.
        io::copy(&mut self.from.by_ref().take(size - bytes.len() as u64 + 1), &mut io::sink())?;
        Ok((kind == "blob").then_some(bytes))
    }
}

impl Drop for Contents {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
