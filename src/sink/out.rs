//! Writing to stdout and stderr. A reader that went away is no error; any other failure is told to the caller.

use super::{Color, Doc, Screen, json_text, secret, splice};
use std::io::{self, ErrorKind, IsTerminal, Write};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    /// The report.
    Out,
    /// Progress, prompts, narration.
    Err,
}

static SCREENS: OnceLock<[Screen; 2]> = OnceLock::new();
/// A status line stands on the terminal and has to go before anything else is written.
static STATUS: AtomicBool = AtomicBool::new(false);

/// Decides once what the streams can show. Later calls change nothing.
pub fn set_up(color: Color, env: &dyn Fn(&str) -> Option<String>) {
    SCREENS.get_or_init(|| look_at_streams(color, env));
}

fn look_at_streams(color: Color, env: &dyn Fn(&str) -> Option<String>) -> [Screen; 2] {
    let columns = terminal_size::terminal_size().map(|(width, _)| width.0);
    [io::stdout().is_terminal(), io::stderr().is_terminal()]
        .map(|terminal| Screen::decide(color, env, terminal, columns))
}

/// What the stream can show.
pub fn screen(stream: Stream) -> Screen {
    SCREENS.get_or_init(|| look_at_streams(Color::Auto, &|name| std::env::var(name).ok()))[stream as usize]
}

pub fn print(stream: Stream, doc: &Doc) -> io::Result<()> {
    emit(stream, &doc.render(&screen(stream)))
}

/// The one JSON document of a run, on stdout.
pub fn print_json(document: &serde_json::Value) -> io::Result<()> {
    emit(Stream::Out, &json_text(document))
}

/// Lines that [`json_line`](super::json_line) made, on stdout.
pub fn print_lines(lines: &str) -> io::Result<()> {
    emit(Stream::Out, lines)
}

/// Text that this program made of nothing foreign, on stdout, and that must stay as it is: a schema, a completion
/// script, a man page. Only literal secrets are hidden.
pub fn print_raw(text: &str) -> io::Result<()> {
    let mut hidden = Vec::new();
    secret::find(text, &mut hidden);
    hidden.sort_by_key(|range| range.start);
    hidden.dedup_by(|next, kept| next.start < kept.end);
    emit(Stream::Out, &splice(text, &hidden))
}

/// A line on stderr that the next output replaces: a countdown. Nothing where nobody looks.
pub fn status(doc: &Doc) -> io::Result<()> {
    let screen = screen(Stream::Err);
    if !screen.terminal {
        return Ok(());
    }
    let line = doc.render_line(&screen);
    STATUS.store(true, Ordering::Relaxed);
    write_to(io::stderr().lock(), &format!("\r\u{1b}[2K{line}"))
}

pub fn clear_status() -> io::Result<()> {
    if STATUS.swap(false, Ordering::Relaxed) { write_to(io::stderr().lock(), "\r\u{1b}[2K") } else { Ok(()) }
}

/// Asks the terminal to say where a paste begins and ends ("bracketed paste"), or to leave it. Others ignore it.
pub fn mark_pastes(on: bool) -> io::Result<()> {
    let mode = if on { "\u{1b}[?2004h" } else { "\u{1b}[?2004l" };
    if screen(Stream::Err).terminal { write_to(io::stderr().lock(), mode) } else { Ok(()) }
}

pub(super) fn emit(stream: Stream, text: &str) -> io::Result<()> {
    clear_status()?;
    match stream {
        Stream::Out => write_to(io::stdout().lock(), text),
        Stream::Err => write_to(io::stderr().lock(), text),
    }
}

fn write_to(mut stream: impl Write, text: &str) -> io::Result<()> {
    match stream.write_all(text.as_bytes()).and_then(|()| stream.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Failing(ErrorKind);

    impl Write for Failing {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(self.0.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_reader_that_went_away_is_no_error_and_a_full_disk_is() {
        assert!(write_to(Failing(ErrorKind::BrokenPipe), "x").is_ok());
        assert_eq!(write_to(Failing(ErrorKind::StorageFull), "x").unwrap_err().kind(), ErrorKind::StorageFull);
    }
}
