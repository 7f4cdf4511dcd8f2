//! The terminal's modes while we wait: keys count at once, and nothing that is typed or pasted is shown. Whatever ends the
//! waiting, the modes are put back. Reads what is there, past every buffer, so that a later question finds its own.

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::getpgrp;
use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcgetpgrp, tcsetattr};
use std::io;
use std::sync::{Mutex, PoisonError};
use tokio::signal::unix::{SignalKind, signal};

/// What the modes were; set while they are ours.
static BEFORE: Mutex<Option<Termios>> = Mutex::new(None);

/// From now on keys come at once and unseen. A shell that brings us back from the background has put its own modes, so this
/// is said again and again. False where it cannot be: in the background the terminal is another program's.
pub fn quiet() -> bool {
    let Some(mut modes) = in_foreground().then(|| tcgetattr(io::stdin()).ok()).flatten() else { return false };
    if !modes.local_modes.intersects(LocalModes::ECHO | LocalModes::ICANON) {
        return true;
    }
    BEFORE.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(modes.clone());
    // Ctrl-C stays a signal.
    modes.local_modes.remove(LocalModes::ECHO | LocalModes::ICANON);
    tcsetattr(io::stdin(), OptionalActions::Now, &modes).is_ok()
}

/// Puts the modes back; true where they were ours. What was not read is thrown away: the rest of a pasted address is nothing for
/// the shell.
pub fn restore() -> bool {
    let before = BEFORE.lock().unwrap_or_else(PoisonError::into_inner).take();
    // A terminal that is gone, or another program's meanwhile, needs nothing.
    before.filter(|_| in_foreground()).is_some_and(|it| tcsetattr(io::stdin(), OptionalActions::Flush, &it).is_ok())
}

/// Setting modes from the background would stop us. A terminal that is not our session's has no background.
fn in_foreground() -> bool {
    tcgetpgrp(io::stdin()).map_or(true, |group| group == getpgrp())
}

/// What was typed, if something comes within so many milliseconds. `None`: nothing, or no terminal any more.
pub fn read(milliseconds: i64) -> Option<Vec<u8>> {
    let stdin = io::stdin();
    let mut watched = [PollFd::new(&stdin, PollFlags::IN)];
    let limit = Timespec { tv_sec: 0, tv_nsec: milliseconds * 1_000_000 };
    if !in_foreground() || !poll(&mut watched, Some(&limit)).is_ok_and(|ready| ready > 0) {
        return None;
    }
    let mut piece = vec![0; 4096];
    let length = rustix::io::read(&stdin, &mut piece).ok().filter(|length| *length > 0)?;
    piece.truncate(length);
    Some(piece)
}

/// Waits until the system asks this program to end.
pub async fn asked_to_end() {
    match signal(SignalKind::terminate()) {
        Ok(mut asked) => drop(asked.recv().await),
        Err(_) => std::future::pending().await,
    }
}
