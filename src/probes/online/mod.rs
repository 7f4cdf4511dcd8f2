//! Asks the endpoints of definitions: `check --online`. Fills `definition.online` and judges nothing.
//!
//! Without a login and without a client. Definitions come from strangers: see `guard` for what is not asked, `plan` for how
//! much is, `web` for how.

mod endpoints;
mod guard;
mod metadata;
mod plan;
mod subject;
mod web;

pub use guard::Policy;

use crate::facts::Facts;
use crate::host::Host;
use endpoints::Seen;
use plan::Allowed;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use subject::Subject;
use web::Web;

/// Definitions that are asked about at the same time.
const SIDE_BY_SIDE: usize = 8;

/// What is to be known of the endpoints of these definitions, each given by its facts, in their order. `limit` is for all
/// of it. Never from inside the async runtime.
pub fn look(host: &Host, definitions: &[&Facts], policy: Policy, limit: Duration) -> Vec<Facts> {
    let subjects: Vec<Subject> = definitions.iter().map(|facts| Subject::of(facts)).collect();
    let web = Web::new(host, policy, Allowed::of(&subjects), limit);
    let next = AtomicUsize::new(0);
    let done: Vec<Mutex<Facts>> = subjects.iter().map(|_| Mutex::default()).collect();
    std::thread::scope(|scope| {
        for _ in 0..SIDE_BY_SIDE.min(subjects.len()) {
            scope.spawn(|| {
                while let Some(at) = Some(next.fetch_add(1, Ordering::Relaxed)).filter(|at| *at < subjects.len()) {
                    let facts = one(&web, &subjects[at], definitions[at]);
                    if let Ok(mut slot) = done[at].lock() {
                        *slot = facts;
                    }
                }
            });
        }
    });
    done.into_iter().map(|slot| slot.into_inner().unwrap_or_default()).collect()
}

fn one(web: &Web, subject: &Subject, definition: &Facts) -> Facts {
    let (search, seen) = std::thread::scope(|scope| {
        let asking: Vec<_> = subject
            .endpoints
            .iter()
            .map(|endpoint| scope.spawn(move || endpoints::ask(web, subject, endpoint)))
            .collect();
        let search = metadata::search(web, subject);
        let seen: Vec<Option<Seen>> = asking.into_iter().map(|one| one.join().ok().flatten()).collect();
        (search, seen)
    });
    let mut facts = Facts::new();
    if definition.truth("definition.parses") == Some(true) {
        endpoints::write(subject, &seen, &search, &mut facts);
        metadata::write(&search, subject, definition, &mut facts);
    }
    facts
}
