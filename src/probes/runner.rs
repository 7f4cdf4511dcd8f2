//! Runs probes side by side, each within its limit, and puts their facts together in the order of the sections.

use super::{ALL, Context, Probe};
use crate::facts::{Fact, Facts};
use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

/// The sections that are asked for, as far as probes fill them, and those that their probes need.
pub fn for_sections(asked: &BTreeSet<&str>) -> BTreeSet<&'static str> {
    let mut wanted: Vec<&Probe> = ALL.iter().filter(|probe| asked.contains(whole(probe.section))).collect();
    let mut sections = BTreeSet::new();
    while let Some(probe) = wanted.pop() {
        if sections.insert(whole(probe.section)) {
            wanted.extend(ALL.iter().filter(|other| whole(other.section) == whole(probe.section)));
        }
        wanted.extend(
            ALL.iter().filter(|other| probe.needs.contains(&other.section) && !sections.contains(whole(other.section))),
        );
    }
    sections
}

/// The section that a probe fills, or fills a record of.
fn whole(section: &'static str) -> &'static str {
    section.split_once('.').map_or(section, |(whole, _)| whole)
}

/// Fills the given sections. A probe that does not answer in time leaves its section unknown, with that reason; its
/// thread may linger, the diagnosis does not.
pub fn run(context: &Context, sections: &BTreeSet<&'static str>, known: Facts) -> Facts {
    let deadline = Instant::now() + context.limit;
    let mut facts = known;
    let mut waiting: Vec<&'static Probe> = ALL.iter().filter(|probe| sections.contains(whole(probe.section))).collect();
    let mut running: BTreeMap<&'static str, (Instant, Duration)> = BTreeMap::new();
    let (send, receive) = mpsc::channel::<(&'static str, Facts)>();
    while !(waiting.is_empty() && running.is_empty()) {
        let pending: BTreeSet<&str> =
            waiting.iter().map(|probe| probe.section).chain(running.keys().copied()).collect();
        let ready = |probe: &&'static Probe| !probe.needs.iter().any(|need| pending.contains(need));
        let (start, rest): (Vec<_>, Vec<_>) = waiting.into_iter().partition(ready);
        waiting = rest;
        for probe in start {
            let limit = probe.limit.min(deadline.saturating_duration_since(Instant::now()));
            running.insert(probe.section, (Instant::now() + limit, limit));
            let (send, context, facts) = (send.clone(), context.clone(), facts.clone());
            let run = probe.run;
            thread::spawn(move || {
                let section = probe.section;
                // The receiver is gone when the limit was hit: nobody is interested any more.
                let found = catch_unwind(AssertUnwindSafe(|| run(&context, &facts))).unwrap_or_else(|_| {
                    let mut facts = Facts::new();
                    facts.set(section, Fact::Unknown("a bug in this program stopped the probe".to_owned()));
                    facts
                });
                let _ = send.send((section, found));
            });
        }
        let Some(next) = running.values().map(|(end, _)| *end).min() else { continue };
        if let Ok((section, found)) = receive.recv_timeout(next.saturating_duration_since(Instant::now())) {
            if running.remove(section).is_some() {
                facts.merge(found);
            }
            continue;
        }
        let now = Instant::now();
        running.retain(|section, (end, limit)| {
            let late = *end <= now;
            if late {
                facts.set(section, Fact::Unknown(format!("no answer in {}", in_words(*limit))));
            }
            !late
        });
    }
    facts
}

fn in_words(limit: Duration) -> String {
    if limit < Duration::from_secs(1) { format!("{} ms", limit.as_millis()) } else { format!("{} s", limit.as_secs()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_probe_waits_for_itself() {
        let mut done: BTreeSet<&str> = BTreeSet::new();
        for _ in ALL {
            let ready =
                |p: &&Probe| p.needs.iter().all(|need| done.contains(need) || ALL.iter().all(|o| o.section != *need));
            done.extend(ALL.iter().filter(ready).map(|p| p.section).collect::<Vec<_>>());
        }
        assert_eq!(done.len(), ALL.len(), "{done:?}");
    }
}
