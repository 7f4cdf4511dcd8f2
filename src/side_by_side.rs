//! Work on many items at once, by as many threads as there are processors. What comes out is in the order of what went in,
//! whoever finished first.

use std::num::NonZero;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// Fewer are done before a second thread has begun.
const WORTH_A_THREAD: usize = 64;

/// The answers in the order of the items; as many threads as there are processors, where it is worth it.
pub fn side_by_side<T: Sync, R: Send>(items: &[T], work: impl Fn(usize, &T) -> R + Sync) -> Vec<R> {
    let threads = thread::available_parallelism().map_or(1, NonZero::get).min(items.len() / WORTH_A_THREAD);
    if threads < 2 {
        return items.iter().enumerate().map(|(at, item)| work(at, item)).collect();
    }
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::new());
    let take = || {
        loop {
            let begin = next.fetch_add(WORTH_A_THREAD, Ordering::Relaxed);
            let Some(rest) = items.get(begin..).filter(|rest| !rest.is_empty()) else { break };
            let these = rest.iter().take(WORTH_A_THREAD).enumerate();
            let answers: Vec<R> = these.map(|(at, item)| work(begin + at, item)).collect();
            done.lock().expect("no thread panics while it holds this").push((begin, answers));
        }
    };
    thread::scope(|scope| {
        let others: Vec<_> = (1..threads).map(|_| scope.spawn(take)).collect();
        take();
        for other in others {
            if let Err(panic) = other.join() {
                std::panic::resume_unwind(panic);
            }
        }
    });
    let mut done = done.into_inner().expect("no thread panics while it holds this");
    done.sort_by_key(|(begin, _)| *begin);
    done.into_iter().flat_map(|(_, answers)| answers).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answers_stand_in_the_order_of_the_items() {
        let items: Vec<usize> = (0..1000).collect();
        let answers = side_by_side(&items, |_, item| {
            thread::sleep(std::time::Duration::from_micros(if item % 100 == 0 { 500 } else { 0 }));
            item * 2
        });
        assert_eq!(answers, items.iter().map(|item| item * 2).collect::<Vec<_>>());
        assert_eq!(side_by_side(&items[..3], |at, item| at + item), [0, 2, 4]);
    }
}
