//! `explain --batch`: many texts, one a line, for logs, bots and agents. Answers come in the order of the lines, and as soon
//! as they can: a program that writes one line and waits is answered.

use super::super::app::{App, Exit};
use super::super::input::unreadable;
use super::explain;
use crate::diagnosis::RunError;
use crate::error_reader::Paste;
use crate::report;
use crate::rules::Rules;
use crate::sink;
use serde::Deserialize;
use serde_json::{Value, json};
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// A line longer than this is not read: no text of 1 MiB takes more, however it is escaped.
const LONGEST_LINE: u64 = 8 << 20;
/// Lines that are judged side by side.
const MOST_AT_ONCE: usize = 256;

#[derive(Deserialize)]
struct Line {
    #[serde(default)]
    id: Value,
    input: String,
    provider: Option<String>,
}

/// What a line gave.
struct Answer {
    line: String,
    exit: Exit,
}

pub fn run(app: &App, file: &str) -> Result<Exit, RunError> {
    let rules = app.rules()?;
    let input: Box<dyn Read> = match file {
        "-" => Box::new(std::io::stdin()),
        file => Box::new(File::open(file).map_err(|e| unreadable(format!("{file}: {e}")))?),
    };
    let mut output = match &app.global.output {
        Some(path) => Some(app.new_file(path)?),
        None => None,
    };
    let mut lines = Lines { from: BufReader::with_capacity(1 << 16, input), number: 0 };
    let mut exit = Exit::Fine;
    loop {
        let chunk = lines.next_chunk().map_err(|e| unreadable(format!("{file}: {e}")))?;
        if chunk.is_empty() {
            return Ok(exit);
        }
        let answers = side_by_side(&chunk, |line| answer(&rules, file, line));
        let text: String = answers.iter().map(|answer| answer.line.as_str()).collect();
        match &mut output {
            Some(out) => out.write_all(text.as_bytes()).map_err(|e| unreadable(format!("--output: {e}")))?,
            None => sink::print_lines(&text).map_err(|e| unreadable(format!("stdout cannot be written: {e}")))?,
        }
        let worst = answers.into_iter().map(|answer| answer.exit).max_by_key(|exit| weight(*exit));
        exit = worst.into_iter().chain([exit]).max_by_key(|exit| weight(*exit)).unwrap_or(exit);
    }
}

/// A line that could not be read weighs more than a text that no rule knows.
fn weight(exit: Exit) -> u8 {
    match exit {
        Exit::Fine => 0,
        Exit::Inconclusive => 1,
        _ => 2,
    }
}

/// Lines as they come, with their numbers.
struct Lines<R: Read> {
    from: BufReader<R>,
    number: usize,
}

/// The bytes of a line; `None`: it is too long, and was passed over.
type Numbered = (usize, Option<Vec<u8>>);

enum Next {
    Line(Vec<u8>),
    TooLong,
    End,
}

impl<R: Read> Lines<R> {
    /// The next line, however long it takes to come, and the lines that are there already. Empty at the end.
    fn next_chunk(&mut self) -> std::io::Result<Vec<Numbered>> {
        let mut chunk = Vec::new();
        while chunk.len() < MOST_AT_ONCE && (chunk.is_empty() || self.from.buffer().contains(&b'\n')) {
            match self.next()? {
                Next::End => break,
                Next::Line(line) if line.iter().all(u8::is_ascii_whitespace) => {}
                Next::Line(line) => chunk.push((self.number, Some(line))),
                Next::TooLong => chunk.push((self.number, None)),
            }
        }
        Ok(chunk)
    }

    fn next(&mut self) -> std::io::Result<Next> {
        let mut line = Vec::new();
        if self.from.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut line)? == 0 {
            return Ok(Next::End);
        }
        self.number += 1;
        if line.len() as u64 == LONGEST_LINE && line.last() != Some(&b'\n') {
            self.from.skip_until(b'\n')?;
            return Ok(Next::TooLong);
        }
        Ok(Next::Line(line))
    }
}

/// Works on all items with every processor; what comes back is in their order.
fn side_by_side<T: Sync, A: Send>(items: &[T], work: impl Fn(&T) -> A + Sync) -> Vec<A> {
    let workers = thread::available_parallelism().map_or(1, usize::from).min(items.len());
    if workers < 2 {
        return items.iter().map(work).collect();
    }
    let next = AtomicUsize::new(0);
    let take = || {
        let mut done = Vec::new();
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(number) else { return done };
            done.push((number, work(item)));
        }
    };
    let mut all: Vec<(usize, A)> = thread::scope(|scope| {
        let others: Vec<_> = (1..workers).map(|_| scope.spawn(take)).collect();
        let mut all = take();
        for other in others {
            all.extend(other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        }
        all
    });
    all.sort_by_key(|(number, _)| *number);
    all.into_iter().map(|(_, answer)| answer).collect()
}

fn answer(rules: &Rules, file: &str, (number, line): &Numbered) -> Answer {
    let failed = |id: Value, kind: &str, message: String, column: usize| {
        let location = json!({"file": file, "line": number, "column": column.max(1)});
        let error = json!({"kind": kind, "message": message, "location": location});
        let verdict = json!({"status": "error", "cause": null, "rule": null});
        Answer { line: document(id, json!({"verdict": verdict, "error": error})), exit: Exit::Usage }
    };
    let Some(line) = line else {
        let message = format!("line {number} is longer than {} MiB", LONGEST_LINE >> 20);
        return failed(Value::Null, "unreadable_input", message, 1);
    };
    let line: Line = match serde_json::from_slice(line) {
        Ok(line) => line,
        Err(error) => {
            let id = serde_json::from_slice::<Value>(line).ok().and_then(|line| line.get("id").cloned());
            let message = format!("line {number}: {error}");
            return failed(id.unwrap_or_default(), "unreadable_input", message, error.column());
        }
    };
    match explain(rules, &Paste::new(line.input.as_bytes()), line.provider.as_deref()) {
        Ok((ending, report)) => Answer { line: document(line.id, report::json(&report, "")), exit: ending.exit() },
        Err(error) => failed(line.id, error.kind, format!("line {number}: {error}"), 1),
    }
}

/// One line: the document of `explain`, the line's own id first.
fn document(id: Value, said: Value) -> String {
    let mut document = report::envelope("explain");
    document["id"] = id;
    if let Value::Object(said) = said {
        for (key, value) in said {
            document[key] = value;
        }
    }
    sink::json_line(&document)
}
