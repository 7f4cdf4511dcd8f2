//! Who is connected to the callback listener: so many at a time. Where there is no more room, whoever has been silent
//! longest goes, so that nobody keeps the browser out by holding connections open. Knows nothing of what is said.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::task::{AbortHandle, JoinSet};

/// Browsers open a handful; more are a mistake or an attack. Below the fewest descriptors that a system gives a program.
pub const MOST: usize = 128;

/// Set as soon as the one at the other end has asked for something, and waits for us.
#[derive(Clone, Default)]
pub struct Asked(Arc<AtomicBool>);

impl Asked {
    pub fn note(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Connections, the oldest first. Dropping it ends them all.
#[derive(Default)]
pub struct Crowd {
    tasks: JoinSet<()>,
    guests: VecDeque<(AbortHandle, Asked)>,
}

impl Crowd {
    pub fn admit(&mut self, asked: Asked, serving: impl Future<Output = ()> + Send + 'static) {
        while self.tasks.try_join_next().is_some() {}
        self.guests.retain(|(task, _)| !task.is_finished());
        if self.guests.len() >= MOST {
            self.make_room();
        }
        self.guests.push_back((self.tasks.spawn(serving), asked));
    }

    /// A browser that has asked for its page is the last to go.
    fn make_room(&mut self) {
        let silent = self.guests.iter().position(|(_, asked)| !asked.is_set());
        if let Some((task, _)) = self.guests.remove(silent.unwrap_or(0)) {
            task.abort();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::runtime;
    use std::future::pending;

    #[test]
    fn the_longest_silent_one_makes_room_and_one_who_waits_for_a_page_stays() {
        let _inside = runtime().enter();
        let mut crowd = Crowd::default();
        let waiting = Asked::default();
        waiting.note();
        crowd.admit(waiting, pending());
        let first = crowd.guests[0].0.clone();
        for _ in 0..MOST * 3 {
            crowd.admit(Asked::default(), pending());
        }
        assert_eq!(crowd.guests.len(), MOST);
        assert!(!first.is_finished() && crowd.guests[0].1.is_set());
    }

    #[test]
    fn whoever_is_done_takes_no_room() {
        let _inside = runtime().enter();
        let mut crowd = Crowd::default();
        for _ in 0..3 {
            crowd.admit(Asked::default(), async {});
        }
        while !crowd.guests.iter().all(|(task, _)| task.is_finished()) {
            std::thread::yield_now();
        }
        crowd.admit(Asked::default(), pending());
        assert_eq!(crowd.guests.len(), 1);
    }
}
